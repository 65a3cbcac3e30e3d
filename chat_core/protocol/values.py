"""The nouns of the protocol: accounts, conversations, messages, positions. Frozen; unknown fields are ignored."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chat_core.base.ids import CID_BYTES, EID_BYTES
from chat_core.protocol.limits import FILE_NAME_CHARS, FILE_TYPE_CHARS, MAX_NUMBER
from chat_core.protocol.reactions import Reaction

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

ConversationKind = Literal["channel", "direct", "group", "announcements"]
"""`group` is one of a few people, without a name; `announcements` the one conversation that every account reads and
only the server's own people write."""

Style = Literal["text", "action"]
"""`action` is what `/me` makes: "ann waves"."""


ServerRole = Literal["guest", "member", "moderator", "owner"]
"""What an account may do on the whole server, from least to most."""

ChannelRole = Literal["member", "voice", "operator"]
"""What an account may do in one channel, from least to most."""


Visibility = Literal["public", "unlisted", "invite"]
"""Who finds a channel: `public`: everybody, and all may read it; `unlisted`: who knows its name may join; `invite`:
who was invited. Of the last two, somebody who is no member is told what is told of a channel that does not exist."""

SanctionKind = Literal["mute", "ban"]
"""What lasts: `mute`: may not write; `ban`: may not be there."""

SanctionAct = Literal["warn", "mute", "unmute", "kick", "ban", "unban"]
"""What is done to somebody to keep order."""

DmPolicy = Literal["open", "request", "closed"]
"""Who may write to an account privately: `open`: everybody; `request`: only in a private chat, which it accepts or
declines; `closed`: nobody."""

Availability = Literal["online", "away", "busy"]
"""How somebody wants to be met who is connected."""

Everyone = Literal["", "here", "channel"]
"""Whom a message calls besides those it names: `channel`: every member, `here`: every member, but it is worth a sound
to those only who are connected; empty: nobody."""

Reason = Annotated[str, Meta(max_length=400)]
"""Why somebody did something, one line for people; it is cleaned."""


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


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Who somebody is: the number stays, the name may change."""

    id: AccountNumber
    """Number of the account."""
    name: str
    """Its name at the time of the answer."""
    role: ServerRole = "member"
    """What it may do on the whole server."""
    display: str = ""
    """What it is shown as, in its own spelling; empty: its name."""
    bot: bool = False
    """Whether it belongs to a program."""


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """A place in a conversation's log: the last event one has, proved by that event's id."""

    conversation: ConversationNumber
    """Whose log."""
    seq: SeqOrNone
    """Number of the last event one has; 0: none."""
    eid: Annotated[bytes, Meta(max_length=EID_BYTES)] = b""
    """First 8 bytes of that event's id; empty with seq 0, or when it is not known."""


class Person(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who somebody is, as short as can be."""

    account: AccountNumber
    """Number of the account."""
    name: str
    """Its name at that time."""
    display: str = ""
    """What it was shown as; empty: its name."""


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
    """Messages by others behind the read marker; not those that were deleted."""
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


SHA256_BYTES = 32
FileSize = Annotated[int, Meta(ge=0, le=MAX_NUMBER)]
FileName = Annotated[str, Meta(min_length=1, max_length=FILE_NAME_CHARS)]
FileHash = Annotated[bytes, Meta(min_length=SHA256_BYTES, max_length=SHA256_BYTES)]
FileType = Annotated[str, Meta(max_length=FILE_TYPE_CHARS)]
"""A media type, as its sender calls it: nobody looks into the file."""


class FileInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A file that hangs on a message. Its bytes are read with `fetch`."""

    name: FileName
    """What its sender called it: without a folder; not safe to write to a disk under that name unseen."""
    size: FileSize
    """Its length in bytes."""
    type: FileType
    """What is in it, by its sender's word."""
    sha256: FileHash
    """SHA-256 of all its bytes."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it stands now: all events up to `changed` are folded in."""

    seq: SeqNumber
    """Its address is `conversation:seq`."""
    changed: SeqNumber
    """seq of the last event folded in; events on this message with a seq up to it must be ignored."""
    ts: int
    """When the server took it: milliseconds since 1970-01-01 UTC. Shown, never used for order."""
    author: AccountNumber
    """Account that wrote it."""
    name: str
    """That account's name when the page was read."""
    display: str = ""
    """What it was shown as then; empty: its name."""
    body: str
    """The text as stored; empty once it was deleted."""
    style: Style = "text"
    """How it is drawn."""
    reply_to: int | None = None
    """seq of the message it answers."""
    edits: int = 0
    """How often its text was changed."""
    deleted: bool = False
    """Whether it was deleted: its text is gone, its place and its author stay."""
    file: FileInfo | None = None
    """The file that was sent with it; gone when it is deleted."""
    thread: int | None = None
    """seq of the message whose thread it is in; nil: it is in none."""
    in_channel: bool = False
    """With `thread`: whether it stands in the conversation besides."""
    replies: int = 0
    """Messages in its own thread; deleted ones keep their place and count."""
    last_reply: int = 0
    """When the newest of them was taken, in milliseconds since 1970-01-01 UTC; 0: there is none."""
    mentions: tuple[AccountNumber, ...] = ()
    """Members that it names, when it was stored; never its author."""
    everyone: Everyone = ""
    """Whom it calls besides."""
    bot: bool = False
    """Whether a program wrote it: a bot, or a webhook."""
    via: str = ""
    """What a webhook calls itself in this message, to be shown in place of the account's name; empty: nothing."""
    reactions: tuple[Reaction, ...] = ()
    """What was reacted to it, in the order in which each emoji came; a deleted message has none."""
    pinned: bool = False
    """Whether it is pinned."""

    @property
    def aside(self) -> bool:
        """Whether it stands in its thread only: it is no line of the conversation and never unread there."""
        return self.thread is not None and not self.in_channel


class Met(msgspec.Struct, frozen=True, kw_only=True):
    """How one account wants to be met from now on."""

    account: AccountNumber
    """Which one."""
    state: Availability
    """How."""


class PrivateChat(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A numbered interval over a direct conversation, or the request for one."""

    number: int
    """Its number, on the whole server."""
    conversation: ConversationNumber
    """The direct conversation of the two."""
    account: AccountNumber
    """The other one."""
    name: str
    """Their name."""
    asked: int
    """When it was asked for, in milliseconds since 1970-01-01 UTC."""
    mine: bool = False
    """Whether one asked for it oneself."""
    begun: bool = False
    """Whether it goes on; False: it waits for an answer."""


class SearchHit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message that a search found."""

    conversation: ConversationNumber
    """Number of the conversation it is in."""
    target: str
    """That conversation spelled as a TARGET, as the asker calls it: `#general`, `@ann`."""
    message: Message
    """The message as it stands now."""
    spans: tuple[tuple[int, int], ...] = ()
    """What of its body was looked for: pairs of the first character and the one behind the last, counted in Unicode
    code points from 0; in order, without overlaps."""


class ThreadSummary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A thread as one account stands to it."""

    conversation: ConversationNumber
    """Where it is."""
    root: Message
    """The message that it hangs on, as it stands now."""
    following: bool = False
    """Whether the account follows it."""
    read: int = 0
    """Own read marker in it: what is in it up to this seq was read."""
    unread: int = 0
    """Messages by others in it behind that which were not deleted; of a thread that is not followed: 0."""


class ThreadCount(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is new in a thread that an account follows."""

    conversation: ConversationNumber
    """Where it is."""
    thread: SeqNumber
    """seq of the message that it hangs on."""
    read: int = 0
    """Own read marker in it."""
    unread: int = 0
    """Messages by others in it behind that which were not deleted."""
    mentions: int = 0
    """Those among them that call the account and stand in the thread only: others count in the conversation."""


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


class Sanction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A mute or a ban that is in force."""

    id: int
    """Its number."""
    kind: SanctionKind
    """Which of the two."""
    conversation: int | None = None
    """Where; nil: on the whole server."""
    account: int | None = None
    """Whom it concerns; nil: an address."""
    name: str = ""
    """That account's name."""
    address: str = ""
    """The address it concerns: one of IPv4, or 64 bits of IPv6."""
    until: int | None = None
    """When it ends by itself, in milliseconds since 1970-01-01 UTC; nil: when it is lifted."""
    reason: str = ""
    """Why."""
    by: str = ""
    """Name of who decided it; empty: the server itself."""
    ts: int = 0
    """When, in milliseconds since 1970-01-01 UTC."""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A device of one's own account."""

    id: int
    """Its number."""
    label: str
    """What it is called."""
    made: int
    """When it signed in first, milliseconds since 1970."""
    used: int
    """When it signed in last, about."""
    here: bool = False
    """Whether it is the one that asks."""
    online: bool = False
    """Whether it is connected."""


class AccountDetails(msgspec.Struct, frozen=True, kw_only=True):
    """An account as the people who run the server see it."""

    account: Account
    """Who."""
    registered: bool = False
    """Whether it has a password."""
    disabled: bool = False
    """Whether it may not sign in."""
    seen: int = 0
    """When it signed in last, about; milliseconds since 1970; 0: never since that is noted."""
    online: bool = False
    """Whether it is connected."""
    devices: int = 0
    """Number of its devices."""


class InviteDetails(msgspec.Struct, frozen=True, kw_only=True):
    """An invite that can still be used. Its code is known to whoever was given it only."""

    id: int
    """Its number."""
    uses: int | None = None
    """How many accounts can still be made with it; nil: any number."""
    expires: int | None = None
    """When it ends, milliseconds since 1970; nil: never."""
    made: int
    """When it was made, milliseconds since 1970."""
    by: str = ""
    """Name of the account that made it; empty: the server itself, or its command line."""


class AuditedAct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An act of privilege, as the audit log tells of it."""

    number: int
    """Its number there."""
    ts: int
    """When, in milliseconds since 1970-01-01 UTC."""
    actor: str
    """Name of who did it; `server`: no account."""
    act: str
    """What, in a word."""
    target: str
    """To whom or to what."""
    detail: str = ""
    """With what."""


class ModerationSetting(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A setting as it holds in a channel."""

    name: str
    """What `set_moderation` calls it."""
    value: str
    """What it is."""
    own: bool = False
    """Whether the channel set it; else it is as on the server."""
