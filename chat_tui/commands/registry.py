"""All commands, in the order in which help and docs show them, and the way from a line to what it does.

A new command is a function in one of the files below; a new file is one line here.
"""

from __future__ import annotations

from typing import Final

from chat_core.base.errors import UsageFault
from chat_tui.commands import (
    accounts,
    administering,
    attention,
    changing,
    channels,
    conversations,
    devices,
    drafts,
    files,
    filters,
    groups,
    hooks,
    marks,
    messages,
    order,
    panes,
    place_marks,
    presence,
    private,
    search,
    session,
    settings,
    threads,
)
from chat_tui.commands.bound import Bound
from chat_tui.commands.classic import Form
from chat_tui.commands.command import DECLARED, Command
from chat_tui.commands.elsewhere import WAYS
from chat_tui.commands.line import PREFIX, Run, Say, resolve

DOMAINS: Final = (
    conversations, groups, channels, messages, changing, threads, marks, files, place_marks, drafts, filters,
    attention, panes, private, presence,
    search, accounts, devices, order, hooks, administering, settings, session,
)  # fmt: skip
"""The files with commands."""

_ORDER: Final = [module.__name__.rpartition(".")[2] for module in DOMAINS]

ALL: Final[tuple[Command, ...]] = tuple(sorted(DECLARED, key=lambda command: _ORDER.index(command.domain)))
"""Every command."""

BY_NAME: Final[dict[str, Command]] = {command.name: command for command in ALL}
"""Commands by name."""

NAMES: Final[dict[str, str]] = {name: command.name for command in ALL for name in (command.name, *command.aliases)}
"""The command's name behind each name and alias."""


CLASSIC: Final[tuple[tuple[Form, Command], ...]] = tuple((form, command) for command in ALL for form in command.classic)
"""How earlier systems spell commands, each with the command that it is here."""


_HELP: Final = "/help lists them; // at the beginning says a slash."
_ALIKE: Final = 0.75
"""From 0 to 1, how much alike a mistyped name and that of a command are."""


class WrongUse(UsageFault):
    """A known command, wrongly used; the text has its usage too."""


def find(name: str) -> Command:
    """Return the command that a name, an alias or an unambiguous beginning of one means.

    Raises:
        UsageFault: there is none, or more than one; the text says which way leads there, if another chat calls it so.
    """
    spelled = name.casefold()
    if spelled not in NAMES and spelled in WAYS:  # also where it begins the name of a command that is something else
        raise UsageFault(f"There is no command {PREFIX}{spelled}. {WAYS[spelled]}")
    found = resolve(name, NAMES)
    if not found:
        raise UsageFault(f"There is no command {PREFIX}{name[:30]}{_near(spelled)}. {_HELP}")
    if len(found) > 1:
        raise UsageFault(f"{PREFIX}{name} may be {_either(found)}: write more of it.")
    return BY_NAME[found[0]]


def bind(run: Run) -> Bound:
    """Return the command that a line means, with its arguments.

    Raises:
        UsageFault: there is none.
        WrongUse: there is one, but it takes something else.
    """
    if run.name.isdecimal():
        run = Run("go", f"{run.name} {run.rest}")  # /3 is the third conversation
    command = find(run.name)
    try:
        return Bound(command, command.bind(run.rest))
    except UsageFault as fault:
        raise WrongUse(f"{fault} Usage: {command.usage}") from fault


def classic(line: str, me: str) -> Bound | Say | None:
    """Return what a line means if it is a command of an earlier system, which begins with no slash.

    Args:
        line: all that was written.
        me: one's own name; empty: not signed in.

    Returns:
        The command; what to say, if two slashes stand before it; None: it is no such line.

    Raises:
        UsageFault: it is one that cannot be run.
    """
    line = line.rstrip()
    said = line.removeprefix(PREFIX * 2)
    for form, command in CLASSIC:
        inside = None if form.has_slash else form.fits(said)
        if inside is not None:
            return Say(said) if said != line else bind(Run(command.name, form.rest(inside, me)))
    return None


def _near(spelled: str) -> str:
    """Return a few words about a command that is spelled almost so; empty: there is none."""
    from difflib import get_close_matches  # only where somebody mistyped

    near = get_close_matches(spelled, NAMES, n=1, cutoff=_ALIKE)
    return f", but {PREFIX}{near[0]}" if near else ""


def _either(names: tuple[str, ...]) -> str:
    *others, last = (PREFIX + name for name in names)
    return f"{', '.join(others)} or {last}"
