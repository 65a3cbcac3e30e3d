"""The whole measurement: both programs in turns, so that whatever else the machine does meets both."""

from __future__ import annotations

import asyncio
import os
import platform
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from chat_tui.bench.bulk import bulk_rate
from chat_tui.bench.measuring import QUICK, Figures, Scale, begin, measure, measure_many
from chat_tui.bench.ours import history_rate, ours
from chat_tui.bench.translated import translate
from chat_tui.bench.weechat import WeeChat, missing, weechat
from chat_tui.bench.world import Subject

WEECHAT: Final = "weechat"
"""Name of the program to measure beside ours."""
Tell = Callable[[str], object]


def run(rounds: int, against: str, tell: Tell, *, quick: bool = False) -> tuple[dict[str, Figures], str]:
    """Measure; return the figures of each program, and what they were taken on.

    Args:
        rounds: how often everything is done.
        against: WEECHAT, or empty: ours alone.
        tell: told how far it is.
        quick: whether it is only to be seen that everything works.

    Raises:
        WorldFault: a program cannot be started, or does not draw what it should.
    """
    scale = QUICK if quick else Scale()
    load = os.getloadavg()[0]
    if not translate():
        tell("bytecode cannot be written: each start translates the sources, which takes longer than the start")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chat-bench-")))
        tell("filling the channels")
        mine = stack.enter_context(ours(folder, few=quick))
        subjects: list[Subject] = [mine]
        if against and (absent := missing()):
            tell(absent)
        elif against:
            subjects.append(stack.enter_context(weechat(folder, few=quick)))
        for subject in subjects:
            if subject.glanced is not None:
                begin(subject)
        figures = {subject.name: Figures() for subject in subjects}
        for number in range(1, rounds + 1):
            for subject in subjects:
                tell(f"round {number} of {rounds}: {subject.name}")
                measure(subject, scale, figures[subject.name])
        for subject in subjects if scale.many else ():
            tell(f"{scale.many:,} messages: {subject.name}")
            measure_many(subject, scale, figures[subject.name])
        tell("history")
        _history(mine.address, figures[mine.name], 1 if quick else rounds)
    return figures, _machine(load, rounds, with_weechat=len(subjects) > 1) + (
        " A quick run: no figures." if quick else ""
    )


def _history(address: str, figures: Figures, rounds: int) -> None:
    for _ in range(rounds):
        count, seconds = asyncio.run(history_rate(address))
        figures.add("history_per_s", count / max(seconds, 1e-9))
        figures.add("bulk_per_s", bulk_rate())


def _machine(load: float, rounds: int, *, with_weechat: bool) -> str:
    beside = f", {WeeChat.name} in turns" if with_weechat else ""
    return (
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f} at "
        f"the start and {os.getloadavg()[0]:.1f} at the end; medians of {rounds} rounds{beside}; terminal of 120x40."
    )
