"""Counting deliveries and latencies is right however the stream is cut."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from chat_core.bench.frames import MARKER, STAMP_DIGITS
from chat_core.bench.tally import Acknowledgements, Counting, Tally, Timing, quantile_ms
from chat_core.protocol.codec import pack
from chat_core.protocol.envelopes import Answer, Failure
from chat_core.protocol.framing import frame


def body(stamp_ns: int) -> bytes:
    return MARKER + b"%0*d" % (STAMP_DIGITS, stamp_ns) + b"xx"


streams = st.lists(
    st.one_of(st.integers(0, 10**18).map(body), st.binary(max_size=40), st.just(MARKER[:5])), max_size=20
).map(b"".join)
cuts = st.lists(st.integers(1, 50), max_size=60)


def fed(tally: Tally, stream: bytes, sizes: list[int]) -> int:
    """Feed a stream in chunks of these sizes, then the rest; return the deliveries."""
    total = 0
    for size in sizes:
        total += tally.feed(stream[:size], 10**18)
        stream = stream[size:]
    return total + tally.feed(stream, 10**18)


@given(stream=streams, sizes=cuts)
def test_counting_counts_each_marker_once_when_the_stream_is_cut_anywhere(stream: bytes, sizes: list[int]) -> None:
    assert fed(Counting(), stream, sizes) == stream.count(MARKER)


@given(stamps=st.lists(st.integers(0, 10**18), max_size=10), sizes=cuts)
def test_timing_takes_each_latency_once_when_the_stream_is_cut_anywhere(stamps: list[int], sizes: list[int]) -> None:
    latencies = array("q")

    count = fed(Timing(latencies), b"noise".join(body(stamp) for stamp in stamps), sizes)

    assert count == len(stamps)
    assert list(latencies) == [10**18 - stamp for stamp in stamps]


outcomes = st.lists(
    st.one_of(
        st.builds(Answer, id=st.integers(2**16, 2**32 - 1), reply=st.just({"seq": 7})),
        st.builds(
            Failure,
            id=st.integers(2**16, 2**32 - 1),
            code=st.just("busy"),
            text=st.just("no"),
            retry_after=st.sampled_from([None, 1.5]),
            final=st.booleans(),
        ),
    ),
    max_size=10,
)


@given(envelopes=outcomes, sizes=cuts)
def test_acknowledgements_finds_each_outcome_once_when_the_stream_is_cut_anywhere(
    envelopes: list[Answer | Failure], sizes: list[int]
) -> None:
    stream = b"".join(frame(pack(envelope)) + MARKER for envelope in envelopes)
    tally, good, refused = Acknowledgements(), list[int](), list[int]()

    for size in [*sizes, len(stream)]:
        answered, failed = tally.feed(stream[:size])
        stream = stream[size:]
        good += answered
        refused += failed

    assert good == [envelope.id for envelope in envelopes if isinstance(envelope, Answer)]
    assert refused == [envelope.id for envelope in envelopes if isinstance(envelope, Failure)]


def test_quantile_is_in_milliseconds_and_within_the_sample_when_asked() -> None:
    latencies = [ms * 1_000_000 for ms in range(1, 101)]

    assert quantile_ms(latencies, 0.5) == 51.0
    assert quantile_ms(latencies, 0.99) == 100.0
    assert quantile_ms(latencies, 1.0) == 100.0
    assert quantile_ms([], 0.5) is None
