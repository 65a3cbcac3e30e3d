"""A process that posts as fast as it can and prints what was acknowledged, one line each: seq, cid.

Arguments: the database; how many posts are outstanding; acknowledgements after which every sync fails, 0: never. It
ends by a kill, or with a line `broken` once the store takes no more.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from pathlib import Path

from chat_core.base.clock import SystemClock
from chat_core.base.ids import AccountId, Cid
from chat_core.server.observe import configure
from chat_core.server.store.base import StoreBroken
from chat_core.server.store.messages import AppendMessage
from chat_core.server.store.people import SignInByName
from chat_core.server.store.sqlite import SqliteStore
from tests.support.failing_sync import fail_syncs

BODY = "x" * 300


async def run(path: Path, outstanding: int, syncs_fail_after: int) -> None:
    """Post until the end."""
    store = SqliteStore(path, clock=SystemClock())
    await store.open(lambda _: None)
    account = AccountId((await store.write(SignInByName("ann", 1)))[0].id)
    acknowledged = itertools.count(1)

    async def post() -> None:
        while True:
            cid = Cid(os.urandom(16))
            try:
                reply = await store.write(AppendMessage(account, 1, cid, None, BODY, BODY, "text", None, 1))
            except StoreBroken:
                return
            print(reply[1], cid.hex(), flush=True)
            if next(acknowledged) == syncs_fail_after:
                fail_syncs()

    await asyncio.gather(*(post() for _ in range(outstanding)))
    print("broken", flush=True)
    await store.close()


configure("error")
asyncio.run(run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
