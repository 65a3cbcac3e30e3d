"""Groups at the keyboard: begun, seen among the direct conversations, spoken in, joined and left."""

from __future__ import annotations

from pathlib import Path

from chat_core.protocol.requests.accounts import SetDisplay
from chat_core.protocol.requests.conversations import Leave
from chat_core.protocol.requests.groups import OpenGroup
from chat_core.protocol.requests.order import InviteMember
from tests.tui.support.visiting import bodies, other, sitting, unique


async def test_group_is_begun_listed_by_its_people_and_left(server: str, home: Path) -> None:
    names = [unique(name) for name in ("ann", "bob", "cid")]
    async with other(server, names[0]) as ann, other(server, names[1]), other(server, names[2]):
        await ann.call(SetDisplay(display="Ann the First"))
        async with sitting(server, home, size=(120, 30)) as me:
            await me.enter(f"/group @{names[0]}")
            await me.until(lambda: "at least 3 people" in me.answer)
            await me.press("escape", "ctrl+u")

            await me.enter(f"/group {names[0]} @{names[1]} hello you two")

            await me.until(lambda: me.here.info.kind == "group")
            target, number = me.here.target, me.here.id
            began = f"{me.name} began the group with Ann the First and {names[1]}"
            await me.sees("DIRECT", "& Ann the First", f"Ann the First, {names[1]}  {target}", began)
            await me.until(lambda: bodies(me.here) == ["hello you two"])
            seq = me.here.timeline.last_seq
            await me.enter(f"/reply {target}:{seq} and one more thing")
            await me.until(lambda: bodies(me.here) == ["hello you two", "and one more thing"])
            await me.enter(f"/thread {target}:{seq}")
            await me.until(lambda: me.chat.composer.thread == seq)
            await me.press("escape")
            await me.until(lambda: not me.chat.composer.thread)
            await me.enter("/read")
            await me.until(lambda: me.answer == f"The group with Ann the First, {names[1]} is read.")
            await me.enter(f"/invite @{names[2]}")
            await me.sees(f"{me.name} brought in {names[2]}")
            await me.until(lambda: len(me.here.info.people) == 3)
            await me.enter("/topic x")
            await me.until(lambda: "Only a channel has a topic." in me.answer)
            await me.press("escape", "ctrl+u")
            await ann.call(Leave(conversation=number))
            await me.sees("Ann the First left the group", f"{names[1]}, {names[2]}  {target}")
            await me.enter("/leave")
            await me.until(lambda: me.answer == f"You left the group with {names[1]}, {names[2]}.")
            await me.is_at("#general")
            assert me.state.by_target(target) is None


async def test_every_message_of_a_group_needs_one_until_it_is_quiet_and_alt_a_goes_there(
    server: str, home: Path
) -> None:
    names = [unique(name) for name in ("ann", "bob")]
    async with other(server, names[0]) as ann, other(server, names[1]), sitting(server, home, size=(120, 30)) as me:
        opened = await ann.call(OpenGroup(accounts=(names[1], me.name)))
        group = opened.conversation
        await me.until(lambda: group.id in me.state.conversations)
        await ann.sent(ann.post(group.id, "are you there?"))
        await me.until(lambda: me.state.conversations[group.id].unread == 1)
        await me.sees(f"& {names[0]}"[:8], " 1 ")

        await me.press("alt+a")

        await me.is_at(group.target)
        await me.until(lambda: me.state.conversations[group.id].unread == 0)
        await me.enter("/quiet on")
        await me.until(lambda: me.here.info.quiet)
        await me.press("escape")
        await me.enter("/go #general")
        await me.is_at("#general")
        await ann.sent(ann.post(group.id, "still?"))
        await me.until(lambda: me.state.conversations[group.id].unread == 1)
        await me.enter(f"/go {group.target}")
        await me.is_at(group.target)
        await me.enter("/close")
        await me.is_at("#general")
        assert group.id not in me.chat.places.tabs(me.state)


async def test_who_is_brought_in_reads_on_from_there(server: str, home: Path) -> None:
    names = [unique(name) for name in ("ann", "bob", "cid")]
    async with (
        other(server, names[0]) as ann,
        other(server, names[1]),
        other(server, names[2]),
        sitting(server, home, size=(120, 30)) as me,
    ):
        group = (await ann.call(OpenGroup(accounts=tuple(names[1:])))).conversation
        await ann.sent(ann.post(group.id, "not for everybody"))
        await ann.call(InviteMember(conversation=group.id, account=me.name))
        await ann.sent(ann.post(group.id, "welcome"))

        await me.until(lambda: group.id in me.state.conversations)
        await me.enter(f"/go {group.target}")

        await me.is_at(group.target)
        await me.sees("welcome", "Here begins your group with", f"{names[0]} brought in {me.name}")
        assert "not for everybody" not in me.screen
