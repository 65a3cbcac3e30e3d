"""The drafts of one server while it is open."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from chat_tui import drafts
from chat_tui.drafts import Draft
from chat_tui.screens.drafting import Drafting
from tests.tui.support.states import client, conversation

STATE = client(conversation(1, "dev"), conversation(2, "ops"))


def opened(home: Path | None, epoch: str = "one", told: list[str] | None = None) -> Drafting:
    found = Drafting(home, (told if told is not None else []).append)
    found.open(7, epoch)
    return found


async def test_drafts_are_on_disk_when_it_is_closed_and_there_when_it_is_opened(home: Path) -> None:
    drafting = opened(home)
    drafting.keep(1, "#dev", Draft("one"))
    drafting.keep(2, "#ops", Draft("two"))
    drafting.keep(2, "#ops", Draft())
    await drafting.close()

    again = opened(home)
    assert again.numbers(STATE) == {1}
    assert (again.get(1, "#dev"), again.get(2, "#ops")) == (Draft("one"), Draft())


async def test_draft_that_was_written_before_one_is_known_stays(home: Path) -> None:
    told: list[str] = []
    drafting = Drafting(home, told.append)
    drafting.keep(1, "#dev", Draft("early"))
    drafting.open(7, "one")
    assert drafting.get(1, "#dev") == Draft("early")
    await drafting.close()
    assert drafts.load(home, 7) == {"#dev": Draft("early")}


async def test_drafts_go_by_name_in_another_store_and_forget_numbers_of_messages(home: Path) -> None:
    drafting = opened(home)
    drafting.keep(1, "#dev", Draft("for dev", replies_to=5))
    drafting.open(7, "two")

    assert drafting.get(1, "#ops") == Draft()
    assert drafting.get(2, "#dev") == Draft("for dev")
    await drafting.close()


async def test_answer_is_one_at_the_next_start_only_in_the_same_store(home: Path) -> None:
    drafting = opened(home)
    drafting.keep(1, "#dev", Draft("text", edits=5, aside="before"))
    await drafting.close()

    assert opened(home, "two").get(1, "#dev") == Draft("text")
    assert opened(home, "one").get(1, "#dev") == Draft("text", edits=5, aside="before")


async def test_another_account_sees_no_drafts_of_the_one_before(home: Path) -> None:
    drafting = opened(home)
    drafting.keep(1, "#dev", Draft("mine"))
    drafting.open(8, "one")

    assert drafting.get(1, "#dev") == Draft()
    await drafting.close()


async def test_drafts_that_cannot_be_kept_are_told_once_and_live_on(home: Path) -> None:
    (home / "d").write_text("a file")
    told: list[str] = []
    drafting = opened(home / "d", told=told)
    for text in ("one", "two"):
        drafting.keep(1, "#dev", Draft(text))
        await drafting.close()

    assert told == [f"Drafts cannot be kept in {home / 'd'} (File exists)."]
    assert drafting.get(1, "#dev") == Draft("two")


async def test_drafts_are_told_all_together_and_one_is_dropped_for_good(home: Path) -> None:
    drafting = opened(home)
    drafting.keep(1, "#dev", Draft("one"))
    drafting.keep(2, "#ops", Draft("two"))
    await drafting.close()

    again = opened(home)
    again.keep(-1, "#dev:17", Draft("in a thread"))
    assert again.everywhere() == {"#dev": Draft("one"), "#ops": Draft("two"), "#dev:17": Draft("in a thread")}
    again.get(1, "#dev")
    again.drop("#dev")
    again.drop("#ops")
    again.drop("#nowhere")
    await again.close()
    assert drafts.load(home, 7) == {"#dev:17": Draft("in a thread")}


async def test_draft_goes_with_whom_it_is_for_when_they_take_another_name(home: Path) -> None:
    drafting = opened(home)
    drafting.keep(1, "@bob", Draft("for bob only"))
    drafting.keep(2, "@eve", Draft("for eve"))
    await drafting.close()

    drafting.get(2, "@bob")
    drafting.get(1, "@rob")
    await drafting.close()
    assert {name: draft.text for name, draft in drafts.load(home, 7).items()} == {
        "@rob": "for bob only",
        "@bob": "for eve",
    }

    drafting.keep(1, "@robert", Draft())
    await drafting.close()
    assert drafts.load(home, 7) == {"@bob": Draft("for eve", epoch="one", number=2)}


def test_place_of_a_draft_is_read_from_its_name() -> None:
    assert drafts.place("#dev") == ("#dev", 0)
    assert drafts.place("@ann:17") == ("@ann", 17)


async def test_drafts_are_kept_again_with_all_of_before_when_the_disk_takes_them_again(home: Path) -> None:
    folder = home / "d"
    folder.write_text("a file")
    told: list[str] = []
    drafting = opened(folder, told=told)
    drafting.keep(1, "#dev", Draft("one"))
    await drafting.close()
    folder.unlink()
    drafting.keep(2, "#ops", Draft("two"))
    await drafting.close()
    assert drafts.load(folder, 7) == {"#dev": Draft("one"), "#ops": Draft("two")}

    shutil.rmtree(folder)
    folder.write_text("a file")
    drafting.keep(1, "#dev", Draft("three"))
    await drafting.close()
    assert len(told) == 2, "it could be kept in between"


def test_drafts_of_all_are_there_when_several_clients_save_theirs_at_once(home: Path) -> None:
    together = threading.Barrier(4)

    def save(client: int) -> None:
        together.wait(10)
        for number in range(10):
            drafts.save(home / "d", 7, {f"#c{client}-{number}": Draft("text")})

    with ThreadPoolExecutor(4) as clients:
        list(clients.map(save, range(4)))
    assert len(drafts.load(home / "d", 7)) == 40


async def test_drafts_elsewhere_forget_numbers_when_the_log_of_their_conversation_went_back(home: Path) -> None:
    drafting = opened(home)
    drafting.keep(1, "#dev", Draft("text", edits=5, aside="before"))
    drafting.keep(-(1 << 32 | 4), "#dev:4", Draft("in a thread", replies_to=5))
    drafting.keep(2, "#ops", Draft("elsewhere", replies_to=5))
    drafting.forget_numbers(1, "#dev")
    assert drafting.get(1, "#dev") == Draft("text")
    assert drafting.get(-(1 << 32 | 4), "#dev:4") == Draft("in a thread")
    assert drafting.get(2, "#ops") == Draft("elsewhere", replies_to=5)
    await drafting.close()

    again = opened(home)
    again.forget_numbers(2, "#ops")
    assert again.get(2, "#ops") == Draft("elsewhere")
    assert again.get(1, "#dev") == Draft("text")


async def test_text_for_a_place_that_is_gone_comes_before_what_is_written_there_and_is_on_disk(home: Path) -> None:
    drafting = opened(home)
    drafting.keep(1, "#dev", Draft("new text", edits=5, aside="half"))

    for name in ("#dev", "#ops"):
        drafting.add(name, "sent\nin vain")
    drafting.add("#ops", "earlier")

    whole = {"#dev": "sent\nin vain\nhalf\nnew text", "#ops": "earlier\nsent\nin vain"}
    assert {name: each.text for name, each in drafting.everywhere().items()} == whole
    assert drafting.get(1, "#dev") == Draft(whole["#dev"], (3, 8))
    await drafting.close()
    assert {name: each.text for name, each in drafts.load(home, 7).items()} == whole


async def test_draft_follows_who_was_renamed_while_nobody_looked(home: Path) -> None:
    drafting = opened(home)
    drafting.keep(1, "@bob", Draft("for bob"))
    drafting.keep(-(1 << 32 | 17), "@bob:17", Draft("in a thread"))
    drafting.keep(2, "@eve", Draft("for eve"))
    await drafting.close()
    names = client(conversation(1, "eve", kind="direct"), conversation(2, "bob", kind="direct"))  # they changed names

    again = opened(home)
    assert again.get(2, "@bob") == Draft(), "it is for who was called so"
    again.follow(names)
    assert set(again.everywhere()) == {"@eve", "@eve:17", "@bob"}
    await again.close()

    for one in (again, opened(home)):
        assert (one.get(1, "@eve"), one.get(2, "@bob")) == (Draft("for bob"), Draft("for eve"))
        assert one.get(-(1 << 32 | 17), "@eve:17") == Draft("in a thread")


async def test_draft_stays_under_its_old_name_where_something_else_has_the_new_one(home: Path) -> None:
    kept = {
        "@bob": Draft("for bob", epoch="one", number=1),
        "@robert": Draft("later, for bob", epoch="one", number=1),
        "@eve": Draft("for eve", epoch="one", number=2),
        "@rob": Draft("of an older version"),
    }
    drafts.save(home, 7, kept)
    drafting = opened(home)

    names = client(conversation(1, "rob", kind="direct"), conversation(2, "bob", kind="direct"))

    drafting.follow(names)
    assert drafting.everywhere() == kept
    assert drafting.get(1, "@rob") == Draft("of an older version")
    drafting.follow(names)
    assert drafting.everywhere() == kept
    await drafting.close()
    assert drafts.load(home, 7) == kept
