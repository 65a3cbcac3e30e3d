"""From a call to its one answer: checks the request, asks the rules, runs the handler, translates what it raises.

A connection's calls are started in the order they came, and a write reaches the store's queue before its handler first
waits: so one connection's posts keep their order, while its reads run beside them. Until sign-in, calls run one after
another, so that a client may send its whole opening in one go.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from chat_core.base.tasks import spawn
from chat_core.protocol.codec import RequestFault, read_request, to_map
from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.protocol.envelopes import Answer, Answered, Call, Envelope, Failure
from chat_core.protocol.requests.base import Reply, Request
from chat_core.protocol.requests.catalog import REQUESTS
from chat_core.protocol.requests.messages import Post
from chat_core.server.context import Context, Services
from chat_core.server.defence.allowance import Allowance
from chat_core.server.observe import get_log
from chat_core.server.registry import ROUTES, Route, costs
from chat_core.server.rules.permissions import Permission, Role, allowed, only
from chat_core.server.sessions.bouncer import EVERYWHERE
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
        self.services = services
        self._on_broken = on_broken
        self.routes = routes
        self._costs = costs(routes)
        self._trace = False
        self.running = 0
        """Calls under way, on all connections."""
        self.answered: defaultdict[type[Request[Any]], int] = defaultdict(int)
        """How many requests of each kind were carried out."""
        self.refused: Counter[tuple[str, Refusal]] = Counter()
        """How many were not, by their name on the wire (`unknown` for all others) and why."""

    def trace(self, wanted: bool) -> None:
        """Log every request, or not."""
        self._trace = wanted

    def route(self, session: Session, call: Call) -> None:
        """Start a call (a session's `on_call`), if it is within its connection's allowance."""
        if session.allowance is not None and not self._charge(session, session.allowance, call):
            return
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
        context = Context(session, self.services)
        self.running += 1
        try:
            answer = await self._answer(context, call)
        finally:
            self.running -= 1
        if self._trace:
            _log_answer(session, call, answer)
        # With what was read goes no push; what follows it shall leave in the same write.
        session.answered(answer, at_once=isinstance(answer, Answered) and not context.after)
        for follow_up in context.after:
            follow_up()

    async def _answer(self, context: Context, call: Call) -> Envelope:
        try:
            request = read_request(call.request)
            route = self.routes[type(request)]
            role = context.session.role
            if not allowed(role, route.needs, local=context.session.local):
                raise _not_allowed(role, route.needs)
            if route.is_heard(request):
                _check_not_muted(context, route.words)
            reply = await (self._attempt(context, route, request) if route.attempt else route.handler(context, request))
            self.answered[type(request)] += 1
            if route.needs is Permission.READ:
                return Answered(id=call.id, reply=reply)
            return Answer(id=call.id, reply=to_map(reply))
        except RequestFault as fault:
            return self._failure(call, fault.code, str(fault))
        except Refused as refused:
            if refused.code is Refusal.UNKNOWN_PREV:
                self._excuse(context.session)
            return self._failure(call, refused.code, str(refused), refused.retry_after)
        except StoreBroken:
            self._on_broken()
            return self._failure(call, Refusal.STORE_FAILED, REFUSALS[Refusal.STORE_FAILED].text)
        except Exception:
            log.exception("call failed", request=str(call.request.get("do"))[:40], peer=context.session.peer)
            return self._failure(call, Refusal.INTERNAL, REFUSALS[Refusal.INTERNAL].text)

    def _charge(self, session: Session, allowance: Allowance, call: Call) -> bool:
        """Take what a call costs, also if it proves faulty later; False: it is refused, and was answered."""
        wait_s = allowance.ask(self._cost(call), self.services.clock.monotonic())
        if wait_s:
            if allowance.deaf_s:
                session.ignore(allowance.deaf_s)
            text = "You ask faster than this server answers; wait a moment."
            session.answered(self._failure(call, Refusal.RATE_LIMITED, text, wait_s))
        return not wait_s

    def _cost(self, call: Call) -> int:
        name = call.request.get("do")
        return self._costs.get(name, 1) if isinstance(name, str) else 1

    def _excuse(self, session: Session) -> None:
        """Let a post cost nothing that was refused because of one before it."""
        if session.allowance is not None:
            deaf_s = session.allowance.give_back(self.routes[Post].cost, self.services.clock.monotonic())
            if deaf_s:
                session.ignore(deaf_s)

    async def _attempt(self, context: Context, route: Route, request: Request[Any]) -> Reply:
        """Let somebody try to get in, if that was not tried too often. Raises: Refused."""
        session, clock = context.session, self.services.clock
        attempts = self.services.guard.attempts(session.profile)
        name = getattr(request, "name", "")
        wait_s = attempts.take(session.address, name, clock.monotonic())
        if wait_s:
            raise Refused(
                Refusal.RATE_LIMITED, f"Too many tried to sign in; try again in {wait_s:.0f} seconds.", wait_s
            )
        reply = await route.handler(context, request)
        if not getattr(reply, "created", False):
            attempts.give_back(session.address, name, clock.monotonic())
        return reply

    def _failure(self, call: Call, code: Refusal, text: str, retry_after: float | None = None) -> Failure:
        name = call.request.get("do")
        self.refused[name if isinstance(name, str) and name in REQUESTS else "unknown", code] += 1
        return Failure(id=call.id, code=code, text=text, retry_after=retry_after, final=not REFUSALS[code].again)


def _check_not_muted(context: Context, words: str) -> None:
    """Refuse what others would hear of, or its words, to whoever is muted on the server. Raises: Refused `muted`."""
    account = context.session.account
    if account is not None and (why := context.hub.bouncer.why_muted(account, EVERYWHERE, context.wall_ms())):
        what = "display name" if words == "display" else words
        raise Refused(Refusal.MUTED, f"{why} Without a {what} it is taken." if words else why)


def _log_answer(session: Session, call: Call, answer: Envelope) -> None:
    outcome = answer.code if isinstance(answer, Failure) else "ok"
    name = call.request.get("do")
    known = name if isinstance(name, str) and name in REQUESTS else "unknown"
    log.debug("request", request=known, outcome=outcome, peer=session.peer, account=session.name or None)


def _not_allowed(role: Role, needs: Permission) -> Refused:
    if role is Role.STRANGER:
        return Refused(Refusal.NOT_SIGNED_IN, REFUSALS[Refusal.NOT_SIGNED_IN].text)
    if needs is Permission.OPEN:
        return Refused(Refusal.ALREADY_SIGNED_IN, REFUSALS[Refusal.ALREADY_SIGNED_IN].text)
    return Refused(Refusal.NOT_ALLOWED, only(needs))
