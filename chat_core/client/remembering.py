"""Gives a client's storage what it must know of the client, and a new client what it finds there. A shell, no rules.

After a restart without a server, the list of conversations and what is unsent stand there again, so that one can go on
writing; and the position in the account's log, so that what happened to the account meanwhile is told once. No more of
the state is kept, for the server has it.
"""

from __future__ import annotations

import asyncio
from typing import Final

from chat_core.client.board import Board
from chat_core.client.sending import Sender
from chat_core.client.state import inputs
from chat_core.client.state.journal import Kept, Whose
from chat_core.client.state.model import ClientState, Remembered
from chat_core.client.storage import Found, Storage
from chat_core.protocol.values import Account, Conversation

SETTLED_S: Final = 1.0
"""How long the list of conversations is left alone before it is kept, in seconds."""


class Remembering:
    """See the module's head.

    Args:
        storage: where to; None: nowhere.
        board: has the state.
        sender: gets what is unsent.
    """

    def __init__(self, storage: Storage | None, board: Board, sender: Sender) -> None:
        self._storage = storage
        self._board = board
        self._sender = sender
        self._whose: Whose | None = None
        self._kept: tuple[object, int] | None = None
        """The list and the position that were kept last."""
        self._timer: asyncio.TimerHandle | None = None

    async def restore(self, name: str) -> None:
        """Go on where an earlier run of this account's client ended. Raises: WorldFault."""
        if self._storage is None:
            return
        found = await self._storage.open(name)
        self._whose = found.whose
        remembered = _as_of_writing(found)
        if remembered is not None:
            self._board.apply(inputs.WasRemembered(remembered=remembered))
            self._write_whose(Whose(name=remembered.me.name, account=remembered.me.id, epoch=remembered.epoch))
        self._sender.restore(found.kept)

    def look(self) -> None:
        """Note that the list, the name or the store may be another one."""
        if self._storage is None:
            return
        state = self._board.now
        if state.me is not None and state.epoch:
            self._write_whose(Whose(name=state.me.name, account=state.me.id, epoch=state.epoch))
            if self._kept is None:
                self._keep()
            elif self._timer is None and not self._is_kept(state):
                self._timer = asyncio.get_running_loop().call_later(SETTLED_S, self._keep)

    async def close(self) -> None:
        """Keep what is to be kept, and let go of the storage."""
        if self._timer is not None:
            self._timer.cancel()
        if self._storage is not None:
            self._keep()
            await self._storage.close()

    def _write_whose(self, whose: Whose) -> None:
        """Note in which life of the store the numbers mean something that are written from now on."""
        if self._storage is not None and whose != self._whose:
            self._whose = whose
            self._storage.write((whose,))

    def _keep(self) -> None:
        self._timer = None
        state = self._board.now
        remembered = to_remember(state)
        if self._storage is not None and remembered is not None:
            self._kept = (state.conversations, state.account_seq)
            self._storage.remember(remembered)

    def _is_kept(self, state: ClientState) -> bool:
        return self._kept is not None and self._kept[0] is state.conversations and self._kept[1] == state.account_seq


def to_remember(state: ClientState) -> Remembered | None:
    """Return what is worth keeping of a state; None: nothing."""
    if state.me is None or not state.epoch:
        return None
    return Remembered(
        me=state.me,
        epoch=state.epoch,
        server=state.server,
        conversations=tuple(conversation.info for conversation in state.conversations.values()),
        account_seq=state.account_seq,
    )


def _as_of_writing(found: Found) -> Remembered | None:
    """Return the list in which the numbers of what is unsent mean something."""
    whose, remembered = found.whose, found.remembered
    if found.kept and whose is not None and whose.account:
        mine = Account(id=whose.account, name=whose.name)
        if remembered is None or (remembered.me.id, remembered.epoch) != (whose.account, whose.epoch):
            remembered = Remembered(me=mine, epoch=whose.epoch, server="", conversations=())
    if remembered is None:
        return None
    listed = {conversation.id: conversation for conversation in remembered.conversations}
    for kept in found.kept:
        listed.setdefault(kept.unsent.conversation, _from_target(kept))
    return Remembered(
        me=remembered.me,
        epoch=remembered.epoch,
        server=remembered.server,
        conversations=tuple(listed.values()),
        account_seq=remembered.account_seq,
    )


def _from_target(kept: Kept) -> Conversation:
    """Return a conversation that is known by nothing but its spelling."""
    number, name = kept.unsent.conversation, kept.target[1:]
    if kept.target.startswith("@"):
        return Conversation(id=number, kind="direct", name=name)
    if kept.target.startswith("&"):
        return Conversation(id=number, kind="group", name=kept.target)
    return Conversation(id=number, kind="channel", name=name)
