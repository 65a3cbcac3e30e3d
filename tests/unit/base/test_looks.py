"""What names look like: whoever could pass for another has the same skeleton, honest neighbours have not."""

from __future__ import annotations

import string
import subprocess
import sys

import pytest

from chat_core.base import names
from chat_core.base.looks import _ASCII, _prototypes, looks_reserved, skeleton, unboxed


@pytest.mark.parametrize(
    ("name", "fake"),
    [
        ("ann", "аnn"),  # Cyrillic
        ("scope", "ѕсоре"),
        ("Nina", "Νina"),  # Greek
        ("general", "generaⅼ"),
        ("paypal", "paypaI"),
        ("bill", "bi11"),
        ("Ian", "lan"),
        ("Ian", "іan"),
        ("user0", "userO"),
        ("mona", "rnona"),
        ("MONA", "rnona"),
        ("hans", "ℌans"),
        ("wide", "ｗｉｄｅ"),
        ("太郎", "太郞"),
    ],
)
def test_skeleton_is_the_same_when_one_name_passes_for_the_other(name: str, fake: str) -> None:
    assert skeleton(name) == skeleton(fake)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("ann", "anne"),
        ("zoe", "zoë"),
        ("ann", "nan"),
        ("bob", "bob2"),
        ("a_b", "a-b"),
        ("дима", "рима"),
        ("mona", "nona"),
    ],
)
def test_skeleton_differs_when_names_differ_to_the_eye(name: str, other: str) -> None:
    assert skeleton(name) != skeleton(other)


@pytest.mark.parametrize("name", ["Ann", "STRASSE", "Ivan", "WILL-1_0"])
def test_skeleton_of_a_latin_name_does_not_depend_on_its_case(name: str) -> None:
    assert skeleton(name) == skeleton(name.lower()) == skeleton(name.upper())


def test_skeleton_of_a_skeleton_is_the_skeleton_for_every_allowed_character() -> None:
    wrong = [
        hex(number)
        for number in range(0x20000)
        if names._allowed(chr(number)) and skeleton(skeleton(chr(number))) != skeleton(chr(number))
    ]

    assert not wrong


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("аdmin", "admin"),
        ("adm1n", "admin"),
        ("adrnin", "admin"),
        ("Ad-mіn", "admin"),
        ("ѕystem", "system"),
        ("b0t", "bot"),
    ],
)
def test_looks_reserved_finds_what_passes_for_a_reserved_word(name: str, word: str) -> None:
    assert looks_reserved(name) == word


@pytest.mark.parametrize("name", ["ann", "ali", "robot", "Ivan", "дима", "serverus"])
def test_looks_reserved_leaves_honest_names_alone(name: str) -> None:
    assert looks_reserved(name) is None


def test_skeleton_of_an_ascii_name_is_what_the_whole_table_says() -> None:
    used = {ord(char) for char in string.ascii_letters + string.digits + "-_."}

    assert {char: looks for char, looks in _prototypes().items() if char in used} == _ASCII


def test_table_of_look_alikes_is_not_read_by_checking_a_plain_name() -> None:
    code = """
import sys
from chat_core.base.names import check_account_name
check_account_name('Ann-Marie')
print([name for name in ('precis_i18n', 'confusable_homoglyphs', 'chat_core.base.looks') if name in sys.modules])
from chat_core.base.looks import looks_reserved, skeleton
print(skeleton('Ann-Marie'), looks_reserved('adm1n'), 'confusable_homoglyphs' in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == ["[]", "ann-rnarle admin False"]


@pytest.mark.parametrize(
    ("drawn", "read"),
    [("🅰nn", "Ann"), ("🅐nn", "Ann"), ("🇦nn", "Ann"), ("ⓐnn", "ann"), ("🄰nn", "Ann"), ("⒜nn", "ann"), ("bob ™ ✔ ℀", "")],
)
def test_letters_in_boxes_are_read_as_letters(drawn: str, read: str) -> None:
    assert unboxed(drawn) == (read or drawn)
