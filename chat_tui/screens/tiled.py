"""The main screen with several panes of messages: which conversation is in which, and which of them is written to.

What one writes, selects, finds and scrolls is the active pane's, and so are header, members and thread. Each pane has
its own way back. How they stand is kept for the next time.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from typing_extensions import override

from chat_core.client.state.changes import Batch
from chat_core.client.state.model import ConversationState
from chat_tui.commands.context import Answer
from chat_tui.layouts import Layout
from chat_tui.messages import OlderWanted, ReadingOlder
from chat_tui.screens.chat_view import ChatView
from chat_tui.screens.laying import Laying
from chat_tui.views.tiling import Tiling
from chat_tui.views.tiling_tree import renamed
from chat_tui.widgets.tiles import Tiles


class Tiled(ChatView):
    """What belongs to that."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._laying = Laying(self._memory, lambda sentence: self.answer(Answer(sentence, fault=True)))
        self._restored = False

    async def on_unmount(self) -> None:
        """Keep how the panes stand."""
        await self._laying.close()

    def leave_here(self) -> None:
        """Leave what belongs to the conversation alone: selection, thread; for subclasses."""

    # --- which there are

    def tile(self, tiling: Tiling, number: int | None = None) -> None:
        """Show other panes, or the same ones elsewhere; what is written belongs to the active one.

        Args:
            tiling: they.
            number: what the active one shows if it is new.
        """
        before = self.tiles.tiling
        moves = tiling.active != before.active
        stays = bool(self.composer.text) and self.moving > 0
        if moves:
            self.leave_here()
            if not stays:
                self._keep_draft()
        with self.app.batch_update():
            self.tiles.show(tiling)
            self.places.keep_only(tiling.tiles)
            if moves:
                self.places.enter(tiling.active)
                there = self.places.shown if number is None else number
                if there is not None and there in self.bridge.state.conversations:
                    self.arrive(there, stays=stays)
            self.show_around()
        self._keep_layout()

    def tile_by_hand(self, tiling: Tiling) -> None:
        """Show other panes; what is entered from now on belongs to the active one, whatever command is under way."""
        self.composer.behind = 0
        self.tile(tiling)

    def close_tile(self, tile: int) -> None:
        """Take a pane away, unless it is the only one."""
        tiling = self.tiles.tiling
        if len(tiling.tiles) > 1:
            self.tile(tiling.without(tile))

    @override
    def arrive(self, number: int, *, stays: bool) -> None:
        """See ChatView."""
        self._restored = True
        super().arrive(number, stays=stays)
        self._keep_layout()

    # --- following

    @override
    def take(self, batch: Batch) -> None:
        """See ChatView: a pane goes with its conversation, unless it is the only one."""
        super().take(batch)
        if self.tiles.is_attached:
            for tile in self.tiles.tiling.tiles:
                if self.places.shown_in(tile) not in batch.state.conversations:
                    self.close_tile(tile)

    def on_tiles_arranged(self, event: Tiles.Arranged) -> None:
        """Bring up to date what was hidden, and keep where everything is."""
        event.stop()
        self.tiles.catch_up(self.bridge.state)
        self.tiles.show_titles(self.bridge.state.conversations)
        self._keep_layout()

    def on_tiles_picked(self, event: Tiles.Picked) -> None:
        """Write there from now on."""
        event.stop()
        tiling = self.tiles.tiling
        if event.tile in tiling.tiles and event.tile != tiling.active:
            self.tile_by_hand(tiling.with_active(event.tile))

    def on_older_wanted(self, event: OlderWanted) -> None:
        """Fetch them."""
        event.stop()
        number = event.conversation
        self.errands.load_older(number, lambda: self.tiles.older_failed(number))

    def on_reading_older(self, event: ReadingOlder) -> None:
        """See that nothing is forgotten wherever somebody reads back."""
        event.stop()
        self.bridge.reading(*self.tiles.read_back())

    # --- keeping

    @override
    def _go_somewhere(self) -> None:
        """See ChatView: at first, where one was when one left; later, in the pane beside."""
        me, tiling = self.bridge.state.me, self.tiles.tiling
        beside = [tile for tile in tiling.tiles if self.places.shown_in(tile) in self.bridge.state.conversations]
        if len(tiling.tiles) > 1 and beside:
            heir = tiling.without(tiling.active).active
            self.tile(tiling.with_active(heir if heir in beside else beside[0]))
            return  # `take` closes what is left behind
        if not self._restored and me is not None and self.bridge.state.conversations:
            layout = self._laying.open(me.id)
            if layout is not None and self._restore(layout):
                return
        super()._go_somewhere()

    def _restore(self, layout: Layout) -> bool:
        """Show panes as they stood, without those whose conversation is gone; return whether any is left."""
        found = {tile: self.bridge.state.by_target(layout.targets.get(tile, "")) for tile in layout.tiling.tiles}
        there = {tile: conversation for tile, conversation in found.items() if conversation is not None}
        if not there:
            return False
        tiling = layout.tiling
        for tile in set(found) - set(there):
            tiling = tiling.without(tile)
        names = {tile: name for name, tile in enumerate(tiling.tiles, start=1)}
        tiling = replace(tiling, root=renamed(tiling.root, names), active=names[tiling.active])
        with self.app.batch_update():
            self.tiles.show(tiling)
            for tile, conversation in there.items():
                self._fill(names[tile], conversation)
            self.places.enter(tiling.active)
            self.arrive(self.places.shown or 0, stays=bool(self.composer.text))
        return True

    def _fill(self, tile: int, conversation: ConversationState) -> None:
        self.places.enter(tile)
        self.places.go(conversation.id)
        self.show_in(self.tiles.of(tile), conversation)

    def _keep_layout(self) -> None:
        known, tiling = self.bridge.state.conversations, self.tiles.tiling
        shown = {tile: known.get(self.places.shown_in(tile) or 0) for tile in tiling.tiles}
        targets = {tile: each.target for tile, each in shown.items() if each is not None}
        self._laying.keep(Layout(tiling, targets) if len(tiling.tiles) > 1 else None)
