"""`chat-core check` behind its options: says what it does, shows how it goes on, prints what came of it."""

from __future__ import annotations

import json
import secrets
import shutil
import sys
import tempfile
import time
from pathlib import Path

from chat_core.base.errors import UsageFault, WorldFault
from chat_core.base.unreadable import UNREADABLE
from chat_core.check.broken.variants import find
from chat_core.check.history import from_lines
from chat_core.check.real import report
from chat_core.check.real.harness import check
from chat_core.check.real.options import CheckOptions, choose
from chat_core.check.simulation import run as simulation
from chat_core.check.verdict import judge


class Command:
    """See the module's head.

    Args:
        as_json: one line of JSON on standard output, and nothing else.
    """

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._live = sys.stderr.isatty()

    def check(
        self,
        *,
        seconds: float,
        seed: str,
        faults: tuple[str, ...],
        clients: int,
        rate: float,
        keep: Path | None,
        broken: str | None,
    ) -> bool:
        """Run a check, and print its report; return whether it passed.

        Raises:
            UsageFault: there is no such fault, or no such broken server.
            WorldFault: it could not be run.
        """
        if broken is not None and find(broken).server is None:
            raise UsageFault(f"'{broken}' breaks clients, not servers; see it with --simulate.")
        kinds, skipped = choose(faults)
        if not self._as_json:
            print(f"checking for {seconds:g} s with {clients} clients, {rate:g} messages a second, seed {seed}")
            print(f"faults: {', '.join(fault.name for fault in kinds)}")
            for name, reason in skipped.items():
                print(f"skipped: {name}, for {reason}")
            if broken is not None:
                print(f"the server is broken on purpose: {broken}")
            sys.stdout.flush()
        options = CheckOptions(
            seconds=seconds,
            seed=seed,
            faults=faults,
            clients=clients,
            rate=rate,
            keep=keep,
            command=() if broken is None else (sys.executable, "-m", "chat_core.check.broken", broken),
        )
        try:
            outcome = check(options, self._say)
        finally:
            self._say("")
        print(report.outcome_as_json(outcome) if self._as_json else report.outcome_as_text(outcome))
        if not self._as_json:
            print("passed" if outcome.passed else "FAILED")
        return outcome.passed

    def simulate(
        self,
        *,
        seconds: float,
        seed: str | None,
        schedules: int | None = None,
        broken: str | None = None,
        keep: Path | None = None,
    ) -> bool:
        """Run simulated schedules, one after the other, up to the first that fails; return whether none did.

        Args:
            seconds: how long; does not count where `schedules` says how many.
            seed: a number: the first schedule's; it fails again if it failed before.
            schedules: how many at most.
            broken: the variant to break the server or the clients by.
            keep: folder for the history of the one that failed; None: one that is made then.

        Raises:
            UsageFault: the seed is no number, or there is no such variant.
            WorldFault: the history cannot be written.
        """
        variant = None if broken is None else find(broken)
        if seed is not None and not seed.isdecimal():
            raise UsageFault("A simulated schedule has a number for a seed.")
        first = secrets.randbelow(10**9) if seed is None else int(seed)
        if not self._as_json:
            print(f"simulating for {seconds:g} s, from seed {first}", flush=True)
            if variant is not None:
                print(f"broken on purpose: {variant.text}", flush=True)
        deadline, number = time.monotonic() + seconds, first
        acks = deliveries = 0
        failed: simulation.Outcome | None = None
        while failed is None and (
            number - first < schedules if schedules else number == first or time.monotonic() < deadline
        ):
            outcome = simulation.run_one(number, variant)
            acks += outcome.verdict.counts.acks
            deliveries += outcome.verdict.counts.deliveries
            number += 1
            self._say(f"{number - first:,} schedules · {acks:,} acks, {deliveries:,} deliveries")
            failed = None if outcome.sound else outcome
        self._say("")
        counts = {"schedules": number - first, "acks": acks, "deliveries": deliveries}
        why = "" if failed is None else simulation.shortest(failed)
        history = "" if failed is None else str(_saved(failed, keep))
        if self._as_json:
            told = {"passed": failed is None, "seed": number - 1, "counts": counts, "why": why, "history": history}
            print(json.dumps(told))
        else:
            print(f"{number - first:,} schedules, {acks:,} acknowledged sends, {deliveries:,} deliveries")
            print("passed" if failed is None else f"{why}\nhistory: {history}\nFAILED with seed {failed.seed}")
        return failed is None

    def verify(self, path: Path) -> bool:
        """Judge a history that was kept, and print what comes of it; return whether it is sound, and shows anything.

        Raises:
            WorldFault: the file cannot be read.
        """
        try:
            with path.open("rb") as file:
                verdict = judge(from_lines(file))
        except OSError as error:
            raise WorldFault(f"The history {path} cannot be read: {error.strerror}.") from error
        except UNREADABLE as error:
            raise WorldFault(f"{path} is no history of this version: {error}.") from error
        if self._as_json:
            print(json.dumps(report.verdict_as_map(verdict)))
        else:
            print(report.verdict_as_text(verdict))
        if not (verdict.counts.acks and verdict.counts.deliveries and verdict.counts.stored):
            print("In this history nothing was sent, delivered or stored: it proves nothing.", file=sys.stderr)
            return False
        return verdict.sound

    def _say(self, line: str) -> None:
        """Show a line in place of the last one, where somebody looks."""
        if self._live:
            width = shutil.get_terminal_size().columns
            print(f"\r\x1b[2K{line[: width - 1]}", end="", file=sys.stderr, flush=True)


def _saved(outcome: simulation.Outcome, keep: Path | None) -> Path:
    """Write the history of a schedule into a file and return where that is. Raises: WorldFault."""
    try:
        folder = keep or Path(tempfile.mkdtemp(prefix="chat-check-"))
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"history-{outcome.seed}.jsonl"
        outcome.save(path)
    except OSError as error:
        raise WorldFault(f"The history cannot be written into {keep}: {error.strerror}.") from error
    return path
