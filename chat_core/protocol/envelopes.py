"""What a frame holds: one of seven envelopes, told apart by `t`. Their payload is a plain map until it is asked for."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

CallId = Annotated[int, Meta(ge=0, le=2**32 - 1)]
Seconds = Annotated[float, Meta(ge=0, le=1e9)]
"""A time to wait: neither infinite nor "not a number", with which a timer would fail."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="t"):
    """Root of all envelopes."""


class Call(Envelope, frozen=True, kw_only=True, omit_defaults=True, tag="call"):
    """Client to server: a request that gets exactly one answer or failure."""

    id: CallId
    """Chosen by the client; may be used again once it is answered."""
    request: dict[str, Any]
    """The request, named by its `do`."""


class Answer(Envelope, frozen=True, kw_only=True, omit_defaults=True, tag="answer"):
    """Server to client: the call was carried out."""

    id: CallId
    """The call's id."""
    reply: dict[str, Any]
    """The reply that belongs to the request."""


class Answered(Envelope, frozen=True, kw_only=True, omit_defaults=True, tag="answer"):
    """The same for what was read: the reply may be long, so it never becomes a map on its way to the bytes."""

    id: CallId
    """The call's id."""
    reply: msgspec.Struct
    """The reply that belongs to the request."""


class Failure(Envelope, frozen=True, kw_only=True, omit_defaults=True, tag="failure"):
    """Server to client: the call was not carried out."""

    id: CallId
    """The call's id."""
    code: str
    """Why, from a closed set; an unknown one counts as `internal`."""
    text: str
    """One sentence for people."""
    retry_after: Seconds | None = None
    """Seconds to wait before the same call is worth repeating; nil: at will."""
    final: bool = False
    """Whether repeating the same call can never succeed."""


class Push(Envelope, frozen=True, kw_only=True, omit_defaults=True, tag="push"):
    """Server to client: something happened."""

    event: dict[str, Any]
    """The event, named by its `kind`."""


class Ping(Envelope, frozen=True, kw_only=True, omit_defaults=True, tag="ping"):
    """Either side: are you there?"""


class Pong(Envelope, frozen=True, kw_only=True, omit_defaults=True, tag="pong"):
    """The answer to a ping."""


class Farewell(Envelope, frozen=True, kw_only=True, omit_defaults=True, tag="goodbye"):
    """Either side, the last frame: why the connection is closed."""

    code: str
    """Why, from a closed set."""
    text: str = ""
    """One sentence for people."""
    reconnect: bool = False
    """Whether connecting again by itself is welcome."""
    retry_after: Seconds | None = None
    """Seconds to wait before that."""


ENVELOPES: Final[dict[str, type[Envelope]]] = {
    str(kind.__struct_config__.tag): kind for kind in (Call, Answer, Failure, Push, Ping, Pong, Farewell)
}
"""Envelopes by the value of their `t`."""
