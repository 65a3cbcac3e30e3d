"""The server under load as a process: started with data of its own, looked at through /proc, stopped by its pid."""

from __future__ import annotations

import os
import selectors
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Final

from chat_core.base.errors import WorldFault

START_WITHIN_S: Final = 20.0
STOP_WITHIN_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process and its children have used so far: a server keeps its search index in one."""

    rss_kb: int
    """Memory they hold now; what they share counts for each."""
    cpu_s: float
    """CPU of all their threads since their start, in seconds; ticks of 10 ms on most systems."""


def usage(pid: int) -> Usage | None:
    """Return what a process and its children have used; None where the system has no /proc, or the process is gone."""
    own = _own_usage(pid)
    if own is None:
        return None
    there = [own, *filter(None, map(_own_usage, _children(pid)))]
    return Usage(rss_kb=sum(each.rss_kb for each in there), cpu_s=sum(each.cpu_s for each in there))


def _children(pid: int) -> Iterator[int]:
    """Iterate over the children of a process that are there; of none where the system does not tell."""
    for each in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            yield from map(int, each.read_text().split())


def _own_usage(pid: int) -> Usage | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    rss = next((line for line in status.splitlines() if line.startswith("VmRSS:")), "VmRSS: 0 kB")
    return Usage(rss_kb=int(rss.split()[1]), cpu_s=(int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"))


class OwnServer:
    """`python -m chat_core serve` with fresh data on a free port of the loopback interface; a context manager.

    Args:
        data: folder in which the data folder is made and removed again; None: the system's temporary folder.
    """

    def __init__(self, data: Path | None) -> None:
        try:
            self._folder = Path(tempfile.mkdtemp(prefix="chat-bench-", dir=data))
        except OSError as error:
            raise WorldFault(
                f"Cannot make a folder in {data}: {error.strerror}; choose another one with --data."
            ) from error
        self._log = self._folder / "log"
        self._process: subprocess.Popen[bytes]
        self.address = ""

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._process.pid

    @property
    def folder(self) -> Path:
        """Where the data lies."""
        return self._folder

    @property
    def database(self) -> Path:
        """The store's file."""
        return self._folder / "data" / "chat.db"

    def complaints(self) -> str:
        """Return what the server's log holds: warnings and worse."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def __enter__(self) -> OwnServer:
        """Start it and wait for its address."""
        self.launch(0)
        line = self.first_line()
        if not line.startswith("listening on "):
            complaint = self.complaints().strip()
            self._stop()
            raise WorldFault(f"The server did not start: {complaint or 'it said nothing'}")
        self.address = line.removeprefix("listening on ")
        return self

    def launch(self, port: int) -> None:
        """Start the process, and wait for nothing.

        Args:
            port: where it is to listen; 0: any that is free.
        """
        # Embedded: it leaves by itself if we are killed, since its input ends then.
        command = [sys.executable, "-m", "chat_core", "serve", "--embedded", "--port", str(port)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--log-level", "warning", "--data", str(self._folder / "data")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )

    def first_line(self) -> str:
        """Return what it says first, or has said of that until it takes too long."""
        assert self._process.stdout is not None
        return _first_line(self._process.stdout, START_WITHIN_S)

    def kill(self) -> None:
        """End it with `kill -9`."""
        self._process.kill()
        self._process.wait()
        self._close()

    def stop(self) -> None:
        """End it as an operator does, and keep its data."""
        self._process.terminate()
        try:
            self._process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it and remove its data."""
        self._stop()

    def _stop(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()


def _first_line(stream: IO[bytes], within_s: float) -> str:
    """Return a line of a child's output; what has come so far when it takes too long or the child is gone."""
    line = b""
    deadline = time.monotonic() + within_s
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while not line.endswith(b"\n") and selector.select(max(0.0, deadline - time.monotonic())):
            data = os.read(stream.fileno(), 4096)
            if not data:
                break
            line += data
    return line.decode(errors="replace").partition("\n")[0]
