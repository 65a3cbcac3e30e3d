"""Files in the whole application on a real server: sent with a line, drawn, saved with a key and with a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.support.visiting import other, sitting, unique


async def test_file_is_sent_drawn_and_saved_when_two_people_use_it(
    server: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DOWNLOAD_DIR", str(home / "saved"))
    channel = unique("#room")
    report, picture = home / "my report.pdf", home / "a\nb.png"
    report.write_bytes(b"x" * 123_456)
    picture.write_bytes(b"y" * 10)
    async with sitting(server, home) as me, other(server) as friend:
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.enter(f"/upload {home / 'gone.pdf'}")
        await me.sees("There is no file")
        await me.enter(f"/upload {report}")
        await me.sees("📎 my report.pdf · 123 kB")
        await me.sees("Sent: my report.pdf")

        number = await friend.join(channel[1:])
        await friend.upload(number, picture, body="look at this")
        await me.sees("look at this", "📎 a b.png · 10 B")
        await me.enter("/download")
        await me.sees("Saved: ", "a b.png")
        assert (home / "saved" / "a b.png").read_bytes() == b"y" * 10

        await me.press("ctrl+s", "up", "o")
        await me.sees("my report.pdf")
        await me.until(lambda: (home / "saved" / "my report.pdf").exists(), "the file is saved")
        assert (home / "saved" / "my report.pdf").read_bytes() == b"x" * 123_456

        await me.press("escape")
        (home / "saved" / "a b.png").unlink()
        sent = me.here.timeline.last_seq
        await me.enter(f"/join {unique('#elsewhere')}")
        await me.enter(f"/download {channel}:{sent}")
        await me.until(lambda: (home / "saved" / "a b.png").exists(), "what was sent there is saved, not what is here")
        await me.enter("/download #nowhere:1")
        await me.until(lambda: me.answer == "You are not in #nowhere.")
