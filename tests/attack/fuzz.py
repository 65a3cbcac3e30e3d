"""Bytes into the parser, led by what they reach in it: atheris, for so many seconds.

    make fuzz
    python -m tests.attack.fuzz [SECONDS]

Ends with an error, and leaves the bytes in a file `crash-…`, if anything is raised but what ends a connection, if one
input takes longer than ten seconds, or if memory passes 512 MiB. What it found interesting is kept in `.fuzz` and is
where the next run begins.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any, Final

import msgpack

SECONDS: Final = 600
CORPUS: Final = Path(".fuzz")
LONGEST: Final = 16_384


def framed(number: int, asked: dict[str, Any]) -> bytes:
    """Return a call's frame: where the hunt begins."""
    payload: bytes = msgpack.packb({"t": "call", "id": number, "request": asked})
    return len(payload).to_bytes(4, "big") + payload


def main() -> None:
    """Run the command line."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    try:
        atheris: Any = importlib.import_module("atheris")
    except ImportError:
        raise SystemExit("atheris is not here: it has no wheel for this machine, or `make fuzz` was not used") from None
    with atheris.instrument_imports(include=["chat_core.protocol", "chat_core.base", "msgspec"]):
        # Here, since only what is imported now is watched.
        requests: Any = importlib.import_module("chat_core.protocol.requests.catalog").REQUESTS
        make: Any = importlib.import_module("tests.support.fields").make
        noise: Any = importlib.import_module("tests.attack.test_noise_on_the_parser")
    CORPUS.mkdir(exist_ok=True)
    for name, kind in requests.items():
        (CORPUS / name).write_bytes(framed(1, {"do": name, **make(kind, "text", {})[0]}))
    limits = ["-timeout=10", "-rss_limit_mb=512", f"-max_len={LONGEST}", f"-max_total_time={seconds}"]
    atheris.Setup([sys.argv[0], *limits, "-print_final_stats=1", os.fspath(CORPUS)], noise.take)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
