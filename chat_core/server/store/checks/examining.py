"""The list of checks, and how they are carried out one after another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from chat_core.base.text import clean_line
from chat_core.server.store import schema
from chat_core.server.store.checks.audit import check_audit
from chat_core.server.store.checks.base import Check, Findings, Outcome
from chat_core.server.store.checks.fold import check_fold
from chat_core.server.store.checks.groups import check_groups
from chat_core.server.store.checks.logs import check_logs
from chat_core.server.store.checks.members import check_members, check_unread
from chat_core.server.store.checks.mentions import check_mentions
from chat_core.server.store.checks.people import check_account_logs, check_names
from chat_core.server.store.checks.private import check_private_chats
from chat_core.server.store.checks.sends import check_sends
from chat_core.server.store.checks.threads import check_threads
from chat_core.server.store.checks.ways_in import check_ways_in
from chat_core.server.store.checks.whole import check_integrity, check_references, check_schema

BASIC: Final = (
    Check("schema", check_schema),
    Check("integrity", check_integrity),
    Check("references", check_references),
    Check("logs", check_logs),
)
"""What every version of the schema can be asked; enough to tell whether a copy is whole."""
MORE: Final = (
    Check("messages", check_fold),
    Check("sends", check_sends),
    Check("members", check_members),
    Check("groups", check_groups),
    Check("unread", check_unread),
    Check("threads", check_threads),
    Check("mentions", check_mentions),
    Check("account-logs", check_account_logs),
    Check("names", check_names),
    Check("private-chats", check_private_chats),
    Check("audit", check_audit),
    Check("ways-in", check_ways_in),
)
"""What only a store of this version can be asked."""


def examine(connection: Connection, checks: Sequence[Check] | None = None) -> Iterator[Outcome]:
    """Carry out checks in one snapshot, one at a time.

    Args:
        connection: to a store of this version or of an older one, in a transaction that shows one snapshot.
        checks: which ones; None: all that this version of the store can be asked.

    Yields:
        What each of them told, in order, as soon as it is known.
    """
    if checks is None:
        version: str = connection.execute(select(schema.version.c.version_num)).scalar_one()
        checks = BASIC + MORE if version == schema.HEAD else BASIC
    for check in checks:
        findings = Findings()
        try:
            text = check.run(connection, findings)
        except Exception as error:  # a damaged page, a value of another type: whatever it is, it is not sound
            reason = error.orig if isinstance(error, DBAPIError) else error
            text = "could not be carried out"
            findings.add(f"the check could not be carried out: {clean_line(str(reason))[:200]}")
        yield Outcome(check.name, text, tuple(findings.told), findings.count)
