"""What an account is shown as beside its name: it travels with all that shows a name, and passes for nobody else."""

from __future__ import annotations

from tests.support.people import People, durable, settle, unique
from tests.support.wire import Wire


def shown_as(wire: Wire, display: str) -> str:
    told: str = wire.call("set_display", display=display)["account"]["display"]
    return told


def named(people: People, prefix: str) -> tuple[Wire, str]:
    name = unique(prefix)
    return people.enter(name), name


def test_display_name_travels_with_all_that_shows_a_name(people: People) -> None:
    (ann, anns), (bob, bobs) = named(people, "ann"), named(people, "bob")
    room = people.room(ann, bob)
    direct = bob.call("open_direct", account=anns)["conversation"]["id"]
    settle(bob)
    display = unique("Anna Lind")

    assert shown_as(ann, f"  {display}\n") == display
    ann.say(room, "hello")
    ann.call("set_typing", conversation=room)
    ann.call("set_topic", conversation=room, topic="tea")

    pushed = settle(bob)
    assert [event["display"] for event in pushed if event["kind"] == "account_renamed"] == [display]
    assert [event["display"] for event in pushed if event["kind"] == "typing"] == [display]
    assert [(event["name"], event["display"]) for event in durable(pushed, room)] == [(anns, display)] * 2
    page = bob.call("history", conversation=room)["messages"]
    assert [(message["name"], message["display"]) for message in page] == [(anns, display)]
    log = bob.call("read_events", conversation=room, after=0)["events"]
    assert {event["display"] for event in log} == {display}
    members = bob.call("list_members", conversation=room)["members"]
    assert {member["name"]: member["display"] for member in members} == {anns: display, bobs: ""}
    assert bob.call("find", conversation=direct)["conversation"]["display"] == display


def test_display_name_ends_when_it_is_emptied(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    shown_as(ann, unique("Anna"))

    assert shown_as(ann, "") == ""
    ann.say(room, "hello")

    assert [event.get("display", "") for event in durable(settle(ann), room)] == [""]


def test_nobody_is_shown_as_somebody_else(people: People) -> None:
    (ann, anns), (bob, _) = named(people, "mann"), named(people, "bob")
    display = unique("Sea Breeze")
    shown_as(ann, display)

    boxed = [f"{first}{anns[1:]}" for first in "🅼🅜🇲Ⓜ🄼⒨"]
    for imitation in (
        *boxed,
        anns,
        anns.upper(),
        f"✔ {anns}",
        display,
        display.replace("S", "Ѕ"),
        f"{display} ✔",
        f"{anns} ✔\ufe0f",
    ):
        assert bob.refused("set_display", display=imitation) == "name_taken", imitation
    for kept in ("admin", "★ Server ★", "🅰dmin", "🅰\ufe0fdmin", "★ 🅢erver"):
        assert bob.refused("set_display", display=kept) == "bad_name", kept
    for nothing in ("✔✔", "x" * 49):
        assert bob.refused("set_display", display=nothing) == "bad_name", nothing


def test_new_name_that_looks_like_a_display_name_is_refused(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    wanted = unique("zoe")
    shown_as(ann, f"☆ {wanted} ☆")

    assert bob.refused("rename", name=wanted) == "name_taken"
    assert ann.call("rename", name=wanted)["account"]["name"] == wanted, "it is her own"


def test_somebody_elses_display_name_is_not_for_members_to_change(people: People) -> None:
    (_, anns), (bob, _) = named(people, "ann"), named(people, "bob")

    assert bob.refused("set_display", display="", account=anns) == "not_allowed"
    assert bob.refused("set_display", display="Silly", account=anns) == "not_allowed"
