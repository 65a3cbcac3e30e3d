"""Lines that somebody does not want to see: which rules there are, and whether they are in use.

This computer keeps them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from typing_extensions import override

from chat_core.base.errors import ChatError
from chat_core.client.state.changes import Batch
from chat_core.client.state.model import ConversationState
from chat_tui import filter_rules
from chat_tui.commands.context import Answer
from chat_tui.filter_rules import Filter
from chat_tui.kept_names import is_about_list, place_of
from chat_tui.screens.parts import Part
from chat_tui.screens.scene import Layout, Scene
from chat_tui.views.filtering import Hiding, hiding, note
from chat_tui.widgets.tiles import Tiles
from chat_tui.widgets.timeline import Timeline


class Filtered(Scene, Layout, Protocol):
    """The screen whose lines are hidden."""

    tiles: Tiles
    """The panes of messages."""

    @property
    def mainline(self) -> Timeline:
        """What was said in the conversation that is open."""
        ...

    @property
    def words(self) -> str:
        """The highlight words."""
        ...


class Filtering(Part):
    """See the module's head, and `commands.desks.FilterDesk`.

    Args:
        scene: the screen.
        memory: folder of the server, where the rules are kept; None: they end with the screen.
    """

    def __init__(self, scene: Filtered, memory: Path | None) -> None:
        self._scene = scene
        self._memory = memory
        self.rules: Sequence[Filter] = filter_rules.load(memory) if memory is not None else ()
        """See FilterDesk."""
        self.on = True
        """See FilterDesk."""

    def of(self, conversation: ConversationState) -> tuple[Hiding | None, bool]:
        """Return what is hidden in a conversation, and whether it is for now."""
        if not self.rules:
            return None, True
        state = self._scene.bridge.state
        return hiding(self.rules, place_of(conversation, state.epoch), state.me, self._scene.words), self.on

    def in_use(self, conversation: ConversationState) -> Hiding | None:
        """Return what is hidden in a conversation for now; None: nothing."""
        hidden, on = self.of(conversation)
        return hidden if on else None

    @override
    def take(self, batch: Batch) -> None:
        """See Part: call conversations as they are called now."""
        if self.rules and is_about_list(batch):
            self.rules = filter_rules.with_followed(self.rules, batch.state)

    def note(self) -> str:
        """Return what the line above the composer says of lines that are hidden here."""
        if not self.rules:
            return ""
        key = self._scene.keymap.label("reading.filters").split(",")[0]
        return note(self.hidden, on=self.on, key=key)

    @property
    def hidden(self) -> int:
        """See FilterDesk."""
        return self._scene.mainline.withheld

    async def change(self, rules: Sequence[Filter]) -> None:
        """See FilterDesk. Raises: ChatError."""
        before, self.rules = self.rules, tuple(rules)
        self.switch(on=True)
        if self._memory is not None:
            try:
                kept = await asyncio.to_thread(filter_rules.save, self._memory, before, self.rules)
            except OSError as error:
                raise ChatError(
                    f"{self._memory} cannot be written ({error.strerror}): it is so for now only."
                ) from error
            if kept != self.rules:  # another client has put some in, or taken some away
                self.rules = kept
                self.switch(on=self.on)

    def switch(self, *, on: bool) -> None:
        """See FilterDesk."""
        self.on = on
        self._scene.tiles.show_anew(self._scene.bridge.state)
        self._scene.show_around()

    def action_filters(self) -> None:
        """Show what is hidden, or hide it again."""
        if not self.rules:
            self._scene.answer(Answer("Nothing is hidden: you have no filters. /help filter tells how to make one."))
        else:
            self.switch(on=not self.on)
