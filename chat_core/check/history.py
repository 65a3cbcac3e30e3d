"""What a run writes down, as values: one JSON object a line, so that a saved history can be read, cut and searched.

Every record says when and who. Times are seconds on the monotonic clock of the machine (in simulation: of the
virtual loop) and are for people: the verdict uses the order of the records of one `who` only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="what"):
    """Root of all records."""

    at: float
    """When, in seconds."""
    who: str
    """Name of the client (one outbox, one account, through all its crashes), or `server`, or `checker`."""


# --- what a client's application sees -------------------------------------------------------------------------


class Started(Record, frozen=True, kw_only=True, omit_defaults=True, tag="started"):
    """A new life of the client began: it knows no position, only what its outbox kept on disk."""

    account: int = 0
    """Its account; 0: not known yet."""
    kept: tuple[bytes, ...] = ()
    """cids that its outbox brought along, in sending order."""
    durable: bool = True
    """Whether its outbox is on disk; if not, a crash may lose what was not acknowledged."""


class Ended(Record, frozen=True, kw_only=True, omit_defaults=True, tag="ended"):
    """The client was closed in order; without one a life ended in a crash."""


class Posting(Record, frozen=True, kw_only=True, omit_defaults=True, tag="posting"):
    """The application is about to give a message to the library.

    Written by real processes, before the `Posted`: one that is killed in between cannot say whether the library has it.
    """

    cid: bytes
    conversation: int
    body: str


class Posted(Record, frozen=True, kw_only=True, omit_defaults=True, tag="posted"):
    """The application gave a message to the library, which took it (`post` returned: it is in the outbox)."""

    cid: bytes
    conversation: int
    body: str
    again: bool = False
    """A failed one that the user sends again: it goes behind what was posted since."""


class Acked(Record, frozen=True, kw_only=True, omit_defaults=True, tag="acked"):
    """The library said that a message is stored."""

    cid: bytes
    conversation: int
    seq: int
    epoch: str


class Amended(Record, frozen=True, kw_only=True, omit_defaults=True, tag="amended"):
    """The library said that an edit or a deletion is stored, by an event of its own."""

    epoch: str
    conversation: int
    target: int
    """seq of the message."""
    seq: int
    """seq of the event."""
    body: str = ""
    """The new text; empty: the message was deleted."""


class Failed(Record, frozen=True, kw_only=True, omit_defaults=True, tag="failed"):
    """The library said that a message was refused for good."""

    cid: bytes
    code: str


class Discarded(Record, frozen=True, kw_only=True, omit_defaults=True, tag="discarded"):
    """The application took a message back, and the library agreed."""

    cid: bytes


class Called(Record, frozen=True, kw_only=True, omit_defaults=True, tag="called"):
    """The application asked for something else than a post, once."""

    number: int
    """Of this life's calls, from 1."""
    call: str
    """What for: `join`, `leave`, `topic`, `edit`, `delete`, `page`, `older` ..."""
    detail: str = ""
    """With what, for people."""


class Answered(Record, frozen=True, kw_only=True, omit_defaults=True, tag="answered"):
    """A call came to its end."""

    number: int
    outcome: str
    """`ok`, the code of a refusal, or `unknown`: the connection was lost, or there was no answer in time."""


class Placed(Record, frozen=True, kw_only=True, omit_defaults=True, tag="placed"):
    """Delivery of a conversation begins, or goes on elsewhere: what follows begins with `seq + 1`."""

    conversation: int
    seq: int
    epoch: str
    reason: str
    """`began` (joined, first resume of a life), or the `reset` that the library told of."""


class Delivered(Record, frozen=True, kw_only=True, omit_defaults=True, tag="delivered"):
    """The library handed a conversation event to the application."""

    epoch: str
    conversation: int
    seq: int
    eid: bytes
    kind: str
    """As on the wire: `message_posted`, `message_edited`, `message_deleted`, `topic_changed` ..."""
    author: int
    cid: bytes = b""
    """Of a posted message."""
    body: str = ""
    """Of a posted message, or the new one of an edited one, or a topic."""
    target: int = 0
    """seq of the message that an edit or deletion is about."""


class Left(Record, frozen=True, kw_only=True, omit_defaults=True, tag="left"):
    """The library said that a conversation is gone from the list."""

    conversation: int


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message as a page, or a client's state, shows it."""

    seq: int
    changed: int
    author: int
    body: str
    edits: int = 0
    deleted: bool = False


class PageRead(Record, frozen=True, kw_only=True, omit_defaults=True, tag="page"):
    """A page of history came from the server."""

    epoch: str
    conversation: int
    messages: tuple[Snapshot, ...]
    """Oldest first."""
    at_start: bool = False
    at_end: bool = False
    """Whether nothing newer existed when it was read."""
    head: int = 0
    """seq of the newest event when it was read; 0: not known."""


class Settled(Record, frozen=True, kw_only=True, omit_defaults=True, tag="settled"):
    """At the end, with all faults over and time enough: what a client's state shows of a conversation."""

    epoch: str
    conversation: int
    seq: int
    """Position: the last event handed over."""
    messages: tuple[Snapshot, ...]
    """All it knows from some message on, without a hole."""
    unsent: tuple[bytes, ...] = ()
    """cids that are still in its outbox, not failed."""


# --- what the world did, and what is true ---------------------------------------------------------------------


class Fault(Record, frozen=True, kw_only=True, omit_defaults=True, tag="fault"):
    """The checker broke something."""

    kind: str
    """One word; `rewind` (the database was copied back by hand, its epoch stays) follows a dump of what it cuts off."""
    detail: str = ""


class Stored(Record, frozen=True, kw_only=True, omit_defaults=True, tag="stored"):
    """An event as it stands in the store, read from the database itself: at the end, and of each epoch before its end.

    The last dump of an epoch counts.
    """

    epoch: str
    conversation: int
    seq: int
    eid: bytes
    kind: str
    author: int
    cid: bytes = b""
    body: str = ""
    """As it is in the log now: a deletion empties it."""
    target: int = 0
    thread: int = 0
    """Of a posted message: seq of the message whose thread it is in."""


class Dumped(Record, frozen=True, kw_only=True, omit_defaults=True, tag="dumped"):
    """A dump of `Stored` records is complete; how many each conversation has says the store's own counter."""

    epoch: str
    heads: dict[int, int]
    """The counter of each conversation."""
    deleted: tuple[int, ...] = ()
    """Channels that were deleted, with all that was said in them."""


AnyRecord = (
    Started
    | Ended
    | Posting
    | Posted
    | Acked
    | Amended
    | Called
    | Answered
    | Failed
    | Discarded
    | Placed
    | Delivered
    | Left
    | PageRead
    | Settled
    | Fault
    | Stored
    | Dumped
)

_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(AnyRecord)


def to_line(record: Record) -> bytes:
    """Return a record as one line, with its newline."""
    return _encoder.encode(record) + b"\n"


def from_lines(lines: Iterable[bytes]) -> Iterator[AnyRecord]:
    """Read records; a last line that a crash cut off is left out. Raises: msgspec.DecodeError for any other."""
    for line in lines:
        if line.endswith(b"\n"):
            yield _decoder.decode(line)


def save(path: Path, records: Iterable[Record]) -> None:
    """Write a history into a file."""
    with path.open("wb") as file:
        file.writelines(map(to_line, records))


def load(path: Path) -> list[AnyRecord]:
    """Read a saved history."""
    with path.open("rb") as file:
        return list(from_lines(file))
