"""Numbers, ids and places: how requests and events point at something."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from chat_core.base.ids import CID_BYTES, EID_BYTES
from chat_core.protocol.limits import MAX_NUMBER

AccountNumber = Annotated[int, Meta(ge=1, le=MAX_NUMBER)]
ConversationNumber = Annotated[int, Meta(ge=1, le=MAX_NUMBER)]
SeqNumber = Annotated[int, Meta(ge=1, le=MAX_NUMBER)]

SeqOrNone = Annotated[int, Meta(ge=0, le=MAX_NUMBER)]
"""A seq, or 0: before the first."""

CidBytes = Annotated[bytes, Meta(min_length=CID_BYTES, max_length=CID_BYTES)]
EidBytes = Annotated[bytes, Meta(min_length=EID_BYTES, max_length=EID_BYTES)]

ConversationRef = ConversationNumber | Annotated[str, Meta(min_length=2, max_length=64)]
"""A conversation in a request: its number, `#channel`, `@user` (the direct conversation with that account), or `&12`
(the group of that number)."""

Reason = Annotated[str, Meta(max_length=400)]
"""Why somebody did something, one line for people; it is cleaned."""


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """A place in a conversation's log: the last event one has, proved by that event's id."""

    conversation: ConversationNumber
    """Whose log."""
    seq: SeqOrNone
    """Number of the last event one has; 0: none."""
    eid: Annotated[bytes, Meta(max_length=EID_BYTES)] = b""
    """First 8 bytes of that event's id; empty with seq 0, or when it is not known."""
