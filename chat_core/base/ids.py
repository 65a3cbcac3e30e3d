"""Identifiers: how they are made, and the types that keep them apart. Pure: randomness comes as bytes."""

from __future__ import annotations

from typing import NewType

AccountId = NewType("AccountId", int)
"""Identifies an account for ever; names are labels on it."""

ConversationId = NewType("ConversationId", int)
"""Identifies a channel or a direct conversation for ever."""

Seq = NewType("Seq", int)
"""Number of an event in its conversation's log: 1, 2, 3 … without holes; 0 means "before the first"."""

Cid = NewType("Cid", bytes)
"""The 16 bytes with which a client names one send; unique per account, for ever."""

CID_BYTES = 16
EID_BYTES = 8


def make_cid(wall_ms: int, random_bytes: bytes) -> Cid:
    """Make a time-ordered cid: 6 bytes of time, then 10 random bytes.

    Args:
        wall_ms: milliseconds since 1970; only makes ids roughly ordered, so that indexes stay compact.
        random_bytes: at least 10 bytes from a cryptographic source.

    Raises:
        ValueError: when there are fewer.
    """
    if len(random_bytes) < CID_BYTES - 6:
        raise ValueError("a cid needs 10 random bytes")
    return Cid(wall_ms.to_bytes(6, "big") + random_bytes[:10])


def keyed_cid(key: str, target: str, line: int) -> Cid:
    """Derive the cid of one line of a keyed script, the same at each run.

    Args:
        key: what the user gave as `--key`.
        target: where it goes, spelled as a TARGET; another target is another message.
        line: number of the input line, from 1.
    """
    import hashlib  # a screen has no keys

    text = f"{key}\0{target}\0{line}".encode("utf-8", "surrogatepass")
    return Cid(hashlib.blake2b(text, digest_size=CID_BYTES, person=b"chat keyed cid").digest())
