"""All attacks by name, run as processes with nice 19.

    python -m tests.attack.support.kinds KIND PORT SECONDS [TOKEN [LEAST]]

prints one line of JSON at its end: what the attacker did, and what the server did about it.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
from typing import Final

from tests.attack.support.attacker import Attack, Attacker
from tests.attack.support.attackers import WEARING
from tests.attack.support.intruders import INTRUDING

KINDS: Final[dict[str, Attack]] = {**WEARING, **INTRUDING}
"""In the order of docs/security.md."""


async def run(kind: str, port: int, seconds: float, spent: str = "", least: str = "{}") -> dict[str, int]:
    """Attack; return the counts. What it is to do at least is JSON."""
    attacker = Attacker(port, seconds, spent, json.loads(least))
    await KINDS[kind](attacker)
    return dict(attacker.counts)


def main() -> None:
    """Run the command line."""
    os.nice(19)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    print(json.dumps(asyncio.run(run(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), *sys.argv[4:]))))


if __name__ == "__main__":
    main()
