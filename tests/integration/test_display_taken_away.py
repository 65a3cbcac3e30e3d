"""A moderator takes somebody's display name away, through the server's inside: it is gone, told, and audited."""

from __future__ import annotations

from pathlib import Path

from chat_core.protocol.requests import accounts, people, presence, session
from tests.support.scenes import scene_in


async def test_display_name_is_taken_away_by_a_moderator_and_by_nobody_below(tmp_path: Path) -> None:
    async with scene_in(tmp_path) as scene:
        ann, bob = await scene.person(name="ann"), await scene.person(name="bob")
        moderator, owner = await scene.person("moderator", "mo"), await scene.person("owner", "olga")
        await ann.get(session.Resume())
        await ann.get(accounts.SetDisplay(display="Ann of the Hills"))
        away = accounts.SetDisplay(account="ann", display="")

        assert await bob.code(away) == "not_allowed"
        assert await moderator.code(accounts.SetDisplay(account="ann", display="Silly")) == "not_allowed"
        assert await moderator.code(accounts.SetDisplay(account="olga", display="")) == "not_allowed"
        await ann.heard()
        await moderator.get(away)

        assert (await bob.get(presence.Whois(account="ann")))["account"]["display"] == ""
        assert [event["kind"] for event in await ann.heard()] == ["account_renamed"]
        acts = (await owner.get(people.ListAudit()))["acts"]
        assert [(act["actor"], act["act"], act["target"], act["detail"]) for act in acts] == [
            ("mo", "display name", "ann", "Ann of the Hills")
        ]
