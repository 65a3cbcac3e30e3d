"""A screen that is put together of parts: who does what a key and a message mean."""

from __future__ import annotations

from typing import ClassVar

import pytest
from textual.app import App
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen
from typing_extensions import override

from chat_tui.screens.parts import Part, of_parts


class Rung(Message):
    """A bell was rung."""


class Counting(Part):
    def __init__(self) -> None:
        self.count = 0
        self.rung: list[Rung] = []

    def action_count(self, by: int) -> None:
        self.count += by

    async def on_rung(self, event: Rung) -> None:
        self.rung.append(event)


@of_parts
class Counter(Screen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [("c", "count(2)", "count")]
    note: str
    counting: Counting

    def __init__(self) -> None:
        super().__init__()
        self.counting = Counting()


class Counters(App[None]):
    @override
    def get_default_screen(self) -> Counter:
        return Counter()


async def test_key_and_message_are_the_business_of_the_part_that_answers_to_them() -> None:
    app = Counters()
    async with app.run_test() as pilot:
        screen = app.screen
        assert isinstance(screen, Counter)
        await pilot.press("c")
        screen.post_message(rung := Rung())
        await pilot.pause()

        assert (screen.counting.count, screen.counting.rung) == (2, [rung])


async def test_each_screen_has_parts_of_its_own() -> None:
    app = Counters()
    async with app.run_test() as pilot:
        await app.push_screen(second := Counter())
        await pilot.press("c")

        assert [each.counting.count for each in app.screen_stack if isinstance(each, Counter)] == [0, 2]
        assert app.screen is second


def test_name_that_two_parts_answer_to_is_refused() -> None:
    class Other(Part):
        def action_count(self, by: int) -> None:
            """Count, too."""

    class Both(Screen[None]):
        counting: Counting
        other: Other

    Both.__annotations__ = {"counting": Counting, "other": Other}
    with pytest.raises(TypeError, match=r"Both\.action_count is there already, and other has it, too"):
        of_parts(Both)


def test_name_that_the_screen_answers_to_itself_is_refused() -> None:
    class Own(Screen[None]):
        counting: Counting

        def on_rung(self, event: Rung) -> None:
            """Hear it first."""

    Own.__annotations__ = {"counting": Counting}
    with pytest.raises(TypeError, match=r"Own\.on_rung is there already, and counting has it, too"):
        of_parts(Own)
