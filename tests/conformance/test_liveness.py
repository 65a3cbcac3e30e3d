"""docs/protocol.md, "Liveness" and "Parting"."""

from __future__ import annotations

import pytest

from tests.support.people import People, request


def test_a_ping_is_answered_also_before_hello(people: People) -> None:
    wire = people.stranger()

    wire.send({"t": "ping"})

    assert wire.receive() == {"t": "pong"}


def test_a_ping_is_answered_after_sign_in(people: People) -> None:
    wire = people.enter(resume=False)

    wire.send({"t": "ping"})

    assert wire.receive() == {"t": "pong"}


def test_a_pong_that_nobody_asked_for_is_taken_in_silence(people: People) -> None:
    wire = people.enter(resume=False)

    wire.send({"t": "pong"})
    wire.send(request(9, "list_users", limit=1))

    envelope = wire.receive()
    assert envelope is not None and envelope["id"] == 9


def test_a_flood_of_pings_is_answered_at_least_once_and_harms_nobody(people: People) -> None:
    wire = people.enter(resume=False)

    wire.send_bytes(b"\x00\x00\x00\x08\x81\xa1t\xa4ping" * 20_000)
    wire.send(request(9, "list_users", limit=1))
    pongs = 0
    while (envelope := wire.receive()) == {"t": "pong"}:
        pongs += 1

    assert 1 <= pongs <= 20_000
    assert envelope is not None and envelope["id"] == 9


@pytest.mark.parametrize("signed_in", [False, True], ids=["stranger", "member"])
def test_a_client_that_says_goodbye_is_let_go(people: People, signed_in: bool) -> None:
    wire = people.enter(resume=False) if signed_in else people.stranger()

    wire.send({"t": "goodbye", "code": "client_left"})

    assert wire.receive() is None


def test_nothing_behind_a_goodbye_counts(people: People) -> None:
    leaving, staying = people.enter(), people.enter()
    room = people.room(leaving, staying)
    leaving.send({"t": "goodbye", "code": "client_left"})
    leaving.send(request(9, "post", conversation=room, cid=b"x" * 16, body="ghost"))
    while leaving.receive() is not None:
        pass

    assert staying.call("history", conversation=room)["messages"] == []


@pytest.mark.long
def test_a_silent_client_is_asked_and_then_closed(people: People) -> None:
    wire = people.enter(resume=False)
    wire.socket.settimeout(60)

    assert wire.receive() == {"t": "ping"}
    goodbye = wire.receive()

    assert goodbye is not None
    assert (goodbye["t"], goodbye["code"], goodbye["reconnect"]) == ("goodbye", "ping_timeout", True)
    assert wire.receive() is None


@pytest.mark.long
def test_a_client_that_answers_pings_stays(people: People) -> None:
    wire = people.enter(resume=False)
    wire.socket.settimeout(60)

    for _ in range(2):
        assert wire.receive() == {"t": "ping"}
        wire.send({"t": "pong"})

    assert wire.call("list_users", limit=1)
