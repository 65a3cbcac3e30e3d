"""Every store: who pins or reacts among a few people is seen there, as with a message: the same rules hold."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import Refusal
from chat_core.server.store.acts import SanctionOnServer
from chat_core.server.store.groups import MakeGroup
from chat_core.server.store.marks import PinMessage, ReactTo
from chat_core.server.store.private import IgnoreAccount
from tests.contract.world import World

Marking = Callable[[AccountId, ConversationId, int, bool, int], PinMessage | ReactTo]


def reacting(account: AccountId, place: ConversationId, seq: int, on: bool, ts: int) -> ReactTo:
    return ReactTo(account, place, seq, "👍", on, ts)


@pytest.mark.parametrize("on", [True, False], ids=["on", "off"])
@pytest.mark.parametrize("mark", [PinMessage, reacting], ids=["pin", "reaction"])
async def test_mark_among_a_few_is_refused_to_who_may_not_write_there(world: World, mark: Marking, on: bool) -> None:
    ann, bob, _ = await world.sign_in("ann", "bob", "cid")
    direct = await world.open_direct(ann, "bob")
    group = ConversationId((await world.write(MakeGroup(ann, ("bob", "cid"), 1)))[0].id)
    said = {place: (await world.post(ann, place, "look"))[0] for place in (direct, group)}
    for place, seq in said.items():
        await world.write(mark(bob, place, seq, not on, 2))

    await world.write(SanctionOnServer(None, bob, "mute", 3))

    for place, seq in said.items():
        assert await world.refused(mark(bob, place, seq, on, 4)) is Refusal.MUTED
    await world.write(SanctionOnServer(None, bob, "unmute", 5))
    await world.write(IgnoreAccount(ann, "bob", ignored=True))
    assert await world.refused(mark(bob, direct, said[direct], on, 6)) is Refusal.NOT_ALLOWED
    _, _, _, duplicate = await world.write(mark(bob, group, said[group], on, 7))
    assert not duplicate, "in a group nobody has a door of their own"
