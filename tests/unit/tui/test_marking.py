"""Marks on a server: names for places, kept in a file of this computer."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from chat_core.base.errors import ChatError, UsageFault
from chat_core.client.state.model import ClientState
from chat_tui import place_marks
from chat_tui.commands.place_marks import note_of
from chat_tui.marking import Marking
from chat_tui.place_marks import Mark
from tests.tui.support.states import ME, NOW, at, client, conversation, ms, said, timeline

HERE = replace(client(conversation(1, "dev"), conversation(2, "ops")), me=ME, epoch="one")
DEV = Mark("#dev", 17, ts=at("12:00"), epoch="one")


def marking(memory: Path | None = None, state: ClientState = HERE) -> Marking:
    return Marking(memory, lambda: state)


async def test_mark_is_found_by_its_name_in_any_case_moved_and_dropped(home: Path) -> None:
    marks = marking(home)
    assert await marks.put("Release", DEV) is None
    assert marks.find("release") == ("Release", DEV)

    there = replace(DEV, seq=18)
    assert await marks.put("RELEASE", there) == DEV
    assert dict(marks.all) == {"RELEASE": there}
    assert dict(marking(home).all) == {"RELEASE": there}, "the file has it"

    await marks.drop("release")
    assert not marks.all
    with pytest.raises(UsageFault, match="There is no mark release"):
        marks.find("release")


async def test_marks_of_two_windows_stand_beside_each_other(home: Path) -> None:
    one, other = marking(home), marking(home)
    assert not one.all and not other.all

    await one.put("here", DEV)
    await other.put("there", replace(DEV, seq=18))
    assert set(other.all) == set(marking(home).all) == {"here", "there"}

    await other.drop("HERE")
    await one.put("third", DEV)
    assert set(one.all) == set(marking(home).all) == {"there", "third"}


async def test_mark_without_a_name_gets_the_next_free_letter() -> None:
    marks = marking()
    assert marks.free() == "a"
    await marks.put("A", DEV)
    assert marks.free() == "b"


async def test_marks_are_those_of_whoever_is_signed_in(home: Path) -> None:
    await marking(home).put("a", DEV)

    assert not marking(home, replace(HERE, me=replace(ME, id=99))).all
    assert not marking(home, replace(HERE, me=None)).all


async def test_mark_leads_nowhere_when_its_conversation_or_its_store_is_gone() -> None:
    assert marking().place_of(DEV) == 1
    with pytest.raises(UsageFault, match="not in #gone any more"):
        marking().place_of(replace(DEV, target="#gone"))
    with pytest.raises(UsageFault, match="history was replaced"):
        marking().place_of(replace(DEV, epoch="another"))


async def test_marks_are_bounded_and_a_file_that_cannot_be_written_is_told(home: Path) -> None:
    place_marks.save(home, ME.id, {f"m{number}": DEV for number in range(place_marks.MOST)})
    with pytest.raises(UsageFault, match="which is the most"):
        await marking(home).put("another", DEV)

    file = home / "no-folder"
    file.write_text("")
    with pytest.raises(ChatError, match="cannot be written"):
        await marking(file).put("a", DEV)


def test_mark_is_told_with_what_was_said_there_as_far_as_that_is_known() -> None:
    dev = replace(conversation(1, "dev"), timeline=timeline([said(17, "12:00", "ann", "**ship** it")]))
    state = replace(client(dev), me=ME)

    assert note_of(DEV, state, ms(NOW)).endswith(", ann: ship it")
    assert note_of(replace(DEV, seq=3, ts=0), state, ms(NOW)) == "#dev:3"
    ann = dev.timeline.blocks[0][0].author
    told = note_of(DEV, replace(state, ignored=frozenset({ann})), ms(NOW))
    assert told.endswith(", a message of ann, whom you ignore"), "and not what it says"


def test_marks_of_a_broken_file_are_none(home: Path) -> None:
    (home / "marks.json").write_text("[")
    assert place_marks.load(home, ME.id) == {}
