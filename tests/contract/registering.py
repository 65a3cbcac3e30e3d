"""Registering, in few words, for tests of who comes in and of what becomes of them."""

from __future__ import annotations

from typing import Any

from chat_core.base.ids import AccountId
from chat_core.protocol.codes import Refusal
from chat_core.server.store.base import Refused
from chat_core.server.store.people import (
    MakeInvite,
    NewDevice,
    RegisterAccount,
)
from tests.contract.world import World

HASH = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA"
OTHER = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$b3RoZXI"
MINUTE = 60_000


def digest(text: str) -> bytes:
    """Return what stands for the digest of a token or a code."""
    return text.encode().ljust(32, b".")


def device(text: str) -> NewDevice:
    """Return a device with a token of that name."""
    return NewDevice(digest(text), f"the {text}")


def registering(name: str, token: str = "", ts: int = 5, **how: Any) -> RegisterAccount:
    """Return the op that registers a name; without more, where everybody may."""
    return RegisterAccount(name, HASH, device(token or name), ts, **{"how": "open", **how})


async def register(world: World, name: str, **how: Any) -> AccountId:
    """Register a name that is free."""
    account, _, created = await world.write(registering(name, **how))
    assert created
    return AccountId(account.id)


async def invite(world: World, code: str, uses: int | None = 1, expires: int | None = None, **more: Any) -> int:
    """Make an invite; return its number."""
    details = {"channel": "", "by": None, "ts": 1, **more}
    number, _ = await world.write(MakeInvite(digest(code), uses, expires, **details))
    return int(number)


def codes(outcomes: list[Any]) -> list[Refusal]:
    """Return why some ops were refused."""
    return [outcome.code for outcome in outcomes if isinstance(outcome, Refused)]
