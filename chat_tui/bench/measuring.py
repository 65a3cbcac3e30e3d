"""The scenarios, the same for whichever program. Each adds what it measured to the figures of a run."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from chat_core.base.errors import WorldFault
from chat_tui.bench.process import QUIET_S, InTerminal
from chat_tui.bench.world import ANY_NEWEST, FLOODED, KEYS, LONG, Subject, newest_mark, sentence

_BEGINNINGS: Final = 5
_KEY_EVERY_S: Final = 0.097
"""Distance of keys: no multiple of anything that happens by the clock."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything."""

    keys: int = 40
    pages: int = 6
    switches: int = 10
    messages: int = 8
    idle_s: float = 5.0
    flood_s: float = 3.0
    """How long a flood is listened to before somebody types; the first third does not count."""
    rate: int = 1000
    """Messages a second in a flood."""
    many: int = 100_000
    """Messages that come into one conversation; 0: this is left out."""
    many_at_once: int = 20_000
    """So many of them before the server is waited for: it may be slower than those who talk."""
    many_rate: int = 5000


_FLOOD_LEAST_S: Final = 0.5
"""In less, what is left of very much may not even begin to be said."""
QUICK: Final = Scale(keys=3, pages=1, switches=2, messages=1, idle_s=0.2, flood_s=0.6, rate=200, many=0)
"""Enough to see that everything works."""


@dataclass(slots=True)
class Figures:
    """What was measured of a program, by name; a value for each round."""

    values: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        """Add a value."""
        self.values.setdefault(name, []).append(value)

    def medians(self) -> Mapping[str, float]:
        """Return the middle of each."""
        return {name: statistics.median(values) for name, values in self.values.items()}


def measure(subject: Subject, scale: Scale, figures: Figures) -> None:
    """Start the program, and put it through all scenarios once."""
    with subject.open() as program:
        painted, live = program.wait_for_both(subject.glanced, subject.painted)
        figures.add("paint_ms", ((live if painted is None else painted) - program.begun) * 1e3)
        figures.add("live_ms", (live - program.begun) * 1e3)
        subject.furnish(program)
        rss, pss = program.memory_mb()
        figures.add("rss_mb", rss)
        figures.add("pss_mb", pss)
        _switches(subject, program, scale, figures)
        subject.show(program, LONG)
        _pages(subject, program, scale, figures)
        _messages(subject, program, scale, figures)
        begun = program.cpu_s()
        program.listen(scale.idle_s)
        figures.add("idle_cpu", (program.cpu_s() - begun) / scale.idle_s * 100)
        _keys(subject, program, scale, figures, "key")
        subject.show(program, FLOODED)
        _flood(subject, program, scale, figures)


def begin(subject: Subject) -> None:
    """Start the program for the first time, and leave it: what it keeps then is there for all starts after that.

    On a busy machine it is left too early at times, while it has nothing to keep.

    Raises:
        WorldFault: it keeps nothing.
    """
    for _ in range(_BEGINNINGS):
        with subject.open() as program:
            program.wait_for(subject.painted)
            subject.furnish(program)
            subject.show(program, LONG)  # the beginning of a channel speaks of keys, as the first frame does
            program.settle()
            if subject.leave(program):
                return
    raise WorldFault(f"{subject.name} does not keep what its screen looks like.")


def measure_many(subject: Subject, scale: Scale, figures: Figures) -> None:
    """Let very much be said in a conversation that is shown; see what that costs in memory, and at the next key.

    Raises:
        WorldFault: nothing of it arrives.
    """
    with subject.open() as program:
        program.wait_for(subject.painted)
        subject.furnish(program)
        subject.show(program, FLOODED)
        before, _ = program.memory_mb()
        said = 0
        while said < scale.many:
            flood = subject.flood(FLOODED, scale.many_rate)
            with flood:
                program.listen(max(_FLOOD_LEAST_S, min(scale.many_at_once, scale.many - said) / scale.many_rate))
            if not flood.taken:
                raise WorldFault("The server took none of the messages of a flood.")
            said += flood.taken
        program.settle(1.0)
        after, _ = program.memory_mb()
        figures.add("many_mb", after - before)
        _keys(subject, program, scale, figures, "many_key")


def _keys(subject: Subject, program: InTerminal, scale: Scale, figures: Figures, name: str) -> None:
    """Type letters that stand nowhere, and see when each is drawn."""
    took = []
    for letter in KEYS[: scale.keys]:
        program.listen(_KEY_EVERY_S)
        pressed = program.press(letter)
        took.append((program.wait_for(re.compile(re.escape(letter.encode()))) - pressed) * 1e3)
    program.press(subject.clear_line)
    program.listen(QUIET_S)
    took.sort()
    figures.add(f"{name}_p50_ms", took[len(took) // 2])
    figures.add(f"{name}_p95_ms", took[min(len(took) - 1, int(len(took) * 0.95))])


def _switches(subject: Subject, program: InTerminal, scale: Scale, figures: Figures) -> None:
    """Go through channels that were not shown before, and back through them."""
    subject.show(program, LONG)
    for name, key in (("switch_first_ms", subject.next_channel), ("switch_ms", subject.previous_channel)):
        took, bytes_before = [], program.written
        for _ in range(scale.switches):
            pressed = program.press(key)
            took.append((program.wait_for(ANY_NEWEST) - pressed) * 1e3)
            program.settle()
        figures.add(name, statistics.median(took))
        figures.add(name.replace("_ms", "_bytes"), (program.written - bytes_before) / scale.switches)


def _pages(subject: Subject, program: InTerminal, scale: Scale, figures: Figures) -> None:
    took, bytes_before, cpu_before = [], program.written, program.cpu_s()
    for _ in range(scale.pages):
        pressed = program.press(subject.page_up)
        took.append((program.drawn() - pressed) * 1e3)
        program.settle()
    figures.add("page_ms", statistics.median(took))
    figures.add("page_cpu_ms", (program.cpu_s() - cpu_before) / scale.pages * 1e3)
    figures.add("page_bytes", (program.written - bytes_before) / scale.pages)
    program.press(subject.to_end)
    program.settle()


def _messages(subject: Subject, program: InTerminal, scale: Scale, figures: Figures) -> None:
    """Let somebody say one thing at a time in what is shown."""
    sizes, cpu_before = [], program.cpu_s()
    for number in range(scale.messages):
        before = program.written
        mark = newest_mark(30 + number)
        subject.say(LONG, f"{mark} {sentence(number * 3)}")
        program.wait_for(re.compile(re.escape(mark.encode())))
        program.settle()
        sizes.append(program.written - before)
    figures.add("message_bytes", statistics.median(sizes))
    figures.add("message_cpu_ms", (program.cpu_s() - cpu_before) / scale.messages * 1e3)


def _flood(subject: Subject, program: InTerminal, scale: Scale, figures: Figures) -> None:
    """Type while very much comes."""
    with subject.flood(FLOODED, scale.rate):
        program.listen(scale.flood_s / 3)
        begun, cpu_before, bytes_before = time.monotonic(), program.cpu_s(), program.written
        program.listen(scale.flood_s * 2 / 3)
        took = time.monotonic() - begun
        figures.add("flood_cpu", (program.cpu_s() - cpu_before) / took * 100)
        figures.add("flood_bytes", (program.written - bytes_before) / took)
        begun, cpu_before = time.monotonic(), program.cpu_s()
        _keys(subject, program, scale, figures, "flood_key")
        figures.add("flood_typing_cpu", (program.cpu_s() - cpu_before) / (time.monotonic() - begun) * 100)
    program.settle()
