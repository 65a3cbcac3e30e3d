"""Every store: what people write whom an account ignores is nothing new to it, wherever it is counted."""

from __future__ import annotations

from chat_core.base.ids import AccountId
from chat_core.protocol.events import ThreadMarked
from chat_core.server.store.messages import MoveReadMarker
from chat_core.server.store.private import IgnoreAccount
from tests.contract.world import GENERAL_ID, World


async def ignore(world: World, account: AccountId, name: str, *, on: bool = True) -> None:
    await world.write(IgnoreAccount(account, name, on))


async def counts(world: World, account: AccountId) -> tuple[int, int, int]:
    """Return how far was read in #general, what is unread there, and what of it mentions the account."""
    seen = await world.conversation(account, GENERAL_ID)
    listed = await world.read(lambda reader: reader.unread_of(account))
    assert [each for each in listed if each.id == GENERAL_ID] == [seen] * bool(seen.unread)
    return seen.read, seen.unread, seen.mentions


async def mentioned(world: World, account: AccountId) -> list[str]:
    found, _ = await world.read(lambda reader: reader.mentions_of(account, None, 50))
    return [each.message.body for each in found]


async def test_nothing_by_an_ignored_person_is_unread_or_a_mention(world: World) -> None:
    ann, bob, eve = await world.sign_in("ann", "bob", "eve")
    await world.post(eve, GENERAL_ID, "@ann one", "two")
    await world.post(bob, GENERAL_ID, "@ann three")
    assert await counts(world, ann) == (0, 3, 2)

    await ignore(world, ann, "eve")

    assert await counts(world, ann) == (0, 1, 1)
    await world.post(eve, GENERAL_ID, "@ann four")
    assert (await counts(world, ann), await mentioned(world, ann)) == ((0, 1, 1), ["@ann three"])
    await ignore(world, ann, "eve", on=False)
    assert (await counts(world, ann), len(await mentioned(world, ann))) == ((0, 4, 3), 3)
    assert await counts(world, bob) == (0, 3, 0), "it is ann's own"


async def test_counts_stay_right_when_messages_of_an_ignored_person_change(world: World) -> None:
    ann, bob, eve = await world.sign_in("ann", "bob", "eve")
    await ignore(world, ann, "eve")
    await world.post(bob)
    await world.post(eve, GENERAL_ID, "two", "three")

    await world.edit(eve, 2, "@ann two")
    assert await counts(world, ann) == (0, 1, 0)
    await world.delete(eve, 2)
    await world.delete(bob, 1)

    assert await counts(world, ann) == (0, 0, 0)
    await ignore(world, ann, "eve", on=False)
    assert await counts(world, ann) == (0, 1, 0)


async def test_own_message_moves_the_marker_past_those_of_ignored_people(world: World) -> None:
    ann, bob, eve = await world.sign_in("ann", "bob", "eve")
    await ignore(world, ann, "eve")
    await world.post(eve)

    await world.post(ann)

    assert await counts(world, ann) == (2, 0, 0)
    await world.together(world.message(bob), world.message(eve), world.message(ann))
    assert await counts(world, ann) == (2, 1, 0), "bob's lies before it"
    await world.mark(ann, GENERAL_ID, 4)
    assert await counts(world, ann) == (5, 0, 0), "its own follows at once"


async def test_marker_that_goes_back_counts_nobody_who_is_ignored(world: World) -> None:
    ann, bob, eve = await world.sign_in("ann", "bob", "eve")
    await ignore(world, ann, "eve")
    await world.together(*(world.message(who) for who in (bob, eve, ann, bob, eve, eve)))
    await world.mark(ann, GENERAL_ID, 6)

    for seq, unread in ((0, 2), (1, 1), (5, 0), (2, 1), (6, 0)):
        await world.write(MoveReadMarker(ann, GENERAL_ID, seq, back=True))
        assert await counts(world, ann) == (seq, unread, 0)
    await world.write(MoveReadMarker(ann, GENERAL_ID, 0, back=True))
    await ignore(world, ann, "eve", on=False)
    assert (await counts(world, ann))[1] == 5


async def test_message_of_an_ignored_person_calls_nobody_into_its_thread(world: World) -> None:
    ann, bob, eve = await world.sign_in("ann", "bob", "eve")
    await ignore(world, ann, "eve")
    await world.post(bob)

    [seq] = await world.post(eve, GENERAL_ID, "@ann @bob", thread=1)
    await world.edit(eve, seq, "@ann really")

    assert not [event for event in world.account_events(ann) if isinstance(event, ThreadMarked)]
    followed, _ = await world.read(lambda reader: reader.threads_of(bob, 9, unread=True))
    assert [each.unread for each in followed] == [1]


async def test_thread_counts_nobody_who_is_ignored(world: World) -> None:
    ann, bob, eve = await world.sign_in("ann", "bob", "eve")
    await world.post(ann)
    await world.post(eve, GENERAL_ID, "@ann one", "two", thread=1)
    await world.post(bob, GENERAL_ID, "three", thread=1)

    async def count() -> list[tuple[int, int]]:
        found, _ = await world.read(lambda reader: reader.thread_counts(ann, None, 9))
        return [(each.unread, each.mentions) for each in found]

    assert await count() == [(3, 1)]
    await ignore(world, ann, "eve")
    assert await count() == [(1, 0)]
