"""What an application has to see of a client, as records of the history: of each move of its state.

Compares states; knows neither the client nor its application.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from chat_core.check import history
from chat_core.check.history import Record
from chat_core.client.state import inputs
from chat_core.client.state.model import ClientState, ConversationState
from chat_core.protocol.codec import to_map
from chat_core.protocol.events import ConversationEvent, MessagePosted

_LISTING: Final = (
    inputs.WasResumed,
    inputs.Opened,
    inputs.Gone,
    inputs.AccountEventArrived,
    inputs.SignedInAs,
    inputs.WasRemembered,
    inputs.Placed,
)
"""What may make the list of conversations another one, or place one of them."""


class Eyes:
    """See the module's head.

    Args:
        who: name of the client in the history.
        now: its clock, in seconds.
    """

    def __init__(self, who: str, now: Callable[[], float]) -> None:
        self._who = who
        self._now = now

    def told(self, before: ClientState, move: inputs.Input, after: ClientState) -> list[Record]:
        """Return what the application will have to see of a move, but for a page that was read."""
        records: list[Record] = []
        if isinstance(move, _LISTING) and before.conversations is not after.conversations:
            records += self._listed(before, after)
        match move:
            case inputs.EventsArrived():
                if move.conversation in after.conversations:
                    records += [self._delivered(event, after.epoch) for event in move.events]
            case inputs.WasReset():
                if move.position.conversation in after.conversations:
                    records.append(self._placed(after, after.conversations[move.position.conversation], move.reason))
            case _:
                pass
        return records

    def _listed(self, before: ClientState, after: ClientState) -> list[Record]:
        records: list[Record] = []
        for number, known in before.conversations.items():
            if number not in after.conversations and not known.remembered:
                records.append(history.Left(at=self._now(), who=self._who, conversation=number))
        for number, known in after.conversations.items():
            old = before.conversations.get(number)
            if known is old or known.remembered:
                continue
            if old is None or old.remembered or old.position != known.position:
                records.append(self._placed(after, known, "began"))
        return records

    def _placed(self, state: ClientState, known: ConversationState, reason: str) -> Record:
        return history.Placed(
            at=self._now(),
            who=self._who,
            conversation=known.id,
            seq=known.position.seq,
            epoch=state.epoch,
            reason=reason,
        )

    def _delivered(self, event: ConversationEvent, epoch: str) -> Record:
        shown = to_map(event)
        return history.Delivered(
            at=self._now(),
            who=self._who,
            epoch=epoch,
            conversation=event.conversation,
            seq=event.seq,
            eid=event.eid,
            kind=shown["kind"],
            author=event.author,
            cid=event.cid if isinstance(event, MessagePosted) else b"",
            body=shown.get("body", shown.get("topic", "")),
            target=shown.get("message", 0),
        )
