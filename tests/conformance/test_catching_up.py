"""docs/protocol.md, "Following" and "Catching up": complete from a position on, or said to be not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.people import People, answers_of, durable, framed, post_all, request, settle, unique
from tests.support.wire import Wire


def position(events: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the position of somebody who has these events."""
    last = events[-1]
    return {"conversation": last["conversation"], "seq": last["seq"], "eid": last["eid"]}


def catch_up(resumed: dict[str, Any], conversation: int) -> dict[str, Any]:
    (found,) = [one for one in resumed["catch_ups"] if one["conversation"] == conversation]
    return found  # type: ignore[no-any-return]


def opened(people: People, name: str) -> Wire:
    wire = people.stranger()
    wire.call("hello", protocol=1)
    wire.call("sign_in", name=name)
    return wire


def epoch_of(people: People) -> str:
    return str(people.stranger().call("hello", protocol=1)["epoch"])


class Away:
    """Somebody who saw `seen` events of a room, left, and missed others."""

    def __init__(self, people: People, seen: int = 3, missed: int = 4) -> None:
        self.people = people
        self.name = unique("away")
        self.epoch = epoch_of(people)
        self.talker = people.enter()
        before = people.enter(self.name)
        self.room = people.room(self.talker, before)
        post_all(self.talker, self.room, [f"seen {number}" for number in range(seen)])
        pushed = settle(before)
        self.seen = durable(pushed, self.room)
        before.socket.close()
        post_all(self.talker, self.room, [f"missed {number}" for number in range(missed)])
        settle(self.talker)

    def resume(self, **fields: Any) -> tuple[Wire, dict[str, Any]]:
        wire = opened(self.people, self.name)
        given = {"epoch": self.epoch, "positions": [position(self.seen)] if self.seen else [], **fields}
        return wire, catch_up(wire.call("resume", **given), self.room)

    def attach(self, **fields: Any) -> tuple[Wire, dict[str, Any]]:
        wire = opened(self.people, self.name)
        return wire, wire.call("attach", **{"epoch": self.epoch, "position": position(self.seen), **fields})

    def is_live(self, wire: Wire, seq: int) -> bool:
        """Return whether the wire now gets exactly the next event."""
        settle(wire)
        assert self.talker.say(self.room, "live")["seq"] == seq
        return [event["seq"] for event in durable(settle(wire), self.room)] == [seq]


@pytest.mark.parametrize("way", ["resume", "attach"])
def test_what_was_missed_comes_complete_and_in_order(people: People, way: str) -> None:
    away = Away(people)

    wire, caught_up = getattr(away, way)()

    assert [event["seq"] for event in caught_up["events"]] == [4, 5, 6, 7]
    assert [event["body"] for event in caught_up["events"]] == [f"missed {number}" for number in range(4)]
    assert caught_up["head"] == 7
    assert caught_up["eid"] == caught_up["events"][-1]["eid"]
    assert not caught_up.get("more", False)
    assert not caught_up.get("reset") and not caught_up.get("gone")
    assert away.is_live(wire, 8)


@pytest.mark.parametrize("way", ["resume", "attach"])
def test_who_missed_nothing_gets_nothing_and_is_live(people: People, way: str) -> None:
    away = Away(people, missed=0)

    wire, caught_up = getattr(away, way)()

    assert not caught_up.get("events")
    assert caught_up["head"] == 3
    assert not caught_up.get("reset") and not caught_up.get("more", False)
    assert away.is_live(wire, 4)


@pytest.mark.parametrize("way", ["resume", "attach"])
def test_a_position_of_zero_brings_everything_from_the_beginning(people: People, way: str) -> None:
    away = Away(people)
    zero = {"conversation": away.room, "seq": 0}

    wire, caught_up = away.resume(positions=[zero]) if way == "resume" else away.attach(position=zero)

    assert [event["seq"] for event in caught_up["events"]] == list(range(1, 8))
    assert away.is_live(wire, 8)


@pytest.mark.parametrize("way", ["resume", "attach"])
def test_a_position_without_proof_is_believed(people: People, way: str) -> None:
    away = Away(people)
    bare = {"conversation": away.room, "seq": 3}

    _, caught_up = away.resume(positions=[bare]) if way == "resume" else away.attach(position=bare)

    assert [event["seq"] for event in caught_up["events"]] == [4, 5, 6, 7]


@pytest.mark.parametrize("way", ["resume", "attach"])
def test_the_rest_of_a_long_catch_up_is_read_while_pushes_come(people: People, way: str) -> None:
    away = Away(people, missed=450)

    wire, caught_up = getattr(away, way)()

    assert caught_up["more"] is True
    assert caught_up["head"] == 453
    events = list(caught_up["events"])
    assert [event["seq"] for event in events] == list(range(4, 4 + len(events)))
    away.talker.say(away.room, "meanwhile")
    while events[-1]["seq"] < caught_up["head"]:
        events += wire.call("read_events", conversation=away.room, after=events[-1]["seq"], limit=200)["events"]
    have = {event["seq"] for event in events}
    events += [event for event in durable(settle(wire), away.room) if event["seq"] not in have]
    assert [event["seq"] for event in events] == list(range(4, 455))


def test_a_long_catch_up_is_a_reset_for_who_asked_for_it(people: People) -> None:
    away = Away(people, missed=20)

    wire, caught_up = away.resume(far_behind=10)

    assert (caught_up["reset"], caught_up["head"]) == ("far_behind", 23)
    assert not caught_up.get("events")
    assert away.is_live(wire, 24)


def test_a_catch_up_up_to_what_was_asked_for_is_none(people: People) -> None:
    away = Away(people, missed=10)

    _, caught_up = away.resume(far_behind=10)

    assert not caught_up.get("reset")
    assert len(caught_up["events"]) == 10


def test_without_a_position_a_resume_says_new(people: People) -> None:
    away = Away(people)

    wire, caught_up = away.resume(positions=[])

    assert (caught_up["reset"], caught_up["head"]) == ("new", 7)
    assert len(caught_up["eid"]) == 8
    assert not caught_up.get("events")
    assert away.is_live(wire, 8)


def test_live_only_says_new_whatever_the_position(people: People) -> None:
    away = Away(people)

    wire, caught_up = away.attach(live_only=True)

    assert (caught_up["reset"], caught_up["head"]) == ("new", 7)
    assert away.is_live(wire, 8)


@pytest.mark.parametrize("way", ["resume", "attach"])
def test_a_position_in_another_epoch_is_worth_nothing(people: People, way: str) -> None:
    away = Away(people)

    wire, caught_up = getattr(away, way)(epoch="another life")

    assert (caught_up["reset"], caught_up["head"]) == ("epoch", 7)
    assert not caught_up.get("events")
    assert away.is_live(wire, 8)


@pytest.mark.parametrize("way", ["resume", "attach"])
@pytest.mark.parametrize(
    ("seq", "eid"),
    [(3, b"not mine"), (7, b"not mine"), (8, b"not mine"), (8, b""), (2**53 - 1, b"not mine")],
    ids=["other-event", "other-head", "one-too-many", "one-too-many-without-proof", "far-too-many"],
)
def test_a_position_that_the_log_does_not_have_is_rewound(people: People, way: str, seq: int, eid: bytes) -> None:
    away = Away(people)
    wrong = {"conversation": away.room, "seq": seq, "eid": eid}

    wire, caught_up = away.resume(positions=[wrong]) if way == "resume" else away.attach(position=wrong)

    assert (caught_up["reset"], caught_up["head"]) == ("rewound", 7)
    assert not caught_up.get("events")
    assert away.is_live(wire, 8)


def test_a_conversation_that_was_left_meanwhile_is_gone(people: People) -> None:
    away = Away(people)
    other_device = people.enter(away.name)
    other_device.call("leave", conversation=away.room)
    wire = opened(people, away.name)

    resumed = wire.call("resume", epoch=away.epoch, positions=[position(away.seen)])

    assert catch_up(resumed, away.room)["gone"] == "left"
    assert away.room not in [conversation["id"] for conversation in resumed["conversations"]]
    away.talker.say(away.room, "not for you")
    assert durable(settle(wire), away.room) == []


def test_a_position_in_a_conversation_that_never_was_is_gone(people: People) -> None:
    wire = opened(people, unique("dreamer"))

    resumed = wire.call("resume", positions=[{"conversation": 2**53 - 1, "seq": 5}])

    assert catch_up(resumed, 2**53 - 1)["gone"] == "left"


def test_a_position_in_somebody_elses_conversation_tells_nothing(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    bobs = bob.call("rename", name=unique("bob"))["account"]["name"]
    room = ann.call("open_direct", account=bobs)["conversation"]["id"]
    ann.say(room, "secret")
    eve = opened(people, unique("eve"))

    resumed = eve.call("resume", positions=[{"conversation": room, "seq": 0}])

    assert catch_up(resumed, room) == {"conversation": room, "gone": "left"}


def test_a_resume_lists_every_conversation_with_its_state(people: People) -> None:
    away = Away(people)
    wire = opened(people, away.name)

    resumed = wire.call("resume")

    assert resumed["epoch"] == away.epoch
    numbers = [conversation["id"] for conversation in resumed["conversations"]]
    assert numbers == sorted(numbers)
    (room,) = [conversation for conversation in resumed["conversations"] if conversation["id"] == away.room]
    assert (room["kind"], room["head"], room["members"], room["unread"]) == ("channel", 7, 2, 7)
    assert {one["conversation"] for one in resumed["catch_ups"]} == set(numbers)


def test_a_resume_may_be_repeated_on_the_same_connection(people: People) -> None:
    away = Away(people)
    wire, _ = away.resume()

    again = catch_up(wire.call("resume", epoch=away.epoch, positions=[position(away.seen)]), away.room)

    assert [event["seq"] for event in again["events"]] == [4, 5, 6, 7]
    assert away.is_live(wire, 8)


def test_attach_may_be_repeated_on_the_same_connection(people: People) -> None:
    away = Away(people)
    wire, _ = away.attach()

    again = wire.call("attach", position=position(away.seen))

    assert [event["seq"] for event in again["events"]] == [4, 5, 6, 7]
    assert away.is_live(wire, 8)


def test_attach_brings_one_conversation_and_no_other(people: People) -> None:
    away = Away(people)
    other = people.room(away.talker)
    wire, _ = away.attach()

    away.talker.say("#general", "not attached")
    away.talker.say(other, "not even a member")
    away.talker.say(away.room, "attached")

    assert [event["body"] for event in settle(wire) if event["kind"] == "message_posted"] == ["attached"]


def test_attach_needs_a_membership(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann)

    assert bob.refused("attach", position={"conversation": room, "seq": 0}) == "not_member"
    assert bob.refused("attach", position={"conversation": 2**53 - 1, "seq": 0}) == "no_conversation"


def test_without_attachment_nothing_is_pushed(people: People) -> None:
    ann, bob = people.enter(), people.enter(resume=False)
    room = people.room(ann, bob)

    ann.say(room, "unheard")
    ann.call("set_topic", conversation=room, topic="unheard")

    assert settle(bob) == []


def test_the_answer_to_a_resume_comes_before_every_push(people: People) -> None:
    away = Away(people)
    wire = opened(people, away.name)
    for number in range(5):
        wire.send({"t": "call", "id": 100 + number, "request": {"do": "resume", "epoch": away.epoch}})
        post_all(away.talker, away.room, ["busy"] * 20)
    answers = last = 0
    while answers < 5:
        envelope = wire.receive()
        assert envelope is not None
        if envelope["t"] == "answer":
            answers += 1
            last = catch_up(envelope["reply"], away.room)["head"]
        elif envelope["event"]["kind"] == "message_posted":
            assert answers, "a push came before the first answer"
            assert envelope["event"]["seq"] > last, "a push that the answer had already"

    assert away.is_live(wire, 108)


def test_a_new_device_follows_while_messages_are_posted_without_a_hole(people: People) -> None:
    talker = people.enter()
    name = unique("joiner")
    room = people.room(talker, people.enter(name))
    followers: list[tuple[Wire, int]] = []
    for number in range(10):
        post_all(talker, room, [f"{number}"] * 20)
        for burst in range(20):
            cid = number.to_bytes(8, "big") + burst.to_bytes(8, "big")
            talker.send(
                {"t": "call", "id": burst, "request": {"do": "post", "conversation": room, "cid": cid, "body": "x"}}
            )
        wire = opened(people, name)
        followers.append((wire, catch_up(wire.call("resume"), room)["head"]))
        while (envelope := talker.receive()) is None or envelope["t"] != "answer" or envelope["id"] != 19:
            pass
    settle(talker)

    for wire, head in followers:
        seqs = [event["seq"] for event in durable(settle(wire), room)]
        assert seqs == list(range(head + 1, 401))


def test_who_asks_for_too_much_at_once_is_told_when_to_ask_again(people: People) -> None:
    """docs/protocol.md: 16 unanswered `resume`, `attach` and `read_events` on one connection."""
    ann = people.enter()
    room = people.room(ann)
    post_all(ann, room, ["one", "two"])
    settle(ann)
    calls = [request(number, "read_events", conversation=room, after=0) for number in range(200)]

    ann.send_bytes(b"".join(map(framed, calls)))
    outcomes = answers_of(ann, len(calls))

    refused = [outcome for outcome in outcomes.values() if outcome["t"] == "failure"]
    assert 0 < len(refused) <= 200 - 16
    assert {outcome["code"] for outcome in refused} == {"busy"}
    assert not any(outcome.get("final") for outcome in refused)
    waits = [outcome["retry_after"] for outcome in refused]
    assert all(0 < wait <= 60 for wait in waits)
    assert len(set(waits)) > 1, "not everybody is to come back at the same time"
    for outcome in outcomes.values():
        if outcome["t"] == "answer":
            assert [event["seq"] for event in outcome["reply"]["events"]] == [1, 2]
    assert ann.call("read_events", conversation=room, after=0)["head"] == 2


def test_much_of_little_that_was_missed_in_many_places_fits_into_a_frame(people: People) -> None:
    name, talker = unique("away"), people.enter()
    before = people.enter(name)
    rooms = [people.room(talker, before) for _ in range(20)]
    before.socket.close()
    for room in rooms:
        post_all(talker, room, ["ok"] * 130)
        settle(talker)

    wire = opened(people, name)
    positions = [{"conversation": room, "seq": 0} for room in rooms]
    resumed = wire.call("resume", epoch=epoch_of(people), positions=positions)

    missed = [catch_up(resumed, room) for room in rooms]
    assert sum(len(each.get("events", ())) for each in missed) > 100
    assert any(each.get("more") for each in missed), "not all of it has room"
    for each in missed:
        events = each.get("events", ())
        assert each.get("more", False) == ((events[-1]["seq"] if events else 0) < each["head"])
