"""What a server forgets by itself, now and then: guests that did not come back, and invites that are over."""

from __future__ import annotations

import asyncio
from typing import Final

from chat_core.base.clock import Clock
from chat_core.base.ids import AccountId
from chat_core.server.observe import get_log
from chat_core.server.sessions.hub import Hub
from chat_core.server.store.base import Refused, Store, StoreBroken
from chat_core.server.store.people import SWEPT, Sweep

FIRST_AFTER_S: Final = 60.0
"""Time after the start before the first look, in seconds: there is enough to do then."""
EVERY_S: Final = 3600.0
"""Time between two looks, in seconds."""
DAY_MS: Final = 24 * 3600 * 1000

log = get_log(__name__)


async def keep_house(store: Store, hub: Hub, clock: Clock, guest_idle_days: int) -> None:
    """Look now and then, until cancelled or the store is closed.

    Args:
        store: where to look.
        hub: knows who is connected.
        clock: the time.
        guest_idle_days: days after which a guest that did not come back is ended.
    """
    await asyncio.sleep(FIRST_AFTER_S)
    while True:
        try:
            await sweep(store, hub, clock.wall_ms(), guest_idle_days)
        except Refused as refused:
            log.warning("housekeeping waits", reason=str(refused))
        except StoreBroken:
            return
        await asyncio.sleep(EVERY_S)


async def sweep(store: Store, hub: Hub, now: int, guest_idle_days: int) -> int:
    """Look once; return the number of guests that were ended. Raises: Refused, StoreBroken."""
    ended, found = 0, SWEPT
    while found == SWEPT:
        spared = {AccountId(session.account) for session in hub.sessions if session.account is not None}
        found = len(await store.write(Sweep(now, now - guest_idle_days * DAY_MS, spared)))
        ended += found
    if ended:
        log.info("guests that did not come back were ended", guests=ended)
    return ended
