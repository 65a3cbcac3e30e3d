"""Reads about accounts, devices and invites; a part of the `Reader`. The same queries for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select

from chat_core.base.ids import AccountId
from chat_core.base.names import name_key
from chat_core.server.rules.entry import InviteState
from chat_core.server.store import invite_reads
from chat_core.server.store.lookups import ACCOUNT, account_of
from chat_core.server.store.people import AccountRow, Credentials, DeviceRow, InviteRow
from chat_core.server.store.schema import accounts, allowlist, devices

_who = ACCOUNT
_by_key: Final = select(*_who, accounts.c.password).where(accounts.c.name_key == bindparam("name_key"))
_by_number: Final = select(*_who, accounts.c.password).where(accounts.c.id == bindparam("id"))
_device_count = (
    select(func.count()).select_from(devices).where(devices.c.account == accounts.c.id).scalar_subquery().label("count")
)
_row = select(*_who, accounts.c.registered_ts, accounts.c.disabled, accounts.c.seen_ts, _device_count)
_rows: Final = (
    _row.where(accounts.c.name_key > bindparam("after")).order_by(accounts.c.name_key).limit(bindparam("count"))
)
_one_row: Final = _row.where(accounts.c.id == bindparam("id"))
_devices: Final = (
    select(devices.c.id, devices.c.label, devices.c.made_ts, devices.c.used_ts)
    .where(devices.c.account == bindparam("account"))
    .order_by(devices.c.used_ts.desc(), devices.c.id.desc())
)
_allowed: Final = (
    select(allowlist.c.name)
    .where(allowlist.c.name_key > bindparam("after"))
    .order_by(allowlist.c.name_key)
    .limit(bindparam("count"))
)
_listed: Final = select(allowlist.c.name).where(allowlist.c.name_key == bindparam("name_key"))


class SqlPeopleReader:
    """A `PeopleReader`; see there. `SqlReader` has the connection."""

    _connection: Connection

    def credentials(self, who: str | AccountId) -> Credentials | None:
        """Return what a password is compared with, by name or number; None: there is no such account."""
        if isinstance(who, str):
            row = self._connection.execute(_by_key, {"name_key": name_key(who)}).first()
        else:
            row = self._connection.execute(_by_number, {"id": who}).first()
        return None if row is None else Credentials(account_of(row), row.password)

    def devices_of(self, account: AccountId) -> Sequence[DeviceRow]:
        """Return the devices of an account, the one used last first."""
        return [DeviceRow(*row) for row in self._connection.execute(_devices, {"account": account})]

    def account_rows(self, after: str, limit: int) -> tuple[Sequence[AccountRow], bool]:
        """Return a page of accounts by name, and whether more follow."""
        rows = self._connection.execute(_rows, {"after": name_key(after), "count": limit + 1}).all()
        return [_account_row(row) for row in rows[:limit]], len(rows) > limit

    def account_row(self, account: AccountId) -> AccountRow | None:
        """Return one account."""
        row = self._connection.execute(_one_row, {"id": account}).first()
        return None if row is None else _account_row(row)

    def allowed_names(self, after: str, limit: int) -> tuple[Sequence[str], bool]:
        """Return a page of the listed names, and whether more follow."""
        found = self._connection.execute(_allowed, {"after": name_key(after), "count": limit + 1}).scalars().all()
        return found[:limit], len(found) > limit

    def is_allowed(self, name: str) -> bool:
        """Return whether a name is on the list."""
        return self._connection.execute(_listed, {"name_key": name_key(name)}).first() is not None

    def invite_rows(self, now: int) -> Sequence[InviteRow]:
        """Return the newest invites that are not over, oldest first."""
        return invite_reads.listed(self._connection, now)

    def invite_state(self, code: bytes, now: int) -> InviteState:
        """Return what an invite is good for."""
        return invite_reads.found(self._connection, code, now)[1]


def _account_row(row: Any) -> AccountRow:
    # `Row.count` is a method of tuples.
    return AccountRow(account_of(row), row.registered_ts is not None, bool(row.disabled), row.seen_ts, row[-1])
