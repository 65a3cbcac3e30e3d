"""The registry of requests: which function handles one, and which permission it needs. The only place that says so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from chat_core.protocol.requests.base import Reply, Request
from chat_core.server.context import Context
from chat_core.server.rules.permissions import Inside, Permission

R = TypeVar("R", bound=Reply)
Q = TypeVar("Q", bound="Request[Any]")


@dataclass(frozen=True, slots=True)
class Route:
    """How a request is handled."""

    handler: Callable[[Context, Any], Awaitable[Reply]]
    needs: Permission
    inside: Inside | None = None
    """What it needs in the conversation that it names; None: it names none that is there already."""


ROUTES: Final[dict[type[Request[Any]], Route]] = {}
"""Filled by importing `chat_core.server.handlers`; a test proves that no request is missing."""

Handler = Callable[[Context, Any], Awaitable[R]]


def handles(
    request: type[Request[R]], *, needs: Permission, inside: Inside | None = None
) -> Callable[[Handler[R]], Handler[R]]:
    """Register the decorated coroutine function as the handler of a request.

    Args:
        request: the request; the handler must return its reply's type.
        needs: the permission the caller must hold.
        inside: what the caller must be in the conversation that the request names. The store sees to it; this says it,
            for the documentation and for the test that tries every request as everybody.
    """

    def register(handler: Handler[R]) -> Handler[R]:
        if request in ROUTES:
            raise TypeError(f"{request.__name__} has two handlers")
        ROUTES[request] = Route(handler, needs, inside)
        return handler

    return register
