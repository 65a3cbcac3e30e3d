"""Every store: no name is given that passes for a registered one, for a reserved word, or for a channel."""

from __future__ import annotations

import pytest

from chat_core.protocol.codes import Refusal
from chat_core.server.store.base import JoinChannel, Refused, RenameAccount, SignInByName
from tests.contract.world import World


@pytest.mark.parametrize("name", ["аdmin", "adm1n", "ѕerver"])
async def test_sign_in_and_rename_are_refused_when_the_name_looks_reserved(world: World, name: str) -> None:
    [ann] = await world.sign_in("ann")

    assert await world.refused(SignInByName(name, 1)) is Refusal.BAD_NAME
    assert await world.refused(RenameAccount(ann, name)) is Refusal.BAD_NAME


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
