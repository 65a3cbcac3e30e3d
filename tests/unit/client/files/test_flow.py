"""How much of a file may be on its way."""

from __future__ import annotations

from chat_core.client.files.flow import LEAST_BYTES, START_BYTES, Flow

MOST = 384 * 1024


def test_flow_grows_up_to_the_window_while_answers_come_at_once() -> None:
    flow = Flow(MOST, 48 * 1024)
    for _ in range(20):
        flow.answered(flow.piece, 0.001)
    assert (flow.room, flow.piece) == (MOST, 48 * 1024)


def test_flow_shrinks_to_little_when_answers_take_longer_and_longer() -> None:
    flow = Flow(MOST, 48 * 1024)
    flow.answered(flow.piece, 0.01)
    for _ in range(40):
        flow.answered(flow.piece, 0.5)
    assert LEAST_BYTES // 2 <= flow.room <= LEAST_BYTES
    assert flow.piece <= LEAST_BYTES // 2


def test_flow_stays_on_a_way_that_is_long_but_empty() -> None:
    flow = Flow(MOST, 48 * 1024)
    for _ in range(20):
        flow.answered(flow.piece, 0.4)
    assert flow.room == MOST, "the shortest round trip is the measure"


def test_one_piece_always_fits_and_none_beyond_the_room() -> None:
    flow = Flow(MOST, 48 * 1024)
    assert flow.fits(0)
    assert flow.fits(START_BYTES // 2)
    assert not flow.fits(START_BYTES)
    assert Flow(10, 48 * 1024).piece == 5
