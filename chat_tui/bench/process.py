"""Programs under measurement: started in a terminal of their own, typed into, listened to; looked at through /proc."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from typing_extensions import override

from chat_core.base.errors import WorldFault

WIDTH: Final = 120
HEIGHT: Final = 40
WITHIN_S: Final = 30.0
"""Longest wait for something to be drawn, in seconds."""
QUIET_S: Final = 0.2
"""After so long without a byte, a program has drawn all it was asked for."""
_END_WITHIN_S: Final = 30.0
GAP_S: Final = 0.02
"""After so long without a byte, what comes is another frame."""


class InTerminal:
    """A program in a pseudo-terminal of 120x40. Times are in seconds, of the monotonic clock.

    Args:
        command: what runs in it.
        env: added to the environment.
    """

    def __init__(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        self._ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        usual = {name: value for name, value in os.environ.items() if name not in ("LINES", "COLUMNS")}
        terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        self.written = 0
        """Bytes it has written so far."""
        self.begun = time.monotonic()
        self._process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**usual, **terminal, **env},
            start_new_session=True,
        )
        os.close(theirs)
        self.pid = self._process.pid

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._ours)

    def press(self, keys: str) -> float:
        """Type something; return when."""
        now = time.monotonic()
        os.write(self._ours, keys.encode())
        return now

    def read(self, within_s: float) -> bytes:
        """Return what it writes next; nothing if that takes too long. Raises: WorldFault: it has ended."""
        if not select.select([self._ours], [], [], max(0.0, within_s))[0]:
            return b""
        try:
            data = os.read(self._ours, 65536)
        except OSError:  # Linux says so at the end
            raise WorldFault("The program under measurement ended by itself.") from None
        self.written += len(data)
        return data

    def wait_for(self, wanted: re.Pattern[bytes]) -> float:
        """Return when something is written for the first time. Raises: WorldFault: not in time."""
        return self.wait_for_both(None, wanted)[1]

    def wait_for_both(self, first: re.Pattern[bytes] | None, wanted: re.Pattern[bytes]) -> tuple[float | None, float]:
        """Return when two things are written for the first time; None: the first was not before the second.

        Raises:
            WorldFault: the second was not, in time.
        """
        deadline = time.monotonic() + WITHIN_S
        tail = b""
        came: float | None = None
        while time.monotonic() < deadline:
            tail = tail[-64:] + self.read(deadline - time.monotonic())
            if came is None and first is not None and first.search(tail):
                came = time.monotonic()
            if wanted.search(tail):
                return came, time.monotonic()
        raise WorldFault(f"{wanted.pattern!r} was not drawn within {WITHIN_S:g} s.")

    def drawn(self) -> float:
        """Return when the next frame has come to its end. Raises: WorldFault: none came."""
        if not self.read(WITHIN_S):
            raise WorldFault("Nothing was drawn.")
        last = time.monotonic()
        while self.read(GAP_S):
            last = time.monotonic()
        return last

    def settle(self, quiet_s: float = QUIET_S) -> None:
        """Wait until it writes nothing for a while, though not for ever."""
        deadline = time.monotonic() + WITHIN_S
        while self.read(quiet_s) and time.monotonic() < deadline:
            pass

    def listen(self, seconds: float) -> None:
        """Take what it writes for a time."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.read(left)

    def ended(self) -> None:
        """Wait until it has ended by itself. Raises: WorldFault: it does not."""
        deadline = time.monotonic() + WITHIN_S
        with contextlib.suppress(WorldFault):  # it says that its terminal is gone
            while time.monotonic() < deadline:
                self.read(deadline - time.monotonic())
        try:
            self._process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise WorldFault("The program under measurement does not end.") from None

    def cpu_s(self) -> float:
        """Return the CPU time of all its threads."""
        return (
            sum(int(_text(thread / "schedstat").split()[0]) for thread in Path(f"/proc/{self.pid}/task").iterdir())
            / 1e9
        )

    def memory_mb(self) -> tuple[float, float]:
        """Return the memory it holds, and its share of it where pages are shared, in MB (10^6 bytes)."""
        lines = dict(line.split(":", 1) for line in _text(Path(f"/proc/{self.pid}/smaps_rollup")).splitlines()[1:])
        return tuple(int(lines[name].split()[0]) * 1024 / 1e6 for name in ("Rss", "Pss"))  # type: ignore[return-value]


class Child:
    """A program beside it: a server, or somebody who talks. It ends when its input does, or is ended.

    Args:
        command: what runs.
        says: what its first line begins with, once it is ready; empty: it says nothing.
    """

    def __init__(self, command: Sequence[str], says: str = "") -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.said = ""
        """The rest of that line."""
        if says:
            assert self._process.stdout is not None
            line = self._process.stdout.readline().decode().rstrip("\n")
            if not line.startswith(says):
                self._process.kill()
                _, complaint = self._process.communicate()
                raise WorldFault(f"{command[0]} did not start: {complaint.decode(errors='replace').strip()}")
            self.said = line.removeprefix(says).strip()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self.end()

    def end(self) -> str:
        """End its input, then the program; return what it said last."""
        if self._process.returncode is not None:
            return ""
        try:
            out, _ = self._process.communicate(timeout=_END_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            out, _ = self._process.communicate()
        return out.decode(errors="replace")

    def stop(self) -> None:
        """Tell it to end."""
        self._process.terminate()
        self.end()


class Flood(Child):
    """Somebody who talks as long as the context lasts.

    Args:
        command: what talks; says `ready` first.
        count: reads in what it says last how many messages were taken.
    """

    def __init__(self, command: Sequence[str], count: Callable[[str], int]) -> None:
        super().__init__(command, "ready")
        self._count = count
        self.taken = 0
        """How many messages the server took, at the end."""

    @override
    def end(self) -> str:
        """See Child."""
        said = super().end()
        if said:
            self.taken = self._count(said)
        return said


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError as error:
        raise WorldFault(f"{path} cannot be read ({error.strerror}): this is measured on Linux only.") from error
