"""A server that fits into one's head: the protocol's semantics over lists, with faults on demand.

It stands on the real `Connection` and `Driver`, so every byte is the protocol's. The real server is tested elsewhere;
this one can do what a real one does only when it is unlucky.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from chat_core.check.simulation.time_loop import LoopClock
from chat_core.protocol.codec import RequestFault, read_request, to_map
from chat_core.protocol.codes import REFUSALS, Goodbye, Refusal
from chat_core.protocol.connection import Connection, Role
from chat_core.protocol.envelopes import Answer, Call, Envelope, Failure, Farewell, Push
from chat_core.protocol.events import (
    AccountEvent,
    AccountRenamed,
    ConversationEvent,
    ConversationJoined,
    ConversationLeft,
    Event,
    Lagging,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReadMarkerMoved,
    TopicChanged,
    Typing,
)
from chat_core.protocol.limits import PROTOCOL_VERSION, Limits
from chat_core.protocol.requests.accounts import Rename, Renamed
from chat_core.protocol.requests.base import Done, Reply
from chat_core.protocol.requests.conversations import (
    Find,
    Join,
    Leave,
    ListMembers,
    MarkRead,
    Members,
    OpenDirect,
    Opened,
    SetTopic,
    SetTyping,
)
from chat_core.protocol.requests.messages import (
    Delete,
    Deleted,
    Edit,
    Edited,
    Events,
    History,
    Page,
    Post,
    Posted,
    ReadEvents,
)
from chat_core.protocol.requests.presence import AboutPerson, Whois
from chat_core.protocol.requests.session import (
    Attach,
    CatchUp,
    Hello,
    Resume,
    Resumed,
    SignedIn,
    SignIn,
    Welcome,
)
from chat_core.protocol.values import (
    Account,
    Availability,
    Conversation,
    ConversationKind,
    Member,
    Message,
    Position,
)
from chat_core.transport.driver import Driver


class No(Exception):
    """A refusal."""

    def __init__(self, code: Refusal, retry_after: float | None = None) -> None:
        super().__init__(REFUSALS[code].text)
        self.code = code
        self.retry_after = retry_after


@dataclass
class Room:
    """One conversation."""

    id: int
    kind: ConversationKind
    name: str
    log: list[ConversationEvent] = field(default_factory=list)
    members: dict[int, int] = field(default_factory=dict)
    """Accounts and their read markers."""
    topic: str = ""
    listeners: list[Session] = field(default_factory=list)

    @property
    def head(self) -> int:
        return len(self.log)

    @property
    def eid(self) -> bytes:
        return self.log[-1].eid if self.log else b""

    def unread(self, account: int) -> int:
        read = self.members.get(account, 0)
        behind = (each for each in self.log[read:] if isinstance(each, MessagePosted) and each.author != account)
        gone = {event.message for event in self.log if isinstance(event, MessageDeleted)}
        return sum(event.seq not in gone for event in behind)

    def messages(self) -> list[Message]:
        """Return the messages as they stand now: the log, folded."""
        found: dict[int, Message] = {}
        for event in self.log:
            match event:
                case MessagePosted():
                    found[event.seq] = Message(
                        seq=event.seq,
                        changed=event.seq,
                        ts=event.ts,
                        author=event.author,
                        name=event.name,
                        body=event.body,
                        style=event.style,
                        reply_to=event.reply_to,
                    )
                case MessageEdited():
                    old = found[event.message]
                    found[old.seq] = replace(old, changed=event.seq, body=event.body, edits=old.edits + 1)
                case MessageDeleted():
                    found[event.message] = replace(found[event.message], changed=event.seq, body="", deleted=True)
                case _:
                    pass
        return list(found.values())

    def erase(self, seq: int) -> None:
        """Take a message's text out of the log."""
        for index, event in enumerate(self.log):
            about = event.message if isinstance(event, MessageEdited) else event.seq
            if isinstance(event, MessagePosted | MessageEdited) and about == seq:
                self.log[index] = replace(event, body="")


@dataclass
class Faults:
    """What this server does wrong, each with a chance from 0 to 1."""

    double_answer: float = 0.0
    """Answers a call twice."""
    swap_pushes: float = 0.0
    """Pushes an event only after the next one."""
    skip_push: float = 0.0
    """Leaves a push out: the log has it."""
    refuse_post: float = 0.0
    """Refuses a post for now."""
    lag: float = 0.0
    """Detaches a reader and tells it `lagging`."""
    forget_answer: float = 0.0
    """Stores a post, and answers that the store failed."""


class Session:
    """One connection."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.driver: Driver | None = None
        self.account = 0
        self.following = False
        self.kept: ConversationEvent | None = None
        """A push that waits to be overtaken."""

    def opened(self, driver: Driver) -> None:
        self.driver = driver
        driver.write(self.world.greeting)

    def received(self, envelope: Envelope) -> None:
        assert isinstance(envelope, Call)
        self.world.route(self, envelope)

    def heard(self, size: int) -> None:
        pass

    def writable(self) -> None:
        pass

    def closed(self, farewell: Farewell | None, ours: Goodbye | None) -> None:
        self.driver = None
        self.world.gone(self)

    def send(self, envelope: Envelope) -> None:
        if self.driver is not None and not self.driver.closing:
            self.driver.connection.send(envelope)
            self.driver.flush()

    def push(self, event: Event) -> None:
        self.send(Push(event=to_map(event)))


class World:
    """Accounts, conversations, and the sessions that hear of them.

    Args:
        chance: for ids and faults.
        page: most events in one answer.
        commit_s: time a write takes, in seconds.
    """

    def __init__(self, chance: random.Random, *, page: int = 200, commit_s: float = 0.001) -> None:
        self.chance = chance
        self.faults = Faults()
        self.epoch = "one"
        self.page = page
        self.protocol = PROTOCOL_VERSION
        self.greeting = b""
        """What is said to everybody who connects, before anything else."""
        self.names: dict[int, str] = {}
        self.rooms: dict[int, Room] = {}
        self.cids: dict[tuple[int, bytes], Posted] = {}
        self.said: dict[tuple[int, bytes], tuple[str, int | None]] = {}
        self.account_logs: dict[int, int] = {}
        self.sessions: list[Session] = []
        self.refuse: Callable[[Any], No | None] = lambda request: None
        """Asked about every request first."""
        self.slow: dict[type[Any], float] = {}
        """Seconds that a kind of request takes; others are answered at once."""
        self.away: set[int | None] = set()
        """Accounts that are away."""
        self.calls: list[str] = []
        """Every request's name, in order."""
        self.commit_s = commit_s
        self._loop = asyncio.get_running_loop()
        self._clock = LoopClock(self._loop)
        self.room("general")

    # --- set-up -----------------------------------------------------------------------------------------------

    def driver(self) -> Driver:
        """Make the server's side of a connection."""
        session = Session(self)
        self.sessions.append(session)
        return Driver(Connection(Role.SERVER, self._clock.monotonic()), self._clock, session)

    def room(self, name: str, kind: ConversationKind = "channel") -> Room:
        """Find or make a conversation."""
        for room in self.rooms.values():
            if room.name == name and room.kind == kind:
                return room
        room = Room(id=len(self.rooms) + 1, kind=kind, name=name)
        self.rooms[room.id] = room
        return room

    def account(self, name: str) -> int:
        """Find or make an account."""
        for number, known in self.names.items():
            if known == name:
                return number
        number = len(self.names) + 1
        self.names[number] = name
        self.room("general").members[number] = 0
        return number

    def write(self, room: Room, name: str, body: str) -> MessagePosted:
        """Have somebody say something."""
        author = self.account(name)
        event = MessagePosted(
            conversation=room.id,
            seq=room.head + 1,
            eid=self.chance.randbytes(8),
            ts=self._clock.wall_ms(),
            author=author,
            name=name,
            cid=self.chance.randbytes(16),
            body=body,
        )
        self.publish(room, event)
        return event

    def edit(self, room: Room, seq: int, body: str) -> MessageEdited:
        """Have the author of a message edit it."""
        message = next(message for message in room.messages() if message.seq == seq)
        event = MessageEdited(
            conversation=room.id,
            seq=room.head + 1,
            eid=self.chance.randbytes(8),
            ts=self._clock.wall_ms(),
            author=message.author,
            name=message.name,
            message=seq,
            body=body,
        )
        self.publish(room, event)
        return event

    def delete(self, room: Room, seq: int) -> MessageDeleted:
        """Have the author of a message delete it."""
        message = next(message for message in room.messages() if message.seq == seq)
        event = MessageDeleted(
            conversation=room.id,
            seq=room.head + 1,
            eid=self.chance.randbytes(8),
            ts=self._clock.wall_ms(),
            author=message.author,
            name=message.name,
            message=seq,
        )
        self.publish(room, event)
        room.erase(seq)
        return event

    def publish(self, room: Room, event: ConversationEvent) -> None:
        """Append to the log and push."""
        room.log.append(event)
        for session in list(room.listeners):
            self._push(room, session, event)

    def tell(self, account: int, make: Callable[[int], AccountEvent]) -> None:
        """Append to an account's log and push."""
        seq = self.account_logs.get(account, 0) + 1
        self.account_logs[account] = seq
        event = make(seq)
        for session in self.sessions:
            if session.account == account and session.following:
                session.push(event)

    # --- sessions ---------------------------------------------------------------------------------------------

    def gone(self, session: Session) -> None:
        if session in self.sessions:
            self.sessions.remove(session)
        for room in self.rooms.values():
            if session in room.listeners:
                room.listeners.remove(session)

    def route(self, session: Session, call: Call) -> None:
        """Answer a call: writes after the time a commit takes, in order; everything else at once."""
        try:
            request = read_request(call.request)
        except RequestFault as fault:
            session.send(Failure(id=call.id, code=fault.code, text=str(fault), final=True))
            return
        self.calls.append(str(call.request["do"]))
        wait_s = self.slow.get(type(request), self.commit_s if isinstance(request, Post) else 0.0)
        if wait_s:
            self._loop.call_later(wait_s, self._answer, session, call.id, request)
        else:
            self._answer(session, call.id, request)

    def _answer(self, session: Session, call_id: int, request: Any) -> None:
        answer: Envelope
        try:
            if (no := self.refuse(request)) is not None:
                raise no
            handler = getattr(self, f"_{type(request).__name__.lower()}")
            reply: Reply = handler(session, request)
            answer = Answer(id=call_id, reply=to_map(reply))
        except No as no:
            answer = Failure(
                id=call_id,
                code=no.code,
                text=str(no),
                retry_after=no.retry_after,
                final=not REFUSALS[no.code].again,
            )
        session.send(answer)
        if self._unlucky(self.faults.double_answer):
            session.send(answer)

    def _push(self, room: Room, session: Session, event: ConversationEvent) -> None:
        if self._unlucky(self.faults.lag):
            room.listeners.remove(session)
            session.push(Lagging(conversation=room.id, head=room.head))
            return
        if self._unlucky(self.faults.skip_push):
            return
        if session.kept is None and self._unlucky(self.faults.swap_pushes):
            session.kept = event
            return
        session.push(event)
        if session.kept is not None:
            session.push(session.kept)
            session.kept = None

    def _unlucky(self, chance: float) -> bool:
        return bool(chance) and self.chance.random() < chance

    # --- requests ---------------------------------------------------------------------------------------------

    def _hello(self, session: Session, request: Hello) -> Welcome:
        return Welcome(protocol=self.protocol, server="world", epoch=self.epoch, limits=Limits())

    def _signin(self, session: Session, request: SignIn) -> SignedIn:
        session.account = self.account(request.name)
        assert session.driver is not None
        session.driver.connection.signed_in()
        return SignedIn(account=Account(id=session.account, name=request.name))

    def _resume(self, session: Session, request: Resume) -> Resumed:
        session.following = True
        positions = {position.conversation: position for position in request.positions}
        catch_ups = []
        mine = [room for room in self.rooms.values() if session.account in room.members]
        for room in mine:
            position = positions.pop(room.id, None)
            catch_ups.append(self._catch_up(room, position, request.epoch, request.far_behind))
            self._listen(room, session)
        catch_ups += [CatchUp(conversation=number, gone="left") for number in positions]
        return Resumed(
            epoch=self.epoch,
            seq=self.account_logs.get(session.account, 0),
            conversations=tuple(self.seen_by(room, session.account) for room in mine),
            catch_ups=tuple(catch_ups),
        )

    def _attach(self, session: Session, request: Attach) -> CatchUp:
        room = self._room(session, request.position.conversation)
        self._listen(room, session)
        if request.live_only:
            return CatchUp(conversation=room.id, head=room.head, eid=room.eid, reset="new")
        return self._catch_up(room, request.position, request.epoch or self.epoch, 0)

    def _catch_up(self, room: Room, position: Position | None, epoch: str, far_behind: int) -> CatchUp:
        number, head = room.id, room.head
        if position is None:
            return CatchUp(conversation=number, head=head, eid=room.eid, reset="new")
        if epoch != self.epoch:
            return CatchUp(conversation=number, head=head, eid=room.eid, reset="epoch")
        if position.seq > head or (position.eid and room.log[position.seq - 1].eid != position.eid):
            return CatchUp(conversation=number, head=head, eid=room.eid, reset="rewound")
        if far_behind and head - position.seq > far_behind:
            return CatchUp(conversation=number, head=head, eid=room.eid, reset="far_behind")
        events = room.log[position.seq : position.seq + self.page]
        return CatchUp(
            conversation=number,
            head=head,
            eid=room.eid,
            events=tuple(to_map(event) for event in events),
            more=position.seq + len(events) < head,
        )

    def _post(self, session: Session, request: Post) -> Posted:
        account = session.account
        room = self._room(session, request.conversation)
        key = (account, request.cid)
        if key in self.cids:
            if self.said[key] != (request.body, request.reply_to):
                raise No(Refusal.CID_REUSED)
            return replace(self.cids[key], duplicate=True)
        if self._unlucky(self.faults.refuse_post):
            raise No(Refusal.BUSY, retry_after=self.chance.choice((None, 0.3)))
        if not request.body.strip():
            raise No(Refusal.EMPTY)
        if request.prev is not None and (account, request.prev) not in self.cids:
            raise No(Refusal.UNKNOWN_PREV)
        event = MessagePosted(
            conversation=room.id,
            seq=room.head + 1,
            eid=self.chance.randbytes(8),
            ts=self._clock.wall_ms(),
            author=account,
            name=self.names[account],
            cid=request.cid,
            body=request.body,
            style=request.style,
            reply_to=request.reply_to,
        )
        if not room.unread(account):
            room.members[account] = event.seq
        posted = Posted(conversation=room.id, seq=event.seq, ts=event.ts)
        self.cids[key], self.said[key] = posted, (request.body, request.reply_to)
        self.publish(room, event)
        if self._unlucky(self.faults.forget_answer):
            raise No(Refusal.STORE_FAILED)
        return posted

    def _edit(self, session: Session, request: Edit) -> Edited:
        room, message = self._own(session, request)
        if message.deleted:
            raise No(Refusal.NO_MESSAGE)
        duplicate = message.body == request.body
        event = room.log[message.changed - 1] if duplicate else self.edit(room, request.seq, request.body)
        return Edited(conversation=room.id, seq=event.seq, ts=event.ts, duplicate=duplicate)

    def _delete(self, session: Session, request: Delete) -> Deleted:
        room, message = self._own(session, request)
        event = room.log[message.changed - 1] if message.deleted else self.delete(room, request.seq)
        return Deleted(conversation=room.id, seq=event.seq, ts=event.ts, duplicate=message.deleted)

    def _own(self, session: Session, request: Edit | Delete) -> tuple[Room, Message]:
        room = self._room(session, request.conversation)
        found = [message for message in room.messages() if message.seq == request.seq]
        if not found:
            raise No(Refusal.NO_MESSAGE)
        if found[0].author != session.account:
            raise No(Refusal.NOT_ALLOWED)
        return room, found[0]

    def _history(self, session: Session, request: History) -> Page:
        room = self._room(session, request.conversation)
        everything = room.messages()
        assert request.anchor == "before"
        before = [message for message in everything if message.seq < request.seq]
        page = before[-request.limit :]
        return Page(
            conversation=room.id,
            messages=tuple(page),
            head=room.head,
            at_start=len(page) == len(before),
            at_end=len(before) == len(everything),
        )

    def _readevents(self, session: Session, request: ReadEvents) -> Events:
        room = self._room(session, request.conversation)
        events = room.log[request.after : request.after + min(request.limit, self.page)]
        return Events(
            conversation=room.id,
            events=tuple(to_map(event) for event in events),
            head=room.head,
            more=request.after + len(events) < room.head,
        )

    def _join(self, session: Session, request: Join) -> Opened:
        name = request.channel.removeprefix("#")
        if not request.create and not any(room.name == name for room in self.rooms.values()):
            raise No(Refusal.NO_CONVERSATION)
        room = self.room(name)
        self._become_member(room, session.account)
        return Opened(conversation=self.seen_by(room, session.account))

    def _opendirect(self, session: Session, request: OpenDirect) -> Opened:
        other = self.account(request.account.removeprefix("@"))
        room = self.room("+".join(sorted((self.names[session.account], self.names[other]))), "direct")
        for account in {session.account, other}:
            self._become_member(room, account)
        return Opened(conversation=self.seen_by(room, session.account))

    def _leave(self, session: Session, request: Leave) -> Done:
        room = self._room(session, request.conversation)
        del room.members[session.account]
        for listener in [listener for listener in room.listeners if listener.account == session.account]:
            room.listeners.remove(listener)
        self.tell(session.account, lambda seq: ConversationLeft(seq=seq, conversation=room.id, last=room.head))
        return Done()

    def _find(self, session: Session, request: Find) -> Opened:
        return Opened(conversation=self.seen_by(self._room(session, request.conversation), session.account))

    def _whois(self, session: Session, request: Whois) -> AboutPerson:
        account = self.account(request.account)
        state: Availability = "away" if account in self.away else "online"
        return AboutPerson(account=Account(id=account, name=request.account), online=True, state=state, since=1)

    def _listmembers(self, session: Session, request: ListMembers) -> Members:
        room = self._room(session, request.conversation)
        names = sorted(self.names[account] for account in room.members)
        page = [name for name in names if name > request.after][: min(request.limit, self.page)]
        online = {listener.account for listener in room.listeners}
        return Members(
            members=tuple(
                Member(account=self.account(name), name=name, online=self.account(name) in online) for name in page
            ),
            rev=0,
            total=len(names),
            online=len(online),
            more=bool(page) and page[-1] != names[-1],
        )

    def _settopic(self, session: Session, request: SetTopic) -> Done:
        room = self._room(session, request.conversation)
        room.topic = request.topic
        event = TopicChanged(
            conversation=room.id,
            seq=room.head + 1,
            eid=self.chance.randbytes(8),
            ts=self._clock.wall_ms(),
            author=session.account,
            name=self.names[session.account],
            topic=request.topic,
        )
        self.publish(room, event)
        return Done()

    def _markread(self, session: Session, request: MarkRead) -> Done:
        room = self._room(session, request.conversation)
        read = min(request.seq, room.head)
        if read > room.members[session.account]:
            room.members[session.account] = read
            self.tell(session.account, lambda seq: ReadMarkerMoved(seq=seq, conversation=room.id, read=read))
        return Done()

    def _settyping(self, session: Session, request: SetTyping) -> Done:
        room = self._room(session, request.conversation)
        name = self.names[session.account]
        event = Typing(conversation=room.id, account=session.account, name=name, active=request.active)
        for listener in room.listeners:
            if listener.account != session.account:
                listener.push(event)
        return Done()

    def _rename(self, session: Session, request: Rename) -> Renamed:
        self.names[session.account] = request.name
        for other in self.sessions:
            other.push(AccountRenamed(account=session.account, name=request.name))
        return Renamed(account=Account(id=session.account, name=request.name))

    # --- how --------------------------------------------------------------------------------------------------

    def seen_by(self, room: Room, account: int) -> Conversation:
        """Return a conversation as one member sees it."""
        partner = None
        name = room.name
        if room.kind == "direct":
            partner = next((other for other in room.members if other != account), account)
            name = self.names[partner]
        return Conversation(
            id=room.id,
            kind=room.kind,
            name=name,
            topic=room.topic,
            head=room.head,
            eid=room.eid,
            read=room.members.get(account, 0),
            unread=room.unread(account),
            members=len(room.members),
            online=len({listener.account for listener in room.listeners}),
            partner=partner,
            state="away" if partner in self.away else "online",
        )

    def _become_member(self, room: Room, account: int) -> None:
        if account in room.members:
            return
        room.members[account] = room.head
        conversation = self.seen_by(room, account)
        self.tell(account, lambda seq: ConversationJoined(seq=seq, conversation=conversation))
        for session in self.sessions:
            if session.account == account and session.following:
                self._listen(room, session)

    def _room(self, session: Session, ref: int | str) -> Room:
        for room in self.rooms.values():
            if ref == room.id or ref == f"#{room.name}":
                if session.account not in room.members:
                    raise No(Refusal.NOT_MEMBER)
                return room
        raise No(Refusal.NO_CONVERSATION)

    @staticmethod
    def _listen(room: Room, session: Session) -> None:
        if session not in room.listeners:
            room.listeners.append(session)
