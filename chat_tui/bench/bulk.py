"""How fast a long history comes in: from the bytes of its pages to the items of a timeline, as reading back does it.

Everything on the way is what the client runs: frames, envelopes, replies, the reducer, the history that is shown. Only
the socket and the server are left out, and nothing is painted: what is in view is, and that is not more for more pages.
"""

from __future__ import annotations

import time
from typing import Final

from chat_core.base.errors import WorldFault
from chat_core.client.state.inputs import PageRead
from chat_core.client.state.model import ClientState, ConversationState
from chat_core.client.state.reducer import apply
from chat_core.client.state.timeline import begin
from chat_core.protocol.codec import pack, read_reply, to_map
from chat_core.protocol.connection import Connection, Role
from chat_core.protocol.envelopes import Answer
from chat_core.protocol.framing import frame
from chat_core.protocol.limits import PAGE_ITEMS
from chat_core.protocol.requests.messages import Page
from chat_core.protocol.values import Conversation, Message, Position
from chat_tui.views.columns import columns
from chat_tui.views.drawing import Reader
from chat_tui.views.history import History

MESSAGES: Final = 50_000
_NUMBER: Final = 1
_BEGAN_MS: Final = 1_700_000_000_000
_EVERY_MS: Final = 20_000
_WIDTH: Final = 120
_ROWS: Final = 35
_TEXTS: Final = (
    "has anyone tried the new build? works here",
    "**Release 2.4** is out, see https://example.org/x_y and `retry_after`, _finally_ ~~today~~",
)


def bulk_rate() -> float:
    """Return the messages a second. Raises: WorldFault: not all of them arrived."""
    pages = [_page(first) for first in range(MESSAGES - PAGE_ITEMS + 1, 0, -PAGE_ITEMS)]
    known = ConversationState(
        info=Conversation(id=_NUMBER, kind="channel", name="long", head=MESSAGES, read=MESSAGES),
        position=Position(conversation=_NUMBER, seq=MESSAGES),
        timeline=begin(MESSAGES),
    )
    state = ClientState(conversations={_NUMBER: known})
    history = History(known, me=None, zone=None, now_ms=_BEGAN_MS)
    history.view.lay_out(columns(_WIDTH, _WIDTH, 5), _ROWS, Reader(None, "", None, ()))
    connection = Connection(Role.CLIENT, 0.0)
    begun = time.perf_counter()
    for page in pages:
        for envelope in connection.receive(page, 0.0):
            if isinstance(envelope, Answer):
                state, _ = apply(state, PageRead(page=read_reply(envelope.reply, Page)))
        history.update(state.conversations[_NUMBER])
        history.view.settle()
    took = time.perf_counter() - begun
    if len(history.view.items) < MESSAGES:
        raise WorldFault(f"Only {len(history.view.items):,} items came out of {MESSAGES:,} messages.")
    return MESSAGES / took


def _page(first: int) -> bytes:
    """Return a page as the server sends it."""
    messages = tuple(
        Message(
            seq=seq, changed=seq, ts=_BEGAN_MS + seq * _EVERY_MS, author=1 + seq % 5, name="ann", body=_TEXTS[seq % 2]
        )
        for seq in range(first, first + PAGE_ITEMS)
    )
    page = Page(conversation=_NUMBER, messages=messages, head=MESSAGES, at_start=first == 1, at_end=False)
    return frame(pack(Answer(id=1, reply=to_map(page))))
