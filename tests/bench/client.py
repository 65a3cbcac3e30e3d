"""Measures the client: start to first paint, memory, start of the scriptable commands, history into the reducer.

    python -m tests.bench.client [RUNS]

Prints the median, and the least and the most; runs against a server of its own, in a folder that is gone afterwards.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from chat_core.client.state.reducer import apply
from chat_tui.bench.translated import translate
from tests.support.processes import ServerProcess
from tests.unit.client.state.events import BOB, after, conversation, message, page, resumed

PAINTED = b"F1 help"
"""Stands in the last line of the first frame, which is written last."""
WAIT_S = 20.0
SETTLE_S = 1.5
MESSAGES = 50_000


def main() -> None:
    """Measure and print."""
    translate()
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}, {runs} runs each")
    with tempfile.TemporaryDirectory(prefix="chat-bench-") as folder, ServerProcess(Path(folder) / "data") as server:
        scripted(server, "send", "#general", "-", stdin=b"a line of some length, as people write them\n" * 500)
        paints = [first_paint(server, Path(folder)) for _ in range(runs)]
        show("first full-screen paint, 120x40", [seconds * 1e3 for seconds, _ in paints], "ms")
        show(f"memory {SETTLE_S} s later (RSS)", [size / 2**20 for _, size in paints], "MiB")
        commands = (
            ("send", "#general", "x"),
            ("history", "#general"),
            ("tail", "#general", "--since", "0", "--count", "1"),
        )
        for command in commands:
            took = [timed(partial(scripted, server, *command)) for _ in range(runs)]
            show(f"chat-tui {command[0]}, whole process", [seconds * 1e3 for seconds in took], "ms")
    took = [timed(reduce_history) for _ in range(runs)]
    show(f"{MESSAGES:,} messages of history into the reducer", [seconds * 1e3 for seconds in took], "ms")


def show(what: str, values: Sequence[float], unit: str) -> None:
    """Print a figure."""
    print(f"{what:55} {statistics.median(values):8.0f} {unit}  ({min(values):.0f} to {max(values):.0f})")


def timed(work: Callable[[], object]) -> float:
    """Return the seconds something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def scripted(server: ServerProcess, *arguments: str, stdin: bytes | None = None) -> None:
    """Run a scriptable command to its end."""
    command = [sys.executable, "-m", "chat_tui", *arguments, "--server", server.address, "--name", "bench"]
    subprocess.run(command, input=stdin, stdout=subprocess.DEVNULL, check=True, timeout=WAIT_S)


def first_paint(server: ServerProcess, folder: Path) -> tuple[float, int]:
    """Start the full-screen client behind a pseudo-terminal; return seconds to its first frame, and bytes of memory."""
    terminal, inside = pty.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "HOME": str(folder)}
    env = {key: value for key, value in env.items() if key not in ("LINES", "COLUMNS")}
    command = [sys.executable, "-m", "chat_tui", "connect", server.address.removeprefix("chat://"), "--name", "bench"]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdin=inside, stdout=inside, stderr=inside, env=env, start_new_session=True)
    try:
        read_until(terminal, PAINTED, began + WAIT_S)
        took = time.perf_counter() - began
        read_until(terminal, None, time.perf_counter() + SETTLE_S)
        status = Path(f"/proc/{process.pid}/status").read_text()
        return took, int(status.partition("VmRSS:")[2].split()[0]) * 1024
    finally:
        process.kill()
        process.wait()
        os.close(terminal)
        os.close(inside)


def read_until(terminal: int, wanted: bytes | None, deadline: float) -> None:
    """Take what the terminal gets until a text is in it, or until the deadline if there is none."""
    seen = b""
    while (left := deadline - time.perf_counter()) > 0:
        if select.select([terminal], [], [], left)[0]:
            seen += os.read(terminal, 65536)
            if wanted is not None and wanted in seen:
                return
    if wanted is not None:
        raise TimeoutError(f"{wanted!r} did not appear")


def reduce_history() -> None:
    """Give the reducer a long history, page by page, newest first, as scrolling back does."""
    state = after(resumed(conversation(head=MESSAGES, read=MESSAGES)))
    for each in PAGES:
        state, _ = apply(state, each)
    assert next(iter(state.conversations.values())).timeline.count == MESSAGES


EVERYTHING = [message(seq, f"message {seq} by somebody, of a usual length", BOB) for seq in range(1, MESSAGES + 1)]
PAGES = [page(*EVERYTHING[start : start + 200], at_start=start == 0) for start in range(MESSAGES - 200, -1, -200)]

if __name__ == "__main__":
    main()
