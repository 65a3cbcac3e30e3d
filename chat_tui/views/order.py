"""Roles, rules and sanctions in words: lines of a timeline, of `tail`, of answers. Pure.

What it returns is not cleaned: whoever draws it cleans the whole sentence, for names and reasons are as they came.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chat_core.base.durations import in_words
from chat_core.client.state.changes import Change, Delivered, PutOut
from chat_core.protocol.events import (
    AccountSanctioned,
    GroupEvent,
    Invited,
    MemberLeft,
    MembersAdded,
    MemberSanctioned,
    PrivateChatChanged,
    RoleChanged,
    RulesChanged,
)
from chat_core.protocol.values import Person, Rules, Sanction
from chat_tui.views.names import called

_ROLES = {"operator": "an operator", "voice": "a voice", "member": "a plain member"}
_DONE = {
    "mute": "muted",
    "unmute": "let speak again",
    "kick": "kicked",
    "ban": "banned",
    "unban": "let in again",
    "warn": "warned",
}
_VISIBILITY = {"public": "public", "unlisted": "unlisted", "invite": "invite-only"}


def tell(event: RoleChanged | RulesChanged | MemberSanctioned | GroupEvent) -> str:
    """Return what happened in a channel or a group, without a full stop."""
    match event:
        case MembersAdded() if [person.account for person in event.people] == [event.author]:
            return f"{called(event)} came back into the group"
        case MembersAdded():
            began = "began the group with" if event.seq == 1 else "brought in"
            return f"{called(event)} {began} {_named(event.people)}"
        case MemberLeft():
            return f"{called(event)} left the group"
        case RoleChanged():
            who = "themselves" if event.account == event.author else event.account_name
            return f"{event.name} made {who} {_ROLES.get(event.role, event.role)}"
        case RulesChanged():
            said = ", ".join(rule_words(event.rules, event.changed, event.ts))
            return f"{event.name} set the channel to: {said}{_because(event.reason)}"
        case MemberSanctioned():
            return _sanctioned(event)


def _named(people: Sequence[Person]) -> str:
    """Return people as one reads them out: `bob, cid and dan`."""
    *some, last = [called(person) for person in people] or ["nobody"]
    return f"{', '.join(some)} and {last}" if some else last


def rule_words(rules: Rules, names: Iterable[str], now_ms: int) -> list[str]:
    """Return what some rules say, a few words each.

    Args:
        rules: they.
        names: of the fields to tell.
        now_ms: the time that what lasts is counted from.
    """
    told: list[str] = []
    wanted = set(names)
    if "visibility" in wanted:
        told.append(_VISIBILITY.get(rules.visibility, rules.visibility))
    if "moderated" in wanted:
        told.append("moderated" if rules.moderated else "not moderated")
    if wanted & {"locked", "locked_until"}:
        told.append(f"locked down{_lasting(rules.locked_until, now_ms)}" if rules.locked else "not locked down")
    if "archived" in wanted:
        told.append("archived" if rules.archived else "not archived")
    if "slow_s" in wanted:
        told.append(f"a message every {in_words(rules.slow_s)}" if rules.slow_s else "no slow mode")
    if "topic_by" in wanted:
        by = {"member": "everybody", "voice": "voices and operators", "operator": "operators"}
        told.append(f"topic by {by.get(rules.topic_by, rules.topic_by)}")
    return told


def news(changes: Sequence[Change], now_ms: int) -> list[str]:
    """Return sentences about what was done to this account: put out, warned, muted, invited, asked.

    Args:
        changes: of a batch.
        now_ms: the time, for what is still to last.
    """
    found: list[str] = []
    for change in changes:
        match change:
            case PutOut(reason="deleted"):
                found.append(f"{change.name or 'The server'} deleted {change.target}, with all that was said there.")
            case PutOut():
                by = f" by {change.name}" if change.name else " by a rule of the server"
                lasting = _still(change.until, now_ms)
                found.append(f"You were {change.reason} from {change.target}{by}{lasting}{_end(change.text)}")
            case Delivered(event=Invited() as event):
                found.append(f"{event.name} invites you to #{event.channel}: /join #{event.channel} goes there.")
            case Delivered(event=AccountSanctioned() as event):
                found.append(_to_me(event, now_ms))
            case Delivered(event=PrivateChatChanged() as event):
                found += _private(event)
            case _:
                pass
    return found


def sanction_words(sanction: Sanction, now_ms: int) -> tuple[str, str]:
    """Return whom a mute or a ban concerns, and all the rest about it."""
    who = f"@{sanction.name}" if sanction.name else ""
    target = " ".join(part for part in (who, sanction.address) if part)
    by = f" by {sanction.by}" if sanction.by else " by the server"
    done = "muted" if sanction.kind == "mute" else "banned"
    left = "" if sanction.until is None else f", {in_words((sanction.until - now_ms) / 1000)} left"
    return target, f"{done}{by}{left}{_because(sanction.reason)}"


def _sanctioned(event: MemberSanctioned) -> str:
    done = _DONE.get(event.act, event.act)
    lasting = _lasting(event.until, event.ts)
    if event.automatic:
        return f"{event.account_name} was {done} by a rule{lasting}{_because(event.reason)}"
    if event.act in ("unmute", "unban"):
        rest = done.removeprefix("let ")
        return f"{event.name} let {event.account_name} {rest}{_because(event.reason)}"
    return f"{event.name} {done} {event.account_name}{lasting}{_because(event.reason)}"


def _to_me(event: AccountSanctioned, now_ms: int) -> str:
    by = f" by {event.name}" if event.name else " by a rule of the server"
    if event.act == "warn":
        return f"You were warned{by}{_end(event.reason)}"
    if event.act == "unmute":
        return "You may write on this server again."
    return f"You were muted on this server{by}{_still(event.until, now_ms)}{_end(event.reason)}"


def _private(event: PrivateChatChanged) -> list[str]:
    """Return what became of a private chat; what this account has asked or declined itself is known to it."""
    match event.act:
        case "asked":
            ways = f"/accept @{event.name} or /decline @{event.name}"
            return [] if event.own else [f"{event.name} asks you for a private chat: {ways}."]
        case "begun":
            return [f"Private chat {event.number} with {event.name} has begun; /end ends it."]
        case "declined":
            return [] if event.own else [f"{event.name} does not want a private chat now."]
        case "ended":
            by = "you" if event.own else event.name
            return [f"Private chat {event.number} with {event.name} was ended by {by}."]


def _lasting(until_ms: int | None, now_ms: int) -> str:
    return "" if until_ms is None else f" for {in_words((until_ms - now_ms) / 1000)}"


def _still(until_ms: int | None, now_ms: int) -> str:
    """Return how long something lasts yet; of what happened while one was away, that may be over."""
    return " (over by now)" if until_ms is not None and until_ms <= now_ms else _lasting(until_ms, now_ms)


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""


def _end(reason: str) -> str:
    return f": {reason.rstrip('.')}." if reason else "."
