"""A real browser for tests: headless Chromium, told what to do over a pipe, so that nothing listens anywhere."""

from __future__ import annotations

import base64
import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.support.requirements import need_program

WAIT_S = 20.0
"""Longest wait for the browser to say something or for a page to be so, in seconds."""

_FLAGS = (
    "--headless=new",
    "--no-sandbox",  # the tests may run as root, and show it only what they made
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--window-size=800,600",
    "--remote-debugging-pipe",
)

_ON_3_AND_4 = """
import fcntl, os, sys
out_of_the_way = [fcntl.fcntl(int(fd), fcntl.F_DUPFD, 10) for fd in sys.argv[1:3]]
os.dup2(out_of_the_way[0], 3)
os.dup2(out_of_the_way[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Gives the browser the descriptors on which it listens and speaks."""


class Browser:
    """One Chromium with one page.

    Args:
        folder: an empty folder for its profile.
    """

    def __init__(self, folder: Path) -> None:
        program = need_program("chromium")
        told, self._tell = os.pipe()
        self._hear, says = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _ON_3_AND_4, str(told), str(says), program, *_FLAGS, f"--user-data-dir={folder}"],
            pass_fds=(told, says),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(told)
        os.close(says)
        self._number = 0
        self._pending = b""
        self._session = ""
        self.events: list[dict[str, Any]] = []
        try:
            self._attach()
        except BaseException:
            self.close()
            raise

    def _attach(self) -> None:
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(target for target in targets if target["type"] == "page")
        attached = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def __enter__(self) -> Browser:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self.close()

    def close(self) -> None:
        """End it."""
        os.close(self._tell)
        os.close(self._hear)
        self._process.terminate()
        try:
            self._process.wait(WAIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def open(self, path: Path) -> None:
        """Open a file."""
        self.call("Page.navigate", url=path.as_uri())
        self.until("document.readyState == 'complete' && location.protocol == 'file:'")

    def visit(self, url: str) -> None:
        """Open a page that somebody serves."""
        self.call("Page.navigate", url=url)
        self.until("document.readyState == 'complete' && location.protocol == 'http:'")

    def type(self, text: str) -> None:
        """Type text; a carriage return is Enter."""
        for char in text:
            code = 13 if char == "\r" else 0
            self.call("Input.dispatchKeyEvent", type="keyDown", text=char, windowsVirtualKeyCode=code)
            self.call("Input.dispatchKeyEvent", type="keyUp", windowsVirtualKeyCode=code)

    def picture(self) -> bytes:
        """Return what the page looks like, as a PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def ask(self, expression: str) -> Any:
        """Return what an expression comes to in the page. Raises: Gone."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise Gone(str(answer["exceptionDetails"]["exception"].get("description")))
        return answer["result"].get("value")

    def until(self, expression: str, wanted: Callable[[Any], bool] = bool) -> Any:
        """Wait until an expression comes to something in the page; return it.

        Raises:
            AssertionError: it did not in time.
        """
        deadline = time.monotonic() + WAIT_S
        while True:
            try:
                value = self.ask(expression)
                if wanted(value):
                    return value
            except Gone as gone:
                value = gone
            assert time.monotonic() < deadline, f"{expression} is {value!r}; the page: {self.text()[-2000:]}"
            time.sleep(0.03)

    def text(self) -> str:
        """Return what can be read in the page."""
        return str(self.ask("document.body ? document.body.innerText : ''"))

    def complaints(self) -> list[str]:
        """Return what the browser had to complain of: errors of scripts, violations of the policy."""
        self.ask("1")
        texts = []
        for event in self.events:
            match event["method"]:
                case "Runtime.exceptionThrown":
                    texts.append(str(event["params"]["exceptionDetails"]))
                case "Log.entryAdded":
                    texts.append(event["params"]["entry"]["text"])
                case "Page.javascriptDialogOpening":
                    texts.append("a dialog")
                case _:
                    pass
        return texts

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask the browser for something, in its own words."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._tell, json.dumps(message).encode() + b"\0")
        while True:
            said = self._read()
            if said.get("id") == self._number:
                if "error" in said:
                    raise Gone(f"{method}: {said['error']}")
                result: dict[str, Any] = said["result"]
                return result
            if "method" in said:
                self.events.append(said)

    def _read(self) -> dict[str, Any]:
        deadline = time.monotonic() + WAIT_S
        with selectors.DefaultSelector() as selector:
            selector.register(self._hear, selectors.EVENT_READ)
            while b"\0" not in self._pending:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise AssertionError("the browser says nothing")
                piece = os.read(self._hear, 1 << 16)
                assert piece, "the browser has ended"
                self._pending += piece
        message, _, self._pending = self._pending.partition(b"\0")
        said: dict[str, Any] = json.loads(message)
        return said


class Gone(Exception):
    """There was no answer: the page may just be replaced by a newer one, and have no body yet."""
