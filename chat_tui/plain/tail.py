"""`chat-tui tail`: prints what comes, each message and each change of one once, in order, for as long as wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from chat_core.base.exit_codes import ExitCode
from chat_core.client import Batch
from chat_core.client.state.changes import Delivered, LinkChanged, ListChanged, TimelineReset
from chat_core.client.state.model import LinkStatus
from chat_core.protocol.events import ConversationEvent, MessageDeleted, MessageEdited, MessagePosted
from chat_core.protocol.limits import MAX_NUMBER
from chat_tui.exports.lines import as_json, as_text, of_event
from chat_tui.plain.running import Server, complain, emit, find, persist, refused, spelled

CONNECT_WITHIN_S = 30.0
"""Time for the first connect, retried, in seconds; later losses are waited out."""

_MOST_DIGITS = 20
"""Digits that are read as a number; Python refuses thousands of them."""


async def tail(
    server: Server,
    since: Mapping[str, int | None],
    *,
    json: bool,
    count: int | None,
    events: bool,
) -> ExitCode:
    """Print messages, edits and deletions as they come.

    Args:
        server: where, and as whom.
        since: for each TARGET the seq behind which to begin (0: from the beginning), or None: only new ones.
        json: one JSON object a line instead of text.
        count: end after so many printed lines; None: never.
        events: print other events of the log too.
    """
    wanted = {spelled(target): after for target, after in since.items()}
    async with server.client("chat-tui tail") as client:
        targets: dict[int, str] = {}
        for target, after in wanted.items():
            number = await persist(client, partial(find, client, target), CONNECT_WITHIN_S)
            targets[number] = target
            await persist(client, partial(client.attach, number, after), CONNECT_WITHIN_S)
        printed = 0
        async for batch in client.changes():
            lost = _lost(batch, targets)
            for event in _wanted(batch, targets, events=events):
                if event.seq <= (wanted[targets[event.conversation]] or 0):
                    continue  # --since lies beyond the end of the log: it grows up to there unseen
                line = of_event(targets[event.conversation], event)
                emit(as_json(line) if json else as_text(line))
                printed += 1
                if count is not None and printed >= count:
                    return ExitCode.OK
            for number in lost:
                complain(f"{targets.pop(number)}: {server.name} is no longer in this conversation.")
            if not targets:
                return ExitCode.REFUSED
            if batch.state.link.status is LinkStatus.REFUSED:
                return await refused(client)
    return ExitCode.OK


def parse_since(targets: Sequence[str], since: str | None) -> dict[str, int | None]:
    """Read `--since`: a number for all targets, or `#a:17`, comma-separated, for some of them.

    Raises:
        ValueError: with a sentence.
    """
    found: dict[str, int | None] = dict.fromkeys(targets)
    if since is None:
        return found
    if since.isdecimal():
        return dict.fromkeys(targets, _seq(since))
    for part in since.split(","):
        target, _, number = part.strip().rpartition(":")
        if target not in found or not number.isdecimal():
            raise ValueError(f"'{part.strip()}' is no --since: give a number, or TARGET:number for one of the targets.")
        found[target] = _seq(number)
    return found


def _lost(batch: Batch, targets: Mapping[int, str]) -> list[int]:
    removed = (change.removed for change in batch.changes if isinstance(change, ListChanged))
    gone = (number for numbers in removed for number in numbers)
    return [number for number in gone if number in targets and number not in batch.state.conversations]


def _seq(number: str) -> int:
    """Return digits as a seq; what is beyond the highest there can be counts as that."""
    return min(int(number), MAX_NUMBER) if len(number) <= _MOST_DIGITS else MAX_NUMBER


def _wanted(batch: Batch, targets: Mapping[int, str], *, events: bool) -> list[ConversationEvent]:
    found: list[ConversationEvent] = []
    for change in batch.changes:
        match change:
            case Delivered(event=ConversationEvent() as event) if event.conversation in targets:
                if events or isinstance(event, MessagePosted | MessageEdited | MessageDeleted):
                    found.append(event)
            case TimelineReset(conversation=number, reason=reason, jumped=True) if number in targets:
                complain(f"{targets[number]}: the server's log is another one now ({reason}); going on from there.")
            case LinkChanged() if batch.state.link.status is LinkStatus.WAITING and batch.state.link.attempt == 1:
                complain(f"connection lost, trying again: {batch.state.link.detail}")
            case _:
                pass
    return found
