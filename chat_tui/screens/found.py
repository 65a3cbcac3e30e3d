"""What a search found, over the conversation: choose a hit, see it with what was said around it, come back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar, Final

from msgspec.structs import replace
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from typing_extensions import override

from chat_core.client.state import passage as passages
from chat_core.protocol.requests.messages import History
from chat_core.protocol.requests.search import SearchResults
from chat_core.protocol.values import Conversation, SearchHit
from chat_tui.bridge import Bridge
from chat_tui.commands.context import Looked, More
from chat_tui.screens.base import BaseScreen
from chat_tui.screens.fetching import Fetching
from chat_tui.screens.passage import PassageScreen
from chat_tui.widgets.found_list import FoundList

AROUND: Final = 100
"""Messages that are read around a hit."""

_KEYS: Final = "↑ ↓ choose · Enter shows it where it was said{ranking} · Esc closes"
_RANK: Final = " · R {other} first"


class FoundScreen(BaseScreen):
    """The results of a search.

    Args:
        bridge: to the server.
        query: what was looked for.
        found: the first answer.
        go: shows a conversation on the main screen.
        more: asks for what follows an answer's cursor, where it was no search; None: it was one.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", show=False),
        Binding("up,k", "choose(-1)", show=False),
        Binding("down,j", "choose(1)", show=False),
        Binding("pageup", "choose_page(-1)", show=False),
        Binding("pagedown,space", "choose_page(1)", show=False),
        Binding("home,ctrl+home", "choose(-1000000)", show=False),
        Binding("end,ctrl+end", "choose(1000000)", show=False),
        Binding("enter", "open", show=False),
        Binding("r", "rank", show=False),
    ]

    def __init__(
        self, bridge: Bridge, query: str, found: SearchResults, go: Callable[[int], None], more: More | None = None
    ) -> None:
        super().__init__()
        self._more_of = more
        self._bridge = bridge
        self._query = query
        self._found = found
        self._hits: tuple[SearchHit, ...] = found.hits
        self._ranked = False
        self._looked = 0
        """Messages that were looked at since the last hit, and left out."""
        self._go = go
        self._leaving = False
        me = bridge.state.me
        self._list = FoundList(query, me=None if me is None else me.id, ignored=bridge.state.ignored)
        self._fetching = Fetching(partial(self._list.say, fault=True))

    @override
    def compose(self) -> ComposeResult:
        """See Widget."""
        yield self._list
        yield self.cover()

    def on_mount(self) -> None:
        """Show the first answer."""
        self._show()

    async def on_unmount(self) -> None:
        """Leave nothing running."""
        await self._fetching.stop()

    @override
    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Follow a visit that led to the conversation itself."""
        if self._leaving:
            self.dismiss()

    # --- keys

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()

    @override
    def action_cancel(self) -> None:
        """See BaseScreen."""
        self.dismiss()

    def action_choose(self, by: int) -> None:
        """Choose another hit."""
        if self._list.hit is None:
            self._look_further()
        self._list.choose(self._list.index + by)

    def action_choose_page(self, by: int) -> None:
        """Choose a hit a page further."""
        self._list.choose(self._list.index + by * self._list.page)

    def action_open(self) -> None:
        """See the chosen hit where it was said."""
        if self._list.hit is not None:
            self._fetching.start("passage", partial(self._visit, self._list.hit))
        else:
            self._look_further()

    def action_rank(self) -> None:
        """Have the best first, or the newest again."""
        if self._more_of is None:
            self._fetching.start("search", self._rank)

    # --- what the list says

    def on_found_list_chosen(self, event: FoundList.Chosen) -> None:
        """Show it where it was said."""
        event.stop()
        self._fetching.start("passage", partial(self._visit, event.hit))

    def on_found_list_at_end(self, event: FoundList.AtEnd) -> None:
        """Fetch more, if there is more."""
        event.stop()
        self._look_further()

    # --- how

    def _look_further(self) -> None:
        if self._found.cursor:
            self._fetching.start("search", self._more)

    async def _more(self) -> None:
        cursor = self._found.cursor
        if self._more_of is not None:
            found = await self._more_of(cursor)
        else:
            found = await self._bridge.search(self._query, ranked=self._ranked, cursor=cursor)
        # Where there was no time to get any further, the same key tries again.
        in_vain = found.partial and not found.hits and not found.cursor
        self._found = replace(found, cursor=cursor) if in_vain else found
        self._hits += self._found.hits
        self._show()

    async def _rank(self) -> None:
        found = await self._bridge.search(self._query, ranked=not self._ranked)
        self._found, self._hits, self._ranked = found, found.hits, not self._ranked
        self._list.index = 0
        self._show()

    async def _visit(self, hit: SearchHit) -> None:
        ask = History(conversation=hit.conversation, anchor="around", seq=hit.message.seq, limit=AROUND)
        page = await self._bridge.call(ask)
        passage = passages.begin(self._info(hit, page.head), page)
        self.app.push_screen(PassageScreen(self._bridge, passage, hit.message.seq, self._leave_for))

    def _info(self, hit: SearchHit, head: int) -> Conversation:
        """Return what is known of the conversation: one that one is not in is a channel."""
        known = self._bridge.state.conversations.get(hit.conversation)
        if known is not None:
            return known.info
        return Conversation(id=hit.conversation, kind="channel", name=hit.target.removeprefix("#"), head=head)

    def _leave_for(self, conversation: int) -> None:
        self._leaving = True
        self._go(conversation)

    def _show(self) -> None:
        """Show what there is, and how it was found."""
        found = self._found
        self._looked = 0 if found.hits else self._looked + (found.looked if isinstance(found, Looked) else 0)
        count = f"{len(self._hits)}{'+' if found.cursor else ''}"
        words = f"{count} found, {'best' if self._ranked else 'newest'} first" if self._hits else "nothing yet"
        if found.partial:
            words += ", not everything was looked at"
        if found.behind:
            words += f", {found.behind} newest not indexed yet"
        self._list.show(self._hits, words)
        ranking = "" if self._more_of is not None else _RANK.format(other="newest" if self._ranked else "best")
        self._list.say(self._further() or _KEYS.format(ranking=ranking))

    def _further(self) -> str:
        """Return what is to be said where much was looked at in vain; empty: it was not."""
        if not self._looked or (self._hits and not self._found.cursor):
            return ""
        if not self._found.cursor:
            return "Nothing is for you · Esc closes"
        which, key = ("next", "↓") if self._hits else ("newest", "Enter")
        return f"None of the {which} {self._looked:,} found is for you · {key} looks further · Esc closes"
