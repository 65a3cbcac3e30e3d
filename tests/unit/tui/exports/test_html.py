"""The page: nothing in it is anybody's but what stands between its tags, and its policy lets nothing else run."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from chat_core.protocol.reactions import Reaction
from chat_tui.exports.html import MARK, Pages, page
from chat_tui.exports.journal import Entry, Kind
from tests.tui.support.states import ZONE, at

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&lt;</main></body><!-- "


def rendered(*entries: Entry, live: bool = True, left_out: bool = False) -> str:
    return page(entries, title="chat", left_out=left_out, live=live, zone=ZONE)


def message(text: str, *, number: int = 1, where: str = "#general", clock: str = "12:00", **more: object) -> Entry:
    given = {"kind": "message", "name": "ann", **more}
    return Entry(number=number, where=where, ts=at(clock), text=text, **given)  # type: ignore[arg-type]


class Tags(HTMLParser):
    """Collects every tag with its attributes, and all text outside of style and script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._inside = ""
        self.feed(text)
        self.close()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    @override
    def handle_data(self, data: str) -> None:
        if self._inside not in ("style", "script"):
            self.text += data


def names(text: str) -> list[str]:
    return [tag for tag, _ in Tags(text).tags]


def test_page_escapes_everything_that_somebody_else_wrote() -> None:
    kinds: list[Kind] = ["message", "action", "notice", "told", "fault"]
    entries = [message(HOSTILE, number=n, kind=kind, name=HOSTILE, more=HOSTILE) for n, kind in enumerate(kinds)]
    entries.append(message("x", where=HOSTILE, number=9))
    plain = [message("x", number=n, kind=kind, name="x", more="x") for n, kind in enumerate(kinds)]
    plain.append(message("x", where="x", number=9))

    assert names(rendered(*entries)) == names(rendered(*plain))
    assert Tags(rendered(*entries)).text.count(HOSTILE) == 11


@given(st.text())
def test_page_has_the_tags_of_a_harmless_one_whatever_is_said(text: str) -> None:
    kinds = ("message", "action")
    hostile = Tags(rendered(*(message(text, name=text, where=text or "#x", kind=kind) for kind in kinds)))

    ours = {*names(rendered(message("x"))), "b", "bdi", "code", "pre", "strong", "em", "del", "i", "blockquote", "a"}
    assert {tag for tag, _ in hostile.tags} <= ours
    known = {"class", "id", "rel", "dir", "datetime", "tabindex", "data-letter", "href", "lang", "charset", "content"}
    assert {name for _, attributes in hostile.tags for name in attributes} <= known | {"http-equiv", "name"}
    assert all(re.match("https?://|mailto:", str(a["href"]), re.IGNORECASE) for tag, a in hostile.tags if tag == "a")


def test_policy_lets_this_style_and_this_script_run_and_nothing_be_loaded() -> None:
    text = rendered(message("hello"))
    tags = Tags(text).tags
    policies = [a["content"] for tag, a in tags if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy"]

    (policy,) = policies
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules.pop("default-src") == rules.pop("base-uri") == rules.pop("form-action") == "'none'"
    for tag in ("style", "script"):
        (inside,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert rules.pop(f"{tag}-src") == f"'sha256-{digest}'"
    assert not rules
    assert not {"src", "href", "srcset", "action"} & {name for _, attributes in tags for name in attributes}


def test_page_begins_with_the_mark_that_this_program_made_it() -> None:
    assert MARK in rendered()[:200]


def test_lines_stand_below_where_they_came_and_days_between() -> None:
    yesterday = message("late", number=1)
    yesterday = Entry(number=1, where="#general", ts=at("23:59", 20), kind="message", name="ann", text="late")
    text = rendered(
        yesterday,
        message("early", number=2, clock="00:01"),
        message("in between", number=3, where="@bob"),
        Entry(number=4, ts=at("12:02"), kind="told", text="1 channel", more="#general  3"),
        message("back", number=5),
    )

    words = " ".join(Tags(text).text.split())
    assert "Monday 20 November 2023 #general ann 23:59 late" in words
    assert "Tuesday 21 November 2023 #general ann 00:01 early @bob ann 12:00 in between" in words
    assert "this client 12:02 1 channel #general 3 #general ann 12:00 back" in words


def test_kinds_of_entries_are_told_apart() -> None:
    text = rendered(
        message("waves", kind="action", number=1),
        message("", kind="deleted", number=2),
        message("fixed", number=3, edited=True),
        message("mine", number=4, mine=True, name="me"),
    )

    words = " ".join(Tags(text).text.split())
    assert "ann waves" in words
    assert "ann 12:00 message deleted" in words
    assert "fixed (edited)" in words
    assert text.count('<b class="own">') == 1


def test_lines_of_one_person_that_follow_at_once_say_once_whose_they_are() -> None:
    other = message("other", number=4, name="bob", account=7)
    text = rendered(
        message("one", number=1),
        message("two", number=2, clock="12:03"),
        message("answer", number=3, clock="12:04", answered="↳ bob  why?"),
        other,
        message("later", number=5, clock="12:10"),
    )

    assert [letter for tag, a in Tags(text).tags if tag == "span" and (letter := a.get("data-letter"))] == [*"AABA"]
    words = " ".join(Tags(text).text.split())
    assert "ann 12:00 one 12:03 two ann 12:04 ↳ bob why?answer bob 12:00 other ann 12:10 later" in words


def test_message_shows_what_is_marked_in_it_and_what_hangs_on_it() -> None:
    text = rendered(
        message(
            "**bold** `code` ||hidden||",
            reactions=(Reaction(emoji="\U0001f44d", count=3), Reaction(emoji="\U0001f389", mine=True)),
            replies=2,
            file="📎 a.pdf · 2 kB",
            for_me=True,
            bot=True,
        )
    )

    for part in (
        "<strong>bold</strong> <code>code</code>",
        '<span class="spoiler" tabindex="0">hidden</span>',
        "<span>\U0001f44d 3</span>",
        '<span class="mine">\U0001f389 1</span>',
        '<span class="thread">2 replies</span>',
        '<span class="file">📎 a.pdf · 2 kB</span>',
        'class="line head message for-me"',
        '<span class="bot">BOT</span>',
    ):
        assert part in text


def test_line_that_changed_is_drawn_anew_and_what_did_not_is_not() -> None:
    pages = Pages(ZONE)
    first, second = message("one", number=1), message("two", number=2)
    before = pages.page([first, second], title="chat", left_out=False)
    assert pages.page([first, second], title="chat", left_out=False) == before

    edited = msgspec.structs.replace(second, text="twice", edited=True)
    assert "twice <i>(edited)</i>" in pages.page([first, edited], title="chat", left_out=False)


def test_page_says_that_nothing_has_come_yet() -> None:
    assert "Nothing has come yet." in Tags(rendered()).text


def test_page_stops_looking_for_a_newer_one_when_it_is_the_last() -> None:
    live, ended = rendered(message("x")), rendered(message("x"), live=False)

    assert '<body class="live">' in live
    assert "refresh" in live
    assert '<body class="ended">' in ended
    assert "refresh" not in ended
    assert "the client has ended" in Tags(ended).text


def test_page_says_when_older_lines_are_missing() -> None:
    assert "Older lines were left out." in Tags(rendered(message("x"), left_out=True)).text
    assert "left out" not in Tags(rendered(message("x"))).text
