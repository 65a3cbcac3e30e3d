"""Every store: posting. Accepted once for ever, in one order, or refused with nothing written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chat_core.base.ids import AccountId, Cid, ConversationId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import MessagePosted
from chat_core.server.store.base import Refused
from chat_core.server.store.conversations import JoinChannel, LeaveConversation, SetChannelTopic
from chat_core.server.store.people import RenameAccount
from tests.contract.world import ANNOUNCEMENTS_ID, GENERAL_ID, World


async def test_post_is_one_event_and_one_message_with_the_next_seq(world: World) -> None:
    [ann] = await world.sign_in("ann")
    first = await world.write(world.message(ann, "#general", "hello", cid=Cid(b"c" * 16), ts=7))

    reply = await world.write(
        world.message(ann, GENERAL_ID, "waves", raw="waves ", style="action", reply_to=1, cid=Cid(b"d" * 16), ts=8)
    )

    assert (first, reply) == ((GENERAL_ID, 1, 7, False), (GENERAL_ID, 2, 8, False))
    [event] = world.last.events
    assert isinstance(event, MessagePosted)
    assert (event.conversation, event.seq, event.author, event.name, event.ts) == (GENERAL_ID, 2, ann, "ann", 8)
    assert (event.cid, event.body, event.style, event.reply_to) == (b"d" * 16, "waves", "action", 1)
    assert await world.log(GENERAL_ID) == world.events()
    [_, message] = await world.messages(GENERAL_ID)
    assert (message.seq, message.changed, message.author, message.name, message.ts) == (2, 2, ann, "ann", 8)
    assert (message.body, message.style, message.reply_to) == ("waves", "action", 1)


async def test_event_ids_differ_and_prove_a_position(world: World) -> None:
    [ann] = await world.sign_in("ann")
    await world.together(*(world.message(ann) for _ in range(50)))
    await world.write(SetChannelTopic(ann, GENERAL_ID, "topic", 1))

    eids = [event.eid for event in await world.log(GENERAL_ID)]
    assert len(set(eids)) == 51
    assert {len(eid) for eid in eids} == {8}
    for seq in (1, 50, 51):
        assert await world.eid(GENERAL_ID, seq) == eids[seq - 1]
    for seq in (0, 52, 2**32, 2**53):
        assert await world.eid(GENERAL_ID, seq) is None
    assert (await world.find(ann, GENERAL_ID)).eid == eids[-1]


# --- once, for ever -------------------------------------------------------------------------------------------


async def test_post_is_answered_as_the_first_time_when_it_is_repeated(world: World) -> None:
    [ann] = await world.sign_in("ann")
    op = world.message(ann, "#general", "hello", ts=7)
    first = await world.write(op)
    await world.post(ann)

    again = await world.write(world.message(ann, GENERAL_ID, "hello", cid=op.cid, ts=99))

    assert again == (*first[:3], True)
    assert world.last.events == ()
    await world.reopen()
    assert await world.write(op) == again
    assert len(await world.log(GENERAL_ID)) == 2


async def test_post_is_stored_once_when_its_repetition_is_in_the_same_batch(world: World) -> None:
    [ann] = await world.sign_in("ann")
    op = world.message(ann)

    replies = await world.together(op, world.message(ann), op, op)

    assert replies == [
        (GENERAL_ID, 1, 1, False),
        (GENERAL_ID, 2, 1, False),
        (GENERAL_ID, 1, 1, True),
        (GENERAL_ID, 1, 1, True),
    ]
    assert len(await world.log(GENERAL_ID)) == 2


async def test_post_is_answered_as_the_first_time_when_the_account_may_no_longer_write(world: World) -> None:
    [ann] = await world.sign_in("ann")
    ops = await world.join(ann, "ops")
    op = world.message(ann, ops)
    first = await world.write(op)
    await world.leave(ann, ops)

    assert await world.write(op) == (*first[:3], True)
    assert await world.refused(world.message(ann, ops)) is Refusal.NOT_MEMBER


async def test_post_is_answered_as_the_first_time_when_the_name_means_nothing_any_more(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    direct = await world.open_direct(ann, "bob")
    op = world.message(ann, "@bob", "hello")
    await world.write(op)
    await world.write(RenameAccount(bob, "rob", 1))

    assert await world.write(op) == (direct, 1, 1, True)


@pytest.mark.parametrize(
    "other",
    [{"body": "other"}, {"raw": "hello "}, {"style": "action"}, {"reply_to": 1}, {"conversation": "#ops"}],
    ids=lambda other: next(iter(other)),
)
async def test_post_is_refused_when_its_cid_was_used_for_something_else(world: World, other: dict[str, str]) -> None:
    [ann] = await world.sign_in("ann")
    await world.join(ann, "ops")
    await world.post(ann)
    cid = world.cid()
    op = world.message(ann, **({"body": "hello", "cid": cid} | other))  # type: ignore[arg-type]
    await world.write(world.message(ann, GENERAL_ID, "hello", cid=cid))

    assert await world.refused(op) is Refusal.CID_REUSED
    [refused] = await world.together(op)
    assert isinstance(refused, Refused)


async def test_cid_belongs_to_one_account(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    cid = world.cid()

    replies = await world.together(world.message(ann, cid=cid, body="ann's"), world.message(bob, cid=cid, body="bob's"))

    assert [reply[1:] for reply in replies] == [(1, 1, False), (2, 1, False)]
    assert (await world.write(world.message(bob, cid=cid, body="bob's")))[1] == 2


# --- order ----------------------------------------------------------------------------------------------------


async def test_post_waits_for_the_one_before_it(world: World) -> None:
    [ann] = await world.sign_in("ann")
    first, second = world.cid(), world.cid()

    assert await world.refused(world.message(ann, cid=second, prev=first)) is Refusal.UNKNOWN_PREV
    await world.post(ann, cid=first)
    await world.post(ann, cid=second, prev=first)
    await world.post(ann, prev=first)
    await world.reopen()
    await world.post(ann, prev=second)
    assert len(await world.log(GENERAL_ID)) == 4


async def test_post_knows_the_one_before_it_from_the_same_batch(world: World) -> None:
    [ann] = await world.sign_in("ann")
    cids = [world.cid() for _ in range(5)]

    replies = await world.together(
        *(world.message(ann, cid=cid, prev=prev) for cid, prev in zip(cids, [None, *cids], strict=False)),
        world.message(ann, prev=cids[0]),
        world.message(ann, prev=cids[3]),
    )

    assert [reply[1] for reply in replies] == [1, 2, 3, 4, 5, 6, 7]


async def test_post_is_refused_when_the_one_before_it_was_refused_in_the_same_batch(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    first, second = world.cid(), world.cid()
    theirs = world.cid()

    replies = await world.together(
        world.message(bob, cid=theirs),
        world.message(ann, cid=first, reply_to=99),
        world.message(ann, cid=second, prev=first),
        world.message(ann, prev=second),
        world.message(ann, prev=theirs),
        world.message(ann),
    )

    assert [reply.code if isinstance(reply, Refused) else reply[1] for reply in replies] == [
        1,
        Refusal.NO_MESSAGE,
        Refusal.UNKNOWN_PREV,
        Refusal.UNKNOWN_PREV,
        Refusal.UNKNOWN_PREV,
        2,
    ]


async def test_batch_keeps_the_order_of_its_ops_when_they_depend_on_each_other(world: World) -> None:
    [ann] = await world.sign_in("ann")
    ops = await world.join(ann, "ops")
    await world.leave(ann, ops)

    replies = await world.together(
        world.message(ann, "#ops", "too early"),
        JoinChannel(ann, "ops", create=False, ts=1),
        world.message(ann, "#ops", "inside"),
        SetChannelTopic(ann, "#ops", "the topic", 1),
        world.message(ann, ops, "behind the topic", reply_to=1),
        LeaveConversation(ann, ops, 1),
        world.message(ann, "#ops", "too late"),
    )

    refusals = [reply.code if isinstance(reply, Refused) else None for reply in replies]
    assert refusals == [Refusal.NOT_MEMBER, None, None, None, None, None, Refusal.NOT_MEMBER]
    assert [(event.seq, type(event).__name__) for event in await world.log(ops)] == [
        (1, "MessagePosted"),
        (2, "TopicChanged"),
        (3, "MessagePosted"),
    ]
    assert await world.log(ops) == [event for event in world.events() if event.conversation == ops]


async def test_batch_numbers_each_conversation_by_itself(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    rooms: list[ConversationId] = [GENERAL_ID, await world.join(ann, "ops"), await world.open_direct(ann, "bob")]
    await world.join(bob, "ops")

    await world.together(*(world.message(who, room) for _ in range(40) for room in rooms for who in (ann, bob)))

    for room in rooms:
        assert [event.seq for event in await world.log(room)] == list(range(1, 81))
        assert [message.seq for message in await world.messages(room)] == list(range(1, 81))


# --- refusals -------------------------------------------------------------------------------------------------


async def test_post_is_refused_where_the_account_may_not_write(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    ops = await world.join(bob, "ops")

    assert await world.refused(world.message(ann, ops)) is Refusal.NOT_MEMBER
    assert await world.refused(world.message(ann, "#ops")) is Refusal.NOT_MEMBER
    assert await world.refused(world.message(ann, ANNOUNCEMENTS_ID)) is Refusal.NOT_ALLOWED
    assert await world.refused(world.message(ann, "@bob")) is Refusal.NO_CONVERSATION
    assert await world.refused(world.message(AccountId(99), GENERAL_ID)) is Refusal.NOT_MEMBER
    assert world.events() == []


@pytest.mark.parametrize("reply_to", [1, 3, 99, 2**32, 2**32 + 2, 2**53 - 1])
async def test_post_is_refused_when_it_answers_no_message(world: World, reply_to: int) -> None:
    [ann] = await world.sign_in("ann")
    await world.write(SetChannelTopic(ann, GENERAL_ID, "an event, but no message", 1))
    await world.post(ann)

    assert await world.refused(world.message(ann, reply_to=reply_to)) is Refusal.NO_MESSAGE
    assert await world.post(ann, reply_to=2) == [3]


async def test_post_may_answer_a_message_of_the_same_batch(world: World) -> None:
    [ann] = await world.sign_in("ann")

    replies = await world.together(
        world.message(ann), world.message(ann, reply_to=1), world.message(ann, reply_to=3), world.message(ann)
    )

    assert [reply.code if isinstance(reply, Refused) else reply[1] for reply in replies] == [
        1,
        2,
        Refusal.NO_MESSAGE,
        3,
    ]


async def test_post_keeps_any_text_as_it_is(world: World) -> None:
    [ann] = await world.sign_in("ann")
    bodies = [
        "é",
        "日本語 ✓",
        "\U0001f469\u200d\U0001f4bb",
        "'; DROP TABLE messages; --",
        "%s ? :a {0}",
        " x",
        "x" * 16_000,
    ]

    await world.together(*(world.message(ann, GENERAL_ID, body, raw="\ud800" + body) for body in bodies))

    assert [message.body for message in await world.messages(GENERAL_ID)] == bodies
    assert [event.body for event in await world.log(GENERAL_ID) if isinstance(event, MessagePosted)] == bodies


# --- announcements --------------------------------------------------------------------------------------------


async def test_announcement_is_stored_once_for_everybody_when_it_is_a_broadcast(world: World) -> None:
    ann, _bob = await world.sign_in("ann", "bob")
    plain = world.message(ann, "#announcements", "hello", ts=7)

    assert await world.refused(plain) is Refusal.NOT_ALLOWED
    assert await world.write(replace(plain, broadcast=True)) == (ANNOUNCEMENTS_ID, 1, 7, False)
    assert await world.write(replace(plain, broadcast=True, ts=9)) == (ANNOUNCEMENTS_ID, 1, 7, True)
    assert [message.body for message in await world.messages(ANNOUNCEMENTS_ID)] == ["hello"]
