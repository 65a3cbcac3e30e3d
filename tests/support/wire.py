"""The protocol by hand: a socket, a length, MessagePack. Uses nothing of the project, so it can contradict it."""

from __future__ import annotations

import os
import socket
import ssl
from types import TracebackType
from typing import Any

import msgpack


class Wire:
    """A raw connection.

    Args:
        port: of a server on loopback, or the path of its Unix socket.
        tls: whether it is encrypted; whoever answers is believed.
        source: address to come from, for instance 127.0.0.2; empty: the usual one.
    """

    def __init__(self, port: int | str, timeout_s: float = 10.0, *, tls: bool = False, source: str = "") -> None:
        if isinstance(port, str):
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.socket.settimeout(timeout_s)
            self.socket.connect(port)
        else:
            self.socket = socket.create_connection(("127.0.0.1", port), timeout_s, (source, 0) if source else None)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self.socket = context.wrap_socket(self.socket)
        self.pushes: list[dict[str, Any]] = []
        """Events that came while something else was waited for."""
        self._buffer = b""
        self._next_id = 1

    def __enter__(self) -> Wire:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the socket."""
        self.socket.close()

    def send_bytes(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.socket.sendall(data)

    def send(self, envelope: dict[str, Any]) -> None:
        """Send one frame."""
        payload: bytes = msgpack.packb(envelope)
        self.send_bytes(len(payload).to_bytes(4, "big") + payload)

    def receive(self) -> dict[str, Any] | None:
        """Return the next envelope; None at the end of the stream."""
        while True:
            if len(self._buffer) >= 4:
                size = int.from_bytes(self._buffer[:4], "big")
                if len(self._buffer) >= 4 + size:
                    payload, self._buffer = self._buffer[4 : 4 + size], self._buffer[4 + size :]
                    envelope: dict[str, Any] = msgpack.unpackb(payload)
                    return envelope
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:
                return None
            if not data:
                return None
            self._buffer += data

    def feed(self, data: bytes) -> None:
        """Keep bytes that were read from the socket, for `receive`."""
        self._buffer += data

    def ask(self, do: str, **fields: Any) -> dict[str, Any]:
        """Send a call and return its answer or failure; keep the pushes that come before it."""
        number = self._next_id
        self._next_id += 1
        self.send({"t": "call", "id": number, "request": {"do": do, **fields}})
        return self.answer(number, do)

    def answer(self, number: int, what: str = "a call") -> dict[str, Any]:
        """Return the answer or failure of a call that was sent; keep the pushes that come before it.

        Whoever resumed gets some at any moment: that somebody came or went, for one.
        """
        while True:
            envelope = self.receive()
            assert envelope is not None, f"the stream ended before {what} was answered"
            if envelope["t"] == "push":
                self.pushes.append(envelope["event"])
            elif envelope["t"] == "ping":
                self.send({"t": "pong"})
            elif envelope["t"] in ("answer", "failure") and envelope["id"] == number:
                return envelope
            else:
                raise AssertionError(f"unexpected {envelope}")

    def call(self, do: str, **fields: Any) -> dict[str, Any]:
        """Send a call that must succeed; return its reply."""
        envelope = self.ask(do, **fields)
        assert envelope["t"] == "answer", envelope
        reply: dict[str, Any] = envelope["reply"]
        return reply

    def refused(self, do: str, **fields: Any) -> str:
        """Send a call that must be refused; return the code."""
        envelope = self.ask(do, **fields)
        assert envelope["t"] == "failure", envelope
        return str(envelope["code"])

    def push(self) -> dict[str, Any]:
        """Return the next event."""
        if self.pushes:
            return self.pushes.pop(0)
        while True:
            envelope = self.receive()
            assert envelope is not None, "the stream ended before an event came"
            if envelope["t"] == "push":
                event: dict[str, Any] = envelope["event"]
                return event

    def push_of(self, kind: str) -> dict[str, Any]:
        """Return the next event of a kind; drop others."""
        while True:
            event = self.push()
            if event["kind"] == kind:
                return event

    def goodbye(self) -> dict[str, Any]:
        """Return the goodbye that the stream must end with."""
        last = None
        while (envelope := self.receive()) is not None:
            last = envelope
        assert last is not None and last["t"] == "goodbye", last
        return last

    def enter(self, name: str, *, resume: bool = True) -> dict[str, Any]:
        """Say hello, sign in, and resume from nothing; return the last answer."""
        self.call("hello", protocol=1)
        signed_in = self.call("sign_in", name=name)
        return self.call("resume") if resume else signed_in

    def say(self, conversation: str | int, body: str, **fields: Any) -> dict[str, Any]:
        """Post a message with a fresh cid; return the reply."""
        return self.call("post", conversation=conversation, cid=os.urandom(16), body=body, **fields)
