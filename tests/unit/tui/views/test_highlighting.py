"""Highlight words: as a setting has them, and where they stand in a text."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from chat_core.base.errors import UsageFault
from chat_core.client.state.changes import Batch, MessagesAppended
from chat_core.client.state.listing import fresh
from chat_core.client.state.model import ClientState
from chat_core.protocol.limits import QUERY_CHARACTERS
from chat_core.protocol.values import Account, Conversation, Message
from chat_core.server.store.search.query import parse
from chat_tui.commands.arguments_of_rest import WordChange
from chat_tui.views.alerts import Alert, alert_of
from chat_tui.views.highlighting import CHARS, MOST, for_me, is_for, places, with_word, without_word, words_of
from chat_tui.views.inline import marks

ME = Account(id=1, name="ann")


def said(body: str, *, author: int = 2, deleted: bool = False) -> Message:
    return Message(seq=1, changed=1, ts=0, author=author, name="bob", body=body, deleted=deleted)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the deploy is done", ["deploy"]),
        ("DEPLOY! deploy, (Deploy)", ["DEPLOY", "deploy", "Deploy"]),
        ("redeploy deployment deploy_it", []),
        ("a release  train left", ["release  train"]),
        ("release the train", []),
        ("naïve Straße, STRASSE", ["Straße"]),
        ("c++ and c", ["c++"]),
    ],
)
def test_words_are_found_whole_and_in_any_case(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in places(text, "deploy, release train, straße, c++")] == found


def test_setting_is_read_kept_and_changed_as_words_with_commas() -> None:
    assert words_of(" deploy,,  release   train ,Deploy") == ("deploy", "release train")
    assert with_word("deploy", "release  train") == "deploy, release train"
    assert with_word("deploy", "DEPLOY") == "deploy"
    assert without_word("deploy, release train", "Deploy") == "release train"
    for fault in ("", " ", "a,b", "x" * (CHARS + 1)):
        with pytest.raises(UsageFault):
            with_word("deploy", fault)
    with pytest.raises(UsageFault, match="which is the most"):
        with_word(",".join(f"w{number}" for number in range(MOST)), "one")
    with pytest.raises(UsageFault, match="none of your highlight words"):
        without_word("deploy", "x")


def test_message_is_for_one_when_another_one_uses_the_word() -> None:
    assert is_for(said("the deploy"), ME, "deploy")
    assert not is_for(said("the deploy"), ME, "")
    assert not is_for(said("the deploy", author=1), ME, "deploy")
    assert not is_for(said("the deploy", deleted=True), ME, "deploy")


def test_word_alerts_as_a_mention_does() -> None:
    info = Conversation(id=3, kind="channel", name="ops")
    state = ClientState(me=ME, conversations=MappingProxyType({3: fresh(info)}))
    batch = Batch(state=state, changes=(MessagesAppended(conversation=3, messages=(said("deploy now"),), live=True),))
    assert alert_of(batch, lambda _: "mentions", "deploy") == Alert("mention", "bob in #ops", "deploy now")
    assert alert_of(batch, lambda _: "mentions") is None
    assert alert_of(batch, lambda _: "none", "deploy") is None


def test_words_are_drawn_as_mentions_but_for_those_in_links() -> None:
    text = "deploy https://example.org/deploy #dev by @ann"
    found = [(text[mark.start : mark.end], mark.role) for mark in marks(text, "ann", ("dev",), "deploy")]
    assert found == [
        ("deploy", "mention"),
        ("https://example.org/deploy", "link"),
        ("#dev", "channel"),
        ("@ann", "mention"),
    ]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", ("list", [])),
        (" LIST ", ("list", [])),
        ("deploy", ("add", ["deploy"])),
        ("deploy, disk", ("add", ["deploy", "disk"])),
        ("deploy disk", ("add", ["deploy", "disk"])),
        ("deploy, disk full,", ("add", ["deploy", "disk full"])),
        ("add on call", ("add", ["on call"])),
        ("Remove deploy, disk", ("remove", ["deploy", "disk"])),
    ],
)
def test_words_that_are_typed_are_added_when_nothing_else_is_said(typed: str, meant: tuple[str, list[str]]) -> None:
    act, words = WordChange(typed).parts

    assert (act, list(words)) == meant


@pytest.mark.parametrize("typed", ["add", "remove ", "add ,", ",", "list deploy"])
def test_change_of_words_is_refused_with_what_to_write_when_it_names_none(typed: str) -> None:
    with pytest.raises(UsageFault, match=r"^Write /highlight add WORD, /highlight remove WORD or /highlight list\.$"):
        _ = WordChange(typed).parts


def test_search_for_all_that_is_for_one_has_room_for_so_many_words() -> None:
    assert for_me("") == ("mentions:me", ())
    assert for_me("deploy, ??, prod db") == ('mentions:me OR "deploy" OR "prod db"', ("deploy", "prod db"))
    query, words = for_me(", ".join(f"word{number}" for number in range(40)))
    assert words == tuple(f"word{number}" for number in range(25))
    (choice,) = parse(query, 0).either
    assert choice[0] == "me" and len(choice) == 26
    assert len(for_me(", ".join(f"{number}{'x' * 45}" for number in range(20)))[0]) <= QUERY_CHARACTERS
    assert for_me("東京" * 9 + ", " + "大阪" * 9)[1] == ("東京" * 9,)
