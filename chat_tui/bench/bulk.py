"""How fast a long history goes into what is drawn of it: decoded pages through the client's state into a timeline."""

from __future__ import annotations

import time
from typing import Final

from chat_core.protocol.values import Message
from chat_tui.views.building import Setting, build
from chat_tui.views.drawing import estimated
from chat_tui.views.items import MessageItem

MESSAGES: Final = 50_000
_PAGE: Final = 200
_TEXTS: Final = (
    "has anyone tried the new build? works here",
    "**Release 2.4** is out, see https://example.org/x_y and `retry_after`, _finally_ ~~today~~",
)


def bulk_rate() -> float:
    """Return the messages a second."""
    pages = [
        [
            Message(
                seq=seq, changed=seq, ts=1_700_000_000_000 + seq, author=1 + seq % 5, name="ann", body=_TEXTS[seq % 2]
            )
            for seq in range(first, first + _PAGE)
        ]
        for first in range(1, MESSAGES, _PAGE)
    ]
    begun = time.perf_counter()
    for page in pages:
        for item in build(page, Setting(None, None, 2026), ()):
            if isinstance(item, MessageItem):
                estimated(item.message.body, 80)
    return MESSAGES / (time.perf_counter() - begun)
