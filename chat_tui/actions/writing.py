"""Actions that write: an answer, a quotation, another text, none."""

from __future__ import annotations

from functools import partial

from chat_core.client.state.model import Unsent
from chat_core.protocol.values import Message
from chat_tui.actions.action import Acting, Subject, action, has_text, own_text, sent_text
from chat_tui.views.programs import author_of


def _refused(subject: Subject) -> str:
    failed = isinstance(subject.message, Unsent) and subject.message.status == "failed"
    return "" if failed else "The server has not refused this message."


def _may_delete(subject: Subject) -> str:
    return sent_text(subject) if subject.keeps_order else own_text(subject)


def _by_somebody(subject: Subject) -> str:
    message = subject.message
    if not isinstance(message, Message) or not message.body:
        return sent_text(subject)
    if subject.conversation.info.kind == "direct":
        return "You are among yourselves here already: r answers."
    if message.via:
        return f"{author_of(message)} is a program that reads no answers."
    return "This is a message of your own." if subject.mine else ""


def _quoted(body: str) -> str:
    return "".join(f"> {line}\n" for line in body.split("\n"))


@action("reply", key="r", label="reply", when=sent_text)
def reply(acting: Acting) -> None:
    """Answer it."""
    acting.hands.write_reply(acting.subject.seq)


@action("privately", key="R", label="reply in DM", when=_by_somebody)
def privately(acting: Acting) -> None:
    """Answer whoever wrote it in your direct conversation, its text quoted."""
    assert isinstance(acting.subject.message, Message)
    acting.hands.write_privately(acting.subject.message.name, _quoted(acting.subject.message.body))


@action("quote", key=">", label="quote", when=has_text)
def quote(acting: Acting) -> None:
    """Put its text, quoted, into what you write."""
    acting.hands.write_quote(_quoted(acting.subject.message.body))


@action("edit", key="e", label="edit", when=own_text)
def edit(acting: Acting) -> None:
    """Write your message anew."""
    acting.hands.write_edit(acting.subject.seq)


@action("delete", key="d", label="delete", when=_may_delete)
def delete(acting: Acting) -> None:
    """Delete your message, for ever and for everybody; operators delete others', too; asks first."""
    from chat_core.protocol.requests.messages import Delete
    from chat_tui.views.building import QUOTED_CHARS
    from chat_tui.views.formatting import in_one_line

    subject = acting.subject
    request = Delete(conversation=subject.conversation.id, seq=subject.seq)
    excerpt = in_one_line(subject.message.body, QUOTED_CHARS)
    question = f"Delete “{excerpt[:30]}{'…' if len(excerpt) > 30 else ''}” for everybody? The same key again does it."
    acting.hands.ask(f"delete {subject.address}", question, partial(acting.hands.call, request, "Deleted."))


@action("retry", key="s", label="send again", when=_refused)
def retry(acting: Acting) -> None:
    """Send again what the server refused."""
    assert isinstance(acting.subject.message, Unsent)
    acting.hands.retry(acting.subject.message.cid)


@action("discard", key="x", label="discard", when=_refused)
def discard(acting: Acting) -> None:
    """Forget what the server refused."""
    assert isinstance(acting.subject.message, Unsent)
    acting.hands.discard(acting.subject.message.cid)
