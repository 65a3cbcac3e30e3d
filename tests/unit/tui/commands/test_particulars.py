"""What stands behind the name in `/mute @bob #ops 10m too loud`, and behind `/channel`."""

from __future__ import annotations

from typing import Any

import pytest

from chat_core.base.errors import UsageFault
from chat_tui.commands.particulars import Particulars, particulars, rule_change


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Particulars("", None, "")),
        ("too loud", Particulars("", None, "too loud")),
        ("10m too loud", Particulars("", 600, "too loud")),
        ("server 7d", Particulars("server", 604_800, "")),
        ("SERVER  2h   spam  and more", Particulars("server", 7200, "spam  and more")),
        ("#ops 1h30m", Particulars("#ops", 5400, "")),
        ("# is no channel", Particulars("", None, "# is no channel")),
        ("10minutes of fame", Particulars("", None, "10minutes of fame")),
    ],
)
def test_particulars_are_read_in_their_order(text: str, expected: Particulars) -> None:
    assert particulars(text, timed=True) == expected


def test_particulars_without_a_time_take_it_for_the_reason() -> None:
    assert particulars("10m late", timed=False) == Particulars("", None, "10m late")


def test_particulars_are_refused_when_a_time_is_nothing() -> None:
    with pytest.raises(UsageFault, match="at least one second"):
        particulars("0m", timed=True)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("unlisted", {"visibility": "unlisted"}),
        ("Invite-Only", {"visibility": "invite"}),
        ("moderated on", {"moderated": True}),
        ("moderated", {"moderated": True}),
        ("moderated off", {"moderated": False}),
        ("archived no", {"archived": False}),
        ("slow 30s", {"slow_s": 30}),
        ("slow off", {"slow_s": 0}),
        ("topic operators", {"topic_by": "operator"}),
        ("topic members", {"topic_by": "member"}),
    ],
)
def test_rule_change_is_read(text: str, fields: dict[str, Any]) -> None:
    assert rule_change(text) == fields


@pytest.mark.parametrize("text", ["", "loud", "moderated maybe", "slow", "topic nobody", "public please"])
def test_rule_change_says_what_there_is_when_it_is_none(text: str) -> None:
    with pytest.raises(UsageFault, match="Say what to change"):
        rule_change(text)
