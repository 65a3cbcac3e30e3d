"""Every store: whom messages mention, how that is counted, and everything that mentions somebody."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pytest

from chat_core.base.ids import AccountId
from chat_core.base.mentions import MAX_NAMES
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import ConversationQuieted, MessageEdited, MessagePosted, ReadMarkerMoved
from chat_core.protocol.limits import PAGE_BYTES
from chat_core.server.store.acts import GiveRole
from chat_core.server.store.attention import MarkEverythingRead, Mentioned, MentionKey, QuietConversation
from chat_core.server.store.base import Reader
from chat_core.server.store.conversations import LeaveConversation
from chat_core.server.store.messages import AppendMessage, MoveReadMarker
from chat_core.server.store.people import RenameAccount
from tests.contract.world import GENERAL_ID, World


async def counts(world: World, account: AccountId) -> tuple[int, int]:
    """Return what is unread in #general, and what of it mentions the account."""
    seen = await world.conversation(account, GENERAL_ID)
    return seen.unread, seen.mentions


async def listed(world: World, account: AccountId, before: MentionKey | None = None, limit: int = 50) -> list[str]:
    """Return the bodies of what mentions an account, the newest first."""
    found, _ = await world.read(lambda reader: reader.mentions_of(account, before, limit))
    return [each.message.body for each in found]


def _page(reader: Reader, account: AccountId, before: MentionKey | None) -> tuple[Sequence[Mentioned], bool]:
    return reader.mentions_of(account, before, 2)


async def test_mention_is_told_by_event_page_and_count_of_those_who_are_there(world: World) -> None:
    ann, bob, eve = await world.sign_in("ann", "bob", "eve")
    await world.write(LeaveConversation(eve, GENERAL_ID, 1))

    await world.post(ann, GENERAL_ID, "@BOB @eve @ann @nobody x")

    [posted] = world.last.events
    assert isinstance(posted, MessagePosted)
    assert (posted.mentions, posted.everyone) == ((bob,), "")
    assert [each.mentions for each in await world.messages(GENERAL_ID)] == [(bob,)]
    assert list(await world.log(GENERAL_ID)) == [posted]
    assert (await counts(world, bob), await counts(world, ann)) == ((1, 1), (0, 0))
    assert (await listed(world, bob), await listed(world, eve), await listed(world, ann)) == ([posted.body], [], [])


async def test_mention_stays_with_the_account_when_its_name_changes(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    await world.post(ann, GENERAL_ID, "@bob one")
    await world.write(RenameAccount(bob, "rob", 1))

    await world.post(ann, GENERAL_ID, "@bob two", "@rob three")

    assert (await counts(world, bob), await listed(world, bob)) == ((3, 2), ["@rob three", "@bob one"])


async def test_edit_and_deletion_change_who_is_mentioned(world: World) -> None:
    ann, bob, eve = await world.sign_in("ann", "bob", "eve")
    await world.post(ann, GENERAL_ID, "@bob one", "@bob @eve two")

    await world.edit(ann, 1, "@eve one")

    [edited] = world.last.events
    assert isinstance(edited, MessageEdited) and edited.mentions == (eve,)
    assert (await counts(world, bob), await counts(world, eve)) == ((2, 1), (2, 2))
    await world.delete(ann, 2)
    assert (await counts(world, bob), await counts(world, eve)) == ((1, 0), (1, 1))
    assert (await listed(world, bob), await listed(world, eve)) == ([], ["@eve one"])
    log = await world.log(GENERAL_ID)
    assert [each.mentions for each in log if isinstance(each, MessagePosted)] == [(bob,), ()], "no trace of whom"


async def test_call_to_everybody_is_for_voices_and_operators_and_one_row(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    dev = await world.join(ann, "dev")
    await world.join(bob, "dev")
    for body in ("@channel", "well, @here."):
        assert await world.refused(world.message(bob, dev, body)) is Refusal.NOT_ALLOWED
    await world.post(bob, dev, "`@channel` is code", "> @here quoted")

    await world.post(ann, dev, "@channel and @bob")
    await world.write(GiveRole(ann, dev, "bob", "voice", 1))
    await world.post(bob, dev, "@here now")

    everyone = [each.everyone for each in await world.messages(dev)]
    assert everyone == ["", "", "channel", "here"]
    seen = await world.conversation(bob, dev)
    assert (seen.unread, seen.mentions) == (1, 1), "named and called at once is one mention"
    assert (await listed(world, bob), await listed(world, ann)) == (["@channel and @bob"], ["@here now"])


async def test_call_to_everybody_by_an_edit_is_refused_as_a_new_one_is(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    await world.post(bob, GENERAL_ID, "hello")

    with pytest.raises(
        Exception, match=r"^Only operators and voices of a channel .* call everybody with @here. Name people"
    ):
        await world.edit(bob, 1, "hello @here")

    assert (await counts(world, ann), [each.body for each in await world.messages(GENERAL_ID)]) == ((1, 0), ["hello"])


async def test_call_between_two_is_only_text(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    direct = await world.open_direct(ann, "bob")

    await world.post(ann, direct, "@channel @bob")

    [message] = await world.messages(direct)
    assert (message.mentions, message.everyone) == ((bob,), "")


async def test_mentions_are_listed_by_pages_over_all_conversations(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    places = [GENERAL_ID, await world.join(ann, "dev"), await world.open_direct(ann, "bob")]
    await world.join(bob, "dev")
    for number in range(6):
        await world.post(ann, places[number % 3], f"@bob {number}", ts=100 - number if number < 2 else 50)

    found: list[str] = []
    key: MentionKey | None = None
    more = True
    while more:
        page, more = await world.read(partial(_page, account=bob, before=key))
        assert len(page) == 2
        found += [each.message.body for each in page]
        key = page[-1].key

    assert found == ["@bob 0", "@bob 1", *(await listed(world, bob))[2:]]
    assert sorted(found) == [f"@bob {number}" for number in range(6)]


async def test_mentions_of_a_conversation_that_was_left_are_not_listed(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    dev = await world.join(ann, "dev")
    await world.join(bob, "dev")
    await world.post(ann, dev, "@bob secret", "@channel secret")
    assert len(await listed(world, bob)) == 2

    await world.write(LeaveConversation(bob, dev, 1))

    assert await listed(world, bob) == []


async def test_page_of_mentions_ends_where_a_frame_would_be_full(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    text = "@bob " + "x" * 16_000
    await world.post(ann, GENERAL_ID, *(text for _ in range(15)))

    found, more = await world.read(lambda reader: reader.mentions_of(bob, None, 50))

    assert (len(found), more) == (PAGE_BYTES // len(text), True)


async def test_marker_goes_back_when_asked_to_and_counts_what_is_unread_again(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    await world.post(ann, GENERAL_ID, "one", "@bob two")
    await world.mark(bob, GENERAL_ID, 2)
    await world.post(bob, GENERAL_ID, "mine")
    await world.post(ann, GENERAL_ID, "three")
    await world.delete(ann, 4)

    await world.write(MoveReadMarker(bob, GENERAL_ID, 1, back=True))

    [(account, told)] = world.last.account_events
    assert isinstance(told, ReadMarkerMoved)
    assert (account, told.read, told.back) == (bob, 1, True)
    assert await counts(world, bob) == (1, 1)
    await world.write(MoveReadMarker(bob, GENERAL_ID, 1, back=True))
    assert len(world.last.account_events) == 1, "a device that has read on must hear of it"
    await world.mark(bob, GENERAL_ID, 2)
    assert await counts(world, bob) == (0, 0)
    await world.post(bob, GENERAL_ID, "again")
    assert (await world.conversation(bob, GENERAL_ID)).read == 6, "nothing unread lay before it: what did was deleted"


async def test_everything_is_marked_read_at_once_up_to_what_was_seen(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    direct = await world.open_direct(ann, "bob")
    await world.post(ann, GENERAL_ID, "one", "two")
    await world.post(ann, direct, "three")

    await world.write(MarkEverythingRead(bob, {GENERAL_ID: 1, direct: 99, 77: 3}))

    moved = [told for _, told in world.last.account_events if isinstance(told, ReadMarkerMoved)]
    assert [(told.conversation, told.read) for told in moved] == [(GENERAL_ID, 1), (direct, 1)]
    assert [each.unread for each in await world.list_of(bob)] == [1, 0, 0]


async def test_quiet_is_the_accounts_own_and_kept(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")

    await world.write(QuietConversation(bob, "#general", True))

    assert world.last.account_events[0][1] == ConversationQuieted(
        seq=world.last.account_events[0][1].seq, conversation=GENERAL_ID, quiet=True
    )
    await world.write(QuietConversation(bob, GENERAL_ID, True))
    assert world.last.account_events == ()
    await world.reopen()
    assert (await world.conversation(bob, GENERAL_ID)).quiet
    assert not (await world.conversation(ann, GENERAL_ID)).quiet
    assert isinstance((await world.account_log(bob))[-1], ConversationQuieted)
    await world.write(QuietConversation(bob, GENERAL_ID, False))
    assert not (await world.conversation(bob, GENERAL_ID)).quiet


async def test_call_to_those_who_are_here_names_them_while_they_can_be_named(world: World) -> None:
    ann, *others = await world.sign_in("ann", *(f"guest{number}" for number in range(MAX_NAMES + 1)))
    room = await world.join(ann, "here")
    for other in others:
        await world.join(other, "here")

    async def called(here: Sequence[AccountId]) -> tuple[tuple[int, ...], str]:
        op = AppendMessage(ann, room, world.cid(), None, "@here", "@here", "text", None, 5, here=frozenset(here))
        await world.write(op)
        message = (await world.messages(room))[-1]
        return message.mentions, message.everyone

    stranger = (await world.sign_in("stranger"))[0]
    assert await called([ann, others[2], others[0], stranger]) == ((others[0], others[2]), "")
    assert await called([ann]) == ((), "")
    assert await called(others[:MAX_NAMES]) == (tuple(others[:MAX_NAMES]), "")
    assert await called(others) == ((), "here"), "more than can be named: it is a call to everybody"


async def test_thread_counts_as_mentions_what_names_who_asks_and_not_who_else_follows_it(world: World) -> None:
    ann, bob, eve = await world.sign_in("ann", "bob", "eve")
    await world.post(ann, GENERAL_ID, "a question")
    await world.post(eve, GENERAL_ID, "ask @bob", thread=1)

    counts = {}
    for account in (ann, bob):
        (count,), _ = await world.read(lambda reader, account=account: reader.thread_counts(account, None, 10))  # type: ignore[misc]
        counts[account] = (count.unread, count.mentions)

    assert counts == {ann: (1, 0), bob: (1, 1)}
