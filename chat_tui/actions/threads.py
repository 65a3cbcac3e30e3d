"""Actions that follow what hangs together: a message's thread, and what it answers."""

from __future__ import annotations

from chat_core.protocol.values import Message
from chat_tui.actions.action import Acting, Subject, action, sent


def _answers(subject: Subject) -> str:
    message = subject.message
    return sent(subject) or ("" if _answered(message) else "This message answers no other one.")


def _answered(message: object) -> int:
    """Return the seq of what a message answers, or of what its thread hangs on; 0: nothing."""
    if not isinstance(message, Message):
        return 0
    return message.reply_to or (message.thread or 0 if message.in_channel else 0)


@action("thread", key="t,Enter", label="thread", when=sent)
def thread(acting: Acting) -> None:
    """Open its thread, or begin one."""
    acting.hands.open_thread(acting.subject.conversation.id, acting.subject.seq)


@action("answered", key="b", label="original", when=_answers)
def answered(acting: Acting) -> None:
    """Go to the message that it answers."""
    acting.hands.go_to_message(_answered(acting.subject.message))
