"""The audit log: every row covers the one before it, none is missing, and the newest is the one that `meta` names."""

from __future__ import annotations

from sqlalchemy import Connection

from chat_core.server.store.auditing import verify_chain
from chat_core.server.store.checks.base import Findings, times


def check_audit(connection: Connection, findings: Findings) -> str:
    """Follow the chain."""
    verified = verify_chain(connection)
    if verified.broken:
        findings.add(verified.broken)
    return f"{times(verified.rows, 'act')} in an unbroken chain"
