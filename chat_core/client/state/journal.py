"""What an outbox keeps on disk: a journal of small records whose replay gives back what was not finished. Pure.

Each record is `4-byte length, 4-byte CRC-32, MessagePack`. A crash can only cut the end off, or leave zeros there (a
file system may lengthen a file before it fills it): replay stops at the first record that is not whole. Nothing that is
acknowledged depends on the journal, and a record that says "done" may be lost: the message is then sent again under its
cid, which the server stores once. A refusal for good is on disk before anybody is told of it, and so is, before
it is sent, that a message answers nothing any more: nothing else is to be answered in its place. Whether a message was
sent already is not written down: whoever replays must take it for possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from zlib import crc32

import msgspec
from msgspec.structs import replace

from chat_core.client.state.model import Unsent

_HEAD_BYTES: Final = 8
LONGEST: Final = 1 << 20
"""Longest record, in bytes: a longer one is damage."""


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="is"):
    """Root of all records."""


class Whose(Record, frozen=True, kw_only=True, omit_defaults=True, tag="whose"):
    """Who writes, and in which life of the server's store; the last one counts."""

    name: str
    """The account's name."""
    account: int = 0
    """Its number; 0: never signed in yet."""
    epoch: str = ""
    """The store's life; empty: not known."""


class Put(Record, frozen=True, kw_only=True, omit_defaults=True, tag="put"):
    """A message was written."""

    unsent: Unsent
    """It."""
    target: str
    """Where it goes, for people: `#general`, `@ann`."""


class Gone(Record, frozen=True, kw_only=True, omit_defaults=True, tag="gone"):
    """Messages are done with: acknowledged, or taken back."""

    cids: tuple[bytes, ...]
    """Which."""


class Failed(Record, frozen=True, kw_only=True, omit_defaults=True, tag="failed"):
    """A message was refused for good."""

    cid: bytes
    """Which."""
    code: str
    """Why."""
    text: str
    """The same for people."""


class Again(Record, frozen=True, kw_only=True, omit_defaults=True, tag="again"):
    """The user wants a failed message sent after all, behind the others."""

    cid: bytes
    """Which."""


class Detached(Record, frozen=True, kw_only=True, omit_defaults=True, tag="detached"):
    """What messages were to answer has another number now, or is not there any more: they answer nothing."""

    cids: tuple[bytes, ...]
    """Which."""


AnyRecord = Whose | Put | Gone | Failed | Again | Detached


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is not finished."""

    unsent: Unsent
    """As it is: `queued` or `failed`."""
    target: str
    """Where it goes, for people."""
    wanted: bool = False
    """Whether the user was asked and wants it sent, however old it is."""


class Journal:
    """The fold of a journal."""

    def __init__(self) -> None:
        self.whose: Whose | None = None
        self._kept: dict[bytes, Kept] = {}

    @property
    def kept(self) -> tuple[Kept, ...]:
        """What is not finished, in sending order."""
        return tuple(self._kept.values())

    def __bool__(self) -> bool:
        """Return whether anything is kept."""
        return bool(self._kept)

    def add(self, record: AnyRecord) -> None:
        """Fold a record in."""
        match record:
            case Whose():
                self.whose = record
            case Put():
                self._kept[record.unsent.cid] = Kept(unsent=record.unsent, target=record.target)
            case Gone():
                for cid in record.cids:
                    self._kept.pop(cid, None)
            case Failed():
                self._fate(record.cid, status="failed", code=record.code, text=record.text)
            case Again():
                self._fate(record.cid, status="queued", code="", text="")
                kept = self._kept.pop(record.cid, None)
                if kept is not None:
                    self._kept[record.cid] = replace(kept, wanted=True)
            case Detached():
                for cid in record.cids:
                    self._fate(cid, reply_to=None, detached=True)

    def adopt(self, other: Journal) -> bool:
        """Take over what another journal keeps, behind what is here; what is in both counts once.

        Returns:
            Whether it was: not if both keep something, and it was written in another life of the server's store or by
            another account, so that a conversation's number means another one there.
        """
        if not self:
            self.whose = other.whose if other else self.whose
        elif other and _life(self.whose) != _life(other.whose):
            return False
        for kept in other.kept:
            self._kept.setdefault(kept.unsent.cid, kept)
        return True

    def records(self) -> Iterator[AnyRecord]:
        """Yield the shortest journal that folds to this."""
        if self.whose is not None:
            yield self.whose
        for kept in self._kept.values():
            unsent, cid = kept.unsent, kept.unsent.cid
            yield Put(unsent=replace(unsent, status="queued", code="", text=""), target=kept.target)
            if kept.wanted:
                yield Again(cid=cid)
            if unsent.status == "failed":
                yield Failed(cid=cid, code=unsent.code, text=unsent.text)

    def _fate(self, cid: bytes, **fields: str | bool | None) -> None:
        kept = self._kept.get(cid)
        if kept is not None:
            self._kept[cid] = replace(kept, unsent=replace(kept.unsent, **fields))


def _life(whose: Whose | None) -> tuple[int, str]:
    return (0, "") if whose is None else (whose.account, whose.epoch)


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(AnyRecord)


def to_bytes(records: Iterable[Record]) -> bytes:
    """Return records as they stand in a file."""
    pieces: list[bytes] = []
    for record in records:
        body = _encoder.encode(record)
        pieces += (len(body).to_bytes(4, "big"), crc32(body).to_bytes(4, "big"), body)
    return b"".join(pieces)


def is_cut_off(data: bytes, whole: int) -> bool:
    """Return whether what is behind the last whole record is what a crash leaves there: a piece of one, or zeros."""
    rest = data[whole:]
    return len(rest) < _HEAD_BYTES + int.from_bytes(rest[:4], "big") or not any(rest)


def from_bytes(data: bytes) -> tuple[Journal, int]:
    """Fold a file's content; return the journal and the length of what is whole, in bytes.

    Raises:
        ValueError: a whole record is of a newer version: the file is not ours to judge, and not ours to lose.
    """
    journal, at = Journal(), 0
    while at + _HEAD_BYTES <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        body = data[at + _HEAD_BYTES : at + _HEAD_BYTES + size]
        if not 0 < size <= LONGEST or len(body) < size or crc32(body) != int.from_bytes(data[at + 4 : at + 8], "big"):
            break  # the checksum of nothing is zero: zeros would pass for a record that says nothing
        journal.add(_decoder.decode(body))
        at += _HEAD_BYTES + size
    return journal, at
