"""Where a command line leads, as far as that can be told at once, and whether a picture is one of that place.

It knows less than the parser of the command line, and says so: what it does not know, it takes for another place.
Settings, themes and addresses are not read: that they are the same ones as before is all that matters.
"""

from __future__ import annotations

import json
import os

from chat_core import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Final

_SERVERS: Final = "servers.json"
_SETTINGS: Final = "chat-tui.toml"
_THEMES: Final = "themes"
_MOST_BYTES: Final = 200_000
_WITH_VALUE: Final = ("--name", "--theme")
_LOOKS: Final = ("TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "COLORFGBG", "LANG", "LC_ALL", "LC_CTYPE")
"""Environment variables by which a screen differs."""
_KINDS: Final = ("TERM_PROGRAM", "TEXTUAL", "CHAT_TUI_", "RICH_", "TTY_")
"""How the names of more of them begin."""

Goals = list[list[str]]
"""Addresses, and the name on each."""


class Asked:
    """What a command line asks for.

    Args:
        places: addresses, as they were typed; none: the servers that were open last.
        named: whether it says as whom.
    """

    __slots__ = ("named", "places")

    def __init__(self, places: Sequence[str], *, named: bool) -> None:
        self.places = places
        self.named = named


def asked(arguments: Sequence[str]) -> Asked | None:
    """Return what a command line asks for; None: for something else than screens, or it cannot be told at once."""
    words: list[str] = []
    named = False
    left = list(arguments)
    while left:
        each = left.pop(0)
        option, equals, _ = each.partition("=")
        if option in _WITH_VALUE:
            if not equals and not left:
                return None
            named |= option == "--name"
            if not equals:
                left.pop(0)
        elif each.startswith("-") and each != "--explore":
            return None
        elif each != "--explore":
            words.append(each)
    command, places = words[:1], words[1:]
    if (command == ["connect"] and places and not any(map(_is_link, places))) or not words:
        return Asked(places, named=named)
    return Asked(["here"], named=named) if words == ["here"] else None


def _is_link(place: str) -> bool:
    """Return whether an address says more than where a server is: an invite is a secret, a channel another screen."""
    rest = place.partition("://")[2] or place
    return "?" in rest or ("/" in rest and not place.startswith("chat+unix:"))


def conditions(arguments: Sequence[str], environment: Mapping[str, str], config: str) -> dict[str, Any]:
    """Return all that has to be the same as it was, as JSON has it.

    Args:
        arguments: of the command line.
        environment: the process's variables.
        config: the folder of the settings.
    """
    shown = {name: value for name, value in environment.items() if name in _LOOKS or name.startswith(_KINDS)}
    return {
        "program": __version__,
        "arguments": list(arguments),
        "environment": dict(sorted(shown.items())),
        "settings": _stamps(config),
    }


def _stamps(config: str) -> list[list[Any]]:
    """Return when the files of the settings and themes were changed, and how long they are."""
    try:
        themes = sorted(os.listdir(os.path.join(config, _THEMES)))
    except OSError:
        themes = []
    found: list[list[Any]] = []
    for name in (_SETTINGS, *(os.path.join(_THEMES, each) for each in themes)):
        try:
            stat = os.stat(os.path.join(config, name))
        except OSError:
            continue
        found.append([name, stat.st_mtime_ns, stat.st_size])
    return found


def leads_there(wanted: Asked, config: str, goals: Any) -> bool:
    """Return whether one would come to the same servers under the same names as somebody did before.

    Args:
        wanted: what is asked for now.
        config: the folder with what is remembered of servers.
        goals: where it led then, of unknown origin.
    """
    if not _are_goals(goals) or len(goals) < len(wanted.places):
        return False
    if wanted.places and wanted.named:
        return True
    known, opened = _remembered(config)
    if not wanted.places:
        return bool(opened == goals)
    names = dict(reversed(known))  # the one used last comes first
    return all(names.get(address) == name for address, name in goals)


def _are_goals(said: Any) -> bool:
    return (
        isinstance(said, list)
        and bool(said)
        and all(
            isinstance(each, list) and len(each) == 2 and all(isinstance(part, str) for part in each) for each in said
        )
    )


def _remembered(config: str) -> tuple[list[tuple[str, str]], Goals]:
    """Return addresses and names of the servers that are known, and of those that were open."""
    try:
        with open(os.path.join(config, _SERVERS), "rb") as file:
            said = json.loads(file.read(_MOST_BYTES))
        known = [(str(each["address"]), str(each["name"])) for each in said.get("known", ())]
        opened = [[each["address"], each["name"]] for each in said.get("open", ())]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return [], []
    return known, opened
