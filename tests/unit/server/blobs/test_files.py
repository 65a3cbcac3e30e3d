"""What a server takes of files, and what it keeps of them."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from chat_core.base.clock import SystemClock
from chat_core.base.ids import AccountId
from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.protocol.values import FileInfo
from chat_core.server.blobs.files import ABANDONED_S, QUIET_S, SPARE_BYTES, Files, NotTaken
from chat_core.server.blobs.upload import Upload
from chat_core.server.quotas import FILES, FilesSection

ANN, BOB = AccountId(1), AccountId(2)


class Later(SystemClock):
    """A clock that can be put forward."""

    ahead_s = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead_s


def info(data: bytes, **more: object) -> FileInfo:
    fields = {"name": "a.bin", "size": len(data), "type": "image/png", "sha256": hashlib.sha256(data).digest()}
    return FileInfo(**(fields | more))  # type: ignore[arg-type]


@pytest.fixture
async def files(tmp_path: Path) -> AsyncIterator[Files]:
    (tmp_path / "blobs" / "partial").mkdir(parents=True)
    (tmp_path / "blobs" / "partial" / "7").write_text("left by a crash")
    settings = FilesSection(max_bytes=1000, types="image/*", account_bytes=1500, account_files=3, total_bytes=2500)
    made = Files(tmp_path, settings, Later(), free=lambda _: SPARE_BYTES + 2000)
    await made.open()
    yield made
    made.close()


def left(files: Files, folder: Path) -> list[bytes]:
    files.close()  # ends the threads, when they have done everything
    return [path.read_bytes() for path in (folder / "blobs").rglob("*") if path.is_file()]


async def sent(files: Files, data: bytes, account: AccountId = ANN) -> Upload:
    upload = files.begin(account, os.urandom(16), 1, info(data), 0, 0)
    await files.take(upload, 0, data)
    await files.finish(upload)
    return upload


def refusal(files: Files, file: FileInfo, account: AccountId = ANN, count: int = 0, size: int = 0) -> str:
    with pytest.raises(NotTaken) as fault:
        files.begin(account, os.urandom(16), 1, file, count, size)
    return f"{fault.value.code}: {fault.value}"


async def test_file_is_refused_that_is_beyond_a_limit(files: Files) -> None:
    assert refusal(files, info(b"", size=1001)) == "too_long: A file has at most 1000 bytes here, this one has 1001."
    assert "takes no text/plain, only image/*" in refusal(files, info(b"", type="text/plain"))
    assert refusal(files, info(b""), count=3).startswith("too_many: You have 3 files here")
    assert refusal(files, info(b"x" * 600), size=1000).startswith("too_many: Your files here may have 1500 bytes")
    files.begin(ANN, b"1" * 16, 1, info(b"x" * 900), 0, 0)
    assert refusal(files, info(b"x" * 700)).startswith("too_many:"), "what is on its way counts"
    files.begin(BOB, b"2" * 16, 1, info(b"x" * 900), 0, 0)
    assert refusal(files, info(b"x" * 800), AccountId(3)).startswith("store_full: The server has all the files")
    assert refusal(files, info(b"x" * 300), AccountId(3)) == "store_full: The server's disk has no room for this file."
    files.use(FilesSection(max_bytes=0))
    assert refusal(files, info(b"")) == "not_allowed: This server takes no files."


async def test_nothing_is_left_of_an_upload_when_the_disk_is_full(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    upload = files.begin(ANN, b"1" * 16, 1, info(b"abc"), 0, 0)
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(NotTaken, match="disk is full") as fault:
            await files.take(upload, 0, b"abc")
    assert fault.value.code == Refusal.STORE_FULL
    with pytest.raises(NotTaken):
        files.find(ANN, upload.number)
    assert left(files, tmp_path) == []


async def test_upload_is_thrown_away_when_nobody_goes_on_with_it(files: Files, tmp_path: Path) -> None:
    upload = files.begin(ANN, b"1" * 16, 1, info(b"abc"), 0, 0)
    await files.take(upload, 0, b"ab")
    files.expire()
    assert files.find(ANN, upload.number) is upload
    Later.ahead_s = 901.0
    try:
        files.expire()
    finally:
        Later.ahead_s = 0.0
    with pytest.raises(NotTaken, match="begin it again"):
        files.find(ANN, upload.number)
    assert left(files, tmp_path) == []


async def again(tmp_path: Path, *, epoch: str = "", settings: FilesSection = FILES) -> Files:
    """Return what the next run of the server has."""
    made = Files(tmp_path, settings, Later(), epoch, lambda _: 10**12)
    await made.open()
    return made


async def test_upload_that_waits_holds_no_descriptor_and_goes_on(tmp_path: Path) -> None:
    clock = Later()
    files = Files(tmp_path, FilesSection(), clock)
    await files.open()
    upload = files.begin(ANN, b"1" * 16, 1, info(b"abcd"), 0, 0)
    await files.take(upload, 0, b"ab")
    clock.ahead_s = QUIET_S + 1
    files.expire()
    await files.take(files.begin(ANN, b"2" * 16, 1, info(b"x"), 0, 0), 0, b"x")  # behind it in the same thread
    assert upload._descriptor is None
    await files.take(files.find(ANN, upload.number), 2, b"cd")
    await files.finish(upload)
    assert await files.read(info(b"abcd"), 0, 10) == b"abcd"
    files.close()


async def test_upload_takes_the_place_of_the_oldest_abandoned_one_and_of_no_other(tmp_path: Path) -> None:
    clock, here = Later(), dict.fromkeys(range(4), True)
    files = Files(tmp_path, FilesSection(), clock, free=lambda _: 10 * SPARE_BYTES)
    await files.open()
    uploads = []
    for number in here:
        clock.ahead_s += 1
        there = partial(here.__getitem__, number)
        uploads.append(files.begin(ANN, bytes([number]) * 16, 1, info(b"x" * 9), 0, 0, there))
    clock.ahead_s += ABANDONED_S
    assert refusal(files, info(b"y")).startswith("too_many: You are sending 4 files already")
    here[1] = here[2] = False
    await files.take(files.find(ANN, uploads[1].number), 0, b"x")  # heard of just now: its client may come back
    another = files.begin(ANN, b"9" * 16, 1, info(b"y"), 0, 0)

    with pytest.raises(NotTaken, match="no such upload"):
        files.find(ANN, uploads[2].number)
    assert [files.find(ANN, each.number) for each in (uploads[0], uploads[1], uploads[3], another)]
    assert refusal(files, info(b"y")).startswith("too_many: You are sending 4 files already")
    files.close()


async def test_upload_is_gone_on_with_by_the_next_run_of_the_server(tmp_path: Path) -> None:
    first = await again(tmp_path)
    upload = first.begin(ANN, b"1" * 16, 1, info(b"abcd"), 0, 0)
    await first.take(upload, 0, b"ab")
    first.close()

    second = await again(tmp_path, settings=FilesSection(account_bytes=5))
    found = second.begun(ANN, b"1" * 16, 1, info(b"abcd"))
    assert found is not None and (found.received, found.written) == (2, 2)
    assert refusal(second, info(b"xy")).startswith("too_many:"), "what is on its way counts"
    for other in ((ANN, b"1" * 16, 1, info(b"efgh")), (ANN, b"1" * 16, 2, info(b"abcd"))):
        with pytest.raises(NotTaken) as fault:
            second.begun(*other)
        assert fault.value.code == Refusal.CID_REUSED
    assert second.begun(BOB, b"1" * 16, 1, info(b"abcd")) is None
    await second.take(found, 2, b"cd")
    await second.finish(found)
    second.drop(found)
    assert await second.read(info(b"abcd"), 0, 10) == b"abcd"
    assert left(second, tmp_path) == [b"abcd"]


async def test_upload_of_which_the_last_piece_came_before_the_end_is_finished_by_the_next_run(tmp_path: Path) -> None:
    for number, data in enumerate((b"abcd", b"")):
        first = await again(tmp_path)
        upload = first.begin(ANN, bytes([number]) * 16, 1, info(data), 0, 0)
        await first.take(upload, 0, data)
        first.close()
        second = await again(tmp_path)
        found = second.begun(ANN, bytes([number]) * 16, 1, info(data))
        assert found is not None
        await second.finish(found)
        assert await second.read(info(data), 0, 10) == data
        second.close()


async def test_upload_begins_anew_when_the_power_failed_and_the_disk_lost_a_part(tmp_path: Path) -> None:
    first = await again(tmp_path)
    upload = first.begin(ANN, b"1" * 16, 1, info(b"abcd"), 0, 0)
    await first.take(upload, 0, b"abcd")
    first.close()
    (part,) = (path for path in (tmp_path / "blobs" / "partial").iterdir() if path.suffix != ".about")
    part.write_bytes(b"ab\0\0")

    second = await again(tmp_path)
    found = second.begun(ANN, b"1" * 16, 1, info(b"abcd"))
    assert found is not None
    with pytest.raises(NotTaken) as fault:
        await second.finish(found)
    assert fault.value.code == Refusal.NO_UPLOAD, "a client begins it again by itself"
    assert second.begun(ANN, b"1" * 16, 1, info(b"abcd")) is None
    assert left(second, tmp_path) == []


async def test_nothing_is_left_of_uploads_that_nobody_can_go_on_with(tmp_path: Path) -> None:
    first = await again(tmp_path, epoch="one")
    partial = tmp_path / "blobs" / "partial"
    for cid in (b"1" * 16, b"2" * 16, b"3" * 16, b"4" * 16):
        await first.take(first.begin(ANN, cid, 1, info(b"abcd"), 0, 0), 0, b"ab")
    first.close()
    old, unknown, larger, kept = sorted(path for path in partial.iterdir() if path.suffix != ".about")
    os.utime(old, (1, 1))
    about = unknown.with_name(f"{unknown.name}.about")
    about.write_bytes(about.read_bytes().replace(b"a.bin", b"\xff.bin"))
    larger.write_bytes(b"abcdefgh")
    (partial / "stray.about").write_bytes(b"")

    second = await again(tmp_path, epoch="one")
    assert [second.begun(ANN, cid, 1, info(b"abcd")) is None for cid in (b"1" * 16, b"4" * 16)] == [True, False]
    assert left(second, tmp_path).count(b"ab") == 1 and kept.exists()
    assert sorted(partial.iterdir()) == [kept, kept.with_name(f"{kept.name}.about")]
    assert left(await again(tmp_path, epoch="two"), tmp_path) == [], "in another life its numbers mean others"


async def test_folder_that_another_program_left_beside_uploads_is_passed_over(tmp_path: Path) -> None:
    partial = tmp_path / "blobs" / "partial"
    (partial / ".~tmp~").mkdir(parents=True)
    (partial / "stray").symlink_to(tmp_path)

    await again(tmp_path, epoch="one")

    assert [path.name for path in partial.iterdir()] == [".~tmp~"]


async def test_pipe_in_the_place_of_a_file_holds_up_nothing(files: Files, tmp_path: Path) -> None:
    for data in (b"one", b"two"):
        files.drop(await sent(files, data))
    name = info(b"one").sha256.hex()
    place = tmp_path / "blobs" / name[:2] / name[2:]
    place.unlink()
    os.mkfifo(place)

    with pytest.raises(NotTaken) as fault:
        await files.read(info(b"one"), 0, 10)

    assert fault.value.code == Refusal.STORE_FAILED
    assert await files.read(info(b"two"), 0, 10) == b"two"


async def test_more_than_the_window_is_refused_until_it_is_written(tmp_path: Path) -> None:
    files = Files(tmp_path, FilesSection(), Later(), free=lambda _: 10**12)
    data = b"x" * 800_000
    upload = files.begin(ANN, b"1" * 16, 1, info(data), 0, 0)
    upload.received = 384 * 1024 - 10
    with pytest.raises(NotTaken) as fault:
        await files.take(upload, upload.received, data[:100])
    assert (fault.value.code, fault.value.retry_after) == (Refusal.BUSY, 0.1)
    files.close()


async def test_content_stays_while_a_message_refers_to_it_or_is_about_to(files: Files, tmp_path: Path) -> None:
    kept = {info(b"one").sha256}

    async def is_kept(sha256: bytes) -> bool:
        return sha256 in kept

    async def everything() -> frozenset[bytes]:
        return frozenset(kept)

    for data in (b"one", b"two", b"three"):
        files.drop(await sent(files, data))
    async with files.pinned(info(b"two").sha256):
        assert await files.sweep(everything, is_kept) == 2
    assert await files.read(info(b"two"), 1, 100) == b"wo"
    assert await files.sweep(everything, is_kept) == 1
    with pytest.raises(NotTaken, match="lost the bytes") as lost:
        await files.read(info(b"two"), 0, 100)
    assert not REFUSALS[lost.value.code].again, "nobody waits for what does not come back"
    assert left(files, tmp_path) == [b"one"]


async def test_content_is_forgotten_once_nobody_is_about_to_refer_to_it(files: Files) -> None:
    sha256 = info(b"one").sha256
    async with files.pinned(sha256):
        async with files.pinned(sha256):
            pass
        assert dict(files._pins) == {sha256: 1}

    assert not files._pins


async def test_content_stays_when_a_message_came_while_it_was_asked_whether_one_has_it(files: Files) -> None:
    file = info(b"one")
    files.drop(await sent(files, b"one"))
    kept: set[bytes] = set()

    async def is_kept(sha256: bytes) -> bool:
        answer = sha256 in kept  # what a snapshot shows that was taken before
        async with files.pinned(sha256):
            kept.add(sha256)
        return answer

    await files.remove_unused(file.sha256, is_kept)
    assert await files.read(file, 0, 10) == b"one"


async def test_contents_are_asked_for_one_after_the_other_when_many_are_dropped_at_once(
    files: Files, tmp_path: Path
) -> None:
    contents = [b"one", b"two", b"three"]
    for data in contents:
        files.drop(await sent(files, data))
    asked: list[bytes] = []
    waiting, most, done = 0, 0, asyncio.Event()

    async def is_kept(sha256: bytes) -> bool:
        nonlocal waiting, most
        waiting, most = waiting + 1, max(most, waiting + 1)
        await asyncio.sleep(0)  # others have their turn
        waiting -= 1
        asked.append(sha256)
        if len(asked) == len(contents) + 1:
            done.set()
        return False

    files.dropped((info(data).sha256 for data in [*contents, b"not there"]), is_kept)
    await done.wait()

    assert (asked, most) == ([info(data).sha256 for data in [*contents, b"not there"]], 1)
    assert left(files, tmp_path) == []


async def test_upload_is_not_begun_anew_by_who_waited_to_finish_it_when_it_was_given_up(
    files: Files, tmp_path: Path
) -> None:
    files.drop(await sent(files, b"abcd", BOB))
    upload = files.begin(ANN, b"1" * 16, 1, info(b"abcd"), 0, 0)
    await files.take(upload, 0, b"abcd")
    files.drop(upload)
    with pytest.raises(NotTaken) as fault:
        await files.finish(upload)
    assert fault.value.code == Refusal.NO_UPLOAD
    assert await files.read(info(b"abcd"), 0, 10) == b"abcd", "nothing empty took the place of the same content"
    assert left(files, tmp_path) == [b"abcd"]


async def test_content_of_an_upload_is_told_when_nobody_went_on_to_post_it(files: Files) -> None:
    upload = await sent(files, b"abcd")
    await files.take(files.begin(ANN, b"1" * 16, 1, info(b"xyz"), 0, 0), 0, b"xy")
    assert files.expire() == []
    Later.ahead_s = 901.0
    try:
        assert files.expire() == [upload.file.sha256], "of the other one nothing is in its place"
    finally:
        Later.ahead_s = 0.0


async def test_upload_begins_anew_when_its_content_went_before_it_was_posted(files: Files) -> None:
    upload = await sent(files, b"abcd")

    async def is_kept(_: bytes) -> bool:
        return False

    await files.remove_unused(upload.file.sha256, is_kept)  # somebody deleted a message with the same
    with pytest.raises(NotTaken) as fault:
        await files.finish(upload)
    assert fault.value.code == Refusal.NO_UPLOAD, "a client begins it again by itself"
    again = files.begin(ANN, upload.cid, 1, upload.file, 0, 0)
    await files.take(again, 0, b"abcd")
    await files.finish(again)
    assert await files.read(upload.file, 0, 10) == b"abcd"
