"""The files of pictures: few, small, for their owner only, and never in the way."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from chat_tui import paths
from chat_tui.glance import files
from chat_tui.glance.picture import MOST_BYTES, Picture, packed

SIZE = (4, 2)
PICTURE = packed(Picture(4, [""], [[(0, "abcd", 4)], [(0, "会👍", 4)]]), {"x": 1})


def kept(folder: Path) -> list[Path]:
    """Return what is in a folder."""
    return sorted(folder.iterdir())


def test_picture_is_found_again_when_size_and_command_line_are_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "glances"
    files.keep(str(folder), SIZE, ["here"], PICTURE)

    found = files.load(str(folder), SIZE, ["here"])
    assert found is not None
    assert (found[0].rows[1], found[1]) == ([(0, "会👍", 4)], {"x": 1})
    assert files.load(str(folder), SIZE, []) is None
    assert files.load(str(folder), (5, 2), ["here"]) is None
    (file,) = kept(folder)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "content",
    [b"", PICTURE[:-9], b"\xff" + PICTURE, PICTURE.replace(b"abcd", b"ab\\u001bd"), PICTURE.replace(b"abcd", b"abc"),
     PICTURE + b" " * MOST_BYTES, PICTURE.replace(b'"width":4', b'"width":5')],
    ids=["empty", "half", "no UTF-8", "steers", "narrow", "huge", "other width"],
)  # fmt: skip
def test_file_is_removed_when_it_cannot_be_used(tmp_path: Path, content: bytes) -> None:
    files.keep(str(tmp_path), SIZE, [], PICTURE)
    (file,) = kept(tmp_path)
    file.write_bytes(content)

    assert files.load(str(tmp_path), SIZE, []) is None
    assert kept(tmp_path) == []


def test_file_of_another_size_is_removed_when_it_lies_in_the_place_of_this_one(tmp_path: Path) -> None:
    files.keep(str(tmp_path), (4, 3), [], PICTURE)

    assert files.load(str(tmp_path), (4, 3), []) is None
    assert kept(tmp_path) == []


def test_nothing_waits_or_is_followed_when_the_file_is_a_pipe_or_a_link(tmp_path: Path) -> None:
    files.keep(str(tmp_path), SIZE, [], PICTURE)
    (file,) = kept(tmp_path)
    elsewhere = file.rename(tmp_path / "elsewhere")
    os.mkfifo(file)
    assert files.load(str(tmp_path), SIZE, []) is None

    file.unlink(missing_ok=True)
    file.symlink_to(elsewhere)
    assert files.load(str(tmp_path), SIZE, []) is None
    files.keep(str(tmp_path), SIZE, [], PICTURE)
    assert not file.is_symlink() and elsewhere.read_bytes() == PICTURE


def test_oldest_go_when_there_are_many(tmp_path: Path) -> None:
    (tmp_path / "80x24-0.json.123").write_text("what a crash left")
    os.utime(tmp_path / "80x24-0.json.123", ns=(0, 0))
    for number in range(files.MOST_FILES + 3):
        files.keep(str(tmp_path), SIZE, [str(number)], PICTURE)
        os.utime(max(kept(tmp_path), key=lambda each: each.stat().st_mtime_ns), ns=(number + 1, number + 1))

    assert len(kept(tmp_path)) == files.MOST_FILES
    assert files.load(str(tmp_path), SIZE, [str(files.MOST_FILES + 2)]) is not None
    assert files.load(str(tmp_path), SIZE, ["0"]) is None
    files.remove_all(str(tmp_path))
    assert kept(tmp_path) == []


def test_nothing_is_said_when_nothing_can_be_written_or_it_is_too_much(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    files.keep(str(tmp_path / "file" / "glances"), SIZE, [], PICTURE)
    files.keep(str(tmp_path / "much"), SIZE, [], b"x" * (MOST_BYTES + 1))
    files.remove_all(str(tmp_path / "nowhere"))

    assert [each.name for each in kept(tmp_path)] == ["file"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk here is always full")
def test_picture_before_stays_when_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.keep(str(tmp_path), SIZE, [], PICTURE)
    opened = os.open
    monkeypatch.setattr(
        os, "open", lambda file, flags, mode=0: opened("/dev/full", os.O_WRONLY) if mode else opened(file, flags)
    )
    files.keep(str(tmp_path), SIZE, [], b"other")
    monkeypatch.undo()

    assert files.load(str(tmp_path), SIZE, []) is not None


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the library says so itself")
@pytest.mark.parametrize(
    "variables",
    [
        {}, {"XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s"}, {"XDG_CONFIG_HOME": "relative", "XDG_STATE_HOME": ""},
        {"CHAT_CONFIG": "~/mine"}, {"CHAT_CONFIG": "mine"}, {"XDG_STATE_HOME": "/s/"},
    ],
)  # fmt: skip
def test_folders_are_where_the_library_says_when_they_are_found_without_it(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CHAT_CONFIG", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    config, folder = files.folders(os.environ)

    assert Path(config) == paths.config_folder()
    assert Path(folder) == paths.outbox_folder().with_name("glances")


def test_folder_that_is_named_whole_is_found_when_the_current_one_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()

    assert files.folders({"CHAT_CONFIG": "/mine"}) == ("/mine", "/mine/glances")
    with pytest.raises(OSError):
        files.folders({"CHAT_CONFIG": "mine"})
    monkeypatch.setenv("CHAT_CONFIG", "mine")
    files.forget()
