"""The rows behind accounts, devices and invites: found, made, changed, one at a time. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, bindparam, delete, exists, func, insert, select, update

from chat_core.base.ids import AccountId
from chat_core.base.names import name_key
from chat_core.protocol.values import Account, ServerRole
from chat_core.server.store.lookups import chunks
from chat_core.server.store.ops.work import Work, new_key
from chat_core.server.store.people import NewDevice
from chat_core.server.store.schema import accounts, allowlist, devices

SEEN_EVERY_MS: Final = 60_000
"""How exactly it is kept when an account or a device was used last: signing in again at once writes nothing."""

_person = select(
    accounts.c.id, accounts.c.name, accounts.c.role, accounts.c.password, accounts.c.registered_ts, accounts.c.disabled,
    accounts.c.seen_ts, accounts.c.display, accounts.c.bot,
)  # fmt: skip
_by_key: Final = _person.where(accounts.c.name_key == bindparam("name_key"))
_by_number: Final = _person.where(accounts.c.id == bindparam("id"))
_by_token: Final = select(devices.c.id, devices.c.account, devices.c.used_ts).where(
    devices.c.token_hash == bindparam("token")
)
_listed: Final = select(allowlist.c.name_key).where(allowlist.c.name_key == bindparam("name_key"))
_any_registered: Final = select(exists(select(accounts.c.id).where(accounts.c.registered_ts.is_not(None))))
_owners: Final = (
    select(func.count()).select_from(accounts).where(accounts.c.role == "owner", accounts.c.disabled.is_(False))
)
_devices_of: Final = (
    select(devices.c.id)
    .where(devices.c.account == bindparam("account"))
    .order_by(devices.c.used_ts.desc(), devices.c.id.desc())
)


@dataclass(frozen=True, slots=True)
class Person:
    """An account with what decides whether it may come in."""

    id: AccountId
    name: str
    role: ServerRole
    password: str | None
    registered_ts: int | None
    disabled: bool
    seen_ts: int
    display: str
    bot: str = ""
    """`bot`: it comes in with its token; `hook`: it never does; empty: it is no program."""

    @property
    def account(self) -> Account:
        """As others see it."""
        return Account(id=self.id, name=self.name, role=self.role, display=self.display, bot=bool(self.bot))


@dataclass(frozen=True, slots=True)
class DeviceFound:
    """A device that was found by its token."""

    id: int
    account: AccountId
    used_ts: int


def by_name(work: Work, name: str) -> Person | None:
    """Return the account that has this name, in whatever spelling."""
    return _found(work, _by_key, {"name_key": name_key(name)})


def by_number(work: Work, number: AccountId) -> Person | None:
    """Return the account with that number."""
    return _found(work, _by_number, {"id": number})


def change(work: Work, number: AccountId, **columns: Any) -> None:
    """Change columns of an account that no fact is kept of."""
    work.connection.execute(update(accounts).where(accounts.c.id == number).values(**columns))


def register(work: Work, number: AccountId, password: str, ts: int, looks: str, **more: Any) -> None:
    """Give an account a password, and keep what its name looks like: from now on nobody else's may.

    Args:
        work: the transaction.
        number: the account.
        password: as hashed.
        ts: since when it is registered.
        looks: the skeleton of its name.
        more: other columns that change.
    """
    change(work, number, password=password, registered_ts=ts, skeleton=looks, **more)


def seen(work: Work, person: Person, ts: int) -> None:
    """Note that an account signed in."""
    if ts - person.seen_ts >= SEEN_EVERY_MS:
        change(work, person.id, seen_ts=ts)


def is_listed(work: Work, name: str) -> bool:
    """Return whether a name is on the list of those that may register."""
    return work.connection.execute(_listed, {"name_key": name_key(name)}).first() is not None


def any_registered(work: Work) -> bool:
    """Return whether any account was ever registered."""
    return bool(work.connection.execute(_any_registered).scalar_one())


def count_owners(work: Work) -> int:
    """Return the number of owners that can sign in."""
    count: int = work.connection.execute(_owners).scalar_one()
    return count


def add_device(work: Work, account: AccountId, device: NewDevice, ts: int) -> int:
    """Make a device; return its number."""
    made = work.connection.execute(
        insert(devices).values(account=account, token_hash=device.token, label=device.label, made_ts=ts, used_ts=ts)
    )
    return new_key(made)


def find_device(work: Work, token: bytes) -> DeviceFound | None:
    """Return the device with that token."""
    row = work.connection.execute(_by_token, {"token": token}).first()
    return None if row is None else DeviceFound(*row)


def device_used(work: Work, device: DeviceFound, ts: int) -> None:
    """Note that a device signed in."""
    if ts - device.used_ts >= SEEN_EVERY_MS:
        work.connection.execute(update(devices).where(devices.c.id == device.id).values(used_ts=ts))


def devices_of(work: Work, account: AccountId) -> list[int]:
    """Return the numbers of an account's devices, the one used last first."""
    return list(work.connection.execute(_devices_of, {"account": account}).scalars())


def drop_devices(work: Work, numbers: list[int]) -> None:
    """Forget devices."""
    for some in chunks(numbers):
        work.connection.execute(delete(devices).where(devices.c.id.in_(some)))


def _found(work: Work, statement: Select[Any], values: dict[str, object]) -> Person | None:
    row: Any = work.connection.execute(statement, values).first()
    return None if row is None else Person(*row)
