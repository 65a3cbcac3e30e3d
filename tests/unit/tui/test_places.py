"""Where one is among the conversations, and how one gets to another."""

from __future__ import annotations

import pytest

from chat_core.client.state.changes import Batch, ListChanged, MessagesAppended
from chat_core.client.state.model import ClientState
from chat_tui.screens.places import Places
from tests.tui.support.states import client, conversation

GENERAL, DEV, OPS, NEWS, ANN, BOB = 1, 2, 3, 4, 5, 6


def world(**unread: int) -> ClientState:
    return client(
        conversation(BOB, "bob", kind="direct", partner=7, unread=unread.get("bob", 0)),
        conversation(DEV, "dev", unread=unread.get("dev", 0)),
        conversation(GENERAL, "general", unread=unread.get("general", 0)),
        conversation(NEWS, "announcements", kind="announcements"),
        conversation(ANN, "ann", kind="direct", partner=9, unread=unread.get("ann", 0)),
        conversation(OPS, "ops", unread=unread.get("ops", 0), mentions=unread.get("ops", 0)),
    )


@pytest.fixture
def places() -> Places:
    found = Places()
    found.go(GENERAL)
    return found


def test_neighbour_walks_down_the_list_and_around_its_ends(places: Places) -> None:
    seen = [GENERAL]
    for _ in range(6):
        there = places.neighbour(world(), 1)
        assert there is not None
        places.go(there)
        seen.append(there)

    assert seen == [GENERAL, DEV, OPS, NEWS, ANN, BOB, GENERAL]
    assert places.neighbour(world(), -1) == BOB


def test_slot_is_the_row_in_the_list(places: Places) -> None:
    assert [places.in_slot(world(), slot) for slot in range(8)] == [None, GENERAL, DEV, OPS, NEWS, ANN, BOB, None]


def test_next_unread_goes_to_mentions_then_direct_then_news_then_back(places: Places) -> None:
    state = world(dev=3, bob=1, ops=1, ann=2)
    seen = []
    for _ in range(5):
        there = places.next_unread(state)
        assert there is not None
        places.go(there)
        seen.append(there)

    assert seen == [OPS, ANN, BOB, DEV, GENERAL]


def test_next_unread_stays_when_nothing_is_new(places: Places) -> None:
    assert places.next_unread(world()) is None


def test_next_unread_goes_back_to_where_it_began_even_if_that_was_read_later(places: Places) -> None:
    first = places.next_unread(world(dev=1))
    assert first == DEV
    places.go(DEV)

    assert places.next_unread(world()) == GENERAL


def test_next_unread_begins_anew_when_one_went_elsewhere_by_hand(places: Places) -> None:
    assert places.next_unread(world(dev=1)) == DEV
    places.go(DEV)
    places.went_by_hand()
    places.go(OPS)

    assert places.next_unread(world()) is None


def test_next_unread_goes_once_to_what_somebody_has_begun_before_its_first_message_is_here(places: Places) -> None:
    places.take(Batch(state=world(), changes=(ListChanged(added=(ANN, DEV)),)))

    assert places.next_unread(world(dev=1)) == ANN
    places.go(ANN)
    assert places.next_unread(world(ann=1, dev=1)) == DEV
    places.go(DEV)
    assert places.next_unread(world()) == GENERAL
    places.go(GENERAL)
    assert places.next_unread(world()) is None


def test_next_unread_takes_nothing_of_the_first_list_for_begun() -> None:
    places = Places()
    places.take(Batch(state=world(), changes=(ListChanged(added=(GENERAL, ANN, BOB)),)))
    places.go(GENERAL)

    assert places.next_unread(world()) is None


def test_closed_tab_is_gone_until_somebody_writes_there(places: Places) -> None:
    assert places.tabs(world()) == (GENERAL, ANN, BOB)
    places.go(ANN)

    assert places.close(world(), ANN) == GENERAL
    assert places.tabs(world()) == (GENERAL, BOB)

    places.take(Batch(state=world(), changes=(MessagesAppended(conversation=ANN, messages=()),)))
    assert places.tabs(world()) == (GENERAL, ANN, BOB)


def test_closed_tab_comes_back_when_one_goes_there(places: Places) -> None:
    places.close(world(), ANN)
    places.go(ANN)

    assert ANN in places.tabs(world())


def test_tabs_keep_the_last_channel_while_a_direct_one_is_open(places: Places) -> None:
    places.go(DEV)
    places.tabs(world())
    places.go(ANN)

    assert places.tabs(world())[0] == DEV


def test_fallback_is_where_one_was_before_else_home_else_anything(places: Places) -> None:
    places.go(DEV)
    assert places.fallback(world(), DEV) == GENERAL
    assert Places().fallback(world()) == GENERAL
    assert Places().fallback(client(conversation(OPS, "ops"))) == OPS
    assert Places().fallback(client()) is None


def test_back_and_forward_follow_the_way_one_came(places: Places) -> None:
    for number in (DEV, OPS):
        places.go(number)

    seen = []
    for by in (-1, -1, -1, 1, 1, 1):
        there = places.stepped(world(), by)
        seen.append(there)
        if there is not None:
            places.go(there)

    assert seen == [DEV, GENERAL, None, DEV, OPS, None]


def test_back_forgets_what_was_ahead_when_one_goes_elsewhere(places: Places) -> None:
    places.go(DEV)
    assert places.stepped(world(), -1) == GENERAL
    places.go(GENERAL)
    places.go(OPS)

    assert places.stepped(world(), 1) is None
    assert places.stepped(world(), -1) == GENERAL


def test_back_passes_over_conversations_that_are_gone(places: Places) -> None:
    places.go(99)
    places.go(DEV)

    assert places.stepped(world(), -1) == GENERAL


def test_last_is_where_one_was_before(places: Places) -> None:
    assert places.before(world()) is None
    places.go(DEV)
    assert places.before(world()) == GENERAL
    places.go(GENERAL)
    assert places.before(world()) == DEV


def test_unread_beside_goes_down_and_up_the_list_and_around(places: Places) -> None:
    state = world(dev=1, ann=2)

    assert (places.unread_beside(state, 1), places.unread_beside(state, -1)) == (DEV, ANN)
    places.go(ANN)
    assert (places.unread_beside(state, 1), places.unread_beside(state, -1)) == (DEV, DEV)
    assert places.unread_beside(world(), 1) is None


def test_each_pane_has_its_own_way_back_which_begins_where_it_was_split(places: Places) -> None:
    places.go(DEV)
    places.branch(2)
    places.enter(2)
    assert places.shown_in(2) is None and places.before(world()) == DEV
    places.go(OPS)
    assert [places.shown_in(tile) for tile in (1, 2, 3)] == [DEV, OPS, None]
    assert [places.stepped(world(), -1) for _ in range(3)] == [DEV, GENERAL, None]

    places.enter(1)
    assert (places.shown, places.stepped(world(), -1)) == (DEV, GENERAL)
    places.keep_only([1])
    places.enter(2)
    assert (places.shown, places.stepped(world(), -1)) == (None, None)


def test_place_where_one_was_last_is_one_that_is_still_there_and_wanted(places: Places) -> None:
    places.go(DEV)
    places.go(OPS)
    assert places.latest(world(), {OPS}) == DEV and places.latest(world(), {OPS, DEV}) == GENERAL
    assert places.latest(client(conversation(BOB, "bob")), set()) is None
