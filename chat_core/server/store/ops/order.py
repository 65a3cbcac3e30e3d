"""Roles and rules of channels, and who is invited to a closed one."""

from __future__ import annotations

from sqlalchemy import bindparam, insert, select, update

from chat_core.base.ids import AccountId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import Invited, RoleChanged, RulesChanged
from chat_core.protocol.values import Account, Rules
from chat_core.server.rules.permissions import channel_at_least
from chat_core.server.store import enforcing, lookups, private_lookups
from chat_core.server.store.acts import ChangeManners, ChangeRules, GiveRole, InviteToChannel
from chat_core.server.store.base import GENERAL, Committed, Refused
from chat_core.server.store.lookups import ConversationRow, Seat
from chat_core.server.store.ops import audit, groups, joining
from chat_core.server.store.ops.rights import Actor, actor, channel, check_rank, person
from chat_core.server.store.ops.telling import NO_EID, NO_SEQ, log_event, tell_account
from chat_core.server.store.ops.work import Work
from chat_core.server.store.schema import accounts, channel_invites, conversations, memberships
from chat_core.server.store.settings import columns_of, pack_manners, rules_of, unpack_settings

_set_role = (
    update(memberships)
    .where(
        memberships.c.conversation == bindparam("of_conversation"),
        memberships.c.account == bindparam("of_account"),
        memberships.c.until_seq.is_(None),
    )
    .values(role=bindparam("new_role"))
)
_longest_first = (
    select(memberships.c.account, memberships.c.role)
    .join_from(memberships, accounts, accounts.c.id == memberships.c.account)
    .where(
        memberships.c.conversation == bindparam("of_conversation"),
        memberships.c.until_seq.is_(None),
        accounts.c.role != "guest",
    )
    .order_by(memberships.c.joined_ts, memberships.c.account)
)
_unmade = update(conversations).where(conversations.c.id == bindparam("number")).values(created_by=None)


def give_role(work: Work, op: GiveRole) -> Committed:
    """Give a member another role."""
    who = actor(work, op.account)
    if _inherits(work, who, op):
        row, mine = lookups.resolve(work.connection, AccountId(op.account or 0), op.conversation)
    else:
        row, mine = channel(work, who, op.conversation)
    target = person(work, op.target)
    number = AccountId(target.id)
    seat = lookups.seat(work.connection, row.id, number)
    if seat is None or not seat.taken:
        raise Refused(Refusal.NOT_ALLOWED, f"'{target.name}' is not in #{row.name}.")
    if seat.role == op.role:
        return Committed()
    _check_role(op, who, row, mine, target, seat)
    event = RoleChanged(
        conversation=row.id,
        seq=NO_SEQ,
        eid=NO_EID,
        ts=op.ts,
        author=op.account,
        name=who.name,
        account=number,
        account_name=target.name,
        role=op.role,
    )
    event = log_event(work, row, event)
    work.connection.execute(_set_role, {"of_conversation": row.id, "of_account": number, "new_role": op.role})
    if row.made_by == number and op.account != number:
        work.connection.execute(_unmade, {"number": row.id})
    work.facts.forget_seat(row.id, number)
    audit.record(work, op.ts, who.id, who.audited, "role", f"{target.name} in #{row.name}", op.role)
    return Committed(events=[event])


def _inherits(work: Work, who: Actor, op: GiveRole) -> bool:
    """Return whether somebody takes over a channel that has no operator: who has been there longest, and is no guest.

    Raises:
        Refused: `no_conversation`.
    """
    if who.account is None or who.id is None or op.role != "operator":
        return False
    target = who.account if op.target == who.id else lookups.find_account(work.connection, str(op.target))
    if target is None or target.id != who.id:
        return False
    row, _ = lookups.resolve(work.connection, who.id, op.conversation)
    there = work.connection.execute(_longest_first, {"of_conversation": row.id}).all()
    orphaned = row.kind == "channel" and row.name != GENERAL and all(each.role != "operator" for each in there)
    return orphaned and bool(there) and there[0].account == who.id


def _check_role(op: GiveRole, who: Actor, row: ConversationRow, mine: Seat | None, target: Account, seat: Seat) -> None:
    """Refuse to take a role away against the ranks; one's own may always be given back."""
    if target.id != op.account and not channel_at_least(op.role, seat.role):
        check_rank(who, target, row, mine, seat)
    if target.role == "guest" and op.role == "operator":
        raise Refused(Refusal.NOT_ALLOWED, f"'{target.name}' is a guest; only who is registered can be an operator.")


def change_rules(work: Work, op: ChangeRules) -> Committed:
    """Change a channel's rules."""
    who = actor(work, op.account)
    row, _ = channel(work, who, op.conversation)
    before = rules_of(row)
    rules = _changed(before, op)
    if row.name == "general" and rules.visibility != "public":
        raise Refused(Refusal.NOT_ALLOWED, "Everybody is in #general: it stays public.")
    changed = tuple(name for name in Rules.__struct_fields__ if getattr(rules, name) != getattr(before, name))
    if not changed:
        return Committed()
    event = RulesChanged(
        conversation=row.id,
        seq=NO_SEQ,
        eid=NO_EID,
        ts=op.ts,
        author=op.account,
        name=who.name,
        rules=rules,
        changed=changed,
        reason=op.reason,
    )
    event = log_event(work, row, event)
    work.connection.execute(
        update(conversations).where(conversations.c.id == row.id).values(**columns_of(rules, row.settings))
    )
    work.facts.forget_log(row.id)
    told = [f"{name}={getattr(rules, name)}" for name in changed]
    audit.record(work, op.ts, who.id, who.audited, "rules", f"#{row.name}", "; ".join([*told, op.reason]).strip("; "))
    return Committed(events=[event])


def _changed(before: Rules, op: ChangeRules) -> Rules:
    """Return the rules after a change; a lock that has ended by itself counts as none."""
    locked = before.locked_at(op.ts) if op.locked is None else op.locked
    until = before.locked_until if op.locked is None else op.locked_until
    return Rules(
        visibility=op.visibility or before.visibility,
        moderated=before.moderated if op.moderated is None else op.moderated,
        locked=locked,
        locked_until=until if locked else None,
        archived=before.archived if op.archived is None else op.archived,
        slow_s=before.slow_s if op.slow_s is None else op.slow_s,
        topic_by=op.topic_by or before.topic_by,
    )


def change_manners(work: Work, op: ChangeManners) -> Committed:
    """Change what a channel sets of moderation, for itself."""
    who = actor(work, op.account)
    row, _ = channel(work, who, op.conversation)
    own = dict(unpack_settings(row.settings).manners)
    before = own.pop(op.name, None)
    if op.value is not None:
        own[op.name] = op.value
    if before == op.value:
        return Committed()
    work.connection.execute(
        update(conversations).where(conversations.c.id == row.id).values(settings=pack_manners(own, row.settings))
    )
    work.facts.forget_log(row.id)
    told = "as on the server" if op.value is None else str(op.value)
    audit.record(work, op.ts, who.id, who.audited, "moderation", f"#{row.name}", f"{op.name}={told}")
    return Committed()


def invite(work: Work, op: InviteToChannel) -> Committed:
    """Let somebody join a closed channel, or bring them into a group."""
    who = actor(work, op.account)
    group = groups.found(work, op)
    if group is not None:
        return groups.add(work, group, op)
    row, _ = channel(work, who, op.conversation)
    target = person(work, op.target)
    number = AccountId(target.id)
    seat = lookups.seat(work.connection, row.id, number)
    if (seat is not None and seat.taken) or joining.is_invited(work, row.id, number):
        return Committed()
    if enforcing.find_ban(work.connection, row.id, number, op.ts) is not None:
        raise Refused(Refusal.BANNED, f"'{target.name}' is banned from #{row.name}: lift the ban first.")
    work.connection.execute(
        insert(channel_invites).values(conversation=row.id, account=number, made_by=op.account, made_ts=op.ts)
    )
    event = Invited(seq=NO_SEQ, conversation=row.id, channel=row.name or "", name=who.name)
    audit.record(work, op.ts, who.id, who.audited, "invite", f"{target.name} to #{row.name}", "")
    if who.id is not None and private_lookups.stance(work.connection, number, who.id).ignored:
        return Committed()  # they may come, and hear nothing of whom they ignore; who that is does not show
    return Committed(account_events=[tell_account(work, number, row.id, event)])
