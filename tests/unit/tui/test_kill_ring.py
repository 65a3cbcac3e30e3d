"""What was cut, to be put in again."""

from __future__ import annotations

from chat_tui.widgets.kill_ring import KillRing


def test_ring_has_nothing_before_anything_was_cut() -> None:
    assert (KillRing().newest(), KillRing().older()) == ("", "")


def test_ring_joins_pieces_that_are_cut_one_after_the_other_on_their_sides() -> None:
    ring = KillRing()
    ring.cut("two", more=False, before=True)
    ring.cut("one ", more=True, before=True)
    ring.cut(" three", more=True, before=False)

    assert ring.newest() == "one two three"


def test_ring_goes_back_to_older_pieces_and_around() -> None:
    ring = KillRing()
    for piece in ("a", "b", "c"):
        ring.cut(piece, more=False, before=False)

    assert [ring.newest(), ring.older(), ring.older(), ring.older()] == ["c", "b", "a", "c"]
    ring.older()
    assert ring.newest() == "c"


def test_ring_is_no_place_for_nothing() -> None:
    ring = KillRing()
    ring.cut("a", more=False, before=False)
    ring.cut("", more=False, before=False)

    assert ring.newest() == "a"
