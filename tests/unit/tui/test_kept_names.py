"""Names of conversations in files of this computer: who was renamed is found again, and nobody is taken for another."""

from __future__ import annotations

import asyncio
from pathlib import Path

from msgspec.structs import replace

from chat_core.client.state.model import ClientState, ConversationState
from chat_tui import filter_rules, notify_rules, place_marks, visits
from chat_tui.alert_rules import AlertRules
from chat_tui.filter_rules import Filter
from chat_tui.kept_names import Place, conversation_of, followed, found, place_of, target_in
from chat_tui.marking import Marking
from chat_tui.place_marks import Mark
from chat_tui.visits import Visits
from tests.tui.support.states import ME, client, conversation


def direct(number: int, name: str) -> ConversationState:
    return conversation(number, name, kind="direct")


def state(*those: ConversationState, epoch: str = "one") -> ClientState:
    return replace(client(*those), me=ME, epoch=epoch)


BOB, ROB, NEW_BOB = direct(5, "bob"), direct(5, "rob"), direct(9, "bob")
BEFORE, AFTER = state(BOB), state(ROB, NEW_BOB)


def test_only_what_two_people_say_to_each_other_is_kept_by_number() -> None:
    assert place_of(conversation(3, "dev"), "one").kept == "#dev"
    assert place_of(BOB, "").kept == "@bob", "it is not known yet in which store"
    assert (place_of(BOB, "one").kept, target_in("@bob 5 one")) == ("@bob 5 one", "@bob")


def test_name_means_who_it_was_in_its_store_and_who_is_called_so_in_another() -> None:
    rob, new_bob = place_of(ROB, "one"), place_of(NEW_BOB, "one")
    assert rob.is_meant("@bob 5 one") and not new_bob.is_meant("@bob 5 one")
    assert new_bob.is_meant("@Bob 5 two") and not rob.is_meant("@bob 5 two")
    assert Place("#dev").is_meant("#DEV") and not Place("#dev").is_meant("#ops")
    assert found(["@bob", "@rob", "@bob 5 one"], rob) == "@bob 5 one", "its number goes before what it is called"
    assert found(["@bob", "@bob 5 one"], new_bob) == "@bob"


def test_conversation_is_found_by_its_number_in_its_store_and_by_its_name_elsewhere() -> None:
    assert conversation_of("@bob 5 one", AFTER) == ROB
    assert conversation_of("@bob", AFTER) == conversation_of("@bob 5 two", AFTER) == NEW_BOB
    assert conversation_of("@bob 7 one", AFTER) is conversation_of("", AFTER) is None


def test_names_of_older_versions_and_of_who_was_renamed_are_replaced() -> None:
    assert followed(["@bob", "#dev", "&3"], BEFORE) == {"@bob": "@bob 5 one"}
    assert followed(["@bob 5 one", "#dev"], AFTER) == {"@bob 5 one": "@rob 5 one"}
    assert followed(["@bob 5 one"], BEFORE) == followed(["@bob"], state(BOB, epoch="")) == {}
    assert followed(["@bob"], state(replace(BOB, remembered=True))) == {}, "who that is may have changed"


async def test_rule_of_an_older_version_follows_its_person_and_is_written(home: Path) -> None:
    (home / "notify.json").write_text('{"@bob":"all","#dev":"none"}')
    rules = AlertRules(home)
    assert [rules.of(each, "one") for each in (BOB, conversation(3, "dev"), ROB)] == ["all", "none", "mentions"]

    rules.follow(BEFORE)
    rules.follow(AFTER)
    assert (rules.of(ROB, "one"), rules.of(NEW_BOB, "one")) == ("all", "mentions")
    await rules.end()

    assert notify_rules.load(home) == {"@rob 5 one": "all", "#dev": "none"}
    again = AlertRules(home)
    await again.put(NEW_BOB, "one", "none")
    await again.put(ROB, "one", "mentions")
    assert notify_rules.load(home) == {"@rob 5 one": "mentions", "#dev": "none", "@bob 9 one": "none"}


async def test_mark_of_an_older_version_follows_its_person(home: Path) -> None:
    place_marks.save(home, ME.id, {"key": Mark("@bob", 17, epoch="one")})
    now = [BEFORE]
    marks = Marking(home, lambda: now[0])
    marks.follow(BEFORE)
    await marks.put("other", Mark("@bob", 18, epoch="one", conversation=5))

    now[0] = AFTER
    for one in (marks, Marking(home, lambda: AFTER)):
        assert one.place_of(one.find("key")[1]) == one.place_of(one.find("other")[1]) == 5
        assert (one.at(ROB), one.at(NEW_BOB)) == ({17: "key", 18: "other"}, {})


async def test_filter_follows_its_person_and_is_removed_under_the_new_name(home: Path) -> None:
    older = Filter("joins", where="@bob")
    filter_rules.save(home, (), (older,))
    rules = filter_rules.with_followed(filter_rules.load(home), BEFORE)
    more = Filter("text", "x", "@bob 5 one")
    assert filter_rules.save(home, rules, (*rules, more)) == (Filter("joins", where="@bob 5 one"), more)

    renamed = filter_rules.with_followed(filter_rules.load(home), AFTER)
    assert [target_in(each.where) for each in renamed] == ["@rob", "@rob"]
    assert [each for each in renamed if place_of(NEW_BOB, "one").is_meant(each.where)] == []
    assert await asyncio.to_thread(filter_rules.save, home, renamed, renamed[:1]) == renamed[:1]


def test_visits_follow_a_person_also_those_of_an_older_version(home: Path) -> None:
    bob, rob, new_bob = (place_of(each, "one") for each in (BOB, ROB, NEW_BOB))
    visits.add(home, Visits({"@bob": (2.0, 0)}))
    visits.add(home, Visits().visited(bob, 0))
    assert visits.load(home).score_of(bob, 0) == 3.0

    later = visits.load(home).followed(AFTER)
    assert (later.score_of(rob, 0), later.score_of(new_bob, 0)) == (3.0, 0.0)
    visits.add(home, Visits().visited(rob, 0))
    assert visits.load(home).places == {"@rob 5 one": (4.0, 0)}
