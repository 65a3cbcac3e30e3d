"""Accounts with passwords and roles, devices, invites, listed names: what decides who comes in holds together.

Nothing of a password's hash or a digest is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, get_args

from sqlalchemy import Connection, select

from chat_core.base.names import name_key
from chat_core.protocol.values import ServerRole
from chat_core.server.store.checks.base import Findings, stream, times
from chat_core.server.store.schema import accounts, allowlist, conversations, devices, hooks, invites
from chat_core.server.store.settings import is_deleted

_DIGEST_BYTES: Final = 32
_ROLES: Final = frozenset(get_args(ServerRole))

_accounts: Final = select(
    accounts.c.id, accounts.c.role, accounts.c.password, accounts.c.registered_ts, accounts.c.skeleton, accounts.c.bot
).order_by(accounts.c.id)
_devices: Final = select(devices.c.id, devices.c.token_hash, devices.c.made_ts, devices.c.used_ts).order_by(
    devices.c.id
)
_invites: Final = select(invites.c.id, invites.c.code_hash, invites.c.uses_left).order_by(invites.c.id)
_hooks: Final = (
    select(hooks.c.id, hooks.c.key_hash, accounts.c.bot, conversations.c.kind, conversations.c.name)
    .join_from(hooks, accounts, accounts.c.id == hooks.c.account)
    .join(conversations, conversations.c.id == hooks.c.conversation)
    .order_by(hooks.c.id)
)
_listed: Final = select(allowlist.c.name, allowlist.c.name_key).order_by(allowlist.c.name_key)


def check_ways_in(connection: Connection, findings: Findings) -> str:
    """Look at roles, passwords, devices, invites and listed names."""
    counts = [0, 0, 0, 0]
    for row in stream(connection, _accounts):
        counts[0] += row.password is not None
        for text in _of_account(row):
            findings.add(f"account {row.id}: {text}")
    for row in stream(connection, _devices):
        counts[1] += 1
        if len(row.token_hash) != _DIGEST_BYTES:
            findings.add(f"device {row.id}: no token can belong to it")
    for row in stream(connection, _invites):
        counts[2] += 1
        if len(row.code_hash) != _DIGEST_BYTES:
            findings.add(f"invite {row.id}: no code can belong to it")
        if row.uses_left is not None and row.uses_left < 0:
            findings.add(f"invite {row.id}: it was used more often than it may be")
    counts[3] = _check_hooks(connection, findings)
    for row in stream(connection, _listed):
        if row.name_key != name_key(row.name):
            findings.add("a listed name cannot be found")
    told = [times(count, what) for count, what in zip(counts, ("password", "device", "invite", "webhook"), strict=True)]
    return f"{', '.join(told[:-1])} and {told[-1]} in order"


def _of_account(row: Any) -> Iterator[str]:
    if row.role not in _ROLES:
        yield "its role is unknown"
    if (row.password is None) != (row.registered_ts is None):
        yield "it is registered without a password, or has one and is not registered"
    if (row.password is None) != (row.skeleton is None):
        yield "what its name looks like is not kept, or kept although it is not registered"
    if row.password is not None and not row.password.startswith("$argon2id$"):
        yield "its password is stored in no known way"
    if row.password is None and row.role in ("moderator", "owner"):
        yield f"it is {row.role} without a password"
    if row.password is not None and row.role == "guest":
        yield "it is a guest with a password"
    if row.bot not in ("", "bot", "hook"):
        yield "what program it belongs to is unknown"
    if row.bot and row.password is not None:
        yield "it is a program with a password"


def _check_hooks(connection: Connection, findings: Findings) -> int:
    count = 0
    for count, row in enumerate(stream(connection, _hooks), 1):  # noqa: B007  # the last one is the number of all
        for text in _of_hook(row):
            findings.add(f"webhook {row.id}: {text}")
    return count


def _of_hook(row: Any) -> Iterator[str]:
    if len(row.key_hash) != _DIGEST_BYTES:
        yield "no secret can belong to it"
    if row.bot != "hook":
        yield "it writes as an account that is no webhook's"
    if row.kind != "channel" or is_deleted(row.kind, row.name):
        yield "it writes into what is no channel"
