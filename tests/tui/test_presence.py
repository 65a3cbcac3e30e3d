"""Being away, busy and back, and seeing that of others."""

from __future__ import annotations

from pathlib import Path

from chat_tui.config import PrivacySection, Settings
from tests.tui.support.visiting import Sitting, other, say, sitting, unique


def _name(person: Sitting) -> str:
    return person.name


async def test_who_writes_to_somebody_away_reads_their_words_once(server: str, home: Path) -> None:
    async with sitting(server, home) as me, sitting(server, home / "other") as friend:
        await friend.enter("/away lunch until two")
        await friend.until(lambda: friend.answer.startswith("You are away: lunch until two."))

        await me.enter(f"/dm @{_name(friend)} are you there?")
        await me.is_at(f"@{_name(friend)}")
        await me.enter("when you are back")
        await me.sees(f"{_name(friend)} is away: lunch until two", f"◐ {_name(friend)}")
        await me.enter("no hurry")
        await me.until(lambda: not me.here.unsent)
        await me.enter(f"/whois @{_name(friend)}")
        await me.until(lambda: "away: lunch until two, for" in me.screen)

        assert len([notice for notice in me.here.notices if notice.kind == "away"]) == 1
        await friend.enter("/back")
        await me.sees(f"● {_name(friend)}")


async def test_hidden_and_silent_person_is_not_seen_by_others(server: str, home: Path) -> None:
    settings = Settings(privacy=PrivacySection(presence=False, typing=False))
    async with sitting(server, home, settings=settings) as me, other(server) as friend:
        await me.enter("/join " + unique("#quiet"))

        async def online() -> bool:
            await friend.load_members(general)
            there = friend.state.conversations[general].members.members
            return any(member.online for member in there if member.name == me.name)

        general = await friend.join("general")
        await say(friend, "#general", "hello")
        while await online():
            pass
        await me.write("writing something")
        assert not any(conversation.typing for conversation in friend.state.conversations.values())
