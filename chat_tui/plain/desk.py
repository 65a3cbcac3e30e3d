"""What commands may do to the screen, where there is none: answers become lines, and what needs one says so."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from chat_core.base.clock import Clock
from chat_core.base.errors import ChatError, UsageFault
from chat_core.base.settings import Entry, as_typed
from chat_core.client.state.model import ClientState, ConversationState
from chat_core.protocol.requests.search import SearchResults
from chat_core.protocol.values import SearchHit
from chat_tui.alert_rules import AlertRules
from chat_tui.commands.context import Answer, Looked, More
from chat_tui.config import Settings, load
from chat_tui.plain.console import BELL, Console
from chat_tui.plain.filters import PlainFilters
from chat_tui.plain.hearing import one_line, server_line, spoken
from chat_tui.plain.keeping import PlainDrafts, PlainMarks
from chat_tui.views.alerts import Rule, quiet_hours
from chat_tui.views.clean import drawable_line
from chat_tui.views.folding import folded_words
from chat_tui.views.names import called, shown_name
from chat_tui.views.servers import Elsewhere, meant
from chat_tui.views.source import Source, seen
from chat_tui.views.tiling import Side
from chat_tui.views.when import since

NEEDS_THE_SCREEN: Final = "That needs the full-screen client; start it without --plain."
_IN_A_LINE: Final = {
    "edit": "Say the new text, too: /edit I meant Friday.",
    "react": "Say which emoji: /react :tada:.",
    "open": "A file is saved by /download; a link stands in the message, to be opened from there.",
}
_ALERTS: Final[dict[Rule, str]] = {
    "all": "you are told of every message",
    "mentions": "you are told of messages that name you, and of direct ones",
    "none": "you are told of nothing",
}


class Leaving(NamedTuple):
    """Where to go when this stay is over."""

    server: str | None = None
    """A server to be opened besides, as typed; None: none is."""
    to: int = 0
    """Number of one that is open, to go to; 0: none."""
    close: int = 0
    """Number of one that is to be left; 0: none."""
    name: str = ""
    """As whom; empty: as before."""
    register: bool = False
    """Whether to make that account."""
    forget: bool = False
    """Whether this device signs out here."""
    end: bool = False
    """Whether to go nowhere."""

    @property
    def stays(self) -> bool:
        """Whether this server stays open meanwhile."""
        return self.server is not None or self.to != 0 or self.close != 0


class NoPages:
    """There is no live page: it is drawn from a screen."""

    async def begin(self, file: str) -> None:
        """See PageDesk. Raises: UsageFault."""
        raise UsageFault(NEEDS_THE_SCREEN)

    async def export(self, conversation: ConversationState, file: str) -> None:
        """See PageDesk. Raises: UsageFault: a command of its own does it."""
        where = drawable_line(conversation.target)
        raise UsageFault(f"In a shell, chat-tui export '{where}' writes all of it into a file.")

    async def end(self) -> None:
        """See PageDesk. Raises: UsageFault."""
        raise UsageFault(NEEDS_THE_SCREEN)

    def tell(self) -> None:
        """See PageDesk. Raises: UsageFault."""
        raise UsageFault(NEEDS_THE_SCREEN)


class NoPanes:
    """There are no panes: one conversation is heard at a time."""

    def split(self, side: Side | None, conversation: int | None) -> None:
        """See PaneDesk. Raises: UsageFault."""
        raise UsageFault(NEEDS_THE_SCREEN)

    def close(self, *, others: bool = False) -> None:
        """See PaneDesk. Raises: UsageFault."""
        raise UsageFault(NEEDS_THE_SCREEN)

    def zoom(self) -> None:
        """See PaneDesk. Raises: UsageFault."""
        raise UsageFault(NEEDS_THE_SCREEN)


class PlainDesk:
    """See the module's head, and `commands.context.Desk`.

    Args:
        console: where answers are said.
        config: folder of the settings.
        memory: folder of what is remembered of this server; None: nothing is.
        clock: the time.
    """

    def __init__(self, console: Console, config: Path, memory: Path | None, clock: Clock) -> None:
        self._console = console
        self._config = config
        self._memory = memory
        self._clock = clock
        self._rules = AlertRules(memory)
        self.settings: Settings = load(config, os.environ).settings
        """What the user has set."""
        self._more: tuple[str, More, bytes] | None = None
        self.pages = NoPages()
        """See Desk."""
        self.panes = NoPanes()
        """See Desk."""
        self.filters = PlainFilters(memory)
        """See Desk."""
        self.state: Callable[[], ClientState] = ClientState
        """Returns what is known of the server."""
        self.marks = PlainMarks(memory, lambda: self.state())
        """See Desk."""
        self.drafts = PlainDrafts(memory, lambda: self.state(), self.say, self._go)
        """See Desk."""
        self.channels: tuple[str, ...] = ()
        """Names of channels that were listed."""
        self.wanted: int | None = None
        """A conversation that is to be gone to as soon as the state has it."""
        self.thread_wanted: tuple[int, int] | None = None
        """A conversation and a message there whose thread is to be gone to."""
        self.also = False
        """Whether what is written in a thread stands in the channel, too."""
        self.put_away: int | None = None
        """A conversation that is to be left for another one."""
        self.servers: Callable[[], Sequence[Elsewhere]] = tuple
        """Returns the servers that are open."""
        self.prefix = ""
        """Stands before each line, while one is at another server."""
        self.leaving: Leaving | None = None
        """Where to go, once that was asked for."""

    def say(self, line: str) -> None:
        """Say a line, cleaned already."""
        bell = BELL if line.startswith(BELL) else ""
        self._console.say(f"{bell}{self.prefix}{line.removeprefix(BELL)}")

    def rule_of(self, conversation: ConversationState) -> Rule:
        """Return what of a conversation is told."""
        return self._rules.of(conversation, self.state().epoch)

    # --- as commands know it

    def copy(self, text: str) -> bool:
        """See Desk; whoever reads line by line selects for themselves."""
        return False

    def open_soon(self, conversation: int) -> None:
        """See Desk."""
        self.wanted = conversation

    def open_thread(self, conversation: int, seq: int) -> None:
        """See Desk."""
        self.thread_wanted = conversation, seq

    def write_also(self) -> None:
        """See Desk."""
        self.also = not self.also
        self.say("What you write in a thread stands " + ("in the channel, too." if self.also else "in it only."))

    def close_tab(self, conversation: int) -> None:
        """See Desk: there are no tabs, so only one's own place changes."""
        self.put_away = conversation

    def answer(self, answer: Answer) -> None:
        """See Desk."""
        self.say(drawable_line(answer.title))
        for line in answer.lines:
            if said := spoken(line):
                self.say(said)

    def show_found(self, query: str, found: SearchResults, more: More | None = None) -> None:
        """See Desk: the newest comes first; `say_more` goes on, where that can be."""
        self._more = (query, more, found.cursor) if more is not None and found.cursor else None
        many = "1 message" if len(found.hits) == 1 else f"{len(found.hits)} messages"
        rest = " and there are more" if found.cursor and more is None else ""
        if found.hits:
            self.say(f"{many} found{rest}, the newest first:")
        elif isinstance(found, Looked):
            self.say(f"None of the {found.looked} that were looked at is for you.")
        for hit in found.hits:
            self.say(self._hit(hit))
        if self._more is not None:
            self.say("/more looks further.")
        elif not found.hits:
            self.say("There are no more.")

    async def say_more(self) -> None:
        """Look further for what was found last. Raises: UsageFault: there is nothing more to be found; ChatError."""
        if self._more is None:
            raise UsageFault("There is no more of it: /more goes on with what /mentions has found.")
        query, more, cursor = self._more
        self.show_found(query, await more(cursor), more)

    def show_kept(self, title: str, hits: Sequence[SearchHit]) -> None:
        """See Desk."""
        self.say(f"{drawable_line(title)}:")
        for hit in hits:
            self.say(self._hit(hit))

    def act(self, action: str, seq: int) -> None:
        """See Desk. Raises: UsageFault: there are lines only."""
        raise UsageFault(_IN_A_LINE.get(action, NEEDS_THE_SCREEN))

    def show_source(self, source: Source) -> None:
        """See Desk."""
        self.say(f"{drawable_line(source.address)}, as it was sent:")
        for line in seen(source.body).split("\n"):
            self.say(line)
        for term, words in source.pairs:
            self.say(f"{term}: {words}")

    def clear(self) -> None:
        """See Desk: nothing is ever drawn over, so nothing is to be taken away."""

    @property
    def selected_seq(self) -> int:
        """See Desk: nothing can be selected."""
        return 0

    @property
    def has_keys(self) -> bool:
        """See Desk: there are lines only."""
        return False

    def show_help(self, topic: str) -> None:
        """See Desk. Raises: UsageFault: the line mode has its own."""
        raise UsageFault("/help lists the commands.")

    def show_settings(self, setting: str = "", value: str | None = None) -> None:
        """See Desk. Raises: ChatError."""
        entries = load(self._config, os.environ).entries
        if not setting:
            for entry in entries:
                self.say(_entry(entry))
            return
        entry = _find(entries, setting)
        if value is not None:
            entry = self._write(entry, value)
        self.say(_entry(entry))

    @property
    def words(self) -> str:
        """See Desk."""
        return self.settings.notify.highlight

    async def alert_by(self, conversation: ConversationState, rule: Rule | None) -> None:
        """See Desk. Raises: ChatError."""
        if rule is not None:
            try:
                await self._rules.put(conversation, self.state().epoch, rule)
            except OSError as error:
                raise ChatError(
                    f"It is so for now only: {self._memory} cannot be written ({error.strerror})."
                ) from error
        self.say(f"{drawable_line(conversation.target)}: {_ALERTS[self.rule_of(conversation)]}.")

    def leave_for(self, server: str) -> None:
        """See Desk. Raises: UsageFault: it was not said where."""
        if not server:
            raise UsageFault("Say which server: /connect HOST.")
        self.leaving = Leaving(server=server)

    def show_servers(self) -> None:
        """See Desk."""
        for at, each in enumerate(self.servers(), 1):
            self.say(server_line(at, each))

    def go_to_named(self, name: str) -> None:
        """See Desk. Raises: UsageFault: none is called so."""
        found = meant(self.servers(), name)
        if found.present:
            self.say(f"You are at {drawable_line(found.title)}.")
        else:
            self.leaving = Leaving(to=found.number)

    def close_server(self, name: str) -> None:
        """See Desk. Raises: UsageFault: none is called so."""
        servers = self.servers()
        found = meant(servers, name) if name else next(each for each in servers if each.present)
        self.leaving = Leaving(close=found.number)

    def sign_in_as(self, name: str, *, register: bool = False) -> None:
        """See Desk. Raises: UsageFault: it was not said as whom."""
        if not name:
            raise UsageFault("Say as whom: /login NAME.")
        self.leaving = Leaving(name=name, register=register)

    async def secrets(self, title: str, labels: tuple[str, ...]) -> tuple[str, ...] | None:
        """See Desk. Raises: UsageFault."""
        self.say(drawable_line(title))
        given = [await self._console.secret(f"{label}: ") for label in labels]
        if not all(given):
            return None
        if await self._console.secret("The last one again: ") != given[-1]:
            raise UsageFault("The two are not the same; nothing was changed.")
        return tuple(given)

    def sign_out(self) -> None:
        """See Desk."""
        self.leaving = Leaving(forget=True, end=True)

    def learn_channels(self, names: Sequence[str]) -> None:
        """See Desk."""
        self.channels = tuple(names)

    def leave(self) -> None:
        """See Desk."""
        self.leaving = Leaving(end=True)

    def now_ms(self) -> int:
        """See Desk."""
        return self._clock.wall_ms()

    # --- how

    def _go(self, conversation: int, thread: int) -> None:
        if thread:
            self.thread_wanted = conversation, thread
        else:
            self.wanted = conversation

    def _hit(self, hit: SearchHit) -> str:
        message = hit.message
        when = since(message.ts, self.now_ms(), None)
        where = drawable_line(hit.target)
        if message.author in self.state().ignored:
            return f"{where}, {when}, {folded_words(message)}"
        return f"{where}, {when}, {shown_name(called(message))}: {one_line(message.body)}"

    def _write(self, entry: Entry, text: str) -> Entry:
        """Give a setting another value. Raises: ChatError."""
        from chat_tui import settings_file  # what edits TOML takes its time to load

        if isinstance(entry.key.default, bool):
            text = {"on": "true", "off": "false"}.get(text.casefold(), text)
        value = as_typed(entry.key, text)
        if (entry.key.section, entry.key.name) == ("notify", "quiet"):
            quiet_hours(value)
        settings_file.write(self._config, entry.key, value)
        loaded = load(self._config, os.environ)
        self.settings = loaded.settings
        return next(each for each in loaded.entries if each.key == entry.key)


def _find(entries: Sequence[Entry], setting: str) -> Entry:
    wanted = setting.casefold()
    for entry in entries:
        if wanted == f"{entry.key.section}.{entry.key.name}".casefold():
            return entry
    raise UsageFault(f"There is no setting {drawable_line(setting[:40])}; /set lists them.")


def _entry(entry: Entry) -> str:
    value = (
        "on" if entry.value is True else "off" if entry.value is False else drawable_line(str(entry.value)) or "none"
    )
    return f"{entry.key.section}.{entry.key.name}: {value}"
