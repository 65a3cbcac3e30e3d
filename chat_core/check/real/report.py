"""What a run came to, in words and as JSON. Pure."""

from __future__ import annotations

import json
from typing import Any

from chat_core.check.real.outcome import Outcome
from chat_core.check.verdict import Verdict

PROMISES = {
    "P1": "acknowledged is durable",
    "P2": "sent once, for ever",
    "P3": "one order",
    "P4": "complete, or said so",
    "P5": "a sender's messages keep their order",
    "kept": "what was taken is stored, refused, or still in the outbox",
}
"""What the verdict is about."""


def outcome_as_text(outcome: Outcome) -> str:
    """Return the report of a run."""
    lines = [verdict_as_text(outcome.verdict)]
    happened = ", ".join(f"{name} {count}" for name, count in sorted(outcome.faults.items()))
    lines.append(f"wires    {outcome.pushes:,} pushes were seen on the wires")
    lines.append(f"faults   {outcome.faults.total():,}: {happened or 'none'}")
    lines += [f"skipped  {name}: {reason}" for name, reason in outcome.skipped.items()]
    lines += [f"problem  {problem}" for problem in outcome.problems]
    lines.append(f"seed     {outcome.seed}, {outcome.seconds:g} s")
    if outcome.history is not None:
        lines.append(f"history  {outcome.history}")
    return "\n".join(lines)


def verdict_as_text(verdict: Verdict) -> str:
    """Return what a verdict says, with the shortest explanation where a promise was broken."""
    counts = verdict.counts
    lines = []
    for name, words in PROMISES.items():
        broken = sum(count for rule, count in verdict.broken.items() if rule.split()[0] == name)
        lines.append(f"{name:8} {f'BROKEN {broken:,} times' if broken else 'held'}: {words}")
    resets = ", ".join(f"{reason} {count:,}" for reason, count in sorted(counts.resets.items()))
    lines += [
        f"counts   {counts.sends:,} sends, {counts.acks:,} acknowledged, {counts.failed:,} refused or taken back, "
        f"{counts.unsent:,} unsent; {counts.deliveries:,} deliveries, {counts.pages:,} pages, "
        f"{counts.calls:,} other calls",
        f"         {counts.clients:,} clients in {counts.lives:,} lives; {counts.stored:,} events stored, "
        f"{counts.epochs:,} epochs; resets: {resets or 'none'}",
    ]
    if not verdict.sound:
        lines.append("rules    " + ", ".join(f"{rule}: {count:,}" for rule, count in sorted(verdict.broken.items())))
        lines.append(verdict.violations[0].as_text())
    return "\n".join(lines)


def outcome_as_json(outcome: Outcome) -> str:
    """Return the report of a run as one line."""
    report = verdict_as_map(outcome.verdict) | {
        "passed": outcome.passed,
        "seed": outcome.seed,
        "seconds": outcome.seconds,
        "faults": dict(outcome.faults),
        "pushes": outcome.pushes,
        "skipped": outcome.skipped,
        "problems": outcome.problems,
        "history": None if outcome.history is None else str(outcome.history),
    }
    return json.dumps(report)


def verdict_as_map(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as a map for JSON."""
    counts = verdict.counts
    return {
        "sound": verdict.sound,
        "broken": verdict.broken,
        "violations": [violation.as_text() for violation in verdict.violations],
        "counts": {name: getattr(counts, name) for name in counts.__struct_fields__},
    }
