"""How a page is shared between the two sides of its anchor."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chat_core.protocol.limits import PAGE_BYTES
from chat_core.server.store.pages import share

SIZES = st.lists(st.integers(0, PAGE_BYTES) | st.integers(0, 50), max_size=12)


@given(older=SIZES, newer=SIZES, limit=st.integers(1, 20))
def test_page_is_within_its_bounds_and_as_full_as_they_let_it_be(
    older: list[int], newer: list[int], limit: int
) -> None:
    taken_older, taken_newer = share(older, newer, limit)

    count, size = taken_older + taken_newer, sum(older[:taken_older]) + sum(newer[:taken_newer])
    assert count <= limit
    assert count == 1 or size <= PAGE_BYTES
    assert count > 0 or not (older or newer)
    for side, taken in ((older, taken_older), (newer, taken_newer)):
        assert count == limit or taken == len(side) or size + side[taken] > PAGE_BYTES


def test_page_is_shared_evenly_with_the_anchor_itself_first() -> None:
    assert share([1] * 9, [1] * 9, 1) == (0, 1)
    assert share([1] * 9, [1] * 9, 5) == (2, 3)
    assert share([1] * 9, [1] * 2, 5) == (3, 2)
    assert share([1] * 1, [1] * 9, 5) == (1, 4)
    assert share([], [], 5) == (0, 0)
