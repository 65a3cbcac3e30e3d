"""`export` as people use it: real processes, a real server, real files."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import WAIT_S, ServerProcess
from tests.support.wire import Wire

COUNT = 450
"""More than two pages."""


@pytest.fixture
def server(home: Path) -> Iterator[ServerProcess]:
    with ServerProcess(home / "data") as process:
        yield process


def export(server: ServerProcess, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "chat_tui", "export", *arguments, "--server", server.address, "--name", "ann"]
    return subprocess.run(command, capture_output=True, timeout=WAIT_S, check=False, cwd=folder, text=True)


def test_export_writes_all_of_a_conversation_into_one_file(server: ServerProcess, tmp_path: Path) -> None:
    with Wire(server.port) as wire:
        wire.enter("ann")
        wire.call("join", channel="#ops")
        for number in range(COUNT):
            wire.say("#ops", f"**line** {number} <b>")

    made = export(server, tmp_path, "#ops")
    lines = export(server, tmp_path, "#ops", "--format", "json", "--to", "-")

    page = (tmp_path / "ops.html").read_text()
    assert (made.returncode, made.stdout) == (0, "")
    assert made.stderr == f"Exported: {COUNT} messages of #ops are in ops.html.\n"
    assert page.count("<strong>line</strong>") == page.count("&lt;b&gt;") == COUNT
    assert page.endswith("</html>\n") and f"{COUNT} messages" in page
    assert [json.loads(line)["text"] for line in lines.stdout.splitlines()] == [
        f"**line** {number} <b>" for number in range(COUNT)
    ]


def test_export_leaves_files_alone_unless_told_and_no_part_behind(server: ServerProcess, tmp_path: Path) -> None:
    there = tmp_path / "there.md"
    there.write_text("mine")

    refused = export(server, tmp_path, "#general", "--to", "there.md")
    nowhere = export(server, tmp_path, "#general", "--to", "no/folder.md")
    missing = export(server, tmp_path, "#nothing", "--to", "x.md")
    unknown = export(server, tmp_path, "#general", "--to", "x.pdf")

    assert (refused.returncode, there.read_text()) == (2, "mine")
    assert "there.md is there already." in refused.stderr and "--force" in refused.stderr
    assert nowhere.returncode and "cannot be written" in nowhere.stderr
    assert unknown.returncode == 2 and "end the file in .html, .md, .json, .txt" in unknown.stderr
    assert missing.returncode and "#nothing" in missing.stderr
    assert [each.name for each in tmp_path.iterdir() if each.name != "home"] == ["there.md"]
    assert export(server, tmp_path, "#general", "--to", "there.md", "--force").returncode == 0
    assert there.read_text().startswith("# \\#general\n")


def test_export_holds_a_picture_that_was_sent(server: ServerProcess, tmp_path: Path) -> None:
    picture = tmp_path / "dot.gif"
    picture.write_bytes(b"GIF89a\1\0\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\0;")
    sending = [sys.executable, "-m", "chat_tui", "upload", "#general", str(picture), "--name", "ann"]
    subprocess.run([*sending, "--server", server.address], check=True, timeout=WAIT_S, capture_output=True)

    assert export(server, tmp_path, "#general", "--to", "page.html").returncode == 0
    data = b64encode(picture.read_bytes()).decode()
    assert f'<img src="data:image/gif;base64,{data}" alt="dot.gif"' in (tmp_path / "page.html").read_text()
