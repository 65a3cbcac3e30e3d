"""Private chats: numbered intervals over direct conversations; and who may write to an account privately."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chat_core.protocol.limits import MAX_NUMBER
from chat_core.protocol.requests.base import Done, Reply, Request
from chat_core.protocol.requests.conversations import WantedName
from chat_core.protocol.values import Conversation, DmPolicy, PrivateChat

ChatNumber = Annotated[int, Meta(ge=0, le=MAX_NUMBER)]


class AboutChat(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """A private chat, and where it takes place."""

    chat: PrivateChat
    """It."""
    conversation: Conversation
    """The direct conversation of the two."""


class RequestChat(Request[AboutChat], frozen=True, kw_only=True, tag="request_chat"):
    """Ask somebody for a private chat. It begins at once if their policy is `open`, or if they have asked, too.

    Each account has one private chat at a time: `unavailable` if one of the two has one, or if the other is not online.
    Another request of one's own that waits for an answer is withdrawn. Asking again is answered the same.
    """

    account: WantedName
    """Their name, with or without `@`."""


class AnswerChat(Request[Done], frozen=True, kw_only=True, tag="answer_chat"):
    """Accept or decline somebody's request for a private chat; to decline what is not there is no fault."""

    account: WantedName
    """Who asked, with or without `@`."""
    accept: bool
    """Which of the two."""


class EndChat(Request[Done], frozen=True, kw_only=True, tag="end_chat"):
    """End one's private chat for both, or withdraw a request for one; what was said stays. Safe to repeat."""

    number: ChatNumber = 0
    """Which; 0: the one that goes on, if one does."""


class Chats(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """One's private chat and requests."""

    number: int = 0
    """Number of the private chat that goes on; 0: one is free."""
    chats: tuple[PrivateChat, ...] = ()
    """It, and requests that wait for an answer, oldest first; at most 50."""
    policy: DmPolicy = "open"
    """Who may write to one privately."""


class ListChats(Request[Chats], frozen=True, kw_only=True, tag="list_chats"):
    """List one's private chat, and the requests that wait for an answer: one's own, and those by others."""


class SetDmPolicy(Request[Done], frozen=True, kw_only=True, tag="set_dm_policy"):
    """Say who may write to one privately; a private chat that goes on stays."""

    policy: DmPolicy
    """From now on."""


class SetIgnored(Request[Done], frozen=True, kw_only=True, tag="set_ignored"):
    """Ignore somebody, or no longer: to them it is as if one's policy were `closed`. They are not told.

    What they write, and wrote, is neither unread nor a mention.
    """

    account: WantedName
    """Their name, with or without `@`."""
    ignored: bool
    """False: no longer."""


class Ignored(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """Whom one ignores."""

    names: tuple[str, ...] = ()
    """Their names, sorted."""


class ListIgnored(Request[Ignored], frozen=True, kw_only=True, tag="list_ignored"):
    """List whom one ignores."""


REQUESTS = (RequestChat, AnswerChat, EndChat, ListChats, SetDmPolicy, SetIgnored, ListIgnored)
"""This domain's requests, in the order of the documentation."""
