"""What is judged, and how: the words between the store, which has a message before it, and the rules of moderation.

The store asks inside its transaction, where it is known that a message is no repeat of an accepted one, who its author
is there, and in which order messages come. Knows neither of the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from chat_core.base.ids import AccountId, ConversationId
from chat_core.server.manners import Own

Verb = Literal["warn", "refuse", "mute", "kick", "ban"]
"""`warn`: the message stands, its author is told; all others: it does not."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message before it is stored, or its new text before it is edited."""

    account: AccountId
    conversation: ConversationId
    body: str
    """Cleaned."""
    ts: int
    """Now, milliseconds since 1970."""
    cid: bytes | None = None
    """Its send; None: an edit, or a topic."""
    file: str = ""
    """Name of the file that hangs on it, which is shown with it."""
    called: str = ""
    """What a webhook calls itself in it, which is shown before it."""


@dataclass(frozen=True, slots=True)
class Objection:
    """What a rule does about a draft."""

    verb: Verb
    reason: str
    """Sentences for its author."""
    here: bool = False
    """Whether it is the channel's own rule, which acts in the channel; the server's acts on the whole server."""
    until_ts: int | None = None
    """With `mute`: when it ends."""


class Judge(Protocol):
    """Decides; called in the one thread that writes."""

    active: bool
    """Whether the server has rules for every channel."""

    def judge(self, draft: Draft, own: Own) -> Objection | None:
        """Return what is done about a draft, and remember that it was made; None: nothing.

        Args:
            draft: it is no repeat of an accepted one, and would be accepted.
            own: what its channel sets for itself.
        """
        ...
