"""The composer by itself, in a toolkit application with nothing else in it."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import App, ComposeResult

from chat_tui.commands.completing import Candidate, Known
from chat_tui.drafts import Draft
from chat_tui.themes import DEFAULTS, themes
from chat_tui.widgets.completion import CompletionPopup
from chat_tui.widgets.composer import MAX_PASTE, Composer
from tests.tui.support.typing import press, write

KNOWN = Known(
    channels=(Candidate("#dev", "code"), Candidate("#dev-infra"), Candidate("#general")),
    users=(Candidate("@ann"), Candidate("@anton"), Candidate("@bob")),
    servers=(Candidate("127.0.0.1:5555"),),
)


class Desk(App[None]):
    """A composer, its popup, and what it said."""

    CSS = "Screen { layers: base over; } CompletionPopup { layer: over; } Composer { dock: bottom; }"

    def __init__(self) -> None:
        super().__init__()
        for theme in themes():
            self.register_theme(theme)
        self.theme = themes()[0].name
        self.entered: list[str] = []
        self.writing: list[bool] = []
        self.refused: list[str] = []
        self.places: list[int | None] = []
        self.popup = CompletionPopup()
        self.composer = Composer(self.popup, lambda: KNOWN)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(DEFAULTS)

    def compose(self) -> ComposeResult:
        yield self.composer
        yield self.popup

    def on_mount(self) -> None:
        self.composer.focus()

    def on_composer_entered(self, event: Composer.Entered) -> None:
        self.entered.append(event.text)
        self.places.append(event.conversation)

    def on_composer_writing(self, event: Composer.Writing) -> None:
        self.writing.append(event.active)

    def on_composer_refused(self, event: Composer.Refused) -> None:
        self.refused.append(event.sentence)

    def on_completion_popup_picked(self, event: CompletionPopup.Picked) -> None:
        self.composer.pick(event.index)

    @property
    def offered(self) -> list[str]:
        return [candidate.text for candidate in self.popup.candidates]


async def test_composer_says_what_was_written_when_enter_is_pressed() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        await write(pilot, "hello all")
        await press(pilot, "enter")

        assert desk.entered == ["hello all"]
        assert desk.composer.text == ""


async def test_composer_begins_a_line_when_ctrl_j_or_enter_with_a_modifier_is_pressed() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        await press(pilot, "a", "ctrl+j", "b", "shift+enter", "c", "alt+enter", "d", "ctrl+enter", "e")

        assert desk.composer.text == "a\nb\nc\nd\ne"
        assert desk.entered == []


async def test_composer_grows_up_to_eight_lines() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        heights: list[int] = []
        for _ in range(10):
            heights.append(desk.composer.size.height)
            await press(pilot, "ctrl+j")

        assert heights == [1, 2, 3, 4, 5, 6, 7, 8, 8, 8]


async def test_composer_sends_nothing_when_lines_are_pasted() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        await write(pilot, "log: ")
        desk.composer.post_message(events.Paste("one\rtwo\r\nthree\n\x1b[31mred\x07\x9b"))
        await pilot.pause()

        assert desk.composer.text == "log: one\ntwo\nthree\n[31mred"
        assert desk.entered == []


async def test_composer_refuses_a_paste_that_no_message_can_hold() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        desk.composer.post_message(events.Paste("x" * (MAX_PASTE + 1)))
        await pilot.pause()

        assert desk.composer.text == ""
        assert desk.refused == ["64,001 characters are too many to paste; `chat-tui send` takes whole files."]


async def test_composer_keeps_the_order_of_keys_when_they_come_in_a_burst() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        await press(pilot, *"one", "enter", *"two", "enter", "ctrl+j", *"x", "ctrl+a", *"three", "enter", *"four")

        assert desk.entered == ["one", "two", "\nthreex"]
        assert desk.composer.text == "four"


async def test_composer_says_where_a_line_was_entered() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        desk.composer.conversation = 7
        await press(pilot, *"hi", "enter")
        desk.composer.conversation = 8

        assert desk.places == [7]


async def test_composer_keeps_a_line_that_means_nothing() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        for line, sentence in (
            ("  /qit", "There is no command /qit, but /quit. /help lists them; // at the beginning says a slash."),
            ("/join", "#channel is missing. Usage: /join #channel"),
            ("x" * 17_000, "This is 17,000 bytes long; a message holds 16,384. Send it in parts."),
        ):
            desk.composer.draft = Draft(line)
            await press(pilot, "enter")

            assert desk.refused == [sentence]
            assert desk.composer.text == line
            desk.refused.clear()
        assert desk.entered == []


async def test_composer_enters_nothing_when_nothing_is_written() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        await press(pilot, "enter", "space", "enter")

        assert desk.entered == []
        assert desk.refused == []


async def test_popup_offers_commands_as_they_are_written() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        await write(pilot, "/l")
        assert desk.offered == ["/leave", "/list", "/lastlog", "/login", "/logout", "/lockdown"]

        await write(pilot, "i")
        assert desk.offered == ["/list"]

        await press(pilot, "escape", "backspace", "backspace", "backspace")
        await write(pilot, "x")
        assert not desk.popup.display


async def test_enter_runs_the_line_as_it_is_when_a_popup_is_open() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        await write(pilot, "/join #dev")
        assert desk.offered == ["#dev", "#dev-infra"]

        await press(pilot, "enter")

        assert desk.entered == ["/join #dev"]
        assert not desk.popup.display


async def test_tab_completes_with_a_space_when_there_is_one_candidate() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        await write(pilot, "/jo")
        await press(pilot, "tab")
        assert desk.composer.text == "/join "

        await write(pilot, "#g")
        await press(pilot, "tab")
        assert desk.composer.text == "/join #general "


async def test_tab_goes_through_candidates_and_back_to_what_was_written() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        await write(pilot, "hi @an")
        texts: list[str] = []
        for key in ("tab", "tab", "tab", "tab", "shift+tab"):
            await press(pilot, key)
            texts.append(desk.composer.text)

        assert texts == ["hi @ann", "hi @anton", "hi @an", "hi @ann", "hi @an"]


async def test_arrows_go_through_candidates_when_the_popup_is_open() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        await write(pilot, "@")
        await press(pilot, "down", "down")
        assert desk.composer.text == "@anton"

        await press(pilot, "up")
        assert desk.composer.text == "@ann"

        await press(pilot, "enter")
        assert desk.entered == ["@ann"]


async def test_tab_completes_a_name_without_its_sign_when_asked() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        await write(pilot, "bo")
        assert desk.offered == []

        await press(pilot, "tab")

        assert desk.composer.text == "@bob "


async def test_tab_stays_in_the_composer_when_there_is_nothing_to_complete() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        await press(pilot, "tab")
        await write(pilot, "zz")
        await press(pilot, "tab", "shift+tab")

        assert desk.composer.has_focus
        assert desk.composer.text == "zz"


async def test_dismissing_the_popup_brings_back_what_was_written() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        await write(pilot, "/l")
        await press(pilot, "tab")
        assert desk.composer.text == "/leave"

        assert desk.composer.dismiss_completion()
        await pilot.pause()

        assert desk.composer.text == "/l"
        assert not desk.popup.display
        assert not desk.composer.dismiss_completion()


async def test_popup_is_back_for_a_new_command_when_the_one_it_was_dismissed_for_is_gone() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        await write(pilot, "/l")
        assert desk.composer.dismiss_completion()
        await write(pilot, "i")
        assert not desk.popup.display, "still the word it was dismissed for"
        await press(pilot, "ctrl+u")
        await write(pilot, "/l")

        assert desk.popup.display


async def test_click_on_a_candidate_puts_it_into_the_text() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        await write(pilot, "see #d")
        await pilot.click(desk.popup, offset=(3, 1))
        await pilot.pause()

        assert desk.composer.text == "see #dev-infra "
        assert desk.composer.has_focus


async def test_popup_stands_above_the_composer_within_the_screen() -> None:
    desk = Desk()
    async with desk.run_test(size=(40, 12)) as pilot:
        await write(pilot, "a long line to the right side #d")

        popup, composer = desk.popup.region, desk.composer.region
        assert popup.bottom == composer.y
        assert popup.x >= 0
        assert popup.right <= 40


async def test_popup_tells_the_usage_of_a_command_while_it_is_written() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        await write(pilot, "/topic ")

        (line,) = desk.popup.rows(60, 1)
        assert line.text.startswith(" /topic [text…]  Show the topic")


async def test_recall_brings_back_lines_and_keeps_what_is_being_written() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        for line in ("one", "two"):
            await write(pilot, line)
            await press(pilot, "enter")
        await write(pilot, "thr")

        shown: list[str] = []
        for key in ("ctrl+up", "ctrl+up", "ctrl+up", "ctrl+down", "ctrl+down"):
            await press(pilot, key)
            shown.append(desk.composer.text)

        assert shown == ["two", "one", "one", "two", "thr"]


async def test_composer_edits_like_a_shell() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        cases: Sequence[tuple[Sequence[str], str]] = (
            (("ctrl+a", "x"), "xone two three"),
            (("ctrl+a", "ctrl+e", "x"), "one two threex"),
            (("ctrl+w",), "one two "),
            (("alt+backspace",), "one two "),
            (("ctrl+left", "ctrl+k"), "one two "),
            (("alt+b", "ctrl+u"), "three"),
            (("ctrl+a", "alt+f", "x"), "onex two three"),
            (("ctrl+a", "alt+d"), " two three"),
            (("ctrl+a", "ctrl+d"), "ne two three"),
            (("ctrl+u", "ctrl+underscore"), "one two three"),
            (("ctrl+u", "ctrl+underscore", "alt+shift+z"), ""),
            (("ctrl+w", "ctrl+w", "ctrl+y"), "one two three"),
            (("ctrl+w", "ctrl+a", "ctrl+y"), "threeone two "),
            (("ctrl+w", "left", "ctrl+w", "ctrl+y", "alt+y"), "one three "),
            (("ctrl+a", "ctrl+k", "ctrl+y", "ctrl+y"), "one two threeone two three"),
            (("ctrl+a", "alt+d", "alt+d", "ctrl+e", "ctrl+y"), " threeone two"),
            (("ctrl+left", "right", "ctrl+t"), "one two htree"),
            (("ctrl+a", "ctrl+t"), "one two three"),
        )
        for keys, expected in cases:
            desk.composer.draft = Draft("one two three", (0, 13))
            await press(pilot, *keys)
            assert desk.composer.text == expected, keys


async def test_composer_types_no_letter_when_alt_is_held() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        desk.post_message(events.Key("alt+a", "a"))
        await pilot.pause()

        assert desk.composer.text == ""


async def test_composer_tells_that_somebody_writes_a_message_but_not_a_command() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        await write(pilot, "/me")
        assert desk.writing == []

        await press(pilot, "ctrl+u")
        await write(pilot, "hi")
        await press(pilot, "ctrl+u")

        assert desk.writing == [True, True, False]


async def test_composer_keeps_quiet_when_a_draft_is_put_into_it() -> None:
    desk = Desk()
    async with desk.run_test() as pilot:
        desk.composer.draft = Draft("see @an", (0, 7))
        await pilot.pause()

        assert desk.writing == []
        assert desk.offered == []
        assert desk.composer.cursor_location == (0, 7)


async def test_popup_stays_above_the_composer_when_that_grows_and_the_terminal_changes() -> None:
    desk = Desk()
    async with desk.run_test(size=(60, 20)) as pilot:
        await press(pilot, "ctrl+j", *"see #d")
        assert desk.popup.region.bottom == desk.composer.region.y

        await pilot.resize_terminal(50, 12)
        await pilot.pause()
        assert desk.popup.region.bottom == desk.composer.region.y
        assert desk.popup.region.right <= 50
