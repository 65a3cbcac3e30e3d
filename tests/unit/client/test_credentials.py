"""The file with this device's tokens."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from chat_core.base.errors import UsageFault, WorldFault
from chat_core.client.credentials import FILE, FileTokens
from chat_core.transport.urls import parse_address

HERE, THERE = parse_address("127.0.0.1:4000"), parse_address("127.0.0.1:4001")


def test_token_is_found_by_server_and_name_in_whatever_spelling(tmp_path: Path) -> None:
    FileTokens(tmp_path / "new", HERE).keep("Ann", "one")
    FileTokens(tmp_path / "new", HERE).keep("bob", "two")
    FileTokens(tmp_path / "new", THERE).keep("ann", "three")

    assert FileTokens(tmp_path / "new", HERE).find("aNN") == "one"
    assert FileTokens(tmp_path / "new", HERE).find("bob") == "two"
    assert FileTokens(tmp_path / "new", THERE).find("ann") == "three"
    assert FileTokens(tmp_path / "new", THERE).find("bob") == ""
    assert FileTokens(tmp_path / "missing", HERE).find("ann") == ""


def test_token_is_replaced_removed_and_follows_a_renaming(tmp_path: Path) -> None:
    tokens = FileTokens(tmp_path, HERE)
    tokens.keep("ann", "one")
    tokens.keep("ann", "two")
    assert tokens.find("ann") == "two"

    tokens.keep("anna", "two")
    assert (tokens.find("ann"), tokens.find("anna")) == ("", "two")

    tokens.keep("anna", "")
    assert tokens.find("anna") == ""


def test_file_is_its_owners_alone_from_the_first_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modes: list[tuple[int, int]] = []
    replace = Path.replace

    def watched(self: Path, to: Path) -> Path:
        modes.append((stat.S_IMODE(self.stat().st_mode), self.stat().st_size))
        return replace(self, to)

    monkeypatch.setattr(Path, "replace", watched)
    old = os.umask(0)
    try:
        FileTokens(tmp_path / "folder", HERE).keep("ann", "one")
    finally:
        os.umask(old)

    assert [mode for mode, size in modes if size] == [0o600]
    assert stat.S_IMODE((tmp_path / "folder" / FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "folder").stat().st_mode) == 0o700
    assert sorted(path.name for path in (tmp_path / "folder").iterdir()) == [FILE, f"{FILE}.lock"]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o601])
def test_file_that_others_can_use_is_refused_and_stays_as_it_is(tmp_path: Path, mode: int) -> None:
    tokens = FileTokens(tmp_path, HERE)
    tokens.keep("ann", "one")
    (tmp_path / FILE).chmod(mode)
    before = (tmp_path / FILE).read_bytes()

    for attempt in (lambda: tokens.find("ann"), lambda: tokens.keep("bob", "two")):
        with pytest.raises(UsageFault, match="chmod 600"):
            attempt()

    assert (tmp_path / FILE).read_bytes() == before


def test_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text('{"tokens": []}')
    (tmp_path / "elsewhere").chmod(0o600)
    (tmp_path / FILE).symlink_to(tmp_path / "elsewhere")

    with pytest.raises(UsageFault, match="cannot be read"):
        FileTokens(tmp_path, HERE).find("ann")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b'{"tokens": 5}', b'{"tokens": [{"server": "x"}]}', b"\x00", b'{"tokens": [{"server": "\xff"}]}'],
)
def test_damaged_file_is_said_and_not_overwritten(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    (tmp_path / FILE).chmod(0o600)

    with pytest.raises(UsageFault, match="damaged"):
        FileTokens(tmp_path, HERE).keep("ann", "one")

    assert (tmp_path / FILE).read_bytes() == content


def test_folder_that_cannot_be_made_is_a_fault_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(WorldFault, match="cannot be written"):
        FileTokens(tmp_path / "file" / "folder", HERE).keep("ann", "one")


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    def write(number: int) -> None:
        FileTokens(tmp_path, HERE).keep(f"name{number}", f"token{number}")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [FileTokens(tmp_path, HERE).find(f"name{number}") for number in range(8)] == [f"token{n}" for n in range(8)]
