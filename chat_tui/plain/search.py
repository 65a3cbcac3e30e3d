"""`chat-tui search`: messages that are what was looked for, the newest first, then done."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from functools import partial

import msgspec

from chat_core.base.exit_codes import ExitCode
from chat_core.protocol.limits import PAGE_ITEMS
from chat_core.protocol.requests.search import SearchResults
from chat_core.protocol.values import SearchHit
from chat_tui.exports.lines import as_text, of_message
from chat_tui.plain.running import Server, complain, emit, persist, spelled
from chat_tui.views.nothing_found import nothing_found

CONNECT_WITHIN_S = 10.0
"""Time for connecting and signing in, in seconds."""
_MARKED = ("\x1b[1m", "\x1b[22m")


async def search(server: Server, query: str, *, target: str | None, ranked: bool, last: int, json: bool) -> ExitCode:
    """Print what is found.

    Args:
        server: where, and as whom.
        query: words, phrases and filters.
        target: look only there; `#channel` or `@user`.
        ranked: the best first instead of the newest.
        last: most messages, at least 1.
        json: one JSON object a line instead of text.
    """
    where = None if target is None else spelled(target)
    marked = _MARKED if sys.stdout.isatty() else ("", "")
    async with server.client("chat-tui search") as client:
        left, cursor = last, b""
        while True:
            limit = min(left, PAGE_ITEMS)
            ask = partial(client.search, query, where=where, ranked=ranked, limit=limit, cursor=cursor)
            found = await persist(client, ask, CONNECT_WITHIN_S)
            for hit in found.hits:
                emit(hit_as_json(hit) if json else hit_as_text(hit, *marked))
            left, cursor = left - len(found.hits), found.cursor
            if left <= 0 or not cursor or found.partial:
                _warn(found)
                if left == last and not (json or found.partial or found.behind):
                    complain(nothing_found(query, found, everywhere=where is None))
                return ExitCode.OK


def hit_as_json(hit: SearchHit) -> str:
    """Return a hit as one JSON object: as a line of history, and `spans` of its text."""
    line = msgspec.to_builtins(of_message(hit.target, hit.message))
    return json.dumps({**line, "spans": hit.spans})


def hit_as_text(hit: SearchHit, before: str, behind: str) -> str:
    """Return a hit for people; `before` and `behind` stand around each span."""
    marks = marked_text(hit.message.body, hit.spans)
    text = as_text(of_message(hit.target, msgspec.structs.replace(hit.message, body=marks)))
    return text.replace(_OPEN, before).replace(_CLOSE, behind)


_OPEN, _CLOSE = "\ue000", "\ue001"
"""Stand for the marks while a text is made safe; no terminal draws them, and they are taken out of it first."""


_NO_MARKS = str.maketrans("", "", _OPEN + _CLOSE)


def marked_text(body: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return a body with a mark at both ends of each span."""
    pieces: list[str] = []
    at = 0
    for start, end in spans:
        pieces += (_bare(body[at:start]), _OPEN, _bare(body[start:end]), _CLOSE)
        at = end
    return "".join([*pieces, _bare(body[at:])])


def _bare(text: str) -> str:
    return text.translate(_NO_MARKS)


def _warn(found: SearchResults) -> None:
    if found.partial:
        complain("The search took too long and was ended: there may be more. Narrow it, as with in: or from:.")
    if found.behind:
        events = "1 event is" if found.behind == 1 else f"The newest {found.behind} events are"
        complain(f"{events} not indexed yet and could not be found.")
