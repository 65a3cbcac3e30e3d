"""Channels that are archived, and closed ones with somebody invited, at the keyboard beside a second real client."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat_core.client import CallFailed
from chat_core.client.state.changes import Delivered, PutOut
from chat_core.client.state.model import LinkStatus
from chat_core.protocol.events import Invited
from chat_core.protocol.requests.order import DeleteChannel, InviteMember, SanctionMember, SetRules
from chat_tui.screens.whole import WholeScreen
from tests.support.between import Between
from tests.tui.support.visiting import bodies, other, say, sitting, unique


async def test_archived_channel_is_read_by_all_and_written_in_by_nobody_until_it_is_brought_back(
    server: str, home: Path
) -> None:
    channel = unique("#old")
    async with sitting(server, home) as me, other(server) as friend:
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await say(friend, channel, "before")
        await me.until(lambda: bodies(me.here) == ["before"])

        await me.enter("/archive")

        await me.sees("set the channel to: archived")
        with pytest.raises(CallFailed, match="archived"):
            await say(friend, channel, "after all")
        await me.enter("nor do I")
        await me.sees("nor do I", "failed", "archived")
        await me.enter("/discard")
        await me.enter(f"/unarchive {channel}")
        await me.sees("set the channel to: not archived")
        await say(friend, channel, "again")
        await me.until(lambda: bodies(me.here) == ["before", "again"])


async def test_closed_channel_is_joined_by_who_was_invited_and_is_nowhere_for_others(server: str, home: Path) -> None:
    channel = unique("#closed")
    async with sitting(server, home) as me, other(server) as friend, other(server) as stranger:
        assert friend.state.me is not None
        told = friend.changes()
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.enter("/channel invite-only")
        await me.sees("set the channel to: invite-only")
        for one in (friend, stranger):
            with pytest.raises(CallFailed, match="no conversation"):
                await one.join(channel, create=False)

        await me.enter(f"/invite @{friend.state.me.name}")

        await me.until(lambda: me.answer == f"@{friend.state.me.name} may join {channel} now, and was told.")  # type: ignore[union-attr]
        await me.press("escape")
        async for batch in told:
            if any(isinstance(each, Delivered) and isinstance(each.event, Invited) for each in batch.changes):
                break
        await say(friend, channel, "thank you")
        await me.until(lambda: bodies(me.here) == ["thank you"])
        with pytest.raises(CallFailed, match="no conversation"):
            await stranger.join(channel, create=False)


async def test_what_was_done_to_somebody_while_the_application_was_not_running_is_told_at_the_next_start_only(
    server: str, home: Path
) -> None:
    channel, tea, name = unique("#closed"), unique("#tea"), unique("me")
    async with other(server) as friend:
        left = await friend.join(tea[1:])
        async with sitting(server, home, name=name) as me:
            await me.enter(f"/join {tea}")
            await me.is_at(tea)
        number = await friend.join(channel[1:])
        await friend.call(SetRules(conversation=number, visibility="invite"))
        await friend.call(InviteMember(conversation=number, account=name))
        await friend.call(SanctionMember(conversation=left, account=name, act="kick", reason="noise"))
        assert friend.state.me is not None

        async with sitting(server, home, name=name) as me:
            await me.until(lambda: me.answer.startswith(f"{friend.state.me.name} invites you to {channel}:"))  # type: ignore[union-attr]
            await me.sees(f"You were kicked from {tea} by")
        async with sitting(server, home, name=name) as me:
            await say(friend, "#general", "are you there")
            await me.sees("are you there")  # behind whatever the start has told
            assert me.answer == ""


async def test_channel_is_deleted_by_its_name_with_all_that_was_said_there_and_its_name_is_free(
    server: str, home: Path
) -> None:
    channel = unique("#old")
    async with sitting(server, home) as me, other(server) as friend:
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await say(friend, channel, "before")
        await me.until(lambda: bodies(me.here) == ["before"])
        told = friend.changes()

        await me.enter("/channel delete")
        await me.until(lambda: me.answer.endswith(f"write /channel delete {channel}."), "it asks for the name")
        await me.enter("/channel delete #other")
        await me.sees("not this channel's name")
        await me.enter(f"/channel delete {channel}")

        sentence = f"{me.name} deleted {channel}, with all that was said there."
        await me.until(lambda: me.answer == sentence, "it is said")
        await me.is_at("#general")
        async for batch in told:
            if any(isinstance(change, PutOut) for change in batch.changes):
                break
        assert friend.state.by_target(channel) is None
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        assert bodies(me.here) == []


async def test_what_one_is_writing_in_a_channel_that_is_deleted_is_kept_as_a_draft(server: str, home: Path) -> None:
    channel = unique("#old")
    async with sitting(server, home) as me, other(server) as friend:
        number = await friend.join(channel[1:])
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.write("half a thought")

        await friend.call(DeleteChannel(conversation=number, name=channel))

        await me.sees("deleted")
        await me.enter("/draft")
        await me.sees("half a thought")


async def test_what_waits_for_a_channel_that_is_deleted_meanwhile_is_a_draft_that_can_be_copied(
    server: str, home: Path
) -> None:
    channel, way = unique("#old"), Between(int(server.rpartition(":")[2]))
    await way.proxy.start()
    async with sitting(f"127.0.0.1:{way.proxy.port}", home) as me, other(server) as friend:
        number = await friend.join(channel[1:])
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        way.cut()
        await me.until(lambda: me.state.link.status is not LinkStatus.ONLINE)
        await me.enter("what I still")
        await me.enter("had to say")
        await me.until(lambda: len(me.here.unsent) == 2)
        await me.write("and more")
        await friend.call(DeleteChannel(conversation=number, name=channel))

        way.mend()
        await me.is_at("#general")
        await me.sees("had to say", "/draft has what you wrote.")
        await me.enter(f"/draft {channel}")
        await me.until(lambda: isinstance(me.app.screen, WholeScreen))
        await me.sees(channel, "you are not there any more", "what I still", "had to say", "and more")
        await me.press("y")
        await me.until(lambda: me.app.clipboard == "what I still\nhad to say\nand more")
    await way.proxy.stop()
