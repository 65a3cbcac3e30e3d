"""What a command can take: each kind of argument is a type, and an annotation says which. Pure.

An argument is the text in its checked form, so that a command uses it as it is. Those that take the rest of the line
are in `arguments_of_rest`.
"""

from __future__ import annotations

import re
from typing import ClassVar, Final, Literal, Self

from typing_extensions import override

from chat_core.base.durations import parse_duration
from chat_core.base.errors import UsageFault
from chat_core.base.names import check_account_name, check_channel_name, parse_target, spell_account_name
from chat_core.base.numbers import number_in
from chat_core.protocol.values import DmPolicy
from chat_tui.commands.emoji import emoji_of
from chat_tui.views.alerts import RULES, Rule

_ADDRESS: Final = re.compile(r"[0-9]+(\.[0-9]+){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(/64)?", re.ASCII)

_MARK: Final = re.compile(r"[\w.-]{1,30}")
_POLICIES: Final[tuple[DmPolicy, ...]] = ("open", "request", "closed")

Source = Literal["", "channel", "user", "target", "whom", "command", "server", "path", "emoji", "mark"]
"""What the candidates of a completion are; empty: none."""


class Argument(str):
    """Root of all kinds."""

    __slots__ = ()

    label: ClassVar[str] = "word"
    """What stands for it in a usage line."""
    source: ClassVar[Source] = ""
    """What can complete it."""
    takes_rest: ClassVar[bool] = False
    """Whether it takes everything up to the end of the line; only the last one can."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the argument in its checked form.

        Raises:
            UsageFault: with a sentence that says what is wrong.
        """
        return cls(text)


class Channel(Argument):
    """A channel, given with or without `#`; in its checked form with it."""

    __slots__ = ()

    label = "#channel"
    source = "channel"

    @classmethod
    @override
    def parse(cls, text: str) -> Self:
        """See Argument."""
        if text.startswith("@"):
            raise UsageFault(f"'{text[:40]}' is a user, but a #channel is wanted here.")
        return cls("#" + check_channel_name(text))


class Leavable(Argument):
    """A channel, or a group by its `&`."""

    __slots__ = ()

    label = "#channel|&group"
    source = "target"

    @classmethod
    @override
    def parse(cls, text: str) -> Self:
        """See Argument."""
        return cls("".join(parse_target(text)) if text.startswith("&") else Channel.parse(text))


class User(Argument):
    """An account, given with or without `@`; in its checked form with it."""

    __slots__ = ()

    label = "@user"
    source = "user"

    @classmethod
    @override
    def parse(cls, text: str) -> Self:
        """See Argument."""
        if text.startswith("#"):
            raise UsageFault(f"'{text[:40]}' is a channel, but a @user is wanted here.")
        return cls("@" + spell_account_name(text.removeprefix("@")))


class Target(Argument):
    """A conversation: `#channel`, `@user`, or `&12`: a group."""

    __slots__ = ()

    label = "#channel|@user|&group"
    source = "target"

    @classmethod
    @override
    def parse(cls, text: str) -> Self:
        """See Argument."""
        return cls("".join(parse_target(text)))


class Addressee(Argument):
    """Whom something is said to: an account, given with or without `@`; also a `#channel` or a `&group`."""

    __slots__ = ()

    label = "@user"
    source = "whom"

    @classmethod
    @override
    def parse(cls, text: str) -> Self:
        """See Argument."""
        return cls((Target if text.startswith(("#", "&")) else User).parse(text))


class NewName(Argument):
    """A name to have from now on."""

    __slots__ = ()

    label = "name"

    @classmethod
    @override
    def parse(cls, text: str) -> Self:
        """See Argument."""
        return cls(check_account_name(text.removeprefix("@")))


class CommandName(Argument):
    """The name of a command, with or without its slash; in its checked form without."""

    __slots__ = ()

    label = "command"
    source = "command"

    @classmethod
    @override
    def parse(cls, text: str) -> Self:
        """See Argument."""
        return cls(text.removeprefix("/"))


class Server(Argument):
    """Where a server is; the client library reads it."""

    __slots__ = ()

    label = "server"
    source = "server"


class Where(Argument):
    """A conversation that one is in: its number in the list, `#channel`, `@user`, or the beginning of a name."""

    __slots__ = ()

    label = "number|#channel|@user"
    source = "target"


class Letters(Argument):
    """Some letters to look for in names, with or without `#`; in their checked form without."""

    __slots__ = ()

    label = "letters"

    @classmethod
    @override
    def parse(cls, text: str) -> Self:
        """See Argument."""
        return cls(text.removeprefix("#"))


class Person(Argument):
    """An account, given with or without `@`, or an IP address; in its checked form an account has its `@`."""

    __slots__ = ()

    label = "@user|address"
    source = "user"

    @classmethod
    @override
    def parse(cls, text: str) -> Self:
        """See Argument."""
        return cls(text if _ADDRESS.fullmatch(text) else User.parse(text))


class Length(Argument):
    """A length of time, or `off`; in its checked form the number of seconds, empty for `off`."""

    __slots__ = ()

    label = "30s|off"

    @classmethod
    @override
    def parse(cls, text: str) -> Self:
        """See Argument."""
        return cls("" if text.casefold() == "off" else str(parse_duration(text)))


class Setting(Argument):
    """The name of a setting, with its section or without: `look.theme`, `theme`."""

    __slots__ = ()

    label = "setting"


class ThemeName(Argument):
    """The name of a theme."""

    __slots__ = ()

    label = "theme"


class AlertRule(Argument):
    """What of a conversation alerts; empty: it is only asked."""

    __slots__ = ()

    label = "all|mentions|none"

    @classmethod
    @override
    def parse(cls, text: str) -> Self:
        """See Argument."""
        rule = cls(text.casefold())
        if rule.chosen is None:
            raise UsageFault(f"'{text[:40]}' is none of all, mentions and none.")
        return rule

    @property
    def chosen(self) -> Rule | None:
        """The same as a value; None: it is none."""
        return next((rule for rule in RULES if rule == self), None)


class Emoji(Argument):
    """An emoji, or its shortcode in colons; in its checked form the emoji."""

    __slots__ = ()

    label = ":emoji:"
    source = "emoji"

    @classmethod
    @override
    def parse(cls, text: str) -> Self:
        """See Argument."""
        found = emoji_of(text)
        if not found:
            raise UsageFault(f"'{text[:40]}' is no emoji: write one, or its name as :tada:; Tab completes.")
        return cls(found)


class Which(Argument):
    """A message by its number here: `17`, `#17` or `:17`; in its checked form the digits."""

    __slots__ = ()

    label = "#number"

    @classmethod
    @override
    def parse(cls, text: str) -> Self:
        """See Argument."""
        digits = text[1:] if text[:1] in {"#", ":"} else text
        seq = number_in(digits)
        if not seq:
            raise UsageFault(
                f"'{text[:40]}' is no number of a message: its details tell it, or /numbers on in line mode."
            )
        return cls(seq)


class MessageNumber(Argument):
    """A message by its number: `17`, `#17` or `:17` here, `#ops:17` anywhere."""

    __slots__ = ()

    label = "#number"


class MarkName(Argument):
    """The name of a mark, with or without an apostrophe before it; in its checked form without."""

    __slots__ = ()

    label = "name"
    source = "mark"

    @classmethod
    @override
    def parse(cls, text: str) -> Self:
        """See Argument."""
        name = text.removeprefix("'")
        if not _MARK.fullmatch(name):
            raise UsageFault(f"'{text[:40]}' is no name of a mark: up to 30 letters, digits, and . _ - between them.")
        return cls(name)


class ChatNumber(Argument):
    """The number of a private chat."""

    __slots__ = ()

    label = "number"

    @classmethod
    @override
    def parse(cls, text: str) -> Self:
        """See Argument."""
        number = number_in(text)
        if number is None:
            raise UsageFault(f"'{text[:40]}' is no number of a private chat.")
        return cls(number)


class OnOff(Argument):
    """Whether something is to hold; empty: it is only asked."""

    __slots__ = ()

    label = "on|off"

    @classmethod
    @override
    def parse(cls, text: str) -> Self:
        """See Argument."""
        word = cls(text.casefold())
        if word not in ("on", "off"):
            raise UsageFault(f"'{text[:40]}' is neither on nor off.")
        return word


class Policy(Argument):
    """Who may write to one privately; empty: it is only asked."""

    __slots__ = ()

    label = "open|request|closed"

    @classmethod
    @override
    def parse(cls, text: str) -> Self:
        """See Argument."""
        policy = cls(text.casefold())
        if policy.chosen is None:
            raise UsageFault(f"'{text[:40]}' is none of open, request and closed.")
        return policy

    @property
    def chosen(self) -> DmPolicy | None:
        """The same as a value; None: it is none."""
        return next((policy for policy in _POLICIES if policy == self), None)
