"""Files between two real clients, one of them cut off in the middle; and what refuses leave behind on the disk."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from chat_core.base.errors import ChatError
from chat_core.client import CallFailed, Client, parse_address
from chat_core.client.files.progress import Transfer
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.files import UploadBegin, UploadCancel, UploadChunk, UploadFinish
from chat_core.transport.connect import connect
from chat_core.transport.driver import Driver
from chat_core.transport.urls import Address
from tests.support.processes import ServerProcess
from tests.support.watching import Watched

DATA = os.urandom(2_000_000)


class Cuts:
    """Connects, and cuts the connection once a transfer is so far."""

    def __init__(self, *at: int) -> None:
        self.drivers: list[Driver] = []
        self.seen: list[int] = []
        self._at = list(at)

    async def connect(self, address: Address, make_driver: Callable[[], Driver]) -> None:
        def kept() -> Driver:
            self.drivers.append(make_driver())
            return self.drivers[-1]

        await connect(address, kept)

    def progress(self, transfer: Transfer) -> None:
        self.seen.append(transfer.done)
        if self._at and transfer.done >= self._at[0]:
            self._at.pop(0)
            self.drivers[-1].abort()


def blobs(server: ServerProcess) -> list[Path]:
    return [path for path in (server.data / "blobs").rglob("*") if path.is_file()]


async def test_file_arrives_once_and_whole_when_both_sides_are_cut_off_on_the_way(home: Path) -> None:
    source = home / "report.pdf"
    source.write_bytes(DATA)
    up, down = Cuts(400_000, 1_200_000), Cuts(500_000)
    with ServerProcess(home / "data") as server:
        address = parse_address(server.address)
        async with (
            Watched(server.address, "bob") as bob,
            Client(address, "ann", connector=up.connect) as ann,
            Client(address, "bob", connector=down.connect, follow=False) as saver,
        ):
            await ann.online(20)
            number = await ann.join("general")
            posted = await ann.upload(number, source, progress=up.progress)
            assert len(up.drivers) == 3
            assert up.seen == sorted(up.seen), "a cut takes nothing back that the server has"
            text = await ann.sent(ann.post(number, "there it is"))
            await bob.until(lambda: bob.bodies("#general") == ["report.pdf", "there it is"])
            assert (posted.seq, text.seq) == (1, 2)
            shown = next(iter(bob.room("#general").timeline)).file
            assert shown is not None
            assert (shown.name, shown.size, shown.type) == ("report.pdf", len(DATA), "application/pdf")
            saved = await saver.download("#general", 1, to=home, progress=down.progress)
            assert saved == home / "report (2).pdf", "nothing is overwritten"
            assert saved.read_bytes() == DATA
            assert len(down.drivers) == 2
            assert sorted(path.name for path in home.iterdir() if "part" in path.name) == []
            await ann.delete(number, 1)
            await bob.until(lambda: next(iter(bob.room("#general").timeline)).deleted)
            assert next(iter(bob.room("#general").timeline)).file is None
            with pytest.raises(CallFailed, match="no file at a message of that number"):
                await saver.download("#general", 1, to=home)
        assert server.stop() == 0
        assert blobs(server) == []


async def test_file_goes_on_where_it_was_when_the_server_was_killed_in_the_middle(home: Path) -> None:
    source = home / "report.pdf"
    source.write_bytes(DATA)
    with ServerProcess(home / "data") as server:
        async with Watched(server.address, "ann") as ann:
            number = await ann.client.join("general")
            up: list[int] = []
            down: list[int] = []

            def killing(seen: list[int], transfer: Transfer) -> None:
                seen.append(transfer.done)
                if transfer.done > 500_000 >= (seen[-2] if len(seen) > 1 else 0):
                    server.kill()
                    server.start()
                    ann.client.wake()

            posted = await ann.client.upload(number, source, progress=partial(killing, up))
            assert posted.seq == 1
            assert up == sorted(up), "what was answered is not sent again"
            assert [path.read_bytes() for path in blobs(server)] == [DATA]
            saved = await ann.client.download(number, 1, to=home, progress=partial(killing, down))
            assert saved.read_bytes() == DATA
            assert down == sorted(down)


async def test_file_is_fetched_from_the_beginning_when_what_was_there_of_it_is_spoilt(home: Path) -> None:
    source, folder = home / "report.pdf", home / "saved"
    source.write_bytes(DATA)
    folder.mkdir()
    part = folder / f".report.pdf.{hashlib.sha256(DATA).digest()[:4].hex()}.part"
    seen: list[Transfer] = []
    with ServerProcess(home / "data") as server:
        async with Watched(server.address, "ann") as ann:
            number = await ann.client.join("general")
            await ann.client.upload(number, source)
            for spoilt in (500_000, len(DATA)):  # bytes that never reached the disk are read as zeros
                part.write_bytes(bytes(spoilt))
                saved = await ann.client.download(number, 1, to=folder, progress=seen.append)
                assert saved.read_bytes() == DATA
                assert seen[0].done == spoilt, "it was gone on with at first"
                seen.clear()
    assert sorted(path.name for path in folder.iterdir()) == ["report (2).pdf", "report.pdf"]


async def test_upload_is_refused_in_a_sentence_and_leaves_nothing_when_the_file_is_bad(home: Path) -> None:
    small = {"CHAT_CORE_FILES_MAX_BYTES": "1000000", "CHAT_CORE_FILES_TYPES": "application/* image/png"}
    quotas = {"CHAT_CORE_FILES_ACCOUNT_FILES": "1", "CHAT_CORE_FILES_ACCOUNT_BYTES": "900000"}
    growing, large, text = home / "growing.bin", home / "large.bin", home / "notes.txt"
    growing.write_bytes(DATA[:800_000])
    large.write_bytes(DATA)
    text.write_text("hello")
    os.mkfifo(home / "pipe")
    with ServerProcess(home / "data", env={**small, **quotas}) as server:
        async with Watched(server.address, "ann") as ann:
            number = await ann.client.join("general")

            async def refused(path: Path, grow: bool = False) -> str:
                def progress(transfer: Transfer) -> None:
                    if grow and transfer.done:
                        growing.write_bytes(DATA[: 800_001 + transfer.done])

                with pytest.raises(ChatError) as fault:
                    await asyncio.wait_for(ann.client.upload(number, path, progress=progress), 10)
                return str(fault.value)

            assert "takes files up to 1.0 MB" in await refused(large)
            assert "takes no text/plain, only application/*, image/png" in await refused(text)
            assert "is a folder" in await refused(home / "data")
            assert "is no regular file" in await refused(home / "pipe")
            assert "There is no file" in await refused(home / "gone")
            assert "changed while it was read" in await refused(growing, grow=True)
            growing.write_bytes(DATA[:500_000])
            await ann.client.upload(number, growing)
            growing.write_bytes(DATA[:400])
            assert "You have 1 files here" in await refused(growing)
            assert [path.stat().st_size for path in blobs(server)] == [500_000]
            assert ann.bodies("#general") == ["growing.bin"]


async def test_message_of_a_file_is_refused_and_the_file_goes_when_its_author_may_not_write(home: Path) -> None:
    source = home / "report.pdf"
    source.write_bytes(DATA[:1000])
    with ServerProcess(home / "data") as server:
        async with Watched(server.address, "ann") as ann:
            with pytest.raises(CallFailed) as fault:
                await ann.client.upload("#announcements", source)
            assert fault.value.code == Refusal.NOT_ALLOWED
        assert server.stop() == 0
        assert blobs(server) == []


async def test_file_goes_when_its_upload_is_cancelled_after_its_message_was_refused_for_now(home: Path) -> None:
    data = DATA[:1000]
    with ServerProcess(home / "data") as server:
        async with Watched(server.address, "ann") as ann:
            call, number = ann.client.call, await ann.client.join("general")
            begin = UploadBegin(
                conversation=number,
                cid=os.urandom(16),
                name="a.bin",
                size=len(data),
                sha256=hashlib.sha256(data).digest(),
                type="image/png",
            )
            upload = (await call(begin)).upload
            await call(UploadChunk(upload=upload, offset=0, data=data))
            with pytest.raises(CallFailed) as fault:
                await call(UploadFinish(upload=upload, prev=os.urandom(16)))
            assert fault.value.code == Refusal.UNKNOWN_PREV
            assert [path.read_bytes() for path in blobs(server)] == [data], "it may be finished again"
            async with asyncio.timeout(10):
                await call(UploadCancel(upload=upload))
                while blobs(server):  # it goes behind the answer
                    await call(UploadCancel(upload=upload))
