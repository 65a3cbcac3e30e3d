"""Conversations, their members and the rules that hold in them."""

from __future__ import annotations

from typing import Literal

import msgspec

from chat_core.protocol.values.accounts import Availability, Person, ServerRole
from chat_core.protocol.values.numbers import AccountNumber, ConversationNumber

ConversationKind = Literal["channel", "direct", "group", "announcements"]
"""`group` is one of a few people, without a name; `announcements` the one conversation that every account reads and
only the server's own people write."""

ChannelRole = Literal["member", "voice", "operator"]
"""What an account may do in one channel, from least to most."""

Visibility = Literal["public", "unlisted", "invite"]
"""Who finds a channel: `public`: everybody, and all may read it; `unlisted`: who knows its name may join; `invite`:
who was invited. Of the last two, somebody who is no member is told what is told of a channel that does not exist."""


class Rules(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What holds in a channel."""

    visibility: Visibility = "public"
    """Who finds it."""
    moderated: bool = False
    """Whether only voices and operators write."""
    locked: bool = False
    """Whether only operators write, for now."""
    locked_until: int | None = None
    """When that ends by itself, in milliseconds since 1970-01-01 UTC; nil: when somebody ends it."""
    archived: bool = False
    """Whether nobody writes any more."""
    slow_s: int = 0
    """Seconds between two messages of one member; voices and operators need not wait. 0: none."""
    topic_by: ChannelRole = "member"
    """The lowest role that sets the topic."""

    def locked_at(self, now_ms: int) -> bool:
        """Return whether it is locked at a time, in milliseconds since 1970."""
        return self.locked and (self.locked_until is None or now_ms < self.locked_until)


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation as one of its members sees it."""

    id: ConversationNumber
    """Number of the conversation."""
    kind: ConversationKind
    """What it is."""
    name: str
    """A channel's name without `#`; in a direct conversation the other one's name; in a group the names of the others,
    as one line."""
    topic: str = ""
    """One line about it."""
    head: int = 0
    """seq of its newest event; 0: none yet."""
    eid: bytes = b""
    """Id of that event (8 bytes); empty with head 0."""
    read: int = 0
    """Own read marker: everything up to this seq was read."""
    unread: int = 0
    """Messages behind the read marker by others whom one does not ignore; not those that were deleted."""
    mentions: int = 0
    """Those among them that name the account, or call everybody."""
    quiet: bool = False
    """Whether the account wants to hear of it only where it is named."""
    members: int = 0
    """Number of member accounts."""
    online: int = 0
    """Number of those that are connected."""
    partner: int | None = None
    """The other account of a direct conversation."""
    display: str = ""
    """Of a direct conversation: what the other one is shown as; of a group the same of all; empty: as `name`."""
    state: Availability = "online"
    """Of a direct conversation: how the other one wants to be met, while they are connected."""
    role: ChannelRole = "member"
    """What one may do in it."""
    rules: Rules = Rules()
    """What holds in it."""
    people: tuple[Person, ...] = ()
    """Of a group: the others, by name, as many as have room; `members` counts all, and oneself."""

    @property
    def personal(self) -> bool:
        """Whether it is between certain people: every message is for each of them."""
        return is_personal(self.kind)

    @property
    def target(self) -> str:
        """The conversation spelled as a TARGET: `#general`, `@ann`, `&12`."""
        return target_of(self.kind, self.id, self.name)


def is_personal(kind: str) -> bool:
    """Return whether a conversation of a kind is between certain people."""
    return kind in ("direct", "group")


def target_of(kind: str, number: int, name: str) -> str:
    """Return how a conversation is spelled as a TARGET: a group has no name of its own, so its number stands for it."""
    if kind == "group":
        return f"&{number}"
    return ("@" if kind == "direct" else "#") + name


class Hook(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A webhook: who knows its secret writes into its channel."""

    id: int
    """Its number, on the whole server."""
    name: str
    """Name of the account that it writes as."""
    by: str = ""
    """Name of who made it."""
    ts: int = 0
    """When, in milliseconds since 1970-01-01 UTC."""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One account of a conversation."""

    account: AccountNumber
    """Number of the account."""
    name: str
    """Its name."""
    online: bool = False
    """Whether any of its devices is connected."""
    role: ServerRole = "member"
    """What it may do on the whole server."""
    channel_role: ChannelRole = "member"
    """What it may do in this conversation."""
    display: str = ""
    """What it is shown as; empty: its name."""
    state: Availability = "online"
    """How it wants to be met, while it is connected."""


class ChannelSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A public channel in the list of channels."""

    id: ConversationNumber
    """Number of the conversation."""
    name: str
    """Its name, without `#`."""
    topic: str = ""
    """One line about it."""
    members: int = 0
    """Number of member accounts."""
    joined: bool = False
    """Whether the asker is one of them."""
    visibility: Visibility = "public"
    """Who finds it: others than public ones are listed for their members only."""
    archived: bool = False
    """Whether it is kept for reading only."""
