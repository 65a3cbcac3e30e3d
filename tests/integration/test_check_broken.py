"""The checker with real processes catches every server that is broken on purpose."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chat_core.base.exit_codes import ExitCode
from chat_core.check.broken.variants import VARIANTS, find

FAULTS = {
    "acknowledge-first": "kill,storm,cut,crash",
    "push-first": "kill,storm,cut,crash",
    "never-refuse": "full,cut",
    "forget-cids": "kill,storm,lost-answer,crash",
    "ignore-prev": "full,cut,lost-answer",
    "lose-pushes": "cut,crash,delay",
    "swap-for-one": "cut,crash",
    "not-tell-lagging": "slow,pause",
    "read-first": "kill,storm,cut,restart",
    "leave-out-last": "cut,kill",
    "believe-positions": "rewind,cut",
    "count-edits-twice": "cut,crash",
}
"""What brings each of them to light soon."""
RATE = "200"


def test_every_broken_server_is_checked() -> None:
    assert set(FAULTS) == {variant.name for variant in VARIANTS if variant.server is not None}


@pytest.mark.long
@pytest.mark.parametrize("name", FAULTS)
def test_check_catches_a_server_that_is_broken(tmp_path: Path, name: str) -> None:
    report: dict[str, Any] = {}
    for seed in range(5):  # chance has a part in it: what is not caught in this time must be in that one
        arguments = ("--seconds", "30", "--rate", RATE, "--seed", f"broken {seed}", "--faults", FAULTS[name], "--json")
        process = subprocess.run(
            [sys.executable, "-m", "chat_core", "check", "--broken", name, *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "TMPDIR": str(tmp_path)},
        )
        assert process.stdout, process.stderr
        report = json.loads(process.stdout)
        if broken := report["broken"]:
            assert process.returncode == ExitCode.FAILED
            assert {rule.split()[0] for rule in broken} & set(find(name).promises), broken
            return
    pytest.fail(f"{name} was not caught: {report}")
