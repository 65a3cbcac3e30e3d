"""A conversation as a document: what is formatted is so in every form, and nobody's text becomes more than text."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from typing_extensions import override

from chat_core.protocol.reactions import Reaction
from chat_core.protocol.values import FileInfo, Message
from chat_tui.exports.forms import FORMS, form_of
from chat_tui.exports.html_style import hashed
from chat_tui.exports.transcript import About, Transcript
from chat_tui.exports.transcript_html import STYLE
from tests.support.hostile import PAYLOADS
from tests.tui.support.states import ME, ZONE, at, said

ABOUT = About("#dev", "the <b>topic</b>", ME.id, at("12:00"), ZONE)
TAGS = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&lt;</main></body><!-- "
RICH = """**bold** _it_ ~~no~~ `a*b` https://a.b/c_d [x](https://d.e)
> said
- one
```py
def f(): ...
```
||hidden|| #dev"""


def written(form: str, *messages: Message) -> str:
    transcript = Transcript(FORMS[form](), ABOUT)
    return transcript.begin() + transcript.add(messages) + transcript.end()


def message(body: str, *, seq: int = 1, clock: str = "12:53", who: str = "ann", **more: Any) -> Message:
    return said(seq, clock, who, body, **more)


class Tags(HTMLParser):
    """Collects the tags, with attributes, and the text behind the style."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page.partition("</style>")[2])
        self.close()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    @override
    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_html_has_days_names_and_formatted_text() -> None:
    page = Tags(written("html", message("hi"), message(RICH, seq=2, clock="12:54")))

    assert page.text.count("21 November") == 1
    assert page.text.count("ann") == 1
    names = {name for name, _ in page.tags}
    assert {"strong", "em", "del", "code", "pre", "blockquote"} <= names
    links = [link["href"] for link in page.named("a") if not str(link["href"]).startswith("#")]
    assert links == ["https://a.b/c_d", "https://d.e"]
    assert any(each.get("class") == "spoiler" for each in page.named("span"))
    assert any(each.get("class") == "code-keyword" for each in page.named("span"))
    assert "2 messages" in page.text


def test_html_hides_all_of_a_spoiler() -> None:
    page = written("html", message("||he `dies` **now**||!"))

    assert '<span class="spoiler" tabindex="0">he <code>dies</code> <strong>now</strong></span>!' in page


def test_html_leads_from_an_answer_to_what_it_answers() -> None:
    page = written(
        "html", message("one\ntwo **three**"), message("yes", seq=2, reply_to=1), message("?", seq=3, reply_to=9)
    )

    assert '<a class="answered" href="#m1"><bdi>↳ ann  one two three</bdi></a>' in page
    assert '<a class="answered" href="#m9"><bdi>↳ an older message</bdi></a>' in page
    assert 'id="m1"' in page


def test_html_policy_lets_nothing_run_and_names_the_very_style() -> None:
    page = written("html", message("x"))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)

    assert policy is not None
    assert policy[1].startswith("default-src 'none'; ") and f"'{hashed(STYLE)}'" in policy[1]
    assert "script" not in policy[1] and "<script" not in page
    assert page.partition("<style>")[2].partition("</style>")[0] == STYLE


@given(texts=st.lists(st.text(max_size=30) | st.sampled_from([*PAYLOADS.values(), TAGS, RICH]), min_size=3, max_size=3))
def test_html_has_no_tag_attribute_or_link_of_anybody_s(texts: list[str]) -> None:
    body, name, topic = texts
    transcript = Transcript(FORMS["html"](), ABOUT._replace(topic=topic))
    entry = message(body, reply_to=1)
    answered = Message(seq=1, changed=1, ts=0, author=7, name=name, body=body, style="action")
    page = Tags(transcript.begin() + transcript.add([answered, entry]) + transcript.end())

    ours = {"header", "b", "span", "main", "h2", "div", "time", "a", "bdi", "footer", "i", "body", "blockquote", "code"}
    assert {tag for tag, _ in page.tags} <= ours | {"p", "pre", "strong", "em", "del"}
    known = {"class", "id", "href", "rel", "dir", "datetime", "tabindex", "data-letter"}
    assert {each for _, attributes in page.tags for each in attributes} <= known
    assert all(re.match(r"#m\d+$|https?://|mailto:", str(link["href"]), re.IGNORECASE) for link in page.named("a"))


def test_markdown_is_formatted_again() -> None:
    html = MarkdownIt("commonmark").enable("strikethrough").render(written("md", message(RICH)))

    for part in ("<h1>#dev", "<strong>bold</strong>", "<em>it</em>", "<s>no</s>", "<code>a*b</code>", "<blockquote>"):
        assert part in html
    assert '<a href="https://d.e">x</a>' in html and "<li>one</li>" in html and 'class="language-py"' in html


@given(
    text=st.text(max_size=40)
    | st.sampled_from([*PAYLOADS.values(), TAGS, "# no", "![x](http://a.b/c.png)", "a\n===", "&lt;"])
)
def test_markdown_makes_nothing_of_a_text_that_was_not_formatted(text: str) -> None:
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(written("md", message(text)))
    body = html.partition("12:53")[2]

    assert re.findall(r"<(?:img|script|table|h[1-6])\b", body) == []


def test_json_and_text_are_what_history_prints() -> None:
    messages = [message("**one**\ntwo"), message("", seq=2, deleted=True)]

    assert [json.loads(line)["text"] for line in written("json", *messages).splitlines()] == ["**one**\ntwo", ""]
    assert written("txt", *messages).splitlines()[0].endswith("#dev:1 <ann> **one**")


@pytest.mark.parametrize("form", FORMS)
def test_deleted_and_edited_messages_and_actions_say_so(form: str) -> None:
    text = written(
        form, message("", deleted=True), message("waves", seq=2, style="action"), message("x", seq=3, edits=1)
    )

    assert form == "json" or ("message deleted" in text and "(edited)" in text)
    assert "waves" in text


def test_form_is_told_by_the_name_of_the_file() -> None:
    assert [form_of(name) for name in ("a.html", "a.b.MD", "x.jsonl", "x.log", "x", "x.pdf")] == [
        *("html", "md", "json", "txt"),
        *("", ""),
    ]


@pytest.mark.parametrize("form", ["html", "md"])
def test_what_hangs_on_a_message_is_in_it_and_is_nothing_but_text(form: str) -> None:
    hung = message(
        "look",
        seq=9,
        reactions=(Reaction(emoji="👍", count=3), Reaction(emoji=TAGS, count=1)),
        file=FileInfo(name=f"{TAGS}.pdf", size=1_200_000, type="application/pdf", sha256=b"\0" * 32),
        thread=7,
        in_channel=True,
        bot=True,
        via=TAGS,
    )
    page = written(form, hung)

    assert "👍 3" in page
    assert "1.2 MB" in page
    assert "in the thread of 7" in page
    assert "BOT" in page
    rendered = page if form == "html" else MarkdownIt().render(page)
    assert not {tag for tag, _ in Tags(rendered).tags} & {"script", "img"}
    assert "onerror" not in "".join(str(attributes) for _, attributes in Tags(rendered).tags)
