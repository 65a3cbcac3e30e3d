"""From a call to its one answer: checks the request, asks the rules, runs the handler, translates what it raises.

A connection's calls are started in the order they came, and a write reaches the store's queue before its handler first
waits: so one connection's posts keep their order, while its reads run beside them. Until sign-in, calls run one after
another, so that a client may send its whole opening in one go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chat_core.base.tasks import spawn
from chat_core.protocol.codec import RequestFault, read_request, to_map
from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.protocol.envelopes import Answer, Call, Envelope, Failure
from chat_core.protocol.requests.base import Request
from chat_core.server.context import Context, Services
from chat_core.server.observe import get_log
from chat_core.server.registry import ROUTES, Route
from chat_core.server.rules.permissions import Permission, Role, allowed
from chat_core.server.sessions.session import Session
from chat_core.server.store.base import Refused, StoreBroken

log = get_log(__name__)


class Router:
    """See the module's head.

    Args:
        services: what handlers may use.
        on_broken: told when the store can make nothing durable any more.
        routes: how each request is handled.
    """

    def __init__(
        self,
        services: Services,
        on_broken: Callable[[], None],
        routes: Mapping[type[Request[Any]], Route] = ROUTES,
    ) -> None:
        self._services = services
        self._on_broken = on_broken
        self._routes = routes
        self.running = 0
        """Calls under way, on all connections."""

    def route(self, session: Session, call: Call) -> None:
        """Start a call (a session's `on_call`)."""
        if session.opening is None:
            spawn("call", self._run(session, call))
            return
        session.opening.append(call)
        if len(session.opening) == 1:
            spawn("opening", self._open(session, session.opening))

    async def _open(self, session: Session, waiting: list[Call]) -> None:
        while waiting:
            await self._run(session, waiting[0])
            del waiting[0]
            if session.account is not None:
                session.opening = None
                for call in waiting:
                    spawn("call", self._run(session, call))
                return

    async def _run(self, session: Session, call: Call) -> None:
        context = Context(session, self._services)
        self.running += 1
        try:
            answer = await self._answer(context, call)
        finally:
            self.running -= 1
        session.answered(answer)
        log.debug(
            "answered",
            request=str(call.request.get("do"))[:40],
            peer=session.peer,
            account=session.name or None,
            result=answer.code if isinstance(answer, Failure) else "done",
        )
        for follow_up in context.after:
            follow_up()

    async def _answer(self, context: Context, call: Call) -> Envelope:
        try:
            request = read_request(call.request)
            route = self._routes[type(request)]
            role = context.session.role
            if not allowed(role, route.needs, local=context.session.local):
                raise _not_allowed(role, route.needs)
            reply = await route.handler(context, request)
            return Answer(id=call.id, reply=to_map(reply))
        except RequestFault as fault:
            return _failure(call.id, fault.code, str(fault))
        except Refused as refused:
            return _failure(call.id, refused.code, str(refused), refused.retry_after)
        except StoreBroken:
            self._on_broken()
            return _failure(call.id, Refusal.STORE_FAILED, REFUSALS[Refusal.STORE_FAILED].text)
        except Exception:
            log.exception("call failed", request=str(call.request.get("do"))[:40], peer=context.session.peer)
            return _failure(call.id, Refusal.INTERNAL, REFUSALS[Refusal.INTERNAL].text)


def _not_allowed(role: Role, needs: Permission) -> Refused:
    if role is Role.STRANGER:
        return Refused(Refusal.NOT_SIGNED_IN, REFUSALS[Refusal.NOT_SIGNED_IN].text)
    if needs is Permission.OPEN:
        return Refused(Refusal.ALREADY_SIGNED_IN, REFUSALS[Refusal.ALREADY_SIGNED_IN].text)
    return Refused(Refusal.NOT_ALLOWED, REFUSALS[Refusal.NOT_ALLOWED].text)


def _failure(call_id: int, code: Refusal, text: str, retry_after: float | None = None) -> Failure:
    return Failure(id=call_id, code=code, text=text, retry_after=retry_after, final=not REFUSALS[code].again)
