"""Actions that put something on a message besides its text: reactions, a pin, a bookmark."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from chat_core.protocol.reactions import Reaction
from chat_core.protocol.values import Message
from chat_tui.actions.action import Acting, Subject, action, sent, sent_text
from chat_tui.commands.context import Answer

if TYPE_CHECKING:
    from chat_core.protocol.requests.marks import Bookmarked


THUMB = "👍"


def _reactions(subject: Subject) -> tuple[Reaction, ...]:
    return subject.message.reactions if isinstance(subject.message, Message) else ()


def _has_reactions(subject: Subject) -> str:
    return sent_text(subject) or ("" if _reactions(subject) else "Nobody has reacted to this message yet.")


def _may_pin(subject: Subject) -> str:
    may = subject.conversation.info.personal or subject.keeps_order
    return sent_text(subject) or (
        ""
        if may
        else f"Only operators of {subject.conversation.target} and moderators of this server pin messages there."
    )


@action("react", key=":", label="react", when=sent_text)
def react(acting: Acting) -> None:
    """React to it with an emoji; with one that you reacted with already: take that back."""
    acting.hands.choose_emoji(partial(toggle, acting))


@action("thumb", key="+", label="thumbs up", when=sent_text)
def thumb(acting: Acting) -> None:
    """React to it with thumbs up, or take that back."""
    toggle(acting, THUMB)


@action("join_in", key="=", label="join in", when=_has_reactions)
def join_in(acting: Acting) -> None:
    """Join the first reaction that is not yours yet; if all are, take the first one back."""
    there = _reactions(acting.subject)
    toggle(acting, next((each.emoji for each in there if not each.mine), there[0].emoji))


@action("pin", key="p", label="pin", when=_may_pin)
def pin(acting: Acting) -> None:
    """Pin it for everybody here, or pin it no more."""
    from chat_core.protocol.requests.marks import Pin

    subject = acting.subject
    pinned = isinstance(subject.message, Message) and subject.message.pinned
    request = Pin(conversation=subject.conversation.id, seq=subject.seq, on=not pinned)
    acting.hands.call(request, "It is pinned no more." if pinned else "Pinned: /pins lists it.")


@action("bookmark", key="*", label="bookmark", when=sent)
def bookmark(acting: Acting) -> None:
    """Put a bookmark of yours there, which nobody else sees; again: take it away."""
    from chat_core.protocol.requests.marks import Bookmark

    conversation, seq = acting.subject.conversation.id, acting.subject.seq

    def tell(replies: Sequence[Bookmarked]) -> Answer:
        if not replies[0].duplicate:
            return Answer("Bookmarked: /bookmarks lists it.")
        # Only the server knows what was put there earlier, or on another device.
        acting.hands.call(Bookmark(conversation=conversation, seq=seq, on=False), "The bookmark is gone.")
        return Answer("It has a bookmark: taking it away.")

    acting.hands.look_up([Bookmark(conversation=conversation, seq=seq)], tell)


@action("mark", key="m", label="mark", when=sent)
def mark(acting: Acting) -> None:
    """Put a mark there, under the next free letter; /mark NAME gives it a name."""
    acting.hands.run("/mark")


def toggle(acting: Acting, emoji: str) -> None:
    """React to it, or take that back."""
    from chat_core.protocol.requests.marks import React

    subject = acting.subject
    mine = any(each.emoji == emoji and each.mine for each in _reactions(subject))
    acting.hands.call(React(conversation=subject.conversation.id, seq=subject.seq, emoji=emoji, on=not mine), "")
