"""What the words of a text are, in all scripts."""

from __future__ import annotations

import pytest

from chat_core.server.store.search.words import Word, phrase, words


def terms(text: str) -> list[str]:
    return [word.term for word in words(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("Hello, WORLD!", ["hello", "world"]),
        ("file_name.py v2.0", ["file", "name", "py", "v2", "0"]),
        ("Café ÉTÉ Straße ﬁn", ["cafe", "ete", "strasse", "fin"]),
        ("e\u0301te\u0301", ["ete"]),
        ("Ёлка Йод Άνθρωπος", ["елка", "иод", "ανθρωποσ"]),
        ("İstanbul", ["istanbul"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("日本語", ["日本", "本語", "語"]),
        ("日", ["日"]),
        ("使用Python编程", ["使用", "用", "python", "编程", "程"]),
        ("ｶﾀ カタ", ["カタ", "タ", "カタ", "タ"]),
        ("한국어 말", ["한국", "국어", "어", "말"]),
        ("สวัสดี", ["สว", "วั", "ัส", "สด", "ดี", "ี"]),
        ("done 👍🏽 👩‍💻", ["done", "👍", "👩", "💻"]),
        ("x²", ["x2"]),
        ("½ — … “quoted”", ["12", "quoted"]),
    ],
)
def test_words_are_folded_and_cut_as_a_reader_expects(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_words_tell_where_they_stand_in_the_text() -> None:
    assert words("Ça va, 東京都!") == [
        Word("ca", 0, 2),
        Word("va", 3, 5),
        Word("東京", 7, 9),
        Word("京都", 8, 10),
        Word("都", 9, 10),
    ]


def test_words_have_neither_blanks_nor_quotes_whatever_the_character() -> None:
    for start in range(0, 0x40000, 0x1000):
        text = "".join(chr(code) for code in range(start, start + 0x1000) if not 0xD800 <= code < 0xE000)
        for term in terms(text):
            assert term and not any(char in " \t\n\"'*\0" for char in term), term


@pytest.mark.parametrize(
    ("text", "expected", "prefix"),
    [
        ("Hello world", ("hello", "world"), False),
        ("日本", ("日本",), False),
        ("日本語", ("日本", "本語"), False),
        ("語", ("語",), True),
        ("Python编程", ("python", "编程"), False),
        ("编程 Python", ("编程", "程", "python"), False),
    ],
)
def test_phrase_leaves_the_end_of_a_run_open_in_a_script_without_spaces(
    text: str, expected: tuple[str, ...], prefix: bool
) -> None:
    made = phrase(text)

    assert made is not None
    assert (made.terms, made.prefix) == (expected, prefix)


def test_phrase_is_none_where_there_is_no_word() -> None:
    assert phrase("?! -") is None
