"""The bounds fit into each other."""

from __future__ import annotations

from chat_core.protocol import limits
from chat_core.protocol.limits import Limits


def test_the_longest_body_fits_into_a_frame_in_both_directions() -> None:
    room = 1024  # what surrounds a body

    assert limits.BODY_BYTES + room < limits.FRAME_TO_SERVER_BYTES
    # Cleaning may triple a body at worst: one byte of a control becomes the three of a visible mark.
    assert 3 * limits.BODY_BYTES + room < limits.FRAME_TO_CLIENT_BYTES


def test_a_page_fits_into_a_frame() -> None:
    around_a_message = 300

    assert limits.PAGE_BYTES + limits.PAGE_ITEMS * around_a_message < limits.FRAME_TO_CLIENT_BYTES
    assert limits.PAGE_ITEMS <= limits.MAX_ARRAY_ITEMS


def test_a_resume_with_all_positions_fits_into_a_frame() -> None:
    position = len(b"\x83\xacconversation\xcf12345678\xa3seq\xcf12345678\xa3eid\xc4\x0812345678")

    assert limits.POSITIONS_PER_RESUME * position + 1024 < limits.FRAME_TO_SERVER_BYTES
    assert limits.POSITIONS_PER_RESUME >= limits.CONVERSATIONS_PER_ACCOUNT
    shares = limits.CONVERSATIONS_OF_ONES_OWN + limits.GROUPS_BY_OTHERS
    assert shares <= limits.CONVERSATIONS_PER_ACCOUNT
    assert 0 < limits.LEFT_BY_OTHERS < limits.CONVERSATIONS_OF_ONES_OWN


def test_a_ping_is_answered_before_the_next_one_is_due() -> None:
    assert limits.PONG_WITHIN_S < limits.PING_EVERY_S
    assert limits.TYPING_EVERY_S < limits.TYPING_FADES_S


def test_limits_tell_what_is_enforced() -> None:
    told = Limits()

    assert told.frame_bytes == limits.FRAME_TO_SERVER_BYTES
    assert told.body_bytes == limits.BODY_BYTES
    assert told.topic_bytes == limits.TOPIC_BYTES
    assert told.page_items == limits.PAGE_ITEMS
    assert told.calls_in_flight == limits.CALLS_IN_FLIGHT
    assert (told.ping_every_s, told.pong_within_s) == (limits.PING_EVERY_S, limits.PONG_WITHIN_S)
    assert told.typing_every_s == limits.TYPING_EVERY_S
