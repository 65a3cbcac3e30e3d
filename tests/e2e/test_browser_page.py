"""The live page as a person has it: the client in a terminal, the page beside it in a real browser."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat_core.base.exit_codes import ExitCode
from tests.support.browser import Browser
from tests.support.full_screen import open_client, speak
from tests.support.processes import ServerProcess

FIRST_LINE = "[...document.querySelectorAll('.line')].find(line => line.getBoundingClientRect().bottom > 0).innerText"


@pytest.fixture
def server(home: Path) -> Iterator[ServerProcess]:
    with ServerProcess(home / "data") as process:
        yield process


def shows(text: str) -> str:
    """Return the question whether a text can be read in the page."""
    return f"document.body.innerText.includes({text!r})"


def test_page_in_a_browser_follows_by_itself_while_the_user_types(server: ServerProcess, home: Path) -> None:
    page = home / "chat.html"
    payloads = ["<script>document.title='pwned'</script>", "<img src=x onerror=\"document.title='pwned'\">"]
    with open_client(server, "ann", home, "--html", str(page)) as ann, Browser(home / "browser") as browser:
        ann.wait_for("#general", "F1")
        assert stat.S_IMODE(page.stat().st_mode) == 0o600
        browser.open(page)
        browser.until(shows("Connected as ann."))
        ann.say("/list")
        ann.wait_for("1 channel")
        ann.say("this is mine")
        ann.wait_for("ann  this is mine")  # more in the same breath is a paste
        ann.type("half a line ")
        speak(server, "#general", ["hello from bob", *payloads])
        speak(server, "@ann", ["only for you"])
        for text in (
            "1 channel; /join #name goes there",
            "this is mine",
            "hello from bob",
            *payloads,
            "@bob",
            "only for",
        ):
            browser.until(shows(text))
        ann.wait_for("half a line")  # nothing landed on top of it
        assert browser.ask("document.title") == server.address.rpartition("://")[2]
        assert browser.ask("document.querySelectorAll('img').length") == 0
        assert browser.complaints() == []

        ann.press("C-q")
        ann.wait_exit()
        browser.until(shows("the client has ended"))


def test_page_keeps_its_place_when_it_follows_and_stays_at_the_end_for_who_is_there(
    server: ServerProcess, home: Path
) -> None:
    page = home / "chat.html"
    with open_client(server, "ann", home) as ann, Browser(home / "browser") as browser:
        ann.wait_for("#general", "F1")
        ann.say(f"/html {page}")
        ann.wait_for("open it in a browser")
        speak(server, "#general", [f"line {number}" for number in range(120)])
        ann.wait_for("line 119")
        browser.open(page)
        browser.until(shows("line 119"))
        at_end = "document.scrollingElement.scrollHeight - innerHeight - document.scrollingElement.scrollTop < 8"
        assert browser.ask(at_end)

        speak(server, "#general", ["the newest"])
        browser.until(shows("the newest"))
        browser.until(at_end)

        browser.ask("scrollTo(0, 700)")
        before = browser.until(FIRST_LINE)
        top = browser.ask("document.scrollingElement.scrollTop")
        speak(server, "#general", ["newer still"])
        browser.until(shows("newer still"))
        assert browser.ask(FIRST_LINE) == before
        assert abs(browser.ask("document.scrollingElement.scrollTop") - top) <= 1

        ann.say("/html off")
        ann.wait_for("has ended")
        speak(server, "#general", ["not for the page"])
        ann.wait_for("not for the page")
        browser.until(shows("the client has ended"))
        assert not browser.ask(shows("not for the page"))


def test_file_of_somebody_else_is_asked_about_before_it_is_gone(server: ServerProcess, home: Path) -> None:
    thesis = home / "thesis.html"
    thesis.write_text("my thesis")
    with open_client(server, "ann", home, "--html", str(thesis)) as ann:
        ann.wait_for("is there already", "Write over it? [y/N]")
        ann.say("n")
        assert ann.wait_exit() == ExitCode.CANNOT_CREATE
        assert "It stays as it is" in ann.screen()
    assert thesis.read_text() == "my thesis"

    with open_client(server, "ann", home, "--html", str(thesis)) as ann:
        ann.wait_for("Write over it? [y/N]")
        ann.say("y")
        ann.wait_for("#general", "F1")
        ann.until(lambda _: "Connected as ann." in thesis.read_text(), "there is no page")
