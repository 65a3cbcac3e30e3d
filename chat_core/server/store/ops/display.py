"""Display names: set and taken away inside the transaction, and put beside the author of every event."""

from __future__ import annotations

import dataclasses

from msgspec.structs import replace
from sqlalchemy import update

from chat_core.base.ids import AccountId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.values import Account
from chat_core.server.store import lookups
from chat_core.server.store.base import Committed, Refused
from chat_core.server.store.look_alikes import check_display_look_alike
from chat_core.server.store.ops import audit
from chat_core.server.store.ops.rights import actor, check_server_rank, person
from chat_core.server.store.ops.work import Work
from chat_core.server.store.people import SetDisplayName
from chat_core.server.store.schema import accounts


def set_display_name(work: Work, op: SetDisplayName) -> Committed:
    """Say what an account is shown as, beside its name. Raises: Refused, with nothing written."""
    me = lookups.account(work.connection, op.account)
    whose = person(work, op.target) if op.target else me
    if whose.id != me.id:
        _check_may_take_away(work, op, whose)
    elif op.display and me.role == "guest":
        raise Refused(Refusal.NOT_ALLOWED, "A guest is shown by its name only; make an account first.")
    if whose.display == op.display:
        return Committed(reply=whose)
    number = AccountId(whose.id)
    looks = check_display_look_alike(work.connection, op.display, number) if op.display else None
    work.connection.execute(
        update(accounts).where(accounts.c.id == number).values(display=op.display, display_looks=looks)
    )
    work.facts.forget_name(number)
    if whose.id != me.id:
        audit.record(work, op.ts, op.account, me.name, "display name", whose.name, whose.display)
    shown = replace(whose, display=op.display)
    return Committed(reply=shown, renamed=shown)


def dressed(work: Work, done: Committed) -> Committed:
    """Say in the events of an op what their authors are shown as."""
    if done.events:
        work.facts.learn_names(work.connection, {AccountId(event.author) for event in done.events})
    displays = work.facts.displays
    if not any(event.author in displays for event in done.events):
        return done
    events = tuple(replace(event, display=displays.get(AccountId(event.author), "")) for event in done.events)
    return dataclasses.replace(done, events=events)


def _check_may_take_away(work: Work, op: SetDisplayName, whose: Account) -> None:
    """Refuse to change what somebody else is shown as, but for moderators who take it away. Raises: Refused."""
    by = actor(work, op.account)
    check_server_rank(by, whose)
    if op.display:
        raise Refused(Refusal.NOT_ALLOWED, "Of others, a display name can only be taken away.")
