"""What the switcher offers for some letters, the likeliest first, and how it looks. Pure.

Without letters: what is unread, mentions and direct ones first, then where one goes often and lately. `#` means
channels only, `@` people, `'` marks, `>` commands; behind `>` may stand a whole command line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final, Literal, NamedTuple

from chat_core.base.names import name_key
from chat_core.client.state.model import ClientState
from chat_tui.commands.completing import Known
from chat_tui.commands.elsewhere import words_for
from chat_tui.commands.registry import ALL
from chat_tui.views.clean import drawable_line
from chat_tui.views.conversations import SLOTS, needs_me, ordered, slot_of
from chat_tui.views.lines import Line, Role, Span, spread
from chat_tui.views.names import title_of
from chat_tui.views.servers import Elsewhere

COMMANDS: Final = ">"
"""Begins a command."""
MARKS: Final = "'"
"""Begins the name of a mark."""
MAX_CHOICES: Final = 100
"""Rows that are offered; nobody reads more."""


class Choice(NamedTuple):
    """A row."""

    kind: Literal["conversation", "join", "dm", "command", "emoji", "server", "mark", "draft"]
    """What choosing it does: go there, join it, open a direct conversation, run it, react with it, or go to it."""
    name: str
    """TARGET, the people of a group, or a command with its slash; not safe to draw."""
    note: str = ""
    """A few words about it; not safe to draw."""
    number: int = 0
    """Of the conversation."""
    slot: str = ""
    """The digit that leads there."""
    needs: int = 0
    """How many messages in it need the user."""
    unread: int = 0
    """How many are new."""
    draft: bool = False
    """Whether something is written there and not sent."""
    server: int = 0
    """Of the server, if it is not the one on the screen."""


Score = Callable[[str], float]
"""How often and lately one was at a TARGET."""


def choices(
    letters: str,
    state: ClientState,
    shown: int | None,
    known: Known,
    score: Score,
    drafts: frozenset[int],
    servers: Sequence[Elsewhere] = (),
    marks: Callable[[], Sequence[Choice]] = tuple,
) -> tuple[Choice, ...]:
    """Return what is offered.

    Args:
        letters: what was typed.
        state: what is known.
        shown: the conversation that is open; it comes last.
        known: further names.
        score: how often and lately one was somewhere.
        drafts: conversations with something that is not sent.
        servers: the other ones that are open.
        marks: returns the marks that there are.
    """
    if letters.startswith(MARKS):
        return tuple(_matching(letters[1:], list(marks())))
    if letters.startswith(COMMANDS):
        return tuple(_matching(letters[1:].split(" ")[0] if letters[1:].strip() else "", list(_commands())))
    here = [*_conversations(state, drafts), *_elsewhere(servers)]
    here.sort(key=lambda each: _order(each, state, shown, score))
    if not letters:
        return tuple(here[:MAX_CHOICES])
    others = list(_others(state, known))
    if letters[0] in "#@&":
        found = [each for each in (*here, *others) if _target(state, each).startswith(letters[0])]
        return tuple(_matching(letters[1:], found))
    return tuple(_matching(letters, [*here, *others, *_commands()]))


def _order(choice: Choice, state: ClientState, shown: int | None, score: Score) -> tuple[bool, int, int, int, float]:
    """Return what rows are sorted by: what needs the user, what is new, this server, where one goes often."""
    away = bool(choice.server)
    often = 0.0 if away else score(_target(state, choice))
    return (choice.number == shown and not away, -min(choice.needs, 1), -min(choice.unread, 1), away, -often)


def _target(state: ClientState, choice: Choice) -> str:
    """Return how a choice is spelled: a group is shown by its people's names."""
    known = state.conversations.get(choice.number or 0)
    return choice.name if known is None else known.target


def slot_choice(letters: str, state: ClientState) -> int | None:
    """Return the conversation that a single digit picks at once; None: there is none, or a name begins with it."""
    if len(letters) != 1 or letters not in SLOTS:
        return None
    found = ordered(state)
    begins = any(_words(name_key(each.info.name), letters) for each in found)
    at = SLOTS.index(letters)
    return found[at].id if at < len(found) and not begins else None


def choice_line(choice: Choice, marked: bool, cells: int) -> Line:
    """Return how a row looks."""
    role: Role = "strong" if marked or choice.unread else "text"
    left = (
        Span("▌" if marked else " ", "own"),
        Span(f"{choice.slot or ' '} ", "quiet"),
        Span(drawable_line(choice.name), role),
        Span(f"  {drawable_line(choice.note)}" if choice.note else "", "muted"),
    )
    return Line(spread(left, (*_news(choice), Span(" ")), cells), ground="panel" if marked else "")


def _news(choice: Choice) -> tuple[Span, ...]:
    spans: list[Span] = []
    if choice.draft:
        spans.append(Span("@ ", "muted"))
    if choice.needs:
        spans.append(Span(f" {choice.needs} ", "badge"))
    rest = choice.unread - choice.needs
    if rest > 0:
        spans.append(Span(f" {rest} unread", "muted"))
    return tuple(spans)


def _conversations(state: ClientState, drafts: frozenset[int]) -> Iterator[Choice]:
    for index, each in enumerate(ordered(state)):
        yield Choice(
            "conversation",
            title_of(each.info),
            each.info.topic if not each.info.personal else "",
            each.id,
            slot_of(index),
            needs_me(each),
            each.unread,
            each.id in drafts,
        )


def _elsewhere(servers: Sequence[Elsewhere]) -> Iterator[Choice]:
    """Yield the other servers, and the conversations there, with the server's name beside each."""
    for server in servers:
        yield Choice("server", server.title, server.question or "server", server=server.number)
        for each in ordered(server.state):
            yield Choice(
                "conversation",
                each.target,
                server.title,
                each.id,
                needs=needs_me(each),
                unread=each.unread,
                server=server.number,
            )


def _others(state: ClientState, known: Known) -> Iterator[Choice]:
    """Yield where one could go to, too."""
    here = {name_key(each.target) for each in state.conversations.values()}
    for channel in known.channels:
        if name_key(channel.text) not in here:
            yield Choice("join", channel.text, "join it")
    for user in known.users:
        if name_key(user.text) not in here:
            yield Choice("dm", user.text, "write to them")


def _commands() -> Iterator[Choice]:
    for command in ALL:
        yield Choice("command", command.usage, command.summary)


def _matching(letters: str, found: Sequence[Choice]) -> list[Choice]:
    """Return what has the letters: at the beginning, at that of a word, inside, or one after the other."""
    wanted = name_key(letters.strip())
    ranked = ((_rank(name_key(_bare(each)), wanted, each), at, each) for at, each in enumerate(found))
    return [each for rank, _, each in sorted(row for row in ranked if row[0] < _NO)][:MAX_CHOICES]


_NO: Final = 10
_CALLED, _TOLD = _NO - 2, _NO - 1
"""A command that is called so elsewhere; one that is told of in such words."""
_TELLING: Final = 3
"""Letters from which on words about a command are looked through: two are in too many."""


def _rank(name: str, wanted: str, choice: Choice) -> int:
    rank = _rank_by_name(name, wanted, choice)
    return _meant(name, wanted) if rank == _NO and choice.kind == "command" else rank


def _rank_by_name(name: str, wanted: str, choice: Choice) -> int:
    behind = 4 if choice.kind == "command" else 0 if choice.kind in ("conversation", "server") else 1
    if name.startswith(wanted):
        return 0 + behind
    if _words(name, wanted):
        return 1 + behind
    if wanted in name:
        return 2 + behind
    return 3 + behind if choice.kind == "conversation" and _in_order(name, wanted) else _NO


def _meant(name: str, wanted: str) -> int:
    """Return how well what was typed fits what is known of a command; `log out` is `logout`, too."""
    if len(wanted) < _TELLING:
        return _NO
    about, typed = _about()[name], wanted.split()
    if wanted in about or "".join(typed) == name:
        return _CALLED
    return _TOLD if all(any(word.startswith(each) for word in about) for each in typed) else _NO


@cache
def _about() -> Mapping[str, frozenset[str]]:
    """Return for each command its other names, the words of its help, and those that lead to it from elsewhere."""
    brought = words_for()
    return {
        name_key(command.name): frozenset(
            word
            for name in (command.name, *command.aliases)
            for word in (name, *brought.get(name, ()), *name_key(command.summary).split())
        )
        for command in ALL
    }


def _bare(choice: Choice) -> str:
    return choice.name.split(" ")[0].lstrip("#@/")


def _words(name: str, wanted: str) -> bool:
    """Return whether a word of a name begins so."""
    at = name.find(wanted)
    while at > 0:
        if not name[at - 1].isalnum():
            return True
        at = name.find(wanted, at + 1)
    return at == 0


def _in_order(name: str, wanted: str) -> bool:
    rest = iter(name)
    return all(char in rest for char in wanted)
