"""Everything the protocol can say arrives as it was said."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_core.protocol.codec import pack, read_event, read_reply, read_request, to_map, unpack
from chat_core.protocol.envelopes import ENVELOPES, Answer, Answered, Call, Envelope, Push
from chat_core.protocol.events import EVENTS, Event
from chat_core.protocol.framing import FrameReader, push_frame
from chat_core.protocol.limits import FRAME_TO_CLIENT_BYTES
from chat_core.protocol.requests.base import Reply, Request, reply_type
from chat_core.protocol.requests.catalog import REQUESTS
from tests.property.structs import values_of

REPLIES = sorted({reply_type(request) for request in REQUESTS.values()}, key=lambda kind: kind.__name__)


def name_of(kind: type[msgspec.Struct]) -> str:
    return kind.__name__


@pytest.mark.parametrize("kind", ENVELOPES.values(), ids=name_of)
@given(data=st.data())
def test_every_envelope_survives_the_wire(kind: type[Envelope], data: st.DataObject) -> None:
    envelope = data.draw(values_of(kind))

    assert unpack(pack(envelope)) == envelope


@pytest.mark.parametrize("kind", REQUESTS.values(), ids=name_of)
@given(data=st.data())
def test_every_request_survives_the_wire(kind: type[Request[Any]], data: st.DataObject) -> None:
    request = data.draw(values_of(kind))

    call = unpack(pack(Call(id=1, request=to_map(request))))

    assert isinstance(call, Call)
    assert read_request(call.request) == request


@pytest.mark.parametrize("kind", REPLIES, ids=name_of)
@given(data=st.data())
def test_every_reply_survives_the_wire(kind: type[Reply], data: st.DataObject) -> None:
    reply = data.draw(values_of(kind))

    answer = unpack(pack(Answered(id=1, reply=reply)))

    assert isinstance(answer, Answer)
    assert answer == unpack(pack(Answer(id=1, reply=to_map(reply))))
    assert read_reply(answer.reply, kind) == reply


@pytest.mark.parametrize("kind", EVENTS, ids=name_of)
@given(data=st.data())
def test_every_event_survives_the_wire(kind: type[Event], data: st.DataObject) -> None:
    event = data.draw(values_of(kind))

    push = unpack(pack(Push(event=to_map(event))))

    assert isinstance(push, Push)
    assert read_event(push.event) == event


@pytest.mark.parametrize("kind", EVENTS, ids=name_of)
@given(data=st.data())
def test_a_push_frame_made_of_packed_bytes_is_a_push(kind: type[Event], data: st.DataObject) -> None:
    event = data.draw(values_of(kind))

    [payload] = FrameReader(FRAME_TO_CLIENT_BYTES).feed(push_frame(pack(event)))

    assert unpack(payload) == unpack(pack(Push(event=to_map(event))))
