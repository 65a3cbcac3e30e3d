"""What the server pushes, in the past tense. Three classes with different promises:

- conversation events are durable, numbered by `seq` in their conversation's log, and never lost;
- account events are durable, numbered by `seq` in the account's own log, the same for all its devices;
- signals are ephemeral: no number, not stored, the first to be dropped under pressure.

A client ignores kinds it does not know, but counts a durable one's seq.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from chat_core.protocol.values import (
    AccountNumber,
    ChannelRole,
    CidBytes,
    Conversation,
    ConversationNumber,
    EidBytes,
    Everyone,
    FileInfo,
    Met,
    Person,
    Rules,
    SanctionAct,
    SeqNumber,
    Style,
)


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """Root of everything that is pushed."""


class ConversationEvent(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A durable fact of a conversation."""

    conversation: ConversationNumber
    """Whose log it is in."""
    seq: SeqNumber
    """Its number there: 1, 2, 3 … without holes."""
    eid: EidBytes
    """Its id, 8 random bytes, which prove a position."""
    ts: int
    """When the server took it, in milliseconds since 1970-01-01 UTC."""
    author: AccountNumber
    """The account that did it."""
    name: str
    """That account's name when the event was pushed or read."""
    display: str = ""
    """What it was shown as then; empty: its name."""


class MessagePosted(ConversationEvent, frozen=True, kw_only=True, omit_defaults=True, tag="message_posted"):
    """A message was accepted."""

    cid: CidBytes
    """What its sender called it, so that the sender recognises its own."""
    body: str
    """The text as stored; empty in the log of a message that was deleted since."""
    style: Style = "text"
    """How it is drawn."""
    reply_to: int | None = None
    """seq of the message it answers."""
    file: FileInfo | None = None
    """The file that was sent with it; nil in the log of a message that was deleted since."""
    thread: int | None = None
    """seq of the message whose thread it is in: one more reply is folded into that one; nil: it is in none."""
    in_channel: bool = False
    """With `thread`: whether it stands in the conversation besides."""
    mentions: tuple[AccountNumber, ...] = ()
    """Members that it names; never its author."""
    everyone: Everyone = ""
    """Whom it calls besides."""
    bot: bool = False
    """Whether a program wrote it: a bot, or a webhook."""
    via: str = ""
    """What a webhook calls itself in this message; empty: nothing."""


class MessageEdited(ConversationEvent, frozen=True, kw_only=True, omit_defaults=True, tag="message_edited"):
    """The text of a message was replaced."""

    message: SeqNumber
    """seq of that message."""
    body: str
    """Its text from now on; empty where the message was deleted since, or is older than what one may read there."""
    mentions: tuple[AccountNumber, ...] = ()
    """Members that it names from now on."""
    everyone: Everyone = ""
    """Whom it calls from now on."""


class MessageDeleted(ConversationEvent, frozen=True, kw_only=True, omit_defaults=True, tag="message_deleted"):
    """The text of a message was dropped, for ever and everywhere; its place and its author stay."""

    message: SeqNumber
    """seq of that message."""


class ReactionAdded(ConversationEvent, frozen=True, kw_only=True, omit_defaults=True, tag="reaction_added"):
    """Somebody reacted to a message."""

    message: SeqNumber
    """seq of that message."""
    emoji: str
    """With what: an emoji in its full form."""


class ReactionRemoved(ConversationEvent, frozen=True, kw_only=True, omit_defaults=True, tag="reaction_removed"):
    """Somebody took a reaction back."""

    message: SeqNumber
    """seq of the message."""
    emoji: str
    """Which of theirs."""


class MessagePinned(ConversationEvent, frozen=True, kw_only=True, omit_defaults=True, tag="message_pinned"):
    """A message was pinned: it is one of those that are to be found at once."""

    message: SeqNumber
    """seq of that message."""


class MessageUnpinned(ConversationEvent, frozen=True, kw_only=True, omit_defaults=True, tag="message_unpinned"):
    """A message is pinned no more."""

    message: SeqNumber
    """seq of that message."""


MessageEvent = MessageEdited | MessageDeleted | ReactionAdded | ReactionRemoved | MessagePinned | MessageUnpinned
"""Events that are folded into the message that they are about."""


class TopicChanged(ConversationEvent, frozen=True, kw_only=True, omit_defaults=True, tag="topic_changed"):
    """The topic was set."""

    topic: str
    """The new one; empty: none."""


class RoleChanged(ConversationEvent, frozen=True, kw_only=True, omit_defaults=True, tag="role_changed"):
    """A member has another role in the channel."""

    account: AccountNumber
    """Which member."""
    account_name: str
    """Its name at that time."""
    role: ChannelRole
    """The new role."""


class RulesChanged(ConversationEvent, frozen=True, kw_only=True, omit_defaults=True, tag="rules_changed"):
    """Other rules hold in the channel."""

    rules: Rules
    """All of them, as they are now."""
    changed: tuple[str, ...]
    """Names of those that are new."""
    reason: str = ""
    """Why; may be empty."""


class MemberSanctioned(ConversationEvent, frozen=True, kw_only=True, omit_defaults=True, tag="member_sanctioned"):
    """Somebody was muted, kicked or banned in the channel, or may be back."""

    act: SanctionAct
    """What was done; never `warn`, which is told to the one concerned only."""
    account: AccountNumber
    """To whom."""
    account_name: str
    """Its name at that time."""
    until: int | None = None
    """When that ends by itself, in milliseconds since 1970-01-01 UTC; nil: never."""
    reason: str = ""
    """Why; may be empty."""
    automatic: bool = False
    """Whether a rule of the server did it; `author` is the one concerned then."""


class MembersAdded(ConversationEvent, frozen=True, kw_only=True, omit_defaults=True, tag="members_added"):
    """Somebody began a group, or brought more people into it."""

    people: tuple[Person, ...]
    """Whom; in the first event of a group everybody but its author."""


class MemberLeft(ConversationEvent, frozen=True, kw_only=True, omit_defaults=True, tag="member_left"):
    """Its author has left the group."""


GroupEvent = MembersAdded | MemberLeft
"""Events that say who is in a group."""


class UnknownConversationEvent(ConversationEvent, frozen=True, kw_only=True, omit_defaults=True, tag="unknown"):
    """Stands for a durable event of a kind this version does not know; never sent, only counted."""


class AccountEvent(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A durable fact of one account, pushed to its devices only."""

    seq: SeqNumber
    """Its number in the account's log; older `read_marker_moved` ones are dropped, so a page may skip numbers."""


class ConversationJoined(AccountEvent, frozen=True, kw_only=True, omit_defaults=True, tag="conversation_joined"):
    """The account is now a member: it joined, or somebody opened a direct conversation or a group with it."""

    conversation: Conversation
    """The conversation as of the join; its events follow from `head + 1` on connections that follow everything."""


class ConversationLeft(AccountEvent, frozen=True, kw_only=True, omit_defaults=True, tag="conversation_left"):
    """The account is no longer a member."""

    conversation: ConversationNumber
    """Which one."""
    last: int
    """seq of the last event it may read."""
    reason: Literal["left", "kicked", "banned", "deleted"] = "left"
    """Why; `deleted`: the channel is gone for everybody, with all that was said there."""
    name: str = ""
    """Who decided it, if it was not the account itself; empty: that, or the server."""
    text: str = ""
    """What they gave as the reason."""
    until: int | None = None
    """With `banned`: when that ends by itself, in milliseconds since 1970-01-01 UTC; nil: when it is lifted."""


class ReadMarkerMoved(AccountEvent, frozen=True, kw_only=True, omit_defaults=True, tag="read_marker_moved"):
    """A device of this account read further, or says that it is unread from somewhere on."""

    conversation: ConversationNumber
    """Which one."""
    read: int
    """Everything up to this seq was read."""
    back: bool = False
    """Whether the marker went back; else one that is older than what a device knows changes nothing there."""


class ConversationQuieted(AccountEvent, frozen=True, kw_only=True, omit_defaults=True, tag="conversation_quieted"):
    """The account wants to hear of a conversation only where it is named, or of everything again."""

    conversation: ConversationNumber
    """Which one."""
    quiet: bool
    """False: of everything again."""


class ThreadMarked(AccountEvent, frozen=True, kw_only=True, omit_defaults=True, tag="thread_marked"):
    """The account follows a thread, or no longer, or has read further in it; takes the place of the one before."""

    conversation: ConversationNumber
    """Where the thread is."""
    thread: SeqNumber
    """seq of the message that it hangs on."""
    following: bool
    """Whether the account follows it."""
    read: int
    """What is in it up to this seq was read."""


class Invited(AccountEvent, frozen=True, kw_only=True, omit_defaults=True, tag="invited"):
    """Somebody invited the account to a channel: it may `join` now."""

    conversation: ConversationNumber
    """To which one."""
    channel: str
    """What that is called, without `#`."""
    name: str
    """Who invites."""


class AccountSanctioned(AccountEvent, frozen=True, kw_only=True, omit_defaults=True, tag="account_sanctioned"):
    """The account was warned, or muted on the whole server, or no longer is."""

    act: Literal["warn", "mute", "unmute"]
    """What was done."""
    conversation: ConversationNumber | None = None
    """With `warn`: where; nil: on the whole server."""
    name: str = ""
    """Who did it; empty: the server itself."""
    until: int | None = None
    """When that ends by itself, in milliseconds since 1970-01-01 UTC; nil: when it is lifted."""
    reason: str = ""
    """Why."""


class IgnoreChanged(AccountEvent, frozen=True, kw_only=True, omit_defaults=True, tag="ignore_changed"):
    """The account ignores somebody from now on, or no longer."""

    account: AccountNumber
    """Whom."""
    ignored: bool = True
    """Which of the two."""


class PrivateChatChanged(AccountEvent, frozen=True, kw_only=True, omit_defaults=True, tag="private_chat_changed"):
    """A private chat was asked for, begun, declined or ended; both accounts are told."""

    conversation: ConversationNumber
    """The direct conversation of the two."""
    number: int
    """Number of the private chat."""
    act: Literal["asked", "begun", "declined", "ended"]
    """What was done."""
    name: str
    """The other one's name at that time."""
    own: bool = False
    """Whether this account did it, on whatever device; False: the other one."""


class BookmarkChanged(AccountEvent, frozen=True, kw_only=True, omit_defaults=True, tag="bookmark_changed"):
    """The account has a bookmark at a message, or no longer."""

    conversation: ConversationNumber
    """Where the message is."""
    message: SeqNumber
    """Its seq."""
    kept: bool
    """Which of the two."""


class Signal(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Ephemeral: may be dropped, is never stored."""


class Typing(Signal, frozen=True, kw_only=True, omit_defaults=True, tag="typing"):
    """Somebody is writing, or has stopped."""

    conversation: ConversationNumber
    """Where."""
    account: AccountNumber
    """Who."""
    name: str
    """Their name."""
    display: str = ""
    """What they are shown as; empty: their name."""
    active: bool = True
    """False: stopped. Without news it fades after 6 seconds."""


class MembersChanged(Signal, frozen=True, kw_only=True, omit_defaults=True, tag="members_changed"):
    """Members came, went, connected or disconnected: aggregated, at most one a second and conversation."""

    conversation: ConversationNumber
    """Where."""
    rev: int
    """Grows with each; one missed means the list must be asked for again."""
    members: int
    """Number of member accounts now."""
    online: int
    """Number of those that are connected now."""
    joined: tuple[str, ...] = ()
    """Some names that became members (8 at most)."""
    left: tuple[str, ...] = ()
    """Some names that left (8 at most)."""
    came: tuple[str, ...] = ()
    """Some names that connected (8 at most)."""
    went: tuple[str, ...] = ()
    """Some names that disconnected (8 at most)."""
    met: tuple[Met, ...] = ()
    """Some members that want to be met otherwise now, or came back and are away (8 at most)."""
    more_met: bool = False
    """Whether there are more of these than are told: the list must be asked for again."""


class AccountRenamed(Signal, frozen=True, kw_only=True, omit_defaults=True, tag="account_renamed"):
    """An account has another name, or is shown as something else; its messages show that from now on."""

    account: AccountNumber
    """Who."""
    name: str
    """Its name from now on."""
    display: str = ""
    """What it is shown as from now on; empty: its name."""


class Lagging(Event, frozen=True, kw_only=True, omit_defaults=True, tag="lagging"):
    """This connection was too slow: the conversation is no longer pushed to it until it attaches again."""

    conversation: ConversationNumber
    """Which one."""
    head: int
    """seq of its newest event at that time."""


EVENTS: Final[tuple[type[Event], ...]] = (
    MessagePosted,
    MessageEdited,
    MessageDeleted,
    ReactionAdded,
    ReactionRemoved,
    MessagePinned,
    MessageUnpinned,
    TopicChanged,
    RoleChanged,
    RulesChanged,
    MemberSanctioned,
    MembersAdded,
    MemberLeft,
    ConversationJoined,
    ConversationLeft,
    ReadMarkerMoved,
    ThreadMarked,
    ConversationQuieted,
    Invited,
    AccountSanctioned,
    PrivateChatChanged,
    IgnoreChanged,
    BookmarkChanged,
    Typing,
    MembersChanged,
    AccountRenamed,
    Lagging,
)
"""Every kind that travels, in the order of the documentation."""
