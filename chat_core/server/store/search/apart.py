"""Keeping the index in a process of its own: both ends of the pipe between it and the server.

Putting a message in is some thirty statements. In the server each of them is a wait for Python's lock, for the indexer
and, as often, for the event loop, the writer and whoever searches. A process has a lock of its own. It is not told to
step back behind others (`nice`), with which sends took twice as long at their slowest (docs/performance.md). It ends
with its server, however that ends: its input does.

    python -m chat_core.server.store.search.apart DATABASE INDEX

A line of JSON is a step, a line of JSON its outcome. Nothing that is dear to load is needed on this side.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

import chat_core
from chat_core.server.store.search.keeper import Batch, Here, KeeperFault, Merged

STEP_WITHIN_S: Final = 30.0
"""Time that a step has, in seconds: a tenth of one is usual. A process that takes longer hangs, and is ended."""
ENDS_WITHIN_S: Final = 5.0
"""Time that it has to end in, in seconds."""

T = TypeVar("T")


class _Fault(msgspec.Struct):
    """How a step tells that it failed; as of `KeeperFault`."""

    text: str
    damaged: bool


class Apart:
    """A `Keeper` in a process of its own.

    Args:
        database: as of `Here`.
        index: the same.

    Raises:
        KeeperFault: there can be no process.
    """

    def __init__(self, database: Path, index: Path) -> None:
        command = [sys.executable, "-P", "-m", __name__, str(database.absolute()), str(index.absolute())]
        # It must be this very package, wherever the server was started, and from no folder that happens to be current.
        home = str(Path(chat_core.__file__).parents[1])
        found_at = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
        try:
            # In a session of its own no Ctrl+C of a terminal reaches it.
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": found_at},
            )
        except OSError as error:
            raise KeeperFault(f"no process could be started: {error!r}") from error
        assert self._process.stdout is not None, "it was asked for"
        self._answers = select.poll()
        self._answers.register(self._process.stdout.fileno(), select.POLLIN)

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def missing(self) -> list[int]:
        """Return the conversations whose logs go on behind the index."""
        return self._ask(list[int], "missing")

    def put_in(self, waiting: list[int]) -> Batch:
        """Index a batch from these conversations, in their order."""
        return self._ask(Batch, "put_in", waiting)

    def merge(self) -> Merged:
        """Merge a little, if it is due."""
        return self._ask(Merged, "merge")

    def close(self) -> None:
        """End the process."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None, "they were asked for"
        with suppress(OSError):
            stdin.close()
        try:
            self._process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        stdout.close()

    def _ask(self, kind: type[T], *step: Any) -> T:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None, "they were asked for"
        try:
            stdin.write(json.dumps(step).encode() + b"\n")
            stdin.flush()
            if not self._answers.poll(STEP_WITHIN_S * 1000):
                raise KeeperFault("its process does not answer")
            line = stdout.readline()
        except OSError as error:
            raise KeeperFault(f"its process is gone: {error!r}") from error
        if not line.endswith(b"\n"):
            raise KeeperFault("its process has ended")
        try:
            outcome: T | _Fault = msgspec.json.decode(line, type=kind | _Fault)
        except ValueError as error:
            raise KeeperFault(f"its process said something else: {error}") from error
        if isinstance(outcome, _Fault):
            raise KeeperFault(outcome.text, outcome.damaged)
        return outcome


def main(arguments: list[str]) -> int:
    """Run the process; return its exit code."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)  # the server says when to end
    database, index = map(Path, arguments)
    try:
        with closing(Here(database, index)) as keeper:
            steps: dict[str, Callable[..., Any]] = {
                "missing": keeper.missing,
                "put_in": keeper.put_in,
                "merge": keeper.merge,
            }
            for line in sys.stdin.buffer:
                step, *given = json.loads(line)
                _say(steps[step](*given))
    except KeeperFault as fault:
        _say({"text": str(fault), "damaged": fault.damaged})
    except BrokenPipeError:
        pass
    return 0


def _say(outcome: Any) -> None:
    sys.stdout.buffer.write(json.dumps(outcome).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
