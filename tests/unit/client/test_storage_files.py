"""What a client keeps in files: kept through crashes, adopted once, private, and no drama when the disk is full."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from chat_core.base.errors import WorldFault
from chat_core.client.folders import folder_for
from chat_core.client.state.journal import Gone, Put, Whose
from chat_core.client.state.model import Remembered, Unsent
from chat_core.client.storage_files import REWRITE_BYTES, FileStorage
from chat_core.protocol.values import Account, Conversation


def put(body: str) -> Put:
    return Put(unsent=Unsent(cid=body.encode().ljust(16, b"\0")[:16], conversation=1, body=body, ts=0), target="#g")


async def kept(storage: FileStorage, *records: Put | Gone | Whose) -> None:
    """Write, and wait until it is on disk."""
    on_disk = asyncio.Event()
    storage.write(records, on_disk.set)
    await asyncio.wait_for(on_disk.wait(), 5)


async def bodies(storage: FileStorage, name: str = "ann") -> list[str]:
    return [each.unsent.body for each in (await storage.open(name)).kept]


def files(folder: Path, prefix: str = "outbox-") -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.name.startswith(prefix))


async def abandon(storage: FileStorage) -> None:
    """End it as a crash does: what was not on disk is lost, and the lock is free."""
    os.close(storage._fd)
    storage._fd = -1
    await storage.close()


async def test_storage_gives_back_what_was_on_disk_when_the_client_crashed(tmp_path: Path) -> None:
    first = FileStorage(tmp_path)
    assert await bodies(first) == []
    await kept(first, put("one"), put("two"))
    await kept(first, Gone(cids=(put("one").unsent.cid,)))
    await abandon(first)

    second = FileStorage(tmp_path)
    assert await bodies(second) == ["two"]
    assert len(files(tmp_path)) == 1
    await second.close()


async def test_storage_syncs_once_for_all_that_came_while_it_was_syncing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = FileStorage(tmp_path)
    await storage.open("ann")
    begun, gate, syncs, really = threading.Event(), threading.Event(), [], os.fdatasync

    def held(fd: int) -> None:
        syncs.append(fd)
        begun.set()
        assert gate.wait(10)
        really(fd)

    monkeypatch.setattr(os, "fdatasync", held)
    told: list[int] = []
    all_on_disk = asyncio.Event()
    for number in range(50):
        storage.write([put(f"{number:02}")], lambda number=number: told.append(number))  # type: ignore[misc]
        if number == 0:
            assert await asyncio.to_thread(begun.wait, 10)
    storage.write([], all_on_disk.set)
    assert told == [], "nothing is told before it is on disk"
    gate.set()
    await asyncio.wait_for(all_on_disk.wait(), 10)

    assert (told, len(syncs)) == (list(range(50)), 2)
    await storage.close()


async def test_storage_leaves_alone_what_a_running_client_has(tmp_path: Path) -> None:
    first, second = FileStorage(tmp_path), FileStorage(tmp_path)
    await first.open("ann")
    await kept(first, put("mine"))

    assert await bodies(second) == []
    assert len(files(tmp_path)) == 2
    await first.close()
    await second.close()


async def test_storage_adopts_what_several_clients_left(tmp_path: Path) -> None:
    several = [FileStorage(tmp_path) for _ in range(3)]
    for number, storage in enumerate(several):
        await storage.open("ann")
        await kept(storage, put(f"left {number}"))
    for storage in several:
        await abandon(storage)

    heir = FileStorage(tmp_path)
    assert sorted(await bodies(heir)) == ["left 0", "left 1", "left 2"]
    assert len(files(tmp_path)) == 1, "the others are folded in"
    await abandon(heir)
    again = FileStorage(tmp_path)
    assert sorted(await bodies(again)) == ["left 0", "left 1", "left 2"]
    await again.close()


async def test_storage_adopts_one_after_the_other_what_was_written_for_two_stores(tmp_path: Path) -> None:
    several = [FileStorage(tmp_path) for _ in range(2)]
    for number, storage in enumerate(several):
        await storage.open("ann")
        await kept(storage, Whose(name="ann", account=1, epoch=f"e{number}"), put(f"for e{number}"))
    for storage in several:
        await abandon(storage)

    told = []
    for _ in several:
        heir = FileStorage(tmp_path)
        found = await heir.open("ann")
        assert found.whose is not None
        told.append((found.whose.epoch, [each.unsent.body for each in found.kept]))
        heir.write([Gone(cids=tuple(each.unsent.cid for each in found.kept))])
        await heir.close()
    assert sorted(told) == [("e0", ["for e0"]), ("e1", ["for e1"])]
    assert files(tmp_path) == []


async def test_storages_all_open_when_they_are_opened_at_once_among_left_files(tmp_path: Path) -> None:
    left: set[str] = set()
    for turn in range(25):
        several = [FileStorage(tmp_path) for _ in range(8)]
        found = await asyncio.gather(*(storage.open("ann") for storage in several))
        assert {each.unsent.body for every in found for each in every.kept} == left, turn
        left.clear()
        for number, (storage, has) in enumerate(zip(several, found, strict=True)):
            storage.write([Gone(cids=tuple(each.unsent.cid for each in has.kept))])
            await kept(storage, put(f"{turn}.{number}"))
            left.add(f"{turn}.{number}")
        for storage in several:
            await abandon(storage)


async def test_storage_leaves_a_rewrite_alone_that_a_running_client_is_at(tmp_path: Path) -> None:
    first, second = FileStorage(tmp_path), FileStorage(tmp_path)
    await first.open("ann")
    (mine,) = files(tmp_path)
    at_work = mine.with_name(f"{mine.name}.unfinished")
    at_work.write_bytes(b"")
    await second.open("ann")
    assert at_work.exists()
    await second.close()
    await first.close()

    third = FileStorage(tmp_path)
    await third.open("ann")
    assert not at_work.exists(), "the file it was to replace is gone: it is nobody's"
    await third.close()


async def test_storage_leaves_alone_what_another_account_wrote(tmp_path: Path) -> None:
    first = FileStorage(tmp_path)
    await first.open("ann")
    await kept(first, Whose(name="ann", account=1, epoch="e"), put("ann's"))
    await abandon(first)

    other = FileStorage(tmp_path)
    assert await bodies(other, "bob") == []
    await other.close()
    mine = FileStorage(tmp_path)
    found = await mine.open("ANN")
    assert [each.unsent.body for each in found.kept] == ["ann's"]
    assert found.whose == Whose(name="ann", account=1, epoch="e")
    await mine.close()


async def test_storage_leaves_alone_what_another_name_wrote_that_never_was_online(tmp_path: Path) -> None:
    first = FileStorage(tmp_path)
    await first.open("ann")
    await kept(first, put("ann's"))
    await abandon(first)

    for name, expected in (("bob", []), ("ann", ["ann's"])):
        other = FileStorage(tmp_path)
        assert await bodies(other, name) == expected
        await other.close()


async def test_storage_leaves_no_file_when_nothing_is_unsent(tmp_path: Path) -> None:
    storage = FileStorage(tmp_path)
    await storage.open("ann")
    await kept(storage, put("one"))
    storage.write([Gone(cids=(put("one").unsent.cid,))])
    await storage.close()

    assert files(tmp_path) == []


async def test_storage_is_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "down"
    storage = FileStorage(folder)
    await storage.open("ann")
    await kept(storage, put("secret"))
    remembered = Remembered(me=Account(id=1, name="ann"), epoch="e", server="s", conversations=())
    storage.remember(remembered)
    await storage.close()

    assert stat.S_IMODE(folder.stat().st_mode) == stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    everything = list(folder.iterdir())
    assert len(everything) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in everything} == {0o600}


async def test_storage_gives_back_the_list_of_conversations_to_the_same_name_only(tmp_path: Path) -> None:
    general = Conversation(id=3, kind="channel", name="general", head=9)
    remembered = Remembered(me=Account(id=1, name="ann"), epoch="e", server="s", conversations=(general,))
    storage = FileStorage(tmp_path)
    await storage.open("ann")
    storage.remember(remembered)
    await storage.close()

    for name, expected in (("Ann", remembered), ("bob", None)):
        other = FileStorage(tmp_path)
        assert (await other.open(name)).remembered == expected
        await other.close()


async def test_storage_knows_no_conversations_when_their_list_is_damaged(tmp_path: Path) -> None:
    general = Conversation(id=3, kind="channel", name="general", head=9)
    first = FileStorage(tmp_path)
    await first.open("ann")
    first.remember(Remembered(me=Account(id=1, name="ann"), epoch="e", server="s", conversations=(general,)))
    await first.close()
    (known,) = files(tmp_path, "known-")
    known.write_bytes(known.read_bytes().replace(b"general", b"g\xffneral"))

    second = FileStorage(tmp_path)
    assert (await second.open("ann")).remembered is None
    await second.close()


async def test_storage_keeps_no_list_with_a_number_that_no_file_can_hold(tmp_path: Path) -> None:
    general = Conversation(id=3, kind="channel", name="general", head=9, members=2**64)
    storage = FileStorage(tmp_path)
    await storage.open("ann")
    storage.remember(Remembered(me=Account(id=1, name="ann"), epoch="e", server="s", conversations=(general,)))
    await storage.close()

    assert files(tmp_path, "known-") == []


async def test_storage_drops_the_cut_off_end_before_it_goes_on(tmp_path: Path) -> None:
    first = FileStorage(tmp_path)
    await first.open("ann")
    await kept(first, put("whole"))
    await abandon(first)
    (path,) = files(tmp_path)
    with path.open("ab") as file:
        file.write(b"\x00\x00\x01\x00half a rec")

    second = FileStorage(tmp_path)
    assert await bodies(second) == ["whole"]
    await kept(second, put("behind it"))
    await abandon(second)
    third = FileStorage(tmp_path)
    assert await bodies(third) == ["whole", "behind it"]
    await third.close()


async def test_storage_keeps_the_whole_of_a_file_that_is_damaged_before_its_end(tmp_path: Path) -> None:
    first = FileStorage(tmp_path)
    await first.open("ann")
    await kept(first, put("before"))
    await kept(first, put("damaged"))
    await kept(first, put("behind"))
    await abandon(first)
    (path,) = files(tmp_path)
    data = bytearray(path.read_bytes())
    data[data.index(b"damaged")] ^= 1
    path.write_bytes(data)

    second = FileStorage(tmp_path)
    assert await bodies(second) == ["before"]
    (copy,) = files(tmp_path, "damaged-")
    assert copy.read_bytes() == data
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    await second.close()


async def test_storage_leaves_a_newer_versions_file_as_it_is(tmp_path: Path) -> None:
    from zlib import crc32

    import msgspec

    body = msgspec.msgpack.encode({"is": "hologram"})
    data = len(body).to_bytes(4, "big") + crc32(body).to_bytes(4, "big") + body
    newer = tmp_path / "outbox-0000"
    newer.write_bytes(data)

    storage = FileStorage(tmp_path)
    assert await bodies(storage) == []
    await kept(storage, put("mine"))
    await storage.close()
    assert newer.read_bytes() == data


async def test_storage_stays_small_when_much_went_through_it(tmp_path: Path) -> None:
    storage = FileStorage(tmp_path)
    await storage.open("ann")
    await kept(storage, put("stays"))
    for number in range(120):
        message = put(f"{number:04} " + "x" * 16_000)
        await kept(storage, message)
        storage.write([Gone(cids=(message.unsent.cid,))])
    (path,) = files(tmp_path)
    assert path.stat().st_size < 2 * REWRITE_BYTES
    await abandon(storage)

    again = FileStorage(tmp_path)
    assert "stays" in await bodies(again)
    await again.close()


FULL = """
import asyncio, resource, signal, sys
from pathlib import Path
from chat_core.client.state.journal import Put
from chat_core.client.state.model import Unsent
from chat_core.client.storage_files import FileStorage

def put(body):
    return Put(unsent=Unsent(cid=body.encode().ljust(16, b"0")[:16], conversation=1, body=body, ts=0), target="#g")

async def main():
    faults = []
    storage = FileStorage(Path(sys.argv[1]), faults.append, lambda: print("mended"))
    await storage.open("ann")
    async def kept(body):
        done = asyncio.Event()
        storage.write([put(body)], done.set)
        await asyncio.wait_for(done.wait(), 5)
    await kept("first")
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50, resource.RLIM_INFINITY))
    await kept("second"); await kept("third")
    print(len(faults), faults[0])
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await kept("fourth")
    sys.stdout.flush()
    import os
    os._exit(9)

asyncio.run(main())
"""


async def test_storage_goes_on_and_has_everything_later_when_the_disk_is_full_for_a_time(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 9, done.stderr
    assert done.stdout.startswith("1 The outbox cannot be written (File too large): what is not sent")
    assert done.stdout.endswith("lost.\nmended\n")

    storage = FileStorage(tmp_path)
    assert await bodies(storage) == ["first", "second", "third", "fourth"]
    await storage.close()


FULL_AT_THE_END = (
    FULL.split("async def main")[0]
    + """
async def main():
    storage = FileStorage(Path(sys.argv[1]))
    await storage.open("ann")
    done = asyncio.Event()
    storage.write([put("first")], done.set)
    await done.wait()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (storage._size + 20, resource.RLIM_INFINITY))
    storage.write([put("second")], lambda: None)
    storage.write([put("third")], lambda: None)
    room = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    storage._thread.submit(resource.setrlimit, resource.RLIMIT_FSIZE, room)  # behind the write of "second"
    await storage.close()

asyncio.run(main())
"""
)


async def test_storage_has_everything_later_when_the_disk_was_full_just_before_it_was_closed(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", FULL_AT_THE_END, str(tmp_path)], capture_output=True, check=True)

    storage = FileStorage(tmp_path)
    assert await bodies(storage) == ["first", "second", "third"]
    await storage.close()


async def test_storage_says_so_when_the_folder_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    storage = FileStorage(tmp_path / "file" / "folder")
    with pytest.raises(WorldFault, match=r"The outbox .* cannot be written"):
        await storage.open("ann")
    done = asyncio.Event()
    storage.write([put("in memory only")], done.set)
    await asyncio.wait_for(done.wait(), 5)
    await storage.close()


async def test_storage_says_that_what_is_left_there_stays_when_nothing_can_be_written(tmp_path: Path) -> None:
    first = FileStorage(tmp_path)
    await first.open("ann")
    await kept(first, put("one"))
    await abandon(first)
    (left,) = files(tmp_path)
    in_the_way = left.with_name(f"{left.name}.unfinished")
    in_the_way.mkdir()

    second = FileStorage(tmp_path)
    with pytest.raises(WorldFault, match="not shown; it stays for another start"):
        await second.open("ann")
    await second.close()
    in_the_way.rmdir()
    third = FileStorage(tmp_path)
    assert await bodies(third) == ["one"]
    await third.close()


def test_folder_is_another_one_for_each_server() -> None:
    root = Path("r")
    addresses = ["chat://a:1", "chat://a:2", "chats://a:1", "chat+unix:/a_b", "chat+unix:/a/b", "here", "../../etc"]
    folders = {folder_for(root, address) for address in addresses}
    assert len(folders) == 7
    assert all(folder.parent == root for folder in folders)
    assert folder_for(root, "chat://chat.example:55555").name.startswith("chat_chat.example_55555-")
