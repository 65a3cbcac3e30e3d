"""What a command can take at its end: kinds of arguments that go up to the end of the line, or of all lines. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Self

from typing_extensions import override

from chat_core.base.errors import UsageFault
from chat_tui.commands.arguments import Argument, Target, User

_NAMED: Final = re.compile(r"([^\s,]+)[\s,]*")
"""A name, and what parts it from what follows."""
ACTS: Final = ("list", "add", "passwd", "disable", "enable", "role", "allow", "disallow", "allowed")
"""What can be done with the accounts of a server."""


class Rest(Argument):
    """Everything up to the end of the line, or of all lines."""

    __slots__ = ()

    label = "text…"
    takes_rest = True


class Body(Rest):
    """The text of a message."""

    __slots__ = ()


class Reason(Rest):
    """Why somebody goes; whoever comes from IRC writes it."""

    __slots__ = ()

    label = "reason…"


class PathOf(Rest):
    """A file on this computer; spaces in its name need no quotes."""

    __slots__ = ()

    label = "path"
    source = "path"


class Details(Rest):
    """Where, how long and why: `server 2h too many links`; each of the three may be left out."""

    __slots__ = ()

    label = "#channel|server 10m reason…"


class Change(Rest):
    """What to change in a channel: `moderated on`, `slow 30s`, `unlisted`."""

    __slots__ = ()

    label = "change…"


class Invitee(Rest):
    """Who is invited, and where to; or what an invite to the server is to be like."""

    __slots__ = ()

    label = "@user #channel|--uses N --expires 7d"
    source = "user"


class Listed(Rest):
    """A conversation; or what is to be done with an account."""

    __slots__ = ()

    label = "#channel|add|passwd|role…"
    source = "target"

    @classmethod
    @override
    def parse(cls, text: str) -> Self:
        """See Argument."""
        return cls(text) if text.partition(" ")[0].casefold() in ACTS else cls(Target.parse(text.strip()))


class Users(Rest):
    """Several accounts, and behind them a text: only the first name needs no `@`."""

    __slots__ = ()

    label = "@user @user… [text…]"
    source = "user"

    @property
    def parts(self) -> tuple[tuple[str, ...], str]:
        """The names, each checked, and the text. Raises: UsageFault."""
        names: list[str] = []
        rest = self.strip()
        while rest and (rest.startswith("@") or not names):
            named = _NAMED.match(rest)
            if named is None:
                break
            try:
                names.append(User.parse(named[1]))
            except UsageFault as fault:
                raise UsageFault(f"'{named[1][:40]}': {fault}") from fault
            rest = rest[named.end() :]
        return tuple(names), rest


class WordChange(Rest):
    """What to do with highlight words: `add deploy`, `remove deploy`, `list`; `deploy, disk` alone adds them."""

    __slots__ = ()

    label = "add|remove|list word"

    @property
    def parts(self) -> tuple[str, Sequence[str]]:
        """What to do, and with which words: each may be of several where commas stand between. Raises: UsageFault."""
        act, _, rest = self.strip().partition(" ")
        act = act.casefold()
        if act in ("", "list") and not rest.strip():
            return "list", ()
        if act in ("list", "add", "remove"):
            words = rest.split(",")
        else:
            act, words = "add", self.split("," if "," in self else None)
        words = [each.strip() for each in words if each.strip()]
        if not words or act == "list":
            raise UsageFault("Write /highlight add WORD, /highlight remove WORD or /highlight list.")
        return act, words


class FilterChange(Rest):
    """What to hide: `joins`, `@bob`, `some words`; or `list`, `remove 2`, `on`, `off`."""

    __slots__ = ()

    label = "joins|@user|words|remove N|on|off"

    @property
    def parts(self) -> tuple[str, str]:
        """What to do: `list`, `add`, `remove`, `on` or `off`; and with what."""
        first, _, rest = self.strip().partition(" ")
        act, rest = first.casefold(), rest.strip()
        if act in ("", "list", "on", "off") and not rest:
            return act or "list", ""
        return (act, rest) if act in ("add", "remove") else ("add", self.strip())


class DraftChange(Rest):
    """Where a draft is, to go there; or `drop` and where."""

    __slots__ = ()

    label = "[drop] #channel|@user"

    @property
    def parts(self) -> tuple[str, str]:
        """What to do: `list`, `go` or `drop`; and where."""
        first, _, rest = self.strip().partition(" ")
        if first.casefold() == "drop":
            return "drop", rest.strip()
        return ("go", self.strip()) if self.strip() else ("list", "")


class HookAct(Rest):
    """What to do with webhooks: `create #ops grafana`, `list`, `remove 2`."""

    __slots__ = ()

    label = "create|list|remove …"
