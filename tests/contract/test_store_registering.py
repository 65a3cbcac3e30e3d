"""Every store: registering, and the invites that let one do so."""

from __future__ import annotations

import pytest

from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import ConversationJoined
from chat_core.server.store.acts import ChangeRules, SanctionInChannel, SanctionOnServer
from chat_core.server.store.base import Refused
from chat_core.server.store.people import (
    AllowName,
    DisableAccount,
    DropInvite,
    MakeInvite,
    RenameAccount,
    SignInByToken,
)
from tests.contract.registering import HASH, codes, digest, invite, register, registering
from tests.contract.world import World

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
    assert await world.read(lambda reader: reader.invite_state(digest("code"), 5)) == "good"
    await register(world, "bob", how="invite", invite=digest("code"))
    assert await world.read(lambda reader: reader.invite_state(digest("code"), 5)) == "over"


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


@pytest.mark.parametrize("kept_out", ["disabled", "banned"])
async def test_invite_holds_only_while_who_made_it_may_be_on_the_server(world: World, kept_out: str) -> None:
    [bob] = await world.sign_in("bob")
    await invite(world, "bobs", uses=None, by=bob)
    out: DisableAccount | SanctionOnServer = DisableAccount("bob", True, 2)
    back: DisableAccount | SanctionOnServer = DisableAccount("bob", False, 2)
    if kept_out == "banned":
        out = SanctionOnServer(None, bob, "ban", 2, until_ts=10)
        back = SanctionOnServer(None, bob, "unban", 2)

    async def state(ts: int) -> tuple[str, list[bool]]:
        rows = await world.read(lambda reader: reader.invite_rows(ts))
        return await world.read(lambda reader: reader.invite_state(digest("bobs"), ts)), [row.orphaned for row in rows]

    assert await state(1) == ("good", [False])
    await world.write(out)
    assert await state(3) == ("orphaned", [True])
    with pytest.raises(Refused, match=r"^This invite holds no more: who made it"):
        await world.write(registering("eve", how="invite", invite=digest("bobs"), ts=3))
    if kept_out == "banned":
        assert await state(10) == ("good", [False]), "the ban is over"
    await world.write(back)
    await world.write(registering("eve", how="invite", invite=digest("bobs"), ts=4))


async def test_invite_of_the_first_run_is_made_once(world: World) -> None:
    first = MakeInvite(digest("a"), 1, None, "", None, 1, once=True)
    again = MakeInvite(digest("b"), 1, None, "", None, 1, once=True)

    assert await world.write(first) is not None
    assert await world.write(again) is None
    await world.reopen()
    assert await world.write(again) is None
