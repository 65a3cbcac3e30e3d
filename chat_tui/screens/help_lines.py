"""What the help says: made from the tables of keys and commands when it is asked for, so that it is never behind them.

It begins with what leads on: a part has a name, and can be asked for alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Final

from chat_core.base.errors import UsageFault
from chat_tui.commands.command import Command
from chat_tui.commands.line import PREFIX
from chat_tui.commands.registry import ALL, BY_NAME, CLASSIC, find
from chat_tui.commands.tables import pair_lines
from chat_tui.keys import KEYS, Key, spelled
from chat_tui.views.clean import drawable_line
from chat_tui.views.lines import Line, Role, Span

_MARGIN: Final = "  "
_ABOUT_LINES: Final = (
    "A line is sent as it is. One that begins with / is a command, // at the beginning says a slash.",
    "The beginning of a command's name is enough where it is the only one: /to is /topic.",
    "Classic forms are how earlier systems spell commands; without a slash they count as a whole line only.",
)
_INDEX: Final = (
    ("/help keys", "every key"),
    ("/help commands", "every command, by subject"),
    ("/help classic", "how earlier systems spell them"),
    ("/help topic", "all about one command, here /topic"),
)
_FIRST_KEYS: Final = ("conversations.switch", "conversations.next_unread", "reading.select", "window.settings")
"""Keys that somebody needs who is new, in this order."""
_FIRST: Final = ("join", "dm", "list", "search", "quit")
"""Commands that somebody needs who is new."""
_SUBJECTS: Final = {
    "messages": "saying something",
    "changing": "changing messages",
    "threads": "replies and threads",
    "marks": "reactions, pins, bookmarks",
    "attention": "unread and mentions",
    "private": "private chats",
    "accounts": "your account",
    "devices": "your devices and password",
    "order": "keeping order",
    "hooks": "webhooks",
    "administering": "running a server",
    "session": "this program",
}
"""Headings over the commands of a file, where its name alone does not say it."""


def help_lines(topic: str, keys: Sequence[Key] = KEYS) -> list[Line]:
    """Return the help.

    Args:
        topic: a part of it (`keys`, `commands`, `classic`), a group of keys (`selecting`), or a command, by its name
            or an alias; empty: everything.
        keys: the bindings in use.
    """
    if topic.casefold() in _PARTS:
        return _PARTS[topic.casefold()](keys)
    if topic:
        try:
            return _about(find(topic))
        except UsageFault as fault:
            if group := [key for key in keys if key.group == topic.casefold()]:
                return _keys(group)
            return [_text(drawable_line(str(fault)), "error"), Line(), *_everything(keys)]
    return _everything(keys)


def _everything(keys: Sequence[Key]) -> list[Line]:
    by_id = {key.id: key for key in keys if key.listed}
    first = [(by_id[each].label, by_id[each].description) for each in _FIRST_KEYS if each in by_id]
    first += [(BY_NAME[name].usage, BY_NAME[name].summary) for name in _FIRST]
    index = [_heading("help"), *_table(_INDEX), Line(), _heading("to begin with"), *_table(first), Line()]
    parts = (line for part in _PARTS.values() for line in (*part(keys), Line()))
    return [*index, *parts, *(_text(sentence, "muted") for sentence in _ABOUT_LINES)]


def _keys(keys: Sequence[Key]) -> list[Line]:
    lines: list[Line] = []
    for group, found in groupby(keys, key=lambda key: key.heading):
        rows = [(key.label, key.description) for key in found if key.listed]
        lines += [_heading(group), *_table(rows), Line()]
    return lines[:-1]


def _commands(keys: Sequence[Key]) -> list[Line]:
    # One table, so that what they do stands in one column under all headings.
    rows = dict(zip(ALL, _table([(command.usage, command.summary) for command in ALL]), strict=True))
    lines: list[Line] = []
    for domain, found in groupby(ALL, key=lambda command: command.domain):
        lines += [_heading(f"commands: {_SUBJECTS.get(domain, domain)}"), *(rows[command] for command in found), Line()]
    return lines[:-1]


def _classic(keys: Sequence[Key]) -> list[Line]:
    rows = [(form.shown, f"as {PREFIX}{command.name}") for form, command in CLASSIC]
    return [_heading("classic forms"), *_table(rows)]


_PARTS: Final[dict[str, Callable[[Sequence[Key]], list[Line]]]] = {
    "keys": _keys,
    "commands": _commands,
    "classic": _classic,
}


def _about(command: Command) -> list[Line]:
    facts = [("Example", command.example)]
    if command.aliases:
        facts.append(("Also", ", ".join(f"/{alias}" for alias in command.aliases)))
    if command.classic:
        facts.append(("Classic", ", ".join(form.shown for form in command.classic)))
    if command.key:
        facts.append(("Key", spelled(command.key)))
    more = [_text(command.details)] if command.details else []
    return [_text(command.usage, "strong"), Line(), _text(command.summary), *more, Line(), *_table(facts)]


def _table(rows: Sequence[tuple[str, str]]) -> Iterable[Line]:
    return (line._replace(spans=(Span(_MARGIN), *line.spans)) for line in pair_lines(rows))


def _heading(name: str) -> Line:
    return Line((Span(_MARGIN + name.upper(), "heading"),))


def _text(text: str, role: Role = "text") -> Line:
    return Line((Span(_MARGIN), Span(text, role)))
