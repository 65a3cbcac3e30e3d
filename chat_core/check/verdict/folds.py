"""Whether a message as somebody was shown it is the fold of a log, and in words why not."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from chat_core.check.history import Snapshot, Stored
from chat_core.check.truth import Dump
from chat_core.check.verdict.case import Case


def is_fold(case: Case, dump: Dump, conversation: int, message: Snapshot, upto: int | None) -> bool:
    """Return whether a log makes a message what somebody was shown, as of a seq; None: of its end."""
    folded = dump.fold(conversation, message.seq, upto, case.lost_body)
    if folded is None:
        return False
    snapshot, known = folded
    return message == snapshot if known else message == replace(snapshot, body=message.body)


def difference(case: Case, lives: Sequence[Dump], conversation: int, message: Snapshot, upto: int | None) -> str:
    """Return in words what is different."""
    folded = lives[-1].fold(conversation, message.seq, upto, case.lost_body) if lives else None
    if folded is None:
        return ", where it has no message"
    names = ("changed", "author", "edits", "deleted")
    for name in names:
        if getattr(message, name) != getattr(folded[0], name):
            return f": {name} is {getattr(message, name)} instead of {getattr(folded[0], name)}"
    return ": the text differs"


def log_of(lives: Sequence[Dump], conversation: int, seq: int) -> tuple[Stored, ...]:
    """Return what the log has about a message."""
    for dump in lives[-1:]:
        if (event := dump.at.get((conversation, seq))) is not None:
            return (event, *dump.touched.get((conversation, seq), ())[:4])
    return ()
