"""Passwords: which ones are taken, how they are stored (argon2id), and a bounded pool of threads that computes.

Hashing is slow on purpose. It has threads of its own, with less claim to the processor than the event loop and the
store, and a bounded queue: a flood of sign-ins makes sign-ins wait, then be refused with `retry_after`, and nothing
else. Where there is no hash to compare with, one is computed all the same, so that nobody can tell by the time.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chat_core.protocol.limits import PASSWORD_LEAST, PASSWORD_MOST

T = TypeVar("T")

NICE: Final = 10
"""How much the hashing threads give way to others."""
FIRST_GUESS_S: Final = 0.05
"""Time of one computation before one was measured, in seconds."""
_SALT_BYTES: Final = 16
_HASH_BYTES: Final = 32


class Costs(msgspec.Struct, frozen=True, kw_only=True):
    """What one computation takes. The defaults are OWASP's smallest."""

    memory_kib: int = 19_456
    """Memory, in KiB."""
    passes: int = 2
    """Passes over it."""
    lanes: int = 1
    """Lanes it is divided into."""


class Crowded(Exception):
    """Too many wait for a computation.

    Args:
        retry_after: seconds after which there will be room.
    """

    def __init__(self, retry_after: float) -> None:
        super().__init__()
        self.retry_after = retry_after


def fault_of(password: str, name: str) -> str:
    """Return in a sentence why a password cannot be chosen; empty: it can."""
    length = len(prepared(password))
    if length < PASSWORD_LEAST:
        return f"A password has at least {PASSWORD_LEAST} characters."
    if length > PASSWORD_MOST:
        return f"A password has at most {PASSWORD_MOST} characters."
    if prepared(password).casefold() == name.casefold():
        return "A password is not one's name."
    return ""


def prepared(password: str) -> str:
    """Return a password as it is compared: however a keyboard composed its characters."""
    return unicodedata.normalize("NFC", password)


class Passwords:
    """See the module's head.

    Args:
        costs: of one computation.
        threads: computations at the same time.
        waiting: how many may wait beyond those.
        chance: returns so many random bytes.
    """

    def __init__(
        self,
        costs: Costs | None = None,
        *,
        threads: int = 1,
        waiting: int = 64,
        chance: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._threads = threads
        self._most = threads + waiting
        self._chance = chance
        self.use(costs or Costs())
        self._pool: ThreadPoolExecutor | None = None
        self._open = 0
        self._took_s = FIRST_GUESS_S
        self.computed = 0
        """Computations begun so far."""

    def use(self, costs: Costs) -> None:
        """Compute at other costs from now on; what was stored before stays good."""
        self._costs = costs
        self._nobody = ""
        self._hasher = PasswordHasher(
            time_cost=costs.passes,
            memory_cost=costs.memory_kib,
            parallelism=costs.lanes,
            hash_len=_HASH_BYTES,
            salt_len=_SALT_BYTES,
        )

    @property
    def waiting(self) -> int:
        """How many computations are under way or wait."""
        return self._open

    async def hash(self, password: str) -> str:
        """Return what is stored of a password. Raises: Crowded."""
        return await self._compute(lambda: self._hasher.hash(prepared(password), salt=self._chance(_SALT_BYTES)))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Return whether a password is the stored one; None, which none is, takes the same time. Raises: Crowded."""
        self._nobody = self._nobody or _like_a_hash(self._costs, self._chance)
        known = self._nobody if stored is None else stored
        return await self._compute(lambda: self._verify(known, password))

    def outdated(self, stored: str) -> bool:
        """Return whether a hash was made with other costs than today's."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """End the threads; what waits is not computed any more."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, prepared(password))
        except (VerificationError, InvalidHashError):
            return False

    async def _compute(self, work: Callable[[], T]) -> T:
        if self._open >= self._most:
            raise Crowded(round(max(0.1, self._open * self._took_s / self._threads), 1))
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="passwords", initializer=_give_way)
        loop = asyncio.get_running_loop()
        self._open += 1
        self.computed += 1
        job = loop.run_in_executor(self._pool, _timed, work, loop.time)
        job.add_done_callback(self._done)
        result, took_s = await asyncio.shield(job)  # who asked may go; the place is taken until it is computed
        self._took_s += (took_s - self._took_s) / 8
        return result

    def _done(self, job: asyncio.Future[Any]) -> None:
        self._open -= 1
        if not job.cancelled():
            job.exception()


def _timed(work: Callable[[], T], clock: Callable[[], float]) -> tuple[T, float]:
    begun = clock()
    return work(), clock() - begun


def _give_way() -> None:
    """Let this thread run behind the others, where the system knows of threads."""
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


def _like_a_hash(costs: Costs, chance: Callable[[int], bytes]) -> str:
    """Return what no password has the hash of; comparing with it costs what comparing with any other does."""
    salt, digest = (base64.b64encode(chance(size)).rstrip(b"=").decode() for size in (_SALT_BYTES, _HASH_BYTES))
    return f"$argon2id$v=19$m={costs.memory_kib},t={costs.passes},p={costs.lanes}${salt}${digest}"
