"""Every store: registering, devices, passwords, invites, and what is done to accounts."""

from __future__ import annotations

from typing import Any

import pytest

from chat_core.base.ids import AccountId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import ConversationJoined, ConversationLeft
from chat_core.protocol.limits import DEVICES_PER_ACCOUNT
from chat_core.protocol.values import Account
from chat_core.server.store.acts import ChangeRules, SanctionInChannel
from chat_core.server.store.base import Refused
from chat_core.server.store.people import (
    SWEPT,
    AddAccount,
    AllowName,
    DisableAccount,
    DropDevices,
    DropInvite,
    MakeGuest,
    MakeInvite,
    NewDevice,
    OpenDevice,
    RegisterAccount,
    RenameAccount,
    SetPassword,
    SetServerRole,
    SignInByName,
    SignInByToken,
    Sweep,
)
from tests.contract.world import GENERAL_ID, World

HASH = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA"
OTHER = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$b3RoZXI"
MINUTE = 60_000


def digest(text: str) -> bytes:
    return text.encode().ljust(32, b".")


def device(text: str) -> NewDevice:
    return NewDevice(digest(text), f"the {text}")


def registering(name: str, token: str = "", ts: int = 5, **how: Any) -> RegisterAccount:
    return RegisterAccount(name, HASH, device(token or name), ts, **{"how": "open", **how})


async def register(world: World, name: str, **how: Any) -> AccountId:
    account, _, created = await world.write(registering(name, **how))
    assert created
    return AccountId(account.id)


async def invite(world: World, code: str, uses: int | None = 1, expires: int | None = None, **more: Any) -> int:
    details = {"channel": "", "by": None, "ts": 1, **more}
    number, _ = await world.write(MakeInvite(digest(code), uses, expires, **details))
    return int(number)


def codes(outcomes: list[Any]) -> list[Refusal]:
    return [outcome.code for outcome in outcomes if isinstance(outcome, Refused)]


# --- registering


async def test_registered_account_is_in_general_and_announcements_and_has_a_device(world: World) -> None:
    account, number, created = await world.write(registering("Ann"))

    assert created and account.name == "Ann"
    joined = [e.conversation.target for e in world.account_events(account.id) if isinstance(e, ConversationJoined)]
    assert joined == ["#general", "#announcements"]
    assert [(row.id, row.label, row.made_ts) for row in await world.read(lambda r: r.devices_of(account.id))] == [
        (number, "the Ann", 5)
    ]
    known = await world.read(lambda reader: reader.credentials("aNN"))
    assert known is not None and (known.account, known.password) == (account, HASH)


async def test_two_registrations_of_one_name_at_once_make_one_account(world: World) -> None:
    first, second = await world.together(registering("ann"), registering("ANN", "other"))

    assert first[0].name == "ann"
    assert codes([second]) == [Refusal.NAME_TAKEN]
    assert await world.refused(SignInByToken(digest("other"), 6)) is Refusal.WRONG_CREDENTIALS


async def test_name_that_is_in_use_without_a_password_is_taken_over_only_where_a_name_is_enough(world: World) -> None:
    [ann] = await world.sign_in("ann")

    assert await world.refused(registering("Ann")) is Refusal.NAME_TAKEN
    account, _, created = await world.write(registering("Ann", may_claim=True))
    assert (account.id, account.name, created) == (ann, "ann", False)
    assert await world.refused(registering("ann", "again", may_claim=True)) is Refusal.NAME_TAKEN


async def test_first_registered_account_is_the_owner_when_it_is_on_the_own_machine(world: World) -> None:
    [_] = await world.sign_in("early")

    first, _, _ = await world.write(registering("ann", may_own=True))
    second, _, _ = await world.write(registering("bob", may_own=True))

    assert (first.role, second.role) == ("owner", "member")


async def test_first_registered_account_from_elsewhere_is_the_owner_only_with_an_invite_of_the_server(
    world: World,
) -> None:
    [eve] = await world.sign_in("eve")
    await invite(world, "hers", by=eve)
    await invite(world, "the server's")

    stranger, _, _ = await world.write(registering("stranger"))
    assert stranger.role == "member"
    late, _, _ = await world.write(registering("late", how="invite", invite=digest("the server's")))
    assert late.role == "member", "somebody had registered before"


async def test_invite_of_the_server_makes_the_first_one_owner(world: World) -> None:
    await invite(world, "the server's")

    account, _, _ = await world.write(registering("ann", how="invite", invite=digest("the server's")))

    assert account.role == "owner"


async def test_registration_is_refused_when_it_is_closed_or_the_name_is_not_listed(world: World) -> None:
    assert await world.refused(registering("ann", how="closed", may_claim=True)) is Refusal.SIGN_IN_REFUSED
    assert await world.refused(registering("ann", how="allowlist")) is Refusal.SIGN_IN_REFUSED

    await world.write(AllowName("Ann", True, 1))
    await world.write(AllowName("ANN", True, 1))
    await register(world, "ann", how="allowlist")
    await world.write(AllowName("bob", True, 1))
    await world.write(AllowName("BOB", False, 1))
    assert await world.refused(registering("bob", how="allowlist")) is Refusal.SIGN_IN_REFUSED
    assert await world.read(lambda reader: reader.allowed_names("", 10)) == (["Ann"], False)


async def test_rename_is_refused_to_a_name_that_is_not_listed_where_a_list_decides(world: World) -> None:
    await world.write(AllowName("ann", True, 1))
    ann = await register(world, "ann", how="allowlist")
    await world.write(AllowName("ann", False, 1))

    assert await world.refused(RenameAccount(ann, "anna", 1, listed=True)) is Refusal.SIGN_IN_REFUSED
    assert (await world.write(RenameAccount(ann, "Ann", 1, listed=True))).name == "Ann"
    await world.write(AllowName("Anna", True, 1))
    assert (await world.write(RenameAccount(ann, "anna", 1, listed=True))).name == "anna"


# --- invites


async def test_invite_cannot_be_overspent_when_many_register_at_once(world: World) -> None:
    await invite(world, "code", uses=3)
    ops = [registering(f"n{number}", how="invite", invite=digest("code")) for number in range(8)]

    outcomes = await world.together(*ops)

    assert codes(outcomes) == [Refusal.INVITE_INVALID] * 5
    accounts, _ = await world.read(lambda reader: reader.users("", 20))
    assert [account.name for account in accounts] == ["n0", "n1", "n2"]


async def test_invite_is_not_used_by_a_registration_that_is_refused(world: World) -> None:
    await register(world, "ann")
    await invite(world, "code")

    assert await world.refused(registering("ann", "x", how="invite", invite=digest("code"))) is Refusal.NAME_TAKEN
    assert await world.read(lambda reader: reader.can_invite(digest("code"), 5))
    await register(world, "bob", how="invite", invite=digest("code"))
    assert not await world.read(lambda reader: reader.can_invite(digest("code"), 5))


@pytest.mark.parametrize(("code", "ts"), [("wrong", 5), ("code", 10), ("code", 11)])
async def test_invite_is_refused_when_it_is_unknown_or_over(world: World, code: str, ts: int) -> None:
    await invite(world, "code", expires=10)

    refused = await world.refused(registering("ann", how="invite", invite=digest(code), ts=ts))

    assert refused is Refusal.INVITE_INVALID


async def test_registration_by_invite_is_refused_without_one_and_an_open_one_refuses_a_wrong_one(world: World) -> None:
    assert await world.refused(registering("ann", how="invite")) is Refusal.INVITE_INVALID
    assert await world.refused(registering("ann", invite=digest("wrong"))) is Refusal.INVITE_INVALID


async def test_invite_brings_one_into_its_channel_and_reads_it_as_read(world: World) -> None:
    [bob] = await world.sign_in("bob")
    room = await world.join(bob, "room")
    await world.post(bob, room, "before")
    await invite(world, "code", channel="Room")

    ann = await register(world, "ann", how="invite", invite=digest("code"))

    assert [one.target for one in await world.list_of(ann)] == ["#general", "#announcements", "#room"]
    assert (await world.conversation(ann, room)).unread == 0
    assert await world.refused(MakeInvite(digest("x"), 1, None, "nowhere", None, 1)) is Refusal.NO_CONVERSATION
    assert await world.refused(MakeInvite(digest("x"), 1, None, "announcements", None, 1)) is Refusal.NO_CONVERSATION


async def test_invite_into_a_closed_channel_is_made_by_those_only_who_may_open_it(world: World) -> None:
    ann, bob, eve = await world.sign_in("ann", "bob", "eve")
    room = await world.join(ann, "room")
    await world.join(bob, "room")
    await world.write(ChangeRules(account=ann, conversation=room, ts=1, visibility="invite"))

    assert await world.refused(MakeInvite(digest("b"), 1, None, "room", bob, 1)) is Refusal.NOT_ALLOWED
    assert await world.refused(MakeInvite(digest("e"), 1, None, "room", eve, 1)) is Refusal.NO_CONVERSATION
    assert await invite(world, "a", channel="room", by=ann)
    assert await invite(world, "console", channel="room"), "whoever runs the server opens everything"
    await world.write(ChangeRules(account=ann, conversation=room, ts=1, visibility="unlisted"))
    assert await invite(world, "member", channel="room", by=bob)
    assert await world.refused(MakeInvite(digest("f"), 1, None, "room", eve, 1)) is Refusal.NO_CONVERSATION


async def test_invite_leads_into_its_channel_only_while_who_made_it_may_open_that(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    room = await world.join(ann, "room")
    await world.join(bob, "room")
    await invite(world, "while it was open", channel="room", by=bob)
    await invite(world, "the operator's", channel="room", by=ann, uses=2)
    await world.write(ChangeRules(account=ann, conversation=room, ts=2, visibility="invite"))

    eve = await register(world, "eve", how="invite", invite=digest("while it was open"))
    fay = await register(world, "fay", how="invite", invite=digest("the operator's"))
    await world.leave(ann, room)
    gil = await register(world, "gil", how="invite", invite=digest("the operator's"))

    members, _, _ = await world.read(lambda reader: reader.members(room, "", 10))
    assert {member.account for member in members} == {bob, fay}
    assert {each.target for account in (eve, gil) for each in await world.list_of(account)} == {
        "#general",
        "#announcements",
    }


async def test_invite_brings_nobody_back_into_a_channel_that_they_are_banned_from(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    room = await world.join(ann, "room")
    await world.join(bob, "room")
    await world.write(SanctionInChannel(ann, room, "bob", "ban", 2, None, ""))
    await invite(world, "code", channel="room")

    await world.write(registering("bob", how="invite", invite=digest("code"), may_claim=True))

    assert not (await world.find(bob, room)).member


async def test_invites_that_can_be_used_are_listed_until_they_are_ended(world: World) -> None:
    [bob] = await world.sign_in("bob")
    await invite(world, "over", expires=4)
    lasting = await invite(world, "lasting", uses=None, by=bob)
    short = await invite(world, "short", uses=2, expires=50)

    rows = await world.read(lambda reader: reader.invite_rows(10))
    assert [(row.id, row.uses, row.expires_ts, row.by) for row in rows] == [
        (lasting, None, None, "bob"), (short, 2, 50, "")
    ]  # fmt: skip
    await world.write(DropInvite(lasting, 1))
    assert await world.refused(DropInvite(lasting, 1)) is Refusal.INVITE_INVALID
    assert await world.refused(registering("x", how="invite", invite=digest("lasting"))) is Refusal.INVITE_INVALID


async def test_invite_of_the_first_run_is_made_once(world: World) -> None:
    first = MakeInvite(digest("a"), 1, None, "", None, 1, once=True)
    again = MakeInvite(digest("b"), 1, None, "", None, 1, once=True)

    assert await world.write(first) is not None
    assert await world.write(again) is None
    await world.reopen()
    assert await world.write(again) is None


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
