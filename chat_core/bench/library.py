"""A store with a long past: a million messages that look like talk, put into a database that a server has made.

The words follow Zipf's law, as in every language; rooms differ in size; a few messages have links, names somebody, or
are in Japanese. Everything is drawn from a seed. What is written is what the server itself would have written, so
that `chat-core doctor` has nothing to say about it.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Final

from chat_core.server.store.keys import row_id
from chat_core.server.store.payloads import MESSAGE_POSTED, pack_posted

WORDS: Final = 30_000
BATCH: Final = 20_000
YEAR_MS: Final = 365 * 24 * 3600 * 1000
END_MS: Final = 1_790_000_000_000
"""When the last message was written, in milliseconds since 1970."""

_ONSETS: Final = [
    "b",
    "c",
    "d",
    "f",
    "g",
    "h",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "w",
    "z",
    "br",
    "cr",
    "dr",
    "fl",
    "gr",
    "kl",
    "pl",
    "sh",
    "sl",
    "st",
    "tr",
    "th",
]
_VOWELS: Final = ["a", "e", "i", "o", "u", "ai", "ea", "ou"]
_JAPANESE: Final = "今日明日会議資料確認東京大阪電車天気予報変更障害復旧完了予定共有更新"


@dataclass(frozen=True, slots=True)
class Room:
    """A channel that is filled."""

    number: int
    name: str
    """With its `#`."""


@dataclass(slots=True)
class Library:
    """What was put in."""

    words: list[str]
    """The most frequent first."""
    phrases: list[str] = field(default_factory=list)
    """Two words that stand beside each other somewhere."""
    heads: dict[int, int] = field(default_factory=dict)
    """Number of messages of each room."""


def vocabulary(chance: random.Random) -> list[str]:
    """Return words, short and common ones first."""
    found: dict[str, None] = {}
    while len(found) < WORDS:
        syllables = 1 + min(3, len(found) // 200 + chance.randrange(2))
        found["".join(chance.choice(_ONSETS) + chance.choice(_VOWELS) for _ in range(syllables))] = None
    return list(found)


def fill(database: Path, rooms: Sequence[Room], authors: Sequence[tuple[int, str]], count: int, seed: int) -> Library:
    """Put messages into the rooms of a store that nobody has open.

    Args:
        database: as a server has left it.
        rooms: nothing was written there yet.
        authors: accounts, by number and name.
        count: how many messages.
        seed: decides on everything.
    """
    chance = random.Random(seed)
    library = Library(vocabulary(chance))
    talk = _Talk(chance, library, [name for _, name in authors])
    sizes = list(accumulate(1 / (rank + 5) for rank in range(len(rooms))))
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for start in range(0, count, BATCH):
            many = min(BATCH, count - start)
            where = chance.choices(rooms, cum_weights=sizes, k=many)
            _put(connection, chance, library, start, count, zip(where, talk.bodies(many), strict=True), authors)
        _close_books(connection, library, chance)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return library


def _put(
    connection: sqlite3.Connection,
    chance: random.Random,
    library: Library,
    start: int,
    count: int,
    said: Iterator[tuple[Room, str]],
    authors: Sequence[tuple[int, str]],
) -> None:
    events: list[tuple[object, ...]] = []
    messages: list[tuple[object, ...]] = []
    cids: list[tuple[object, ...]] = []
    for at, (room, body) in enumerate(said, start):
        seq = library.heads[room.number] = library.heads.get(room.number, 0) + 1
        key, ts = row_id(room.number, seq), END_MS - YEAR_MS + at * YEAR_MS // count
        author, cid = authors[min(int(chance.expovariate(0.1)), len(authors) - 1)][0], at.to_bytes(16, "big")
        events.append((key, chance.randbytes(8), MESSAGE_POSTED, author, ts, cid, pack_posted(body, "text", None)))
        messages.append((key, seq, author, ts, seq, body))
        cids.append((cid, author, room.number, seq, ts, b""))
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO events (id, eid, kind, author, ts, cid, payload) VALUES (?, ?, ?, ?, ?, ?, ?)", events
    )
    connection.executemany(
        "INSERT INTO messages (id, ordinal, author, ts, changed, body, style) VALUES (?, ?, ?, ?, ?, ?, 'text')",
        messages,
    )
    connection.executemany(
        "INSERT INTO cids (cid, account, conversation, seq, ts, digest) VALUES (?, ?, ?, ?, ?, ?)", cids
    )
    connection.execute("COMMIT")


def _close_books(connection: sqlite3.Connection, library: Library, chance: random.Random) -> None:
    """Bring heads and read markers in line; who wrote nothing has read up to somewhere, the others everything."""
    connection.execute("BEGIN")
    for number, head in library.heads.items():
        (eid,) = connection.execute("SELECT eid FROM events WHERE id = ?", (row_id(number, head),)).fetchone()
        connection.execute(
            "UPDATE conversations SET head = ?, head_eid = ?, ordinal = ? WHERE id = ?", (head, eid, head, number)
        )
        connection.execute(
            "UPDATE memberships SET read_seq = ?, read_ordinal = ? WHERE conversation = ?", (head, head, number)
        )
        read = chance.randint(head - head // 10, head)
        connection.execute(
            "UPDATE memberships SET read_seq = ?, read_ordinal = ? WHERE conversation = ? AND account NOT IN "
            "(SELECT author FROM messages)",
            (read, read, number),
        )
    connection.execute("COMMIT")


class _Talk:
    """Makes bodies."""

    def __init__(self, chance: random.Random, library: Library, names: Sequence[str]) -> None:
        self._chance = chance
        self._library = library
        self._names = names
        self._weights = list(accumulate(1 / (rank + 2.7) for rank in range(WORDS)))

    def bodies(self, count: int) -> Iterator[str]:
        """Iterate over so many."""
        chance = self._chance
        lengths = [max(1, min(200, int(chance.lognormvariate(2.1, 0.8)))) for _ in range(count)]
        words = iter(chance.choices(self._library.words, cum_weights=self._weights, k=sum(lengths)))
        for length in lengths:
            said = [next(words) for _ in range(length)]
            if length > 3 and chance.random() < 0.02:
                self._library.phrases.append(f"{said[1]} {said[2]}")
            yield self._garnished(" ".join(said))

    def _garnished(self, body: str) -> str:
        chance, kind = self._chance, self._chance.random()
        if kind < 0.05:
            return f"{body} https://example.org/{chance.randrange(10_000)}"
        if kind < 0.08:
            return f"@{chance.choice(self._names)} {body}"
        if kind < 0.10:
            return "".join(chance.choices(_JAPANESE, k=chance.randrange(4, 20)))
        return body
