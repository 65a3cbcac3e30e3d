"""A stream that is followed in pieces of any size: where its frames end."""

from __future__ import annotations

import pytest

from chat_core.check.real.frames import FrameCursor
from chat_core.protocol.framing import frame

STREAM = frame(b"abc") + frame(b"") + frame(b"x" * 300)
ENDS = [7, 11, 315]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 64, 1000])
def test_frame_cursor_finds_the_ends_of_frames_when_they_come_in_pieces(size: int) -> None:
    cursor = FrameCursor()
    found: list[int] = []
    for at in range(0, len(STREAM), size):
        found += [at + end for end in cursor.feed(STREAM[at : at + size])]
    assert found == ENDS
    assert not cursor.inside


def test_frame_cursor_is_inside_when_a_frame_has_begun_and_not_ended() -> None:
    for size in range(len(STREAM) + 1):
        cursor = FrameCursor()
        cursor.feed(STREAM[:size])
        assert cursor.inside == (size not in (0, *ENDS)), size
