"""Naming one of the servers that are open, and what is not sent on them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from typing_extensions import override

from chat_core.base.errors import UsageFault
from chat_core.client.state.model import ClientState
from chat_tui.screens.neighbours import Neighbours, Unsent
from chat_tui.screens.quitting import in_words
from chat_tui.screens.walk import Spot, Walk
from chat_tui.views.servers import Elsewhere


class Three(Neighbours):
    number = 2

    @property
    @override
    def all(self) -> Sequence[Elsewhere]:
        names = ("acme.example.org", "garden.example.org", "garden.example.net:7000")
        return [Elsewhere(number, name, ClientState()) for number, name in enumerate(names, 1)]


@pytest.mark.parametrize(
    ("name", "number"),
    [("1", 1), ("ac", 1), ("ACME", 1), ("chats://garden.example.org", 2), ("garden.example.net", 3), ("3", 3)],
)
def test_server_is_found_by_its_place_or_the_beginning_of_its_name(name: str, number: int) -> None:
    assert Three().find(name).number == number


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("garden", "'garden' may be garden.example.org, garden.example.net:7000: write more of it."),
        ("4", "No server '4' is open"),
        ("nowhere", "No server 'nowhere' is open; /server lists those that are, /connect opens another one."),
    ],
)
def test_name_of_no_server_or_of_several_is_explained(name: str, words: str) -> None:
    with pytest.raises(UsageFault, match=words.replace("?", ".")):
        Three().find(name)


def test_others_are_all_but_this_one() -> None:
    assert [each.number for each in Three().others] == [1, 3]
    assert not Neighbours().others


def test_unsent_messages_of_several_servers_are_told_together() -> None:
    assert not in_words(Unsent() + Unsent())
    assert in_words(Unsent(1) + Unsent(2)) == "3 messages are not sent yet and wait for your return. "
    assert in_words(Unsent(1) + Unsent(1, keeps=False)) == "2 messages are not sent yet and would be lost. "


def test_walk_takes_what_is_most_urgent_anywhere_and_ends_where_it_began() -> None:
    walk, here = Walk(), Spot(1, 1)
    waiting = [(2, Spot(1, 5)), (1, Spot(1, 6)), (0, Spot(2, 1)), (1, Spot(2, 2))]
    seen = []
    for _ in range(5):
        there = walk.step(here, waiting, lambda _: True)
        assert there is not None
        seen.append(there)
        here = there
    assert seen == [Spot(2, 1), Spot(1, 6), Spot(2, 2), Spot(1, 5), Spot(1, 1)]


def test_walk_has_no_way_back_to_what_is_gone() -> None:
    walk = Walk()
    assert walk.step(Spot(2, 1), [(0, Spot(1, 1))], lambda _: True) == Spot(1, 1)
    assert walk.step(Spot(1, 1), [], lambda spot: spot.server == 1) is None
