"""What the switcher offers."""

from __future__ import annotations

from chat_tui.commands.completing import Candidate, Known
from chat_tui.screens.choices import Choice, choice_line, choices, slot_choice
from chat_tui.views.servers import Elsewhere
from tests.tui.support.states import client, conversation

STATE = client(
    conversation(1, "general"),
    conversation(2, "dev-infra"),
    conversation(3, "dev", unread=5, mentions=1, topic="code"),
    conversation(4, "ops", unread=2),
    conversation(5, "devon", kind="direct", partner=9),
    conversation(6, "ann", kind="direct", partner=8, unread=1),
)
KNOWN = Known(
    channels=(Candidate("#dev", "code"), Candidate("#devices", "not joined")),
    users=(Candidate("@ann"), Candidate("@denise")),
)


def names(letters: str, shown: int | None = 1, often: str = "") -> list[str]:
    found = choices(letters, STATE, shown, KNOWN, lambda target: float(target == often), frozenset({2}))
    return [each.name for each in found]


def test_without_letters_what_needs_one_comes_first_then_news_then_where_one_often_is_and_at_last_here() -> None:
    assert names("") == ["#dev", "@ann", "#ops", "#dev-infra", "@devon", "#general"]
    assert names("", often="@devon")[3:] == ["@devon", "#dev-infra", "#general"]
    assert names("", shown=3)[-1] == "#dev"


def test_letters_begin_a_name_then_a_word_then_stand_inside() -> None:
    assert names("dev")[:3] == ["#dev", "#dev-infra", "@devon"]
    assert names("infra")[0] == "#dev-infra"
    assert names("dvon") == ["@devon"]


def test_channels_and_people_one_could_go_to_come_behind() -> None:
    assert names("de")[:5] == ["#dev", "#dev-infra", "@devon", "#devices", "@denise"]
    kinds = {each.name: each.kind for each in choices("de", STATE, 1, KNOWN, lambda _: 0.0, frozenset())}
    assert (kinds["#devices"], kinds["@denise"], kinds["#dev"]) == ("join", "dm", "conversation")


def test_signs_narrow_it_down_to_channels_people_and_commands() -> None:
    assert all(name.startswith("#") for name in names("#de"))
    assert names("@de") == ["@devon", "@denise"]
    assert names(">top") == ["/topic [text…]"]
    assert len(names(">")) > 5
    assert names(">topic some words") == ["/topic [text…]"]


def test_commands_come_last_among_names() -> None:
    assert names("jo")[-1].startswith("/join")


def test_command_is_found_by_what_it_does_and_by_what_other_chats_call_it() -> None:
    assert "/dm @user [text…]" in names("msg")
    assert names("log out") == ["/logout"]
    assert names("new channel")[0] == "/join #channel"
    assert [name.split(" ")[0] for name in names("status")[:3]] == ["/away", "/busy", "/back"]
    assert names("prefer")[0] == "/settings"
    assert names("zy") == names("no words like these") == []


def test_digit_picks_its_slot_unless_a_name_begins_with_it() -> None:
    assert [slot_choice(letters, STATE) for letters in ("1", "5", "9", "0", "12", "d", "")] == [
        *(1, 5, None, None, None, None, None)
    ]
    assert slot_choice("1", client(conversation(1, "general"), conversation(2, "1984"))) is None


def test_row_says_where_it_leads_and_what_waits_there() -> None:
    (dev, *_) = choices("", STATE, 1, KNOWN, lambda _: 0.0, frozenset({3}))

    text = choice_line(dev, True, 44).text
    assert text.startswith("▌3 #dev  code") and text.rstrip().endswith("@  1  4 unread")
    assert "☃" in choice_line(Choice("join", "#☃", "join it"), False, 30).text


def test_what_is_on_other_servers_is_offered_with_its_name_behind_what_is_here() -> None:
    there = client(conversation(3, "dev"), conversation(4, "seeds", unread=1, mentions=1))
    beside = [Elsewhere(7, "garden", there)]
    found = choices("", STATE, 1, KNOWN, lambda _: 0.0, frozenset(), beside)
    assert [(each.name, each.server) for each in found[:4]] == [("#dev", 0), ("@ann", 0), ("#seeds", 7), ("#ops", 0)]
    assert (found[2].note, found[2].number, found[-1].name) == ("garden", 4, "#general")
    named = choices("dev", STATE, 1, KNOWN, lambda _: 0.0, frozenset(), beside)
    assert [each.server for each in named if each.name == "#dev"] == [0, 7]
    (server, *_) = choices("garde", STATE, 1, KNOWN, lambda _: 0.0, frozenset(), beside)
    assert (server.kind, server.name, server.server) == ("server", "garden", 7)
