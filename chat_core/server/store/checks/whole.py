"""The file as the database sees it: pages and indexes, rows that point nowhere, tables as this version makes them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, inspect, select

from chat_core.server.store import schema
from chat_core.server.store.checks.base import Findings, times

_TOLD_BY_SQLITE: Final = 100
"""Most faults that SQLite is asked for."""


def check_schema(connection: Connection, findings: Findings) -> str:
    """Look for tables, columns and indexes that this version makes and the database lacks."""
    version: str = connection.execute(select(schema.version.c.version_num)).scalar_one()
    if version != schema.HEAD:
        return f"version {version}; the server brings it to {schema.HEAD} at its next start"
    found = inspect(connection)
    for table in schema.metadata.sorted_tables:
        if not found.has_table(table.name):
            findings.add(f"table {table.name} is not there")
            continue
        columns = {column["name"] for column in found.get_columns(table.name)}
        indexes = {index["name"] for index in found.get_indexes(table.name)}
        findings_of = [f"column {column.name}" for column in table.columns if column.name not in columns]
        findings_of += [f"index {index.name}" for index in table.indexes if index.name not in indexes]
        for what in findings_of:
            findings.add(f"{what} of table {table.name} is not there")
    return f"version {version}, every table, column and index there"


def check_integrity(connection: Connection, findings: Findings) -> str:
    """Have SQLite read every page and compare every index with its table."""
    if connection.dialect.name == "sqlite":
        for (text,) in connection.exec_driver_sql(f"PRAGMA integrity_check({_TOLD_BY_SQLITE})"):
            for line in str(text).splitlines():
                if line != "ok":
                    findings.add(line)
    return "every page and every index can be read and agrees"


def check_references(connection: Connection, findings: Findings) -> str:
    """Look for rows that point nowhere; SQLite makes sure of it only while a connection asks for it."""
    if connection.dialect.name == "sqlite":
        lost: dict[tuple[str, str], int] = {}
        for table, _, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            lost[table, parent] = lost.get((table, parent), 0) + 1
        for (table, parent), count in lost.items():
            findings.add(f"{times(count, 'row')} of table {table} point to no row of table {parent}")
    return "no row points nowhere"
