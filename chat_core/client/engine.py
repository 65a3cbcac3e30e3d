"""Joins the parts of a client, and tells them when a connection comes and goes. Decides nothing itself.

keeper -> opening -> attacher -> delivery -> board -> (state, changes)
link ----> incoming ----^  ^
post -> sender -> link               +-- own messages come by: sender
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from chat_core.base.clock import Clock
from chat_core.base.tasks import spawn
from chat_core.client.absences import Absences
from chat_core.client.attaching import Attacher
from chat_core.client.board import Board
from chat_core.client.delivery import Delivery
from chat_core.client.door import Door, Login, Tokens
from chat_core.client.ended import Ended
from chat_core.client.glances import Glances
from chat_core.client.incoming import Incoming
from chat_core.client.keeper import Keeper
from chat_core.client.link import Link
from chat_core.client.opening import Opening
from chat_core.client.pages import Pages
from chat_core.client.remembering import Remembering
from chat_core.client.sending import Sender
from chat_core.client.state import inputs
from chat_core.client.state.model import LinkState
from chat_core.client.storage import Storage
from chat_core.client.thread_news import ThreadsNews
from chat_core.protocol.requests.accounts import Renamed
from chat_core.protocol.requests.base import Reply
from chat_core.protocol.requests.conversations import Opened
from chat_core.protocol.requests.signin import PasswordChanged
from chat_core.transport.connect import Connector
from chat_core.transport.urls import Address

KEPT_UNSHOWN: Final = 512
"""Messages kept of a conversation by a client that does not follow, and so shows none."""


class Engine:
    """See the module's head.

    Args:
        address: where the server is.
        login: what there is to sign in with.
        tokens: keeps this device's token; None: nobody does.
        program: for the server's log.
        far_behind: missed events above which a reset is asked for, 0: never; None: this client does not follow.
        clock: tells the time.
        connector: opens the stream.
        entropy: returns so many random bytes.
        storage: keeps what is unsent beyond this client's life; None: nobody does.
        keep: messages kept of a conversation whose older ones nobody reads; None: all.
    """

    def __init__(
        self,
        address: Address,
        login: Login,
        tokens: Tokens | None,
        program: str,
        far_behind: int | None,
        clock: Clock,
        connector: Connector,
        entropy: Callable[[int], bytes],
        storage: Storage | None = None,
        keep: int | None = None,
    ) -> None:
        self._address = address
        self._clock = clock
        self._connector = connector
        self._entropy = entropy
        self._named = login.name
        self._blank: set[int] = set()
        """Conversations that were reset before the connection could be used."""
        self._follow = far_behind is not None
        self.board = Board(latecomers=lambda: self.sender.news(), on_room=lambda: self.delivery.fill_all())
        self.sender = Sender(
            clock,
            seen=lambda conversation, seq: self.delivery.seen(conversation, seq),
            listed=lambda conversation: conversation in self.board.now.conversations,
            wake=self.board.wake,
            give_up=lambda unsent, to, why: self.board.apply(inputs.GaveUp(unsent=unsent, target=to, text=why)),
            storage=storage,
        )
        self.remembering = Remembering(storage, self.board, self.sender)
        self.delivery = Delivery(
            self.board,
            self.sender.came_by,
            self._passed,
            lambda conversation: self.pages.refresh(conversation),
            keep if self._follow else KEPT_UNSHOWN,
        )
        self.pages = Pages(self.board, self.sender, lambda: self.keeper.link, clock)
        self.attacher = Attacher(self.board, self.delivery, self.sender, clock, self._was_reset)
        self.glances = Glances(self.board, clock, lambda conversation: self.threads_news.look(conversation))
        self.absences = Absences(self.board, clock)
        self.threads_news = ThreadsNews(self.board, lambda: self.glances.untold)
        self._incoming = Incoming(
            self.board, self.delivery, self.attacher, self.pages, clock, self._look, self.glances.went_back
        )
        self.door = Door(login, tokens)
        self.opening = Opening(self.board, self.sender, self.attacher, self.door, login.name, program, far_behind)
        self.keeper = Keeper(self._dial, self._open, self._ready, self._say, clock, self._chance)

    async def close(self) -> None:
        """Say goodbye and stop everything."""
        await self.keeper.close()
        self.glances.close()
        self.threads_news.close()
        self.attacher.close()
        self.sender.close()
        await self.remembering.close()
        self.board.close()

    def learn(self, reply: Reply) -> None:
        """Take over what a reply says about the state, whoever asked."""
        match reply:
            case Opened():
                # Who follows hears of a join from the account's log, before the answer. What is not in the list then
                # was left meanwhile.
                if not self._follow or reply.conversation.id in self.board.now.conversations:
                    self.board.apply(inputs.Opened(conversation=reply.conversation))
            case Renamed() if reply.account.id == self.board.me:
                self.board.apply(inputs.RenamedMyself(me=reply.account))
            case PasswordChanged():
                spawn("keep token", self.door.changed(reply))
            case _:
                pass
        self._look()

    def _look(self) -> None:
        """Note what may be another one: the list of conversations, the account's name."""
        self.remembering.look()
        self.threads_news.look_everywhere()
        me = self.board.now.me
        if me is not None and me.name != self._named:
            self._named = me.name
            spawn("keep token", self.door.renamed(me.name))

    def _passed(self, conversation: int, seq: int) -> None:
        self.sender.passed(conversation, seq)
        self.threads_news.look(conversation)

    def _was_reset(self, conversation: int) -> None:
        """Read the newest page of what was shown before: now, or as soon as the connection can be used."""
        if self.keeper.usable:
            self.pages.load_newest(conversation)
        else:
            self._blank.add(conversation)

    async def _dial(self) -> Link:
        return await Link.open(self._address, self._connector, self._clock, self._incoming.take, self._ended)

    async def _open(self, link: Link) -> None:
        self.delivery.link_up(link)
        await self.opening.open(link)

    def _ready(self, link: Link) -> None:
        self.sender.link_up(link)
        self.glances.link_up(link)
        self.absences.link_up(link)
        self.threads_news.link_up(link)
        for conversation in self._blank:
            self.pages.load_newest(conversation)
        self._blank.clear()
        self.remembering.look()

    def _ended(self, link: Link, ended: Ended) -> None:
        self.sender.link_down()
        self.delivery.link_down()
        self.attacher.link_down()
        self.glances.link_down()
        self.absences.link_down()
        self.threads_news.link_down()

    def _say(self, state: LinkState) -> None:
        self.board.apply(inputs.LinkMoved(link=state))

    def _chance(self) -> float:
        return int.from_bytes(self._entropy(4), "big") / 2**32
