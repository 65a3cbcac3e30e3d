"""`python -m chat_core.check.broken VARIANT serve ...`: `chat-core serve ...` with a server that is broken."""

from __future__ import annotations

import random
import runpy
import sys
import time
from functools import partial
from typing import Final

from chat_core.base.errors import UsageFault
from chat_core.base.exit_codes import ExitCode
from chat_core.check.broken.temper import Temper
from chat_core.check.broken.variants import VARIANTS, Variant, find
from chat_core.server import app

EARLY_S: Final = 0.02
"""Time between what comes too early and the commit, in seconds: a slow disk."""


def main() -> None:
    """Run the command line with a broken server, or list what there is."""
    if len(sys.argv) < 2:
        for variant in VARIANTS:
            print(f"{variant.name:20} {variant.text}")
        return
    try:
        break_server(find(sys.argv.pop(1)))
    except UsageFault as fault:
        print(fault, file=sys.stderr)
        raise SystemExit(int(ExitCode.USAGE)) from fault
    runpy.run_module("chat_core", run_name="__main__")


def break_server(variant: Variant) -> None:
    """Let every server of this process be of a variant. Raises: UsageFault: it is the client that it breaks."""
    if variant.server is None:
        raise UsageFault(f"'{variant.name}' breaks clients, not servers; see it in simulation.")
    temper = Temper(random.Random(), pause=lambda: time.sleep(EARLY_S))
    # The command line looks the function up when it serves.
    app.run = partial(app.run, parts=variant.server(temper))


if __name__ == "__main__":
    main()
