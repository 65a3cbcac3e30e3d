"""What is moderated in a channel: its settings, one by one, as text. Which there are, the server says."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chat_core.protocol.requests.base import Done, Reply, Request
from chat_core.protocol.values import ConversationRef, ModerationSetting


class Moderation(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """What is moderated in a channel."""

    settings: tuple[ModerationSetting, ...] = ()
    """Every setting there is, in the order of the documentation."""


class ListModeration(Request[Moderation], frozen=True, kw_only=True, tag="list_moderation"):
    """List what is moderated in a channel, for its operators."""

    conversation: ConversationRef
    """Which channel."""


class SetModeration(Request[Done], frozen=True, kw_only=True, tag="set_moderation"):
    """Change one setting of what is moderated in a channel; docs/moderation.md lists them."""

    conversation: ConversationRef
    """Which channel."""
    name: Annotated[str, Meta(max_length=40)]
    """Which setting."""
    value: Annotated[str, Meta(max_length=1000)] | None = None
    """Its value as text; nil: as on the server."""


REQUESTS = (ListModeration, SetModeration)
"""This domain's requests, in the order of the documentation."""
