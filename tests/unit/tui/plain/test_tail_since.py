"""What `--since` of `tail` means."""

from __future__ import annotations

import pytest

from chat_core.protocol.limits import MAX_NUMBER
from chat_tui.plain.tail import parse_since


@pytest.mark.parametrize(
    ("since", "found"),
    [
        (None, {"#a": None, "@b": None}),
        ("0", {"#a": 0, "@b": 0}),
        ("#a:17", {"#a": 17, "@b": None}),
        ("#a:17, @b:3", {"#a": 17, "@b": 3}),
        (str(MAX_NUMBER + 1), {"#a": MAX_NUMBER, "@b": MAX_NUMBER}),
        ("#a:" + "9" * 5000, {"#a": MAX_NUMBER, "@b": None}),
    ],
)
def test_since_is_a_place_for_each_target(since: str | None, found: dict[str, int | None]) -> None:
    assert parse_since(["#a", "@b"], since) == found


@pytest.mark.parametrize("since", ["", "-1", "#c:1", "#a:", "#a:x", "#a"])
def test_since_is_refused_in_a_sentence_when_it_is_no_place(since: str) -> None:
    with pytest.raises(ValueError, match="is no --since"):
        parse_since(["#a", "@b"], since)
