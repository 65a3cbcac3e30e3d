"""The door: who is let in, and who goes for it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chat_core.server.defence.door import Door, Reason
from chat_core.server.profiles import INTERNET, LOCAL

FEW = replace(INTERNET, connections_per_address=2, unfinished=16)


def enter(door: Door[int], guest: int, address: str = "") -> list[int]:
    assert door.refuses(address, FEW) is None
    return door.enters(guest, address, "internet", FEW)


def test_door_lets_no_more_in_from_one_address_than_it_may_have() -> None:
    door: Door[int] = Door()
    enter(door, 1, "192.0.2.1")
    enter(door, 2, "192.0.2.1")

    assert door.refuses("192.0.2.1", FEW) is Reason.ADDRESS
    assert door.refuses("192.0.2.2", FEW) is None
    assert door.refuses("192.0.2.1", LOCAL) is None
    door.left(1)
    assert door.refuses("192.0.2.1", FEW) is None


def test_door_closes_the_oldest_who_has_not_signed_in_and_never_the_newcomer() -> None:
    door: Door[int] = Door()
    for guest in range(16):
        assert enter(door, guest) == []
    door.signed_in(0)
    assert enter(door, 16) == []

    assert enter(door, 17) == [1]
    assert enter(door, 18) == [2]
    assert door.unfinished == 16


def test_door_is_closed_once_the_house_is_full_of_those_who_signed_in() -> None:
    door: Door[int] = Door(max_clients=3)
    for guest in range(3):
        enter(door, guest)
    door.signed_in(0)
    door.signed_in(1)

    assert enter(door, 3) == [2], "one that has said nothing makes room"
    door.left(2)
    door.signed_in(3)
    assert door.refuses("", FEW) is Reason.FULL
    door.left(0)
    assert door.refuses("", FEW) is None


def test_door_makes_room_among_others_rather_than_close_the_newcomer_itself() -> None:
    door: Door[int] = Door(max_clients=1)
    door.enters(1, "", "local", LOCAL)

    assert enter(door, 2) == [1]


MOVES = st.lists(st.tuples(st.sampled_from(["come", "sign in", "go"]), st.integers(0, 40), st.integers(0, 3)))


@given(moves=MOVES, most=st.integers(0, 5))
def test_door_keeps_every_bound_and_forgets_all_who_left(moves: list[tuple[str, int, int]], most: int) -> None:
    door: Door[int] = Door(max_clients=most)
    inside: dict[int, str] = {}
    for move, guest, number in moves:
        address = f"192.0.2.{number}"
        if move == "come" and guest not in inside and door.refuses(address, FEW) is None:
            inside[guest] = address
            for evicted in door.enters(guest, address, "internet", FEW):
                assert evicted != guest
                door.left(evicted)
                del inside[evicted]
        elif move == "sign in":
            door.signed_in(guest)
        elif move == "go":
            door.left(guest)
            inside.pop(guest, None)
        assert len(door) == len(inside) and door.unfinished <= len(inside)
        assert not most or len(inside) <= most
        assert all(list(inside.values()).count(address) <= 2 for address in inside.values())
    for guest in list(inside):
        door.left(guest)
    assert (len(door), door.unfinished) == (0, 0)
    assert all(door.refuses(f"192.0.2.{number}", FEW) is None for number in range(4))
