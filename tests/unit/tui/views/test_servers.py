"""The sections of other servers, what waits there in words, and the table of all."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from msgspec.structs import replace as replace_fields

from chat_core.client.state.model import ClientState, LinkState, LinkStatus
from chat_tui.views.conversations import Entry, fitted
from chat_tui.views.lines import Line
from chat_tui.views.servers import MOST_ROWS, Elsewhere, labels, section, table
from chat_tui.views.status import status
from tests.support.hostile import PAYLOADS, is_safe
from tests.tui.support.states import client, conversation


def garden(**more: Any) -> Elsewhere:
    state = client(
        conversation(1, "general"),
        conversation(3, "seeds", unread=4, mentions=1),
        conversation(4, "compost", unread=2),
        conversation(5, "rosa", kind="direct", partner=5, online=2, unread=2),
    )
    return replace_fields(Elsewhere(7, "garden.example.org", state), **more)


def offline(state: ClientState) -> ClientState:
    return replace(state, link=LinkState(status=LinkStatus.WAITING))


def drawn(server: Elsewhere, cells: int = 26) -> list[str]:
    return [row.line.text.rstrip() for row in section(server, cells)]


def test_section_has_the_sum_and_a_row_for_each_conversation_that_waits() -> None:
    assert drawn(garden()) == [
        "",
        "  garden.example.org   3",
        "   #seeds              1",
        "   #compost             2",
        "   ● rosa              2",
    ]
    rows = list(section(garden(), 26))
    assert [(row.server, row.conversation) for row in rows[1:]] == [(7, None), (7, 3), (7, 4), (7, 5)]


def test_section_is_one_line_where_nothing_waits_and_says_what_is_wrong() -> None:
    quiet = client(conversation(1, "general"))
    assert drawn(garden(state=quiet)) == ["", "  garden.example.org"]
    assert drawn(garden(state=offline(quiet)))[1].endswith("○")
    assert drawn(garden(state=ClientState(), question="asks you to sign in"))[1].endswith("⚠")


def test_section_counts_what_has_no_row_and_keeps_what_is_most_urgent() -> None:
    many = client(
        *(conversation(number, f"c{number}", unread=1) for number in range(1, MOST_ROWS + 3)),
        conversation(50, "last", unread=1, mentions=1),
    )
    lines = drawn(garden(state=many))
    assert lines[-2].split() == ["#last", "1"]
    assert lines[-1] == "     3 more unread"
    assert len(lines) == 2 + MOST_ROWS + 1


def test_list_leads_to_the_server_of_each_row_when_it_is_scrolled() -> None:
    rows = [Entry(Line(), number) for number in range(1, 9)] + list(section(garden(), 26))
    shown = fitted(Line(), rows, 99, 6)
    assert list(zip(shown.servers, shown.targets, strict=True))[-3:] == [(7, 3), (7, 4), (7, 5)]


def test_labels_name_what_waits_and_leave_out_what_does_not() -> None:
    calm = garden(state=client(conversation(1, "general", unread=2)), title="calm")
    silent = garden(state=client(conversation(1, "general")), title="silent")
    asking = garden(state=ClientState(), question="asks you to sign in", title="asking")
    assert labels([garden(), calm, silent, asking]) == [
        (True, "garden.example.org 3", "go_to_server(7)"),
        (False, "calm 2", "go_to_server(7)"),
        (True, "asking ⚠", "go_to_server(7)"),
    ]


def test_status_names_the_server_and_the_others_only_where_no_list_does() -> None:
    state = client(conversation(1, "general"))
    narrow = status(state, 1, 0.0, 60, listed=False, title="acme", others=[garden()])
    assert narrow.text.split() == ["acme", "garden.example.org", "3"]
    assert "acme" not in status(state, 1, 0.0, 60, listed=True, title="acme", others=[garden()]).text


def test_table_has_a_line_for_each_with_how_it_is() -> None:
    asking = garden(state=ClientState(), question="asks you to sign in", title="b")
    lines = [line.text.rstrip() for line in table([garden(present=True), asking])]
    assert lines[0].startswith("▌1 garden.example.org  ● online") and lines[0].endswith("8 unread")
    assert lines[1] == " 2 b                   ⚠ asks you to sign in"


@pytest.mark.parametrize("text", PAYLOADS)
def test_nothing_of_another_server_harms_the_terminal(text: str) -> None:
    hostile = garden(state=client(conversation(1, text, unread=1), conversation(2, text, kind="direct", unread=1)))
    hostile = replace_fields(hostile, title=text, question=text)
    lines = [*(row.line for row in section(hostile, 26)), *table([hostile])]
    assert all(is_safe(line.text) for line in lines)
    assert all(is_safe(words) for _, words, _ in labels([hostile]))
