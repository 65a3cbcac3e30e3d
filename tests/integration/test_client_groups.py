"""A group of real clients on a real server, one of them cut off while it changes: all have what one would fetch."""

from __future__ import annotations

from pathlib import Path

from chat_core.base.clock import SystemClock
from chat_core.client import LinkStatus
from chat_core.protocol.requests.conversations import Find, Leave
from chat_core.protocol.requests.groups import OpenGroup
from chat_core.protocol.requests.order import InviteMember
from tests.support.between import between
from tests.support.watching import Watched


def people_in(one: Watched, group: str) -> list[str]:
    """Return the others in a group, as one of its members has it."""
    known = one.client.state.by_target(group)
    return [] if known is None else [person.name for person in known.info.people]


async def test_group_is_the_same_for_all_when_one_was_cut_off_while_it_changed(home: Path) -> None:
    async with (
        between(home) as (server, proxy),
        Watched(f"127.0.0.1:{proxy.port}", "ann", clock=SystemClock()) as ann,
        Watched(server.address, "bob") as bob,
        Watched(server.address, "cid") as cid,
        Watched(server.address, "dan") as dan,
    ):
        opened = await ann.client.call(OpenGroup(accounts=("bob", "cid")))
        number, group = opened.conversation.id, opened.conversation.target
        for one in (ann, bob, cid):
            await one.until(lambda one=one: len(people_in(one, group)) == 2)  # type: ignore[misc]
        await bob.client.sent(bob.client.post(number, "before"))
        await ann.until(lambda: ann.bodies(group) == ["before"])

        for wire in proxy.wires:
            wire.abort()
        await ann.until(lambda: ann.client.state.link.status is not LinkStatus.ONLINE)
        await bob.client.call(InviteMember(conversation=number, account="dan"))
        await dan.until(lambda: people_in(dan, group) == ["ann", "bob", "cid"])
        await cid.client.call(Leave(conversation=number))
        await bob.client.sent(bob.client.post(number, "meanwhile"))
        waits = ann.client.post(number, "written while cut off")
        ann.client.wake()
        await ann.client.sent(waits)
        await dan.client.sent(dan.client.post(number, "after"))

        await cid.until(lambda: cid.client.state.by_target(group) is None)
        said = ["before", "meanwhile", "written while cut off", "after"]
        for one, heard in ((ann, said), (bob, said), (dan, said[1:])):
            await one.until(lambda one=one, heard=heard: one.bodies(group) == heard)  # type: ignore[misc]
        for one, others in ((ann, ["bob", "dan"]), (bob, ["ann", "dan"]), (dan, ["ann", "bob"])):
            await one.until(lambda one=one, others=others: people_in(one, group) == others)  # type: ignore[misc]
            known = one.room(group)
            notices = [type(notice.event).__name__ for notice in known.notices if notice.event is not None]
            assert notices[-2:] == ["MembersAdded", "MemberLeft"], "what was missed is told, too"
            fresh = (await one.client.call(Find(conversation=number))).conversation
            shown = known.info.people, known.info.name, known.info.members, known.unread
            assert shown == (fresh.people, fresh.name, fresh.members, fresh.unread), "as events made it"
