"""What commands list, as lines."""

from __future__ import annotations

from textual.actions import parse as parse_action

from chat_core.protocol.values import ChannelSummary
from chat_tui.commands.tables import channel_lines


def test_list_of_channels_says_what_its_numbers_count_in_columns() -> None:
    channels = [
        ChannelSummary(id=1, name="general", topic="All that is new", members=1200, joined=True),
        ChannelSummary(id=2, name="ops", topic="The disk", members=1, joined=False),
    ]

    assert [line.text for line in channel_lines(channels)] == [
        "#general  1,200 members  All that is new",
        "#ops          1 member   The disk",
    ]


def test_click_on_a_channel_is_one_text_to_the_toolkit_whatever_a_server_calls_it() -> None:
    evil = """x'), app.quit('\\\n"""
    (line,) = channel_lines([ChannelSummary(id=1, name=evil, topic="", members=1, joined=False)])

    (act,) = [span.act for span in line.spans if span.act]
    assert parse_action(act) == ("", "enter", (f"/join #{evil}",))
