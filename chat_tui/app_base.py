"""What the application is, whatever it shows: its looks, its settings, its last gate, and how it ends in a fault."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.text import Text
from textual.driver import Driver
from textual.filter import LineFilter
from textual.notifications import SeverityLevel
from textual.screen import Screen
from typing_extensions import override

from chat_core.base.clock import SystemClock
from chat_core.base.errors import ChatError, UsageFault
from chat_core.base.faults import HarmlessFormatter, harmless_traceback
from chat_core.base.settings import Entry, Key, as_typed
from chat_tui.alerting import Alerter
from chat_tui.config import LookSection, Settings, load
from chat_tui.messages import AlertWanted, WidthsMeasured
from chat_tui.screens.base import RedrawWanted, SettingsWanted
from chat_tui.themes import DEFAULTS, LOOKS, Colours, theme_of
from chat_tui.themes.own import Look, own_looks
from chat_tui.views.alerts import quiet_hours
from chat_tui.views.cache import Recent
from chat_tui.views.clean import drawable, drawable_line
from chat_tui.views.emoji_kinds import ALL, DISPUTED, LOSSY, SAMPLES, Kind, differing
from chat_tui.views.settings_rows import as_said
from chat_tui.widgets.safe import ControlFilter
from chat_tui.widgets.symbols import AsciiFilter
from chat_tui.widgets.timeline_pane import TimelinePane

if TYPE_CHECKING:
    from textual.app import App

    from chat_tui.views.previews import Preview

    _App = App[None]
else:
    _App = object  # a class of the toolkit's takes 2 million instructions to be made: only what is seen is one


_log = logging.getLogger(__name__)

# One of each for ever: the toolkit remembers with each line what a filter made of it, and knows the filter by identity.
_HARMLESS: Final = ControlFilter()
_ASCII: Final = AsciiFilter()
_PREVIEWS: Final = 500
"""Previews that are kept, of some kilobytes each."""


class AppBase(_App):
    """It. What is made of it is an `App`.

    Args:
        config: folder of the settings.
        settings: as they were found there.
        theme: name of a look that was asked for; empty: as it is set.
    """

    def __init__(self, config: Path, settings: Settings, theme: str = "") -> None:
        self._settings = settings  # the toolkit asks at once for the driver
        super().__init__()
        self._config = config
        own, self.theme_faults = own_looks(config, LOOKS)
        """What is wrong with the user's own looks, a sentence each."""
        self._looks = {**LOOKS, **{look.name: look.colours for look in own}}
        self._theme_names = tuple(self._looks)
        wanted = theme or settings.look.theme
        if wanted not in self._theme_names:
            self.theme_faults = (*self.theme_faults, self._no_theme(wanted))
            wanted = self._theme_names[0]
        self._wear(wanted)
        self.previews: Recent[bytes, Preview] = Recent(_PREVIEWS)
        """What is in files, by their SHA-256: what a hash names is the same on every server."""
        self._measured = False
        self._differing: frozenset[Kind] = frozenset()
        """Kinds of emoji that this terminal draws in another width than they count for here."""
        self.alerter = Alerter(os.environ, self._write, SystemClock())
        """Tells of what comes while nobody looks."""

    @override
    def get_driver_class(self) -> type[Driver]:
        """See App; in a terminal, one that has a title and writes what changes."""
        usual = super().get_driver_class()
        if usual.__name__ != "LinuxDriver":
            return usual
        from chat_tui.terminal_title import driver_class  # leans on what only such a terminal has

        return driver_class(sparing=self._settings.look.frames == "changes")

    def on_redraw_wanted(self, _event: RedrawWanted) -> None:
        """Do so."""
        self.draw_anew()

    def on_driver_signal_resume(self) -> None:
        """Draw everything again: the terminal has forgotten it."""
        self.draw_anew()

    def draw_anew(self) -> None:
        """Draw everything again: something else wrote to the terminal."""
        forget: Callable[[], None] | None = getattr(self._driver, "forget", None)
        if forget is not None:  # one that spares, which is not to trust what it remembers
            forget()
        self.screen.refresh(layout=True)

    def _write(self, text: str) -> None:
        if self._driver is not None and not self.is_headless:
            self._driver.write(text)

    def on_alert_wanted(self, event: AlertWanted) -> None:
        """Tell of it."""
        self.alerter.tell(event.alert, self._settings.notify)

    @override
    def refresh_css(self, animate: bool = True) -> None:
        """See App; without a screen, what the toolkit parses here would be parsed once more for the first one."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())
            self.stylesheet.update(self, animate)

    @override
    def get_theme_variable_defaults(self) -> dict[str, str]:
        """See App."""
        return dict(DEFAULTS)

    @property
    def look(self) -> LookSection:
        """How things are to look now."""
        return self._settings.look

    # --- emoji

    @property
    def named_emoji(self) -> frozenset[Kind]:
        """Kinds of emoji in messages that are shown by their names."""
        return ALL if self.look.emoji == "names" else self._simple_emoji & LOSSY

    @property
    def _simple_emoji(self) -> frozenset[Kind]:
        """Kinds of emoji that are drawn in a simple form."""
        match self.look.simple_emoji:
            case "always":
                return DISPUTED
            case "never":
                return frozenset()
            case _:
                return self._differing

    def measure_emoji(self) -> None:
        """Ask the terminal how wide it draws emoji, once, if that is to be asked. Something is on the screen by now."""
        measure: Callable[..., bool] | None = getattr(self._driver, "measure", None)
        if measure is None or self._measured or self.look.simple_emoji != "ask":
            return
        self._measured = True
        if not measure(tuple(SAMPLES.values()), synchronized=self._sync_available):
            self.draw_anew()

    def on_widths_measured(self, event: WidthsMeasured) -> None:
        """Draw those simpler that the terminal draws in another width than they count for here."""
        self._differing = differing(dict(zip(SAMPLES, event.widths, strict=True)))
        if self._differing:
            self._look_changed()

    @property
    def words(self) -> str:
        """Words that are for this person, as the setting has them now."""
        return self._settings.notify.highlight

    @property
    def reads(self) -> str:
        """What counts as read: what was `seen`, what one has answered to (`sent`), or what one says is (`asked`)."""
        return self._settings.privacy.read

    @override
    def get_line_filters(self) -> list[LineFilter]:
        """See App."""
        ascii_only = [_ASCII] if self._settings.look.symbols == "ascii" else []
        kinds = self._simple_emoji
        simpler = [_simple_emoji(kinds)] if kinds else []
        return [*super().get_line_filters(), _HARMLESS, *simpler, *ascii_only]

    @override
    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """See App; markup is never read, whatever the message is made of."""
        shown, title = drawable(message), drawable_line(title)
        super().notify(shown, title=title, severity=severity, timeout=timeout, markup=False)

    @override
    def _fatal_error(self) -> None:
        """See App: leave, with what went wrong in the terminal and in the log.

        The toolkit would show the values of variables, which are messages and secrets, and obey what is in them.
        """
        error = self._exception
        assert error is not None, "the toolkit notes the first one before it calls this"
        _log.error("the client ended by a fault in it", exc_info=error)
        self._exit_renderables.append(Text(f"{harmless_traceback(error)}This is a fault in the client; see its log."))
        self._close_messages_no_wait()

    # --- settings

    def on_settings_wanted(self, event: SettingsWanted) -> None:
        """Show the settings, or change one."""
        from chat_tui.screens.settings import SettingsScreen

        try:
            if not event.setting:
                screen = SettingsScreen(self._entries(), self._change, {("look", "theme"): self._theme_names})
                self.push_screen(screen)
                return
            key = self._entry(event.setting).key
            if event.value is not None:
                self._change(key, as_typed(key, event.value))
            self.tell_setting(as_said(self._entry(event.setting)))
        except ChatError as fault:
            self.tell_setting(str(fault), fault=True)

    def tell_setting(self, sentence: str, *, fault: bool = False) -> None:
        """Say how a setting is, or why it cannot be so."""
        self.notify(sentence, severity="error" if fault else "information")

    def _entries(self) -> Sequence[Entry]:
        return load(self._config, os.environ).entries

    def _entry(self, setting: str) -> Entry:
        """Return a setting by its name, with its section or without where there is only one. Raises: UsageFault."""
        section, _, name = setting.rpartition(".")
        found = [each for each in self._entries() if each.key.name == name and section in ("", each.key.section)]
        if len(found) == 1:
            return found[0]
        raise UsageFault(f"There is no setting {drawable_line(setting)}; /settings shows all of them.")

    def _change(self, key: Key, value: Any) -> Sequence[Entry]:
        """Write a setting and take it up. Raises: ChatError."""
        from chat_tui import settings_file  # what edits TOML takes its time to load

        if (key.section, key.name) == ("look", "theme") and value not in self._theme_names:
            raise UsageFault(self._no_theme(value))
        if (key.section, key.name) == ("notify", "quiet"):
            quiet_hours(value)
        settings_file.write(self._config, key, value)
        loaded = load(self._config, os.environ)
        before, self._settings = self._settings, loaded.settings
        if (self._settings.look, self.words) != (before.look, before.notify.highlight):
            if self._settings.look.theme in self._theme_names:
                self._wear(self._settings.look.theme)
            self._look_changed()
            self.measure_emoji()
        return loaded.entries

    def _look_changed(self) -> None:
        """Draw everything as it looks now."""
        for screen in self.kept_screens():
            for widget in screen.walk_children(with_self=True):
                if isinstance(widget, TimelinePane):
                    widget.look_changed()
                widget.refresh()

    def _wear(self, name: str) -> None:
        """Put a look on. The toolkit's theme is made of it now: of all of them that is 4 ms at each start."""
        system = self.console.color_system
        colours: Colours = "256" if system == "256" else "16" if system == "standard" else "all"
        self.register_theme(theme_of(Look(name, self._looks[name]), colours))
        self.theme = name

    def kept_screens(self) -> Sequence[Screen[Any]]:
        """Return all screens that draw, or are going to draw again."""
        return self.screen_stack

    def _no_theme(self, name: str) -> str:
        return f"There is no theme {drawable_line(name)}; there are {', '.join(self._theme_names)}."


def _simple_emoji(kinds: frozenset[Kind]) -> LineFilter:
    from chat_tui.widgets.simple_emoji import filter_of  # few terminals need it

    return filter_of(kinds)


def log_to(file: Path) -> None:
    """Write what goes wrong inside into a file: the screen is no place for it."""
    handler: logging.Handler
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = logging.FileHandler(file, encoding="utf-8", errors="backslashreplace", delay=True)
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(HarmlessFormatter("%(asctime)s %(name)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
