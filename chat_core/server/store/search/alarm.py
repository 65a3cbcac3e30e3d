"""Ends what takes too long: a thread that sleeps until a time is over, and rings unless it was told to let it be.

One thread for its whole life: starting one for each search would cost more than most searches.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition, Thread
from time import monotonic
from types import TracebackType
from typing import Self


class Alarm:
    """Rings if what is done inside its `with` takes too long; never behind the `with`.

    Args:
        ring: called in the alarm's thread; quick, and from any thread.
        within_s: the time, in seconds.
    """

    def __init__(self, ring: Callable[[], object], within_s: float) -> None:
        self._ring = ring
        self._within_s = within_s
        self._changed = Condition()
        self._due: float | None = None
        self._asleep = False
        self._closed = False
        self.over = False
        """Whether it has rung for the present, or the last, `with`."""
        self._thread = Thread(target=self._run, name="search-alarm", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        with self._changed:
            self.over = False
            self._due = monotonic() + self._within_s
            if self._asleep:
                self._changed.notify()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._due = None

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                if self._due is None:
                    self._asleep = True
                    self._changed.wait()
                    self._asleep = False
                elif (left_s := self._due - monotonic()) > 0:
                    self._changed.wait(left_s)
                else:
                    self._due = None
                    self.over = True
                    self._ring()
