"""What can happen to a client's state, as values: the alphabet of the reducer. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from chat_core.client.state.model import LinkState, Remembered, Unsent
from chat_core.protocol.events import AccountEvent, ConversationEvent, Signal
from chat_core.protocol.requests.conversations import Members
from chat_core.protocol.requests.messages import Page
from chat_core.protocol.requests.presence import AboutPerson
from chat_core.protocol.requests.session import Resumed
from chat_core.protocol.requests.threads import ThreadPage
from chat_core.protocol.values import Account, Conversation, Message, Position, ThreadCount


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """Root of all inputs."""


class LinkMoved(Input, frozen=True, kw_only=True):
    """The connection is in another state."""

    link: LinkState
    """The new one."""


class SignedInAs(Input, frozen=True, kw_only=True):
    """The server said who one is. Another account than before: nothing of the old one is kept."""

    me: Account
    """Who."""
    server: str
    """Program and version of the server."""
    motd: str = ""
    """The server's message of the day."""


class WasRemembered(Input, frozen=True, kw_only=True):
    """An earlier run left its list of conversations: enough to write, nothing to read."""

    remembered: Remembered
    """The list."""


class EpochBegan(Input, frozen=True, kw_only=True):
    """The server named the life of its store (clients that do not resume)."""

    epoch: str
    """The one it is in."""


class RenamedMyself(Input, frozen=True, kw_only=True):
    """The server answered a renaming."""

    me: Account
    """Number and new name."""


class WasResumed(Input, frozen=True, kw_only=True):
    """A resume was answered: the list of conversations is this one now. Catch-ups are inputs of their own."""

    resumed: Resumed
    """The answer."""
    missed: tuple[AccountEvent, ...] = ()
    """What it says of the account's own log, decoded."""


class Opened(Input, frozen=True, kw_only=True):
    """One is a member of this conversation; a new one begins at its head."""

    conversation: Conversation
    """As the server sees it."""
    asked_at: int = 0
    """Where the account's log stood here when it was asked for: the answer is no older. 0: nobody knows."""


class Recounted(Input, frozen=True, kw_only=True):
    """The server has counted what is unread in some conversations."""

    conversations: tuple[Conversation, ...]
    """As it sees them, without who is online."""
    asked_at: int = 0
    """Where the account's log stood here when it was asked: the answer is no older. 0: nobody knows."""


class Gone(Input, frozen=True, kw_only=True):
    """One is no longer a member."""

    conversation: int
    """Of what."""


class Placed(Input, frozen=True, kw_only=True):
    """What follows is delivered from this position on; nothing before it is known."""

    position: Position
    """The last event that counts as handed over."""


class WasReset(Input, frozen=True, kw_only=True):
    """What was known of a conversation is worthless, or too old to be continued."""

    position: Position
    """Where it goes on."""
    reason: str
    """As in a catch-up's `reset`."""
    wall_ms: int
    """When, milliseconds since 1970."""


class EventsArrived(Input, frozen=True, kw_only=True):
    """Events of one conversation that continue its position without a hole."""

    conversation: int
    """Whose."""
    events: tuple[ConversationEvent, ...]
    """Oldest first; not empty."""
    live: bool
    """False while catching up."""
    keep: int | None = None
    """Most messages kept, for clients that show none; None: all."""


class AccountEventArrived(Input, frozen=True, kw_only=True):
    """An event of one's own account's log."""

    event: AccountEvent
    """The event."""


class SignalArrived(Input, frozen=True, kw_only=True):
    """Something ephemeral."""

    event: Signal
    """What."""
    now: float
    """Monotonic seconds."""
    wall_ms: int
    """Milliseconds since 1970."""


class LoadingMoved(Input, frozen=True, kw_only=True):
    """Fetching older messages began or ended."""

    conversation: int
    """Where."""
    loading: bool
    """Which of the two."""


class PageRead(Input, frozen=True, kw_only=True):
    """A page of history that ends right before what is known; `known_from` was the anchor."""

    page: Page
    """The page."""


class MembersRead(Input, frozen=True, kw_only=True):
    """The members of a conversation, all pages in one."""

    conversation: int
    """Whose."""
    members: Members
    """Who."""
    wall_ms: int
    """When that came, milliseconds since 1970."""


class ThreadRead(Input, frozen=True, kw_only=True):
    """A page of a thread: the newest one, or the one in front of what is known of it."""

    page: ThreadPage
    """The page."""


class ThreadClosed(Input, frozen=True, kw_only=True):
    """Nobody looks at a thread any more."""

    conversation: int
    """Where."""
    thread: int
    """seq of what it hangs on."""


class ThreadMarkedRead(Input, frozen=True, kw_only=True):
    """The user read a thread up to here."""

    conversation: int
    """Where."""
    thread: int
    """seq of what it hangs on."""
    seq: int
    """The last one."""


class ThreadsCounted(Input, frozen=True, kw_only=True):
    """The server counted what is new in the threads that one follows."""

    conversation: int | None
    """Where; None: everywhere."""
    counts: tuple[ThreadCount, ...]
    """Those that are followed there."""
    more: bool = False
    """Whether there are others besides."""
    settled: Mapping[tuple[int, int], int] = msgspec.field(default_factory=dict)
    """How far one had read in threads when it was asked, by conversation and thread; only where the server knew it."""


class MarkedRead(Input, frozen=True, kw_only=True):
    """The user read up to here."""

    conversation: int
    """Where."""
    seq: int
    """The last one."""


class BroadcastShown(Input, frozen=True, kw_only=True):
    """An announcement came while another conversation was on the screen, and is shown there too."""

    conversation: int
    """What was on the screen."""
    message: Message
    """The announcement."""


class AbsenceTold(Input, frozen=True, kw_only=True):
    """Somebody who was written to is away or busy."""

    conversation: int
    """The direct conversation with them."""
    about: AboutPerson
    """What they say of it."""
    wall_ms: int
    """When, milliseconds since 1970."""


class UnsentMoved(Input, frozen=True, kw_only=True):
    """The outbox holds other messages for a conversation."""

    conversation: int
    """Which one."""
    unsent: tuple[Unsent, ...]
    """In sending order."""


class GaveUp(Input, frozen=True, kw_only=True):
    """An own message can never be sent, and its conversation is gone."""

    unsent: Unsent
    """It."""
    target: str
    """What its conversation was called when it was written; empty: not known any more."""
    text: str
    """Why, for people."""


class TimePassed(Input, frozen=True, kw_only=True):
    """Time to forget who was typing."""

    now: float
    """Monotonic seconds."""
