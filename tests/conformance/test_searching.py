"""docs/protocol.md, "Searching": what is found, by whom, in which order, and what is refused."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.support.people import People, answers_of, framed, request, unique
from tests.support.wire import Wire

INDEXED_WITHIN_S = 10.0


def search(wire: Wire, query: str, **fields: Any) -> dict[str, Any]:
    """Search, again and again until the index knows of everything."""
    until = time.monotonic() + INDEXED_WITHIN_S
    while True:
        found = wire.call("search", query=query, **fields)
        if not found.get("behind", 0):
            return found
        assert time.monotonic() < until, "the index does not follow the log"


def bodies(found: dict[str, Any]) -> list[str]:
    return [hit["message"]["body"] for hit in found["hits"]]


def test_search_returns_messages_newest_first_with_the_places_of_the_words(people: People) -> None:
    name, word = unique("ann"), unique("Wört")
    ann = people.enter(name)
    channel = unique("room")
    room = ann.call("join", channel=channel)["conversation"]["id"]
    ann.say(room, f"{word} one")
    ann.say(room, "nothing")
    ann.say(room, f"✓ {word.upper()} two")

    found = search(ann, word)

    assert [(hit["conversation"], hit["target"], hit["message"]["seq"]) for hit in found["hits"]] == [
        (room, f"#{channel}", 3),
        (room, f"#{channel}", 1),
    ]
    first = found["hits"][0]
    assert first["message"] == ann.call("history", conversation=room)["messages"][2]
    assert first["spans"] == [[2, 2 + len(word)]]
    assert first["message"]["name"] == name
    assert not found.get("cursor", b"") and not found.get("partial", False)


def test_search_looks_only_where_the_asker_is_unless_a_public_channel_is_named(people: People) -> None:
    ann, bob = people.enter(), people.enter()
    word, channel = unique("word"), unique("room")
    ann.call("join", channel=channel)
    ann.say(f"#{channel}", f"{word} in public")

    assert bodies(search(bob, word)) == []
    assert bodies(search(bob, f"{word} in:#{channel}")) == [f"{word} in public"]
    assert bodies(search(bob, word, conversation=f"#{channel}")) == [f"{word} in public"]
    bob.call("join", channel=channel)
    assert bodies(search(bob, word)) == [f"{word} in public"]
    bob.call("leave", conversation=f"#{channel}")
    assert bodies(search(bob, word)) == []


def test_search_never_shows_a_direct_conversation_to_others(people: People) -> None:
    names = [unique(name) for name in ("ann", "bob", "eve")]
    ann, bob, eve = (people.enter(name) for name in names)
    word = unique("secret")
    number = ann.call("open_direct", account=names[1])["conversation"]["id"]
    ann.say(number, f"a {word}")

    assert [hit["target"] for hit in search(bob, word)["hits"]] == [f"@{names[0]}"]
    assert search(eve, word)["hits"] == []
    assert eve.refused("search", query=f"{word} in:@{names[0]}") == "no_conversation"
    assert eve.refused("search", query=word, conversation=number) == "no_conversation"
    assert search(eve, f"{word} from:{names[0]}")["hits"] == []


def test_search_forgets_what_was_edited_away_and_what_was_deleted(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    old, new = unique("old"), unique("new")
    ann.say(room, f"an {old} text")
    ann.say(room, f"another {old} text")
    assert len(search(ann, old)["hits"]) == 2

    ann.call("edit", conversation=room, seq=1, body=f"a {new} text")
    ann.call("delete", conversation=room, seq=2)

    assert search(ann, old)["hits"] == []
    assert bodies(search(ann, new)) == [f"a {new} text"]
    assert search(ann, new)["hits"][0]["message"]["edits"] == 1


@pytest.mark.parametrize("ranked", [False, True])
def test_search_tells_who_has_left_nothing_of_later_texts_by_its_cursors_or_its_order(
    people: People, ranked: bool
) -> None:
    ann, bob = people.enter(), people.enter()
    room = people.room(ann, bob)
    ann.call("set_rules", conversation=room, visibility="unlisted")
    word, later, other = unique("word"), unique("later"), unique("other")
    for text in (f"{word} one", "plain", f"{word} two", "plain"):
        ann.say(room, text)
    bob.call("leave", conversation=room)
    texts = [message["body"] for message in bob.call("history", conversation=room)["messages"]]
    seqs = [message["seq"] for message in bob.call("history", conversation=room)["messages"]]
    for seq, text in zip(seqs, texts, strict=True):
        if text != f"{word} two":
            ann.call("edit", conversation=room, seq=seq, body=f"{later} {later} {word}" if word in text else later)
    assert search(ann, f"{word} OR {later}", conversation=room)["hits"]

    guesses = [f"{word} OR {guess}" for guess in (later, f"{later[:-1]}*", other)]
    pages = [search(bob, guess, conversation=room, ranked=ranked, limit=1) for guess in guesses]

    assert [(bodies(page), page.get("cursor", b"")) for page in pages] == [([f"{word} two"], pages[-1]["cursor"])] * 3
    assert pages[-1]["cursor"]


def test_search_filters_narrow_what_is_found(people: People) -> None:
    ann_name, bob_name = unique("ann"), unique("bob")
    ann, bob = people.enter(ann_name), people.enter(bob_name)
    room = people.room(ann, bob)
    word = unique("word")
    ann.say(room, f"{word} plain")
    ann.say(room, f"{word} http://example.org")
    bob.say(room, f"{word} for @{ann_name}.")

    def found(query: str, wire: Wire = ann) -> list[int]:
        return [hit["message"]["seq"] for hit in search(wire, f"{word} {query}", conversation=room)["hits"]]

    assert found("") == [3, 2, 1]
    assert found(f"from:{ann_name}") == [2, 1]
    assert found(f"FROM:@{bob_name.upper()}") == [3]
    assert found(f"from:{ann_name} from:{bob_name}") == [3, 2, 1]
    assert (found("from:me"), found("from:me", bob)) == ([2, 1], [3])
    assert found("has:link") == [2]
    assert (found("mentions:me"), found("mentions:me", bob)) == ([3], [])
    ann.call("rename", name=unique("anna"))
    ann.say(room, f"{word} @channel")
    assert (found("mentions:me"), found("mentions:me", bob)) == ([3], [4]), "whatever one is called by now"
    assert found("plain OR for") == [3, 1]
    assert found("(plain) OR (http example) OR mentions:me") == [3, 2, 1]
    assert found("before:2020-01-01") == []
    assert found("after:2020-01-01 before:2999-01-01") == [4, 3, 2, 1]
    assert found('"plain"') == [1]
    assert found("pla*") == [1]


def test_search_days_are_those_of_the_asker(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    ts = ann.say(room, "now")["ts"]
    day_ms, minute_ms = 86_400_000, 60_000
    ahead_min = (day_ms - ts % day_ms) // minute_ms + 1  # where it is just past midnight
    today = time.strftime("%Y-%m-%d", time.gmtime(ts / 1000))
    tomorrow = time.strftime("%Y-%m-%d", time.gmtime(ts / 1000 + 86_400))

    assert bodies(search(ann, f"on:{today}", conversation=room)) == ["now"]
    assert bodies(search(ann, f"on:{today}", conversation=room, zone_min=ahead_min)) == []
    assert bodies(search(ann, f"on:{tomorrow}", conversation=room, zone_min=ahead_min)) == ["now"]


def test_search_pages_join_up(people: People) -> None:
    ann = people.enter()
    rooms = [people.room(ann) for _ in range(3)]
    word = unique("word")
    for number in range(10):
        ann.say(rooms[number % 3], f"{word} {number}")
    search(ann, word)

    taken: list[str] = []
    cursor = b""
    while True:
        page = ann.call("search", query=word, limit=3, cursor=cursor)
        assert len(page["hits"]) <= 3
        taken += bodies(page)
        cursor = page.get("cursor", b"")
        if not cursor:
            break

    # The newest first; of two rooms, within one millisecond, either.
    assert sorted(taken) == [f"{word} {number}" for number in range(10)]
    for room in range(3):
        here = [text for text in taken if int(text.split()[-1]) % 3 == room]
        assert here == sorted(here, reverse=True)


def test_search_ranked_brings_the_best_first(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    ann.say(room, "disk disk disk")
    ann.say(room, "a disk among many other words that say nothing of it at all")

    assert bodies(search(ann, "disk", conversation=room))[0].startswith("a disk among")
    assert bodies(search(ann, "disk", conversation=room, ranked=True))[0] == "disk disk disk"


@pytest.mark.parametrize(
    ("said", "asked"), [("今日は東京です", "東京"), ("Crème brûlée", "creme BRULEE"), ("ok 👍", "👍")]
)
def test_search_finds_what_people_write_anywhere(people: People, said: str, asked: str) -> None:
    ann = people.enter()
    room = people.room(ann)
    ann.say(room, said)

    assert bodies(search(ann, asked, conversation=room)) == [said]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "empty"),
        ('one "two', "character 5"),
        ("before:2026-13-01", "character 1"),
        ("x from:", "character 3"),
        ("has:cheese", "has:link"),
        ("!!!", "character 1"),
    ],
)
def test_search_refuses_a_query_that_means_nothing_and_says_where(people: People, query: str, says: str) -> None:
    failure = people.enter().ask("search", query=query)

    assert (failure["t"], failure["code"], failure["final"]) == ("failure", "bad_query", True)
    assert says in failure["text"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"query": "x from:nobody-of-that-name"}, "no_account"),
        ({"query": "x in:#no-such-channel-anywhere"}, "no_conversation"),
        ({"query": "x", "conversation": 2**40}, "no_conversation"),
        ({"query": "x", "cursor": b"rubbish"}, "bad_request"),
        ({"query": "x", "cursor": b"n" * 65}, "bad_request"),
        ({"query": "x", "limit": 0}, "bad_request"),
        ({"query": "x", "limit": 201}, "bad_request"),
        ({"query": "x" * 501}, "bad_request"),
        ({"query": "x", "zone_min": 2000}, "bad_request"),
        ({"query": 5}, "bad_request"),
        ({}, "bad_request"),
    ],
)
def test_search_refuses_what_is_not_there_or_out_of_bounds(people: People, fields: dict[str, Any], code: str) -> None:
    assert people.enter().refused("search", **fields) == code


def test_search_is_refused_for_a_moment_when_one_asks_many_at_once(people: People) -> None:
    ann = people.enter()
    ann.send_bytes(
        b"".join(framed(request(number, "search", query="a b c", ranked=True)) for number in range(100, 160))
    )

    answers = answers_of(ann, 60)

    assert sorted(answers) == list(range(100, 160))
    refused = [answer for answer in answers.values() if answer["t"] == "failure"]
    assert refused and all((answer["code"], answer.get("final", False)) == ("busy", False) for answer in refused)
    assert all(answer["retry_after"] > 0 for answer in refused)
    assert len(refused) < 60
    assert ann.call("search", query="a")["hits"] == []


def test_search_is_for_those_who_are_signed_in(people: People) -> None:
    stranger = people.stranger()
    stranger.call("hello", protocol=1)

    assert stranger.refused("search", query="x") == "not_signed_in"


def test_search_survives_a_query_made_to_break_an_index(people: People) -> None:
    ann = people.enter()
    room = people.room(ann)
    ann.say(room, "harmless")
    for query in ('"a" OR "b"', "NEAR(a b)", "text:x", "a*b*", "^a", "a AND NOT b", "'; DROP TABLE words", "-a", "{a}"):
        assert search(ann, query, conversation=room)["hits"] == [], query
    assert bodies(search(ann, "harmless", conversation=room)) == ["harmless"]
