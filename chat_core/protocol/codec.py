"""Bytes to envelopes and back; maps to typed requests, replies and events. The only place that knows MessagePack.

`msgpack` makes bytes of plain maps, `msgspec` checks plain maps against the schema. Dispatch goes by the tag first:
converting to a union would build its table at each call (4.4 µs instead of 0.6). Replies that may be long (`Answered`)
are made into bytes by `msgspec`, without a map in between.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final, TypeVar

import msgpack
import msgspec

from chat_core.base.errors import ProtocolFault
from chat_core.base.text import clean_line
from chat_core.protocol.codes import Goodbye, Refusal
from chat_core.protocol.envelopes import ENVELOPES, Answered, Envelope
from chat_core.protocol.events import EVENTS, ConversationEvent, Event, UnknownConversationEvent
from chat_core.protocol.limits import FRAME_TO_CLIENT_BYTES, MAX_ARRAY_ITEMS, MAX_DEPTH, MAX_MAP_ITEMS
from chat_core.protocol.requests.base import Reply, Request
from chat_core.protocol.requests.catalog import REQUESTS

S = TypeVar("S", bound=msgspec.Struct)
R = TypeVar("R", bound=Reply)

_BUILTIN: Final = (bytes,)
_CONTAINERS: Final = frozenset((dict, list))
_EVENT_KINDS: Final[dict[str, type[Event]]] = {str(kind.__struct_config__.tag): kind for kind in EVENTS}


class RequestFault(Exception):
    """A request that is answered with a failure; the connection goes on.

    Args:
        code: why.
        text: one sentence that names the field.
    """

    def __init__(self, code: Refusal, text: str) -> None:
        super().__init__(text)
        self.code = code


def _as_plain(value: object) -> str:
    """Return a str that is of a class of its own (an argument of a command, an enumeration's member) as a plain one."""
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"{type(value).__name__} does not travel")


_encoder: Final = msgspec.msgpack.Encoder(enc_hook=_as_plain)


def pack(value: msgspec.Struct) -> bytes:
    """Return a struct as MessagePack, without a frame's length."""
    if isinstance(value, Answered):
        with suppress(UnicodeEncodeError):
            return _encoder.encode(value)
    # Half a surrogate pair, which no UTF-8 can say, must not end a client: it travels as a question mark.
    packed: bytes = msgpack.packb(to_map(value), use_bin_type=True, unicode_errors="replace")
    return packed


def to_map(value: msgspec.Struct) -> dict[str, Any]:
    """Return a struct as the plain map that travels inside an envelope."""
    plain: dict[str, Any] = msgspec.to_builtins(value, builtin_types=_BUILTIN, enc_hook=_as_plain)
    return plain


def unpack(payload: bytes) -> Envelope:
    """Return the envelope a frame holds.

    Raises:
        ProtocolFault: `bad_frame` if it is not one MessagePack map within the bounds,
            `bad_envelope` if it is no envelope.
    """
    try:
        # Sizes need no limits of their own beyond the frame's, but a forged length must not allocate anything.
        plain = msgpack.unpackb(
            payload,
            raw=False,
            strict_map_key=True,
            max_str_len=FRAME_TO_CLIENT_BYTES,
            max_bin_len=FRAME_TO_CLIENT_BYTES,
            max_array_len=MAX_ARRAY_ITEMS,
            max_map_len=MAX_MAP_ITEMS,
            max_ext_len=0,  # but an empty one has none
            ext_hook=_refuse_extension,
        )
    except (ValueError, TypeError, RecursionError, msgpack.exceptions.UnpackException) as error:
        raise ProtocolFault(Goodbye.BAD_FRAME, "A frame was not one MessagePack map within the bounds.") from error
    if not isinstance(plain, dict):
        raise ProtocolFault(Goodbye.BAD_FRAME, "A frame was not a MessagePack map.")
    if _is_deeper(plain, MAX_DEPTH):
        raise ProtocolFault(Goodbye.BAD_FRAME, f"A frame was nested deeper than {MAX_DEPTH} levels.")
    tag = plain.get("t")
    kind = ENVELOPES.get(tag) if isinstance(tag, str) else None
    if kind is None:
        raise ProtocolFault(Goodbye.BAD_ENVELOPE, "A frame names no envelope in 't'.")
    try:
        return _convert(plain, kind)
    except msgspec.ValidationError as error:
        raise ProtocolFault(Goodbye.BAD_ENVELOPE, f"The envelope '{tag}' is malformed: {_say(error)}.") from error


def read_request(plain: dict[str, Any]) -> Request[Any]:
    """Return the typed request of a call.

    Raises:
        RequestFault: `unknown_request`, or `bad_request` with a sentence that names the field.
    """
    tag = plain.get("do")
    kind = REQUESTS.get(tag) if isinstance(tag, str) else None
    if kind is None:
        raise RequestFault(Refusal.UNKNOWN_REQUEST, "The field 'do' names no request that this server knows.")
    try:
        return _convert(plain, kind)
    except msgspec.ValidationError as error:
        raise RequestFault(Refusal.BAD_REQUEST, f"{tag}: {_say(error)}.") from error


def read_reply(plain: dict[str, Any], kind: type[R]) -> R:
    """Return the typed reply of an answer.

    Raises:
        ProtocolFault: `bad_envelope` if it does not fit.
    """
    try:
        return _convert(plain, kind)
    except msgspec.ValidationError as error:
        raise ProtocolFault(Goodbye.BAD_ENVELOPE, f"A {kind.__name__} is malformed: {_say(error)}.") from error


def read_event(plain: dict[str, Any]) -> Event | None:
    """Return the typed event of a push; None for a kind this version does not know and need not count.

    An unknown kind with `conversation` and `seq` is a durable event of a newer server: it comes back as an
    `UnknownConversationEvent`, so that its number is counted.

    Raises:
        ProtocolFault: `bad_envelope` if a known kind does not fit.
    """
    tag = plain.get("kind")
    kind = _EVENT_KINDS.get(tag) if isinstance(tag, str) else None
    try:
        if kind is not None:
            return _convert(plain, kind)
        if isinstance(plain.get("conversation"), int) and "seq" in plain and "eid" in plain:
            return _convert({**plain, "kind": "unknown"}, UnknownConversationEvent)
    except msgspec.ValidationError as error:
        raise ProtocolFault(Goodbye.BAD_ENVELOPE, f"The event '{tag}' is malformed: {_say(error)}.") from error
    return None


def read_conversation_event(plain: dict[str, Any]) -> ConversationEvent:
    """Return an event of a page of the log.

    Raises:
        ProtocolFault: `bad_envelope` if it is no conversation event.
    """
    event = read_event(plain)
    if not isinstance(event, ConversationEvent):
        raise ProtocolFault(Goodbye.BAD_ENVELOPE, "A page of the log holds something that is no conversation event.")
    return event


def _convert(plain: dict[str, Any], kind: type[S]) -> S:
    return msgspec.convert(plain, kind, builtin_types=_BUILTIN)


def _say(error: msgspec.ValidationError) -> str:
    """Return what is wrong, for a sentence; it may quote the peer, who may have sent anything at any length."""
    return clean_line(str(error)[:200])


def _refuse_extension(code: int, data: bytes) -> object:
    raise ValueError(f"extension type {code} of {len(data)} bytes")


def _is_deeper(value: dict[Any, Any], levels: int) -> bool:
    # Level by level: a call for each container would take as long as decoding them.
    level: list[Any] = [value]
    for _ in range(levels):
        inside = (each.values() if type(each) is dict else each for each in level)
        level = [child for children in inside for child in children if type(child) in _CONTAINERS]
        if not level:
            return False
    return True
