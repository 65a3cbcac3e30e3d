"""What a command is, and the decorator that makes one of a function. Knows no command by itself.

    @command("topic", example="/topic Release on Friday")
    async def topic(ctx: Context, text: Rest = Rest("")) -> None:
        \"\"\"Show or set the topic of this channel.\"\"\"

Usage, parsing and completion come from the annotations, a default makes an argument optional, help is the docstring.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Final, get_type_hints

from msgspec import Struct

from chat_core.base.errors import UsageFault
from chat_tui.commands.arguments import Argument
from chat_tui.commands.classic import Form
from chat_tui.commands.context import Context
from chat_tui.commands.line import PREFIX, arguments


class Parameter(Struct, frozen=True):
    """One argument of a command."""

    name: str
    """As in the function."""
    kind: type[Argument]
    """What it may be."""
    optional: bool
    """Whether it can be left out."""

    @property
    def usage(self) -> str:
        """How it stands in a usage line."""
        return f"[{self.kind.label}]" if self.optional else self.kind.label


class Command(Struct, frozen=True):
    """Everything about a command."""

    name: str
    """What is typed after the slash."""
    aliases: tuple[str, ...]
    """Other names."""
    domain: str
    """The file it stands in."""
    parameters: tuple[Parameter, ...]
    """What it takes."""
    summary: str
    """Help in one sentence."""
    details: str
    """More help; may be empty."""
    example: str
    """A line that uses it."""
    key: str
    """A key that does the same; may be empty."""
    function: Callable[..., Awaitable[None]]
    """What it does."""
    moves: bool = False
    """Whether it leads to another conversation: what is entered behind it waits, and goes there."""
    classic: tuple[Form, ...] = ()
    """How earlier systems spell it."""
    bare: str = ""
    """What to say where it stands alone and takes something, for who means something else by it; empty: the usual."""

    @property
    def usage(self) -> str:
        """How it is typed: `/dm @user [text…]`."""
        return " ".join((PREFIX + self.name, *(parameter.usage for parameter in self.parameters)))

    def bind(self, rest: str) -> tuple[Argument, ...]:
        """Return the arguments in what follows the command's name.

        Raises:
            UsageFault: too many, too few, or one that is ill-formed; the text says which.
        """
        rest_at_end = bool(self.parameters) and self.parameters[-1].kind.takes_rest
        given = arguments(rest, len(self.parameters), rest_at_end=rest_at_end)
        if len(given) > len(self.parameters):
            extra = given[len(self.parameters)]
            raise UsageFault(f"'{extra[:40]}' is too much here.")
        for parameter in self.parameters[len(given) :]:
            if not parameter.optional:
                raise UsageFault(self.bare if self.bare and not given else f"{parameter.kind.label} is missing.")
        return tuple(parameter.kind.parse(text) for parameter, text in zip(self.parameters, given, strict=False))

    async def run(self, context: Context, given: tuple[Argument, ...]) -> None:
        """Do it.

        Raises:
            ChatError: it could not be done; the text is for the person at the keyboard.
        """
        await self.function(context, *given)


DECLARED: Final[list[Command]] = []
"""Commands in the order in which their files were imported; `registry.ALL` is what to use."""

Function = Callable[..., Awaitable[None]]


def command(
    name: str,
    *,
    example: str,
    aliases: tuple[str, ...] = (),
    key: str = "",
    moves: bool = False,
    classic: tuple[str, ...] = (),
    bare: str = "",
) -> Callable[[Function], Function]:
    """Declare the decorated function to be a command.

    Args:
        name: what is typed after the slash, in small letters.
        example: a line that uses it, for the help.
        aliases: other names.
        key: a key that does the same, for the help; it is bound in `chat_tui.keys`.
        moves: whether it leads to another conversation, so that what is entered behind it belongs there.
        classic: how earlier systems spell it; see `classic`.
        bare: what to say where nothing was given to it; empty: what is missing.
    """

    def declare(function: Function) -> Function:
        summary, _, details = inspect.cleandoc(function.__doc__ or "").partition("\n")
        DECLARED.append(
            Command(
                name=name,
                aliases=aliases,
                domain=function.__module__.rpartition(".")[2],
                parameters=_parameters(function),
                summary=summary,
                details=" ".join(details.split()),
                example=example,
                key=key,
                function=function,
                moves=moves,
                classic=tuple(map(Form, classic)),
                bare=bare,
            )
        )
        return function

    return declare


def _parameters(function: Function) -> tuple[Parameter, ...]:
    hints = get_type_hints(function)
    _context, *taken = inspect.signature(function).parameters.values()
    found: list[Parameter] = []
    for parameter in taken:
        kind = hints[parameter.name]
        if not (isinstance(kind, type) and issubclass(kind, Argument)):
            raise TypeError(f"{function.__qualname__}: {parameter.name} is no kind of argument")
        found.append(Parameter(parameter.name, kind, parameter.default is not inspect.Parameter.empty))
    return tuple(found)
