"""The parent's side of a process of readers: starts it, tells it what to do, hears what it counted, ends it.

What is said, and by whom, stands in `chat_core.bench.readers`.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from typing import Any, Final

from chat_core.base.errors import WorldFault
from chat_core.bench.readers import Order

READ_BYTES: Final = 256 * 1024
LEAVE_WITHIN_S: Final = 2.0
"""Time a process has to end by itself once its input has ended, in seconds."""


class ReaderProcess:
    """A child process full of readers."""

    def __init__(self, order: Order) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "chat_core.bench.readers"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.process.stdin is not None and self.process.stdout is not None
        self.fd = self.process.stdout.fileno()
        os.set_blocking(self.fd, False)
        self._partial = b""
        self.delivered = 0
        self.ready = self.measuring = False
        self.ended: dict[str, Any] | None = None
        self.tell(order.line())

    def tell(self, line: bytes) -> None:
        """Give it a line."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(line)
            self.process.stdin.flush()
        except BrokenPipeError as error:
            raise WorldFault("A process of readers has died.") from error

    def listen(self) -> None:
        """Take what it says now.

        Raises:
            WorldFault: it failed, or is gone.
        """
        try:
            data = os.read(self.fd, READ_BYTES)
        except BlockingIOError:
            return
        if not data and self.ended is None:
            raise WorldFault("A process of readers has died.")
        *lines, self._partial = (self._partial + data).split(b"\n")
        for line in lines:
            self._hear(json.loads(line))

    def stop(self) -> None:
        """End it, by its pid if it does not by itself."""
        assert self.process.stdin is not None and self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(LEAVE_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def _hear(self, said: dict[str, Any]) -> None:
        if "error" in said:
            raise WorldFault(str(said["error"]))
        if "delivered" in said:
            self.delivered = int(said["delivered"])
        elif "ready" in said:
            self.ready = True
        elif "measuring" in said:
            self.measuring = True
            self.delivered = 0
        else:
            self.ended = said
