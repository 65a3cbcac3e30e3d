"""What could stand at the cursor: commands, their arguments, #channels, @names and :emoji. Pure.

Names come most likely first: who spoke here last, then who is here, then everybody else that is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace as replace_fields

from chat_core.base.names import name_key
from chat_core.client.state.model import ClientState, ConversationState
from chat_tui.commands.arguments import Source
from chat_tui.commands.command import Command
from chat_tui.commands.emoji import find_emoji
from chat_tui.commands.folders import paths
from chat_tui.commands.line import PREFIX, Run, parse, resolve, words
from chat_tui.place_marks import Marks
from chat_tui.views.names import called

MAX_CANDIDATES: Final = 50
"""Candidates that are offered; nobody reads more."""
SHORTCODE_FROM: Final = 2
"""Letters behind a colon from which on emoji are offered: `:)` and `12:30` are none."""
_SPEAKERS: Final = 200
"""Newest messages whose authors come first."""


class Candidate(Struct, frozen=True):
    """Something that could stand there."""

    text: str
    """What is inserted; a space follows it."""
    note: str = ""
    """What it is, a few words; not safe to draw."""


class Completion(Struct, frozen=True):
    """What the cursor is at."""

    start: int
    """First character that a candidate replaces."""
    end: int
    """Behind the last one: the cursor."""
    candidates: tuple[Candidate, ...] = ()
    """Most likely first."""
    usage: str = ""
    """Inside a command: how it is typed."""
    summary: str = ""
    """Inside a command: what it does."""


class Known(Struct, frozen=True):
    """What names there are."""

    channels: Sequence[Candidate] = ()
    """With `#`."""
    users: Sequence[Candidate] = ()
    """With `@`, without oneself."""
    servers: Sequence[Candidate] = ()
    """As they are typed."""
    groups: Sequence[Candidate] = ()
    """With `&`, each with who is in it."""
    marks: Sequence[Candidate] = ()
    """Names of marks, each with where it is."""


def complete(text: str, cursor: int, known: Known, *, asked: bool = False) -> Completion:
    """Return what could stand at the cursor.

    Args:
        text: all that was written.
        cursor: index in it; what is behind it stays.
        known: the names there are.
        asked: Tab was pressed: guess also where nothing begins a name, and offer what is complete already.
    """
    before = text[:cursor]
    run = parse(before)
    if isinstance(run, Run):
        return _in_command(before, run, known, asked)
    return _in_text(before, known, asked)


def knowledge(
    state: ClientState, current: int | None, listed: Iterable[str] = (), servers: Iterable[str] = ()
) -> Known:
    """Collect the names that a client knows.

    Args:
        state: its state.
        current: conversation on the screen.
        listed: further public channels, without `#`.
        servers: addresses of known servers.
    """
    joined = {
        name_key(conversation.info.name): Candidate(conversation.target, conversation.info.topic)
        for conversation in state.conversations.values()
        if not conversation.info.personal
    }
    groups = (each.info for each in state.conversations.values() if each.info.kind == "group")
    others = {name_key(name): Candidate("#" + name, "not joined") for name in listed}
    channels = sorted((others | joined).values(), key=lambda candidate: name_key(candidate.text))
    me = state.me.id if state.me else 0
    here = state.conversations.get(current or 0)
    names = dict(_names_here(here, me)) if here is not None else {}
    for conversation in state.conversations.values():
        if conversation.info.kind == "direct" and conversation.info.partner != me:
            names.setdefault(name_key(conversation.info.name), Candidate(conversation.target))
    known_groups = tuple(Candidate(group.target, called(group)) for group in groups)
    return Known(channels, tuple(names.values()), tuple(map(Candidate, servers)), known_groups)


def mark_candidates(marks: Marks) -> tuple[Candidate, ...]:
    """Return marks as candidates, the newest first."""
    return tuple(Candidate(name, mark.address) for name, mark in reversed(list(marks.items())))


def _names_here(here: ConversationState, me: int) -> Iterator[tuple[str, Candidate]]:
    """Yield names by their keys, most likely first; a later one of the same key must not count."""
    seen: set[str] = set()
    speakers = ((each.author, each.name, each.display) for each in reversed(here.timeline.newest(_SPEAKERS)))
    members = ((each.account, each.name, each.display) for each in here.members.members)
    for account, name, display in (*speakers, *members):
        key = name_key(name)
        if account != me and key not in seen:
            seen.add(key)
            yield key, Candidate("@" + name, display)


def _in_command(before: str, run: Run, known: Known, asked: bool) -> Completion:
    from chat_tui.commands.registry import ALL, BY_NAME, NAMES

    found = words(before)
    typing_new_word = before[-1].isspace()
    if len(found) == 1 and not typing_new_word:
        candidates = [] if not asked and run.name in NAMES else _commands(run.name, ALL)
        completion = Completion(found[0].start, len(before), tuple(candidates))
        name = NAMES.get(run.name.casefold())
        return _with_usage(completion, BY_NAME[name]) if name is not None else completion
    start = len(before) if typing_new_word else found[-1].start
    index = len(found) - 1 - (not typing_new_word)
    meant = resolve(run.name, NAMES)
    if len(meant) != 1:
        return Completion(start, len(before))
    command = BY_NAME[meant[0]]
    kind = command.parameters[min(index, len(command.parameters) - 1)].kind if command.parameters else None
    if kind is not None and kind.source == "path":
        start = found[1].start if len(found) > 1 else len(before)
        return Completion(start, len(before), _paths(before[start:], asked), command.usage, command.summary)
    in_reach = kind is not None and index < len(command.parameters)
    if kind is not None and kind.takes_rest and not (kind.source and in_reach):
        inside = _in_text(before, known, asked)
        return replace_fields(inside, usage=command.usage, summary=command.summary)
    if in_reach and kind is not None and kind.source == "emoji":
        found_emoji = tuple(Candidate(char, name) for char, name in find_emoji(before[start:]))
        return Completion(start, len(before), found_emoji, command.usage, command.summary)
    offered = _of_source(kind.source, before[start:], known, ALL) if kind is not None and in_reach else ()
    return Completion(start, len(before), _fitting(before[start:], offered, asked), command.usage, command.summary)


def _with_usage(completion: Completion, command: Command) -> Completion:
    return replace_fields(completion, usage=command.usage, summary=command.summary)


def _in_text(before: str, known: Known, asked: bool) -> Completion:
    start = len(before) - len(before.split("\n")[-1].split(" ")[-1])
    word = before[start:]
    if word.startswith("@"):
        return Completion(start, len(before), _fitting(word, known.users, asked))
    if word.startswith(":") and len(word) > SHORTCODE_FROM:
        return Completion(start, len(before), tuple(Candidate(char, name) for char, name in find_emoji(word)))
    if word.startswith("#") and (asked or len(word) > 1):
        return Completion(start, len(before), _fitting(word, known.channels, asked))
    if asked and word:
        return Completion(start, len(before), _fitting("@" + word, known.users, asked))
    return Completion(len(before), len(before))


def _commands(prefix: str, every: Sequence[Command]) -> list[Candidate]:
    prefix = prefix.casefold()
    named = [command for command in every if command.name.startswith(prefix)]
    also = [
        command
        for command in every
        if command not in named and any(alias.startswith(prefix) for alias in command.aliases)
    ]
    return [_of_command(command) for command in (*named, *also)]


def _of_command(command: Command) -> Candidate:
    return Candidate(PREFIX + command.name, command.summary)


def _of_source(source: Source, word: str, known: Known, commands: Sequence[Command]) -> Sequence[Candidate]:
    match source:
        case "channel":
            return known.channels
        case "user":
            return known.users
        case "target":
            return (*known.channels, *known.users, *known.groups)
        case "whom":
            return (*known.channels, *known.groups) if word.startswith(("#", "&")) else known.users
        case "command":
            return [Candidate(command.name, command.summary) for command in commands]
        case "server":
            return known.servers
        case "mark":
            return known.marks
        case "path" | "emoji" | "":  # files are looked for where the whole path is known
            return ()


def _paths(begun: str, asked: bool) -> tuple[Candidate, ...]:
    if not begun and not asked:
        return ()
    return tuple(Candidate(path, "folder" if path.endswith("/") else "") for path in paths(begun, MAX_CANDIDATES))


def _fitting(word: str, offered: Sequence[Candidate], asked: bool) -> tuple[Candidate, ...]:
    """Return the candidates that begin with a word (with or without its sigil), then those that have it inside."""
    wanted = name_key(word.lstrip("#@&"))
    sigil = word[:1] if word[:1] in ("#", "@", "&") else ""
    begin: list[Candidate] = []
    inside: list[Candidate] = []
    for candidate in offered:
        if sigil and not candidate.text.startswith(sigil):
            continue
        name = name_key(candidate.text.lstrip("#@&"))
        if name.startswith(wanted):
            begin.append(candidate)
        elif wanted in name:
            inside.append(candidate)
    found = (*begin, *inside)
    if not asked and len(found) == 1 and name_key(found[0].text) == name_key(word):
        return ()
    return found[:MAX_CANDIDATES]
