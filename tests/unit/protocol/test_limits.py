"""The bounds fit into each other."""

from __future__ import annotations

from msgspec.structs import replace

from chat_core.protocol import limits
from chat_core.protocol.codec import pack, to_map
from chat_core.protocol.events import Invited
from chat_core.protocol.limits import Limits
from chat_core.protocol.requests.marks import BookmarkedSeqs
from chat_core.protocol.requests.session import CatchUp, Resumed
from chat_core.protocol.values import Conversation, Person, Rules
from chat_core.server.handlers.session import MISSED_TOLD, RESUME_BYTES


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


def test_the_longest_list_of_conversations_fits_into_a_frame_beside_what_was_missed() -> None:
    number, name, topic = 2**31, "n" * 32, "t" * limits.TOPIC_BYTES
    channel = Conversation(
        id=number,
        kind="channel",
        name=name,
        topic=topic,
        head=number,
        eid=b"12345678",
        read=number,
        unread=number,
        mentions=number,
        members=number,
        online=number,
        role="operator",
        rules=Rules(visibility="unlisted", moderated=True, locked=True, locked_until=2**50, slow_s=9999),
    )
    people = tuple(Person(account=number, name=name) for _ in range(limits.GROUP_PEOPLE_BYTES // len(name)))
    group = replace(channel, kind="group", name=name * limits.GROUP_MOST, people=people)
    resumed = Resumed(
        epoch="e" * 32,
        seq=number,
        conversations=(
            *(channel,) * limits.CONVERSATIONS_OF_ONES_OWN,
            *(group,) * limits.GROUPS_BY_OTHERS,
        ),
        catch_ups=(CatchUp(conversation=number, head=number, eid=b"12345678", reset="far_behind"),)
        * limits.CONVERSATIONS_PER_ACCOUNT,
        bookmarks=(BookmarkedSeqs(conversation=number, messages=(number,)),) * limits.BOOKMARKS_PER_ACCOUNT,
        missed=(to_map(Invited(seq=number, conversation=number, channel=name, name=name)),) * MISSED_TOLD,
    )

    assert len(pack(resumed)) + RESUME_BYTES < limits.FRAME_TO_CLIENT_BYTES


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
