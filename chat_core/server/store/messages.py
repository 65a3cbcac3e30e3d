"""Messages as values: ops of the store that say, change and read them, and what it tells of them. Knows no SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chat_core.base.ids import AccountId, Cid, ConversationId
from chat_core.protocol.events import ConversationEvent
from chat_core.protocol.values import FileInfo, Message, Style
from chat_core.server.store.bounds import Bounds


@dataclass(frozen=True, slots=True)
class AppendMessage:
    """Store one message.

    Outcome: `reply` is `Posted`-shaped `(conversation, seq, ts, duplicate)`; one `MessagePosted`, unless it is a
    duplicate: then the numbers are those of the first time and there is no event. The author's own read marker
    moves to its message when nothing unread lies between. One in a thread raises the numbers of its root, lets its
    author and that of the root follow the thread (a `ThreadMarked` for each), and without `in_channel` it is
    unread nowhere else.
    Refused: `not_member`, `no_conversation`, `not_allowed`, `cid_reused` (same cid, other digest), `unknown_prev`,
    `no_message` (reply_to or thread names no message, or one that was deleted), `muted`, `locked`, `archived`,
    `slow_mode`; and `Moderated`. A rule that only warns lets the message through: then there is an
    `AccountSanctioned` besides.
    """

    account: AccountId
    conversation: int | str
    """Number, `#channel` or `@user`; the digest is over the resolved number."""
    cid: Cid
    prev: Cid | None
    body: str
    """Cleaned."""
    raw: str
    """As received: what the digest covers, with conversation, style and reply_to."""
    style: Style
    reply_to: int | None
    ts: int
    thread: int | None = None
    """seq of the message whose thread it is for; the digest covers it and `in_channel`."""
    in_channel: bool = False
    via: str = ""
    """What a webhook calls itself in this message, cleaned; empty: nothing."""
    broadcast: bool = False
    """Whether it may go into the announcements: the caller has seen that its author may write there."""
    file: FileInfo | None = None
    """What hangs on it: its bytes are on disk already."""
    here: frozenset[AccountId] | None = None
    """Who is here, where it says `@here`; None: nobody knows, so it calls everybody."""


@dataclass(frozen=True, slots=True)
class EditMessage:
    """Replace the text of a message.

    Outcome: `reply` is `(conversation, seq, ts, duplicate)` of the `MessageEdited`; where the message has that text
    already, there is no event and the numbers are those of the last event folded into it.
    Refused: `not_member`, `no_conversation`, `no_message` (also: it was deleted), `not_allowed` (it is somebody
    else's, or an announcement).
    """

    account: AccountId
    conversation: int | str
    seq: int
    body: str
    """Cleaned."""
    ts: int
    within_s: int = 0
    """Time for that after it was sent; 0: for ever. Who keeps order there need not mind."""
    here: frozenset[AccountId] | None = None
    """As of `AppendMessage`."""


@dataclass(frozen=True, slots=True)
class DeleteMessage:
    """Drop the text of a message wherever it is kept: in the message, in its events, and the digest of its cid.

    Outcome: `reply` is `(conversation, seq, ts, duplicate)` of the `MessageDeleted`; where it was deleted before,
    there is no event and the numbers are those of the first time. The cid stays: a repeated send gets its first
    answer, whatever it says.
    Refused: as for `EditMessage`, but that a deleted message is no fault, and who keeps order deletes others', audited.
    """

    account: AccountId
    conversation: int | str
    seq: int
    ts: int
    within_s: int = 0
    """As above."""


@dataclass(frozen=True, slots=True)
class MoveReadMarker:
    """Move a read marker forward, at most to the head, and past own messages that follow at once.

    Outcome: `reply` None; a `ReadMarkerMoved` unless nothing changed. Refused: `not_member`, `no_conversation`.
    """

    account: AccountId
    conversation: int | str
    seq: int
    back: bool = False
    """Whether it may go back: then it is put to this very seq, and there is an event even where it was there."""


MessageOp = AppendMessage | EditMessage | DeleteMessage | MoveReadMarker


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Messages, oldest first."""

    messages: Sequence[Message]
    at_start: bool
    at_end: bool


class MessageReads(Protocol):
    """What a `Reader` tells of messages, and of the log that they stand in."""

    def events(self, conversation: ConversationId, after: int, upto: int, limit: int) -> Sequence[ConversationEvent]:
        """Return `after < seq <= upto`, oldest first, at most `limit` some PAGE_BYTES (but at least one)."""
        ...

    def eids_at(self, places: Iterable[tuple[int, int]]) -> Mapping[tuple[int, int], bytes]:
        """Return the ids of events, by conversation and seq; what is not there is missing."""
        ...

    def history(
        self,
        conversation: ConversationId,
        anchor: str,
        seq: int,
        limit: int,
        bounds: Bounds,
        asker: AccountId | None = None,
    ) -> MessagePage:
        """Return a page of messages, cut to about PAGE_BYTES of bodies on the side away from the anchor.

        Args:
            anchor: `latest`, `before`, `after`, `around` as in the request `history`.
            bounds: what may be read.
            asker: whose reactions are told of as their own; None: nobody's.
        """
        ...
