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
from chat_core.server.store.schema import accounts, allowlist, devices, invites

_DIGEST_BYTES: Final = 32
_ROLES: Final = frozenset(get_args(ServerRole))

_accounts: Final = select(
    accounts.c.id, accounts.c.role, accounts.c.password, accounts.c.registered_ts, accounts.c.skeleton
).order_by(accounts.c.id)
_devices: Final = select(devices.c.id, devices.c.token_hash, devices.c.made_ts, devices.c.used_ts).order_by(
    devices.c.id
)
_invites: Final = select(invites.c.id, invites.c.code_hash, invites.c.uses_left).order_by(invites.c.id)
_listed: Final = select(allowlist.c.name, allowlist.c.name_key).order_by(allowlist.c.name_key)


def check_ways_in(connection: Connection, findings: Findings) -> str:
    """Look at roles, passwords, devices, invites and listed names."""
    counts = [0, 0, 0]
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
    for row in stream(connection, _listed):
        if row.name_key != name_key(row.name):
            findings.add("a listed name cannot be found")
    return f"{times(counts[0], 'password')}, {times(counts[1], 'device')} and {times(counts[2], 'invite')} in order"


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
