"""The list of conversations: resumes, joins, leaves, resets."""

from __future__ import annotations

from typing import Literal, get_args, get_type_hints

import pytest
from msgspec.structs import replace

from chat_core.client.state import inputs
from chat_core.client.state.changes import (
    Delivered,
    ListChanged,
    MembersListed,
    TimelineReset,
    TypingChanged,
    UnreadChanged,
)
from chat_core.client.state.listing import RESET_REASONS
from chat_core.client.state.model import Notice, Timeline
from chat_core.protocol.events import BookmarkChanged, ConversationJoined, ConversationLeft, ConversationQuieted, Typing
from chat_core.protocol.requests.conversations import Members
from chat_core.protocol.requests.session import CatchUp
from chat_core.protocol.values import Member, Position
from tests.unit.client.state.events import (
    BOB,
    after,
    conversation,
    eid,
    events,
    general,
    message,
    page,
    posted,
    resumed,
    seqs,
    then,
)


def position(seq: int) -> Position:
    return Position(conversation=1, seq=seq, eid=eid(seq) if seq else b"")


def reset(seq: int, reason: str) -> inputs.WasReset:
    return inputs.WasReset(position=position(seq), reason=reason, wall_ms=77)


def test_bookmarks_go_with_a_channel_that_is_deleted_and_stay_with_one_that_was_left() -> None:
    def bookmarks_after(reason: Literal["left", "deleted"]) -> dict[int, frozenset[int]]:
        kept = (BookmarkChanged(seq=seq, conversation=seq, message=1, kept=True) for seq in (1, 2))
        gone = ConversationLeft(seq=3, conversation=1, last=2, reason=reason)
        state = after(resumed(conversation()), *(inputs.AccountEventArrived(event=event) for event in (*kept, gone)))
        return dict(state.bookmarks)

    assert bookmarks_after("deleted") == {2: frozenset({1})}
    assert bookmarks_after("left") == {1: frozenset({1}), 2: frozenset({1})}


def test_resume_brings_the_list_with_nothing_known_of_its_timelines() -> None:
    state, changes = then(after(), resumed(conversation(head=7, read=3, unread=4), conversation(2, name="x"), seq=9))

    assert changes == [ListChanged(added=(1, 2))]
    assert (state.epoch, state.account_seq) == ("one", 9)
    assert general(state).position == position(7)
    assert general(state).timeline == Timeline(known_from=8)
    assert (general(state).read, general(state).unread) == (3, 4)
    assert (general(state).members.total, general(state).members.stale) == (2, True)
    assert state.conversations[2].timeline.at_start, "nothing was ever said there"


def test_resume_keeps_what_is_known_and_tells_what_differs() -> None:
    state = after(resumed(conversation(head=1, read=1), conversation(2, name="x")), events(posted(2), posted(3)))

    state, changes = then(state, resumed(conversation(head=9, read=2, unread=7, subject="new")))

    assert changes == [
        ListChanged(removed=(2,), changed=(1,)),
        UnreadChanged(conversation=1),
    ]
    assert seqs(state) == [2, 3]
    assert general(state).position.seq == 3, "what is missing comes as events"
    assert (general(state).info.topic, general(state).unread) == ("new", 7)


def test_resume_says_nothing_when_nothing_happened() -> None:
    state = after(resumed(conversation()))

    assert then(state, resumed(conversation()))[1] == []


def test_resume_forgets_typists_and_makes_member_lists_stale() -> None:
    state = after(
        resumed(conversation()),
        inputs.SignalArrived(event=Typing(conversation=1, account=2, name="bob"), now=1.0, wall_ms=1),
        inputs.MembersRead(
            conversation=1,
            members=Members(members=(Member(account=2, name="bob"),), rev=40, total=1, online=0),
            wall_ms=1,
        ),
    )

    state, changes = then(state, resumed(conversation()))

    assert general(state).typing == ()
    assert general(state).members.stale
    assert general(state).members.rev == 0, "the server may count from the beginning again"
    assert {TypingChanged(conversation=1), MembersListed(conversation=1)} <= set(changes)


def test_resume_in_another_epoch_takes_a_number_with_another_name_for_another_conversation() -> None:
    state = after(resumed(conversation(name="dev"), conversation(2, name="ops")), events(posted(1)))

    state, changes = then(state, resumed(conversation(name="pets"), conversation(2, name="OPS"), epoch="two"))

    assert changes == [ListChanged(added=(1,), removed=(1,), changed=(2,))]
    assert (general(state).target, seqs(state)) == ("#pets", [])


def test_resume_knows_a_direct_conversation_again_when_the_other_has_a_new_name() -> None:
    state = after(resumed(conversation(kind="direct", name="bob", partner=BOB.id)), events(posted(1)))

    state, changes = then(state, resumed(conversation(kind="direct", name="zed", partner=BOB.id, head=1, unread=1)))

    assert (general(state).target, seqs(state)) == ("@zed", [1])
    assert changes == [ListChanged(changed=(1,))]


def test_join_adds_a_conversation_that_goes_on_behind_its_head() -> None:
    state, changes = then(after(resumed()), inputs.Opened(conversation=conversation(head=4, read=4)))

    assert changes == [ListChanged(added=(1,))]
    assert general(state).position == position(4)


def test_join_of_a_known_conversation_only_brings_its_labels_up_to_date() -> None:
    state = after(resumed(conversation()), events(posted(1), posted(2)))

    state, changes = then(state, inputs.Opened(conversation=conversation(head=2, unread=2, members=3)))

    assert changes == [ListChanged(changed=(1,))]
    assert (seqs(state), general(state).info.members) == ([1, 2], 3)


def test_quietness_stays_when_an_older_answer_comes_behind_what_changed_it() -> None:
    quieted = ConversationQuieted(seq=1, conversation=1, quiet=True)
    state = after(resumed(conversation()), inputs.AccountEventArrived(event=quieted))

    state, changes = then(state, inputs.Opened(conversation=conversation()))

    assert (general(state).info.quiet, changes) == (True, [])


def test_quietness_is_the_answers_when_no_account_log_tells_of_it() -> None:
    state = after(inputs.Opened(conversation=conversation()))

    state, _ = then(state, inputs.Opened(conversation=replace(conversation(), quiet=True)))

    assert general(state).info.quiet


def test_account_events_join_and_leave_once() -> None:
    joined = ConversationJoined(seq=4, conversation=conversation(head=2))
    left = ConversationLeft(seq=5, conversation=1, last=2)
    state = after(resumed(seq=3))

    state, changes = then(state, inputs.AccountEventArrived(event=joined))
    assert changes == [ListChanged(added=(1,)), Delivered(event=joined)]
    assert state.account_seq == 4

    assert then(state, inputs.AccountEventArrived(event=joined)) == (state, [])

    state, changes = then(state, inputs.AccountEventArrived(event=left))
    assert changes == [ListChanged(removed=(1,)), Delivered(event=left)]
    assert dict(state.conversations) == {}


def test_leaving_what_is_not_there_changes_nothing() -> None:
    state = after(resumed(conversation()))

    assert then(state, inputs.Gone(conversation=9)) == (state, [])


def test_placing_begins_somewhere_else_with_nothing_known() -> None:
    state = after(resumed(conversation(head=9)), events(posted(10)))

    state, changes = then(state, inputs.Placed(position=position(4)))

    assert (general(state).position, general(state).timeline, changes) == (position(4), Timeline(known_from=5), [])
    assert then(state, inputs.Placed(position=Position(conversation=8, seq=1))) == (state, [])


@pytest.mark.parametrize("reason", ["new", "epoch", "rewound"])
def test_reset_drops_what_was_known_and_says_why(reason: str) -> None:
    state = after(
        resumed(conversation()), events(posted(1), posted(2, "@ann")), inputs.MarkedRead(conversation=1, seq=1)
    )
    state, _ = then(state, resumed(conversation(head=50, read=1, unread=40, mentions=3)))

    state, changes = then(state, reset(50, reason))

    known = general(state)
    assert (known.timeline, known.position) == (Timeline(known_from=51), position(50))
    assert known.notices == (Notice(after=50, ts=77, kind="reset", text=RESET_REASONS[reason]),)
    assert (known.read, known.unread, known.mentions) == (1, 40, 3)
    assert changes == [TimelineReset(conversation=1, reason=reason)]


def test_reset_for_being_far_behind_keeps_what_was_known_behind_a_gap() -> None:
    state = after(
        resumed(conversation()), events(posted(1), posted(2, "@ann")), inputs.MarkedRead(conversation=1, seq=1)
    )
    state, _ = then(
        state,
        resumed(conversation(head=50, read=1, unread=40, mentions=3)),
        inputs.SignalArrived(event=Typing(conversation=1, account=2, name="bob"), now=1.0, wall_ms=1),
    )

    state, changes = then(state, reset(50, "far_behind"))

    known = general(state)
    assert (seqs(state), known.timeline.known_from, known.position) == ([], 51, position(50))
    assert known.timeline.stale is not None
    assert ([each.seq for each in known.timeline.stale], known.timeline.missing) == ([1, 2], 48)
    assert (known.notices, known.typing) == ((), ()), "the gap says it"
    assert (known.read, known.unread, known.mentions) == (1, 40, 3)
    assert changes[0] == TimelineReset(conversation=1, reason="far_behind")


def test_every_reason_for_a_reset_has_a_sentence_for_people() -> None:
    reasons = get_args(get_type_hints(CatchUp)["reset"])

    assert set(reasons) - {""} == set(RESET_REASONS)


def test_reset_to_another_log_takes_the_servers_marker_back() -> None:
    state = after(resumed(conversation()), events(posted(1), posted(2)), inputs.MarkedRead(conversation=1, seq=2))
    state, _ = then(state, resumed(conversation(head=1, read=0, unread=1), epoch="two"))
    assert general(state).read == 2, "until it is said that the log is another"

    state, _ = then(state, reset(1, "epoch"))

    assert (general(state).read, general(state).unread) == (0, 1)


def test_reset_for_being_far_behind_keeps_the_marker_of_here() -> None:
    state = after(resumed(conversation(head=5)), events(posted(6)), inputs.MarkedRead(conversation=1, seq=6))
    state, _ = then(state, resumed(conversation(head=5000, read=2, unread=4900)))

    state, _ = then(state, reset(5000, "far_behind"))

    assert general(state).read == 6


def test_reset_of_an_unknown_conversation_changes_nothing() -> None:
    state = after(resumed())

    assert then(state, reset(4, "epoch")) == (state, [])


def test_events_and_pages_join_without_a_hole_after_a_reset() -> None:
    state = after(resumed(conversation(head=3)), reset(50, "far_behind"), events(posted(51)))

    state, changes = then(state, page(*(message(seq) for seq in range(30, 51)), head=60), events(posted(52)))

    assert seqs(state) == list(range(30, 53))
    assert general(state).timeline.known_from == 30
    assert BOB.name == general(state).timeline.newest(1)[0].name
    assert changes
