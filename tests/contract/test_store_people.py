"""Every store: signing in, devices, passwords, guests, and what is done to accounts."""

from __future__ import annotations

from chat_core.base.ids import AccountId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import ConversationLeft
from chat_core.protocol.limits import DEVICES_PER_ACCOUNT
from chat_core.protocol.values import Account
from chat_core.server.store.acts import ChangeRules
from chat_core.server.store.conversations import JoinChannel
from chat_core.server.store.people import (
    SWEPT,
    AddAccount,
    AllowName,
    DisableAccount,
    DropDevices,
    MakeGuest,
    OpenDevice,
    RenameAccount,
    SetPassword,
    SetServerRole,
    SignInByName,
    SignInByToken,
    Sweep,
)
from tests.contract.registering import HASH, MINUTE, OTHER, device, digest, invite, register, registering
from tests.contract.world import GENERAL_ID, World

# --- signing in


async def test_name_with_a_password_asks_for_it_always(world: World) -> None:
    await register(world, "ann")

    assert await world.refused(SignInByName("Ann", 1)) is Refusal.PASSWORD_NEEDED
    assert await world.refused(SignInByName("ann", 1, "listed")) is Refusal.PASSWORD_NEEDED


async def test_name_alone_makes_no_account_where_new_ones_are_held_back(world: World) -> None:
    [ann] = await world.sign_in("ann")

    assert await world.refused(SignInByName("bob", 1, "none")) is Refusal.SIGN_IN_REFUSED
    assert (await world.write(SignInByName("ann", 1, "none")))[0].id == ann
    assert await world.refused(SignInByName("ann", 1, "listed")) is Refusal.SIGN_IN_REFUSED
    await world.write(AllowName("bob", True, 1))
    assert (await world.write(SignInByName("bob", 1, "listed")))[1]


async def test_token_finds_its_account_and_device_and_notes_the_time(world: World) -> None:
    ann = await register(world, "ann")
    first = (await world.read(lambda reader: reader.devices_of(ann)))[0].id
    second, _ = (await world.write(OpenDevice(ann, HASH, device("phone"), 7)))[1:]

    assert await world.write(SignInByToken(digest("phone"), 7 + MINUTE)) == (Account(id=ann, name="ann"), second)
    assert (await world.write(SignInByToken(digest("ann"), 8)))[1] == first
    rows = await world.read(lambda reader: reader.devices_of(ann))
    assert [(row.id, row.used_ts) for row in rows] == [(second, 7 + MINUTE), (first, 5)]
    row = await world.read(lambda reader: reader.account_row(ann))
    assert row is not None and (row.seen_ts, row.devices, row.registered) == (7 + MINUTE, 2, True)


async def test_device_is_not_opened_when_the_password_changed_meanwhile(world: World) -> None:
    ann = await register(world, "ann")
    await world.write(SetPassword(ann, OTHER, 6, HASH))

    assert await world.refused(OpenDevice(ann, HASH, device("phone"), 7)) is Refusal.WRONG_CREDENTIALS


async def test_hash_is_replaced_at_sign_in_when_it_was_made_anew(world: World) -> None:
    ann = await register(world, "ann")

    await world.write(OpenDevice(ann, HASH, device("phone"), 7, rehashed=OTHER))

    known = await world.read(lambda reader: reader.credentials(ann))
    assert known is not None and known.password == OTHER


async def test_device_that_was_unused_for_longest_makes_room(world: World) -> None:
    ann = await register(world, "ann")
    opened = [
        (await world.write(OpenDevice(ann, HASH, device(f"d{number}"), 10 + number)))
        for number in range(DEVICES_PER_ACCOUNT)
    ]

    assert [evicted for _, _, evicted in opened[:-1]] == [()] * (DEVICES_PER_ACCOUNT - 1)
    assert len(opened[-1][2]) == 1
    assert len(await world.read(lambda reader: reader.devices_of(ann))) == DEVICES_PER_ACCOUNT
    assert await world.refused(SignInByToken(digest("ann"), 99)) is Refusal.WRONG_CREDENTIALS


async def test_device_that_was_revoked_is_worth_nothing_and_is_ones_own_only(world: World) -> None:
    ann = await register(world, "ann")
    bob = await register(world, "bob")
    number = (await world.read(lambda reader: reader.devices_of(ann)))[0].id

    assert await world.refused(DropDevices(bob, number)) is Refusal.NO_DEVICE
    assert await world.write(DropDevices(ann, number)) == (number,)
    assert await world.refused(DropDevices(ann, number)) is Refusal.NO_DEVICE
    assert await world.refused(SignInByToken(digest("ann"), 9)) is Refusal.WRONG_CREDENTIALS


# --- passwords


async def test_new_password_signs_every_other_device_out(world: World) -> None:
    ann = await register(world, "ann")
    here = (await world.read(lambda reader: reader.devices_of(ann)))[0].id
    phone = (await world.write(OpenDevice(ann, HASH, device("phone"), 7)))[1]

    assert (await world.write(SetPassword(ann, OTHER, 8, HASH, keep=here)))[1:] == ((phone,), None)

    assert await world.refused(SignInByToken(digest("phone"), 9)) is Refusal.WRONG_CREDENTIALS
    assert (await world.write(SignInByToken(digest("ann"), 9)))[1] == here
    assert await world.refused(SetPassword(ann, HASH, 9, HASH)) is Refusal.WRONG_CREDENTIALS


async def test_first_password_registers_the_name_and_makes_a_device(world: World) -> None:
    [ann] = await world.sign_in("ann")

    account, dropped, number = await world.write(SetPassword(ann, HASH, 8, None, device=device("desk")))

    assert (account.id, dropped) == (ann, ())
    assert (await world.write(SignInByToken(digest("desk"), 9)))[1] == number
    assert await world.refused(SignInByName("ann", 9)) is Refusal.PASSWORD_NEEDED


# --- guests


async def test_guest_is_told_of_a_closed_channel_what_is_told_of_none(world: World) -> None:
    (ann,) = await world.sign_in("ann")
    room = await world.join(ann, "room")
    await world.write(ChangeRules(ann, room, 1, visibility="invite"))
    guest, _ = await world.write(MakeGuest(("guest.ann",), device("a"), 5))

    for name in ("room", "nowhere"):
        assert await world.refused(JoinChannel(guest.id, name, create=True, ts=6)) is Refusal.NOT_ALLOWED


async def test_guest_gets_the_first_free_name_and_comes_back_by_token_only(world: World) -> None:
    first, _ = await world.write(MakeGuest(("guest.ann", "guest.1"), device("a"), 5))
    second, number = await world.write(MakeGuest(("guest.ann", "guest.2"), device("b"), 5))

    assert (first.name, first.role, second.name) == ("guest.ann", "guest", "guest.2")
    assert await world.write(SignInByToken(digest("b"), 6)) == (second, number)
    assert await world.refused(SignInByName("guest.ann", 6)) is Refusal.NAME_TAKEN
    assert await world.refused(registering("guest.ann", may_claim=True)) is Refusal.NAME_TAKEN
    assert await world.refused(SetPassword(AccountId(first.id), HASH, 6, None)) is Refusal.NOT_ALLOWED
    assert await world.refused(SetServerRole("guest.ann", "member", 1)) is Refusal.NOT_ALLOWED
    assert await world.refused(RenameAccount(AccountId(first.id), "ann", 1)) is Refusal.BAD_NAME
    assert (await world.write(RenameAccount(AccountId(first.id), "guest.Anna", 1))).name == "guest.Anna"
    [bob] = await world.sign_in("bob")
    assert await world.refused(RenameAccount(bob, "guest.bob", 1)) is Refusal.BAD_NAME


async def test_guests_that_did_not_come_back_are_ended_and_others_stay(world: World) -> None:
    [ann] = await world.sign_in("ann")
    gone = AccountId((await world.write(MakeGuest(("guest.gone",), device("gone"), 5)))[0].id)
    here = AccountId((await world.write(MakeGuest(("guest.here",), device("here"), 5)))[0].id)
    back = AccountId((await world.write(MakeGuest(("guest.back",), device("back"), 5)))[0].id)
    await world.write(SignInByToken(digest("back"), 5 + 2 * MINUTE))
    await world.post(gone, GENERAL_ID, "I was here")
    await invite(world, "over", expires=4)

    assert await world.write(Sweep(6 + MINUTE, 5 + MINUTE, {here})) == (gone,)

    left = [e.conversation for e in world.account_events(gone) if isinstance(e, ConversationLeft)]
    assert left == [1]
    assert [member.name for member in (await world.members(GENERAL_ID))[0]] == ["ann", "guest.back", "guest.here"]
    assert await world.refused(SignInByToken(digest("gone"), 9)) is Refusal.WRONG_CREDENTIALS
    assert (await world.write(SignInByToken(digest("here"), 9)))[0].id == here
    assert [(m.body, m.name) for m in await world.messages(GENERAL_ID)] == [("I was here", "guest.gone")]
    assert await world.write(Sweep(6 + MINUTE, 5 + MINUTE, {here})) == ()
    assert (ann, back) == (1, 4)


async def test_many_guests_are_ended_a_few_at_a_time(world: World) -> None:
    for number in range(SWEPT + 3):
        await world.write(MakeGuest((f"guest.{number}",), device(str(number)), 5))

    first = await world.write(Sweep(10, 9, set()))
    second = await world.write(Sweep(10, 9, set()))

    assert (len(first), len(second)) == (SWEPT, 3)


# --- what is done to accounts


async def test_added_account_has_what_it_was_given_and_the_first_with_a_password_owns_the_server(world: World) -> None:
    plain = await world.write(AddAccount("eve", None, "member", 1))
    owner = await world.write(AddAccount("ann", HASH, "member", 1))
    second = await world.write(AddAccount("bob", HASH, "moderator", 1))

    assert [account.role for account in (plain, owner, second)] == ["member", "owner", "moderator"]
    assert await world.refused(AddAccount("ANN", HASH, "member", 1)) is Refusal.NAME_TAKEN
    assert await world.refused(AddAccount("x y", HASH, "member", 1)) is Refusal.BAD_NAME
    assert await world.refused(AddAccount("max", None, "moderator", 1)) is Refusal.NOT_ALLOWED
    rows, _ = await world.read(lambda reader: reader.account_rows("", 10))
    assert [(row.account.name, row.registered) for row in rows] == [("ann", True), ("bob", True), ("eve", False)]


async def test_disabled_account_comes_in_by_no_way_until_it_is_enabled(world: World) -> None:
    await register(world, "ann")
    ann = await register(world, "bob")
    await world.sign_in("eve")

    for name in ("BOB", "eve"):
        await world.write(DisableAccount(name, True, 1))

    assert await world.refused(SignInByToken(digest("bob"), 9)) is Refusal.DISABLED
    assert await world.refused(OpenDevice(ann, HASH, device("x"), 9)) is Refusal.DISABLED
    assert await world.refused(SignInByName("eve", 9)) is Refusal.DISABLED
    assert await world.refused(registering("eve", "y", may_claim=True)) is Refusal.NAME_TAKEN
    await world.write(DisableAccount("bob", False, 1))
    assert (await world.write(SignInByToken(digest("bob"), 9)))[0].name == "bob"
    assert await world.refused(DisableAccount("nobody", True, 1)) is Refusal.NO_ACCOUNT


async def test_role_is_given_to_accounts_with_a_password_and_one_owner_stays(world: World) -> None:
    await register(world, "ann", may_own=True)
    await register(world, "bob")
    await world.sign_in("eve")

    assert await world.refused(SetServerRole("ann", "member", 1)) is Refusal.NOT_ALLOWED
    assert await world.refused(DisableAccount("ann", True, 1)) is Refusal.NOT_ALLOWED
    assert await world.refused(SetServerRole("eve", "moderator", 1)) is Refusal.NOT_ALLOWED
    assert await world.refused(SetServerRole("nobody", "member", 1)) is Refusal.NO_ACCOUNT
    assert await world.refused(SetServerRole("bob", "guest", 1)) is Refusal.NOT_ALLOWED
    assert (await world.write(SetServerRole("Bob", "owner", 1))).role == "owner"
    assert (await world.write(SetServerRole("ann", "member", 1))).role == "member"
    assert (await world.write(SignInByToken(digest("bob"), 9)))[0].role == "owner"


async def test_token_and_password_follow_an_account_that_was_renamed(world: World) -> None:
    ann = await register(world, "ann")

    await world.write(RenameAccount(ann, "anna", 1))

    assert (await world.write(SignInByToken(digest("ann"), 9)))[0].name == "anna"
    assert await world.refused(SignInByName("anna", 9)) is Refusal.PASSWORD_NEEDED
    assert (await world.write(SignInByName("ann", 9)))[1], "the old name is free"
