"""Bytes of anybody's choosing, straight into the parser: Hypothesis hunts for those that cost most.

What a byte may cost is bounded in work (calls of functions, which a seed repeats, unlike seconds) and in memory. The
longest frame of a stranger is 8 KiB, so that a bound for each byte is a bound for all.
"""

from __future__ import annotations

import contextlib
import sys
import tracemalloc
from collections.abc import Callable
from types import FrameType

import msgpack
from hypothesis import HealthCheck, given, settings, target
from hypothesis import strategies as st

from chat_core.base.errors import ProtocolFault
from chat_core.protocol.codec import RequestFault, read_request
from chat_core.protocol.connection import Connection, Phase, Role
from chat_core.protocol.envelopes import Call
from chat_core.protocol.limits import FRAME_BEFORE_SIGN_IN_BYTES, FRAME_HEADER_BYTES

CALLS_FOR_A_BYTE = 4.0
"""Functions called for each byte, at most: the cheapest frame has 5 bytes, with its length."""
CALLS_BESIDE = 200
BYTES_FOR_A_BYTE = 250.0
"""Memory for each byte, at most: an empty list, which takes one, is held twice."""
BYTES_BESIDE = 512 * 1024
"""Memory beside: packing a goodbye takes 256 KiB for a moment."""
LONGEST = 2 * FRAME_BEFORE_SIGN_IN_BYTES

HEADS = st.sampled_from(
    [b"\x91", b"\x81\xa1t", b"\xdd\xff\xff\xff\xff", b"\xdf\x00\x00\x00\x10", b"\xc6\x00\x00\xff\xff"]
)
TAGS = st.sampled_from(["call", "ping", "pong", "goodbye", "answer", "push"])
LEAVES = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(max_size=8) | st.binary(max_size=8)
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=4), inner), max_leaves=8)
PAYLOADS = (
    st.binary(max_size=200)
    | st.tuples(HEADS, st.integers(1, 2000)).map(lambda pair: pair[0] * pair[1])
    | st.builds(
        lambda tag, number, request: msgpack.packb({"t": tag, "id": number, "request": request}),
        TAGS,
        st.integers(0, 2**32 - 1),
        st.dictionaries(st.sampled_from(["do", "cid", "body", "positions", "x"]), TREES),
    )
)
FRAMES = PAYLOADS.map(lambda payload: len(payload).to_bytes(FRAME_HEADER_BYTES, "big") + payload)
STREAMS = (
    st.binary(max_size=2000) | st.lists(FRAMES, max_size=5).map(b"".join) | FRAMES.map(lambda one: one * 40)
).map(lambda data: data[:LONGEST])


def take(data: bytes) -> Connection:
    """Do with the bytes what a server does, up to the handler."""
    connection = Connection(Role.SERVER, 0.0)
    with contextlib.suppress(ProtocolFault):
        for envelope in connection.receive(data, 1.0):
            if isinstance(envelope, Call):
                with contextlib.suppress(RequestFault):
                    read_request(envelope.request)
    return connection


def calls_of(work: Callable[[], object]) -> int:
    """Return how many functions were called meanwhile."""
    count = 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@given(data=STREAMS)
def test_noise_never_does_more_than_end_its_connection(data: bytes) -> None:
    connection = take(data)

    assert connection.buffered <= FRAME_BEFORE_SIGN_IN_BYTES + FRAME_HEADER_BYTES
    if connection.phase is Phase.CLOSED:
        assert connection.outgoing(), "it says goodbye"


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=STREAMS)
def test_no_bytes_cost_more_work_than_their_number_allows(data: bytes) -> None:
    calls = calls_of(lambda: take(data))

    target(calls / (len(data) + 50), label="calls for a byte")
    assert calls <= CALLS_BESIDE + CALLS_FOR_A_BYTE * len(data)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=STREAMS)
def test_no_bytes_take_more_memory_than_their_number_allows(data: bytes) -> None:
    tracemalloc.start()
    try:
        take(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    target(peak / (len(data) + 1000), label="memory for a byte")
    assert peak <= BYTES_BESIDE + BYTES_FOR_A_BYTE * len(data)
