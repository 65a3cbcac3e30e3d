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

from chat_core.client.client import Client
from chat_core.client.errors import CallFailed, Disconnected
from chat_core.client.state.changes import Batch, Delivered, MessagesAppended
from chat_core.client.state.model import ClientState, LinkStatus
from chat_core.transport.urls import Address, parse_address

__all__ = [
    "Address",
    "Batch",
    "CallFailed",
    "Client",
    "ClientState",
    "Delivered",
    "Disconnected",
    "LinkStatus",
    "MessagesAppended",
    "parse_address",
]
