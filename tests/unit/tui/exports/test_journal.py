"""What the live page is made of: everything that came and was told, once each, at its place, bounded."""

from __future__ import annotations

import msgspec
import pytest

from chat_core.client.state.changes import (
    Batch,
    Change,
    LinkChanged,
    MessageChanged,
    MessagesAppended,
    MessagesPrepended,
    NoticeAdded,
    TimelineReset,
    UnsentChanged,
)
from chat_core.client.state.model import ClientState, LinkState, LinkStatus, Notice, Unsent
from chat_tui.exports import journal as module
from chat_tui.exports.journal import Entry, Journal
from tests.tui.support.states import NOW, at, client, conversation, ms, said, with_changed, with_more

NOW_MS = ms(NOW)
HELLO = said(1, "12:00", "ann", "hello")
AGAIN = said(2, "12:01", "you", "and you")


def taken(journal: Journal, state: ClientState, *changes: Change) -> bool:
    return journal.take(Batch(state=state, changes=changes), NOW_MS)


def told(journal: Journal) -> list[tuple[str, str, str]]:
    return [(entry.where, entry.kind, entry.text) for entry in journal]


def test_messages_are_kept_in_the_order_in_which_they_came_with_where_and_who() -> None:
    journal = Journal()
    general, dev = conversation(1, "general", [HELLO]), conversation(2, "dev", [said(1, "11:00", "bob", "late")])
    state = client(general, dev)

    assert taken(journal, state, MessagesAppended(conversation=1, messages=(HELLO,)))
    assert taken(journal, state, MessagesAppended(conversation=2, messages=tuple(dev.timeline)))
    assert taken(journal, state, MessagesAppended(conversation=1, messages=(AGAIN,)))

    assert told(journal) == [
        ("#general", "message", "hello"),
        ("#dev", "message", "late"),
        ("#general", "message", "and you"),
    ]
    first, _, last = journal
    assert (first.name, first.account, first.mine, first.ts) == ("ann", 5, False, at("12:00"))
    assert (last.name, last.mine) == ("you", True)


def test_message_is_kept_once_when_a_page_brings_it_again() -> None:
    journal = Journal()
    general = conversation(1, "general", [HELLO])
    taken(journal, client(general), MessagesAppended(conversation=1, messages=(HELLO,)))
    general = with_more(general, AGAIN)

    taken(journal, client(general), TimelineReset(conversation=1, reason="far_behind"))

    assert [text for _, _, text in told(journal)] == ["hello", "and you"]


def test_messages_of_a_log_that_was_replaced_are_others_though_their_numbers_are_the_same() -> None:
    journal = Journal()
    taken(journal, client(conversation(1, "general", [HELLO])), MessagesAppended(conversation=1, messages=(HELLO,)))
    other = said(1, "13:00", "bob", "a new world")

    taken(journal, client(conversation(1, "general", [other])), TimelineReset(conversation=1, reason="rewound"))

    assert [text for _, _, text in told(journal)] == ["hello", "a new world"]


def test_messages_of_another_server_are_others_though_their_numbers_are_the_same() -> None:
    journal = Journal()
    for epoch in ("one", "two"):
        taken(
            journal,
            client(conversation(1, "general", [HELLO]), epoch=epoch),
            MessagesAppended(conversation=1, messages=(HELLO,)),
        )

    assert len(told(journal)) == 2


def test_message_is_changed_at_its_place_when_it_is_edited_or_deleted() -> None:
    journal = Journal()
    general = conversation(1, "general", [HELLO, AGAIN])
    taken(journal, client(general), TimelineReset(conversation=1))
    numbers = [entry.number for entry in journal]

    edited = with_changed(general, 1, body="hello all", edits=1)
    assert taken(journal, client(edited), MessageChanged(conversation=1, seq=1))
    deleted = with_changed(edited, 2, body="", deleted=True)
    assert taken(journal, client(deleted), MessageChanged(conversation=1, seq=2))

    first, second = journal
    assert (first.text, first.edited) == ("hello all", True)
    assert (second.kind, second.text, second.name) == ("deleted", "", "you")
    assert [entry.number for entry in journal] == numbers


def test_older_messages_that_somebody_scrolls_to_are_no_news() -> None:
    journal = Journal()
    general = conversation(1, "general", [HELLO])

    assert not taken(journal, client(general), MessagesPrepended(conversation=1, count=1))
    assert not taken(journal, client(general), MessageChanged(conversation=1, seq=1))
    assert not told(journal)


def test_what_is_known_comes_first_when_one_begins_in_the_middle() -> None:
    journal = Journal()

    journal.begin(client(conversation(1, "general", [HELLO, AGAIN]), conversation(2, "dev")))

    assert [text for _, _, text in told(journal)] == ["hello", "and you"]


def test_notice_is_extended_at_its_place() -> None:
    journal = Journal()
    state = client(conversation(1, "general"))
    notice = Notice(after=0, ts=at("12:00"), kind="joined", names=("ann",))
    assert taken(journal, state, NoticeAdded(conversation=1, notice=notice))
    assert not taken(journal, state, NoticeAdded(conversation=1, notice=notice))

    longer = msgspec.structs.replace(notice, names=("ann", "bob"))
    assert taken(journal, state, NoticeAdded(conversation=1, notice=longer))

    assert told(journal) == [("#general", "notice", "ann joined · bob joined")]


def test_connection_is_told_once_for_each_turn_it_takes() -> None:
    journal = Journal()
    waiting = LinkState(status=LinkStatus.WAITING, detail="The server closed the connection.", retry_at=1.0)
    links = [LinkState(status=LinkStatus.CONNECTING), LinkState(status=LinkStatus.ONLINE), waiting, waiting]
    links += [LinkState(status=LinkStatus.ONLINE), LinkState(status=LinkStatus.ONLINE, latency_ms=3.0)]
    for link in links:
        taken(journal, client(link=link), LinkChanged())
    journal.forget_connection()
    taken(journal, client(link=LinkState(status=LinkStatus.ONLINE)), LinkChanged())

    assert [text for _, _, text in told(journal)] == [
        "Connected as you.",
        "The server closed the connection.",
        "Connected as you.",
        "Connected as you.",
    ]


def test_refused_message_is_told_once_with_its_words() -> None:
    journal = Journal()
    unsent = Unsent(cid=b"c" * 16, conversation=1, body="hear ye", ts=at("12:00"), status="failed", text="Not here.")
    state = client(conversation(1, "announcements", unsent=(unsent,)))

    assert taken(journal, state, UnsentChanged(conversation=1))
    assert not taken(journal, state, UnsentChanged(conversation=1))

    (entry,) = journal
    assert (entry.kind, entry.text, entry.more) == ("fault", "Refused: Not here.", "hear ye")


def test_what_the_client_says_is_kept_as_its_own() -> None:
    journal = Journal()
    journal.tell("2 channels", NOW_MS, more="#general  3\n#dev      1")
    journal.tell("There is no command /x.", NOW_MS, fault=True)

    assert told(journal) == [("", "told", "2 channels"), ("", "fault", "There is no command /x.")]
    assert next(iter(journal)).more == "#general  3\n#dev      1"


def test_texts_are_cleaned_of_what_could_steer_a_terminal() -> None:
    journal = Journal()
    evil = said(1, "12:00", "a\x1b[2Jnn", "\x1b]52;c;x\x07\u202etxt", style="action")
    taken(journal, client(conversation(1, "ge\x07neral", [evil])), MessagesAppended(conversation=1, messages=(evil,)))
    journal.tell("\x1b[31mred", NOW_MS, more="\x9b2J")

    everything = "".join(f"{entry.where}{entry.name}{entry.text}{entry.more}" for entry in journal)
    assert not any(char in everything for char in "\x1b\x07\x9b\u202e")


@pytest.mark.parametrize(("entries", "chars"), [(3, 1_000_000), (2_000, 6)])
def test_journal_leaves_the_oldest_out_when_it_is_full(
    monkeypatch: pytest.MonkeyPatch, entries: int, chars: int
) -> None:
    monkeypatch.setattr(module, "MAX_ENTRIES", entries)
    monkeypatch.setattr(module, "MAX_CHARS", chars)
    journal = Journal()
    for number in range(10):
        assert journal.left_out == (number > 3)
        journal.tell(f"n{number}", NOW_MS)

    kept: list[Entry] = list(journal)
    assert [entry.text for entry in kept] == ["n7", "n8", "n9"]
