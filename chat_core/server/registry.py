"""The registry of requests: which function handles one, what it needs, what it costs. The only place that says so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from chat_core.protocol.requests.base import Reply, Request
from chat_core.server.context import Context
from chat_core.server.rules.permissions import Heard, Inside, Permission

R = TypeVar("R", bound=Reply)
Q = TypeVar("Q", bound="Request[Any]")


@dataclass(frozen=True, slots=True)
class Route:
    """How a request is handled."""

    handler: Callable[[Context, Any], Awaitable[Reply]]
    needs: Permission
    inside: Inside | None = None
    """What it needs in the conversation that it names; None: it names none that is there already."""
    cost: int = 1
    """What a call takes of a connection's allowance."""
    attempt: bool = False
    """Whether it is a try to get in, which may be a guess."""
    heard: Heard = Heard.NO
    """Whether others hear of it; what is `NEWS`, is known where it is carried out."""
    words: str = ""
    """Its field, if it has one, which others are told if it is not empty."""

    def is_heard(self, request: Request[Any]) -> bool:
        """Return whether others certainly hear of a request."""
        return self.heard is Heard.ALWAYS or bool(self.words and getattr(request, self.words))


ROUTES: Final[dict[type[Request[Any]], Route]] = {}
"""Filled by importing `chat_core.server.handlers`; a test proves that no request is missing."""

Handler = Callable[[Context, Any], Awaitable[R]]


def costs(routes: Mapping[type[Request[Any]], Route] = ROUTES) -> dict[str, int]:
    """Return what requests cost by their name on the wire, those left out that cost 1."""
    return {str(kind.__struct_config__.tag): route.cost for kind, route in routes.items() if route.cost != 1}


def handles(
    request: type[Request[R]],
    *,
    needs: Permission,
    inside: Inside | None = None,
    cost: int = 1,
    attempt: bool = False,
    heard: Heard = Heard.NO,
    words: str = "",
) -> Callable[[Handler[R]], Handler[R]]:
    """Register the decorated coroutine function as the handler of a request.

    Args:
        request: the request; the handler must return its reply's type.
        needs: the permission the caller must hold.
        inside: what the caller must be in the conversation that the request names. The store sees to it; this says it,
            for the documentation and for the test that tries every request as everybody.
        cost: what a call takes of a connection's allowance: 1 for what a post costs the server, 0 for what is bounded
            otherwise, at most 20.
        attempt: whether it is a try to get in; its field `name`, if it has one, is what may be guessed for. A reply
            with a true `created` counts as a try although it succeeded.
        heard: whether others hear of it: who is muted on the whole server is refused. With `NEWS` the store sees to it,
            or the handler; this says it.
        words: its field that others are told, if only that matters.
    """

    def register(handler: Handler[R]) -> Handler[R]:
        if request in ROUTES:
            raise TypeError(f"{request.__name__} has two handlers")
        ROUTES[request] = Route(handler, needs, inside, cost, attempt, heard, words)
        return handler

    return register
