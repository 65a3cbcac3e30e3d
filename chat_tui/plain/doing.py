"""What the verbs of the line mode do; which there are, `verbs` says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from chat_core.base.errors import UsageFault
from chat_core.base.numbers import number_in
from chat_tui.plain.hearing import place_line
from chat_tui.plain.verbs import Verb, help_lines
from chat_tui.plain.whereabouts import MOST_READ, Whereabouts
from chat_tui.views.clean import drawable_line


class Doing(Whereabouts):
    """See the module's head."""

    async def _do(self, verb: Verb, rest: str) -> None:
        does: dict[str, Callable[[str], Awaitable[None]]] = {
            "next": self._next,
            "read": self._read,
            "more": self._say_more,
            "unread": self._unread,
            "where": self._where,
            "main": self._main,
            "numbers": self._numbers,
            "time": self._time,
            "help": self._help,
        }
        await does[verb.name](rest)

    async def _next(self, rest: str) -> None:
        there = self._places.next_unread(self.state)
        if there is None:
            self._desk.say(self._new_at_others() or "Nothing is new elsewhere.")
        else:
            await self._go(there)

    def _new_at_others(self) -> str:
        """Say at which other server something is new, that which needs one most first; empty: at none."""
        servers = [each for each in self._desk.servers() if not each.present and each.unread]
        if not servers:
            return ""
        most = max(servers, key=lambda each: each.needs)
        name = drawable_line(most.title)
        return f"Nothing is new here. {name}: {most.unread} unread. /server {name} goes there."

    async def _read(self, rest: str) -> None:
        count = number_in(rest, MOST_READ) if rest else 10
        if not count:
            raise UsageFault(f"Write how many messages, from 1 to {MOST_READ}: /read 20.")
        here = self._context.here
        await self._load(here.id, count)
        here = self.state.conversations.get(here.id, here)
        messages = self._messages(here, count)
        self._read_out(here, messages, asked=True)
        if not messages:
            self._desk.say("Nothing was said here yet.")

    async def _say_more(self, rest: str) -> None:
        await self._desk.say_more()

    async def _unread(self, rest: str) -> None:
        self._say_unread(elsewhere=False)

    async def _where(self, rest: str) -> None:
        here = self._context.here
        self._desk.say(place_line(here, topic=True))

    async def _time(self, rest: str) -> None:
        manner = self._telling.manner
        self._telling.manner = manner._replace(times=_switched(rest, manner.times, "/time"))
        self._desk.say(f"The time of messages is {'told' if self._telling.manner.times else 'not told'}.")

    async def _numbers(self, rest: str) -> None:
        manner = self._telling.manner
        self._telling.manner = manner._replace(numbers=_switched(rest, manner.numbers, "/numbers"))
        self._desk.say(f"The number of messages is {'told' if self._telling.manner.numbers else 'not told'}.")

    async def _main(self, rest: str) -> None:
        if not self._thread:
            raise UsageFault("You are in no thread; /thread leads to one.")
        self._thread = 0
        await self._where("")

    async def _help(self, rest: str) -> None:
        for line in help_lines(rest):
            self._desk.say(line)


def _switched(rest: str, now: bool, usage: str) -> bool:
    """Return what a switch is to be; nothing said: the other one. Raises: UsageFault."""
    if rest.casefold() not in ("on", "off", ""):
        raise UsageFault(f"Write {usage} on or {usage} off.")
    return rest.casefold() == "on" if rest else not now
