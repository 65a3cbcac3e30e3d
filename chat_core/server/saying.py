"""What every way to say something has in common: the text is cleaned, and a rule that refuses it may do more."""

from __future__ import annotations

from typing import Any

from chat_core.base.ids import AccountId
from chat_core.base.tasks import spawn
from chat_core.base.text import clean_body
from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.protocol.limits import BODY_BYTES
from chat_core.server.context import Context
from chat_core.server.observe import get_log
from chat_core.server.store.acts import SanctionInChannel, SanctionOnServer
from chat_core.server.store.base import Moderated, Refused, StoreBroken
from chat_core.server.store.conversations import SetChannelTopic
from chat_core.server.store.messages import AppendMessage, EditMessage

log = get_log(__name__)


def cleaned(raw: str) -> str:
    """Return a body as it is stored. Raises: Refused `too_long`, `empty`."""
    if len(raw) > BODY_BYTES or (not raw.isascii() and len(raw.encode()) > BODY_BYTES):
        raise Refused(Refusal.TOO_LONG, f"A message has at most {BODY_BYTES} bytes, this one has {len(raw.encode())}.")
    body = clean_body(raw)
    if not body:
        raise Refused(Refusal.EMPTY, REFUSALS[Refusal.EMPTY].text)
    return body


def here_now(ctx: Context, body: str) -> frozenset[AccountId] | None:
    """Return who is here, for a text that may call them with `@here`; None: it calls nobody so, or nobody can be seen.

    Here is who is shown as connected, and not as away: whoever hides it is told of to nobody by being called.
    """
    if "@here" not in body.lower():
        return None
    presence = ctx.hub.presence
    if not presence.told:
        return None
    standing = presence.standings
    return frozenset(AccountId(each) for each in presence.everybody() if standing.of(each).state != "away")


async def moderated(ctx: Context, op: AppendMessage | EditMessage | SetChannelTopic) -> Any:
    """Write a message, or a topic; what a rule does besides refusing it comes behind the answer, which says why.

    Raises: as the store's `write`.
    """
    try:
        return await ctx.store.write(op)
    except Moderated as refused:
        then = refused.then
        if then is not None:
            ctx.after.append(lambda: _begin(ctx, then))
        raise


def _begin(ctx: Context, then: SanctionInChannel | SanctionOnServer) -> None:
    spawn("moderation", _carry_out(ctx, then))


async def _carry_out(ctx: Context, then: SanctionInChannel | SanctionOnServer) -> None:
    try:
        await ctx.store.write(then)
    except (Refused, StoreBroken) as fault:  # gone already, or the server stops: the message stays refused
        log.info("a rule could not act", act=then.act, fault=str(fault))
