"""Opening a connection: hello, resume, attach.

Order in a catch-up: wait for one's turn, attach (new events are kept back), read one snapshot of the store, answer, let
go what lies behind the snapshot. Reading before attaching would lose what is committed in between.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import msgspec

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codec import pack, to_map
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import (
    AccountEvent,
    AccountSanctioned,
    ConversationEvent,
    ConversationLeft,
    Invited,
)
from chat_core.protocol.limits import PAGE_BYTES, PAGE_ITEMS, PROTOCOL_VERSION, Limits
from chat_core.protocol.requests.session import (
    Attach,
    CatchUp,
    Hello,
    Resume,
    Resumed,
    Welcome,
)
from chat_core.protocol.values import Position
from chat_core.server.context import Context
from chat_core.server.registry import costs, handles
from chat_core.server.rules.latecomers import for_latecomer
from chat_core.server.rules.permissions import Inside, Permission
from chat_core.server.store.base import Reader, Refused
from chat_core.server.store.conversations import Place

RESUME_BYTES = 96 * 1024
"""Bytes of events in one resume, which also holds the list of conversations; the rest is read in pages."""


MISSED_LOOKED_AT: Final = 500
"""Newest events of an account's log among which it is looked for what somebody missed."""
MISSED_TOLD: Final = 50
"""Most of them that are told."""


@handles(Hello, needs=Permission.OPEN, cost=0)
async def hello(ctx: Context, request: Hello) -> Welcome:
    """Agree on the version."""
    if request.protocol != PROTOCOL_VERSION:
        older = "client" if request.protocol < PROTOCOL_VERSION else "server"
        raise Refused(
            Refusal.PROTOCOL_VERSION,
            f"This server speaks protocol {PROTOCOL_VERSION}, the client {request.protocol}: update the {older}.",
        )
    ctx.session.greeted = True
    if ctx.session.console:
        ctx.session.act_as_console()
    services = ctx.services
    entry = services.auth.entry(local=ctx.session.local)
    return Welcome(
        protocol=PROTOCOL_VERSION,
        server=services.server,
        epoch=services.epoch,
        limits=Limits(
            ping_every_s=services.ping_every_s,
            pong_within_s=services.pong_within_s,
            file_bytes=services.files.settings.max_bytes,
        ),
        registration=entry.told,
        guests=entry.guests,
        rates=services.guard.rates(ctx.session.profile, costs()),
        motd=services.motd,
    )


@handles(Resume, needs=Permission.READ, cost=5)
async def resume(ctx: Context, request: Resume) -> Resumed:
    """Attach to everything and catch up."""
    async with ctx.catching_up():
        return await _resume(ctx, request)


async def _resume(ctx: Context, request: Resume) -> Resumed:
    session, hub, account = ctx.session, ctx.hub, ctx.account
    followed, attached = session.following, frozenset(session.attached)
    hub.follow(session)
    try:
        for conversation in await ctx.store.read(lambda reader: reader.numbers_of(account)):
            # The list may be older than what was told here. What is joined again is attached when that is told.
            if conversation not in session.left:
                hub.attach(session, conversation)
        resumed = await ctx.store.read(lambda reader: _resumed(reader, account, request, ctx.services.epoch))
    except BaseException:
        # Who has no answer has no positions: pushes would mean nothing to it, or the wrong thing.
        if followed:
            hub.resumed(session, session.account_floor, {})
        else:
            hub.unfollow(session, attached)
        raise
    floors = {catch_up.conversation: catch_up.head for catch_up in resumed.catch_ups}
    ctx.after.append(lambda: hub.resumed(session, resumed.seq, floors))
    return msgspec.structs.replace(
        resumed,
        conversations=tuple(hub.seen(conversation) for conversation in resumed.conversations),
    )


@handles(Attach, needs=Permission.READ, inside=Inside.MEMBER, cost=2)
async def attach(ctx: Context, request: Attach) -> CatchUp:
    """Attach to one conversation and catch up there."""
    async with ctx.catching_up():
        return await _attach(ctx, request)


async def _attach(ctx: Context, request: Attach) -> CatchUp:
    session, account = ctx.session, ctx.account
    conversation = ConversationId(request.position.conversation)
    await ctx.store.read(lambda reader: _members_place(reader, account, conversation))
    feed = ctx.hub.attach(session, conversation)
    begun = feed.waiting.get(session)
    try:
        caught_up = await ctx.store.read(lambda reader: _attached(reader, account, request, ctx.services.epoch))
    except BaseException:
        # Who was put out and has come back meanwhile is attached by that, and stays so.
        if feed.waiting.get(session) is begun:
            ctx.hub.drop(feed, session)
        raise
    ctx.after.append(lambda: feed.release(session, caught_up.head))
    return caught_up


def _resumed(reader: Reader, account: AccountId, request: Resume, epoch: str) -> Resumed:
    conversations = reader.conversations_of(account)
    positions = {position.conversation: position for position in request.positions}
    heads = {conversation.id: conversation.head for conversation in conversations}
    behind = [(number, each.seq) for number, each in positions.items() if each.seq != heads.get(number)]
    eids = reader.eids_at(behind)
    catch_ups: list[CatchUp] = []
    room = _Room(RESUME_BYTES)
    for conversation in conversations:
        position = positions.pop(conversation.id, None)
        head = Position(conversation=conversation.id, seq=conversation.head, eid=conversation.eid)
        if position is None:
            caught_up = CatchUp(conversation=conversation.id, head=head.seq, eid=head.eid, reset="new")
        elif request.epoch != epoch:
            caught_up = CatchUp(conversation=conversation.id, head=head.seq, eid=head.eid, reset="epoch")
        else:
            since = reader.find(account, conversation.id).since if conversation.kind == "group" else 0
            known = _is_there(head, position, eids)
            caught_up = _catch_up(reader, head, position, room, request.far_behind, since, known=known)
        catch_ups.append(caught_up)
    catch_ups.extend(_gone(reader, account, number) for number in positions)
    return Resumed(
        epoch=epoch,
        seq=reader.account_head(account),
        conversations=tuple(conversations),
        catch_ups=tuple(catch_ups),
        ignored=tuple(reader.ignored_numbers(account)),
        bookmarks=tuple(reader.bookmarked_seqs(account)),
        missed=_missed(reader, account, request) if request.epoch == epoch and request.seq else (),
    )


def _missed(reader: Reader, account: AccountId, request: Resume) -> tuple[dict[str, Any], ...]:
    """Return what of an account's log is for eyes, and came since; the rest of it is in the list of conversations."""
    after = max(request.seq, reader.account_head(account) - MISSED_LOOKED_AT)
    named = {position.conversation for position in request.positions}  # what became of these, the catch-ups say
    found = [event for event in reader.account_events(account, after) if _is_for_eyes(event, named)]
    invitations = {event.conversation for event in found if isinstance(event, Invited)}
    void = invitations - reader.invited_to(account, invitations)  # used elsewhere, or the channel is no more
    found = [event for event in found if not (isinstance(event, Invited) and event.conversation in void)]
    return tuple(to_map(event) for event in found[-MISSED_TOLD:])


def _is_for_eyes(event: AccountEvent, named: Collection[int]) -> bool:
    if isinstance(event, ConversationLeft):
        return event.reason in ("kicked", "banned", "deleted") and event.conversation not in named
    return isinstance(event, Invited | AccountSanctioned)


def _gone(reader: Reader, account: AccountId, conversation: int) -> CatchUp:
    left = reader.last_leave(account, conversation)
    if left is None:
        return CatchUp(conversation=conversation, gone="left")
    return CatchUp(conversation=conversation, gone=left.reason, name=left.name, text=left.text, until=left.until)


def _members_place(reader: Reader, account: AccountId, conversation: ConversationId) -> Place:
    """Find a conversation that an account is in. Raises: Refused."""
    place = reader.find(account, conversation)
    if not place.member:
        raise Refused(Refusal.NOT_MEMBER, f"You are not in #{place.name}: join it first.")
    return place


def _attached(reader: Reader, account: AccountId, request: Attach, epoch: str) -> CatchUp:
    number = ConversationId(request.position.conversation)
    place = _members_place(reader, account, number)  # again: it may have ended since, and nobody else hears anything
    head = Position(conversation=number, seq=place.head, eid=place.eid)
    if request.live_only:
        return CatchUp(conversation=number, head=head.seq, eid=head.eid, reset="new")
    if request.epoch and request.epoch != epoch:
        return CatchUp(conversation=number, head=head.seq, eid=head.eid, reset="epoch")
    position = request.position
    known = _is_there(head, position, reader.eids_at([(position.conversation, position.seq)]))
    return _catch_up(reader, head, position, _Room(PAGE_BYTES), 0, place.since, known=known)


class _Room:
    """What events may still take of an answer, in bytes as they travel: one without a body takes its own, too."""

    def __init__(self, size: int) -> None:
        self._left = size

    def hold(self, events: Sequence[ConversationEvent], since: int) -> tuple[dict[str, Any], ...]:
        """Return the first ones of some events, as many as have room, as somebody gets them who came at `since`."""
        held: list[dict[str, Any]] = []
        for event in events if self._left > 0 else ():
            seen = for_latecomer(event, since)
            self._left -= len(pack(seen))
            if self._left < 0:
                break
            held.append(to_map(seen))
        return tuple(held)

    @property
    def is_full(self) -> bool:
        """Whether there is none."""
        return self._left <= 0


def _catch_up(
    reader: Reader, head: Position, position: Position, room: _Room, far_behind: int, since: int, *, known: bool
) -> CatchUp:
    """Return what is behind a position, or from where to begin anew.

    Args:
        reader: of the store.
        head: the end of the log.
        position: what the asker has.
        room: of the answer; what the events take is taken from it.
        far_behind: events beyond which the asker rather begins anew; 0: it never does.
        since: what is up to this seq is not for the asker; a position before it is from an earlier membership.
        known: whether the log has the very event that the position names.
    """
    number = ConversationId(head.conversation)
    if position.seq < since:
        return CatchUp(conversation=number, head=head.seq, eid=head.eid, reset="new")
    if position.seq > head.seq or not known:
        return CatchUp(conversation=number, head=head.seq, eid=head.eid, reset="rewound")
    if position.seq == head.seq:
        return CatchUp(conversation=number, head=head.seq, eid=head.eid)
    if far_behind and head.seq - position.seq > far_behind:
        return CatchUp(conversation=number, head=head.seq, eid=head.eid, reset="far_behind")
    events = () if room.is_full else room.hold(reader.events(number, position.seq, head.seq, PAGE_ITEMS), since)
    reached = events[-1]["seq"] if events else position.seq
    return CatchUp(conversation=number, head=head.seq, eid=head.eid, events=events, more=reached < head.seq)


def _is_there(head: Position, position: Position, eids: Mapping[tuple[int, int], bytes]) -> bool:
    """Return whether the log has the very event that the position names."""
    if position.seq == 0 or not position.eid:
        return True
    if position.seq == head.seq:
        return position.eid == head.eid
    return eids.get((position.conversation, position.seq)) == position.eid
