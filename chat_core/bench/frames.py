"""The frames that the load is made of, packed by the protocol's own codec with holes of fixed width.

Pure. A hole is a value of the width of what will stand there, so a frame is packed once and its holes are filled by
splicing bytes; what the codec writes today is what is sent, and nothing here can drift from it.
"""

from __future__ import annotations

from typing import Any, Final

from chat_core import __version__
from chat_core.base.ids import CID_BYTES
from chat_core.protocol.codec import pack, to_map
from chat_core.protocol.envelopes import Answer, Call, Failure, Pong
from chat_core.protocol.framing import frame
from chat_core.protocol.limits import PROTOCOL_VERSION
from chat_core.protocol.requests.base import Request
from chat_core.protocol.requests.conversations import Join
from chat_core.protocol.requests.messages import Post
from chat_core.protocol.requests.session import Hello, Resume, SignIn

HELLO_ID: Final = 1
SIGN_IN_ID: Final = 2
JOIN_ID: Final = 3
RESUME_ID: Final = 4

MARKER: Final = b"<chat-bench:"
"""Stands in each body once. No end of it is its beginning, so that counting it needs no look back."""
STAMP_DIGITS: Final = 19
"""Digits of the time in a body: monotonic nanoseconds."""
MIN_BODY_BYTES: Final = len(MARKER) + STAMP_DIGITS + 1

ID_HOLE: Final = 0xF0F1F2F3
"""A number that takes all four bytes of a uint32."""
CID_HOLE: Final = bytes(range(0xE0, 0xE0 + CID_BYTES))

PONG: Final = frame(pack(Pong()))
"""Sent now and then as a sign of life, so that the server need not ask."""


def hello() -> bytes:
    """Return the payload of the first call."""
    return _call(HELLO_ID, Hello(protocol=PROTOCOL_VERSION, client=f"chat-core bench {__version__}"))


def sign_in(name: str) -> bytes:
    """Return the payload of the call that makes or finds an account."""
    return _call(SIGN_IN_ID, SignIn(name=name))


def join(channel: str) -> bytes:
    """Return the payload of the call that joins, or makes, a channel."""
    return _call(JOIN_ID, Join(channel=channel))


def resume() -> bytes:
    """Return the payload of the call after which the connection gets every event of its conversations."""
    return _call(RESUME_ID, Resume())


def answer_head(call_id: int) -> bytes:
    """Return the bytes with which the answer to a call begins; nothing else on the wire has them."""
    empty = pack(Answer(id=call_id, reply={}))
    return empty[:-1]  # without the empty map


def outcome_heads() -> tuple[bytes, bytes]:
    """Return the bytes that stand in front of the id in an answer, and in a failure, to one of our posts.

    The first byte is left out: it counts the entries, of which a failure has more or fewer.
    """
    id_bytes = ID_HOLE.to_bytes(4, "big")
    answer = pack(Answer(id=ID_HOLE, reply={}))
    failure = pack(Failure(id=ID_HOLE, code="", text=""))
    return answer[1 : answer.index(id_bytes)], failure[1 : failure.index(id_bytes)]


def post(conversation: str, size: int) -> bytes:
    """Return the payload of a post with holes for id, cid and body.

    Args:
        conversation: spelled as a TARGET.
        size: bytes of the body.
    """
    request = Post(conversation=conversation, cid=CID_HOLE, body=body_hole(size))
    return _call(ID_HOLE, request)


def body_hole(size: int) -> str:
    """Return what stands for a body of `size` bytes."""
    return "B" * size


class Message:
    """A post whose holes are filled for each message.

    Args:
        channel: where, with its `#`.
        size: bytes of the body, at least `MIN_BODY_BYTES`.
        salt: 8 bytes that differ from run to run, so that no cid comes twice.
    """

    def __init__(self, channel: str, size: int, salt: bytes) -> None:
        packed = post(channel, size)
        self._head, rest = _cut(packed, ID_HOLE.to_bytes(4, "big"))
        self._between, rest = _cut(rest, CID_HOLE)
        self._before_body, self._tail = _cut(rest, body_hole(size).encode())
        self._salt = salt[: CID_BYTES - 8].ljust(CID_BYTES - 8, b"\0")
        self._padding = b"x" * (size - len(MARKER) - STAMP_DIGITS)

    def frame(self, number: int, stamp_ns: int) -> bytes:
        """Return one message's frame.

        Args:
            number: of the message within the run: call id and cid are made from it.
            stamp_ns: monotonic nanoseconds at which it was due.
        """
        return frame(
            b"".join(
                (
                    self._head,
                    (number & 0xFFFFFFFF).to_bytes(4, "big"),
                    self._between,
                    self._salt,
                    number.to_bytes(8, "big"),
                    self._before_body,
                    MARKER,
                    b"%0*d" % (STAMP_DIGITS, stamp_ns),
                    self._padding,
                    self._tail,
                )
            )
        )


def _call(call_id: int, request: Request[Any]) -> bytes:
    return pack(Call(id=call_id, request=to_map(request)))


def _cut(packed: bytes, hole: bytes) -> tuple[bytes, bytes]:
    before, found, behind = packed.partition(hole)
    assert found and hole not in behind, "a hole stands in its frame once"
    return before, behind
