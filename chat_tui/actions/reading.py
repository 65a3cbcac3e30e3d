"""Actions that change nothing for others: copying, links, what is unread, details."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from chat_core.protocol.values import Message
from chat_tui.actions.action import Acting, Subject, action, always, has_text, sent, sent_text
from chat_tui.commands.context import Answer
from chat_tui.views.clean import drawable, drawable_line
from chat_tui.views.inline import marks
from chat_tui.views.programs import author_of

if TYPE_CHECKING:
    from chat_core.protocol.requests.base import Request
    from chat_core.protocol.requests.marks import Reactors
    from chat_core.protocol.requests.messages import Versions


def links(text: str) -> list[str]:
    """Return the addresses in a text, each once."""
    found = (mark.link for mark in marks(drawable(text), "") if mark.link)
    return list(dict.fromkeys(found))


def _has_link(subject: Subject) -> str:
    if isinstance(subject.message, Message) and subject.message.file is not None:
        return ""
    found = links(subject.message.body)
    return has_text(subject) or ("" if found else "There is no link and no file in this message.")


_EXCERPT = 200
"""Characters of an earlier text that are shown."""


@action("copy", key="y", label="copy", when=has_text)
def copy(acting: Acting) -> None:
    """Copy its text."""
    acting.hands.copy(acting.subject.message.body, "the text")


@action("link", key="l", label="copy link", when=sent)
def link(acting: Acting) -> None:
    """Copy the link in it, again the next one; if there is none, where the message is (#dev:17)."""
    found = links(acting.subject.message.body)
    if found:
        acting.hands.copy(url := found[acting.again % len(found)], url)
    else:
        acting.hands.copy(acting.subject.address, acting.subject.address)


@action("open", key="o", label="open", when=_has_link)
def open_(acting: Acting) -> None:
    """Save its file, or open the link in it; again: the next one."""
    message = acting.subject.message
    if isinstance(message, Message) and message.file is not None:
        acting.hands.save(acting.subject.conversation.id, message.seq)
        return
    found = links(acting.subject.message.body)
    acting.hands.open_link(found[acting.again % len(found)])


def _has_hidden(subject: Subject) -> str:
    from chat_tui.views.emphasis import hides

    return sent_text(subject) or ("" if hides(subject.message.body) else "Nothing is hidden in this message.")


@action("view", key="v", label="view", when=has_text)
def view(acting: Acting) -> None:
    """Show all of it, long code and what is hidden too."""
    acting.hands.show_whole(acting.subject.message)


@action("raw", key="S", label="source", when=has_text)
def raw(acting: Acting) -> None:
    """Show its text as it was sent, marks and all, and everything that is known of it."""
    from chat_tui.views.source import source_of

    acting.hands.show_source(source_of(acting.subject.conversation.target, acting.subject.message))


@action("reveal", key="h", label="reveal", when=_has_hidden)
def reveal(acting: Acting) -> None:
    """Show what is hidden in it; again: hide it."""
    acting.hands.reveal(acting.subject.seq)


@action("unread", key="U", label="unread", when=sent)
def unread(acting: Acting) -> None:
    """Take it and what follows as unread again, on all your devices."""
    from chat_core.protocol.requests.conversations import MarkRead

    subject = acting.subject
    request = MarkRead(conversation=subject.conversation.id, seq=subject.seq - 1, back=True)
    acting.hands.call(request, "Unread from here, until you come back or press Esc.")


@action("details", key="i", label="details", when=always)
def details(acting: Acting) -> None:
    """Show when it was written, by whom, and more."""
    from chat_tui.views.details import of_message, of_unsent, size_of

    message = acting.subject.message
    target = acting.subject.conversation.target
    pairs = of_message(target, message) if isinstance(message, Message) else of_unsent(message)
    pairs[1:1] = _resembles(acting.subject)
    pairs.append(size_of(message.body))
    acting.hands.answer(_about(pairs, ()))
    if isinstance(message, Message):
        asked = _asked(acting.subject, message)
        if asked:
            acting.hands.look_up(asked, partial(_about, pairs))


def _resembles(subject: Subject) -> list[tuple[str, str]]:
    """Return whom its author only looks like by name."""
    from chat_tui.views.resembling import familiar, in_words, resembled

    message = subject.message
    if not isinstance(message, Message):
        return []
    name = author_of(message)
    other = resembled(message.author, name, familiar(subject.me, subject.others.values()))
    return [] if other is None else [("Careful", in_words(name, other))]


def _asked(subject: Subject, message: Message) -> list[Request[Any]]:
    """Return what only the server knows of a message: who reacted, and what it said before."""
    from chat_core.protocol.requests.marks import ReadReactions
    from chat_core.protocol.requests.messages import ReadVersions

    asked: list[Request[Any]] = []
    if message.reactions:
        asked.append(ReadReactions(conversation=subject.conversation.id, seq=message.seq))
    if message.edits and not message.deleted and (subject.mine or subject.keeps_order):
        asked.append(ReadVersions(conversation=subject.conversation.id, seq=message.seq))
    return asked


def _about(pairs: Sequence[tuple[str, str]], replies: Sequence[Any]) -> Answer:
    from chat_core.protocol.requests.marks import Reactors
    from chat_tui.commands.tables import pair_lines

    found = list(pairs)
    for reply in replies:
        found += _reactors(reply) if isinstance(reply, Reactors) else _versions(reply)
    return Answer("About this message", pair_lines(found))


def _reactors(reply: Reactors) -> list[tuple[str, str]]:
    by_emoji: dict[str, list[str]] = {}
    for each in reply.reactors:
        by_emoji.setdefault(each.emoji, []).append(drawable_line(each.name))
    pairs = [(drawable_line(emoji), ", ".join(names)) for emoji, names in by_emoji.items()]
    return [*pairs, ("", "and others")] if reply.more else pairs


def _versions(reply: Versions) -> list[tuple[str, str]]:
    from chat_tui.views.details import moment

    earlier = [(f"At {moment(each.ts)}", _excerpt(each.body)) for each in reply.versions[:-1]]
    return [("Earlier", "older texts have no room here"), *earlier] if reply.more else earlier


def _excerpt(text: str) -> str:
    line = " ".join(drawable(text).split())
    return f"{line[:_EXCERPT]}…" if len(line) > _EXCERPT else line
