"""The switcher: what it offers, and going to what was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from chat_tui.screens.drafting import Drafting
from chat_tui.screens.entering import Entering
from chat_tui.screens.going import Going
from chat_tui.screens.knowing import Knowing
from chat_tui.screens.marks import ScreenMarks
from chat_tui.screens.neighbours import Neighbours
from chat_tui.screens.parts import Part
from chat_tui.screens.roaming import Roaming
from chat_tui.screens.scene import Scene

if TYPE_CHECKING:
    from chat_tui.screens.choices import Choice


class Switched(Scene, Protocol):
    """The screen that shows what was chosen."""

    drafting: Drafting
    """What is written elsewhere."""
    knowing: Knowing
    """Names for completion."""
    neighbours: Neighbours
    """The other servers that are open."""
    entering: Entering
    """Lines that are entered."""
    going: Going
    """Goes to a conversation."""
    roaming: Roaming
    """Goes to another server."""
    marks: ScreenMarks
    """Places with a name."""


class Switching(Part):
    """See the module's head.

    Args:
        scene: the screen.
    """

    def __init__(self, scene: Switched) -> None:
        self._scene = scene

    def action_switch(self) -> None:
        """Open the switcher."""
        from chat_tui.screens.choices import Choice, choices, slot_choice
        from chat_tui.screens.switcher import Switcher

        scene = self._scene
        numbers = scene.drafting.numbers(scene.bridge.state) - {scene.places.shown or 0}

        def offer(letters: str) -> Sequence[Choice]:
            state, shown, others = scene.bridge.state, scene.places.shown, scene.neighbours.others
            known, often = scene.knowing.known(), scene.going.often
            return choices(letters, state, shown, known, often, numbers, others, scene.marks.choices)

        def digit(letters: str) -> Choice | None:
            number = slot_choice(letters, scene.bridge.state)
            return Choice("conversation", "", number=number) if number is not None else None

        switcher = Switcher(offer, self._go_to, digit=digit, run=scene.entering.run_line)
        scene.app.push_screen(switcher)
        scene.errands.fetch_channels(switcher.look_again)

    def _go_to(self, choice: Choice) -> None:
        scene = self._scene
        match choice.kind:
            case "server" | "conversation" if choice.server:
                scene.roaming.go_to_server(choice.server, choice.number or None)
            case "conversation":
                if choice.number in scene.bridge.state.conversations:
                    scene.going.walk_to(choice.number)
            case "join" | "dm":
                scene.entering.run_line(f"/{choice.kind} {choice.name}")
            case "command":
                scene.entering.run_line(choice.name)
            case "mark":
                scene.marks.go_to(choice.name)
            case "emoji" | "server" | "draft":
                raise ValueError("those are chosen elsewhere")
