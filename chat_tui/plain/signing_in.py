"""`chat-tui login` and `logout`: this device's token, got and given up."""

from __future__ import annotations

from chat_core.base.exit_codes import ExitCode
from chat_core.client import CallFailed
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.signin import SignOut
from chat_tui.plain.running import Server, emit

CONNECT_WITHIN_S = 15.0
"""Time for connecting and signing in, in seconds."""


async def login(server: Server, *, register: bool, invite: str) -> ExitCode:
    """Sign in with a password and keep the token.

    Args:
        server: where, as whom, and with which password.
        register: make the account.
        invite: code for that; empty: none.
    """
    assert server.tokens is not None, "a login is to last"
    server.tokens.keep(server.name, "")  # a password that is given counts, not what was kept before
    async with server.client("chat-tui login", register=register, invite=invite) as client:
        await client.online(CONNECT_WITHIN_S)
        me = client.state.me
        assert me is not None, "signed in"
        emit(f"signed in as {me.name}" + (", the owner of this server" if me.role == "owner" else ""))
    return ExitCode.OK


async def logout(server: Server) -> ExitCode:
    """Forget the token, at the server too."""
    tokens = server.tokens
    if tokens is None or not tokens.find(server.name):
        emit(f"{server.name} is not signed in here")
        return ExitCode.OK
    async with server.client("chat-tui logout") as client:
        try:
            await client.online(CONNECT_WITHIN_S)
            await client.call(SignOut())
        except CallFailed as failed:
            if failed.code != Refusal.WRONG_CREDENTIALS:  # then it was signed out elsewhere
                raise
    tokens.keep(server.name, "")
    emit(f"{server.name} is signed out")
    return ExitCode.OK
