"""The checker with real processes: a sound server passes, and nothing is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chat_core.base.exit_codes import ExitCode
from chat_core.check.history import Acked, load, save
from chat_core.check.real.faults import REGISTRY

QUICK = "kill,cut,lost-answer,crash,crash-between,pause,silence,delay,slow,restart"
"""Faults that need nothing of the machine."""

pytestmark = pytest.mark.timeout(240)  # bounded by the checker itself; a busy machine settles late


def command(tmp_path: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start `chat-core check` with a temporary folder of its own."""
    (tmp_path / "tmp").mkdir()
    return subprocess.Popen(
        [sys.executable, "-m", "chat_core", "check", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
        start_new_session=True,
    )


def children_of(pid: int) -> list[int]:
    """Return the children of a process."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    """Return whether a process is there, and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def run(tmp_path: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Run a check to its end; return its exit code and its report."""
    process = command(tmp_path, "--json", *arguments)
    out, err = process.communicate()
    assert out, err
    return process.returncode, json.loads(out)


def test_check_passes_and_leaves_nothing_behind_when_the_server_keeps_its_promises(tmp_path: Path) -> None:
    code, report = run(tmp_path, "--seconds", "15", "--seed", "make check", "--faults", QUICK)
    assert (code, report["passed"], report["problems"]) == (ExitCode.OK, True, []), report
    for kind in ("kill", "cut", "lost-answer", "crash"):
        assert report["faults"].get(kind, 0) >= 1, report["faults"]
    counts = report["counts"]
    assert counts["acks"] > 100 and counts["deliveries"] > counts["acks"] and counts["lives"] > counts["clients"]
    assert list((tmp_path / "tmp").iterdir()) == []


def test_check_verifies_a_kept_history_when_it_is_asked_again(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    code, report = run(tmp_path, "--seconds", "2", "--faults", "cut,crash", "--keep", str(kept), "--clients", "3")
    assert code == ExitCode.OK, report
    again = [sys.executable, "-m", "chat_core", "check", "--json", "--verify"]
    path = kept / "history.jsonl"
    said = subprocess.run([*again, str(path)], capture_output=True, text=True, check=True)
    assert json.loads(said.stdout)["counts"] == report["counts"]

    records = load(path)
    here = next(index for index, record in enumerate(records) if isinstance(record, Acked))
    acked = records[here]
    assert isinstance(acked, Acked)
    records[here] = Acked(
        at=acked.at, who=acked.who, cid=acked.cid, conversation=acked.conversation, seq=10**6, epoch=acked.epoch
    )
    save(path, records)
    lied = subprocess.run([*again, str(path)], capture_output=True, text=True, check=False)
    assert lied.returncode == ExitCode.FAILED
    assert "P1 acknowledged and lost" in json.loads(lied.stdout)["broken"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_check_ends_all_its_processes_when_it_is_interrupted(tmp_path: Path, number: signal.Signals) -> None:
    process = command(tmp_path, "--seconds", "60", "--faults", "pause,crash", "--clients", "3")
    assert process.stdout is not None and process.stderr is not None
    while "faults:" not in (line := process.stdout.readline()):
        assert line
    children: set[int] = set()
    while len(children) < 4:  # the server and three clients
        assert process.poll() is None
        children |= set(children_of(process.pid))
    process.send_signal(number)
    process.communicate()
    assert process.returncode == ExitCode.INTERRUPTED
    assert [child for child in children if alive(child)] == []
    assert list((tmp_path / "tmp").iterdir()) == []


def test_check_refuses_a_fault_that_there_is_not(tmp_path: Path) -> None:
    process = command(tmp_path, "--faults", "kill,flood")
    _, err = process.communicate()
    assert process.returncode == ExitCode.USAGE
    assert "flood" in err and "lost-answer" in err


@pytest.mark.parametrize("name", ["nonsense", "forget-unsent"])
def test_check_refuses_a_broken_server_that_there_is_not_before_it_starts_anything(tmp_path: Path, name: str) -> None:
    process = command(tmp_path, "--broken", name)
    _, err = process.communicate()
    assert process.returncode == ExitCode.USAGE
    assert name in err and len(err.strip().splitlines()) == 1


def test_check_holds_a_history_of_nothing_for_no_proof(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    process = command(tmp_path, "--verify", str(tmp_path / "empty.jsonl"))
    _, err = process.communicate()
    assert process.returncode == ExitCode.FAILED
    assert "proves nothing" in err


def test_registry_has_every_fault_once_with_a_sentence() -> None:
    assert len({kind.name for kind in REGISTRY}) == len(REGISTRY)
    assert all(kind.sentence for kind in REGISTRY)
