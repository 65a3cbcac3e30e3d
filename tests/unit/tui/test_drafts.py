"""Drafts in their file."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from chat_tui import drafts
from chat_tui.drafts import MOST_CHARS, Draft


def test_drafts_come_back_as_they_were(home: Path) -> None:
    written = {"#dev": Draft("half a\nsentence", (1, 4)), "@bob": Draft("", edits=7, aside="before")}
    drafts.save(home / "d", 3, written)

    assert drafts.load(home / "d", 3) == written
    assert drafts.load(home / "d", 4) == {}


def test_drafts_are_for_their_owner_only(home: Path) -> None:
    drafts.save(home / "d", 1, {"#dev": Draft("secret")})

    (file,) = (home / "d").glob("[!.]*")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_saving_keeps_what_others_have_put_there(home: Path) -> None:
    drafts.save(home, 1, {"#a": Draft("mine")})
    drafts.save(home, 2, {"#a": Draft("of another account")})
    drafts.save(home, 1, {"#b": Draft("of another client")})
    drafts.save(home, 1, {"#a": Draft()})

    assert drafts.load(home, 1) == {"#b": Draft("of another client")}
    assert drafts.load(home, 2) == {"#a": Draft("of another account")}


@pytest.mark.parametrize("broken", [b"[1, 2", b'{"1": {"#a": {"text": "\xff"}}}'])
def test_a_file_that_cannot_be_read_holds_no_drafts_and_is_replaced(home: Path, broken: bytes) -> None:
    (home / "drafts.json").write_bytes(broken)

    assert drafts.load(home, 1) == {}
    drafts.save(home, 1, {"#a": Draft("new")})
    assert drafts.load(home, 1) == {"#a": Draft("new")}


def test_a_text_that_no_message_can_hold_is_not_kept(home: Path) -> None:
    drafts.save(home, 1, {"#a": Draft("x" * (MOST_CHARS + 1))})

    assert drafts.load(home, 1) == {}


def test_saving_says_when_nothing_can_be_written(home: Path) -> None:
    (home / "d").write_text("a file")

    with pytest.raises(OSError, match="exists"):
        drafts.save(home / "d", 1, {"#a": Draft("x")})
