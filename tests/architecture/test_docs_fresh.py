"""The generated parts of the documents say what the code says, and the generator notices when they do not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chat_core.protocol.codec import read_reply, read_request, unpack
from chat_core.protocol.envelopes import Answer, Call
from chat_core.protocol.framing import FrameReader
from chat_core.protocol.requests.session import Hello, Welcome
from docs import generate, struct_tables
from docs.generate import DOCUMENTS, FOLDER, StaleMarkers, rendered

ROOT = Path(__file__).parents[2]


def run_generate(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(folder / "generate.py"), *arguments], capture_output=True, text=True, check=False
    )


@pytest.fixture
def copied(tmp_path: Path) -> Iterator[Path]:
    """Copy the documents and their generator to where a test may spoil them; the code stays where it is."""
    folder = tmp_path / "docs"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    yield folder


def dumps(text: str) -> list[bytes]:
    """Return the bytes of each hex dump of a document."""
    found = []
    for block in text.split("```text\n")[1:]:
        lines = block.partition("```")[0].splitlines()
        found.append(b"".join(bytes.fromhex(line[4:53]) for line in lines))
    return found


def test_every_document_is_fresh() -> None:
    result = run_generate(FOLDER, "--check")

    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_marker_of_a_document_has_a_function(name: str) -> None:
    text = (FOLDER / name).read_text()

    assert text.count("<!-- generated:") == text.count("<!-- /generated -->") == len(DOCUMENTS[name])


def test_check_names_the_stale_document_and_changes_nothing(copied: Path) -> None:
    document = copied / "protocol.md"
    stale = document.read_text().replace("`unknown_prev`", "`unknown_previous`")
    document.write_text(stale)

    result = run_generate(copied, "--check")

    assert result.returncode == 1
    assert result.stderr == "docs/protocol.md is stale: run `make docs`\n"
    assert document.read_text() == stale


def test_generate_mends_generated_parts_and_leaves_the_rest_alone(copied: Path) -> None:
    document = copied / "protocol.md"
    fresh = document.read_text()
    document.write_text(
        fresh.replace("| `BODY_BYTES` |", "| `SOUL_BYTES` |").replace("# The protocol", "# Our protocol")
    )

    result = run_generate(copied)

    assert (result.returncode, result.stdout) == (0, "docs/protocol.md written\n")
    assert document.read_text() == fresh.replace("# The protocol", "# Our protocol")


@pytest.mark.parametrize(
    ("old", "new"),
    [("<!-- generated:limits -->", "<!-- generated:limitations -->"), ("<!-- generated:limits -->", "")],
)
def test_check_complains_about_a_marker_that_nobody_makes(copied: Path, old: str, new: str) -> None:
    document = copied / "protocol.md"
    document.write_text(document.read_text().replace(old, new))

    result = run_generate(copied, "--check")

    assert result.returncode == 1
    assert "docs/protocol.md: it has the markers" in result.stderr


def test_generate_refuses_arguments_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--chekc"]) == 2
    assert "usage" in capsys.readouterr().err


def test_rendered_puts_each_part_between_its_markers() -> None:
    text = "a\n<!-- generated:x -->\nold\n<!-- /generated -->\nb\n<!-- generated:y -->\n<!-- /generated -->\n"

    assert rendered(text, {"x": lambda: "1", "y": lambda: "2\n3"}) == (
        "a\n<!-- generated:x -->\n1\n<!-- /generated -->\nb\n<!-- generated:y -->\n2\n3\n<!-- /generated -->\n"
    )
    with pytest.raises(StaleMarkers):
        rendered(text, {"x": lambda: "1"})


def test_a_field_without_a_sentence_is_refused() -> None:
    class Silent(Welcome, frozen=True, kw_only=True):
        field: int

    with pytest.raises(struct_tables.Undocumented, match=r"Silent\.field"):
        struct_tables.field_table(Silent)


def test_the_dumped_bytes_are_a_hello_and_its_answer() -> None:
    hello, welcome = dumps((FOLDER / "protocol.md").read_text())

    (call,) = map(unpack, FrameReader(1 << 16).feed(hello))
    (answer,) = map(unpack, FrameReader(1 << 16).feed(welcome))

    assert isinstance(call, Call)
    assert isinstance(read_request(call.request), Hello)
    assert isinstance(answer, Answer)
    assert answer.id == call.id
    assert read_reply(answer.reply, Welcome).protocol == 1


def test_links_within_a_document_lead_somewhere() -> None:
    text = (FOLDER / "protocol.md").read_text()
    headings = {
        line.lstrip("# ").strip("`").lower().replace(" ", "-") for line in text.splitlines() if line.startswith("#")
    }
    links: set[Any] = {part.partition(")")[0] for part in text.split("](#")[1:]}

    assert links
    assert links <= headings
