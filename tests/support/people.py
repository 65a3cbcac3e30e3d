"""Raw connections to one running server, under names that no other test uses. Uses nothing of the project.

`Wire` speaks the protocol by hand; `People` opens wires and closes them all. Beside it: what several tests ask.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable
from types import TracebackType
from typing import Any

import msgpack

from tests.support.wire import Wire

_numbers = itertools.count(1)

DURABLE = (
    "message_posted",
    "message_edited",
    "message_deleted",
    "reaction_added",
    "reaction_removed",
    "message_pinned",
    "message_unpinned",
    "topic_changed",
    "role_changed",
    "rules_changed",
    "member_sanctioned",
    "members_added",
    "member_left",
)
"""Kinds of events that have a seq in their conversation."""


def unique(prefix: str) -> str:
    """Return a name that no other test of this process gets."""
    return f"{prefix}-{os.getpid()}-{next(_numbers)}"


class People:
    """Makes connections to a server on a port; closes all of them at the end."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._wires: list[Wire] = []

    def __enter__(self) -> People:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        for wire in self._wires:
            wire.socket.close()

    def stranger(self) -> Wire:
        """Connect and say nothing."""
        wire = Wire(self.port)
        self._wires.append(wire)
        return wire

    def enter(self, name: str = "", *, resume: bool = True) -> Wire:
        """Connect, say hello, sign in, and follow everything unless `resume` is false."""
        wire = self.stranger()
        wire.enter(name or unique("guest"), resume=resume)
        return wire

    def room(self, *wires: Wire) -> int:
        """Make a new channel that these are in; return its number."""
        name = unique("room")
        number = 0
        for wire in wires:
            number = wire.call("join", channel=name)["conversation"]["id"]
        for wire in wires:
            settle(wire)
        return number


def settle(wire: Wire) -> list[dict[str, Any]]:
    """Return what was pushed until the server answered one more call, and forget it.

    Whatever was committed before this call is in it, for a connection's pushes and answers keep their order.
    """
    wire.call("list_users", limit=1)
    pushed, wire.pushes = wire.pushes, []
    return pushed


def durable(pushed: Iterable[dict[str, Any]], conversation: int) -> list[dict[str, Any]]:
    """Return the numbered events of one conversation."""
    return [event for event in pushed if event["kind"] in DURABLE and event["conversation"] == conversation]


def request(number: int, do: str, **fields: Any) -> dict[str, Any]:
    """Return a call's envelope."""
    return {"t": "call", "id": number, "request": {"do": do, **fields}}


def framed(envelope: dict[str, Any]) -> bytes:
    """Return an envelope's frame, for several in one write."""
    payload: bytes = msgpack.packb(envelope)
    return len(payload).to_bytes(4, "big") + payload


def post_all(wire: Wire, conversation: int | str, bodies: Iterable[str]) -> list[dict[str, Any]]:
    """Send many messages without waiting in between; return the answers in the order of the bodies."""
    answers: dict[int, dict[str, Any]] = {}
    waiting = 0
    for number, body in enumerate(bodies):
        wire.send(request(10_000 + number, "post", conversation=conversation, cid=os.urandom(16), body=body))
        waiting += 1
        if waiting == 200:
            answers |= answers_of(wire, waiting)
            waiting = 0
    answers |= answers_of(wire, waiting)
    return [answers[number] for number in sorted(answers)]


def answers_of(wire: Wire, count: int) -> dict[int, dict[str, Any]]:
    """Return the next so many answers and failures by their id; keep the pushes in between."""
    found: dict[int, dict[str, Any]] = {}
    while len(found) < count:
        envelope = wire.receive()
        assert envelope is not None, "the stream ended"
        if envelope["t"] == "push":
            wire.pushes.append(envelope["event"])
        elif envelope["t"] in ("answer", "failure"):
            found[envelope["id"]] = envelope
    return found
