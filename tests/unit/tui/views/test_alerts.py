"""Which messages alert, and what is written to the terminal for it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chat_core.base.errors import UsageFault
from chat_core.client.state.changes import Batch, MessagesAppended
from chat_core.client.state.model import ClientState, ConversationState, ThreadNews
from chat_core.protocol.values import Account, Conversation, Message, Position
from chat_tui.filter_rules import Filter
from chat_tui.kept_names import Place
from chat_tui.views.alerts import Alert, Rule, alert_of, is_quiet, quiet_hours, sequence, way_for
from chat_tui.views.filtering import hiding

ME = Account(id=1, name="ann")


def state(read: int = 0) -> ClientState:
    kinds = {1: ("channel", "ops"), 2: ("direct", "bob"), 3: ("channel", "dev")}
    return ClientState(
        me=ME,
        conversations={
            number: ConversationState(
                info=Conversation(id=number, kind=kind, name=name),  # type: ignore[arg-type]  # one of the kinds
                position=Position(conversation=number, seq=0),
                read=read,
            )
            for number, (kind, name) in kinds.items()
        },
    )


def said(seq: int, body: str, *, author: int = 2, name: str = "bob") -> Message:
    mentions = (ME.id,) if "@ann" in body and author != ME.id else ()
    return Message(seq=seq, changed=seq, ts=0, author=author, name=name, body=body, mentions=mentions)


def alert(*came: tuple[int, Message], rule: Rule = "mentions", live: bool = True, read: int = 0) -> Alert | None:
    changes = tuple(MessagesAppended(conversation=where, messages=(message,), live=live) for where, message in came)
    return alert_of(Batch(state=state(read), changes=changes), lambda _: rule)


def test_mention_alerts_and_names_who_and_where() -> None:
    assert alert((1, said(1, "@ann look"))) == Alert("mention", "bob in #ops", "@ann look")


def test_what_few_people_say_to_each_other_alerts() -> None:
    assert alert((2, said(1, "hello"))) == Alert("direct", "bob", "hello")


def test_plain_message_of_a_channel_alerts_only_where_all_are_wanted() -> None:
    assert alert((1, said(1, "hello"))) is None
    assert alert((1, said(1, "hello")), rule="all") == Alert("message", "bob in #ops", "hello")


def test_what_filters_hide_alerts_nobody_but_what_names_one_does() -> None:
    rules = (Filter("from", "bob"),)

    def told(message: Message) -> Alert | None:
        came = (MessagesAppended(conversation=1, messages=(message,), live=True),)
        batch = Batch(state=state(), changes=came)
        return alert_of(batch, lambda _: "all", hidden=lambda here: hiding(rules, Place(here.target), ME, ""))

    assert told(said(1, "hello")) is None
    assert told(said(1, "hello", author=3, name="cat")) == Alert("message", "cat in #ops", "hello")
    assert told(said(1, "@ann look")) == Alert("mention", "bob in #ops", "@ann look")


def test_nobody_who_is_ignored_alerts() -> None:
    came = (MessagesAppended(conversation=1, messages=(said(1, "@ann look"),), live=True),)

    assert alert_of(Batch(state=state(), changes=came), lambda _: "all") is not None
    assert alert_of(Batch(state=replace(state(), ignored=frozenset({2})), changes=came), lambda _: "all") is None


def test_reply_in_a_thread_one_follows_alerts_whatever_filters_hide_in_the_channel() -> None:
    known = state()
    room = replace(known.conversations[1], followed={3: ThreadNews(read=3)})
    came = (MessagesAppended(conversation=1, messages=(replace(said(9, "a reply"), thread=3),), live=True),)
    batch = Batch(state=replace(known, conversations={1: room}), changes=came)
    rules = (Filter("from", "bob"),)

    told = alert_of(batch, lambda _: "mentions", hidden=lambda here: hiding(rules, Place(here.target), ME, ""))

    assert told is not None and told.kind == "thread"


def test_reply_in_a_thread_alerts_who_follows_it_and_whom_it_names() -> None:
    known = state(read=50)
    room = replace(known.conversations[1], followed={3: ThreadNews(read=8)})
    known = replace(known, conversations={1: replace(room, info=replace(room.info, quiet=True))})

    def told(message: Message, rule: Rule = "mentions") -> Alert | None:
        came = (MessagesAppended(conversation=1, messages=(message,), live=True),)
        return alert_of(Batch(state=known, changes=came), lambda _: rule)

    reply = replace(said(9, "here it is"), thread=3)
    assert told(reply) == Alert("thread", "bob in a thread of #ops", "here it is"), "also in a quiet channel"
    assert told(reply, "none") is None
    assert told(replace(reply, seq=8)) is None, "it is read"
    assert told(replace(reply, thread=4), "all") is None, "that one is not followed"
    assert told(replace(reply, thread=4, everyone="channel")) is None, "everybody, in a thread, is who follows it"
    assert told(replace(reply, everyone="channel")) == Alert("mention", "bob in a thread of #ops", "here it is")
    naming = replace(said(9, "@ann look"), thread=4)
    assert told(naming) == Alert("mention", "bob in a thread of #ops", "@ann look")


def test_quiet_conversation_alerts_where_it_names_one_only() -> None:
    known = state()
    room = known.conversations[2]
    quiet = replace(known, conversations={2: replace(room, info=replace(room.info, quiet=True))})

    def told(body: str) -> Alert | None:
        came = (MessagesAppended(conversation=2, messages=(said(1, body),), live=True),)
        return alert_of(Batch(state=quiet, changes=came), lambda _: "all")

    assert (told("hello"), told("@ann hello")) == (None, Alert("mention", "bob", "@ann hello"))


@pytest.mark.parametrize(
    "silent",
    [
        alert((1, said(1, "@ann look")), rule="none"),
        alert((2, said(1, "hello")), rule="none"),
        alert((1, said(1, "@ann look")), live=False),
        alert((1, said(1, "@ann I am", author=1)), rule="all"),
        alert((1, said(3, "@ann look")), read=3),
    ],
    ids=["rule none", "rule none, direct", "caught up with", "own", "read elsewhere"],
)
def test_nothing_alerts_when(silent: Alert | None) -> None:
    assert silent is None


def test_several_at_once_are_one_alert_about_the_most_urgent() -> None:
    came = (2, said(1, "hi")), (1, said(1, "@ann first")), (3, said(1, "@ann last", name="joe")), (2, said(2, "you?"))

    assert alert(*came) == Alert("mention", "joe in #dev (and 3 more)", "@ann last")


@pytest.mark.parametrize(
    ("text", "minute", "quiet"),
    [
        ("", 100, False),
        ("22:00-07:00", 23 * 60, True),
        ("22:00-07:00", 6 * 60 + 59, True),
        ("22:00-07:00", 7 * 60, False),
        ("12:00-13:30", 12 * 60, True),
        ("12:00-13:30", 13 * 60 + 30, False),
    ],
)
def test_quiet_hours_may_go_over_midnight(text: str, minute: int, quiet: bool) -> None:
    assert is_quiet(quiet_hours(text), minute) is quiet


@pytest.mark.parametrize("text", ["night", "22-7", "24:00-07:00", "22:00-07:60"])
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(UsageFault, match="22:00-07:00"):
        quiet_hours(text)


def test_terminals_that_are_known_are_asked_in_their_way() -> None:
    assert way_for({"TERM_PROGRAM": "WezTerm"}) == "osc9"
    assert way_for({"TERM": "xterm-kitty", "KITTY_WINDOW_ID": "1"}) == "osc9"
    assert way_for({"TERM": "xterm-kitty"}) == "osc9", "what is all that one knows behind SSH"
    assert way_for({"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "WEZTERM_PANE": "0"}) == "osc9"
    assert way_for({"TERM": "foot"}) == "osc777"
    assert way_for({"TERM": "xterm-256color"}) == "none"


def test_sequence_is_wrapped_for_tmux_and_the_bell_is_not() -> None:
    told = Alert("direct", "bob", "hello")

    assert sequence(told, "osc9", bell=True, tmux=False) == "\x1b]9;bob: hello\x1b\\\a"
    assert sequence(told, "osc777", bell=False, tmux=False) == "\x1b]777;notify;bob;hello\x1b\\"
    assert sequence(told, "osc9", bell=True, tmux=True) == "\x1bPtmux;\x1b\x1b]9;bob: hello\x1b\x1b\\\x1b\\\a"
    assert sequence(told, "none", bell=False, tmux=True) == ""


@given(st.text(), st.text())
def test_nobodys_text_gets_out_of_a_sequence(title: str, body: str) -> None:
    for way in ("osc9", "osc777"):
        told = sequence(Alert("direct", title, body), way, bell=False, tmux=False)
        inside = told.removeprefix("\x1b]").removesuffix("\x1b\\")

        assert not re.search("[\x00-\x1f\x7f-\x9f]", inside)
        assert inside.count(";") == (1 if way == "osc9" else 3)
