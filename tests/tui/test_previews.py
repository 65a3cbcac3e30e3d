"""Previews of files in the whole application on a real server: fetched when they are seen, and only then."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from chat_tui.bridge import Bridge
from chat_tui.views import pictures
from tests.tui.support.visiting import other, say, sitting, unique

CODE = "def greet(name):\n    return f'hello {name}'\n" + "".join(f"x{at} = {at}\n" for at in range(2, 40))


def png(path: Path, colour: str = "#ff8800", size: tuple[int, int] = (64, 32)) -> Path:
    into = BytesIO()
    Image.new("RGB", size, colour).save(into, "PNG")
    path.write_bytes(into.getvalue())
    return path


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What was fetched, by the seq of its message; the fetching itself is the real one."""
    seqs: list[int] = []
    really = Bridge.read_file

    async def noted(self: Bridge, conversation: int, seq: int, file: object) -> bytes:
        seqs.append(seq)
        return await really(self, conversation, seq, file)  # type: ignore[arg-type]

    monkeypatch.setattr(Bridge, "read_file", noted)
    return seqs


def no() -> bool:
    return False


async def test_text_and_picture_are_shown_below_their_files_until_that_is_switched_off(server: str, home: Path) -> None:
    channel = unique("#room")
    code, broken = home / "greet.py", home / "broken.png"
    code.write_text(CODE)
    broken.write_bytes(b"\x89PNG\r\n\x1a\nno picture \x1b[31m")
    async with sitting(server, home) as me, other(server) as friend:
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        number = await friend.join(channel[1:])
        await friend.upload(number, code, body="what do you think?")
        await me.sees("def greet(name):", "return f'hello {name}'", "8 of 40 lines")
        await friend.upload(number, png(home / "sun.png"))
        await me.sees("sun.png", "▀" * 40)
        await friend.upload(number, broken)
        await me.sees("no preview: this picture cannot be read")

        await me.enter("/set look.symbols ascii")
        await me.until(lambda: "▀" not in me.screen and "^^^^" not in me.screen, "no picture is drawn in ASCII")
        assert "def greet(name):" in me.screen
        await me.enter("/set look.symbols unicode")
        await me.sees("▀" * 40)
        lacking: tuple[tuple[object, str, object], ...] = (me.app, "no_color", True), (pictures, "available", no)
        for lack in lacking:
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(*lack)
                me.chat.mainline.look_changed()
                await me.until(lambda: "▀" not in me.screen, "no picture is drawn without colours, or what decodes it")
                assert "def greet(name):" in me.screen and "sun.png" in me.screen
            me.chat.mainline.look_changed()
            await me.sees("▀" * 40)
        await me.enter("/set look.previews off")
        await me.until(lambda: "def greet" not in me.screen and "▀" not in me.screen, "nothing is shown")
        await me.sees("sun.png", "greet.py")


async def test_nothing_is_fetched_of_files_that_are_not_seen_too_large_or_of_somebody_ignored(
    server: str, home: Path, fetched: list[int]
) -> None:
    channel, small, large = unique("#room"), home / "small.txt", home / "large.txt"
    small.write_text("small text\n")
    large.write_text("large text\n" * 200_000)
    async with sitting(server, home, size=(100, 20)) as me, other(server) as friend, other(server) as foe:
        number = await friend.join(channel[1:])
        await foe.join(channel[1:])
        await friend.upload(number, small, body="above the window")
        await say(friend, channel, *(f"line {at}" for at in range(40)))
        assert foe.state.me is not None
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.enter(f"/ignore {foe.state.me.name}")
        await me.until(lambda: foe.state.me is not None and foe.state.me.id in me.state.ignored, "ignored")
        small.write_text("of a foe\n")
        await foe.upload(number, small)
        await friend.upload(number, large)
        small.write_text("seen text\n")
        posted = await friend.upload(number, small)
        await me.sees("seen text", "large.txt")
        assert fetched == [posted.seq]
        await me.press("pageup", "pageup", "pageup", "pageup")
        await me.sees("above the window", "small text")
        assert len(fetched) == 2
