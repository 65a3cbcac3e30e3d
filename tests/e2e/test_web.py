"""The full-screen client in a real browser: what is typed there arrives, and nobody else gets in."""

from __future__ import annotations

import asyncio
import http.client
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat_core.base.exit_codes import ExitCode
from chat_core.client import Client, parse_address
from chat_core.protocol.requests.conversations import ListMembers
from tests.support.browser import Browser
from tests.support.processes import WAIT_S, ServerProcess, read_line

CHAT = [sys.executable, "-m", "chat_tui"]


@pytest.fixture
def server(home: Path) -> Iterator[ServerProcess]:
    with ServerProcess(home / "data") as process:
        yield process


async def there(server: ServerProcess, name: str) -> None:
    """Wait until somebody is connected."""
    async with Client(parse_address(server.address), "bob", follow=False) as bob:
        await bob.online(WAIT_S)
        general = await bob.join("general")
        while True:
            members = (await bob.call(ListMembers(conversation=general))).members
            if any(member.name == name and member.online for member in members):
                return
            await asyncio.sleep(0.05)


def status(port: int, path: str, **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_S)
    connection.request("GET", path, headers=headers)
    code = connection.getresponse().status
    connection.close()
    return code


def test_message_typed_in_the_browser_arrives_and_nobody_gets_in_without_the_key(
    server: ServerProcess, home: Path
) -> None:
    serving = subprocess.Popen([*CHAT, "web", server.address, "--name", "ann"], stdout=subprocess.PIPE)
    assert serving.stdout is not None
    try:
        found = re.fullmatch(
            r"Open this in a browser: (http://127\.0\.0\.1:(\d+)/\?key=([\w-]+))", read_line(serving.stdout)
        )
        assert found is not None
        link, port, key = found[1], int(found[2]), found[3]
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket"}
        for path in ("/", "/ws", "/static/js/textual.js", "/?key=guess"):
            assert status(port, path) == 403, path
        cookie = {"Cookie": f"chat-{port}={key}"}
        assert status(port, "/ws", **cookie, **upgrade, Origin="http://elsewhere.example") == 403

        with Browser(home / "browser") as browser:
            browser.visit(link)
            browser.until("document.body.className.includes('-first-byte')")
            asyncio.run(asyncio.wait_for(there(server, "ann"), WAIT_S))
            tail = [*CHAT, "tail", "#general", "--since", "0", "--count", "1"]
            heard = subprocess.Popen([*tail, "--server", server.address, "--name", "bob"], stdout=subprocess.PIPE)
            assert heard.stdout is not None
            output = heard.stdout
            browser.type("hello from the browser")

            def arrived(_: object) -> bool:
                browser.type("\r")  # what was entered before there was a place for it is still there
                return bool(select.select([output], [], [], 0.3)[0])

            browser.until("1", arrived)
            assert read_line(heard.stdout).endswith("#general:1 <ann> hello from the browser")
            assert heard.wait(WAIT_S) == ExitCode.OK
            heard.stdout.close()
            assert browser.ask("location.search") == "", "the key is not to stay in the address"
            assert len(browser.picture()) > 5000
            assert [each for each in browser.complaints() if "WebGL" not in each] == []
        serving.terminate()
        assert serving.wait(WAIT_S) == ExitCode.OK
    finally:
        if serving.poll() is None:
            serving.kill()
            serving.wait(WAIT_S)
        serving.stdout.close()


def test_page_that_others_could_reach_is_refused_unless_it_is_loudly_asked_for() -> None:
    done = subprocess.run(
        [*CHAT, "web", "--host", "0.0.0.0"], capture_output=True, timeout=WAIT_S, check=False, text=True
    )

    assert done.returncode == ExitCode.USAGE
    assert "0.0.0.0 can be reached by other machines" in done.stderr
    assert "--insecure-reachable" in done.stderr


def test_page_without_what_serves_it_is_one_sentence() -> None:
    without = "import sys; sys.modules['textual_serve'] = None; from chat_tui.cli import main; main(['web'])"
    done = subprocess.run([sys.executable, "-c", without], capture_output=True, timeout=WAIT_S, check=False, text=True)

    assert (done.returncode, done.stdout) == (ExitCode.FAILED, "")
    assert done.stderr == (
        "This needs textual-serve, which is not installed: pip install 'chat-for-terminals[web]' brings it.\n"
    )
