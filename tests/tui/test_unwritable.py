"""A home in which nothing can be written: each thing that is lost by it is said, and none hides another."""

from __future__ import annotations

from pathlib import Path

from tests.tui.support.visiting import sitting


async def test_each_thing_that_cannot_be_kept_is_said_and_none_hides_another(server: str, home: Path) -> None:
    for file in ("outbox", "drafts"):
        (home / file).write_text("a file, no folder")
    (home / "config" / "servers.json").mkdir(parents=True)
    async with sitting(server, home) as me:
        await me.until(lambda: "will not be remembered" in me.answer)
        await me.until(lambda: "what is not sent when you leave is lost" in me.answer)
        await me.write("a draft")
        await me.until(lambda: "Drafts cannot be kept" in me.answer)
        assert "will not be remembered" in me.answer
        assert "what is not sent when you leave is lost" in me.answer
        await me.press("ctrl+u")
        await me.enter("/nonsense")
        await me.until(lambda: "/nonsense" in me.answer)
        assert "remembered" not in me.answer, "what was entered is answered alone"
        await me.sees("! outbox not on disk")
