"""Starts programs for tests: `popen` and `run` are subprocess's, for `python -m chat_core` and `python -m chat_tui`.

The children are forked by a process that has the modules loaded already (`zygote`): a start costs a tenth then. Where
that would not be the same as the true command, it is the true command: with a terminal, with variables that Python
itself or a library reads while it is loaded, with code to be run before the start, and without pidfds (not Linux).
CHAT_TRUE_STARTS=1 makes every start a true one.
"""

from __future__ import annotations

import atexit
import contextlib
import inspect
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final

from tests.support.zygote import LOADED, NUMBER

TRUE: Final = "CHAT_TRUE_STARTS"
"""Environment variable with which every start is that of the true command."""

_ROOT: Final = Path(__file__).parents[2]
_ENVIRONMENT: Final = dict(os.environ)
"""Before any test has changed it: modules are loaded with this."""
_OURS: Final = ("CHAT_", "XDG_", "TEXTUAL_", "PYTEST_", "HOME", "TMPDIR")
"""Beginnings of variables that are read only when something is asked for, never while modules are loaded."""
_ASKED: Final = tuple(inspect.signature(getattr(subprocess.Popen, "_execute_child")).parameters)[1:]  # noqa: B009

_Stream = int | IO[Any] | None


def popen(
    command: Sequence[str],
    *,
    stdin: _Stream = None,
    stdout: _Stream = None,
    stderr: _Stream = None,
    env: Mapping[str, str] | None = None,
    start_new_session: bool = False,
) -> subprocess.Popen[bytes]:
    """Start a command as `subprocess.Popen` does."""
    kind: type[subprocess.Popen[bytes]] = _Forked if _can_be_forked(command, env) else subprocess.Popen
    return kind(list(command), stdin=stdin, stdout=stdout, stderr=stderr, env=env, start_new_session=start_new_session)


def run(
    command: Sequence[str],
    *,
    input: bytes | None = None,
    stdout: _Stream = subprocess.PIPE,
    stderr: _Stream = subprocess.PIPE,
    env: Mapping[str, str] | None = None,
    timeout: float,
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end as `subprocess.run` does; its output is caught, and its exit code is not looked at."""
    stdin = None if input is None else subprocess.PIPE
    with popen(command, stdin=stdin, stdout=stdout, stderr=stderr, env=env) as process:
        try:
            out, err = process.communicate(input, timeout)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def run_text(
    command: Sequence[str], *, input: str = "", env: Mapping[str, str] | None = None, timeout: float
) -> subprocess.CompletedProcess[str]:
    """Do the same in text."""
    done = run(command, input=input.encode(), env=env, timeout=timeout)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


class ZygoteGoneError(RuntimeError):
    """The process that forks a program has ended, so that nothing more is known of its children."""

    def __init__(self, package: str, doing: str, process: subprocess.Popen[bytes]) -> None:
        process.kill()  # one that lives on with its pipe closed is of no use
        super().__init__(
            f"the process that forks {package} for tests ended with status {process.wait()} while {doing}; what it said"
            f" is on standard error, and {TRUE}=1 does without it"
        )


class _Zygote:
    """The process that forks one program, for the life of this one, or until it fails."""

    def __init__(self, package: str) -> None:
        ours, theirs = socket.socketpair()
        self._package = package
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.zygote", package, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd=_ROOT,
                env=_ENVIRONMENT,
                pass_fds=[theirs.fileno()],
            )
        self._control = ours
        self._lock = threading.Lock()
        atexit.register(self._end)

    def fork(self, asked: Mapping[str, object], streams: Sequence[int]) -> tuple[int, int]:
        """Have a child forked; return its pid, and a pipe on which its wait status will be told.

        Raises:
            ZygoteGoneError: this process has ended; the next start makes another one.
        """
        ours, theirs = os.pipe()
        text = json.dumps(asked).encode()
        try:
            with self._lock, contextlib.suppress(ConnectionError):  # the pipe tells it, too
                socket.send_fds(self._control, [NUMBER.pack(len(text))], [*streams, theirs])
                self._control.sendall(text)
        finally:
            os.close(theirs)
        told = os.read(ours, NUMBER.size)
        if not told:
            os.close(ours)
            raise self.gone("it was asked for a child")
        return NUMBER.unpack(told)[0], ours

    def gone(self, doing: str) -> ZygoteGoneError:
        """Forget this process, as it has ended; return the error to raise."""
        if _zygotes.get(self._package) is self:
            del _zygotes[self._package]
        return ZygoteGoneError(self._package, doing, self._process)

    def _end(self) -> None:
        self._control.close()
        self._process.wait()


_zygotes: dict[str, _Zygote] = {}
_starting = threading.Lock()


def _zygote(package: str) -> _Zygote:
    with _starting:
        if package not in _zygotes:
            _zygotes[package] = _Zygote(package)
        return _zygotes[package]


def _can_be_forked(command: Sequence[str], env: Mapping[str, str] | None) -> bool:
    if os.environ.get(TRUE) or not hasattr(os, "pidfd_open"):
        return False
    if list(command[:2]) != [sys.executable, "-m"] or command[2] not in LOADED:
        return False
    if any(os.isatty(number) for number in range(3)):
        return False
    now = os.environ if env is None else env
    differing = {name for name in {*_ENVIRONMENT, *now} if _ENVIRONMENT.get(name) != now.get(name)}
    return all(name.startswith(_OURS) for name in differing)


class _Forked(subprocess.Popen[bytes]):
    """A child that the zygote forks, and waits for: that it has ended is read from a pipe."""

    _told = -1
    _zygote: _Zygote

    def _execute_child(self, *given: Any) -> None:
        asked = dict(zip(_ASKED, given, strict=True))
        _, _, package, *arguments = asked["args"]
        wanted = {
            "arguments": arguments,
            "environment": dict(os.environ if asked["env"] is None else asked["env"]),
            "folder": str(Path.cwd()),
            "umask": _umask(),
            "session": asked["start_new_session"],
        }
        ends = (asked["p2cread"], asked["c2pwrite"], asked["errwrite"])
        streams = [number if end == -1 else end for number, end in enumerate(ends)]
        try:
            self._zygote = _zygote(package)
            self.pid, self._told = self._zygote.fork(wanted, streams)
            self._child_created = True
        finally:
            pipes = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")
            getattr(self, "_close_pipe_fds")(*(asked[each] for each in pipes))  # noqa: B009

    def _try_wait(self, wait_flags: int) -> tuple[int, int]:
        """Return pid and wait status once it has ended; 0 before that."""
        os.set_blocking(self._told, not wait_flags & os.WNOHANG)
        try:
            told = os.read(self._told, NUMBER.size)
        except BlockingIOError:
            return 0, 0
        os.close(self._told)
        if not told:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)  # nobody would ever know how it ended
            self.returncode = -signal.SIGKILL
            raise self._zygote.gone(f"its child {self.pid} ran")
        return self.pid, NUMBER.unpack(told)[0]

    def _internal_poll(self, _deadstate: int | None = None, **_: Any) -> int | None:
        lock: threading.Lock = getattr(self, "_waitpid_lock")  # noqa: B009
        if self.returncode is None and self._told >= 0 and lock.acquire(blocking=False):
            try:
                pid, status = self._try_wait(os.WNOHANG)
                if pid:
                    self.returncode = os.waitstatus_to_exitcode(status)
            finally:
                lock.release()
        return self.returncode


def _umask() -> int:
    found = os.umask(0)
    os.umask(found)
    return found
