"""How long searches, pages around any message, and the list with its unread counts take, in a store with a long past.

One connection asks, one question at a time, while others send; each time is from the question to its whole answer.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from chat_core.base.errors import WorldFault
from chat_core.bench import frames
from chat_core.bench.beside import Beside, Sends
from chat_core.bench.library import END_MS, YEAR_MS, Library, Room, fill
from chat_core.bench.process import OwnServer, usage
from chat_core.bench.report import Machine, line, ms, this_machine
from chat_core.bench.restart import await_welcome
from chat_core.bench.stubborn import Line
from chat_core.bench.tally import quantile_ms
from chat_core.protocol.codec import pack, to_map
from chat_core.protocol.envelopes import Answer, Call
from chat_core.protocol.requests.attention import ListUnread
from chat_core.protocol.requests.base import Request
from chat_core.protocol.requests.conversations import Join
from chat_core.protocol.requests.messages import History, Post
from chat_core.protocol.requests.search import Search
from chat_core.protocol.requests.session import Resume, SignIn
from chat_core.protocol.values import Position
from chat_core.transport.urls import Address, parse_address

ASKER: Final = "asker"
AUTHORS: Final = 60
ROOMS_OF_EACH: Final = 3
"""An author is in each third room."""
INDEX_WITHIN_S: Final = 1800.0
BODY_BYTES: Final = 100
FRESH: Final = 40
"""Messages of which it is measured how soon they are found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchOptions:
    """What is to be measured."""

    messages: int
    channels: int
    conversations: int
    """That the asker is in; those beyond the channels are empty."""
    rate: float
    """Sends a second meanwhile."""
    asks: int
    """Questions of each kind."""
    seed: int
    data: Path | None

    @property
    def authors(self) -> int:
        """Accounts that have written."""
        return min(AUTHORS, max(ROOMS_OF_EACH, self.messages // 500))


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long the answers to one kind of question took."""

    name: str
    asked: int
    p50_ms: float | None
    p99_ms: float | None
    max_ms: float | None
    cpu_ms: float | None
    """CPU of the server for each, in the mean, while nobody else was there: what a busy machine does not change."""
    partial: int = 0
    """Answers that said that time had run out."""

    def as_text(self) -> str:
        """Return it in one line."""
        partial = f"  ({self.partial} of {self.asked} partial)" if self.partial else ""
        times = " ".join(f"{ms(value):>7}" for value in (self.p50_ms, self.p99_ms, self.max_ms, self.cpu_ms))
        return line(self.name, f"{times}{partial}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchReport:
    """One run."""

    messages: int
    channels: int
    conversations: int
    rate_per_s: float
    seed: int
    database_mb: float
    index_mb: float
    indexed_per_s: float
    """Messages a second while the whole store was indexed, and nothing else happened."""
    times: tuple[Times, ...]
    behind_p50: int
    """Events that the index did not know of, as the answers over all rooms said."""
    behind_max: int
    found_after_p50_ms: float | None
    """From a message's acknowledgement until a search found it."""
    found_after_max_ms: float | None
    alone: Sends
    """Sends while nobody searched."""
    beside: Sends
    """Sends while the questions were asked."""
    machine: Machine

    @property
    def complete(self) -> bool:
        """Whether no send failed."""
        return not (self.alone.failed or self.beside.failed)

    def as_json(self) -> str:
        """Return one line of JSON."""
        return json.dumps(asdict(self))

    def as_text(self) -> str:
        """Return a table for people."""
        found = f"{ms(self.found_after_p50_ms)} / {ms(self.found_after_max_ms)} ms after its acknowledgement"
        return "\n".join(
            [
                f"{self.messages:,} messages in {self.channels} channels, one asker in {self.conversations} "
                f"conversations, {self.rate_per_s:g} sends/s beside it, seed {self.seed}",
                self.machine.as_text(),
                "",
                line("", "    p50     p99     max     CPU, ms"),
                *(times.as_text() for times in self.times),
                "",
                line("index behind, p50 / max", f"{self.behind_p50} / {self.behind_max} events of all channels"),
                line("found, p50 / max", found),
                line("indexing from nothing", f"{self.indexed_per_s:,.0f} messages/s"),
                line("database, index", f"{self.database_mb:,.0f} MB, {self.index_mb:,.0f} MB"),
                _sends("sends, nobody searches", self.alone),
                _sends("sends, meanwhile", self.beside),
            ]
        )


def _sends(name: str, sends: Sends) -> str:
    times = f"p50 {ms(sends.p50_ms)}, p99 {ms(sends.p99_ms)}, max {ms(sends.max_ms)} ms"
    return line(name, f"{sends.per_s:,.0f}/s, {times}")


class _Asker:
    """One connection, signed in."""

    def __init__(self, address: Address, name: str) -> None:
        self._line = Line(address)
        self._line.ask(frames.HELLO_ID, frames.hello())
        self.account = int(self.ask(SignIn(name=name))["account"]["id"])

    def ask(self, request: Request[Any]) -> dict[str, Any]:
        """Return the reply. Raises: WorldFault: it was refused."""
        outcome = self._line.ask(7, pack(Call(id=7, request=to_map(request))))
        if not isinstance(outcome, Answer):
            raise WorldFault(f"The server refused: {outcome.text}")
        return outcome.reply

    def timed(self, request: Request[Any]) -> tuple[int, dict[str, Any]]:
        """Return the nanoseconds until the reply, and the reply."""
        begun = time.monotonic_ns()
        reply = self.ask(request)
        return time.monotonic_ns() - begun, reply

    def close(self) -> None:
        """Hang up."""
        self._line.close()


def measure_search(options: SearchOptions) -> tuple[SearchReport, str]:
    """Measure with a server of its own; return the report, and what the server complained of.

    Raises:
        WorldFault: the server cannot be started, or refuses.
    """
    with ExitStack() as stack:
        server = stack.enter_context(OwnServer(options.data))
        address = parse_address(server.address)
        rooms, authors = _furnish(address, options)
        server.stop()
        library = fill(server.database, rooms, authors, options.messages, options.seed)
        server.launch(address.port)
        await_welcome(address)
        server.first_line()
        indexed_s = _await_index(address)
        asker = _Asker(address, ASKER)
        stack.callback(asker.close)
        questions = _Questions(options, rooms, library)
        names = [room.name for room in rooms]
        kinds = _kinds(asker, questions, options)
        cpu_ms = {name: _cpu_of(asker, make, options.asks, server.pid) for name, make in kinds.items()}
        with Beside(server.address, options.rate, BODY_BYTES, names) as alone:
            time.sleep(min(10.0, options.asks / 20))
        times: list[Times] = []
        behind: list[int] = []
        with Beside(server.address, options.rate, BODY_BYTES, names) as beside:
            for name, make in kinds.items():
                taken, seen = _ask(asker, name, make, options.asks, cpu_ms[name])
                times.append(taken)
                behind += seen if name.startswith("search in all") else []
            found_ns = sorted(_found_after(asker, rooms[0]) for _ in range(FRESH))
        if alone.sends is None or beside.sends is None:
            raise WorldFault("The process of senders died.")
        behind.sort()
        report = SearchReport(
            messages=options.messages,
            channels=options.channels,
            conversations=options.conversations,
            rate_per_s=options.rate,
            seed=options.seed,
            database_mb=_megabytes(server.database),
            index_mb=_megabytes(server.database.with_name(server.database.name + "-search")),
            indexed_per_s=options.messages / indexed_s,
            times=tuple(times),
            behind_p50=behind[len(behind) // 2],
            behind_max=behind[-1],
            found_after_p50_ms=quantile_ms(found_ns, 0.5),
            found_after_max_ms=quantile_ms(found_ns, 1.0),
            alone=alone.sends,
            beside=beside.sends,
            machine=this_machine(server.folder),
        )
        return report, server.complaints()


def _furnish(address: Address, options: SearchOptions) -> tuple[list[Room], list[tuple[int, str]]]:
    """Make the accounts and the channels; return both."""
    asker = _Asker(address, ASKER)
    joined = [f"#room-{number:03d}" for number in range(options.conversations - 2)]  # two everybody is in
    rooms = [
        Room(int(asker.ask(Join(channel=name))["conversation"]["id"]), name)
        for name in [*joined, *(f"#other-{number:03d}" for number in range(options.channels - len(joined)))]
    ][: max(options.channels, len(joined))]
    asker.close()
    authors: list[tuple[int, str]] = []
    for number in range(options.authors):
        author = _Asker(address, f"author{number:02d}")
        authors.append((author.account, f"author{number:02d}"))
        for room in rooms[number % ROOMS_OF_EACH : options.channels : ROOMS_OF_EACH]:
            author.ask(Join(channel=room.name))
        author.close()
    return rooms[: options.channels], authors


def _await_index(address: Address) -> float:
    """Wait until the whole store is indexed; return the seconds this took."""
    asker = _Asker(address, ASKER)
    begun = time.monotonic()
    while asker.ask(Search(query="from:me")).get("behind", 0):
        if time.monotonic() - begun > INDEX_WITHIN_S:
            raise WorldFault("The store was not indexed in time.")
        time.sleep(0.05)
    asker.close()
    return max(time.monotonic() - begun, 0.001)


class _Questions:
    """What is asked: words of every frequency, in the mix of somebody who looks for something."""

    def __init__(self, options: SearchOptions, rooms: list[Room], library: Library) -> None:
        self._chance = random.Random(options.seed + 1)
        self._authors = options.authors
        self._rooms = rooms
        self._library = library

    def query(self) -> str:
        """Return a query."""
        chance = self._chance
        kinds: tuple[Callable[[], str], ...] = (
            lambda: self._word(0, 20),
            lambda: self._word(20, 1000),
            lambda: self._word(1000, 30_000),
            lambda: f"{self._word(0, 200)} {self._word(0, 200)}",
            lambda: f"{self._word(100, 3000)} {self._word(100, 3000)}",
            lambda: f'"{chance.choice(self._library.phrases)}"',
            lambda: f"from:author{chance.randrange(self._authors):02d} {self._word(0, 1000)}",
            lambda: f"has:link {self._word(0, 300)}",
            lambda: chance.choice(("会議", "障害", "東京", "予定")),
            lambda: f"{self._word(0, 300)} before:{self._day()}",
            lambda: f"{self._word(1000, 30_000)[:4]}*",
        )
        return chance.choice(kinds)()

    def room(self) -> int:
        """Return a channel; larger ones are asked for more often."""
        heads = self._library.heads
        return self._chance.choices(list(heads), weights=list(heads.values()))[0]

    def seq(self, room: int) -> int:
        """Return a message of a channel."""
        return self._chance.randint(1, self._library.heads[room])

    def _word(self, first: int, last: int) -> str:
        return self._library.words[self._chance.randrange(first, last)]

    def _day(self) -> str:
        ms_ = END_MS - self._chance.randrange(YEAR_MS)
        return time.strftime("%Y-%m-%d", time.gmtime(ms_ / 1000))


Make = Callable[[], Request[Any]]
"""Makes a question."""


def _kinds(asker: _Asker, questions: _Questions, options: SearchOptions) -> dict[str, Make]:
    """Return every kind of question by its name."""

    def around() -> Request[Any]:
        room = questions.room()
        return History(conversation=room, anchor="around", seq=questions.seq(room), limit=100)

    whole = asker.ask(Resume())
    positions = tuple(
        Position(conversation=each["id"], seq=each.get("head", 0), eid=each.get("eid", b""))
        for each in whole["conversations"]
    )
    resumed = Resume(epoch=whole["epoch"], seq=whole["seq"], positions=positions, far_behind=1)
    return {
        "search in one channel": lambda: Search(query=questions.query(), conversation=questions.room()),
        f"search in all {options.channels}": lambda: Search(query=questions.query()),
        "ranked, in all": lambda: Search(query=questions.query(), ranked=True),
        "100 messages around any": around,
        f"resume of {len(positions)}": lambda: resumed,
        f"unread of {len(positions)}": ListUnread,
    }


def _cpu_of(asker: _Asker, make: Make, asks: int, pid: int) -> float | None:
    """Return the server's CPU for a question, in milliseconds."""
    before = usage(pid)
    for _ in range(asks):
        asker.ask(make())
    after = usage(pid)
    return None if before is None or after is None else (after.cpu_s - before.cpu_s) / asks * 1000


def _ask(asker: _Asker, name: str, make: Make, asks: int, cpu_ms: float | None) -> tuple[Times, list[int]]:
    """Ask one kind of question so many times; return the times, and how far the index was behind."""
    taken: list[int] = []
    behind: list[int] = []
    partial = 0
    for _ in range(asks):
        ns, reply = asker.timed(make())
        taken.append(ns)
        partial += bool(reply.get("partial", False))
        behind.append(int(reply.get("behind", 0)))
    taken.sort()
    times = Times(
        name=name,
        asked=len(taken),
        p50_ms=quantile_ms(taken, 0.5),
        p99_ms=quantile_ms(taken, 0.99),
        max_ms=quantile_ms(taken, 1.0),
        cpu_ms=cpu_ms,
        partial=partial,
    )
    return times, behind


def _found_after(asker: _Asker, room: Room) -> int:
    """Send a message, and search until it is found; return the nanoseconds from its acknowledgement."""
    number = time.monotonic_ns()
    word = f"fresh{number}"
    asker.ask(Post(conversation=room.number, cid=number.to_bytes(16, "little"), body=f"a {word} message"))
    begun = time.monotonic_ns()
    while not asker.ask(Search(query=word, conversation=room.number))["hits"]:
        time.sleep(0.002)
    return time.monotonic_ns() - begun


def _megabytes(path: Path) -> float:
    return path.stat().st_size / 1e6
