"""What all screens share: the keys that work everywhere, and a calm cover where the terminal is too small."""

from __future__ import annotations

import os
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from chat_tui.keys import bindings
from chat_tui.views.columns import BREAKPOINTS, HEIGHTS, LEAST_HEIGHT, LEAST_WIDTH
from chat_tui.views.lines import Line, Span, elide
from chat_tui.views.wrap import wrap
from chat_tui.widgets.bars import Rows
from chat_tui.widgets.compositor import SparingCompositor


def _has_shell() -> bool:
    """Return whether whoever started this program sees it stop, and can let it go on: a shell with job control."""
    parent = os.getppid()
    try:
        return os.getpgrp() == os.getpid() != os.getpgid(parent) and os.getsid(parent) == os.getsid(0)
    except OSError:  # it is somebody else's, or gone
        return False


class Cover(Rows, can_focus=False):
    """Lies over everything and says that there is too little room."""

    DEFAULT_CSS = """
    Cover { layer: cover; position: absolute; display: none; width: 100%; height: 100%; background: $background; }
    """

    def rows(self, width: int, height: int) -> list[Line]:
        """See Rows."""
        words = f"The terminal is {width}x{height};\n{LEAST_WIDTH}x{LEAST_HEIGHT} is the least."
        pieces = wrap(words, max(2, width))
        lines = [Line((Span(words[each.start : each.end], "muted"),)) for each in pieces]
        if len(lines) > height:  # what to do about it is what counts
            lines = [Line((Span(elide(f"{LEAST_WIDTH}x{LEAST_HEIGHT} is the least.", width), "muted"),))]
        return [Line()] * max(0, (height - len(lines)) // 2) + lines


class HelpWanted(Message):
    """The user wants help."""

    def __init__(self, topic: str) -> None:
        super().__init__()
        self.topic = topic
        """A command; empty: all of it."""


class QuitWanted(Message):
    """The user wants to leave the program."""


class RedrawWanted(Message):
    """The user wants everything to be drawn again."""


class ServerStepped(Message):
    """The user wants to see the next server (1) in the row of those that are open, or the previous one (-1)."""

    def __init__(self, by: int) -> None:
        super().__init__()
        self.by = by
        """How far."""


class NextWanted(Message):
    """The user wants to go to what needs them next."""


class SettingsWanted(Message):
    """The user wants to see the settings, or to change one."""

    def __init__(self, setting: str = "", value: str | None = None) -> None:
        super().__init__()
        self.setting = setting
        """Which: `look.theme`; empty: all of them."""
        self.value = value
        """What it is to be, as typed; None: as it is."""


class BaseScreen(Screen[None], inherit_bindings=False):
    """A screen of ours."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("screen")]
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    VERTICAL_BREAKPOINTS = HEIGHTS
    QUESTION: ClassVar[str] = ""
    """What a server waits for while this is all that it shows, a few words; empty: nothing."""

    DEFAULT_CSS = """
    BaseScreen { layers: base over cover; }
    """

    _was_on_top = False

    def __init__(self) -> None:
        super().__init__()
        self._compositor = self.compositor = SparingCompositor()
        """What draws it."""
        width, height = self.app.size
        for bounds, reached in ((BREAKPOINTS, width), (HEIGHTS, height)):
            # The toolkit finds out when it has drawn the first frame, and then lays out and draws another one.
            self.add_class(max((bound, name) for bound, name in bounds if bound <= reached)[1], update=False)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Style nothing again that was styled when it was mounted, a moment ago."""
        if not self._was_on_top:
            event.refresh_styles = False
        self._was_on_top = True

    def cover(self) -> Widget:
        """Return the cover, to be composed last."""
        return Cover()

    def on_resize(self, event: events.Resize) -> None:
        """Cover what cannot be laid out."""
        for cover in self.query(Cover):
            cover.display = event.size.width < LEAST_WIDTH or event.size.height < LEAST_HEIGHT

    def regain_focus(self) -> None:
        """Give the focus to where one writes, if it is nowhere."""
        if self.focused is None and self.AUTO_FOCUS:
            for widget in self.query(self.AUTO_FOCUS):
                self.set_focus(widget, scroll_visible=False)
                return

    def action_redraw(self) -> None:
        """Draw everything again: something else wrote to the terminal."""
        self.post_message(RedrawWanted())

    def action_suspend(self) -> None:
        """Go back to the shell for a while; without one, nobody could ever wake the program again."""
        if _has_shell():
            self.app.action_suspend_process()
        else:
            self.tell("There is no shell to go back to: the program was not started from one.")

    def tell(self, sentence: str) -> None:
        """Say something to this person only."""
        self.notify(sentence)

    def action_help(self, topic: str = "") -> None:
        """Show the help, or a part of it."""
        self.post_message(HelpWanted(topic))

    @property
    def words(self) -> str:
        """Words that are for this person, as the setting has them."""
        words: str = getattr(self.app, "words", "")
        return words

    @property
    def reads(self) -> str:
        """What counts as read, as the setting has it."""
        reads: str = getattr(self.app, "reads", "seen")
        return reads

    def show_settings(self, setting: str = "", value: str | None = None) -> None:
        """Ask for all settings, or one (`look.theme`), or give it a value, as typed."""
        self.post_message(SettingsWanted(setting, value))

    def action_settings(self) -> None:
        """Show the settings."""
        self.show_settings()

    def action_step_server(self, by: int) -> None:
        """Show the next server (1) of those that are open, or the previous one (-1)."""
        self.post_message(ServerStepped(by))

    def action_next_unread(self) -> None:
        """Go to what needs one next; for screens on which that is a key."""
        self.post_message(NextWanted())

    def action_cancel(self) -> None:
        """Take back what is under way; for screens that have something."""
        self.action_quit_asking()

    def action_quit_asking(self) -> None:
        """Leave the program, having asked where something would be lost."""
        self.post_message(QuitWanted())
