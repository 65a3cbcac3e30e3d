"""Commands that were killed or cut off in the middle go on where they were: real processes, the server killed, too."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.processes import ServerProcess
from tests.support.ways import Way
from tests.support.wire import Wire

DATA = os.urandom(600_000)
HALF = 300_000
SPARED = 100_000
"""Bytes that at least need not come again."""
BESIDES = 50_000
"""Bytes that everything else takes, at most."""


@pytest.fixture
async def way(home: Path) -> AsyncIterator[Way]:
    with ServerProcess(home / "data") as server:
        async with Way(server, "ann") as way:
            yield way


def size(folder: Path, pattern: str) -> int:
    return sum(path.stat().st_size for path in folder.glob(pattern))


async def test_upload_goes_on_where_it_was_when_client_and_server_were_killed(way: Way, home: Path) -> None:
    source, server = home / "report.bin", way.server
    source.write_bytes(DATA)
    way.block("up", HALF)
    await way.killed(lambda: size(server.data, "blobs/partial/*") > SPARED, "upload", "#general", source)
    server.kill()
    server.start()
    way.free()

    assert await way.run("upload", "#general", source) == "#general:1\n"
    assert way.passed["up"] < len(DATA) - SPARED + BESIDES, "what was there did not come again"
    assert list((server.data / "blobs" / "partial").iterdir()) == []
    assert await way.run("upload", "#general", source) == "#general:2\n", "its end was seen: another message is meant"
    saved = (await way.run("download", "#general:1", "--to", home)).strip()
    assert Path(saved).read_bytes() == DATA


async def test_upload_is_one_message_when_the_client_was_killed_before_it_heard_of_it(way: Way, home: Path) -> None:
    source, data = home / "report.bin", way.server.data
    source.write_bytes(DATA)
    way.deafen("upload_finish")
    await way.killed(lambda: size(data, "blobs/??/*") == len(DATA), "upload", "#general", source)
    way.free()

    assert await way.run("upload", "#general", source) == "#general:1\n"
    assert way.passed["up"] < BESIDES, "it is there already"
    assert (await way.run("history", "#general")).count("#general:") == 1


async def test_upload_in_the_line_mode_goes_on_where_it_was_when_the_client_was_killed(way: Way, home: Path) -> None:
    source, upload = home / "report.bin", f"/upload {home / 'report.bin'}"
    source.write_bytes(DATA)
    way.block("up", HALF)
    await way.killed_talking(lambda: size(way.server.data, "blobs/partial/*") > SPARED, upload)
    way.free()

    said = await way.talked(upload)

    assert said.splitlines()[-1] == "Sent: report.bin", "it needs no echo"
    assert way.passed["up"] < len(DATA) - SPARED + BESIDES, "what was there did not come again"
    assert list((way.server.data / "blobs" / "partial").iterdir()) == []
    assert (await way.run("history", "#general")).count("#general:") == 1


async def test_download_goes_on_where_it_was_when_client_and_server_were_killed(way: Way, home: Path) -> None:
    source, saved = home / "report.bin", home / "saved"
    source.write_bytes(DATA)
    saved.mkdir()
    await way.run("upload", "#general", source)
    way.block("down", HALF)
    await way.killed(lambda: size(saved, ".report.bin.*.part") > SPARED, "download", "#general:1", "--to", saved)
    way.server.kill()
    way.server.start()
    way.free()

    assert await way.run("download", "#general:1", "--to", saved) == f"{saved / 'report.bin'}\n"
    assert way.passed["down"] < len(DATA) - SPARED + BESIDES, "what was there did not come again"
    assert [path.name for path in saved.iterdir()] == ["report.bin"]
    assert (saved / "report.bin").read_bytes() == DATA


async def test_export_has_every_message_once_when_it_was_cut_off_between_two_pages(way: Way) -> None:
    with Wire(way.server.port) as wire:
        wire.enter("bob")
        for number in range(400):
            wire.say("#general", f"line {number}")
    way.cut("down", 30_000)

    text = await way.run("export", "#general", "--format", "txt", "--to", "-")

    assert way.stopped.is_set()
    assert [line.rpartition("> ")[2] for line in text.splitlines() if "> line " in line] == [
        f"line {number}" for number in range(400)
    ]
