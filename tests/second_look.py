"""A second look at the few tests of a run that failed beside others: each again, alone on the machine.

On a busy machine a real process can stand still for many seconds, and tests run real ones. A test that fails alone too
has failed. One that passes now is named as shaky at the end, for that is a fault of its own: its cause is to be found.
Called by `make test` after a run in which tests failed, with the options of that run.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

MOST: Final = 6
"""Failed tests that a busy machine can explain; more of them have another cause."""
FAILED: Final = Path(__file__).parents[1] / ".pytest_cache" / "v" / "cache" / "lastfailed"


def main(options: list[str]) -> int:
    """Look again; return the exit code of the whole run."""
    failed = sorted(json.loads(FAILED.read_text())) if FAILED.exists() else []
    if not 0 < len(failed) <= MOST:
        return 1
    print(f"\nmake test: {len(failed)} failed; each is run again, alone", flush=True)
    again = subprocess.run([sys.executable, "-m", "pytest", "-n", "0", "--last-failed", *options], check=False)
    if again.returncode == 0:
        print("make test: passed alone, so these are SHAKY; find out why:", *failed, sep="\n  ", flush=True)
    return again.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
