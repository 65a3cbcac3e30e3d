"""Every store: private chats, policies and ignoring. One chat at a time, and nobody writes where it is not wanted."""

from __future__ import annotations

from chat_core.base.ids import AccountId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import PrivateChatChanged
from chat_core.server.store.base import Refused
from chat_core.server.store.conversations import OpenDirect
from chat_core.server.store.private import AskChat, ChooseDmPolicy, CloseChat, IgnoreAccount, ReplyChat
from tests.contract.world import World


def told(world: World, account: AccountId) -> list[tuple[int, str, str, bool]]:
    return [
        (event.number, event.act, event.name, event.own)
        for event in world.account_events(account)
        if isinstance(event, PrivateChatChanged)
    ]


async def numbers(world: World, account: AccountId) -> list[tuple[int, bool]]:
    chats, _ = await world.read(lambda reader: reader.chats_of(account))
    return [(chat.number, chat.begun) for chat in chats]


async def words(world: World, op: object) -> str:
    try:
        await world.write(op)  # type: ignore[arg-type]
    except Refused as refused:
        return str(refused)
    raise AssertionError("not refused")


async def test_private_chat_begins_at_once_and_is_ended_for_both(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")

    chat, conversation = await world.write(AskChat(ann, "bob", 5))

    assert (chat.number, chat.name, chat.mine, chat.begun) == (1, "bob", True, True)
    assert (conversation.kind, conversation.name) == ("direct", "bob")
    assert await numbers(world, ann) == await numbers(world, bob) == [(1, True)]
    await world.post(bob, "@ann", "hello")
    await world.write(CloseChat(bob, 1, 6))
    await world.write(CloseChat(bob, 1, 7))
    assert await numbers(world, ann) == []
    assert told(world, ann) == [(1, "begun", "bob", True), (1, "ended", "bob", False)]
    assert told(world, bob) == [(1, "begun", "ann", False), (1, "ended", "ann", True)]
    assert [message.body for message in await world.messages(conversation.id)] == ["hello"]
    chat, again = await world.write(AskChat(bob, "ann", 8))
    assert (chat.number, again.id) == (2, conversation.id)


async def test_private_chat_is_refused_while_one_of_the_two_has_another(world: World) -> None:
    ann, bob, carol = await world.sign_in("ann", "bob", "carol")
    first = await world.write(AskChat(ann, "bob", 5))

    assert await world.refused(AskChat(carol, "bob", 6)) is Refusal.UNAVAILABLE
    assert await world.refused(AskChat(ann, "carol", 6)) is Refusal.UNAVAILABLE
    assert await world.refused(CloseChat(carol, first[0].number, 6)) is Refusal.NOT_ALLOWED
    assert await world.refused(CloseChat(carol, 99, 6)) is Refusal.NOT_ALLOWED
    assert await world.refused(AskChat(ann, "ann", 6)) is Refusal.NOT_ALLOWED
    assert await world.refused(AskChat(ann, "nobody", 6)) is Refusal.NO_ACCOUNT
    assert (await world.write(AskChat(ann, "bob", 7)))[0].number == first[0].number
    assert (await world.write(AskChat(bob, "ann", 7)))[0].number == first[0].number


async def test_request_is_accepted_declined_or_withdrawn_when_the_policy_asks_for_it(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    await world.write(ChooseDmPolicy(bob, "request"))
    assert await world.refused(OpenDirect(ann, "bob", 1)) is Refusal.NOT_ALLOWED

    chat, conversation = await world.write(AskChat(ann, "bob", 5))
    assert not chat.begun
    assert await world.refused(world.message(ann, conversation.id)) is Refusal.NOT_ALLOWED
    await world.write(ReplyChat(bob, "ann", False, 6))
    assert await world.refused(ReplyChat(bob, "ann", True, 6)) is Refusal.NOT_ALLOWED
    await world.write(AskChat(ann, "bob", 7))
    await world.write(CloseChat(ann, 2, 8))
    await world.write(AskChat(ann, "bob", 9))
    await world.write(ReplyChat(bob, "ann", True, 10))

    await world.post(ann, conversation.id, "may I?")
    await world.write(CloseChat(bob, 0, 11))
    assert await world.refused(world.message(ann, conversation.id)) is Refusal.NOT_ALLOWED
    await world.post(bob, conversation.id, "my door is shut, yours is not")
    assert [(number, act) for number, act, *_ in told(world, bob)] == [
        (1, "asked"),
        (1, "declined"),
        (2, "asked"),
        (2, "ended"),
        (3, "asked"),
        (3, "begun"),
        (3, "ended"),
    ]


async def test_private_chat_begins_when_both_have_asked(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    await world.write(ChooseDmPolicy(ann, "request"))
    await world.write(ChooseDmPolicy(bob, "request"))
    await world.write(AskChat(ann, "bob", 5))

    chat, _ = await world.write(AskChat(bob, "ann", 6))

    assert (chat.number, chat.begun, chat.mine) == (1, True, False)


async def test_older_request_is_withdrawn_when_somebody_else_is_asked(world: World) -> None:
    ann, bob, carol = await world.sign_in("ann", "bob", "carol")
    await world.write(ChooseDmPolicy(bob, "request"))
    await world.write(AskChat(ann, "bob", 5))

    await world.write(AskChat(ann, "carol", 6))

    assert await numbers(world, bob) == []
    assert await numbers(world, carol) == [(2, True)]
    assert told(world, bob)[-1] == (1, "ended", "ann", False)


async def test_ignored_account_hears_the_same_words_as_with_a_closed_door(world: World) -> None:
    ann, bob, carol = await world.sign_in("ann", "bob", "carol")
    for name in ("bob", "carol"):
        await world.write(OpenDirect(ann, name, 1))
    await world.post(ann, "@bob")
    await world.write(IgnoreAccount(bob, "ann", True))
    await world.write(ChooseDmPolicy(carol, "closed"))

    for name in ("bob", "carol"):
        for op in (AskChat(ann, name, 5), world.message(ann, f"@{name}")):
            said = await words(world, op)
            assert said == f"'{name}' takes no private messages."
    assert await world.read(lambda reader: reader.ignored_by(bob)) == ["ann"]
    await world.post(ann, "#general", "elsewhere")
    await world.write(IgnoreAccount(bob, "ann", False))
    await world.write(ChooseDmPolicy(carol, "open"))
    await world.post(ann, "@bob")
    await world.post(ann, "@carol")
    assert await world.refused(IgnoreAccount(bob, "bob", True)) is Refusal.NOT_ALLOWED


async def test_private_chat_and_policy_are_there_after_a_restart(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    await world.write(ChooseDmPolicy(bob, "request"))
    _, conversation = await world.write(AskChat(ann, "bob", 5))
    await world.write(ReplyChat(bob, "ann", True, 6))

    await world.reopen()

    assert await numbers(world, ann) == [(1, True)]
    await world.post(ann, conversation.id)
    assert (await world.read(lambda reader: reader.chats_of(bob)))[1] == "request"
    head = await world.read(lambda reader: reader.account_head(bob))
    kept = await world.read(lambda reader: reader.account_events(bob, 0))
    assert kept[-1] == world.account_events(bob)[-1]
    assert kept[-1].seq == head
