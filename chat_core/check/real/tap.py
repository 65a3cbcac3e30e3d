"""Listens to a wire, as a client would that mends nothing: what the server pushes must be complete by itself.

The client library reads from the log what a push did not bring, so a server that drops one is not seen through it. Here
the rules of docs/protocol.md, "Catching up", hold for the bare stream: behind an answer that attaches, the events of a
conversation follow one by one, until `lagging`, `conversation_left` or the end of the connection. Pure; only what goes
wrong becomes records: where the wire stood, and what came instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from chat_core.base.errors import ProtocolFault
from chat_core.base.unreadable import UNREADABLE
from chat_core.check.history import Delivered, Placed, Record
from chat_core.check.recording import delivered
from chat_core.protocol.codec import read_conversation_event
from chat_core.protocol.framing import FrameReader
from chat_core.protocol.limits import FRAME_TO_CLIENT_BYTES

_decode = msgspec.msgpack.Decoder(dict[str, Any]).decode


class Tap:
    """See the module's head.

    Args:
        who: name of the wire.
        record: gets what proves a fault.
        now: tells the time, in seconds.
    """

    def __init__(self, who: str, record: Callable[[Record], None], now: Callable[[], float]) -> None:
        self.pushes = 0
        """Conversation events that were pushed."""
        self.catch_ups = 0
        """Conversations that were caught up with."""
        self._who = who
        self._record = record
        self._now = now
        self._up = FrameReader(FRAME_TO_CLIENT_BYTES)
        self._down = FrameReader(FRAME_TO_CLIENT_BYTES)
        self._asked: dict[int, dict[str, Any]] = {}
        self._at: dict[int, int] = {}
        self._epoch = ""

    def up(self, data: bytes) -> None:
        """Take what was forwarded to the server."""
        for payload in self._frames(self._up, data):
            request = payload.get("request")
            if isinstance(request, dict) and request.get("do") in ("resume", "attach"):
                self._asked[payload["id"]] = request

    def down(self, data: bytes) -> None:
        """Take what was forwarded to the client."""
        for payload in self._frames(self._down, data):
            match payload.get("t"):
                case "push":
                    self._pushed(payload["event"])
                case "answer" if (request := self._asked.pop(payload["id"], None)) is not None:
                    self._answered(request, payload["reply"])
                case "failure":
                    self._asked.pop(payload["id"], None)
                case _:
                    pass

    def _frames(self, reader: FrameReader, data: bytes) -> Sequence[dict[str, Any]]:
        try:
            return [_decode(payload) for payload in reader.feed(data)]
        except (ProtocolFault, *UNREADABLE):
            return []  # the client says what is wrong with it

    def _answered(self, request: dict[str, Any], reply: dict[str, Any]) -> None:
        if request["do"] == "attach":
            positions = [] if request.get("live_only") else [request["position"]]
            catch_ups = [reply]
        else:
            self._epoch = reply["epoch"]
            positions = request.get("positions", [])
            catch_ups = reply["catch_ups"]
        asked = {position["conversation"]: position["seq"] for position in positions}
        for caught_up in catch_ups:
            self._caught_up(caught_up, asked.get(caught_up["conversation"]))

    def _caught_up(self, caught_up: dict[str, Any], asked: int | None) -> None:
        number, head = caught_up["conversation"], caught_up.get("head", 0)
        if caught_up.get("gone"):
            self._at.pop(number, None)
            return
        self.catch_ups += 1
        if asked is not None and not caught_up.get("reset"):
            self._at[number] = asked
            for event in caught_up.get("events", ()):
                self._next(event)
            if not caught_up.get("more"):
                return  # what comes next must follow on these
        self._at[number] = head

    def _pushed(self, event: dict[str, Any]) -> None:
        kind = event["kind"]
        if kind == "conversation_joined":
            conversation = event["conversation"]
            self._at.setdefault(conversation["id"], conversation.get("head", 0))
        elif kind in ("conversation_left", "lagging"):
            self._at.pop(event["conversation"], None)
        elif "eid" in event:
            self.pushes += 1
            self._next(event)

    def _next(self, event: dict[str, Any]) -> None:
        number, seq = event["conversation"], event["seq"]
        last = self._at.get(number)
        if last is None or seq != last + 1:
            for record in self._proof(event, last):
                self._record(record)
        self._at[number] = seq

    def _proof(self, event: dict[str, Any], last: int | None) -> list[Record]:
        at = round(self._now(), 6)
        proof: Delivered = delivered(self._who, self._epoch, read_conversation_event(event), at)
        if last is None:
            return [proof]
        place = Placed(
            at=at, who=self._who, conversation=proof.conversation, seq=last, epoch=self._epoch, reason="began"
        )
        return [place, proof]
