"""The client library: one import gives everything a program needs to take part in a chat.

    async with Client(parse_address("127.0.0.1"), "ann") as client:
        await client.online(timeout_s=10)
        general = await client.join("general")
        await client.sent(client.post(general, "hello"))
        async for batch in client.changes():
            ...

What `state` is made of stands in `chat_core.client.state.model`, what a batch can say in
`chat_core.client.state.changes`, what `call` takes in `chat_core.protocol.requests`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chat_core.client.bot import Bot
    from chat_core.client.client import Client
    from chat_core.client.credentials import FileTokens
    from chat_core.client.errors import CallFailed, Disconnected, Untrusted
    from chat_core.client.hearing import Heard, Joined
    from chat_core.client.state.changes import Batch, Delivered, MessagesAppended
    from chat_core.client.state.model import ClientState, LinkStatus
    from chat_core.client.storage_files import FileStorage
    from chat_core.client.trust.connector import TrustingConnector
    from chat_core.transport.urls import Address, Invitation, parse_address, parse_invitation

_HOMES = {
    "Address": "chat_core.transport.urls",
    "Bot": "chat_core.client.bot",
    "Batch": "chat_core.client.state.changes",
    "CallFailed": "chat_core.client.errors",
    "Client": "chat_core.client.client",
    "ClientState": "chat_core.client.state.model",
    "Delivered": "chat_core.client.state.changes",
    "Disconnected": "chat_core.client.errors",
    "FileStorage": "chat_core.client.storage_files",
    "Heard": "chat_core.client.hearing",
    "Joined": "chat_core.client.hearing",
    "Invitation": "chat_core.transport.urls",
    "FileTokens": "chat_core.client.credentials",
    "LinkStatus": "chat_core.client.state.model",
    "MessagesAppended": "chat_core.client.state.changes",
    "TrustingConnector": "chat_core.client.trust.connector",
    "Untrusted": "chat_core.client.errors",
    "parse_address": "chat_core.transport.urls",
    "parse_invitation": "chat_core.transport.urls",
}

__all__ = [
    "Address",
    "Batch",
    "Bot",
    "CallFailed",
    "Client",
    "ClientState",
    "Delivered",
    "Disconnected",
    "FileStorage",
    "FileTokens",
    "Heard",
    "Invitation",
    "Joined",
    "LinkStatus",
    "MessagesAppended",
    "TrustingConnector",
    "Untrusted",
    "parse_address",
    "parse_invitation",
]


def __getattr__(name: str) -> object:
    """Import a name when it is first asked for: who draws a state need not load what connects (a tenth of a start)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found = getattr(import_module(_HOMES[name]), name)
    return found
