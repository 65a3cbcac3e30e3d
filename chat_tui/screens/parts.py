"""How a screen is put together: of parts, plain objects, one for each subject, to which it hands keys and messages on.

The screen itself holds layout and focus. Whatever a part calls `action_…` a key or a click does; whatever it calls
`on_…` is told of the message of that name: both are spelled as the toolkit spells them. Knows no screen and no part.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any, Final, TypeVar

from textual.screen import Screen

from chat_core.client.state.changes import Batch

S = TypeVar("S", bound=type[Screen[None]])

_HANDED_ON: Final = ("action_", "on_")


class Part:
    """A part of a screen. It is given what it needs: a few functions, or the screen as a Protocol of its own file."""

    def take(self, batch: Batch) -> None:
        """Follow what a batch changed, after the screen has shown it."""

    async def end(self) -> None:
        """Leave nothing running, and nothing unsaved."""


class HandedOn:
    """What a screen has in place of a method that one of its parts has.

    Args:
        attribute: the part's name on the screen.
        name: of the method, on both.
        function: it, as the part's class has it.
    """

    def __init__(self, attribute: str, name: str, function: Callable[..., Any]) -> None:
        self._attribute = attribute
        self._name = name
        self._function = function

    def __get__(self, screen: object | None, owner: type | None = None) -> Any:
        """Return the part's method."""
        if screen is None:
            return self._function
        return getattr(getattr(screen, self._attribute), self._name)


def of_parts(screen: S) -> S:
    """Let a screen hand keys and messages on to its parts: the attributes that its class says are `Part`s.

    Args:
        screen: the class.

    Raises:
        TypeError: two parts, or a part and the screen, answer to the same name.
    """
    named = vars(sys.modules[screen.__module__])
    for attribute, said in vars(screen).get("__annotations__", {}).items():
        kind = named.get(said) if isinstance(said, str) else said
        if not (isinstance(kind, type) and issubclass(kind, Part)):
            continue
        for name, function in _handed_on(kind):
            if name in vars(screen):
                raise TypeError(f"{screen.__name__}.{name} is there already, and {attribute} has it, too")
            setattr(screen, name, HandedOn(attribute, name, function))
    return screen


def _handed_on(kind: type[Part]) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Return what the screen is to have of a part. By hand: `inspect` looks at everything."""
    methods = {name: each for base in reversed(kind.__mro__) for name, each in vars(base).items()}
    return (
        (name, each) for name, each in methods.items() if name.startswith(_HANDED_ON) and isinstance(each, FunctionType)
    )
