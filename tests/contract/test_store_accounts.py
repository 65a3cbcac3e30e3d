"""Every store: accounts."""

from __future__ import annotations

import pytest

from chat_core.base.ids import AccountId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import ConversationJoined
from chat_core.protocol.values import Account
from chat_core.server.store.people import RenameAccount, SignInByName
from tests.contract.world import GENERAL_ID, World


async def test_sign_in_makes_an_account_in_general_and_announcements_when_the_name_is_new(world: World) -> None:
    account, created = await world.write(SignInByName("ann", 5))

    assert created
    assert account.name == "ann"
    told = world.account_events(account.id)
    assert [event.seq for event in told] == [1, 2]
    joined = [event.conversation for event in told if isinstance(event, ConversationJoined)]
    assert [(one.target, one.kind, one.members) for one in joined] == [
        ("#general", "channel", 1),
        ("#announcements", "announcements", 1),
    ]
    assert [(change.account, change.name, change.joined, change.members) for change in world.last.memberships] == [
        (account.id, "ann", True, 1)
    ] * 2


async def test_sign_in_finds_the_account_in_whatever_spelling_when_it_exists(world: World) -> None:
    [ann] = await world.sign_in("Ann")
    before = len(world.events()) + len(world.account_events(ann))

    assert await world.write(SignInByName("aNN", 5)) == (Account(id=ann, name="Ann"), False)
    assert len(world.events()) + len(world.account_events(ann)) == before


async def test_sign_in_finds_the_account_made_earlier_in_the_same_batch(world: World) -> None:
    first, second = await world.together(SignInByName("ann", 1), SignInByName("ANN", 2))

    assert (first[1], second[1]) == (True, False)
    assert first[0] == second[0]


@pytest.mark.parametrize("name", ["", "two words", "x" * 33, "-dash", "a\nb"])
async def test_sign_in_is_refused_when_the_name_breaks_the_rule(world: World, name: str) -> None:
    assert await world.refused(SignInByName(name, 1)) is Refusal.BAD_NAME
    assert await world.read(lambda reader: reader.users("", 10)) == ([], False)


async def test_new_account_finds_nothing_unread_when_others_talked_before(world: World) -> None:
    [ann] = await world.sign_in("ann")
    await world.post(ann, GENERAL_ID, "one", "two")

    [bob] = await world.sign_in("bob")

    general = await world.conversation(bob, GENERAL_ID)
    assert (general.head, general.read, general.unread) == (2, 2, 0)


async def test_rename_gives_the_account_another_name_everywhere(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    direct = await world.open_direct(bob, "ann")
    await world.post(ann, GENERAL_ID, "before")

    assert await world.write(RenameAccount(ann, "anna", 1)) == Account(id=ann, name="anna")

    assert world.last.renamed == Account(id=ann, name="anna")
    await world.post(ann, GENERAL_ID, "after")
    assert world.events()[-1].name == "anna"
    assert {message.name for message in await world.messages(GENERAL_ID)} == {"anna"}
    assert {event.name for event in await world.log(GENERAL_ID)} == {"anna"}
    assert (await world.conversation(bob, direct)).name == "anna"
    assert (await world.find(bob, "@Anna")).id == direct
    assert await world.write(SignInByName("anna", 1)) == (Account(id=ann, name="anna"), False)


async def test_rename_lets_the_old_name_go_when_it_was_used_for_posting(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    first = await world.open_direct(bob, "ann")
    await world.post(bob, "@ann", "to the first")

    await world.write(RenameAccount(ann, "anna", 1))
    [other] = await world.sign_in("ann")
    assert await world.refused(world.message(bob, "@ann")) is Refusal.NO_CONVERSATION
    second = await world.open_direct(bob, "ann")
    await world.post(bob, "@ann", "to the second")

    assert other != ann
    assert [message.body for message in await world.messages(first)] == ["to the first"]
    assert [message.body for message in await world.messages(second)] == ["to the second"]


async def test_rename_is_refused_when_another_account_has_the_name(world: World) -> None:
    ann, _ = await world.sign_in("ann", "Bob")

    assert await world.refused(RenameAccount(ann, "BOB", 1)) is Refusal.NAME_TAKEN
    assert await world.refused(RenameAccount(ann, "b o b", 1)) is Refusal.BAD_NAME
    assert await world.refused(RenameAccount(AccountId(99), "eve", 1)) is Refusal.NO_ACCOUNT


async def test_rename_to_another_spelling_of_the_own_name_is_allowed(world: World) -> None:
    [ann] = await world.sign_in("ann")

    assert (await world.write(RenameAccount(ann, "Ann", 1))).name == "Ann"
    assert world.last.renamed is not None
    assert (await world.write(RenameAccount(ann, "Ann", 1))).name == "Ann"
    assert world.last.renamed is None


async def test_users_are_paged_by_name_whatever_their_spelling(world: World) -> None:
    await world.sign_in("bob", "Ann", "Émile", "carl", "Zoë")

    first, more = await world.read(lambda reader: reader.users("", 3))
    assert ([account.name for account in first], more) == (["Ann", "bob", "carl"], True)
    rest, more = await world.read(lambda reader: reader.users("CARL", 3))
    assert ([account.name for account in rest], more) == (["Zoë", "Émile"], False)


async def test_accounts_are_looked_up_by_number_and_come_by_name(world: World) -> None:
    bob, ann, _ = await world.sign_in("bob", "Ann", "carl")

    found = await world.read(lambda reader: reader.accounts([bob, ann, bob, AccountId(99)]))

    assert [account.name for account in found] == ["Ann", "bob"]
