"""Groups: conversations of a few people, without a name. Who is in one adds others with `invite_member`."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from chat_core.protocol.requests.base import Request
from chat_core.protocol.requests.conversations import Opened, WantedName

_NAMES_TAKEN: Final = 64
"""Names that are looked at at all: one too many is told in a better sentence than that of a frame's check."""


class OpenGroup(Request[Opened], frozen=True, kw_only=True, tag="open_group"):
    """Find the group of oneself and these people, or make it. `not_allowed` for fewer than 3 in all,
    `too_many` for more than 20.

    Who has left the group that these people are in comes back into it. Nobody begins more than 20 groups in 24 hours:
    `too_many`, and the text says when the next one may be begun.

    Whoever cannot be written to by `open_direct` cannot be brought into a group either.
    """

    accounts: Annotated[tuple[WantedName, ...], Meta(max_length=_NAMES_TAKEN)]
    """Names of the others, with or without `@`; one that stands there twice, or is one's own, counts once."""


REQUESTS = (OpenGroup,)
"""This domain's requests, in the order of the documentation."""
