"""Closed and archived channels among real clients, one of them cut off while they change."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat_core.base.clock import SystemClock
from chat_core.client import CallFailed, LinkStatus
from chat_core.client.state.changes import Delivered
from chat_core.protocol.events import Invited
from chat_core.protocol.requests.conversations import Find
from chat_core.protocol.requests.order import InviteMember, SetRules
from tests.support.between import between
from tests.support.watching import Watched


def invited_to(one: Watched) -> list[str]:
    events = [each.event for each in one.changes if isinstance(each, Delivered)]
    return [event.channel for event in events if isinstance(event, Invited)]


async def test_who_was_cut_off_learns_of_an_invitation_and_of_an_archived_channel_at_once_behind_it(home: Path) -> None:
    async with (
        between(home) as (server, proxy),
        Watched(server.address, "ann") as ann,
        Watched(f"127.0.0.1:{proxy.port}", "bob", clock=SystemClock()) as bob,
    ):
        old = await ann.client.join("old")
        assert await bob.client.join("old") == old
        closed = await ann.client.join("closed")
        await ann.client.call(SetRules(conversation=closed, visibility="invite"))
        await ann.client.sent(ann.client.post(old, "before"))
        await bob.until(lambda: bob.bodies("#old") == ["before"])

        for wire in proxy.wires:
            wire.abort()
        await bob.until(lambda: bob.client.state.link.status is not LinkStatus.ONLINE)
        await ann.client.call(InviteMember(conversation=closed, account="bob"))
        await ann.client.call(SetRules(conversation=old, archived=True))
        waits = bob.client.post(old, "written while cut off")
        bob.client.wake()

        with pytest.raises(CallFailed, match="archived"):
            await bob.client.sent(waits)
        await bob.until(lambda: invited_to(bob) == ["closed"])
        assert await bob.client.join("closed", create=False) == closed
        for one in (ann, bob):
            fresh = (await one.client.call(Find(conversation=old))).conversation
            assert one.room("#old").info.rules == fresh.rules and fresh.rules.archived
            assert one.bodies("#old") == ["before"]
