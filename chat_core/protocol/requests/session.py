"""Opening a connection: hello, sign in, resume and attach. Nothing in it needs a computed answer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from chat_core.protocol.limits import MAX_NUMBER, POSITIONS_PER_RESUME, Limits, Rates
from chat_core.protocol.requests.base import Reply, Request
from chat_core.protocol.requests.marks import BookmarkedSeqs
from chat_core.protocol.values import Account, AccountNumber, Conversation, ConversationNumber, Position, SeqOrNone


class Welcome(Reply, frozen=True, kw_only=True):
    """What the server is and what it allows."""

    protocol: int
    """Version the server will speak on this connection."""
    server: str
    """Program and version, for people and logs only."""
    epoch: str
    """Names the life of the store: seqs and positions mean something within one epoch only."""
    limits: Limits
    """The bounds a client must keep to."""
    registration: Literal["name", "open", "invite", "allowlist", "closed"] = "name"
    """How a new account is made from where the client is: `name`: a name is enough; `open`: with a password; `invite`:
    with a password and an invite; `allowlist`: under listed names only; `closed`: not at all."""
    guests: bool = False
    """Whether one can be a guest, without an account that lasts."""
    capabilities: tuple[str, ...] = ()
    """Optional features the server has."""
    rates: Rates | None = None
    """How fast this connection may ask; nil: nobody counts."""
    motd: str = ""
    """Message of the day: one line for people, to be shown at sign-in; empty: none."""


class Hello(Request[Welcome], frozen=True, kw_only=True, tag="hello"):
    """The first request of a connection."""

    protocol: int
    """Version of the protocol the client speaks."""
    client: Annotated[str, Meta(max_length=64)] = ""
    """Program and version, for people and logs only."""
    capabilities: Annotated[tuple[Annotated[str, Meta(max_length=32)], ...], Meta(max_length=64)] = ()
    """Optional features the client has."""


class SignedIn(Reply, frozen=True, kw_only=True):
    """The connection now acts for this account."""

    account: Account
    """Who one is."""
    created: bool = False
    """Whether the account was made just now."""
    device: int | None = None
    """Number of the device that the connection belongs to; nil: none, a name was enough."""
    token: str = ""
    """With it, this device signs in from now on; told once, when the device is made. Keep it as you keep a password."""


class SignIn(Request[SignedIn], frozen=True, kw_only=True, tag="sign_in"):
    """Find or make the account of that name, where a name is enough; a name that has a password asks for it, always."""

    name: Annotated[str, Meta(max_length=128)]
    """The wanted name."""


class CatchUp(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """What happened in one conversation since a position, complete up to `head` or saying otherwise.

    Exactly one of three holds: `gone` is set; or `reset` is set (drop what you have and read a page of history); or
    `events` continue the position, and `more` says that the rest up to `head` is to be asked for with `read_events`.
    """

    conversation: ConversationNumber
    """Which one."""
    head: int = 0
    """seq of the newest event at the attach; pushes go on from `head + 1`."""
    eid: bytes = b""
    """Id of that event (8 bytes)."""
    events: tuple[dict[str, Any], ...] = ()
    """Conversation events as in a push, oldest first, without a hole from the position on."""
    more: bool = False
    """Whether events up to `head` are missing behind the last of `events`."""
    reset: Literal["", "new", "epoch", "rewound", "far_behind"] = ""
    """Why the position is worthless: `new`: none was given; `epoch`: the store is another one;
    `rewound`: the log is shorter than, or differs from, what the client has; `far_behind`: asked for by the client."""
    gone: Literal["", "left", "kicked", "banned", "deleted"] = ""
    """Why the conversation is no longer readable."""
    name: str = ""
    """With `kicked`, `banned` and `deleted`: who decided it; empty: the server itself."""
    text: str = ""
    """What they gave as the reason."""
    until: int | None = None
    """With `banned`: when that ends by itself, in milliseconds since 1970-01-01 UTC; nil: when it is lifted."""


class Resumed(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """All that is needed to go on where one was."""

    epoch: str
    """The store's life; another one than the client's means that everything was reset."""
    seq: int
    """Position in the account's log that this answer brings the client to."""
    conversations: tuple[Conversation, ...]
    """Every conversation the account is a member of, as of now, ordered by id."""
    catch_ups: tuple[CatchUp, ...]
    """One for each of these, and one (`gone`) for each position in a conversation one is no longer in."""
    ignored: tuple[AccountNumber, ...] = ()
    """Whom the account ignores: what they say is for a client to fold away, and counts nowhere."""
    bookmarks: tuple[BookmarkedSeqs, ...] = ()
    """At which messages the account has bookmarks, by conversation; also where it is not any more."""
    missed: tuple[dict[str, Any], ...] = ()
    """Of the account's own log behind the position that was named: the newest invitations that still hold, warnings and
    mutes, as they would have been pushed; and, of conversations for which no position was named, the newest
    `conversation_left` by which one was put out. At most 50."""


class Resume(Request[Resumed], frozen=True, kw_only=True, tag="resume"):
    """Attach this connection to all conversations of the account, also to those it will join, and catch up."""

    epoch: str = ""
    """The epoch of the positions; empty: none."""
    seq: SeqOrNone = 0
    """Position in the account's log."""
    positions: Annotated[tuple[Position, ...], Meta(max_length=POSITIONS_PER_RESUME)] = ()
    """What the client has of each conversation."""
    far_behind: Annotated[int, Meta(ge=0, le=MAX_NUMBER)] = 0
    """Answer `reset: far_behind` where more events than this are missing; 0: never."""


class Attach(Request[CatchUp], frozen=True, kw_only=True, tag="attach"):
    """Attach this connection to one conversation (again), and catch up there."""

    position: Position
    """What the client has; seq 0: everything is wanted from the beginning."""
    epoch: str = ""
    """The epoch of the position; empty: it is not checked."""
    live_only: bool = False
    """Ignore the position: only what comes from now on (answered with `reset: new`)."""


REQUESTS = (Hello, SignIn, Resume, Attach)
