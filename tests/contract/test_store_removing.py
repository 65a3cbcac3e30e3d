"""Every store: a channel that is deleted is gone for everybody, with all that was said there, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import ConversationLeft
from chat_core.protocol.values import FileInfo
from chat_core.server.store.acts import DeleteChannel, GiveRole, SanctionInChannel
from chat_core.server.store.base import Refused
from chat_core.server.store.bounds import Bounds
from chat_core.server.store.hooks import AddHook
from chat_core.server.store.keys import MAX_SEQ
from chat_core.server.store.marks import PinMessage, ReactTo, SetBookmark
from chat_core.server.store.ops import emptying, marks
from chat_core.server.store.people import MakeInvite, NewDevice, RegisterAccount
from chat_core.server.store.search.query import parse
from chat_core.server.store.searching import Reach, Search
from tests.contract.world import GENERAL_ID, World

FILE = FileInfo(name="plan.txt", size=3, type="text/plain", sha256=b"7" * 32)
CODE = b"c" * 32
HASH = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA"


def deleting(account: AccountId, conversation: int | str, name: str = "old") -> DeleteChannel:
    return DeleteChannel(account, conversation, name, 9)


async def used(world: World) -> tuple[AccountId, AccountId, AccountId, ConversationId]:
    """Make a channel of ann's with all that can hang on one; bob is in it, and eve was put out of it."""
    ann, bob, eve = await world.sign_in("ann", "bob", "eve")
    room = await world.join(ann, "old")
    for account in (bob, eve):
        await world.join(account, "old")
    await world.post(ann, room, "one, @bob", "two")
    await world.write(replace(world.message(bob, room, "plan.txt"), file=FILE))
    await world.post(bob, room, "an answer", thread=1)
    await world.edit(ann, 2, "two, again", room)
    await world.write(ReactTo(bob, room, 1, "👍", True, 1))
    await world.write(PinMessage(ann, room, 1, True, 1))
    await world.write(SetBookmark(bob, room, 1, True, 1))
    await world.mark(bob, room, 2)
    await world.write(AddHook(ann, room, "alarms", b"h" * 32, 1))
    await world.write(MakeInvite(CODE, None, None, "old", ann, 1))
    await world.write(SanctionInChannel(ann, room, "eve", "ban", 1))
    return ann, bob, eve, room


async def seen(world: World, account: AccountId) -> tuple[list[int], list[int], list[int]]:
    """Return where somebody's bookmarks and mentions are, by conversation, and the roots of their threads."""
    kept = await world.read(lambda reader: reader.bookmarked_seqs(account))
    mentioned, _ = await world.read(lambda reader: reader.mentions_of(account, None, 50))
    followed, _ = await world.read(lambda reader: reader.threads_of(account, 50, unread=False))
    places = [each.conversation for each in kept], [int(each.conversation) for each in mentioned]
    return *places, [each.root.seq for each in followed]


async def listed(world: World, account: AccountId) -> list[str]:
    """Return the names of the channels that somebody finds."""
    found, _ = await world.read(lambda reader: reader.channels(account, "", 100))
    return [each.name for each in found]


async def test_deleted_channel_is_gone_for_members_for_who_left_and_for_everybody_else(world: World) -> None:
    ann, bob, eve, room = await used(world)
    (zoe,) = await world.sign_in("zoe")

    await world.write(deleting(ann, room))

    for account in (ann, bob, eve, zoe):
        assert room not in [each.id for each in await world.list_of(account)]
        assert "old" not in await listed(world, account)
        for ref in (room, "#old"):
            with pytest.raises(Refused) as refused:
                await world.find(account, ref)
            assert refused.value.code is Refusal.NO_CONVERSATION
    await world.empty()
    assert await world.messages(room) == [] and await world.log(room) == []


async def test_each_member_is_told_who_deleted_it_also_when_they_come_back_later(world: World) -> None:
    ann, bob, eve, room = await used(world)
    head = len(await world.account_log(bob))

    await world.write(deleting(ann, "#old", " #OLD "))

    told = [event for event in await world.account_log(bob) if isinstance(event, ConversationLeft)]
    assert told == world.account_events(bob)[-1:]
    assert (told[0].conversation, told[0].reason, told[0].name, told[0].last) == (room, "deleted", "ann", 0)
    assert len(await world.account_log(bob)) == head + 1
    assert [event.reason for event in world.account_events(eve) if isinstance(event, ConversationLeft)] == ["banned"]
    assert {change.account for change in world.last.memberships} >= {ann, bob}
    assert not any(change.joined for change in world.last.memberships)
    await world.empty()


async def test_nothing_of_it_is_found_kept_or_counted_and_all_else_stays(world: World) -> None:
    ann, bob, _, room = await used(world)
    await world.post(ann, GENERAL_ID, "one stays, @bob")
    await world.write(SetBookmark(bob, GENERAL_ID, 1, True, 1))
    reaches = (Reach(room, 1, MAX_SEQ, 0), Reach(GENERAL_ID, 1, MAX_SEQ, 0))
    search = Search(phrases=tuple(parse("one", 0).phrases), reaches=reaches)
    assert len((await world.search(search)).hits) == 2

    await world.write(deleting(ann, room))

    assert [hit.message.body for hit in (await world.search(search)).hits] == ["one stays, @bob"]
    assert world.last.removed == [room]
    assert await world.read(lambda reader: reader.hook(b"h" * 32)) is None
    assert await seen(world, bob) == ([1], [1], [])
    await world.empty()
    assert [each.dropped for each in world.committed if each.dropped] == [(FILE.sha256,)]
    assert not await world.read(lambda reader: reader.is_kept(FILE.sha256))
    assert await seen(world, bob) == ([1], [1], [])
    kept, _ = await world.read(lambda reader: reader.bookmarks(bob, MAX_SEQ, 100))
    assert len(kept) == 1
    assert [each.body for each in await world.messages(GENERAL_ID)] == ["one stays, @bob"]


async def test_bookmarks_in_it_take_no_room_while_it_is_not_empty_yet(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marks, "BOOKMARKS_PER_ACCOUNT", 1)
    ann, bob, _, room = await used(world)
    await world.post(ann, GENERAL_ID)
    assert await world.refused(SetBookmark(bob, GENERAL_ID, 1, True, 1)) is Refusal.TOO_MANY

    await world.write(deleting(ann, room))

    await world.write(SetBookmark(bob, GENERAL_ID, 1, True, 1))
    await world.empty()
    kept = await world.read(lambda reader: reader.bookmarked_seqs(bob))
    assert [each.conversation for each in kept] == [GENERAL_ID]


async def test_invite_that_led_there_lets_in_to_the_server_alone_also_when_its_name_is_used_again(world: World) -> None:
    ann, bob, _, room = await used(world)

    await world.write(deleting(ann, room))
    await world.join(bob, "old")
    device = NewDevice(b"d" * 32, "the phone")
    gil, _, created = await world.write(RegisterAccount("gil", HASH, device, 9, how="invite", invite=CODE))

    assert created
    assert {each.target for each in await world.list_of(gil.id)} == {"#general", "#announcements"}
    await world.empty()


async def test_its_name_is_free_and_a_new_channel_of_that_name_has_nothing_of_the_old_one(world: World) -> None:
    ann, bob, eve, room = await used(world)

    await world.write(deleting(ann, room))
    new = await world.join(eve, "old")  # who was banned from what is no more

    assert new != room and await world.messages(new) == []
    assert (await world.write(world.message(eve, "#old", "anew")))[0] == new
    assert await world.refused(world.message(bob, room, "to what was")) is Refusal.NO_CONVERSATION
    await world.empty()
    assert [each.body for each in await world.messages(new)] == ["anew"]


async def test_message_behind_the_deletion_in_one_batch_is_refused_and_the_name_means_nothing(world: World) -> None:
    ann, bob, _, room = await used(world)
    await world.post(bob, "#old", "the name is known now")

    _, by_number, by_name = await world.together(
        deleting(ann, room), world.message(bob, room, "late"), world.message(bob, "#old", "late, too")
    )

    assert [each.code for each in (by_number, by_name)] == [Refusal.NO_CONVERSATION] * 2
    await world.empty()


async def test_store_that_is_opened_again_knows_nothing_of_it(world: World) -> None:
    ann, bob, _, room = await used(world)
    await world.write(deleting(ann, room))

    await world.reopen()

    search = Search(phrases=tuple(parse("two", 0).phrases), reaches=(Reach(room, 1, MAX_SEQ, 0),))
    assert (await world.search(search)).hits == []
    assert room not in [each.id for each in await world.list_of(bob)]
    assert await world.read(lambda reader: reader.unemptied()) == [room]
    await world.empty()
    assert await world.read(lambda reader: reader.unemptied()) == []
    page = await world.read(lambda reader: reader.history(room, "before", MAX_SEQ, 10, Bounds(0, None)))
    assert page.messages == []


async def test_only_who_made_it_and_owners_delete_it_and_only_by_its_name(world: World) -> None:
    ann, bob, eve, room = await used(world)

    assert await world.refused(deleting(eve, room)) is Refusal.NOT_ALLOWED
    assert await world.refused(deleting(bob, room)) is Refusal.NOT_ALLOWED
    await world.write(GiveRole(ann, room, "bob", "operator", 1))
    assert await world.refused(deleting(bob, room)) is Refusal.NOT_ALLOWED
    for wrong in ("general", "olds", "#", "old old"):
        assert await world.refused(deleting(ann, room, wrong)) is Refusal.BAD_NAME
    assert await world.refused(deleting(ann, GENERAL_ID, "general")) is Refusal.NOT_ALLOWED
    assert await world.refused(deleting(ann, await world.open_direct(ann, "bob"), "bob")) is Refusal.NOT_ALLOWED
    assert len(await world.messages(room)) == 4
    await world.write(deleting(ann, room, "#Old"))
    await world.empty()


async def test_deletion_is_in_the_audit_log_with_how_much_it_was(world: World) -> None:
    ann, _, _, room = await used(world)

    await world.write(deleting(ann, room))

    [*_, act] = await world.read(lambda reader: reader.acts(5))
    assert (act.actor, act.act, act.target) == ("ann", "delete channel", "#old")
    assert act.detail == f"conversation {room}: 3 messages, 1 in threads, 3 members"
    assert await world.refused(deleting(ann, room)) is Refusal.NO_CONVERSATION
    await world.empty()
    assert [act] == await world.read(lambda reader: reader.acts(1))


async def test_piece_is_bounded_in_bytes_as_well(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emptying, "PIECE_BYTES", 2000)
    (ann,) = await world.sign_in("ann")
    room = await world.join(ann, "old")
    await world.post(ann, room, "x" * 3000, *(["y" * 900] * 4))

    await world.write(deleting(ann, room))

    assert await world.empty() == 3, "one that is larger by itself, then two and two"


async def test_repeat_of_what_was_sent_there_is_refused_and_its_cid_may_be_used_again(world: World) -> None:
    ann, bob, _, room = await used(world)
    sent = world.message(bob, room, "of which no answer came")
    await world.write(sent)
    await world.write(deleting(ann, room))
    assert await world.read(lambda reader: reader.sent_as(bob, sent.cid)) is None

    assert await world.refused(sent) is Refusal.NO_CONVERSATION
    again = replace(sent, conversation=GENERAL_ID)
    *place, repeated = await world.write(again)
    assert await world.write(again) == (*place, True) and not repeated
    await world.empty()

    assert await world.write(again) == (*place, True)
