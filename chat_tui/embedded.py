"""This computer's own server: found if it runs, started if not. A child process, with its own loop and its own crash.

It listens on a socket in the data folder. It lives as long as somebody needs it: its standard input is a pipe that ends
with the starter, and it leaves once that is at its end and nobody is connected. Two starters at once: the lock of the
data folder decides, and the loser goes to the winner.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import chat_core
from chat_core.base.errors import WorldFault
from chat_core.base.exit_codes import ExitCode
from chat_core.base.text import clean_line
from chat_core.transport.urls import Address, parse_address
from chat_tui.paths import DATA_VARIABLE

START_WITHIN_S: Final = 15.0
"""Time for the server to listen, in seconds; a slow disk may have to make the database first."""
LEAVE_WITHIN_S: Final = 5.0
"""Time a server has to leave once nobody needs it, in seconds."""
_LOOK_AGAIN_S: Final = 0.05
_LOG_TAIL_BYTES: Final = 8_192


class ServerNotStarted(WorldFault):
    """This computer's own server could not be started; the text says why and what to do."""


class Embedded:
    """This computer's own server, for as long as the process needs it.

    Args:
        data: its data folder.

    Raises:
        UsageFault: the folder's path is too long for a socket.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self.address = parse_address(f"chat+unix:{data / 'chat.sock'}")
        """Where it listens, whether it runs or not."""
        self._lifeline: int | None = None

    def ensure(self) -> Address:
        """Return the address of the running server, started now if need be. Blocks, up to `START_WITHIN_S`.

        Raises:
            ServerNotStarted: it could not be.
        """
        deadline = time.monotonic() + START_WITHIN_S
        held = False
        while not _answers(self.address):
            if held and time.monotonic() > deadline:
                raise self._held()
            try:
                started = self._start(deadline)
            except ServerNotStarted as fault:
                # The time was over while a further attempt was under way; the folder is held all the same.
                if held:
                    raise self._held() from fault
                raise
            if not started:
                # Another starter has won, and does not listen yet; or the last server is just leaving.
                held = True
                time.sleep(_LOOK_AGAIN_S)
        return self.address

    def _held(self) -> ServerNotStarted:
        return ServerNotStarted(
            f"Another server holds {self._data} but does not answer at its socket; end it, "
            f"or choose another folder with {DATA_VARIABLE}."
        )

    def let_go(self) -> None:
        """Let the server leave as soon as nobody is connected; the end of this process does the same."""
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None

    def _start(self, deadline: float) -> bool:
        """Start a server and wait until it listens; False: another one has the folder."""
        log, before = self._open_log()
        read_end, write_end = os.pipe()
        try:
            process = subprocess.Popen(
                _command(self.address.path, self._data),
                stdin=read_end,
                stdout=subprocess.PIPE,
                stderr=log,
                # Where the package is: neither the user's folder nor what lies in it may be imported.
                cwd=Path(chat_core.__file__).parents[1],
                start_new_session=True,
            )
        except OSError as error:
            os.close(write_end)
            raise ServerNotStarted(f"The server could not be started: {error.strerror}.") from error
        finally:
            os.close(read_end)
            os.close(log)
        listening = _first_line(process, deadline).startswith("listening on ")
        threading.Thread(target=_see_out, args=(process,), name="embedded server", daemon=True).start()
        if listening:
            self.let_go()
            self._lifeline = write_end
            return True
        os.close(write_end)
        code = _exit_code(process, deadline)
        if code == ExitCode.IN_USE:
            return False
        raise ServerNotStarted(self._complaint(code, before))

    def _open_log(self) -> tuple[int, int]:
        """Return the log's descriptor, and how long the log is."""
        try:
            self._data.mkdir(mode=0o700, parents=True, exist_ok=True)
            log = os.open(self._data / "server.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ServerNotStarted(
                f"The data folder {self._data} cannot be written ({error.strerror}); mend its permissions, "
                f"or choose another folder with {DATA_VARIABLE}."
            ) from error
        return log, os.fstat(log).st_size

    def _complaint(self, code: int | None, before: int) -> str:
        """Return the server's own last sentence, or what is known without it."""
        path = self._data / "server.log"
        said = ""
        with contextlib.suppress(OSError), path.open("rb") as log:
            log.seek(max(before, log.seek(0, os.SEEK_END) - _LOG_TAIL_BYTES))
            lines = log.read().decode("utf-8", "replace").splitlines()
            said = next((line for line in map(clean_line, reversed(lines)) if line), "")
        if code in (ExitCode.CANNOT_CREATE, ExitCode.CONFIG, ExitCode.IO, ExitCode.NOT_PERMITTED) and said:
            return said
        how = "did not listen in time" if code is None else f"ended with code {code}"
        return f"This computer's own server {how}; {path} says why." + (f" Its last line: {said}" if said else "")


@contextlib.contextmanager
def throw_away_folder(prefix: str) -> Iterator[Path]:
    """Make a data folder for a server that nobody needs later; at the end, wait for the server to leave, and remove it.

    Args:
        prefix: how its name begins.
    """
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        yield folder
    finally:
        _wait_unlocked(folder / "lock")
        shutil.rmtree(folder, ignore_errors=True)


def _wait_unlocked(lock: Path) -> None:
    """Wait until a server has let its data folder go, within reason."""
    deadline = time.monotonic() + LEAVE_WITHIN_S
    with contextlib.suppress(OSError), lock.open("rb") as file:
        while time.monotonic() < deadline:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            time.sleep(_LOOK_AGAIN_S)


def _command(listen: str, data: Path) -> list[str]:
    return [sys.executable, "-m", "chat_core", "serve", "--embedded", "--socket", listen, "--data", str(data)]


def _answers(address: Address) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(address.path)
        except OSError:
            return False
        return True


def _first_line(process: subprocess.Popen[bytes], deadline: float) -> str:
    """Return what the server says first, empty if it ends or stays silent."""
    assert process.stdout is not None
    output = process.stdout.fileno()
    said = b""
    while b"\n" not in said:
        ready, _, _ = select.select([output], [], [], max(0.0, deadline - time.monotonic()))
        chunk = os.read(output, 4096) if ready else b""
        if not chunk:
            break
        said += chunk
    return said.decode("utf-8", "replace").partition("\n")[0]


def _see_out(process: subprocess.Popen[bytes]) -> None:
    """Take what else it says, and wait for its end: or it would stay a zombie for as long as this process lives."""
    assert process.stdout is not None
    with process.stdout as output:
        while os.read(output.fileno(), 4096):
            pass
    process.wait()


def _exit_code(process: subprocess.Popen[bytes], deadline: float) -> int | None:
    """Return the server's exit code; None: it has not ended in time, and is ended now."""
    try:
        return process.wait(max(0.5, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.terminate()
        return None
