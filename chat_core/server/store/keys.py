"""Keys that are made of other numbers, and the digest that guards a cid. Pure."""

from __future__ import annotations

import hashlib
from typing import Final

from chat_core.base.ids import AccountId, ConversationId

SEQ_BITS: Final = 32
MAX_SEQ: Final = (1 << SEQ_BITS) - 1
MAX_CONVERSATION: Final = (1 << 63 - SEQ_BITS) - 1
"""Highest numbers that fit into one signed 64-bit key; a request may name higher ones, which are nobody's."""


def row_id(conversation: int, seq: int) -> int:
    """Return the key of an event or a message; a seq beyond the bounds becomes the nearest within."""
    return conversation << SEQ_BITS | min(max(seq, 0), MAX_SEQ)


def seq_of(key: int) -> int:
    """Return the seq in a key."""
    return key & MAX_SEQ


def conversation_of(key: int) -> int:
    """Return the conversation's number in a key."""
    return key >> SEQ_BITS


def direct_key(one: AccountId, other: AccountId) -> str:
    """Return what names the direct conversation of two accounts."""
    return f"{min(one, other)}:{max(one, other)}"


def partner_in(key: str, account: AccountId) -> AccountId:
    """Return the other account of a direct conversation; the account itself where it talks to itself."""
    low, _, high = key.partition(":")
    return AccountId(int(high) if int(low) == account else int(low))


def digest(
    conversation: ConversationId,
    raw: str,
    style: str,
    reply_to: int | None,
    thread: int | None = None,
    in_channel: bool = False,
) -> bytes:
    """Return 16 bytes that tell one send's content from any other's."""
    aside = (
        "" if thread is None else f":{thread}:{int(in_channel)}"
    )  # kept digests of other messages stay what they are
    head = f"{conversation}\0{style}\0{reply_to or 0}{aside}\0"
    return hashlib.blake2b((head + raw).encode("utf-8", "surrogatepass"), digest_size=16).digest()
