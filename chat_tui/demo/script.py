"""What the bots of the demo say: dialogues of a small team, put together by chance that can be repeated. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final, NamedTuple

ANN, BOB, JOE, MARIJA, PETER = "ann-bot", "bob-bot", "joe-bot", "marija-bot", "peter-bot"
BOTS: Final = (ANN, BOB, JOE, MARIJA, PETER)
"""Everybody who talks; the ending says what they are."""

TOPICS: Final = {
    "#general": "Release planning: 2.4 freeze on Friday",
    "#dev": "main is green, keep it so",
    "#ops": "Calm waters. Runbook: https://wiki.example.org/ops",
}
"""The channels there are, and what they are about."""


class Said(NamedTuple):
    """A line of a dialogue."""

    who: str
    """One of the bots."""
    text: str
    """May hold `{you}` and numbers to be filled in."""
    action: bool = False
    """Whether it is a `/me`."""
    reactions: tuple[tuple[str, str], ...] = ()
    """What others react to it: an emoji, and which bot."""
    replies: tuple[tuple[str, str], ...] = ()
    """What is said in its thread: which bot, and its text."""


Dialogue = tuple[Said, ...]

_GENERAL: Final[tuple[Dialogue, ...]] = (
    (
        Said(ANN, "friday demo is moved to 15:00, same room"),
        Said(BOB, "fine with me"),
        Said(MARIJA, "I will show the importer and the new search"),
        Said(JOE, "then I take the migration, five minutes, no slides"),
        Said(PETER, "that is a first"),
    ),
    (
        Said(PETER, "has anyone tried build {build}?"),
        Said(JOE, "works here, cold start went from {slow} to {fast} ms"),
        Said(JOE, "also fixed the crash from #dev yesterday"),
        Said(PETER, "then I will stop complaining about it"),
    ),
    (
        Said(MARIJA, "lunch?"),
        Said(BOB, "the new place around the corner has soup today"),
        Said(PETER, "soup it is"),
        Said(PETER, "puts on a coat", action=True),
    ),
    (
        Said(ANN, "I wrote down what we said about the release, three points:"),
        Said(ANN, "1. freeze on friday noon\n2. only fixes with a test after that\n3. joe has the pager"),
        Said(JOE, "point three was not discussed"),
        Said(ANN, "it was, you were on mute"),
    ),
    (
        Said(BOB, "who has the key to the small meeting room?"),
        Said(MARIJA, "on the hook behind the printer, since {n} weeks"),
        Said(BOB, "I have looked there"),
        Said(MARIJA, "the other printer"),
    ),
    (
        Said(JOE, "the customer from tuesday wrote back, they are happy"),
        Said(ANN, "nice! which part?"),
        Said(JOE, "export. they had {count} rows and it took {fast} ms"),
        Said(PETER, "tell them it was hard"),
    ),
    (
        Said(MARIJA, "new colleague starts on monday, she takes the desk at the window"),
        Said(BOB, "plants stay?"),
        Said(MARIJA, "plants stay."),
    ),
    (
        Said(PETER, "is the heating broken or is it me"),
        Said(ANN, "19 degrees here"),
        Said(JOE, "they come at {hour}:00"),
        Said(PETER, "thank you for your patience with me"),
    ),
    (
        Said(BOB, "slides for the demo are at https://files.example.org/demo-{n}.pdf"),
        Said(ANN, "page 4 has the old name"),
        Said(BOB, "fixed, same link"),
    ),
    (
        Said(MARIJA, "does 日本語 look right for everybody here? and this: naïve café, ½, →, 👍"),
        Said(JOE, "looks right, even over ssh"),
    ),
)

_DEV: Final[tuple[Dialogue, ...]] = (
    (
        Said(MARIJA, "the migration, please review before friday:"),
        Said(
            MARIJA,
            "def migrate(store, *, dry_run=True):\n"
            "    for table in store.tables():\n"
            "        store.copy(table, verify=True)",
        ),
        Said(JOE, "dry_run is not used?"),
        Said(MARIJA, "that is why I asked for a review"),
    ),
    (
        Said(JOE, "ci is red on main: test_resume_after_gap, once in {n} runs"),
        Said(PETER, "mine. the clock in that test is a real one"),
        Said(JOE, "nobody should have a real clock"),
        Said(PETER, "#{pr} takes a fake one, {fast} runs green"),
    ),
    (
        Said(BOB, "why does the importer hold all {count} rows in memory?"),
        Said(MARIJA, "it did not when I wrote it"),
        Said(BOB, "bisecting"),
        Said(BOB, "it is the sort. #{pr}"),
    ),
    (
        Said(ANN, "can somebody explain what `ready && !ready` was for"),
        Said(JOE, "a very careful person wrote that"),
    ),
    (
        Said(PETER, "profile of the list view: {slow} ms before, {fast} ms now"),
        Said(PETER, "most of it was drawing rows that nobody sees"),
        Said(MARIJA, "the usual"),
    ),
    (
        Said(JOE, "I would like to merge #{pr} today, it waits since {n} days"),
        Said(ANN, "looking"),
        Said(ANN, "two small things, else good"),
        Said(JOE, "both done"),
        Said(ANN, "merged"),
    ),
    (
        Said(BOB, "logs of the failed build are at https://ci.example.org/{build}"),
        Said(PETER, "disk full on runner {n}, restarted it"),
    ),
)

_OPS: Final[tuple[Dialogue, ...]] = (
    (
        Said(BOB, "deploy {build} to staging begins"),
        Said(BOB, "deploy {build} done, {fast} s, no restarts"),
        Said(ANN, "error rate flat"),
    ),
    (
        Said(PETER, "backup of last night: {count} files, verified"),
        Said(PETER, "restore test on the spare machine took {n} minutes"),
    ),
    (
        Said(ANN, "disk on db-2 at 81 %, was 79 % yesterday"),
        Said(BOB, "old snapshots. removing those older than {n} days"),
        Said(ANN, "74 %"),
    ),
    (
        Said(JOE, "certificate of the status page ends in {n} days"),
        Said(BOB, "renewed"),
    ),
    (
        Said(BOB, "latency p99 {slow} ms for two minutes, then normal"),
        Said(PETER, "a report of mine, sorry. it runs at night from now on"),
    ),
)

_SCENES: Final = {"#general": _GENERAL, "#dev": _DEV, "#ops": _OPS}
_ROUNDS: Final = {"#general": 6, "#dev": 4, "#ops": 3}

_ENDINGS: Final[dict[str, Dialogue]] = {
    "#general": (
        Said(PETER, "has anyone tried the new build?"),
        Said(
            JOE,
            "works here, cold start went from 900 to **310 ms**",
            reactions=(("👍", PETER), ("👍", ANN), ("👍", BOB), ("🎉", MARIJA)),
        ),
        Said(
            MARIJA,
            "the migration, please review before friday:\n"
            "```python\n"
            "def migrate(store, *, dry_run=True):\n"
            "    return store.copy(verify=True)\n"
            "```",
            replies=((JOE, "dry_run is not used?"), (MARIJA, "that is why I asked for a review"), (JOE, "touché")),
        ),
        Said(ANN, "good morning! {you} just came in"),
        Said(PETER, "welcome {you}"),
        Said(JOE, "say something, we are only bots"),
    ),
    "#dev": (
        Said(PETER, "#{pr} is ready, it makes the import resumable"),
        Said(JOE, "reading it now"),
        Said(MARIJA, "so do I"),
        Said(JOE, "one question about the lock, else fine"),
        Said(PETER, "answered there"),
    ),
    "#ops": (Said(BOB, "@{you} the nightly report has a line of yours in it, can you have a look?"),),
}
_PRIVATE: Final = (
    Said(ANN, "hi {you}, this is a direct conversation: only the two of us"),
    Said(ANN, "Alt+A brings you to whatever needs you next, and back at the end"),
)
_REPLIES: Final = (
    "good point, I will think about it as far as bots do",
    "noted!",
    "I would say yes, but ask somebody real",
    "ha",
    "that is what marija-bot said too",
    "let us try it",
)


class Line(NamedTuple):
    """Something to be said."""

    where: str
    """TARGET of a channel."""
    said: Said
    """What, and by whom."""


class Script:
    """All that will be said, the same for the same seed.

    Args:
        seed: any number.
        you: name of the person who looks.
    """

    def __init__(self, seed: int, you: str) -> None:
        self._chance = random.Random(seed)
        self._you = you
        self._numbers = {"build": 480, "pr": 1_207}

    def backlog(self, channel: str) -> list[Said]:
        """Return what was said in a channel before anybody looked; its last lines are the ending."""
        lines: list[Said] = []
        for _ in range(_ROUNDS[channel]):
            scenes = list(_SCENES[channel])
            self._chance.shuffle(scenes)
            lines += [self._filled(said) for scene in scenes for said in scene]
        return [*lines, *(self._filled(said) for said in _ENDINGS[channel])]

    def unread(self, channel: str) -> int:
        """Return how many of the last lines are new to the one who looks."""
        return 0 if channel == "#general" else len(_ENDINGS[channel])

    def private(self) -> list[Said]:
        """Return what is said in the direct conversation at first."""
        return [self._filled(said) for said in _PRIVATE]

    def live(self) -> Iterator[tuple[float, Line]]:
        """Yield for ever: seconds to wait, and the line that comes then."""
        while True:
            where = self._chance.choice(("#general", "#general", "#dev", "#ops"))
            yield from self._scene(where, self._chance.choice(_SCENES[where]))

    def reply(self) -> tuple[float, str]:
        """Return seconds to wait, and an answer to whatever was said."""
        return 1.0 + 1.5 * self._chance.random(), self._chance.choice(_REPLIES)

    def _scene(self, where: str, scene: Dialogue) -> Iterator[tuple[float, Line]]:
        wait = 4.0 + 6.0 * self._chance.random()
        for said in scene:
            yield wait, Line(where, self._filled(said))
            wait = 1.5 + 2.5 * self._chance.random()

    def _filled(self, said: Said) -> Said:
        if "{" not in said.text:
            return said
        chance = self._chance
        for name in self._numbers:
            self._numbers[name] += chance.randrange(1, 5)
        values: dict[str, object] = {
            **self._numbers,
            "you": self._you,
            "n": chance.randrange(2, 9),
            "fast": chance.randrange(90, 340),
            "slow": chance.randrange(700, 1_900),
            "count": f"{chance.randrange(11_000, 980_000):,}",
            "hour": chance.randrange(9, 17),
        }
        return said._replace(text=said.text.format_map(values))
