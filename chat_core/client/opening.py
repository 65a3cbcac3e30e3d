"""What is said on a new connection until it can be used: hello, sign-in, then resume or attach."""

from __future__ import annotations

import asyncio

from chat_core.base.text import clean_line
from chat_core.client.attaching import ANOTHER_STORE, Attacher
from chat_core.client.board import Board
from chat_core.client.door import Door
from chat_core.client.errors import CallFailed, Disconnected
from chat_core.client.link import Link
from chat_core.client.sending import Sender
from chat_core.client.state import inputs
from chat_core.client.state.listing import same_target
from chat_core.protocol.codes import Refusal
from chat_core.protocol.limits import MOTD_CHARS, PROTOCOL_VERSION
from chat_core.protocol.requests.conversations import Find
from chat_core.protocol.requests.session import Hello, SignedIn, Welcome

ANOTHER_ACCOUNT = CallFailed(
    Refusal.NO_CONVERSATION, "The name belongs to another account now, which did not write this message."
)


class Opening:
    """See the module's head.

    Args:
        door: says how to sign in.
        name: who to sign in as at first.
        program: for the server's log.
        far_behind: missed events above which a reset is asked for; None: this client does not follow.
    """

    def __init__(
        self,
        board: Board,
        sender: Sender,
        attacher: Attacher,
        door: Door,
        name: str,
        program: str,
        far_behind: int | None,
    ) -> None:
        self._board = board
        self._sender = sender
        self._attacher = attacher
        self._door = door
        self._name = name
        self._program = program
        self._far_behind = far_behind
        self.welcome: Welcome | None = None
        """What the server said it is and allows, the last time; None: nothing yet."""

    async def open(self, link: Link) -> None:
        """Make a new connection a usable one. Raises: CallFailed, Disconnected, UsageFault."""
        me = self._board.now.me
        name = self._name if me is None else me.name
        await self._door.prepare()
        # Both in one write: a server answers them one after another, and a command starts a round trip earlier.
        hello = link.begin(Hello(protocol=PROTOCOL_VERSION, client=self._program[:64]))
        sign_in = link.begin(self._door.knock(name))
        welcome = await link.reply(hello)
        if welcome.protocol != PROTOCOL_VERSION:
            raise CallFailed(
                Refusal.PROTOCOL_VERSION,
                f"The server speaks protocol {welcome.protocol}, this client {PROTOCOL_VERSION}: update the older one.",
            )
        self.welcome = welcome
        link.keep_to(welcome.rates)
        signed_in = await self._signed_in(link, sign_in, name)
        link.ready()
        self._take(welcome, signed_in)
        await self._door.entered(signed_in)
        if self._far_behind is not None:
            await self._attacher.resume(link, self._far_behind)
            return
        await self._same_store(link, welcome.epoch)
        self._attacher.reattach(link)

    async def _signed_in(
        self, link: Link, sign_in: asyncio.Future[SignedIn | CallFailed | Disconnected], name: str
    ) -> SignedIn:
        """Wait until signed in, by another way if there is one. Raises: CallFailed, Disconnected, UsageFault."""
        while True:
            try:
                return await link.reply(sign_in)
            except CallFailed as failure:
                if not self._door.other_way(failure):
                    raise
                await self._door.prepare()
                sign_in = link.begin(self._door.knock(name))

    def _take(self, welcome: Welcome, signed_in: SignedIn) -> None:
        self._sender.body_bytes = welcome.limits.body_bytes
        me = self._board.now.me
        if me is not None and me.id != signed_in.account.id:
            self._sender.drop_all(ANOTHER_ACCOUNT)
        server, motd = clean_line(welcome.server[:100]), clean_line(welcome.motd[:MOTD_CHARS])
        self._board.apply(inputs.SignedInAs(me=signed_in.account, server=server, motd=motd))

    async def _same_store(self, link: Link, epoch: str) -> None:
        """See that every conversation still is what it was, for a client that has no list of them from a resume."""
        state = self._board.now
        self._board.apply(inputs.EpochBegan(epoch=epoch))
        if not state.epoch or state.epoch == epoch:
            return
        self._sender.new_epoch()
        for number, known in state.conversations.items():
            try:
                found = (await link.call(Find(conversation=known.target))).conversation
            except CallFailed as failure:
                if not failure.final:
                    raise
                found = None
            if found is None or found.id != number or not same_target(found, known.info):
                self._sender.drop(number, ANOTHER_STORE)
                self._attacher.forget(number)
                self._board.apply(inputs.Gone(conversation=number))
