"""Webhooks: who knows the secret of one writes into its channel by HTTP, without an account. For operators."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chat_core.protocol.limits import MAX_NUMBER
from chat_core.protocol.requests.base import Done, Reply, Request
from chat_core.protocol.values import ConversationRef, Hook


class HookMade(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """A webhook was made."""

    hook: Hook
    """It."""
    url: str
    """Where to POST to, with the secret at its end; it is told this once and kept nowhere."""


class MakeHook(Request[HookMade], frozen=True, kw_only=True, tag="make_hook"):
    """Make a webhook of a channel."""

    conversation: ConversationRef
    """Which channel."""
    name: Annotated[str, Meta(max_length=128)]
    """Name of the account that it writes as: a new one, or that of a webhook that was removed."""


class Hooks(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """The webhooks of a channel."""

    hooks: tuple[Hook, ...] = ()
    """By number; at most 20."""


class ListHooks(Request[Hooks], frozen=True, kw_only=True, tag="list_hooks"):
    """List the webhooks of a channel."""

    conversation: ConversationRef
    """Which channel."""


class RemoveHook(Request[Done], frozen=True, kw_only=True, tag="remove_hook"):
    """Make a webhook's address worthless; what was written by it stays."""

    conversation: ConversationRef
    """Whose webhook it is."""
    hook: Annotated[int, Meta(ge=1, le=MAX_NUMBER)]
    """Its number."""


REQUESTS = (MakeHook, ListHooks, RemoveHook)
"""This domain's requests, in the order of the documentation."""
