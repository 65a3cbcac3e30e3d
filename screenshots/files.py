"""A picture and a text file in a conversation, with their previews."""

from __future__ import annotations

import math
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageDraw, ImageFilter

from chat_core.client import Address, Client
from chat_core.protocol.requests.conversations import SetTopic
from chat_core.protocol.requests.marks import React
from chat_tui.demo.script import ANN, JOE, MARIJA
from screenshots.camera import demo, take, until, write

_CODE = '''\
"""Throws out what nobody asked for within a month."""

from datetime import timedelta

KEPT = timedelta(days=30)

def stale(entries, now):
    return [each for each in entries if now - each.used > KEPT]

'''


async def files() -> Path:
    """Files below their messages."""
    async with demo(100, 34, others=_send) as pilot:
        await until(pilot, "Release planning", "we are only bots")
        await write(pilot, "/join #outing")
        await pilot.press("enter")
        await until(pilot, "▀▀", "def stale", "can we go again")
        await pilot.pause(1.0)
        return take(pilot, "files-100x34")


async def _send(address: Address) -> None:
    """Let the bots send what is to be seen."""
    with TemporaryDirectory() as folder:
        view, code = Path(folder) / "ridge.jpg", Path(folder) / "stale.py"
        view.write_bytes(_ridge())
        code.write_text(_CODE + "\n" * 2 + "print(stale([], None))\n" * 31)
        async with Client(address, ANN) as ann, Client(address, MARIJA) as marija, Client(address, JOE) as joe:
            for each in (ann, marija, joe):
                await each.online(60)
            number = await ann.join("outing")
            await marija.join("outing")
            await joe.join("outing")
            await ann.call(SetTopic(conversation=number, topic="Pictures of the hike, and what else came of it"))
            seen = await marija.upload(number, view, body="the view from the ridge, half past eight")
            for each in (ann, joe):
                await each.call(React(conversation=number, seq=seen.seq, emoji="😍"))
            await joe.sent(joe.post(number, "and I stayed at home to finish the cache, here it is"))
            await joe.upload(number, code)
            await ann.sent(ann.post(number, "can we go again next week?"))


def _ridge() -> bytes:
    """Return a photograph of an evening in the mountains, as far as one can be had without any."""
    width, height = 800, 440
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    for y in range(height):
        part = y / height
        draw.line((0, y, width, y), fill=_between((38, 28, 78), (255, 150, 92), min(1.0, part * 1.5)))
    draw.ellipse((520, 120, 640, 240), fill=(255, 232, 170))
    image = image.filter(ImageFilter.GaussianBlur(6))
    draw = ImageDraw.Draw(image)
    ridges = ((230, 60, 0.011, (150, 84, 120)), (290, 50, 0.017, (94, 58, 104)), (350, 40, 0.023, (44, 34, 70)))
    for base, high, often, colour in ridges:
        outline = [
            (x, base + high * math.sin(x * often + base) * math.cos(x * often / 2.3) + 14 * math.sin(x * often * 5))
            for x in range(0, width + 8, 8)
        ]
        draw.polygon([*outline, (width, height), (0, height)], fill=colour)
    into = BytesIO()
    image.save(into, "JPEG", quality=92)
    return into.getvalue()


def _between(one: tuple[int, int, int], other: tuple[int, int, int], part: float) -> tuple[int, int, int]:
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return red, green, blue


PICTURES = (files,)
