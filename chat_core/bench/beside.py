"""Sends at a steady rate from a process of their own, so that what is measured beside them shares no interpreter.

    python -m chat_core.bench.beside ADDRESS RATE SIZE CHANNEL ...

Says `ready`, sends until its input ends, and then says how long its acknowledgements took.
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from chat_core.base.errors import ChatError, WorldFault
from chat_core.bench.posting import Posters
from chat_core.bench.tally import quantile_ms
from chat_core.transport.urls import parse_address

SLICE_S: Final = 0.5
"""Time between two looks at the input, in seconds."""
ENDS_WITHIN_S: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sends:
    """What became of them."""

    acknowledged: int
    per_s: float
    failed: int
    p50_ms: float | None
    p99_ms: float | None
    max_ms: float | None


class Beside:
    """The parent's side; sends go on inside the `with`."""

    def __init__(self, address: str, rate: float, size: int, channels: list[str]) -> None:
        command = [sys.executable, "-m", "chat_core.bench.beside", address, str(rate), str(size), *channels]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.sends: Sends | None = None
        """What became of them, at the end."""

    def __enter__(self) -> Self:
        """Wait until it sends. Raises: WorldFault."""
        assert self._process.stdout is not None
        if self._process.stdout.readline() != b"ready\n":
            self._process.wait()
            raise WorldFault("The process of senders could not start.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let it come to its end, and take its figures."""
        try:
            out, _ = self._process.communicate(timeout=ENDS_WITHIN_S)
            self.sends = Sends(**json.loads(out))
        except (subprocess.TimeoutExpired, ValueError):
            self._process.kill()
            self._process.wait()


def main(arguments: list[str]) -> int:
    """Run the process; return its exit code."""
    address, rate, size, *channels = arguments
    try:
        with Posters(parse_address(address), channels, senders=len(channels), size=int(size), follow=False) as posters:
            print("ready", flush=True)
            seconds = 0.0
            while not select.select([sys.stdin], [], [], 0)[0] and not posters.lost:
                seconds += posters.run_open(SLICE_S, float(rate))
            missing = posters.settle()
            latencies = sorted(posters.latencies_ns)
            sends = {
                "acknowledged": posters.acknowledged,
                "per_s": posters.acknowledged / max(seconds, SLICE_S),
                "failed": posters.failures + missing,
                "p50_ms": quantile_ms(latencies, 0.5),
                "p99_ms": quantile_ms(latencies, 0.99),
                "max_ms": quantile_ms(latencies, 1.0),
            }
    except ChatError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(sends), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
