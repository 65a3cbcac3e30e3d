"""The audit log for people: what was done by whom, and whether the chain of it holds. Reads only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from chat_core.base.exit_codes import ExitCode
from chat_core.base.text import line_for_terminal
from chat_core.server.admin.faults import AdminFault
from chat_core.server.admin.reading import database_in, snapshot
from chat_core.server.store import opening, schema
from chat_core.server.store.acts import Act
from chat_core.server.store.auditing import has_hash, read_acts, verify_chain
from chat_core.server.store.checks.base import times


def lines(data: Path, newest: int | None, *, as_json: bool) -> Iterator[str]:
    """Yield a line for each act, oldest first.

    Args:
        data: the server's folder.
        newest: only so many of the newest; None: all.
        as_json: as an object of JSON instead of for people.

    Raises:
        AdminFault: there is nothing to read, or this version cannot.
    """
    with snapshot(database_in(data)) as connection:
        _check_version(connection)
        for act in read_acts(connection, newest):
            yield _as_json(act) if as_json else _as_text(act)


def verify(data: Path, seen: str | None) -> str:
    """Follow the chain, and return a line that says that it holds.

    Args:
        data: the server's folder.
        seen: a hash that was printed earlier, in hexadecimal digits; None: none.

    Raises:
        AdminFault: `UNSOUND` with the first broken link; else as `lines`.
    """
    with snapshot(database_in(data)) as connection:
        _check_version(connection)
        verified = verify_chain(connection)
        if verified.broken:
            raise AdminFault(f"The audit log is broken: {verified.broken}.", ExitCode.UNSOUND)
        if seen is not None and not _has(connection, seen):
            raise AdminFault("The audit log is another one: it has no act with that hash.", ExitCode.UNSOUND)
        held = f"{times(verified.rows, 'act')} in an unbroken chain"
        return f"{held}; the newest has the hash {verified.head.hex()}" if verified.rows else held


def _check_version(connection: Connection) -> None:
    version = opening.version_of(connection)
    if version != schema.HEAD:
        raise AdminFault(
            f"The store has schema {version}: start the server once, it brings it to {schema.HEAD}.", ExitCode.CONFIG
        )


def _has(connection: Connection, seen: str) -> bool:
    try:
        return has_hash(connection, bytes.fromhex(seen.strip()))
    except ValueError:
        raise AdminFault(f"'{line_for_terminal(seen[:40])}' is no hash.", ExitCode.USAGE) from None


def _as_text(act: Act) -> str:
    when = datetime.fromtimestamp(act.ts / 1000, UTC)
    actor, target, detail = map(line_for_terminal, (act.actor, act.target, act.detail))
    return f"{act.number:>6}  {when:%Y-%m-%d %H:%M:%S}Z  {actor}: {act.act} {target}{f' ({detail})' if detail else ''}"


def _as_json(act: Act) -> str:
    return json.dumps(
        {
            "number": act.number,
            "ts": act.ts,
            "actor": act.actor,
            "act": act.act,
            "target": act.target,
            "detail": act.detail,
        }
    )
