"""A server that lies: it speaks the protocol, and fills every text field with what it is told to. No code of a server.

What it sends is made of the protocol's own structs, so that a field added to one of them is filled without a word here.
`said` remembers which fields were on the wire.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from types import TracebackType
from typing import Any, Final

import msgpack

from chat_core.protocol.envelopes import Failure, Farewell
from chat_core.protocol.events import (
    EVENTS,
    AccountEvent,
    ConversationEvent,
    ConversationJoined,
    ConversationLeft,
    Event,
    Lagging,
)
from chat_core.protocol.requests.base import reply_type
from chat_core.protocol.requests.catalog import REQUESTS
from tests.support.fields import make, texts_of

ME, OTHER = 5, 6
"""Accounts: the client's, and everybody else's."""
CHANNEL, DIRECT = 1, 2
"""Conversations."""
WAIT_S: Final = 20.0
"""Longest wait for a client, in seconds; only a failing test ever waits that long."""
EID: Final = b"liarliar"


class Liar:
    """The server. Its `text` may be changed at any time."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.said: set[str] = set()
        """Names of the text fields that were sent."""
        self.asked: list[str] = []
        """Requests that were answered, in order."""
        self.refusing = False
        """Answer every call with a failure."""
        self._seq = {CHANNEL: 1, DIRECT: 1}
        self._log = self._joined = 0
        self._clients: list[socket.socket] = []
        self._lock = threading.Lock()
        self._came = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self) -> Liar:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close everything."""
        self._deafen()
        self._listener.close()
        for client in self._clients:
            client.close()
        self._thread.join()

    def push_everything(self) -> None:
        """Push every kind of event that holds text, with `text` in it."""
        for kind in EVENTS:
            if texts_of(kind):
                self.push(kind)

    def push(self, kind: type[Event]) -> None:
        """Push one event, numbered as it must be."""
        given: dict[str, Any] = {}
        if issubclass(kind, ConversationEvent):
            self._seq[CHANNEL] += 1
            given = {"conversation": CHANNEL, "seq": self._seq[CHANNEL], "eid": os.urandom(8), "author": OTHER}
        elif issubclass(kind, AccountEvent):
            self._log += 1
            given = {"seq": self._log}
            if kind is ConversationJoined:
                self._joined = 100 + self._log
                given["conversation"] = {"id": self._joined, "kind": "channel"}
            elif kind is ConversationLeft:
                given |= {"conversation": self._joined, "reason": "kicked"}
        elif kind is Lagging:
            given = {"conversation": CHANNEL, "head": self._seq[CHANNEL]}
        elif "account" in kind.__struct_fields__:
            given = {"account": OTHER}
        self._to_all({"t": "push", "event": self._made(kind, given)})

    def wait_for(self, request: str, times: int = 1) -> None:
        """Wait until a client has asked for something, so many times in all."""
        with self._came:
            came = self._came.wait_for(lambda: self.asked.count(request) >= times, WAIT_S)
            assert came, f"nobody asked {request}, only {self.asked}"

    def goodbye(self) -> None:
        """Close every connection with a word, and take no more."""
        self._deafen()
        self._to_all(self._made(Farewell, {}))
        for client in self._clients:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_WR)

    def _deafen(self) -> None:
        with contextlib.suppress(OSError):  # it was done before
            self._listener.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._clients.append(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        buffer = b""
        while True:
            try:
                data = client.recv(65536)
            except OSError:
                return
            if not data:
                return
            buffer += data
            while len(buffer) >= 4 and len(buffer) >= (size := 4 + int.from_bytes(buffer[:4], "big")):
                envelope, buffer = msgpack.unpackb(buffer[4:size]), buffer[size:]
                self._take(client, envelope)

    def _take(self, client: socket.socket, envelope: dict[str, Any]) -> None:
        if envelope["t"] == "ping":
            self._send(client, {"t": "pong"})
        elif envelope["t"] == "call" and self.refusing:
            self._send(client, self._made(Failure, {"id": envelope["id"], "final": True}))
        elif envelope["t"] == "call":
            request = envelope["request"]
            reply = self._made(reply_type(REQUESTS[request["do"]]), self._fitting(request))
            self._send(client, {"t": "answer", "id": envelope["id"], "reply": reply})
            with self._came:
                self.asked.append(request["do"])
                self._came.notify_all()

    def _fitting(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return what must be so in a reply for a client to go on; everything else may be anything."""
        head = {"head": self._seq[CHANNEL], "eid": EID}
        where = request.get("conversation", CHANNEL)
        where = where if isinstance(where, int) else CHANNEL
        match request["do"]:
            case "hello":
                return {"protocol": 1}
            case "sign_in" | "sign_in_password" | "sign_in_token" | "register" | "rename":
                return {"account": {"id": ME}}
            case "resume":
                return {
                    "seq": self._log,
                    "conversations": [
                        {"id": CHANNEL, "kind": "channel", **head},
                        {"id": DIRECT, "kind": "direct", "partner": OTHER, "unread": 3, **head},
                    ],
                    "catch_ups": [{"conversation": each, "reset": "new", **head} for each in (CHANNEL, DIRECT)],
                }
            case "history":
                return {
                    "conversation": where,
                    "messages": [
                        {"seq": 1, "changed": 1, "author": ME, "edits": 1},
                        {"seq": 2, "changed": 2, "author": OTHER, "style": "action"},
                    ],
                    "head": max(2, self._seq[CHANNEL]),
                    "at_start": True,
                    "at_end": True,
                }
            case "attach":
                return {"conversation": request["position"]["conversation"], "reset": "new", **head}
            case "join" | "open_direct" | "find":
                return {"conversation": {"id": CHANNEL, "kind": "channel", **head}}
            case _:
                return {}

    def _made(self, kind: Any, given: dict[str, Any]) -> dict[str, Any]:
        made, filled = make(kind, self.text, given)
        self.said |= filled
        return made

    def _to_all(self, envelope: dict[str, Any]) -> None:
        for client in self._clients:
            with contextlib.suppress(OSError):
                self._send(client, envelope)

    def _send(self, client: socket.socket, envelope: dict[str, Any]) -> None:
        payload: bytes = msgpack.packb(envelope)
        # Whoever was told to go may be gone.
        with self._lock, contextlib.suppress(BrokenPipeError, ConnectionResetError):
            client.sendall(len(payload).to_bytes(4, "big") + payload)
