"""docs/protocol.md, "What is promised", across the death of the server: what was acknowledged stays, once, in order."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.test_files import CHUNK, announced, fetched, fill
from tests.support.people import People, durable, post_all, request, settle
from tests.support.processes import ServerProcess
from tests.support.wire import Wire


@pytest.fixture
def mortal(home: Path) -> Iterator[ServerProcess]:
    """Start a server that a test may kill and start again, with the same data and port."""
    with ServerProcess(home / "data") as server:
        yield server


def end(server: ServerProcess, how: str) -> None:
    if how == "killed":
        server.kill()
    else:
        assert server.stop() == 0


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_everything_durable_is_there_after_the_server_was(mortal: ServerProcess, how: str) -> None:
    with People(mortal.port) as people:
        ann, bob = people.enter("ann"), people.enter("bob")
        epoch = people.stranger().call("hello", protocol=1)["epoch"]
        room = ann.call("join", channel="kept")["conversation"]["id"]
        bob.call("join", channel="kept")
        direct = ann.call("open_direct", account="bob")["conversation"]["id"]
        ann.call("set_topic", conversation=room, topic="a topic")
        ann.say(room, "a message")
        bob.call("mark_read", conversation=room, seq=2)
        bob.call("rename", name="robert")
        before = ann.call("read_events", conversation=room, after=0)["events"]
    end(mortal, how)
    port = mortal.port
    mortal.start()

    assert mortal.port == port
    with People(mortal.port) as people:
        bob = people.stranger()
        assert bob.call("hello", protocol=1)["epoch"] == epoch
        signed_in = bob.call("sign_in", name="robert")
        resumed = bob.call("resume")
        assert not signed_in.get("created", False)
        found = {conversation["id"]: conversation for conversation in resumed["conversations"]}
        assert (found[room]["topic"], found[room]["head"], found[room]["read"]) == ("a topic", 2, 2)
        assert found[direct]["name"] == "ann"
        assert [event | {"name": ""} for event in bob.call("read_events", conversation=room, after=0)["events"]] == [
            event | {"name": ""} for event in before
        ]
        assert bob.say(room, "goes on")["seq"] == 3


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_a_resume_across_the_death_of_the_server_misses_nothing(mortal: ServerProcess, how: str) -> None:
    with People(mortal.port) as people:
        ann, bob = people.enter("ann"), people.enter("bob")
        post_all(ann, "#general", ["one", "two"])
        last = durable(settle(bob), 1)[-1]
        bob.socket.close()
        post_all(ann, "#general", ["three"])
        epoch = people.stranger().call("hello", protocol=1)["epoch"]
    end(mortal, how)
    mortal.start()

    with People(mortal.port) as people:
        ann = people.enter("ann")
        ann.say("#general", "four")
        bob = people.enter("bob", resume=False)
        resumed = bob.call(
            "resume", epoch=epoch, positions=[{"conversation": 1, "seq": last["seq"], "eid": last["eid"]}]
        )
        (caught_up,) = [one for one in resumed["catch_ups"] if one["conversation"] == 1]

    assert not caught_up.get("reset")
    assert [event["body"] for event in caught_up["events"]] == ["three", "four"]


def test_what_was_answered_before_a_kill_is_there_and_what_is_sent_again_is_there_once(mortal: ServerProcess) -> None:
    sends = [(os.urandom(16), f"line {number}") for number in range(400)]
    answered = 0
    with Wire(mortal.port) as ann:
        ann.enter("ann")
        for number, (cid, body) in enumerate(sends[:250]):
            ann.send(request(number, "post", conversation="#general", cid=cid, body=body))
        while answered < 50:
            envelope = ann.receive()
            assert envelope is not None
            answered += envelope["t"] == "answer"
        mortal.kill()
        while (envelope := ann.receive()) is not None:
            answered += envelope["t"] == "answer"
    mortal.start()

    with Wire(mortal.port) as ann:
        ann.enter("ann")
        stored = ann.call("read_events", conversation="#general", after=0, limit=200)["events"]
        assert [event["body"] for event in stored] == [body for _, body in sends[: len(stored)]]
        assert len(stored) >= min(answered, 200)
        duplicates = 0
        for number, (cid, body) in enumerate(sends):
            posted = ann.call("post", conversation="#general", cid=cid, body=body)
            assert posted["seq"] == number + 1
            duplicates += posted.get("duplicate", False)

    assert answered <= duplicates <= 250


def test_a_cid_is_remembered_across_the_death_of_the_server(mortal: ServerProcess) -> None:
    cid = os.urandom(16)
    with Wire(mortal.port) as ann:
        ann.enter("ann")
        first = ann.call("post", conversation="#general", cid=cid, body="once")
    mortal.kill()
    mortal.start()

    with Wire(mortal.port) as ann:
        ann.enter("ann")
        assert ann.call("post", conversation="#general", cid=cid, body="once") == {**first, "duplicate": True}
        assert ann.refused("post", conversation="#general", cid=cid, body="other") == "cid_reused"
        assert ann.call("post", conversation="#general", cid=os.urandom(16), prev=cid, body="next")["seq"] == 2


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_an_upload_goes_on_where_it_was_across_the_death_of_the_server(mortal: ServerProcess, how: str) -> None:
    data = os.urandom(2 * CHUNK)
    wanted = announced("#general", data)
    with Wire(mortal.port) as ann:
        ann.enter("ann")
        fill(ann, ann.call("upload_begin", **wanted)["upload"], data[:CHUNK])
    end(mortal, how)
    mortal.start()

    with Wire(mortal.port) as ann, Wire(mortal.port) as bob:
        ann.enter("ann")
        bob.enter("bob")
        assert bob.call("upload_begin", **wanted).get("offset", 0) == 0, "it is not bob's"
        begun = ann.call("upload_begin", **wanted)
        assert begun["offset"] == CHUNK
        fill(ann, begun["upload"], data, CHUNK)
        posted = ann.call("upload_finish", upload=begun["upload"])
        assert fetched(bob, ann.call("history", conversation="#general")["conversation"], posted["seq"]) == data


def test_a_store_that_was_copied_back_is_noticed(mortal: ServerProcess, home: Path) -> None:
    with Wire(mortal.port) as ann:
        ann.enter("ann")
        ann.say("#general", "kept")
    assert mortal.stop() == 0
    shutil.copytree(home / "data", home / "backup")
    mortal.start()
    with Wire(mortal.port) as ann:
        epoch = ann.enter("ann")["epoch"]
        ann.call("join", channel="lost-too")
        ann.say("#general", "lost")
        lost = ann.push_of("message_posted")
        account_seq = ann.call("resume")["seq"]
    assert mortal.stop() == 0
    shutil.rmtree(home / "data")
    (home / "backup").rename(home / "data")
    mortal.start()
    with Wire(mortal.port) as ann:
        ann.enter("ann")
        ann.say("#general", "told instead")

    with Wire(mortal.port) as ann:
        ann.enter("ann", resume=False)
        position = {"conversation": 1, "seq": lost["seq"], "eid": lost["eid"]}
        resumed = ann.call("resume", epoch=epoch, positions=[position], seq=account_seq)
        assert resumed["seq"] < account_seq, "the account's log went back too"
        said = {"conversation": "#general", "cid": os.urandom(16), "body": "later"}
        assert ann.refused("post", prev=lost["cid"], **said) == "unknown_prev"
        assert ann.call("post", **said)["seq"] == lost["seq"] + 1

    (caught_up,) = [one for one in resumed["catch_ups"] if one["conversation"] == 1]
    assert caught_up["reset"] == "rewound"


def test_a_stopping_server_says_goodbye_to_everybody_and_answers_what_it_took(mortal: ServerProcess) -> None:
    with People(mortal.port) as people:
        ann, bob, stranger = people.enter("ann"), people.enter("bob"), people.stranger()
        stranger.call("hello", protocol=1)
        posted = ann.say("#general", "just before")
        assert mortal.stop() == 0

        for wire in (ann, bob, stranger):
            goodbye = wire.goodbye()
            assert (goodbye["code"], goodbye["reconnect"]) == ("shutdown", True)
    mortal.start()
    with Wire(mortal.port) as bob:
        bob.enter("bob")
        assert bob.call("history", conversation="#general")["messages"][-1]["seq"] == posted["seq"]
