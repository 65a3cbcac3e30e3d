"""Text of a timeline in the hands of the user: selecting, copying, following links."""

from __future__ import annotations

import pytest
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.selection import Selection

from chat_core.client.state.changes import MessagesPrepended
from chat_tui.messages import LinkChosen
from tests.tui.support.frames import pane, until
from tests.tui.support.harness import Harness
from tests.tui.support.states import chatter, client, conversation, said, with_older

MESSAGES = [
    said(1, "12:50", "ann", "hello everybody in here"),
    said(2, "12:50", "ann", "and a second line that is quite long so that it has to be broken somewhere near here"),
    said(3, "12:51", "bob", "中文 text and https://example.org/path?q=1 here"),
    said(4, "12:51", "bob", "first\nsecond"),
]


def app_with() -> Harness:
    return Harness(client(conversation(1, "general", MESSAGES)))


def place_of(app: Harness, text: str) -> Offset:
    for y, line in enumerate(pane(app.timeline)):
        if text in line:
            return Offset(line.index(text), y)
    raise AssertionError("\n".join(pane(app.timeline)))


def right_of(place: Offset, cells: int) -> Offset:
    return Offset(place.x + cells, place.y)


async def dragged(app: Harness, pilot: Pilot[None], start: Offset, end: Offset) -> str:
    """Select from one cell to another one, both of them included."""
    await pilot.mouse_down("#timeline", offset=start)
    await pilot.hover("#timeline", offset=end)
    await pilot.mouse_up("#timeline", offset=end)
    await pilot.pause()
    return app.screen.get_selected_text() or ""


async def test_words_of_a_line_are_copied_as_they_stand() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        start = place_of(app, "everybody")

        assert await dragged(app, pilot, start, right_of(start, 8)) == "everybody"


async def test_lines_broken_to_fit_are_joined_again_when_copied() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        start, end = place_of(app, "and a second"), place_of(app, "near here")

        assert end.y == start.y + 1
        assert await dragged(app, pilot, start, right_of(end, 3)) == MESSAGES[1].body.removesuffix(" here")


async def test_lines_of_a_message_are_copied_as_they_were_written() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        start, end = place_of(app, "first"), place_of(app, "       second")

        copied = await dragged(app, pilot, start, right_of(end, 12))
        assert copied == "first\nsecond"


@pytest.mark.parametrize("body", ["new text", "new text that is so long that the word behind it stands alone, so"])
async def test_words_of_ours_behind_a_text_are_not_copied(body: str) -> None:
    app = Harness(client(conversation(1, "general", [said(1, "12:50", "ann", body, edits=1), *MESSAGES[1:]])))
    async with app.run_test(size=(80, 24)) as pilot:
        start, end = place_of(app, "new text"), place_of(app, "(edited)")

        assert await dragged(app, pilot, start, right_of(end, 7)) == body


async def test_time_and_name_are_copied_when_several_messages_are() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        start, end = place_of(app, "in here"), place_of(app, "first")

        assert await dragged(app, pilot, start, right_of(end, 4)) == (
            f"in here\n{MESSAGES[1].body}\n12:51 bob  {MESSAGES[2].body}\nfirst"
        )


async def test_selection_is_marked_on_the_screen_and_its_colours_stay_apart() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        start = place_of(app, "everybody")
        await dragged(app, pilot, start, right_of(start, 8))

        ground = app.screen.get_component_rich_style("screen--selection").bgcolor
        marked = [s.text for s in app.timeline.render_line(start.y) if s.style and s.style.bgcolor == ground]
        assert "".join(marked) == "everybody"


async def test_selection_of_wide_characters_is_counted_in_characters() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        y = place_of(app, "中文").y
        number = app.timeline.render_line(y).text.index("中")
        style = next(iter(app.timeline.render_line(y))).style
        assert style is not None
        row = style.meta["offset"][1]

        app.screen.selections = {app.timeline: Selection(Offset(number, row), Offset(number + 2, row))}
        await pilot.pause()

        assert app.screen.get_selected_text() == "中文"
        ground = app.screen.get_component_rich_style("screen--selection").bgcolor
        marked = [s.text for s in app.timeline.render_line(y) if s.style and s.style.bgcolor == ground]
        assert "".join(marked) == "中文"


async def test_places_for_selecting_are_in_a_line_that_is_asked_for_and_not_in_what_is_painted() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        y = place_of(app, "everybody").y

        painted = app.timeline.render_lines(app.timeline.size.region)[y]

        asked = app.timeline.render_line(y)
        assert painted.text.rstrip() == asked.text.rstrip() != ""
        assert not any("offset" in s.style.meta for s in painted if s.style)
        assert all("offset" in s.style.meta for s in asked if s.style)


async def test_selection_survives_when_older_messages_come_and_goes_with_a_resize() -> None:
    app = Harness(client(conversation(1, "general", chatter(500, 100))))
    async with app.run_test(size=(80, 24)) as pilot:
        app.timeline.moved_to(3)
        await pilot.pause()
        start = place_of(app, "message 505")
        assert await dragged(app, pilot, start, right_of(start, 10)) == "message 505"

        older = with_older(app.state.conversations[1], chatter(400, 100))
        app.take(client(older), MessagesPrepended(conversation=1, count=100))
        await pilot.pause()
        assert app.screen.get_selected_text() == "message 505"

        await pilot.resize_terminal(100, 24)
        await until(pilot, lambda: not app.screen.get_selected_text(), "no selection")


async def test_everything_known_is_copied_when_all_is_selected() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        app.screen.selections = {app.timeline: Selection(None, None)}
        await pilot.pause()
        copied = app.screen.get_selected_text() or ""

        assert "12:50 ann  hello everybody in here" in copied
        assert copied.endswith("first\nsecond")


async def test_word_is_selected_by_two_clicks_and_the_message_by_three() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        at = right_of(place_of(app, "text and"), 3)
        await pilot.click("#timeline", offset=at, times=2)
        await until(pilot, lambda: app.screen.get_selected_text() == "text", "the word")

        await pilot.click("#timeline", offset=place_of(app, "broken"), times=3)
        await until(pilot, lambda: app.screen.get_selected_text() == MESSAGES[1].body, "the message")

        await pilot.click("#timeline", offset=(77, at.y), times=2)
        await pilot.pause()
        assert not app.screen.get_selected_text()


async def test_selection_begins_at_the_first_message_when_it_begins_above() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        end = place_of(app, "everybody")

        copied = await dragged(app, pilot, Offset(5, 1), right_of(end, 8))
        # The toolkit leaves out the last cell when a selection did not begin at text.
        assert copied.endswith("Tuesday 21 November\n12:50 ann  hello everybod")
        assert "─" not in copied


async def test_link_is_told_when_it_is_clicked_and_only_there() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        # Two wide characters are in front of it: cells, not characters.
        at = right_of(place_of(app, "https://"), 2)
        await pilot.click("#timeline", offset=right_of(at, 3))
        await until(pilot, lambda: app.said, "a link")
        await pilot.click("#timeline", offset=right_of(at, -3))
        await pilot.click("#timeline", offset=(70, at.y))
        await pilot.click("#timeline", offset=(3, 0))
        await pilot.pause()

        links = [message.url for message in app.said if isinstance(message, LinkChosen)]
        assert links == ["https://example.org/path?q=1"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://exämple.org/a", "file:///etc/passwd"])
async def test_terminal_is_given_no_link_that_is_not_harmless(url: str) -> None:
    app = Harness(client(conversation(1, "general", [said(1, "12:00", "ann", f"see {url} or https://ok.example")])))
    async with app.run_test(size=(80, 24)):
        styles = [s.style for y in range(app.timeline.size.height) for s in app.timeline.render_line(y)]

        assert {style.link for style in styles if style and style.link} == {"https://ok.example"}
