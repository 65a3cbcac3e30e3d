"""Messages: sending, reading pages of history, reading the log."""

from __future__ import annotations

from chat_core.base.ids import Cid
from chat_core.base.text import clean_body
from chat_core.protocol.codec import to_map
from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.protocol.limits import BODY_BYTES
from chat_core.protocol.requests.messages import Events, History, Page, Post, Posted, ReadEvents
from chat_core.server.context import Context
from chat_core.server.registry import handles
from chat_core.server.rules.permissions import Permission
from chat_core.server.store.base import AppendMessage, Place, Reader, Refused


@handles(Post, needs=Permission.SPEAK)
async def post(ctx: Context, request: Post) -> Posted:
    """Store one message; the push to everybody is queued before this returns."""
    raw = request.body
    if len(raw) > BODY_BYTES or (not raw.isascii() and len(raw.encode()) > BODY_BYTES):
        raise Refused(Refusal.TOO_LONG, f"A message has at most {BODY_BYTES} bytes, this one has {len(raw.encode())}.")
    body = clean_body(raw)
    if not body:
        raise Refused(Refusal.EMPTY, REFUSALS[Refusal.EMPTY].text)
    conversation, seq, ts, duplicate = await ctx.store.write(
        AppendMessage(
            account=ctx.account,
            conversation=request.conversation,
            cid=Cid(request.cid),
            prev=None if request.prev is None else Cid(request.prev),
            body=body,
            raw=raw,
            style=request.style,
            reply_to=request.reply_to,
            ts=ctx.wall_ms(),
        )
    )
    return Posted(conversation=conversation, seq=seq, ts=ts, duplicate=duplicate)


@handles(History, needs=Permission.READ)
async def history(ctx: Context, request: History) -> Page:
    """Read a page of messages."""
    account = ctx.account

    def query(reader: Reader) -> Page:
        place = reader.find(account, request.conversation)
        _may_read(place)
        page = reader.history(place.id, request.anchor, request.seq, request.limit, _bound(place))
        return Page(
            conversation=place.id,
            messages=tuple(page.messages),
            head=place.head,
            at_start=page.at_start,
            at_end=page.at_end,
        )

    return await ctx.store.read(query)


@handles(ReadEvents, needs=Permission.READ)
async def read_events(ctx: Context, request: ReadEvents) -> Events:
    """Read a piece of the log."""
    account = ctx.account

    def query(reader: Reader) -> Events:
        place = reader.find(account, request.conversation)
        _may_read(place)
        bound = _bound(place)
        upto = place.head if bound is None else bound
        events = reader.events(place.id, request.after, upto, request.limit)
        reached = events[-1].seq if events else request.after
        return Events(
            conversation=place.id,
            events=tuple(to_map(event) for event in events),
            head=place.head,
            more=reached < upto,
        )

    async with ctx.catching_up():
        return await ctx.store.read(query)


def _bound(place: Place) -> int | None:
    """Return the last seq that may be read; who has left a public channel may read what any stranger may."""
    return None if place.kind == "channel" else place.last_readable


def _may_read(place: Place) -> None:
    """Refuse what is neither one's own nor public; a former member reads up to where it left."""
    if not place.member and place.kind != "channel" and place.last_readable is None:
        raise Refused(Refusal.NO_CONVERSATION, REFUSALS[Refusal.NO_CONVERSATION].text)
