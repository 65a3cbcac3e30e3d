"""Everything a server can say, in a real terminal: nothing of it steers, for every text field and every payload.

The fields are found in the protocol's structs. A new one is filled without a word here; where a client must be made to
ask for the reply that it is in, a line in `ASKING` does that, and the test fails until it does.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typing_extensions import override

from chat_core.base.exit_codes import ExitCode
from chat_core.protocol.events import Lagging, MessagePosted
from tests.support.fields import every_text
from tests.support.hostile import ESCAPES, HUGE, PAYLOADS, WEIRD, mark
from tests.support.liar import Liar
from tests.support.pty import WAIT_S, Pty, meant_end, strays, strays_in_lines
from tests.support.terminal import Terminal

ASKING: Final = {
    "/sanctions": "list_member_sanctions",  # first: the other answers make another kind of conversation of this one
    "/list": "list_channels",
    "/dm @ann": "open_direct",
    "/group @ann @bob": "open_group",
    "/topic new": "set_topic",
    "/join #dev": "join",
    "/nick bob": "rename",
    "/alias bob": "set_display",
    "/whois @ann": "whois",
    "/devices": "list_devices",
    "/accounts": "list_accounts",
    "/accounts disable ann": "disable_account",
    "/accounts allowed": "list_allowed",
    "/audit": "list_audit",
    "/invite": "make_invite",
    "/session": "list_chats",
    "/chat @ann": "request_chat",
    "/ignore": "list_ignored",
    "/moderation": "list_moderation",
    "/pins": "read_pins",
    "/bookmarks": "read_bookmarks",
    "/search words": "search",
    "/mentions": "list_mentions",
    "/webhook create alarms": "make_hook",
    "/webhook list": "list_hooks",
    "/threads": "list_threads",
    "/thread :1": "read_thread",
}
"""What is typed so that a client asks for each reply that it knows what to do with, and the request that it makes."""
OVER_THE_REST: Final = ("read_pins", "read_bookmarks", "search", "list_mentions")
"""What is answered on a screen of its own."""
UNASKED: Final = {
    **dict.fromkeys(("Users.accounts.name", "Users.accounts.display"), "no command lists all accounts to everybody"),
    **dict.fromkeys(("FilePiece.file.name", "FilePiece.file.type"), "tests/unit/client/files is about what is saved"),
    **dict.fromkeys(
        (
            *("Unread.conversations.name", "Unread.conversations.display", "Unread.conversations.topic"),
            *("Unread.conversations.people.name", "Unread.conversations.people.display"),
        ),
        "chat-tui unread asks: test_scriptable_commands_print_no_payload_that_steers",
    ),
    "PasswordChanged.token": "it is kept in a file, and never shown",
    "Invites.invites.by": "no command lists invites yet",
}
"""Text fields of replies that no client asks for; with the reason. A field that is asked for must not stand here."""
CHUNK: Final = 400
"""Most characters in a label; what lies behind is cut off."""


def chunks() -> Iterator[str]:
    """Yield all payloads, as many in one text as a wide line shows."""
    text = ""
    for payload in PAYLOADS.values():
        if text and len(text) + len(payload) > CHUNK:
            yield text
            text = ""
        text += f"{payload}|"
    yield text


class Siege:
    """A full-screen client that talks with a liar, in a terminal."""

    def __init__(self, liar: Liar, terminal: Pty) -> None:
        self.liar, self.terminal = liar, terminal
        self._round = self._checked = 0

    def next_text(self, text: str) -> str:
        """Let the liar say a text everywhere from now on, behind a mark that was not there before; return the mark."""
        self._round += 1
        self.liar.text = f"{mark(self._round)} {text}".encode(
            errors="replace"
        ).decode()  # a lone surrogate cannot travel
        return mark(self._round)

    def push(self, text: str) -> None:
        """Push a text in every event, and wait until it was drawn."""
        drawn, before = self.next_text(text), self.terminal.size
        self.liar.push_everything()
        self.terminal.wait_for(drawn, since=before)

    def check(self) -> None:
        """See that nothing was written since the last time that the driver did not mean."""
        written = self.terminal.written(self._checked)
        written = written[: meant_end(written)]
        self._checked += len(written.encode())
        assert strays(written) == []


def full_screen(liar: Liar) -> list[str]:
    return [sys.executable, "-m", "chat_tui", "connect", f"127.0.0.1:{liar.port}", "--name", "ann"]


def scriptable(liar: Liar, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "chat_tui", *arguments, "--server", f"127.0.0.1:{liar.port}", "--name", "ann"]


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    """One client for many tests: each adds to what was written, and looks at all of it."""
    home = str(tmp_path_factory.mktemp("home"))
    env = {"HOME": home, **{f"XDG_{kind}_HOME": home for kind in ("CONFIG", "DATA", "STATE", "CACHE")}}
    with Liar(mark(0)) as liar, Pty(full_screen(liar), width=480, env=env) as terminal:
        terminal.wait_for(mark(0))
        yield Siege(liar, terminal)


def test_every_payload_in_every_event_leaves_the_terminal_alone(siege: Siege) -> None:
    for text in chunks():
        siege.push(text)

    siege.check()


@pytest.mark.parametrize("name", HUGE)
def test_huge_text_in_every_event_leaves_the_terminal_alone(siege: Siege, name: str) -> None:
    siege.push(HUGE[name](5_000))

    siege.check()


ANY: Final = st.text(st.characters()) | st.text(st.sampled_from(WEIRD), max_size=CHUNK)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=ANY)
def test_any_text_in_every_event_leaves_the_terminal_alone(siege: Siege, text: str) -> None:
    siege.push(text)

    siege.check()


@pytest.mark.long
@pytest.mark.timeout(1800)
@settings(max_examples=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=ANY)
def test_any_of_many_texts_in_every_event_leaves_the_terminal_alone(siege: Siege, text: str) -> None:
    siege.push(text)

    siege.check()


def test_ten_thousand_lines_in_a_message_leave_the_terminal_alone(siege: Siege) -> None:
    siege.next_text("x\n" * 10_000 + "\x1b[2J")
    siege.liar.push(MessagePosted)
    siege.push("afterwards")

    siege.check()


def test_all_that_a_server_answers_leaves_the_terminal_alone(home: Path) -> None:
    text = next(chunks())
    with Liar(f"Hello1. {text}") as liar, Pty(full_screen(liar), width=480) as terminal:
        terminal.wait_for("Hello1.")
        liar.push_everything()
        liar.wait_for("list_members")
        for number, (line, request) in enumerate(ASKING.items()):
            asked, liar.text = liar.asked.count(request), f"{mark(number)} {text}"
            before = terminal.size
            terminal.type(f"{line} \r")  # with a space behind it nothing is completed
            liar.wait_for(request, asked + 1)
            if request in OVER_THE_REST:
                terminal.wait_for(mark(number), since=before)
                before = terminal.size
                terminal.type("\x1b")
                terminal.wait_for("F1", since=before)
        asked, liar.text = liar.asked.count("mark_read"), f"Selected1. {text}"
        terminal.type("/2 \r")  # where nothing was pushed, so that what a page has is there
        liar.wait_for("mark_read", asked + 1)
        before = terminal.size
        terminal.type("\x13")
        terminal.wait_for("details", since=before)
        terminal.type("gi")  # the oldest message, in detail
        liar.wait_for("read_reactions")
        liar.wait_for("read_versions")
        terminal.type("q")
        liar.push(Lagging)
        liar.wait_for("attach")
        liar.refusing = True
        before, liar.text = terminal.size, f"Refused1. {text}"
        terminal.type("/list \r")
        terminal.wait_for("Refused1.", since=before)
        before, liar.text = terminal.size, f"Goodbye1. {text}"
        liar.goodbye()
        terminal.wait_for("Goodbye1.", since=before)
        terminal.type("\x11")

        assert terminal.wait_exit() == 0
        assert strays(terminal.written()) == []
        assert set(every_text()) - liar.said == set(UNASKED), "name a command in ASKING that asks for it"


def test_tail_prints_no_payload_that_steers(home: Path) -> None:
    texts = list(chunks())
    with Liar("First.") as liar, Pty(scriptable(liar, "tail", "#general", "--events")) as terminal:
        for number, text in enumerate(texts):
            before, liar.text = terminal.size, f"{mark(number)} {text}".encode(errors="replace").decode()
            if number == 0:
                liar.wait_for("attach")
            liar.push_everything()
            terminal.wait_for(mark(number), since=before)
        liar.text = f"Goodbye1. {texts[0]}"
        liar.goodbye()
        terminal.wait_for("Goodbye1.")

        assert terminal.wait_exit() == ExitCode.REFUSED
        assert strays_in_lines(terminal.written()) == []


@pytest.mark.parametrize(
    "arguments",
    [("history", "#general"), ("search", "words"), ("unread",), ("send", "#general", "hello"), ("tail", "#general")],
)
def test_scriptable_commands_print_no_payload_that_steers(home: Path, arguments: tuple[str, ...]) -> None:
    for text in chunks():
        with Liar(f"Mark1. {text}".encode(errors="replace").decode()) as liar:
            liar.refusing = arguments[0] in ("send", "tail")
            with Pty(scriptable(liar, *arguments)) as terminal:
                terminal.wait_exit()
                assert "Mark1." in terminal.written()
                assert strays_in_lines(terminal.written()) == []


PAGE_TAGS: Final = {
    *("html", "head", "meta", "noscript", "title", "style", "script", "body", "header", "main", "section", "h2"),
    *("p", "div", "time", "pre", "i", "b", "bdi", "span", "a", "code", "strong", "em", "del", "blockquote"),
}
PAGE_ATTRIBUTES: Final = {
    *("lang", "charset", "http-equiv", "content", "name", "class", "id", "datetime", "dir"),
    *("data-letter", "tabindex", "href", "rel"),
}
"""Of these is our own page made; none of them does anything, or loads anything."""


class Tags(HTMLParser):
    """Collects what a browser would take for more than text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.feed(page)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [str(value) for name, value in attrs if name == "href"]


def test_page_for_a_browser_has_no_more_tags_whatever_a_server_says(home: Path) -> None:
    page = home / "page.html"
    with Liar("Hello1.") as liar, Pty([*full_screen(liar), "--html", str(page)], width=480) as terminal:
        terminal.wait_for("Hello1.")
        for number, text in enumerate(chunks()):
            before, liar.text = terminal.size, f"{mark(number)} {text}".encode(errors="replace").decode()
            liar.push_everything()
            terminal.wait_for(mark(number), since=before)
        written = wait_for_page(page, mark(number))

        tags = Tags(written)
        assert set(tags.tags) <= PAGE_TAGS
        assert tags.tags.count("script") == 1
        assert tags.attributes <= PAGE_ATTRIBUTES
        assert all(re.match("https?://|mailto:", link, re.IGNORECASE) for link in tags.links)
        assert strays_in_lines(written.replace("\n", "")) == []
        assert strays(terminal.written()) == []


def wait_for_page(page: Path, word: str) -> str:
    deadline = time.monotonic() + WAIT_S
    while not page.exists() or word not in (written := page.read_text(encoding="utf-8")):
        assert time.monotonic() < deadline, f"{word} is not in the page"
        time.sleep(0.02)
    return written


def test_terminal_keeps_title_clipboard_and_screen_whatever_a_server_says(home: Path) -> None:
    with Liar("Hello1.") as liar, Terminal(full_screen(liar), width=200, height=40, folder=home) as terminal:
        terminal.wait_for("Hello1.")
        for number, text in enumerate(chunks()):
            liar.text = f"{mark(number)} {text}".encode(errors="replace").decode()
            liar.push_everything()
            screen = terminal.wait_for(mark(number))
            # The bar below is ours alone: nothing scrolled it away, wrote over it or moved it.
            assert "F1" in screen.splitlines()[-1]

        # It is ours alone, whatever the conversation in it is called.
        title = terminal.told("pane_title")
        assert title.endswith(f" - 127.0.0.1:{liar.port}") and title.isprintable()
        assert terminal.clipboard() == ""
        assert terminal.told("alternate_on") == "1"
        assert terminal.told("window_width") == "200"


def test_terminal_obeys_these_payloads_when_a_program_prints_them(home: Path) -> None:
    """The proof that the test above can fail: the same terminal, and `cat` instead of our client."""
    payloads = home / "payloads"
    payloads.write_text(f"{ESCAPES['title']}{ESCAPES['clipboard']}printed\n")
    with Terminal(["sh", "-c", f"cat {payloads}; sleep 30"], width=80, height=24, folder=home) as terminal:
        terminal.wait_for("printed")

        assert terminal.told("pane_title") == "pwned"
        assert "rm -rf" in terminal.clipboard()


CRASHING: Final = """
import sys
from pathlib import Path
from chat_tui.app import ChatApp

class Broken(ChatApp):
    def on_mount(self):
        super().on_mount()
        self.left = list(enumerate(TEXTS))
        self.set_interval(0.05, self.say)

    def say(self):
        if self.left:
            number, text = self.left.pop(0)
            self.notify(f"Toast{number}. {text}", title=f"Title{number}. {text}", timeout=60)
            return
        password = "hunter2"
        raise ValueError("Crash1. " + "".join(TEXTS))

folder = Path(sys.argv[1])
Broken(None, config=folder, data=folder, outbox=folder / "outbox").run()
"""


def test_toasts_and_a_crash_leave_the_terminal_alone_and_tell_no_variables(home: Path) -> None:
    program = CRASHING.replace("TEXTS", repr(list(chunks())))
    with Pty([sys.executable, "-c", program, str(home)], height=60) as terminal:
        terminal.wait_exit()
        terminal.wait_for("Crash1.", *(f"{what}{number}." for number in range(3) for what in ("Toast", "Title")))
        screen, _, after = terminal.written().partition("\x1b[?1049l")

        assert strays(screen) == []
        assert "Traceback" in after and "fault in the client" in after
        assert strays(after) == []
        assert "hunter2" not in after.replace('password = "hunter2"', "")
