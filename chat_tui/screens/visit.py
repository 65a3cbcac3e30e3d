"""One stay at a server: its bridge, its screen, and this computer's own server if it is that. Draws nothing.

It begins when the screen was drawn, and ends by the user, or with a sentence: let in by nobody in time, or refused.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from chat_core.base.clock import Clock, SystemClock
from chat_core.base.errors import ChatError, UsageFault
from chat_core.base.names import check_account_name
from chat_core.base.tasks import spawn, stop
from chat_core.client.folders import folder_for
from chat_core.client.state.changes import Batch
from chat_core.client.state.model import LinkStatus
from chat_core.transport.urls import Address, Invitation, parse_address
from chat_tui.bridge import KNOWN, Bridge, Way
from chat_tui.commands.context import Answer
from chat_tui.config import Settings
from chat_tui.device_tokens import NoKeyring
from chat_tui.embedded import Embedded
from chat_tui.keys import Keymap
from chat_tui.live_page import LivePage
from chat_tui.password_command import NoPassword
from chat_tui.paths import HERE
from chat_tui.screens.chat import ChatScreen
from chat_tui.screens.goal import Goal, in_words
from chat_tui.screens.idling import LOOK_EVERY_S, Idling
from chat_tui.screens.neighbours import Neighbours
from chat_tui.screens.quitting import in_words as unsent_in_words
from chat_tui.screens.quitting import unsent_of
from chat_tui.storage import Servers

if TYPE_CHECKING:
    from chat_core.client.errors import CallFailed, Untrusted
    from chat_core.protocol.requests.presence import SetPresence
    from chat_core.protocol.requests.session import Welcome
    from chat_core.transport.connect import Connector

LET_IN_WITHIN_S: Final = 5.0
"""Time a server has to let one in before that is said, and another one can be chosen, in seconds."""
LOOK_AFTER_EVERY_S: Final = 2.0
"""Shortest distance of two looks after this computer's own server while it does not answer, in seconds."""


_TOKEN_REFUSED: Final = "This device is signed out there: sign in again."
_COMMAND_REFUSED: Final = "What password_cmd prints is not taken there: sign in by hand, and mend it."


class Visit:
    """It.

    Args:
        choice: where, and as whom.
        embedded: this computer's own server.
        servers: those that are known, for completion.
        page: gets everything that is shown.
        settings: what the user has set.
        title: what to call it; empty: by its address.
        on_known: told the name one has there, when let in and when it changes.
        on_end: told why it ended, if not by the user.
        on_untrusted: told why it is not certain that the server is the right one; the visit is over.
        on_asked: told why there is more to say before one is let in, what the server takes, and the refusal's code; the
            visit is over.
        way: how to get in.
        config: folder of the known servers.
        outbox: folder for messages that are not sent yet; drafts are kept in one beside it.
        keymap: the keys in use.
        neighbours: the other servers that are open; None: there are none.
        patient: whether a server that nobody can reach is waited for.
        clock: the time.
    """

    def __init__(
        self,
        choice: Goal,
        embedded: Embedded,
        servers: Servers,
        *,
        page: LivePage,
        title: str = "",
        on_known: Callable[[str], None],
        on_end: Callable[[str], None],
        on_untrusted: Callable[[Untrusted], None],
        on_asked: Callable[[str, Welcome | None, str], None],
        way: Way = KNOWN,
        config: Path,
        outbox: Path | None = None,
        settings: Settings,
        keymap: Keymap | None = None,
        neighbours: Neighbours | None = None,
        patient: bool = False,
        clock: Clock | None = None,
    ) -> None:
        self.choice = choice
        self._embedded = embedded if choice.address == HERE else None
        self._address = address = embedded.address if choice.address == HERE else parse_address(choice.address)
        self._config = config
        self._way = way
        self._without = ""
        """Why a keyring does not give the token; empty: it does, or has none."""
        self.bridge = Bridge(
            address, choice.name, self._take, self._fault, outbox, self._connector, config, way, self._finish
        )
        """To the server."""
        known = [server.address for server in servers.known]
        self.screen = ChatScreen(
            self.bridge,
            title=title or in_words(choice.address),
            page=page,
            settings=settings,
            keymap=keymap,
            memory=folder_for(outbox.with_name("drafts"), choice.address) if outbox is not None else None,
            servers=known,
            neighbours=neighbours,
            alone=choice.address == HERE,
        )
        """The main screen of it."""
        clock = clock or SystemClock()
        self._looking: asyncio.Task[None] | None = None
        self.idling = Idling(settings.privacy, self._stand, clock.monotonic)
        """Tells others whether anybody is here, as the user has set."""
        self._on_known = on_known
        self._on_end = on_end
        self._on_untrusted = on_untrusted
        self._on_asked = on_asked
        self._clock = clock
        self._name = ""
        self._patient = patient
        self._begun = self._let_in = self._over = False
        self._looked_s = float("-inf")

    async def begin(self) -> None:
        """Connect, and end with a sentence if that fails; once."""
        if self._begun:
            return
        self._begun = True
        if self.idling.looks:
            self._looking = spawn("idling", self._look_at_idling())
        try:
            if self._embedded is not None:
                await asyncio.to_thread(self._embedded.ensure)
            if not self._over:
                await self.bridge.start()
                await self._wait()
                self._let_in = True
                self._note_name()
                self._go_to_channel()
        except ChatError as fault:
            self._finish(fault)

    def _connector(self) -> Connector:
        from chat_core.client import TrustingConnector  # loads what connects, in the client's thread

        return TrustingConnector.of(self._config, self.choice.link.pin if self.choice.link else "")

    @property
    def address(self) -> Address:
        """Of the server."""
        return self._address

    def _go_to_channel(self) -> None:
        """Go where the link leads."""
        link = self.choice.link
        if link is not None and link.channel:
            self.screen.errands.join(link.channel)

    async def _wait(self) -> None:
        """Wait until let in; who was here before may also stay outside, and write. Raises: ChatError."""
        from chat_core.client.errors import Disconnected

        while True:
            try:
                await self.bridge.online(LET_IN_WITHIN_S)
            except Disconnected:
                state, command = self.bridge.state, self.bridge.command
                if command is not None and command.running:  # the server is not what is waited for
                    continue
                waits = bool(state.conversations) or self._patient
                if not waits or state.link.status is LinkStatus.REFUSED:
                    raise
            return

    async def end(self) -> None:
        """Say goodbye."""
        self._over = True
        await stop(self._looking)
        await self.bridge.close()

    async def sign_out(self) -> None:
        """Forget this device's token, here and at the server as far as it can be reached, and say goodbye."""
        from chat_core.protocol.requests.signin import SignOut
        from chat_tui.kept_tokens import KeptTokens

        self._over = True
        with contextlib.suppress(ChatError):
            await asyncio.to_thread(KeptTokens(self._config, self._address).keep, self._name, "")
        with contextlib.suppress(ChatError):
            await self.bridge.call(SignOut())
        await stop(self._looking)
        await self.bridge.close()

    def _take(self, batch: Batch) -> None:
        if self._over:
            return
        self.screen.take(batch)
        link = batch.state.link
        self.idling.link(link.status)
        if link.status is LinkStatus.WAITING:
            self._look_after_embedded()
        elif self._let_in and link.status is LinkStatus.REFUSED:
            spawn("say why", self._say_why())
        elif self._let_in:
            self._note_name()

    async def _look_at_idling(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            self.idling.look()

    def _stand(self, request: SetPresence) -> None:
        self.screen.errands.call(request, None)

    def _fault(self, fault: ChatError) -> None:
        if isinstance(fault, NoKeyring | NoPassword):
            self._without = str(fault)
        if not self._over:
            self.screen.answer(Answer(str(fault), fault=True, unasked=True))

    async def _say_why(self) -> None:
        """End because the server, or what it shows, lets one in no more."""
        try:
            await self.bridge.online(0)
        except ChatError as fault:
            self._finish(fault)

    def _finish(self, fault: ChatError) -> None:
        from chat_core.client.errors import CallFailed, Untrusted

        if self._over:
            return
        self._over = True
        if isinstance(fault, Untrusted):
            self._on_untrusted(fault)
        elif isinstance(fault, CallFailed) and self._is_worth_asking(fault):
            self._on_asked(self._with_unsent(self._in_words(fault)), self.bridge.welcome, fault.code)
        else:
            self._on_end(self._with_unsent(str(fault)))

    def _with_unsent(self, sentence: str) -> str:
        """Return why nobody is let in, and what becomes of what was written before that."""
        return f"{sentence} {unsent_in_words(unsent_of(self.bridge.state, keeps=self.bridge.keeps))}".rstrip()

    def _is_worth_asking(self, fault: CallFailed) -> bool:
        """Return whether another answer of the person at the keyboard can mend it."""
        from chat_core.client.door import ASK_A_PERSON, ASK_WHO_GAVE_A_NAME

        return fault.code in (ASK_WHO_GAVE_A_NAME if self._way.kind == "known" else ASK_A_PERSON)

    def _in_words(self, fault: CallFailed) -> str:
        from chat_core.protocol.codes import Refusal

        refused_token = self._way.kind == "known" and fault.code == Refusal.WRONG_CREDENTIALS
        if refused_token and self.bridge.command is not None and self.bridge.command.gave:
            return _COMMAND_REFUSED
        return _TOKEN_REFUSED if refused_token else self._without or str(fault)

    def _note_name(self) -> None:
        me = self.bridge.state.me
        if me is None or me.name == self._name:
            return
        self._name = me.name
        with contextlib.suppress(UsageFault):  # what is no name is nothing to come back as, whatever a server says
            self._on_known(check_account_name(me.name))

    def _look_after_embedded(self) -> None:
        """Start this computer's own server again if it is gone: nobody else will."""
        now = self._clock.monotonic()
        if self._embedded is not None and now - self._looked_s >= LOOK_AFTER_EVERY_S:
            self._looked_s = now
            spawn("look after embedded server", self._restart(self._embedded))

    async def _restart(self, embedded: Embedded) -> None:
        try:
            await asyncio.to_thread(embedded.ensure)
        except ChatError as fault:
            self._fault(fault)
        else:
            self.bridge.wake()


def trust(config: Path, address: str, pin: str) -> None:
    """Remember the key of a server that somebody has found to be the right one.

    Args:
        config: folder of the known servers.
        address: of the server.
        pin: what it has shown.

    Raises:
        WorldFault: it cannot be remembered.
    """
    from chat_core.client.trust.decision import Known
    from chat_core.client.trust.known import KnownServers

    KnownServers(config).keep(parse_address(address), Known("first use", pin))


def other_key(config: Path, link: Invitation) -> str:
    """Return what is wrong if a link is for another key than that of the server which is known at its address.

    Args:
        config: folder of the known servers.
        link: with a pin.
    """
    from chat_core.client.errors import Untrusted
    from chat_core.client.trust.known import KnownServers

    try:
        known = KnownServers(config).find(link.address)
    except Untrusted as fault:
        return str(fault)
    if known is None or not known.pin or known.pin == link.pin:
        return ""
    return "The link is for a server with another key than the one that is open: ask whoever gave it to you."


def asks_first(choice: Goal, config: Path) -> bool:
    """Return whether a link with an invite leads there, and this device has no token of that name yet.

    Args:
        choice: where, and as whom.
        config: folder of this device's tokens.
    """
    if choice.link is None or not choice.link.invite:
        return False
    from chat_tui.kept_tokens import KeptTokens  # only those who are invited wait for it

    try:
        return not KeptTokens(config, choice.link.address).has(choice.name)
    except UsageFault:
        return False  # whoever connects says what is wrong with the file
