"""A message that is selected, and that actions may do something with. What each does is its own business."""

from __future__ import annotations

from typing import Final, Protocol

from textual import events
from typing_extensions import override

from chat_core.client.state.changes import Batch
from chat_tui.actions.action import Acting, Hands, Subject
from chat_tui.actions.marks import toggle
from chat_tui.actions.registry import BY_NAME, fitting
from chat_tui.commands.context import Answer
from chat_tui.messages import PartClicked
from chat_tui.screens.parts import Part
from chat_tui.screens.scene import Layout, Scene
from chat_tui.views.footer import Chip
from chat_tui.views.lines import REACTS
from chat_tui.widgets.select_bar import SelectBar

_MODE: Final = "selecting"


class Reading(Scene, Layout, Protocol):
    """The screen on which one reads."""

    select_bar: SelectBar
    """What can be done with a selected message."""

    @property
    def hands(self) -> Hands:
        """What actions may do."""
        ...

    def get_selected_text(self) -> str | None:
        """Return the text that is selected with the mouse."""
        ...

    def action_help(self, topic: str = "") -> None:
        """Show the help, or a part of it."""
        ...


class Selecting(Part):
    """What the keys for that do.

    Args:
        scene: the screen.
    """

    def __init__(self, scene: Reading) -> None:
        self._scene = scene
        self._by_mouse = False
        """Whether it was selected by a click: then one goes on writing, and what can be done is clicked, too."""
        self._repeated: tuple[str, object, int] = ("", None, 0)

    # --- beginning and ending

    def action_select(self) -> None:
        """Select what is pointed at, else the last message in view; again: go on writing."""
        scene = self._scene
        if scene.selecting and not self._by_mouse:
            self.action_stop_selecting()
            return
        self._by_mouse = False
        scene.answers.dismiss()
        if scene.timeline.pointed is None and not scene.timeline.point_next(-1):
            scene.answer(Answer("There is no message here to select."))
            return
        scene.show_mode(_MODE, on=True)
        scene.focus_on(scene.select_bar)
        self.show_selected()

    def select_above(self) -> bool:
        """Select a message if somebody reads further up; return whether it is so."""
        if not self._scene.timeline.following:
            self.action_select()
        return self._scene.selecting

    def action_stop_selecting(self) -> None:
        """Go on writing."""
        self.leave()
        self._scene.focus_on(self._scene.composer)

    def leave(self) -> None:
        """Select nothing; the focus is where it is."""
        if self._scene.selecting:
            self._by_mouse = False
            self._scene.show_mode(_MODE, on=False)
            self._scene.timeline.point(None)

    def leave_clicked(self) -> bool:
        """Select nothing if that was by a click; return whether it was."""
        clicked = self._by_mouse
        if clicked:
            self.leave()
        return clicked

    def on_select_bar_left(self, event: SelectBar.Left) -> None:
        """The focus went elsewhere: so does the selection."""
        event.stop()
        if not self._scene.is_focused(self._scene.select_bar):
            self.leave()

    # --- moving

    def action_select_by(self, by: int) -> None:
        """Select the message above (-1) or below (1); below the last one, go on writing."""
        if not self._scene.timeline.point_next(by) and by > 0:
            self._scene.timeline.action_last()
            self.action_stop_selecting()
            return
        self.show_selected()

    def action_select_end(self, direction: int) -> None:
        """Select the oldest (-1) or the newest (1) message that is here."""
        self._scene.timeline.point_end(direction)
        self.show_selected()

    def action_select_page(self, direction: int) -> None:
        """Select a message a page up or down."""
        self._scene.timeline.point_page(direction)
        self.show_selected()

    def on_click(self, event: events.Click) -> None:
        """Select the message that is clicked; one that is selected so already is left again."""
        scene, timeline = self._scene, self._scene.timeline
        text_is_selected = event.chain > 1 or bool(scene.get_selected_text())
        if text_is_selected or not timeline.region.contains(event.screen_x, event.screen_y):
            return
        if scene.covered:
            scene.uncover()
            scene.show_around()
            return
        before = timeline.pointed
        if not timeline.point_at_line(event.screen_y - timeline.region.y):
            self.leave_clicked()
        elif self._by_mouse and before is timeline.pointed:
            self.leave()
        else:
            self._by_mouse = self._by_mouse or not scene.selecting
            scene.show_mode(_MODE, on=True)
            self.show_selected()

    def on_part_clicked(self, event: PartClicked) -> None:
        """React with what others reacted with, or open the thread."""
        event.stop()
        state = self._scene.bridge.state
        conversation = state.conversations.get(event.conversation)
        if conversation is None:
            return
        acting = Acting(Subject(conversation, event.message, state.me, state.conversations), self._scene.hands, 0)
        if event.act.startswith(REACTS):
            toggle(acting, event.act.removeprefix(REACTS))
        elif event.act == "thread":
            BY_NAME["thread"].run(acting)

    # --- acting

    @override
    def take(self, batch: Batch) -> None:
        """See Part."""
        self.show_selected()

    def show_selected(self) -> None:
        """Say what can be done with what is selected; if that is gone, go on writing."""
        if not self._scene.selecting:
            return
        subject = self.subject
        if subject is None:
            self.action_stop_selecting()
            return
        label = self._scene.keymap.label
        chips = [
            Chip(each.name, self._key(each.name), each.label)
            for each in fitting(subject)
            if self._by_mouse or label(f"selecting.{each.name}") != "—"
        ]
        last = [
            Chip("help", self._key("help"), "help"),
            Chip("leave", self._key("leave"), "back"),
        ]
        self._scene.select_bar.show(chips, last)

    def _key(self, name: str) -> str:
        return "" if self._by_mouse else self._scene.keymap.label(f"selecting.{name}").split(",")[0]

    @property
    def subject(self) -> Subject | None:
        """What is selected; None: nothing."""
        from chat_tui.views.pointing import message_of

        item, history = self._scene.timeline.pointed, self._scene.timeline.history
        message = message_of(item) if item is not None else None
        if message is None or history is None:
            return None
        state = self._scene.bridge.state
        return Subject(history.conversation, message, state.me, state.conversations)

    @property
    def seq(self) -> int:
        """The number of the selected message; 0: none is selected."""
        subject = self.subject if self._scene.selecting else None
        return 0 if subject is None else subject.seq

    def action_act(self, name: str) -> None:
        """Do something with what is selected."""
        subject = self.subject
        if subject is None:
            return
        done, what, times = self._repeated
        about = subject.seq or subject.message
        times = times + 1 if (done, what) == (name, about) else 0
        self._repeated = (name, about, times)
        self._scene.answers.dismiss()
        BY_NAME[name].run(Acting(subject, self._scene.hands, times))
        self.show_selected()

    def on_select_bar_clicked(self, event: SelectBar.Clicked) -> None:
        """Do what was clicked."""
        event.stop()
        if event.name == "leave":
            self.action_stop_selecting()
        elif event.name == "help":
            self._scene.action_help("selecting")
        else:
            self.action_act(event.name)
