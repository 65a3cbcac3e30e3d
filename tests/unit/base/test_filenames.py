"""Names of files that somebody else has chosen."""

from __future__ import annotations

import pytest

from chat_core.base.filenames import LONGEST, file_name, numbered, size_in_words
from tests.support.hostile import PAYLOADS


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("report.pdf", "report.pdf"),
        ("Überblick 2026 (final).tar.gz", "Überblick 2026 (final).tar.gz"),
        ("漢字.txt", "漢字.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.txt", "a.txt"),
        ("folder/", "folder"),
        (".bashrc", "bashrc"),
        ("-rf", "rf"),
        ("..", "file"),
        ("", "file"),
        ("a\nb", "a b"),
        ("CON.txt", "_CON.txt"),
        ("what?.txt", "what_.txt"),
        ("name. . ", "name"),
    ],
)
def test_name_is_what_is_left_of_it_when_it_could_do_harm(raw: str, name: str) -> None:
    assert file_name(raw) == name


HARD = {**PAYLOADS, "long": "x" * 999 + ".pdf", "wide": "漢" * 300, "dots": "." * 99, "ending": "a." + "b" * 300}


@pytest.mark.parametrize("raw", HARD.values(), ids=HARD.keys())
def test_name_is_one_plain_component_and_stays_itself_when_it_is_cleaned_again(raw: str) -> None:
    name = file_name(raw)
    assert name and len(name) <= LONGEST + 1
    assert len(name.encode()) <= 255 - 15, "there is room for a number and for the ending of what is not whole"
    assert not set(name) & set('/\\\0\n\r\t\x1b<>:"|?*')
    assert name[0] not in ".-" and name[-1] not in ". "
    assert file_name(name) == name


def test_ending_stays_when_a_name_is_cut() -> None:
    assert file_name("x" * 999 + ".pdf").endswith("x.pdf")


def test_number_stands_before_the_ending_when_a_name_is_taken() -> None:
    assert numbered("report.pdf", 2) == "report (2).pdf"
    assert numbered("Makefile", 3) == "Makefile (3)"


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_234_567, "1.2 MB"), (999_600, "1.0 MB"), (250_000_000, "250 MB")],
)
def test_size_is_told_in_the_unit_that_fits(size: int, words: str) -> None:
    assert size_in_words(size) == words
