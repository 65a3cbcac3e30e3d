"""Editing and deleting: who may, what the log and the message say afterwards, and what is not kept anywhere."""

from __future__ import annotations

import pytest

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import ConversationEvent, MessageDeleted, MessageEdited, MessagePosted
from chat_core.protocol.values import Message
from chat_core.server.store.base import Refused
from chat_core.server.store.conversations import SetChannelTopic
from chat_core.server.store.messages import DeleteMessage, EditMessage
from chat_core.server.store.people import RenameAccount
from tests.contract.world import ANNOUNCEMENTS_ID, GENERAL_ID, World


async def only(world: World) -> Message:
    """Return the one message there is."""
    [message] = await world.messages(GENERAL_ID)
    return message


def bodies(log: list[ConversationEvent]) -> list[str]:
    return [event.body for event in log if isinstance(event, MessagePosted | MessageEdited)]


# --- editing --------------------------------------------------------------------------------------------------


async def test_edit_is_an_event_and_replaces_the_text(world: World) -> None:
    [ann] = await world.sign_in("ann")
    await world.post(ann, GENERAL_ID, "helo", style="action")

    reply = await world.edit(ann, 1, "hello")

    [edited] = world.last.events
    assert isinstance(edited, MessageEdited)
    assert (edited.conversation, edited.seq, edited.ts, edited.author, edited.name) == (GENERAL_ID, 2, 101, ann, "ann")
    assert (edited.message, edited.body, len(edited.eid)) == (1, "hello", 8)
    assert reply == (GENERAL_ID, 2, 101, False)
    assert await only(world) == Message(
        seq=1, changed=2, ts=1, author=ann, name="ann", body="hello", style="action", edits=1
    )
    assert (await world.log(GENERAL_ID))[-1] == edited
    assert await world.eid(GENERAL_ID, 2) == edited.eid


async def test_edits_are_counted_and_the_first_text_stays_in_the_log(world: World) -> None:
    [ann] = await world.sign_in("ann")
    await world.post(ann, GENERAL_ID, "one")

    for body in ("two", "three", "one"):
        await world.edit(ann, 1, body)

    message = await only(world)
    assert (message.body, message.edits, message.changed, message.deleted) == ("one", 3, 4, False)
    assert bodies(list(await world.log(GENERAL_ID))) == ["one", "two", "three", "one"]


async def test_edit_to_the_same_text_is_no_event_and_answers_with_the_last_one(world: World) -> None:
    [ann] = await world.sign_in("ann")
    await world.post(ann, GENERAL_ID, "one", ts=7)

    assert await world.edit(ann, 1, "one") == (GENERAL_ID, 1, 7, True)
    first = await world.edit(ann, 1, "two")
    assert await world.edit(ann, 1, "two") == (*first[:3], True)

    assert len(await world.log(GENERAL_ID)) == 2
    assert world.last.events == ()
    assert await world.post(ann) == [3]


async def test_edit_continues_the_numbers_of_posts_in_the_same_commit(world: World) -> None:
    [ann] = await world.sign_in("ann")

    replies = await world.together(
        world.message(ann, GENERAL_ID, "one"),
        EditMessage(ann, GENERAL_ID, 1, "uno", 1),
        world.message(ann, GENERAL_ID, "two"),
        EditMessage(ann, GENERAL_ID, 3, "due", 1),
        DeleteMessage(ann, "#general", 1, 1),
        world.message(ann, GENERAL_ID, "three"),
    )

    assert [seq for _, seq, _, _ in replies] == [1, 2, 3, 4, 5, 6]
    assert [event.seq for event in await world.log(GENERAL_ID)] == [1, 2, 3, 4, 5, 6]
    found = [(each.seq, each.body, each.changed) for each in await world.messages(GENERAL_ID)]
    assert found == [(1, "", 5), (3, "due", 4), (6, "three", 6)]


async def test_edit_is_read_again_after_a_restart(world: World) -> None:
    [ann] = await world.sign_in("ann")
    await world.post(ann)
    await world.edit(ann, 1, "changed")
    before = await only(world)

    await world.reopen()

    assert await only(world) == before
    assert next(head.seq for head in world.boot.heads if head.conversation == GENERAL_ID) == 2
    assert await world.post(ann) == [3]


# --- deleting -------------------------------------------------------------------------------------------------


async def test_deletion_is_an_event_and_leaves_place_and_author(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    await world.post(bob)
    await world.post(ann, GENERAL_ID, "secret", reply_to=1)

    reply = await world.delete(ann, 2)

    [deleted] = world.last.events
    assert isinstance(deleted, MessageDeleted)
    assert (deleted.seq, deleted.ts, deleted.author, deleted.name, deleted.message) == (3, 202, ann, "ann", 2)
    assert reply == (GENERAL_ID, 3, 202, False)
    message = (await world.messages(GENERAL_ID))[1]
    assert message == Message(
        seq=2, changed=3, ts=1, author=ann, name="ann", body="", reply_to=1, edits=0, deleted=True
    )


async def test_deletion_takes_the_text_out_of_the_log_and_keeps_everything_else(world: World) -> None:
    [ann] = await world.sign_in("ann")
    await world.post(ann, GENERAL_ID, "secret", style="action")
    await world.edit(ann, 1, "secret too")
    await world.post(ann, GENERAL_ID, "other")
    await world.edit(ann, 3, "another")
    await world.edit(ann, 1, "still secret")
    before = await world.log(GENERAL_ID)

    await world.delete(ann, 1)

    log = await world.log(GENERAL_ID)
    assert bodies(list(log)) == ["", "", "other", "another", ""]
    assert [(event.seq, event.eid, event.ts) for event in log[:-1]] == [
        (event.seq, event.eid, event.ts) for event in before
    ]
    posted, edited = log[0], log[1]
    assert isinstance(posted, MessagePosted) and isinstance(edited, MessageEdited)
    assert (posted.style, len(posted.cid), edited.message) == ("action", 16, 1)
    assert (await world.messages(GENERAL_ID))[0].edits == 2


async def test_deletion_again_is_no_event_and_answers_as_the_first_time(world: World) -> None:
    [ann] = await world.sign_in("ann")
    await world.post(ann)
    first = await world.delete(ann, 1)
    await world.post(ann)

    assert await world.delete(ann, 1) == (*first[:3], True)

    assert world.last.events == ()
    assert len(await world.log(GENERAL_ID)) == 3


async def test_deleted_message_cannot_be_edited(world: World) -> None:
    [ann] = await world.sign_in("ann")
    await world.post(ann)
    await world.delete(ann, 1)

    assert await world.refused(EditMessage(ann, GENERAL_ID, 1, "back", 1)) is Refusal.NO_MESSAGE
    assert await world.refused(EditMessage(ann, GENERAL_ID, 1, "", 1)) is Refusal.NO_MESSAGE


@pytest.mark.parametrize("restart", [False, True])
async def test_repeated_send_of_a_deleted_message_gets_its_first_answer(world: World, restart: bool) -> None:
    [ann] = await world.sign_in("ann")
    op = world.message(ann, GENERAL_ID, "secret", ts=9)
    await world.write(op)
    await world.delete(ann, 1)
    if restart:
        await world.reopen()

    assert await world.write(op) == (GENERAL_ID, 1, 9, True)
    other = world.message(ann, GENERAL_ID, "something else", cid=op.cid)
    assert await world.write(other) == (GENERAL_ID, 1, 9, True), "nobody knows any more what it said"

    assert (await only(world)).deleted
    follower = world.message(ann, prev=op.cid)
    assert (await world.write(follower))[1] == 3, "it is still a predecessor"


async def test_repeated_send_of_an_edited_message_is_compared_with_what_was_sent(world: World) -> None:
    [ann] = await world.sign_in("ann")
    op = world.message(ann, GENERAL_ID, "one")
    await world.write(op)
    await world.edit(ann, 1, "two")

    assert (await world.write(op))[1:] == (1, 1, True)
    assert await world.refused(world.message(ann, GENERAL_ID, "two", cid=op.cid)) is Refusal.CID_REUSED
    assert (await only(world)).body == "two"


async def test_deleted_message_cannot_be_answered(world: World) -> None:
    [ann] = await world.sign_in("ann")
    await world.post(ann)
    await world.delete(ann, 1)

    assert await world.refused(world.message(ann, reply_to=1)) is Refusal.NO_MESSAGE
    assert await world.refused(world.message(ann, reply_to=2)) is Refusal.NO_MESSAGE, "a deletion is no message"


# --- what both have in common ---------------------------------------------------------------------------------


def changing(account: AccountId, where: int | str, seq: int) -> list[EditMessage | DeleteMessage]:
    return [EditMessage(account, where, seq, "x", 1), DeleteMessage(account, where, seq, 1)]


async def test_only_its_author_changes_a_message(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    await world.post(ann)

    for op in changing(bob, GENERAL_ID, 1):
        assert await world.refused(op) is Refusal.NOT_ALLOWED

    assert (await only(world)).body == "hello"


@pytest.mark.parametrize("seq", [1, 3, 2**32, 2**32 + 2, 2**53 - 1])
async def test_only_messages_are_changed(world: World, seq: int) -> None:
    [ann] = await world.sign_in("ann")
    await world.write(SetChannelTopic(ann, GENERAL_ID, "first", 1))
    await world.post(ann)

    for op in changing(ann, GENERAL_ID, seq):
        assert await world.refused(op) is Refusal.NO_MESSAGE


async def test_message_of_another_conversation_is_not_meant(world: World) -> None:
    [ann] = await world.sign_in("ann")
    room = await world.join(ann, "room")
    await world.post(ann, GENERAL_ID, "general")
    await world.post(ann, room, "room")

    await world.edit(ann, 1, "changed", room)
    await world.delete(ann, 1, "#room")

    assert (await only(world)).body == "general"
    assert bodies(list(await world.log(GENERAL_ID))) == ["general"]
    assert bodies(list(await world.log(room))) == ["", ""]


async def test_only_members_change_messages(world: World) -> None:
    ann, bob, eve = await world.sign_in("ann", "bob", "eve")
    room = await world.join(ann, "room")
    direct = await world.open_direct(ann, "bob")
    await world.post(ann, room)
    await world.post(ann, direct)
    await world.leave(ann, room)

    for op in [*changing(ann, room, 1), *changing(bob, "#room", 1)]:
        assert await world.refused(op) is Refusal.NOT_MEMBER
    for op in [*changing(eve, direct, 1), *changing(ann, 2**53 - 1, 1), *changing(ann, "#none", 1)]:
        assert await world.refused(op) is Refusal.NO_CONVERSATION
    for op in changing(ann, ANNOUNCEMENTS_ID, 1):
        assert await world.refused(op) is Refusal.NOT_ALLOWED
    await world.edit(ann, 1, "between us", "@bob")
    assert (await world.messages(direct))[0].body == "between us"


async def test_edits_count_as_nothing_unread_and_what_was_deleted_does_not_count(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    await world.post(ann, GENERAL_ID, "one", "two", "three")
    await world.mark(bob, GENERAL_ID, 1)
    before = await world.conversation(bob, GENERAL_ID)

    await world.edit(ann, 1, "uno")
    await world.edit(ann, 2, "due")
    await world.delete(ann, 3)

    after = await world.conversation(bob, GENERAL_ID)
    assert (before.unread, after.unread, before.read, after.read) == (2, 1, 1, 1)
    assert (after.head, after.eid) == (6, world.events()[-1].eid)
    await world.mark(bob, GENERAL_ID, 6)
    assert (await world.conversation(bob, GENERAL_ID)).unread == 0


async def test_author_is_shown_under_the_name_of_today(world: World) -> None:
    [ann] = await world.sign_in("ann")
    await world.post(ann)
    await world.edit(ann, 1, "x")
    await world.write(RenameAccount(ann, "anna", 1))
    await world.delete(ann, 1)

    assert {event.name for event in await world.log(ConversationId(1))} == {"anna"}
    assert world.last.events[0].name == "anna"


# --- limits of time, and who keeps order ------------------------------------------------------------------------


async def test_message_is_changed_by_its_author_within_the_time_for_it_only(world: World) -> None:
    [ann] = await world.sign_in("ann")
    await world.post(ann, GENERAL_ID, "one", ts=1_000)

    await world.write(EditMessage(ann, GENERAL_ID, 1, "two", 61_000, within_s=60))
    again = await world.write(EditMessage(ann, GENERAL_ID, 1, "two", 99_000, within_s=60))
    with pytest.raises(Refused) as late:
        await world.write(EditMessage(ann, GENERAL_ID, 1, "three", 61_001, within_s=60))
    gone = await world.refused(DeleteMessage(ann, GENERAL_ID, 1, 3_601_001, within_s=3600))

    assert again == (GENERAL_ID, 2, 61_000, True), "what was done in time is answered the same for ever"
    assert (late.value.code, gone) == (Refusal.NOT_ALLOWED, Refusal.NOT_ALLOWED)
    assert str(late.value) == "On this server a message can be edited for 1 minute; this one is older."
    assert (await only(world)).body == "two"
    await world.write(DeleteMessage(ann, GENERAL_ID, 1, 3_601_000, within_s=3600))
    await world.write(DeleteMessage(ann, GENERAL_ID, 1, 9_999_999, within_s=3600))


async def test_operator_deletes_what_others_said_at_any_time_and_the_audit_log_tells_it(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    room = await world.join(ann, "room")
    await world.join(bob, "room")
    await world.post(bob, room, "oops", ts=1)
    await world.post(ann, room, "mine", ts=1)

    assert await world.refused(DeleteMessage(bob, room, 2, 5)) is Refusal.NOT_ALLOWED
    await world.write(DeleteMessage(ann, room, 1, 9_999_999, within_s=60))
    await world.write(DeleteMessage(ann, room, 2, 9_999_999, within_s=60))

    assert [(each.deleted, each.body) for each in await world.messages(room)] == [(True, ""), (True, "")]
    acts = await world.store.read(lambda reader: reader.acts(10))
    assert [(act.actor, act.act, act.target, act.detail) for act in acts] == [
        ("ann", "delete_message", "#room:1", "by bob")
    ]
