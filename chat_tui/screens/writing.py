"""The main screen while one writes: what is said of it above the composer, what is kept of it, and asking twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from typing_extensions import override

from chat_core.protocol.values import Message
from chat_tui.commands.context import Answer
from chat_tui.screens.drafting import place_of
from chat_tui.screens.tiled import Tiled
from chat_tui.views.banner import about, looking
from chat_tui.views.lines import Span
from chat_tui.widgets.composer import Composer

_OWN_WITHIN: Final = 500
"""Newest messages among which the last one of one's own is looked for."""


class Writing(Tiled):
    """What belongs to that."""

    def keep_writing(self) -> None:
        """Keep what is written for when the program is gone all at once."""
        conversation = self.open_conversation()
        if conversation is not None and self.composer.conversation == conversation.id:
            self.drafting.keep(*place_of(conversation, self.composer.thread), self.composer.draft)

    def on_recalling_area_mode_changed(self, event: Composer.ModeChanged) -> None:
        """Say above the composer what is written in it."""
        event.stop()
        look = self.composer.look
        if look is not None:
            older = self.keymap.label("writing.search").split(",")[0]
            self.banner.show(looking(look.letters, look.found is not None), f"{older} older · Enter takes it · Esc")
        else:
            draft = self.composer.draft
            words = "Enter saves · Esc cancels" if draft.edits else "Enter sends · Esc cancels"
            what = about(draft, self.open_conversation())
            self.banner.show(what or self.place_label(), words if what else self.place_keys())
        self.keep_writing()

    def place_label(self) -> tuple[Span, ...]:
        """Return words for where one writes, if it is not the conversation itself; for subclasses."""
        return ()

    def place_keys(self) -> str:
        """Return what else can be done there; for subclasses."""
        return ""

    @override
    def last_own(self) -> Message | None:
        """Return the message that can be written anew without looking for it."""
        conversation, me = self.open_conversation(), self.bridge.state.me
        if conversation is None or me is None:
            return None
        newest = reversed(conversation.timeline.newest(_OWN_WITHIN))
        return next((each for each in newest if each.author == me.id and each.body and not each.deleted), None)

    @override
    def tell(self, sentence: str) -> None:
        """See BaseScreen."""
        self.answer(Answer(sentence, fault=True))

    def ask(self, topic: str, question: str, act: Callable[[], object]) -> None:
        """Ask; act if the same was asked about a moment ago."""
        if self.asking.meant(topic):
            act()
        else:
            self.asking.ask(topic)
            self.answer(Answer(question))
