"""What can be set of webhooks, and what an address to listen on is. Pure."""

from __future__ import annotations

from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta

from chat_core.base.numbers import number_in
from chat_core.base.settings_words import quoted
from chat_core.transport.urls import is_loopback

_HIGHEST_PORT: Final = 65_535


class WebhooksSection(msgspec.Struct, frozen=True, kw_only=True):
    """Webhooks: messages that other programs POST over HTTP, in the form that Slack takes."""

    listen: str = ""
    """Address and port of the loopback interface for them: `127.0.0.1:8065`; port 0: any that is free; empty: no
    webhooks. Put a proxy with TLS in front of it for programs on other machines."""
    url: Annotated[str, Meta(max_length=200)] = ""
    """What stands before `/hooks/SECRET` in the addresses that `/webhook create` tells, such as
    `https://chat.example.org`; empty: where it listens."""
    burst: Annotated[int, Meta(ge=1, le=10_000)] = 30
    """Messages that one webhook may send at once."""
    per_minute: Annotated[float, Meta(ge=1, le=100_000)] = 60.0
    """Messages that it may send each minute for long; more are answered with 429."""
    body_bytes: Annotated[int, Meta(ge=1024, le=1024 * 1024)] = 128 * 1024
    """Most bytes of one request's body."""
    within_s: Annotated[float, Meta(ge=0.1, le=300)] = 10.0
    """Time in which a request must have come, in seconds."""


NO_WEBHOOKS: Final = WebhooksSection()
"""The defaults."""


class ListenAt(NamedTuple):
    """Where to listen."""

    host: str
    port: int


def listen_at(text: str) -> ListenAt | None:
    """Return where `[webhooks] listen` is; None: it is no address and port of the loopback interface."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    number = number_in(port, _HIGHEST_PORT)
    return ListenAt(host, number) if colon and is_loopback(host) and number is not None else None


def listen_fault(text: str) -> str:
    """Return what is wrong with `[webhooks] listen`; empty: nothing. Nothing on their way is encrypted."""
    if not text or listen_at(text) is not None:
        return ""
    return f"[webhooks] listen is {quoted(text)}; expected a loopback address and a port, such as 127.0.0.1:8065."
