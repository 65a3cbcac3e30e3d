"""What is written as bold, code, a quotation and so on is drawn so, and nothing else is."""

from __future__ import annotations

import pytest

from chat_tui.views.columns import columns
from chat_tui.views.drawing import whole
from chat_tui.views.edge import laid_out
from chat_tui.views.emphasis import masked
from chat_tui.views.formatting import Looks, block, formatted, in_one_line
from chat_tui.views.inline import BOLD, ITALIC, STRIKE, is_link
from chat_tui.views.lines import Line
from tests.support.hostile import HUGE, PAYLOADS, is_safe

WIDE = columns(100, 120, 6)
LOOKS = Looks("ann", frozenset({"dev"}))


def drawn(text: str, looks: Looks = LOOKS, **more: int) -> list[str]:
    return [line.text.strip() for line in laid_out(formatted(text, looks), WIDE, (), **more)]


def pieces(text: str, looks: Looks = LOOKS) -> list[tuple[str, str, int]]:
    """Return what is marked in a text: the piece, its role, its emphasis."""
    made = block("text", text, looks)
    return [(made.text[mark.start : mark.end], mark.role, mark.emphasis) for mark in made.marks]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**b**", [("b", "text", BOLD)]),
        ("*i* and _i_", [("i", "text", ITALIC), ("i", "text", ITALIC)]),
        ("~~s~~", [("s", "text", STRIKE)]),
        ("***b***", [("b", "text", BOLD | ITALIC)]),
        ("**b _i_**", [("b ", "text", BOLD), ("i", "text", BOLD | ITALIC)]),
        ("这是**重要**的", [("重要", "text", BOLD)]),
        ("(*i*), yes", [("i", "text", ITALIC)]),
        ("`a*b*`", [("a*b*", "code", 0)]),
        ("`` a`b ``", [("a`b", "code", 0)]),
        ("`https://a.b @ann #dev`", [("https://a.b @ann #dev", "code", 0)]),
        ("**@ann** in #dev", [("@ann", "mention", BOLD), ("#dev", "channel", 0)]),
        ("**https://a.b/c_d_**", [("https://a.b/c_d", "link", BOLD), ("_", "text", BOLD)]),
    ],
)
def test_marks_become_styles(text: str, expected: list[tuple[str, str, int]]) -> None:
    assert pieces(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "snake_case_name",
        "__init__",
        "2*3*4 = 24",
        "a || b || c",
        "*.py and *.md",
        "f(*args, **kwargs)",
        "5 * 3 * 2",
        "~/bin and ~/lib",
        "**not closed",
        "one ` backtick",
        "*over\nlines*",
        "[a](javascript:alert(1))",
        "C:\\temp\\new",
        "[/] [@click=app.quit]x[/]",
    ],
)
def test_text_that_only_looks_like_marks_stays_as_it_is(text: str) -> None:
    assert block("text", text, LOOKS).text == text
    assert not any(emphasis or role == "code" for _, role, emphasis in pieces(text))


def test_backslash_takes_the_meaning_of_a_mark_away() -> None:
    assert drawn(r"\*no\* \`no\` \||no\||") == ["*no* `no` ||no||"]


def test_link_with_a_label_says_where_it_leads() -> None:
    made = block("text", "see [https://bank.example](https://bank.example@evil.example/x)", LOOKS)

    assert made.text == "see https://bank.example (evil.example)"
    assert [mark.link for mark in made.marks] == ["https://bank.example@evil.example/x"]
    assert drawn("[evil.example](https://evil.example/x)") == ["evil.example"]
    assert drawn("[a](https://xn--80ak6aa92e.example/)") == ["a (xn--80ak6aa92e.example)"]


def test_long_link_leads_to_all_of_it_from_each_of_its_lines() -> None:
    url = "https://a.example/" + "x" * 300
    spans = [span for line in laid_out(formatted(f"see {url}.", LOOKS), WIDE, ()) for span in line.spans]

    assert "".join(span.text for span in spans if span.role == "link") == url
    assert {span.link for span in spans if span.role == "link"} == {url}


def test_spoiler_shows_nothing_of_what_is_in_it_until_it_is_revealed() -> None:
    text = "the end: ||he *dies* at https://a.b/c in [x](https://d.e) `rm`||!"
    hidden = block("text", text, LOOKS)

    assert set(hidden.text.removeprefix("the end: ").removesuffix("!")) == {"▒"}
    assert {mark.role for mark in hidden.marks} == {"spoiler"}
    shown = block("text", text, LOOKS._replace(revealed=True))
    assert shown.text == "the end: he dies at https://a.b/c in x (d.e) rm!"
    assert [mark.link for mark in shown.marks if mark.link] == ["https://a.b/c", "https://d.e"]
    assert masked("a ||b *c*|| d") == "a ||▒▒▒▒▒|| d"
    assert in_one_line("> ||a b||\n> c", 99) == "▒▒▒ c"
    assert in_one_line("so ||a very long secret||", 8) == "so ||▒▒▒"


def test_quotation_has_a_bar_that_is_not_copied() -> None:
    lines = laid_out(formatted("> one **two**\n> three\nfour >:(", LOOKS), WIDE, ())

    assert [line.text.strip() for line in lines] == ["▎ one two", "▎ three", "four >:("]
    assert [line.text[line.gutter :] for line in lines] == ["one two", "three", "four >:("]


def test_entries_of_a_list_hang_below_their_bullets() -> None:
    text = "- " + "word " * 25 + "\n  * deeper\n12. twelfth"
    lines = [line.text[WIDE.text_at :].rstrip() for line in laid_out(formatted(text, LOOKS), WIDE, ())]

    assert [line[:4] for line in lines] == ["• wo", "  wo", "  • ", "12. "]


def test_code_stands_in_a_box_and_is_highlighted_in_a_known_language() -> None:
    lines = laid_out(formatted("so:\n```py\ndef f():\n    return '*x*'\n```\nyes", LOOKS), WIDE, ())

    assert [line.text.strip() for line in lines] == ["so:", "def f():", "return '*x*'", "yes"]
    assert len({line.width for line in lines[1:3]}) == 1
    found = {span.text: span.role for line in lines for span in line.spans}
    assert (found["def"], found["f"], found["return"]) == ("code-keyword", "code-name", "code-keyword")
    assert [_said(line) for line in lines] == ["so:", "def f():", "    return '*x*'", "yes"]


def test_code_is_plain_in_an_unknown_language_and_whole_without_an_end() -> None:
    lines = laid_out(formatted("```klingon\nif *x*:\n  # y", LOOKS), WIDE, ())

    assert [_said(line) for line in lines] == ["if *x*:", "  # y"]
    assert {span.role for line in lines for span in line.spans[1:]} == {"code"}
    assert drawn("```one line```") == ["one line"]


def test_long_code_is_cut_and_says_how_to_see_the_rest() -> None:
    text = "```\n" + "\n".join(map(str, range(26))) + "\n```"

    assert drawn(text, code=12)[11:] == ["11", "+14 lines, v to view"]
    assert len(drawn(text)) == 26
    assert drawn("```\n" + "\n".join(map(str, range(14))) + "\n```", code=12)[-1] == "13"


@pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS.keys())
def test_hostile_text_in_marks_is_drawn_safely(text: str) -> None:
    for mark in ("```py\n{}\n```", "`{}`", "**{}**", "> {}", "- {}", "||{}||", "[{}](https://a.b/{})", "```{}"):
        for line in whole(mark.replace("{}", text), WIDE, LOOKS._replace(revealed=True)):
            assert is_safe(line.text) and "\n" not in line.text and line.width <= WIDE.width
            assert all(is_link(span.link) for span in line.spans if span.link)


@pytest.mark.parametrize(
    "unit", ["*", "**a ", "`", "``a` ", "||", "_a ", "[a](https://", "~~", "> ", "- ", "```\n", "\\*", "*_"]
)
def test_marks_without_end_are_text(unit: str) -> None:
    body = (unit * 4_000)[:4_000]
    lines = whole(body, WIDE, LOOKS)

    assert sum(len(line.text) for line in lines) > 0 and all(line.width <= WIDE.width for line in lines)


def test_huge_messages_are_viewed_whole() -> None:
    for make in HUGE.values():
        assert all(is_safe(line.text) for line in whole(make(3_000), WIDE, LOOKS))


def _said(line: Line) -> str:
    return line.text[line.gutter : len(line.text) - line.tail]
