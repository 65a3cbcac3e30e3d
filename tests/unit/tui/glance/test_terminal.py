"""The terminal while a picture is on it: a real process in a real pseudo-terminal, ended in every way there is."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from chat_tui.glance import files
from chat_tui.glance.asked import conditions
from chat_tui.glance.picture import Picture, packed
from tests.support.screens import shown_in

LINE = ("connect", "a:1", "--name", "ann")
WIDTH, HEIGHT = 30, 4
SAID = "as it was left"
WAIT_S = 20.0
SHOWN = f"import os, sys; from chat_tui.glance import showing; showing.show({LINE!r}, os.environ)\n"
GOES_ON = "while True: pass"
"""What is being loaded, for ever. Asleep, it would miss a signal that comes right before."""


class Started:
    """A process that shows the picture for its command line, and what follows then."""

    def __init__(
        self, home: Path, then: str, *, width: int = WIDTH, more: Mapping[str, str] | None = None, first: str = ""
    ) -> None:
        self._ours, self._theirs = os.openpty()
        fcntl.ioctl(self._theirs, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, width, 0, 0))
        self.before = self.attributes
        self.written = b""
        self.process = subprocess.Popen(
            [sys.executable, "-c", first + SHOWN + then],
            stdin=self._theirs,
            stdout=self._theirs,
            stderr=self._theirs,
            env={**variables(home), **(more or {})},
            process_group=0,
        )

    def __enter__(self) -> Started:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)
        os.close(self._theirs)

    @property
    def attributes(self) -> list[Any]:
        """What the terminal does with keys and lines."""
        return termios.tcgetattr(self._theirs)

    @property
    def waiting(self) -> int:
        """How many bytes were typed and not read."""
        fcntl.ioctl(self._theirs, termios.FIONREAD, count := bytearray(4))
        return int.from_bytes(count, sys.byteorder)

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + WAIT_S
        while text.encode() not in self.written:
            assert select.select([self._ours], [], [], deadline - time.monotonic())[0], self.written
            self.written += os.read(self._ours, 65536)

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def ended(self) -> int:
        """Wait for the end, and read the rest; return the exit code."""
        code = self.process.wait(WAIT_S)
        while select.select([self._ours], [], [], 0)[0]:
            self.written += os.read(self._ours, 65536)
        return code

    @property
    def after(self) -> str:
        """What was written since the terminal was given back; all of it, if it was never taken."""
        head, back, tail = self.written.decode().rpartition("\x1b[?1049l\x1b[?25h")
        assert bool(back) == ("\x1b[?1049h" in head), "taken and given back"
        assert "\x1b[?7h" in head and "\x1b[?2004l" in head
        return tail


def variables(home: Path) -> dict[str, str]:
    """Return the environment of such a process."""
    usual = {name: value for name, value in os.environ.items() if name not in ("LINES", "COLUMNS")}
    return {**usual, "CHAT_CONFIG": str(home), "TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONUTF8": "1"}


@pytest.fixture
def left(tmp_path: Path) -> Iterator[Path]:
    """Keep a picture for the command line; yield the home that it is in."""
    rows: list[Sequence[tuple[int, str, int]]] = [[(0, " " * WIDTH, WIDTH)] for _ in range(HEIGHT)]
    rows[1] = [(1, SAID, len(SAID)), (0, " " * (WIDTH - len(SAID)), WIDTH - len(SAID))]
    environment = variables(tmp_path)
    about = {**conditions(LINE, environment, str(tmp_path)), "goals": [["chat://a:1", "ann"]]}
    files.keep(str(tmp_path / "glances"), (WIDTH, HEIGHT), LINE, packed(Picture(WIDTH, ["", "1"], rows), about))
    yield tmp_path


def test_picture_is_on_the_other_screen_and_keys_wait_when_it_is_shown(left: Path) -> None:
    with Started(left, GOES_ON) as started:
        started.wait_for(SAID)
        assert not started.attributes[3] & (termios.ECHO | termios.ICANON)
        assert started.attributes[3] & termios.ISIG, "Ctrl+C ends a start"
        started.type("typed\x1a\x1c\r")
        cells, _ = shown_in(WIDTH, HEIGHT, [started.written.decode()])
        assert "".join(str(cell[0]) for cell in cells[1]).rstrip() == SAID
        assert started.written.startswith(b"\x1b[?1049h\x1b[?25l")
        started.process.terminate()
        assert started.ended() == -signal.SIGTERM, "neither stopped nor aborted by a key"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_terminal_is_given_back_when_a_signal_ends_the_start(left: Path, number: signal.Signals) -> None:
    with Started(left, GOES_ON) as started:
        started.wait_for(SAID)
        started.type("rm -rf /\r")
        while started.waiting < len("rm -rf /\r"):  # the system hands it on in its own time
            time.sleep(0)
        started.process.send_signal(number)

        assert started.ended() == -number
        assert started.after == ""
        assert started.attributes == started.before
        assert started.waiting == 0, "what was typed for the program is not for the shell"


@pytest.mark.parametrize(
    ("then", "code", "said"),
    [
        ("raise SystemExit(3)", 3, ""),
        ("sys.exit('There is no theme.')", 1, "There is no theme.\r\n"),
        ("print('A conflict.', file=sys.stderr); sys.exit(2)", 2, "A conflict.\r\n"),
        ("print('Something.')", 0, "Something.\r\n"),
        ("sys.stderr.buffer.write(b'Bytes.\\n')", 0, "Bytes.\r\n"),
        ("sys.stderr.writelines(['Lines.\\n'])", 0, "Lines.\r\n"),
        ("import warnings; warnings.simplefilter('always'); warnings.warn('x')", 0, "UserWarning: x\r\n"),
        ("1/0", 1, "ZeroDivisionError: division by zero\r\n"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGQUIT)", -signal.SIGQUIT, ""),
    ],
)
def test_terminal_is_given_back_before_anything_is_said_when_the_start_ends(
    left: Path, then: str, code: int, said: str
) -> None:
    listens = "import signal; signal.signal(signal.SIGQUIT, signal.SIG_DFL)\n"  # CI may run where nobody does
    dumps_nothing = "import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
    with Started(left, dumps_nothing + then, first=listens) as started:
        assert started.ended() == code
        assert SAID in started.written.decode()
        assert started.after.endswith(said) and bool(started.after) == bool(said)
        assert started.attributes == started.before


def test_terminal_is_given_back_once_when_the_start_is_stopped_and_goes_on(left: Path) -> None:
    with Started(left, "sys.stdin.readline(); print('went on')") as started:
        started.wait_for(SAID)
        started.process.send_signal(signal.SIGTSTP)
        _, status = os.waitpid(started.process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        assert started.attributes == started.before
        started.process.send_signal(signal.SIGCONT)
        started.type("\n")
        started.wait_for("went on")

        assert started.ended() == 0
        assert started.written.count(b"\x1b[?1049l") == 1


def test_signal_that_is_ignored_stays_ignored_when_a_picture_is_shown(left: Path) -> None:
    then = "import signal; print(signal.getsignal(signal.SIGHUP))"
    with Started(left, then, first="import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n") as started:
        assert started.ended() == 0
        assert started.after == f"{signal.SIG_IGN}\r\n"


@pytest.mark.parametrize(
    ("width", "more"),
    [
        (WIDTH + 1, {}), (WIDTH, {"TERM": "dumb"}), (WIDTH, {"TERM": "linux"}), (WIDTH, {"TERM": "xterm"}),
        (WIDTH, {"NO_COLOR": "1"}), (WIDTH, {"COLUMNS": "30"}), (WIDTH, {"TEXTUAL_DRIVER": "x"}),
        (WIDTH, {"CHAT_TUI_LOOK_OPENING": "blank"}), (WIDTH, {"PYTHONIOENCODING": "ascii"}),
    ],
)  # fmt: skip
def test_nothing_is_written_when_the_screen_would_be_another_one(left: Path, width: int, more: dict[str, str]) -> None:
    with Started(left, "", width=width, more=more) as started:
        assert started.ended() == 0
        assert started.written == b""
        assert started.attributes == started.before


def test_nothing_is_written_when_standard_error_leads_elsewhere(left: Path) -> None:
    ours, theirs = os.openpty()
    try:
        ended = subprocess.run(
            [sys.executable, "-c", SHOWN], stdin=theirs, capture_output=True, env=variables(left), check=False
        )
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
        assert not select.select([ours], [], [], 0)[0]
    finally:
        os.close(ours)
        os.close(theirs)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="one sees nowhere that it is held up")
def test_start_ends_when_told_to_though_its_terminal_takes_nothing(left: Path) -> None:
    with Started(left, "print('ready', file=sys.__stderr__); print('x' * 1_000_000, file=sys.__stderr__)") as started:
        started.wait_for("ready")
        state = Path(f"/proc/{started.process.pid}/stat")
        deadline = time.monotonic() + WAIT_S
        while state.read_text().rpartition(")")[2].split()[0] != "S":
            assert time.monotonic() < deadline, "it is not held up"
        started.process.terminate()

        assert started.process.wait(WAIT_S) == -signal.SIGTERM


def test_start_goes_on_when_its_current_folder_is_gone(left: Path) -> None:
    gone = "import os; os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone')\n"
    first = f"import os; os.chdir({str(left)!r})\n{gone}"
    with Started(left, "print('went on')", more={"CHAT_CONFIG": "relative"}, first=first) as started:
        assert started.ended() == 0
        assert started.written == b"went on\r\n"


IN_A_THREAD = "import threading; thread = threading.Thread(target={}); thread.start(); thread.join()\n"
"""Does something in another thread than the main one."""


def test_terminal_is_given_back_and_signals_go_where_they_went_when_another_thread_says_something(left: Path) -> None:
    listens = "import signal; signal.signal(signal.SIGTERM, lambda *_: print('heard', file=sys.stdout))\n"
    signals = "signal.raise_signal(signal.SIGTERM); signal.raise_signal(signal.SIGTERM); signal.raise_signal(2)"
    says = IN_A_THREAD.format("lambda: print('said')")
    with Started(left, says + signals, first="import sys; " + listens) as started:
        assert started.ended() == -signal.SIGINT
        assert started.after.startswith("said\r\nheard\r\nheard\r\nTraceback")
        assert "KeyboardInterrupt" in started.after and "ValueError" not in started.after
        assert started.attributes == started.before


def test_start_ends_when_another_thread_ends_it(left: Path) -> None:
    ends = "import signal; from chat_tui.glance import terminal\n"
    with Started(left, ends + IN_A_THREAD.format("lambda: terminal.end_by(signal.SIGHUP)") + GOES_ON) as started:
        assert started.ended() == 128 + signal.SIGHUP
        assert started.after == ""
        assert started.attributes == started.before


INTERRUPTED = """
import signal, time
from textual.app import App
from chat_tui.terminal_takeover import TakingOver

class Ending(App):
    def on_ready(self):
        self.exit()

    def on_unmount(self):
        for _ in range(3):
            signal.raise_signal(signal.SIGINT)

Ending(driver_class=TakingOver).run()
assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
print("ended well")
"""


def test_terminal_is_given_back_when_somebody_interrupts_again_and_again_while_it_ends(tmp_path: Path) -> None:
    with Started(tmp_path, INTERRUPTED) as started:
        started.wait_for("ended well")
        assert started.ended() == 0
        assert started.after.endswith("ended well\r\n")
        assert started.attributes == started.before
