"""How reactions are folded: counts, the order in which emoji came, and one's own."""

from __future__ import annotations

from chat_core.protocol.reactions import Reaction, with_added, with_removed


def test_reactions_are_counted_in_the_order_in_which_they_came() -> None:
    found = with_added((), "🎉", mine=False)
    found = with_added(found, "👍", mine=True)
    found = with_added(found, "🎉", mine=False)

    assert found == (Reaction(emoji="🎉", count=2), Reaction(emoji="👍", mine=True))
    assert with_removed(found, "👍", mine=True) == (Reaction(emoji="🎉", count=2),)


def test_ones_own_reaction_stays_ones_own_when_others_come_and_go() -> None:
    found = with_added(with_added((), "👍", mine=True), "👍", mine=False)

    assert with_removed(found, "👍", mine=False) == (Reaction(emoji="👍", mine=True),)
    assert with_removed(found, "👍", mine=True) == (Reaction(emoji="👍"),)


def test_emoji_that_is_gone_comes_back_as_the_last_and_none_falls_below_nothing() -> None:
    found = with_added(with_added((), "🎉", mine=False), "👍", mine=False)
    found = with_added(with_removed(found, "🎉", mine=False), "🎉", mine=False)

    assert [each.emoji for each in found] == ["👍", "🎉"]
    assert with_removed((), "👍", mine=True) == ()
