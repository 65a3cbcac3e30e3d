"""What is moderated in a channel, and what a rule answers."""

from __future__ import annotations

import os

from tests.support.people import People, durable, post_all, settle, unique
from tests.support.wire import Wire


def moderated(people: People, **settings: str) -> tuple[Wire, Wire, int]:
    """Return an operator, a member, and their channel with these settings."""
    ann, bob = people.enter(), people.enter(unique("bob"))
    room = people.room(ann, bob)
    for name, value in settings.items():
        ann.call("set_moderation", conversation=room, name=name, value=value)
    return ann, bob, room


def test_a_refused_text_is_answered_with_moderated_and_the_reason(people: People) -> None:
    ann, bob, room = moderated(people, words="warn", words_list="spam")

    failure = bob.ask("post", conversation=room, cid=os.urandom(16), body="SPAM!")

    assert (failure["code"], failure["final"]) == ("moderated", True)
    assert failure["text"] == "There is a word in it that is not wanted here."
    assert durable(settle(ann), room) == []
    bob.say(room, "no such word")


def test_a_topic_is_held_to_the_rules_about_what_is_said(people: People) -> None:
    ann, bob, room = moderated(people, words="warn", words_list="spam", links="warn", shouting="warn")

    for topic in ("buy spam", "see https://spam.example"):
        assert bob.refused("set_topic", conversation=room, topic=topic) == "moderated", topic
    assert durable(settle(ann), room) == []
    bob.call("set_topic", conversation=room, topic="WHY DOES NOBODY LISTEN")
    assert "account_sanctioned" in [event["kind"] for event in settle(bob)], "shouting is warned of"
    ann.call("set_topic", conversation=room, topic="no spam here, says who keeps order")
    assert [event["topic"] for event in settle(ann) if event["kind"] == "topic_changed"][1:] == [
        "no spam here, says who keeps order"
    ]


def test_a_warning_is_told_to_the_author_only_and_the_message_stands(people: People) -> None:
    ann, bob, room = moderated(people, shouting="warn")

    bob.say(room, "WHY DOES NOBODY LISTEN")

    (warning,) = [event for event in settle(bob) if event["kind"] == "account_sanctioned"]
    assert (warning["act"], warning["conversation"]) == ("warn", room)
    assert warning["reason"] == "Please do not write in capitals: it reads as shouting."
    assert [event["kind"] for event in settle(ann) if event["kind"] != "typing"] == ["message_posted"]


def test_an_accepted_send_is_answered_as_the_first_time_whatever_the_rules_are_now(people: People) -> None:
    ann, bob, room = moderated(people, shouting="kick")
    cid, body = os.urandom(16), "WHY DOES NOBODY LISTEN"
    first = bob.call("post", conversation=room, cid=cid, body=body)
    ann.call("set_moderation", conversation=room, name="warnings", value="0")

    again = bob.call("post", conversation=room, cid=cid, body=body)

    assert again == {**first, "duplicate": True}
    assert [event["kind"] for event in settle(bob) if event["kind"].endswith("sanctioned")] == ["account_sanctioned"]
    bob.say(room, "still here")


def test_a_refused_send_that_is_repeated_is_refused_again_and_counts_once(people: People) -> None:
    _, bob, room = moderated(people, words="mute", words_list="spam", mute_s="60")
    cid = os.urandom(16)

    answers = [bob.ask("post", conversation=room, cid=cid, body="spam") for _ in range(3)]

    assert [answer["code"] for answer in answers] == ["moderated"] * 3
    assert answers[0]["text"].endswith("The next time you are muted for 1 minute.")
    bob.say(room, "not muted")


def test_a_rule_that_mutes_is_told_to_the_channel_as_automatic(people: People) -> None:
    ann, bob, room = moderated(people, words="mute", words_list="spam", warnings="0", mute_s="60")

    assert bob.refused("post", conversation=room, cid=os.urandom(16), body="spam") == "moderated"

    event = ann.push_of("member_sanctioned")
    assert (event["act"], event["automatic"], event["until"] - event["ts"]) == ("mute", True, 60_000)
    assert bob.refused("post", conversation=room, cid=os.urandom(16), body="hello") == "muted"


def test_a_flood_in_one_go_is_let_through_up_to_the_limit_in_order(people: People) -> None:
    ann, bob, room = moderated(people, flood="warn", flood_messages="5", flood_within_s="3600")

    answers = post_all(bob, room, map(str, range(8)))

    assert [answer.get("code", "") for answer in answers] == [""] * 5 + ["moderated"] * 3
    assert [event["body"] for event in durable(settle(ann), room)] == ["0", "1", "2", "3", "4"]


def test_an_edit_is_moderated_too(people: People) -> None:
    _, bob, room = moderated(people, words="warn", words_list="spam")
    seq = bob.say(room, "fine")["seq"]

    assert bob.refused("edit", conversation=room, seq=seq, body="spam") == "moderated"
    bob.call("edit", conversation=room, seq=seq, body="finer")


def test_a_dry_run_lets_everything_through(people: People) -> None:
    _, bob, room = moderated(people, words="ban", words_list="spam", warnings="0", dry_run="true")

    bob.say(room, "spam")
    bob.say(room, "spam")


def test_a_setting_must_be_one_and_its_value_too_and_can_be_given_back(people: People) -> None:
    ann, _, room = moderated(people, links="kick")

    unknown = ann.ask("set_moderation", conversation=room, name="manners", value="1")
    wrong = ann.ask("set_moderation", conversation=room, name="links", value="explode")
    assert (unknown["code"], wrong["code"]) == ("bad_request", "bad_request")
    assert 'one of "ban", "kick", "mute", "off", "warn"' in wrong["text"]
    ann.call("set_moderation", conversation=room, name="links")
    assert all("own" not in each for each in ann.call("list_moderation", conversation=room)["settings"])
