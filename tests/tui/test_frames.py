"""The whole screen, drawn as text, at every size at which the layout is another one."""

from __future__ import annotations

import pytest

from chat_core.client.state.model import LinkState, LinkStatus, Unsent
from tests.tui.support.frames import expect, frame, rows, until
from tests.tui.support.harness import Harness
from tests.tui.support.states import at, chatter, client, conversation, drawing, gallery, said

SIZES = [(40, 12), (80, 24), (99, 30), (100, 30), (120, 40), (160, 48), (200, 60)]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_screen_is_as_drawn(size: tuple[int, int]) -> None:
    app = Harness(drawing(), typed="thanks! I will also")
    async with app.run_test(size=size):
        expect(app, f"main-{size[0]}x{size[1]}")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_message_of_each_kind_is_as_drawn(size: tuple[int, int]) -> None:
    app = Harness(gallery())
    async with app.run_test(size=size):
        expect(app, f"kinds-{size[0]}x{size[1]}")


async def test_screen_at_80x24_is_as_the_drawing_has_it() -> None:
    app = Harness(drawing(), typed="thanks! I will also")
    async with app.run_test(size=(80, 24)):
        assert frame(app) == "\n".join(
            [
                "| #general │ @ann 2 │ @bob │|",
                "| #general  Release planning: 2.4 freeze on Friday                     12 online|",
                "| 17:20     ann  friday demo is moved to 15:00, same room|",
                "| 17:21     bob  fine with me|",
                "| 17:24  marija  I will show the importer and the new search|",
                "| 17:31     joe  then I take the migration, five minutes, no slides|",
                "| 17:32   peter  that is a first|",
                "| 17:40     ann  see you all tomorrow|",
                "| ──────────────────────────── Tuesday 21 November ─────────────────────────────|",
                "|             –  ann joined · bob left · 3 more|",
                "| 12:52   peter  has anyone tried the new build?|",
                "| 12:53     joe  works here, cold start went from 900 to 310 ms|",
                "|                also fixed the crash from #dev yesterday|",
                "| 12:54  marija  the migration script, please review before Friday:|",
                "|                  def migrate(store, *, dry_run=True):|",
                "|                      return store.copy(verify=True)|",
                "| ───────────────────────────── 2 new since 12:54 ──────────────────────────────|",
                "| 12:58  marija  @you can you review?|",
                "| 12:59   peter  logs are at https://ci.example.org/482|",
                "| 13:01     you  on it, ten minutes|",
                "|                approved ✓ shipping after lunch|",
                "|                and the changelog is ready ◌ sending|",
                "| peter is typing…                        2:#dev 5 3:#ops 1 5:#design 12 6:ann 2|",
                "|▌ thanks! I will also|",
            ]
        )


@pytest.mark.parametrize("size", [(40, 16), (80, 24)], ids=["40x16", "80x24"])
async def test_beginning_of_a_channel_is_as_drawn_when_the_server_is_away(size: tuple[int, int]) -> None:
    messages = [
        said(1, "12:50", "ann", "hello everybody"),
        said(2, "12:51", "you", "hi ann"),
        said(3, "12:52", "ann", "waves at @you", style="action"),
        said(4, "12:52", "ann", "字" * 60),
        said(5, "12:53", "christopherus", "a long name\nand two lines"),
    ]
    waiting = (
        Unsent(cid=b"c" * 16, conversation=1, body="are you there?", ts=at("12:59")),
        Unsent(cid=b"d" * 16, conversation=1, body="not taken", ts=at("12:59"), status="failed", text="You may not."),
    )
    state = client(
        conversation(1, "general", messages, at_start=True, topic="Everybody", online=3, unsent=waiting),
        link=LinkState(status=LinkStatus.WAITING, detail="No answer.", retry_at=1_004.0, attempt=2),
    )
    app = Harness(state)
    async with app.run_test(size=size):
        expect(app, f"beginning-{size[0]}x{size[1]}")


async def test_screen_is_as_drawn_when_somebody_reads_further_up() -> None:
    app = Harness(client(conversation(1, "general", chatter(1, 200), online=3)))
    async with app.run_test(size=(100, 30)) as pilot:
        app.timeline.action_page_up()
        app.timeline.action_page_up()
        await pilot.pause()
        expect(app, "reading-100x30")


async def test_screen_is_as_drawn_when_nothing_is_open() -> None:
    app = Harness(client(link=LinkState(status=LinkStatus.CONNECTING)), shown=None)
    async with app.run_test(size=(100, 16)):
        expect(app, "empty-100x16")


@pytest.mark.parametrize(
    ("width", "listed", "membered"), [(99, False, False), (100, True, False), (159, True, False), (160, True, True)]
)
async def test_panes_come_with_the_width_of_the_terminal(width: int, listed: bool, membered: bool) -> None:
    app = Harness(drawing())
    async with app.run_test(size=(width, 30)):
        text = "\n".join(rows(app))

        assert ("CHANNELS" in text) == listed
        assert ("MEMBERS" in text) == membered


async def test_layout_follows_when_the_terminal_is_resized() -> None:
    app = Harness(drawing(), typed="thanks! I will also")
    async with app.run_test(size=(200, 60)) as pilot:
        for width, height in ((80, 24), (160, 48), (40, 12), (120, 40)):
            await pilot.resize_terminal(width, height)
            await until(pilot, lambda width=width: app.size.width == width and app.timeline.size.width <= width)  # type: ignore[misc]
            await pilot.pause()
            if width != 40:
                expect(app, f"main-{width}x{height}")


@pytest.mark.parametrize(("width", "shown"), [(80, "-list-shown"), (120, "-members-shown")])
async def test_pane_slides_over_when_it_has_no_place_of_its_own(width: int, shown: str) -> None:
    app = Harness(drawing())
    async with app.run_test(size=(width, 24)) as pilot:
        before = app.timeline.size
        app.screen.add_class(shown)
        await pilot.pause()

        assert ("CHANNELS" if "list" in shown else "MEMBERS") in frame(app)
        assert app.timeline.size == before


@pytest.mark.parametrize("hidden", ["-list-hidden", "-members-hidden"])
async def test_pane_goes_when_it_is_hidden(hidden: str) -> None:
    app = Harness(drawing())
    async with app.run_test(size=(168, 36)) as pilot:
        app.screen.add_class(hidden)
        await pilot.pause()

        assert ("CHANNELS" if "list" in hidden else "MEMBERS") not in frame(app)
