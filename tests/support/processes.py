"""Real server processes for tests: started on a free port or a socket, killed, started again on the same data."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO

from tests.support.starting import popen

WAIT_S = 45.0
"""Longest wait for a process to say or do something, in seconds."""


class ServerProcess:
    """`python -m chat_core serve` as a child process.

    Args:
        data: its data folder.
        port: 0 for any free one; the real one is in `port` after the start.
        arguments: more of the command line.
        env: added to the environment.
        program: Python that serves instead of the command line; its first argument is the data folder.
    """

    def __init__(
        self,
        data: Path,
        *arguments: str,
        port: int | None = 0,
        env: Mapping[str, str] | None = None,
        program: str = "",
    ) -> None:
        self.data = data
        self.arguments = arguments
        self.port = port or 0
        self._tcp = port is not None
        self._program = program
        self._env = {**os.environ, **(env or {})}
        self.log = data.parent / f"{data.name}.log"
        self.process: subprocess.Popen[bytes]
        self.lines: list[str] = []

    def start(self) -> ServerProcess:
        """Start it and wait until it listens."""
        port = ("--port", str(self.port)) if self._tcp else ()
        command = ["-m", "chat_core", "serve", "--data", str(self.data), *port, *self.arguments]
        if self._program:
            command = ["-c", self._program, str(self.data)]
        with self.log.open("ab") as log:
            self.process = popen(
                [sys.executable, *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=self._env,
            )
        assert self.process.stdout is not None
        self.lines = [read_line(self.process.stdout), read_line(self.process.stdout)]
        assert self.lines[0].startswith("listening on "), f"{self.lines}; {self.log.read_text()}"
        if self._tcp:
            self.port = int(self.lines[0].partition("?")[0].rpartition(":")[2])
        return self

    @property
    def address(self) -> str:
        """How a client names it; with TLS a link, with its pin."""
        return self.lines[0].removeprefix("listening on ")

    def kill(self) -> None:
        """End it with `kill -9`."""
        self.process.kill()
        self.process.wait(WAIT_S)
        self._close()

    def stop(self) -> int:
        """End it with SIGTERM; return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(WAIT_S)
        self._close()
        return code

    def wait(self) -> int:
        """Wait until it ends by itself; return its exit code."""
        code = self.process.wait(WAIT_S)
        self._close()
        return code

    def __enter__(self) -> ServerProcess:
        """Start it."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it, if it still runs."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(WAIT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._close()

    def _close(self) -> None:
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None and not stream.closed:
                stream.close()


def read_line(stream: IO[bytes], timeout_s: float = WAIT_S) -> str:
    """Read one line of a child's output, without its newline; empty at the end.

    Raises:
        AssertionError: nothing came in time.
    """
    line = b""
    deadline = time.monotonic() + timeout_s
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while not line.endswith(b"\n"):
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise AssertionError(f"no line within {timeout_s} s, only {line!r}")
            byte = os.read(stream.fileno(), 1)
            if not byte:
                break
            line += byte
    return line.decode().rstrip("\n")
