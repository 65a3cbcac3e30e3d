"""Every store: pages of history and pieces of the log."""

from __future__ import annotations

import pytest

from chat_core.protocol.limits import PAGE_BYTES, PAGE_ITEMS
from chat_core.server.store.conversations import SetChannelTopic
from chat_core.server.store.messages import MessagePage
from tests.contract.world import GENERAL_ID, World


@pytest.fixture
async def filled(world: World) -> World:
    """Make a log of 20 events; those at 1, 5, 10, 15 and 20 are topics, and `#ops` beside it has a message."""
    [ann] = await world.sign_in("ann")
    ops = await world.join(ann, "ops")
    topics = {1, 5, 10, 15, 20}
    await world.together(
        world.message(ann, ops, "another conversation"),
        *(
            SetChannelTopic(ann, GENERAL_ID, f"topic {seq}", seq)
            if seq in topics
            else world.message(ann, GENERAL_ID, f"m{seq}")
            for seq in range(1, 21)
        ),
    )
    return world


@pytest.mark.parametrize(
    ("anchor", "seq", "limit", "upto", "seqs", "at_start", "at_end"),
    [
        ("latest", 0, 3, None, [17, 18, 19], False, True),
        ("latest", 7, 50, None, [2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14, 16, 17, 18, 19], True, True),
        ("latest", 0, 3, 13, [11, 12, 13], False, True),
        ("latest", 0, 3, 1, [], True, True),
        ("latest", 0, 3, 0, [], True, True),
        ("before", 17, 3, None, [13, 14, 16], False, False),
        ("before", 4, 3, None, [2, 3], True, False),
        ("before", 2, 3, None, [], True, False),
        ("before", 0, 3, None, [], True, False),
        ("before", 20, 2, None, [18, 19], False, True),
        ("before", 2**53 - 1, 2, None, [18, 19], False, True),
        ("before", 99, 2, 12, [11, 12], False, True),
        ("before", 12, 2, 12, [9, 11], False, False),
        ("after", 4, 3, None, [6, 7, 8], False, False),
        ("after", 0, 3, None, [2, 3, 4], True, False),
        ("after", 1, 3, None, [2, 3, 4], True, False),
        ("after", 17, 3, None, [18, 19], False, True),
        ("after", 19, 3, None, [], False, True),
        ("after", 2**53 - 1, 3, None, [], False, True),
        ("after", 10, 5, 12, [11, 12], False, True),
        ("after", 15, 5, 12, [], False, True),
        ("around", 9, 5, None, [7, 8, 9, 11, 12], False, False),
        ("around", 10, 4, None, [8, 9, 11, 12], False, False),
        ("around", 9, 1, None, [9], False, False),
        ("around", 2, 4, None, [2, 3, 4, 6], True, False),
        ("around", 0, 3, None, [2, 3, 4], True, False),
        ("around", 19, 4, None, [16, 17, 18, 19], False, True),
        ("around", 99, 3, None, [17, 18, 19], False, True),
        ("around", 9, 50, None, [2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14, 16, 17, 18, 19], True, True),
        ("around", 12, 5, 13, [8, 9, 11, 12, 13], False, True),
    ],
)
async def test_history_page_holds_what_lies_at_the_anchor(
    filled: World,
    anchor: str,
    seq: int,
    limit: int,
    upto: int | None,
    seqs: list[int],
    at_start: bool,
    at_end: bool,
) -> None:
    page = await filled.page(GENERAL_ID, anchor, seq, limit, upto)

    assert [message.seq for message in page.messages] == seqs
    assert [message.body for message in page.messages] == [f"m{seq}" for seq in seqs]
    assert (page.at_start, page.at_end) == (at_start, at_end)


async def test_history_of_an_empty_conversation_is_at_both_ends(world: World) -> None:
    for anchor in ("latest", "before", "after", "around"):
        assert await world.page(GENERAL_ID, anchor, 1, 10) == MessagePage([], at_start=True, at_end=True)


async def test_history_page_is_cut_on_the_side_away_from_the_anchor_when_bodies_are_long(world: World) -> None:
    [ann] = await world.sign_in("ann")
    body = "é" * 8000  # 16,000 bytes: twelve fit into a page
    await world.together(*(world.message(ann, GENERAL_ID, body) for _ in range(40)))
    fitting = PAGE_BYTES // 16_000

    for anchor, seq, seqs in (
        ("latest", 0, range(41 - fitting, 41)),
        ("before", 31, range(31 - fitting, 31)),
        ("after", 10, range(11, 11 + fitting)),
        ("around", 20, range(20 - fitting // 2, 20 + fitting // 2)),
    ):
        page = await world.page(GENERAL_ID, anchor, seq, PAGE_ITEMS)
        assert [message.seq for message in page.messages] == list(seqs)
        assert (page.at_start, page.at_end) == (False, anchor == "latest")


async def test_history_page_holds_one_message_when_even_that_is_too_long(world: World) -> None:
    [ann] = await world.sign_in("ann")
    for _ in range(3):
        await world.post(ann, GENERAL_ID, "x" * (PAGE_BYTES + 1))

    for anchor, seq in (("latest", 3), ("before", 3), ("after", 1), ("around", 2)):
        page = await world.page(GENERAL_ID, anchor, seq, 10)
        assert [message.seq for message in page.messages] == [3 if anchor == "latest" else 2]


async def test_log_is_read_in_pieces_without_a_hole(filled: World) -> None:
    async def seqs(after: int, upto: int, limit: int) -> list[int]:
        piece = await filled.piece(GENERAL_ID, after, upto, limit)
        assert {event.conversation for event in piece} <= {GENERAL_ID}
        return [event.seq for event in piece]

    assert await seqs(0, 20, 200) == list(range(1, 21))
    assert await seqs(0, 20, 3) == [1, 2, 3]
    assert await seqs(3, 5, 200) == [4, 5]
    assert await seqs(18, 2**53 - 1, 200) == [19, 20]
    assert await seqs(20, 20, 200) == []
    assert await seqs(2**53 - 1, 2**53 - 1, 200) == []
    assert await seqs(7, 6, 200) == []


async def test_log_piece_ends_early_when_bodies_are_long(world: World) -> None:
    [ann] = await world.sign_in("ann")
    for size in (16_000, PAGE_BYTES + 1, 16_000, 16_000):
        await world.post(ann, GENERAL_ID, "x" * size)

    pieces = [[event.seq for event in await world.piece(GENERAL_ID, after, 4)] for after in range(4)]

    assert pieces == [[1], [2], [3, 4], [4]]
