"""A store in which every table has something, made as a server makes it, and damaged as none would."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from chat_core.base.clock import SystemClock
from chat_core.server.store.acts import SanctionOnServer
from chat_core.server.store.conversations import LeaveConversation, SetChannelTopic
from chat_core.server.store.groups import MakeGroup
from chat_core.server.store.marks import PinMessage, ReactTo, SetBookmark
from chat_core.server.store.messages import DeleteMessage, EditMessage
from chat_core.server.store.private import AskChat, CloseChat
from chat_core.server.store.sqlite import SqliteStore
from tests.contract.world import World

HASH = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA"
ROOM = 3
"""The channel of the store below; its log: messages 1 to 3, topic 4, message 5 (which answers 1), messages 6 to 9."""
DIRECT = 4
"""Of ann and bob; its log: messages 1 and 2, edits 3 and 4 of 1, edit 5 and deletion 6 of 2, message 7 with
the replies 8 and 9 in its thread, the second of them also in the conversation."""

ASIDE = 5
"""Direct, of ann and eve; its log: message 1, four reactions to it, and a pin. Here the private chat 1 took place,
and 2 goes on."""


GROUP = 6
"""A group of ann, bob and eve, who left it and came back; its log: they, message 2, eve left, eve was brought in."""


async def fill(path: Path) -> None:
    """Make a store in which every table has something."""
    world = World(lambda: SqliteStore(path, clock=SystemClock()))
    await world.open()
    ann, bob, eve = await world.sign_in("ann", "bob", "eve")
    for account in (ann, bob, eve):
        assert await world.join(account, "room") == ROOM
    await world.post(ann, ROOM, "one", "two")
    await world.post(bob, ROOM, "three")
    await world.write(SetChannelTopic(ann, ROOM, "what it is about", 1))
    await world.post(bob, ROOM, "five", reply_to=1)
    await world.mark(eve, ROOM, 3)
    await world.leave(eve, ROOM)
    await world.post(ann, ROOM, "six", "seven", "eight", "nine, @bob")
    await world.mark(ann, ROOM, 7)
    assert await world.open_direct(ann, "bob") == DIRECT
    await world.post(ann, DIRECT, "hello bob", "how are you")
    for seq, body in ((1, "hello, bob"), (1, "hello, bob!"), (2, "how are you?")):
        await world.write(EditMessage(ann, DIRECT, seq, body, 1))
    await world.write(DeleteMessage(ann, DIRECT, 2, 1))
    await world.post(ann, DIRECT, "a question")
    await world.post(bob, DIRECT, "an answer", thread=7, ts=5)
    await world.post(ann, DIRECT, "aha", thread=8, in_channel=True, ts=6)
    assert await world.open_direct(ann, "eve") == ASIDE
    await world.post(ann, ASIDE, "well done")
    for account, emoji, on in ((ann, "🎉", True), (eve, "👍", True), (ann, "👍", True), (ann, "🎉", False)):
        await world.write(ReactTo(account, ASIDE, 1, emoji, on, 1))
    await world.write(PinMessage(eve, ASIDE, 1, True, 1))
    await world.write(SetBookmark(ann, ASIDE, 1, True, 1))
    group, _ = await world.write(MakeGroup(ann, ("bob", "eve"), 1))
    assert group.id == GROUP
    await world.post(ann, GROUP, "among us")
    await world.write(LeaveConversation(eve, GROUP, 1))
    await world.write(MakeGroup(eve, ("ann", "bob"), 1))
    await world.write(AskChat(ann, "eve", 1))
    await world.write(CloseChat(eve, 1, 1))
    await world.write(AskChat(eve, "ann", 1))
    for what in ("mute", "warn", "kick"):
        await world.write(SanctionOnServer(None, "eve", what, 1))
    await world.store.close()
    # In no conversation and without an act, so that what is counted below stays easy to count.
    damage(
        path,
        "INSERT INTO accounts (id, name, name_key, log_head, created_ts, password, registered_ts, skeleton) "
        f"VALUES (4, 'zoe', 'zoe', 0, 1, '{HASH}', 1, 'zoe')",
        "INSERT INTO devices (account, token_hash, label, made_ts, used_ts) VALUES (4, zeroblob(32), 'desk', 1, 1)",
        "INSERT INTO invites (code_hash, uses_left, made_ts) VALUES (zeroblob(32), 1, 1)",
        "INSERT INTO accounts (id, name, name_key, log_head, created_ts, bot, disabled) "
        "VALUES (5, 'alarms', 'alarms', 0, 1, 'hook', 1)",
        "INSERT INTO hooks (key_hash, conversation, account, made_by, made_ts) VALUES (zeroblob(32), 3, 5, 1, 1)",
        "INSERT INTO allowlist (name_key, name, added_ts) VALUES ('yan', 'Yan', 1)",
    )


def damage(path: Path, *statements: str) -> None:
    """Run SQL that no server would."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
