"""What a client keeps of itself while no server can be reached."""

from __future__ import annotations

from pathlib import Path

import msgspec

from chat_core.client import Client, FileStorage, parse_address
from chat_core.client.state.journal import Whose
from chat_core.client.state.model import Remembered
from chat_core.protocol.values import Account, Conversation

NOBODY_LISTENS = "chat://127.0.0.1:1"
GENERAL = Conversation(id=3, kind="channel", name="general", head=9)


async def test_client_notes_for_which_store_it_writes_when_it_never_was_online(tmp_path: Path) -> None:
    earlier = FileStorage(tmp_path)
    await earlier.open("ann")
    earlier.remember(Remembered(me=Account(id=7, name="ann"), epoch="e1", server="s", conversations=(GENERAL,)))
    await earlier.close()

    async with Client(parse_address(NOBODY_LISTENS), "ann", storage=FileStorage(tmp_path)) as client:
        client.post(GENERAL.id, "offline")

    later = FileStorage(tmp_path)
    found = await later.open("ann")
    assert [each.unsent.body for each in found.kept] == ["offline"]
    assert found.whose == Whose(name="ann", account=7, epoch="e1")
    await later.close()


async def test_client_keeps_its_position_in_the_accounts_log_when_it_never_was_online(tmp_path: Path) -> None:
    earlier = FileStorage(tmp_path)
    await earlier.open("ann")
    me = Account(id=7, name="ann")
    earlier.remember(Remembered(me=me, epoch="e1", server="s", conversations=(GENERAL,), account_seq=12))
    await earlier.close()

    async with Client(parse_address(NOBODY_LISTENS), "ann", storage=FileStorage(tmp_path)) as client:
        client.post(GENERAL.id, "offline")

    later = FileStorage(tmp_path)
    found = await later.open("ann")
    assert found.remembered is not None and found.remembered.account_seq == 12
    await later.close()


async def test_client_that_finds_the_list_of_an_older_version_knows_no_position(tmp_path: Path) -> None:
    storage = FileStorage(tmp_path)
    await storage.open("ann")
    storage.remember(Remembered(me=Account(id=7, name="ann"), epoch="e1", server="s", conversations=(GENERAL,)))
    await storage.close()
    (file,) = tmp_path.glob("known-*")
    fields = msgspec.msgpack.decode(file.read_bytes())
    del fields["account_seq"]
    file.write_bytes(msgspec.msgpack.encode(fields))

    later = FileStorage(tmp_path)
    found = await later.open("ann")
    assert found.remembered is not None and found.remembered.account_seq == 0
    await later.close()
