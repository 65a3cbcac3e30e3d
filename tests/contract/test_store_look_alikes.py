"""Every store: no name is given that passes for a registered one, for a reserved word, or for a channel."""

from __future__ import annotations

from typing import Any

import pytest

from chat_core.base.ids import AccountId
from chat_core.protocol.codes import Refusal
from chat_core.server.store.base import Refused
from chat_core.server.store.conversations import JoinChannel
from chat_core.server.store.people import NewDevice, RegisterAccount, RenameAccount, SignInByName
from tests.contract.world import World


@pytest.mark.parametrize("name", ["аdmin", "adm1n", "ѕerver"])
async def test_sign_in_and_rename_are_refused_when_the_name_looks_reserved(world: World, name: str) -> None:
    [ann] = await world.sign_in("ann")

    assert await world.refused(SignInByName(name, 1)) is Refusal.BAD_NAME
    assert await world.refused(RenameAccount(ann, name, 1)) is Refusal.BAD_NAME


async def test_sign_in_finds_an_account_whose_name_others_look_like_when_nobody_registered(world: World) -> None:
    ann, other = await world.sign_in("ann", "аnn")

    assert ann != other


@pytest.mark.parametrize("fake", ["generаl", "GeneraI", "announcernents"])
async def test_join_makes_no_channel_that_passes_for_one_of_the_server_s(world: World, fake: str) -> None:
    [ann] = await world.sign_in("ann")

    assert await world.refused(JoinChannel(ann, fake, True, 1)) is Refusal.NAME_TAKEN


async def test_join_makes_no_channel_that_passes_for_another_one(world: World) -> None:
    [ann] = await world.sign_in("ann")
    ops = await world.join(ann, "Ops-Room")

    assert await world.refused(JoinChannel(ann, "оps-room", True, 1)) is Refusal.NAME_TAKEN
    assert await world.join(ann, "ops-room") == ops
    assert await world.join(ann, "ops_room") != ops


async def test_join_of_two_look_alikes_in_one_batch_makes_the_first_only(world: World) -> None:
    [ann] = await world.sign_in("ann")

    first, second = await world.together(JoinChannel(ann, "mona", True, 1), JoinChannel(ann, "rnona", True, 1))

    assert first[0].name == "mona"
    assert isinstance(second, Refused) and second.code is Refusal.NAME_TAKEN
    assert "'#mona'" in str(second)


def registering(name: str, **how: Any) -> RegisterAccount:
    device = NewDevice(name.encode().ljust(32, b"-")[:32], "here")
    return RegisterAccount(name, "$argon2id$of-no-matter", device, 5, "open", **how)


async def test_nobody_gets_a_name_that_passes_for_a_registered_one(world: World) -> None:
    [bob] = await world.sign_in("bob")
    await world.write(registering("Ann"))

    assert await world.refused(registering("аnn")) is Refusal.NAME_TAKEN
    assert await world.refused(SignInByName("аnn", 1)) is Refusal.NAME_TAKEN
    assert await world.refused(RenameAccount(bob, "аnn", 1)) is Refusal.NAME_TAKEN


async def test_registered_name_is_free_for_look_alikes_once_its_owner_has_another(world: World) -> None:
    account, _, _ = await world.write(registering("Ann"))
    await world.write(RenameAccount(AccountId(account.id), "Sue", 1))

    assert await world.refused(registering("ЅUE")) is Refusal.NAME_TAKEN
    await world.write(registering("аnn"))


async def test_registering_two_look_alikes_in_one_batch_registers_the_first(world: World) -> None:
    first, second = await world.together(registering("paypal"), registering("paypaI"))

    assert first[0].name == "paypal"
    assert isinstance(second, Refused) and second.code is Refusal.NAME_TAKEN
