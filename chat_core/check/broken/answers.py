"""Answers that are not what they should be: P4, and P3 after a store went back in time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

import msgspec.structs

from chat_core.check.broken.temper import Temper
from chat_core.protocol.requests.base import Request
from chat_core.protocol.requests.messages import History, Page
from chat_core.protocol.requests.session import Attach, CatchUp, Resume, Resumed
from chat_core.protocol.values import Message, Position
from chat_core.server.app import Parts
from chat_core.server.context import Context
from chat_core.server.registry import ROUTES
from chat_core.server.sessions.feed import Feed
from chat_core.server.sessions.hub import Hub
from chat_core.server.sessions.session import Session

Handler = Callable[[Context, Any], Any]


def _with(changed: Mapping[type[Request[Any]], Handler]) -> Parts:
    routes = {**ROUTES, **{request: replace(ROUTES[request], handler=handler) for request, handler in changed.items()}}
    return Parts(routes=routes)


# --- reading before attaching -----------------------------------------------------------------------------------


class _LateHub:
    """Begins to keep events for a connection only when its answer is there."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._wanted: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._hub, name)

    def follow(self, session: Session) -> None:
        """Do it later."""

    def attach(self, session: Session, conversation: int) -> Feed:
        """Do it later."""
        self._wanted.append(conversation)
        return cast("Feed", _LateFeed(self._hub, conversation))

    def resumed(self, session: Session, account_floor: int, floors: dict[int, int]) -> None:
        """Do it now."""
        self._hub.follow(session)
        for conversation in self._wanted:
            self._hub.attach(session, conversation)
        self._hub.resumed(session, account_floor, floors)


class _LateFeed:
    def __init__(self, hub: Hub, conversation: int) -> None:
        self._hub = hub
        self._conversation = conversation

    def detach(self, session: Session) -> None:
        """Nothing was attached."""

    def release(self, session: Session, floor: int) -> None:
        """Attach now."""
        self._hub.attach(session, self._conversation).release(session, floor)


def read_first(temper: Temper) -> Parts:
    """Read a catch-up, and only then attach."""

    def late(request: type[Request[Any]]) -> Handler:
        async def handler(ctx: Context, asked: Any) -> Any:
            services = replace(ctx.services, hub=cast("Hub", _LateHub(ctx.hub)))
            return await ROUTES[request].handler(replace(ctx, services=services), asked)

        return handler

    return _with({Resume: late(Resume), Attach: late(Attach)})


# --- answers that lack something --------------------------------------------------------------------------------


def leave_out_last(temper: Temper) -> Parts:
    """End a resume one event too early."""

    async def handler(ctx: Context, asked: Resume) -> Resumed:
        resumed = cast("Resumed", await ROUTES[Resume].handler(ctx, asked))
        positions = {position.conversation: position for position in asked.positions}
        catch_ups = tuple(_shorter(caught_up, positions) for caught_up in resumed.catch_ups)
        return msgspec.structs.replace(resumed, catch_ups=catch_ups)

    return _with({Resume: handler})


def _shorter(caught_up: CatchUp, positions: Mapping[int, Position]) -> CatchUp:
    if not caught_up.events or caught_up.more:
        return caught_up
    events = caught_up.events[:-1]
    eid = events[-1]["eid"] if events else positions[caught_up.conversation].eid
    return msgspec.structs.replace(caught_up, events=events, head=caught_up.head - 1, eid=eid)


def believe_positions(temper: Temper) -> Parts:
    """Take a position for true without looking at the id of its event."""

    async def handler(ctx: Context, asked: Resume) -> Resumed:
        positions = tuple(msgspec.structs.replace(position, eid=b"") for position in asked.positions)
        believed = msgspec.structs.replace(asked, positions=positions)
        return cast("Resumed", await ROUTES[Resume].handler(ctx, believed))

    return _with({Resume: handler})


def count_edits_twice(temper: Temper) -> Parts:
    """Show a message in a page with its last edit, and let it seem that this edit is still to come."""

    async def handler(ctx: Context, asked: History) -> Page:
        page = cast("Page", await ROUTES[History].handler(ctx, asked))
        return msgspec.structs.replace(page, messages=tuple(map(_older, page.messages)))

    return _with({History: handler})


def _older(message: Message) -> Message:
    return msgspec.structs.replace(message, changed=message.changed - 1) if message.edits else message
