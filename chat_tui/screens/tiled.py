"""Several panes of messages: which conversation is in which, and which of them is written to.

What one writes, selects, finds and scrolls is the active pane's, and so are header, members and thread. Each pane has
its own way back. How they stand is kept for the next time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from msgspec.structs import replace
from typing_extensions import override

from chat_core.client.state.changes import Batch
from chat_core.client.state.model import ConversationState
from chat_tui.commands.context import Answer
from chat_tui.kept_names import conversation_of, place_of
from chat_tui.layouts import Standing
from chat_tui.messages import OlderWanted, ReadingOlder, ReadUpTo
from chat_tui.screens.going import Going, Shown
from chat_tui.screens.laying import Laying
from chat_tui.screens.parts import Part
from chat_tui.views.tiling import Tiling
from chat_tui.views.tiling_tree import renamed
from chat_tui.widgets.tiles import Tiles


class TiledScreen(Shown, Protocol):
    """The screen that has them."""

    tiles: Tiles
    """They."""
    going: Going
    """Goes to a conversation."""


class Tiled(Part):
    """What belongs to that.

    Args:
        scene: the screen.
        memory: folder of this server, where it is kept how they stand; None: it ends with the screen.
    """

    def __init__(self, scene: TiledScreen, memory: Path | None) -> None:
        self._scene = scene
        self._laying = Laying(memory, lambda sentence: scene.answer(Answer(sentence, fault=True, unasked=True)))
        self._restored = False

    @override
    async def end(self) -> None:
        """Keep how the panes stand."""
        await self._laying.close()

    # --- which there are

    def tile(self, tiling: Tiling, number: int | None = None) -> None:
        """Show other panes, or the same ones elsewhere; what is written belongs to the active one.

        Args:
            tiling: they.
            number: what the active one shows if it is new.
        """
        scene = self._scene
        moves = tiling.active != scene.tiles.tiling.active
        stays = bool(scene.composer.text) and scene.entering.moving > 0
        if moves:
            scene.leave_here()
            if not stays:
                scene.going.keep_draft()
        with scene.app.batch_update():
            scene.tiles.show(tiling)
            scene.places.keep_only(tiling.tiles)
            if moves:
                scene.places.enter(tiling.active)
                there = scene.places.shown if number is None else number
                if there is not None and there in scene.bridge.state.conversations:
                    scene.going.arrive(there, stays=stays)
            scene.show_around()
        self._keep_layout()

    def tile_by_hand(self, tiling: Tiling) -> None:
        """Show other panes; what is entered from now on belongs to the active one, whatever command is under way."""
        self._scene.composer.behind = 0
        self.tile(tiling)

    def _close_tile(self, tile: int) -> None:
        """Take a pane away, unless it is the only one."""
        tiling = self._scene.tiles.tiling
        if len(tiling.tiles) > 1:
            self.tile(tiling.without(tile))

    # --- following

    @override
    def take(self, batch: Batch) -> None:
        """See Part: a pane goes with its conversation, unless it is the only one."""
        scene = self._scene
        if scene.tiles.is_attached:
            for tile in scene.tiles.tiling.tiles:
                if scene.places.shown_in(tile) not in batch.state.conversations:
                    self._close_tile(tile)

    def on_tiles_arranged(self, event: Tiles.Arranged) -> None:
        """Bring up to date what was hidden, and keep where everything is."""
        event.stop()
        state = self._scene.bridge.state
        self._scene.tiles.catch_up(state)
        self._scene.tiles.show_titles(state)
        self._keep_layout()

    def on_tiles_picked(self, event: Tiles.Picked) -> None:
        """Write there from now on."""
        event.stop()
        tiling = self._scene.tiles.tiling
        if event.tile in tiling.tiles and event.tile != tiling.active:
            self.tile_by_hand(tiling.with_active(event.tile))

    def on_older_wanted(self, event: OlderWanted) -> None:
        """Fetch them."""
        event.stop()
        number, tiles = event.conversation, self._scene.tiles
        self._scene.errands.load_older(number, lambda: tiles.older_failed(number))

    def on_reading_older(self, event: ReadingOlder) -> None:
        """See that nothing is forgotten wherever somebody reads back."""
        event.stop()
        self._scene.bridge.reading(*self._scene.tiles.read_back())

    def on_read_up_to(self, event: ReadUpTo) -> None:
        """Remember it, if it counts: as the user has set."""
        event.stop()
        if event.asked or self._scene.reads == "seen":
            self._scene.bridge.mark_read(event.conversation, event.seq)

    # --- keeping

    def arrived(self) -> None:
        """Keep what the active pane shows."""
        self._restored = True
        self._keep_layout()

    def go_beside(self) -> bool:
        """Be where one was when one left, at first; later, in the pane beside. Return whether one is somewhere now."""
        scene = self._scene
        me, tiling, known = scene.bridge.state.me, scene.tiles.tiling, scene.bridge.state.conversations
        beside = [tile for tile in tiling.tiles if scene.places.shown_in(tile) in known]
        if len(tiling.tiles) > 1 and beside:
            heir = tiling.without(tiling.active).active
            self.tile(tiling.with_active(heir if heir in beside else beside[0]))
            return True  # `take` closes what is left behind
        if self._restored or me is None or not known:
            return False
        layout = self._laying.open(me.id)
        return layout is not None and self._restore(layout)

    def _restore(self, layout: Standing) -> bool:
        """Show panes as they stood, without those whose conversation is gone; return whether any is left."""
        scene = self._scene
        state = scene.bridge.state
        found = {tile: conversation_of(layout.targets.get(tile, ""), state) for tile in layout.tiling.tiles}
        there = {tile: conversation for tile, conversation in found.items() if conversation is not None}
        if not there:
            return False
        tiling = layout.tiling
        for tile in set(found) - set(there):
            tiling = tiling.without(tile)
        names = {tile: name for name, tile in enumerate(tiling.tiles, start=1)}
        tiling = replace(tiling, root=renamed(tiling.root, names), active=names[tiling.active])
        with scene.app.batch_update():
            scene.tiles.show(tiling)
            for tile, conversation in there.items():
                self._fill(names[tile], conversation)
            scene.places.enter(tiling.active)
            scene.going.arrive(scene.places.shown or 0, stays=bool(scene.composer.text))
        return True

    def _fill(self, tile: int, conversation: ConversationState) -> None:
        scene = self._scene
        scene.places.enter(tile)
        scene.places.go(conversation.id)
        scene.show_in(scene.tiles.of(tile), conversation)

    def _keep_layout(self) -> None:
        known, tiling = self._scene.bridge.state.conversations, self._scene.tiles.tiling
        shown = {tile: known.get(self._scene.places.shown_in(tile) or 0) for tile in tiling.tiles}
        epoch = self._scene.bridge.state.epoch
        targets = {tile: place_of(each, epoch).kept for tile, each in shown.items() if each is not None}
        self._laying.keep(Standing(tiling, targets) if len(tiling.tiles) > 1 else None)
