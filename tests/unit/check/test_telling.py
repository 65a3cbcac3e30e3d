"""What a client of the checker still has to do before it is at rest."""

from __future__ import annotations

from msgspec.structs import replace

from chat_core.check.real.telling import NOTHING

SETTLED = replace(NOTHING, online=True, epoch="one", positions={1: 7, 2: 0})
HEADS = {1: 7, 2: 0, 3: 9}


def test_client_is_at_rest_when_it_has_sent_and_heard_everything_of_where_it_is() -> None:
    assert list(SETTLED.unrest("one", HEADS)) == []


def test_client_says_all_that_keeps_it_from_rest() -> None:
    assert list(replace(NOTHING, epoch="zero").unrest("one", {})) == ["is not connected", "knows another store"]
    busy = replace(SETTLED, unsent=3, positions={1: 5, 2: 0, 8: 1})
    assert list(busy.unrest("one", HEADS)) == [
        "has 3 to send",
        "is at 5 of 7 in conversation 1",
        "is at 1 of None in conversation 8",
    ]
