"""Under which cid an upload goes on that a process did not see the end of."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from chat_core.base.clock import SystemClock
from chat_core.client.files.underway import Underway

WHAT = ("server ann", 1, "a hash", "report.pdf")
FIRST, SECOND, THIRD = (bytes([number]) * 16 for number in (1, 2, 3))


def test_same_upload_goes_on_under_its_cid_until_its_end_was_seen(tmp_path: Path) -> None:
    underway = Underway(tmp_path / "uploads", SystemClock())
    underway.take(WHAT, FIRST).close()  # the process is gone
    again = underway.take(WHAT, SECOND)
    assert again.cid == FIRST
    again.forget()
    again.close()
    assert list((tmp_path / "uploads").iterdir()) == []
    assert underway.take(WHAT, THIRD).cid == THIRD


def test_another_upload_and_one_at_the_same_time_go_under_cids_of_their_own(tmp_path: Path) -> None:
    underway = Underway(tmp_path, SystemClock())
    first = underway.take(WHAT, FIRST)
    assert underway.take((*WHAT, "another text"), SECOND).cid == SECOND
    besides = underway.take(WHAT, THIRD)
    assert besides.cid == THIRD
    besides.forget()
    first.close()
    assert underway.take(WHAT, THIRD).cid == FIRST


def test_upload_that_nobody_went_on_with_is_forgotten_a_day_later(tmp_path: Path) -> None:
    underway = Underway(tmp_path, SystemClock())
    underway.take(WHAT, FIRST).close()
    (kept,) = tmp_path.iterdir()
    os.utime(kept, (1, 1))
    assert underway.take(WHAT, SECOND).cid == SECOND


@pytest.mark.parametrize("kind", ["file", "link", "cut off"])
def test_upload_goes_under_a_new_cid_where_nothing_can_be_kept(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "uploads"
    if kind == "file":
        folder.write_text("no folder")
    else:
        Underway(folder, SystemClock()).take(WHAT, FIRST).close()
        (kept,) = folder.iterdir()
        if kind == "link":
            kept.rename(tmp_path / "elsewhere")
            kept.symlink_to(tmp_path / "elsewhere")
        else:
            os.truncate(kept, 7)
    claim = Underway(folder, SystemClock()).take(WHAT, SECOND)
    assert claim.cid == SECOND
    claim.close()
