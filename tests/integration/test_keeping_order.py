"""Order on the whole server, among real clients: kicks, bans, mutes, lockdowns, across restarts, and the audit log."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chat_core.client import CallFailed, Disconnected, LinkStatus
from chat_core.client.state.changes import Delivered, NoticeAdded, PutOut
from chat_core.protocol.events import AccountSanctioned, Invited
from chat_core.protocol.requests.order import (
    InviteMember,
    ListSanctions,
    Lockdown,
    SanctionAccount,
    SanctionMember,
    SetRole,
    SetRules,
)
from chat_core.protocol.requests.presence import SetPresence
from tests.support.commands import run_core
from tests.support.processes import ServerProcess
from tests.support.stores import change
from tests.support.watching import WAIT_S, Watched
from tests.support.wire import Wire


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    """Run a server on which mona is a moderator."""
    with ServerProcess(tmp_path / "data") as running:
        async with Watched(running.address, "mona"):
            pass
        change(tmp_path / "data" / "chat.db", "UPDATE accounts SET role = 'moderator' WHERE name = 'mona'")
        yield running


async def until_refused(one: Watched) -> str:
    """Wait until a client gives up; return what it tells its user."""
    await one.until(lambda: one.client.state.link.status is LinkStatus.REFUSED)
    return one.client.state.link.detail


async def test_kicked_account_is_told_why_on_every_device_and_does_not_come_back_by_itself(
    server: ServerProcess,
) -> None:
    async with (
        Watched(server.address, "mona") as mod,
        Watched(server.address, "bob") as bob,
        Watched(server.address, "bob") as other,
    ):
        await mod.client.call(SanctionAccount(account="bob", act="kick", reason="enough for today"))
        for device in (bob, other):
            told = await until_refused(device)
            assert told == "You were put off this server by 'mona': enough for today."
    async with Watched(server.address, "bob") as again:
        assert again.client.state.link.status is LinkStatus.ONLINE


async def test_banned_account_is_put_off_and_stays_off_across_a_restart_until_it_is_lifted(
    server: ServerProcess,
) -> None:
    async with Watched(server.address, "mona") as mod, Watched(server.address, "bob") as bob:
        await mod.client.call(SanctionAccount(account="bob", act="ban", seconds=3600, reason="spam"))
        assert (await until_refused(bob)).startswith("You are banned from this server for another ")
    server.stop()
    server.start()
    async with Watched(server.address, "mona") as mod:
        bob = Watched(server.address, "bob")
        await bob.begin()
        with pytest.raises(CallFailed, match=r"banned from this server .*: spam"):
            await bob.client.online(WAIT_S)
        await bob.client.close()
        (ban,) = (await mod.client.call(ListSanctions())).sanctions
        assert (ban.kind, ban.name, ban.address, ban.by, ban.reason) == ("ban", "bob", "", "mona", "spam")
        await mod.client.call(SanctionAccount(account="bob", act="unban"))
    async with Watched(server.address, "bob"):
        pass


def connect_from(address: str, port: int) -> Wire:
    """Return a connection to a server from another address of this machine."""
    wire = Wire.__new__(Wire)
    wire.socket = socket.create_connection(("127.0.0.1", port), WAIT_S, source_address=(address, 0))
    wire.pushes, wire._buffer, wire._next_id = [], b"", 1
    return wire


async def test_ban_of_an_account_holds_for_the_address_it_came_from_but_not_for_the_moderators(
    server: ServerProcess,
) -> None:
    async with Watched(server.address, "mona") as mod:
        with connect_from("127.0.0.3", server.port) as eve:
            eve.enter("eve")
            await mod.client.call(SanctionAccount(account="eve", act="ban", reason="spam"))
            assert eve.goodbye()["code"] == "banned"
        with connect_from("127.0.0.3", server.port) as another:
            farewell = another.goodbye()  # before it has said a word
            assert (farewell["code"], farewell.get("reconnect", False)) == ("banned", False)
            assert farewell["text"] == "Your address is banned from this server: spam."
        with connect_from("127.0.0.4", server.port) as neighbour:
            neighbour.enter("neighbour")
        listed = (await mod.client.call(ListSanctions())).sanctions
        assert {(ban.name, ban.address) for ban in listed} == {("eve", ""), ("eve", "127.0.0.3")}
        await mod.client.call(SanctionAccount(address="127.0.0.3", act="unban"))
        with connect_from("127.0.0.3", server.port) as another:
            another.enter("another")
            assert another.refused("sign_in", name="eve") == "already_signed_in"
        with pytest.raises(CallFailed, match="connected from that address yourself"):
            await mod.client.call(SanctionAccount(address="127.0.0.1", act="ban"))


async def test_muted_account_hears_of_it_and_its_messages_fail_with_the_reason(server: ServerProcess) -> None:
    async with Watched(server.address, "mona") as mod, Watched(server.address, "bob") as bob:
        await mod.client.call(SanctionAccount(account="bob", act="mute", seconds=600, reason="flood"))
        await bob.until(
            lambda: any(
                isinstance(told, Delivered) and isinstance(told.event, AccountSanctioned) for told in bob.changes
            )
        )
        general = bob.room("#general").id
        with pytest.raises(CallFailed, match=r"You are muted on this server for another .*: flood\."):
            await bob.client.sent(bob.client.post(general, "hello"))
        with pytest.raises(CallFailed, match="Without a text"):
            await bob.client.call(SetPresence(state="away", text="read this instead"))
        await bob.client.call(SetPresence(state="away"))
        await mod.client.call(SanctionAccount(account="bob", act="unmute"))
        await bob.client.call(SetPresence(state="away", text="lunch"))
        await bob.client.sent(bob.client.post(general, "hello again"))


async def test_locked_server_lets_nobody_write_or_come_in_anew(server: ServerProcess) -> None:
    async with Watched(server.address, "mona") as mod, Watched(server.address, "bob") as bob:
        await mod.client.call(Lockdown(seconds=600, reason="a raid"))
        general = bob.room("#general").id
        with pytest.raises(CallFailed, match=r"locked down .*: a raid"):
            await bob.client.sent(bob.client.post(general, "hello"))
        await mod.client.sent(mod.client.post(general, "stay calm"))
        stranger = Watched(server.address, "zoe")
        await stranger.begin()
        with pytest.raises((CallFailed, Disconnected), match="locked down"):
            await stranger.client.online(WAIT_S)
        await stranger.client.close()
        await mod.client.call(Lockdown(locked=False))
        await bob.client.sent(bob.client.post(general, "hello"))


async def test_clients_show_roles_rules_and_who_was_put_out(server: ServerProcess) -> None:
    async with Watched(server.address, "ann") as ann, Watched(server.address, "bob") as bob:
        room = await ann.client.join("room")
        await bob.client.join("room")
        await ann.client.call(SetRole(conversation=room, account="bob", role="voice"))
        await ann.client.call(SetRules(conversation=room, moderated=True, visibility="invite"))
        await bob.until(lambda: bob.room("#room").info.rules.moderated)
        assert bob.room("#room").info.role == "voice"
        assert ann.room("#room").info.role == "operator"
        await ann.client.call(SanctionMember(conversation=room, account="bob", act="kick", reason="off topic"))
        await bob.until(lambda: room not in bob.client.state.conversations)
        (out,) = [told for told in bob.changes if isinstance(told, PutOut)]
        assert (out.target, out.reason, out.name, out.text) == ("#room", "kicked", "ann", "off topic")
        await ann.until(lambda: len(ann.room("#room").notices) >= 4)
        kinds = [type(told.notice.event).__name__ for told in ann.changes if isinstance(told, NoticeAdded)]
        assert [kind for kind in kinds if kind != "NoneType"] == ["RoleChanged", "RulesChanged", "MemberSanctioned"]
        await ann.client.call(InviteMember(conversation=room, account="bob"))
        await bob.until(
            lambda: any(isinstance(told, Delivered) and isinstance(told.event, Invited) for told in bob.changes)
        )
        assert await bob.client.join("room", create=False) == room


async def test_who_was_put_out_while_the_connection_was_lost_learns_how(server: ServerProcess) -> None:
    async with Watched(server.address, "ann") as ann, Watched(server.address, "bob") as bob:
        room = await ann.client.join("room")
        await bob.client.join("room")
        await bob.client.sent(bob.client.post(room, "hello"))
        server.kill()
        await bob.until(lambda: bob.client.state.link.status is LinkStatus.WAITING)
        server.start()
        await ann.client.online(WAIT_S)
        await bob.client.online(WAIT_S)
        await ann.client.call(SanctionMember(conversation=room, account="bob", act="ban", reason="spam"))
        await bob.until(lambda: room not in bob.client.state.conversations)
        (out,) = [told for told in bob.changes if isinstance(told, PutOut)]
        assert (out.reason, out.text) == ("banned", "spam")


async def test_audit_log_tells_of_every_act_beside_the_running_server(server: ServerProcess) -> None:
    async with Watched(server.address, "mona") as mod, Watched(server.address, "bob"):
        room = await mod.client.join("room")
        await mod.client.call(SetRules(conversation=room, slow_s=30))
        await mod.client.call(SanctionAccount(account="bob", act="ban", seconds=60, reason="spam \x1b[31m"))
        listed = run_core("audit", "list", "--data", server.data)
        assert listed.code == 0
        first, second = listed.out.splitlines()
        assert first.endswith("Z  mona: rules #room (slow_s=30)")
        assert second.endswith("Z  mona: ban bob (for 1 minute; spam ␛[31m)")
        verified = run_core("audit", "verify", "--data", server.data)
        assert verified.code == 0
        assert verified.out.startswith("2 acts in an unbroken chain; the newest has the hash ")
    server.stop()
    change(server.data / "chat.db", "UPDATE audit SET detail = 'for 1 hour' WHERE id = 2")
    broken = run_core("audit", "verify", "--data", server.data)
    assert (broken.code, broken.err) == (
        80,
        "The audit log is broken: row 2 was changed: its hash is another one.\n",
    )
