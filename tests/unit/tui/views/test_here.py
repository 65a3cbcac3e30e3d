"""Which messages stand where one writes."""

from __future__ import annotations

from types import MappingProxyType

from chat_core.client.state.model import ThreadState
from chat_tui.views.here import last_of_others, last_own, message_here, messages_here
from tests.tui.support.states import ME, conversation, said

QUESTION = said(3, "12:00", "ann", "who has the key?")
IN_BOTH = said(4, "12:01", "bob", "I do", thread=3, in_channel=True)
MINE = said(5, "12:02", "you", "thanks")
ASIDE = said(6, "12:03", "bob", "at my desk", thread=3)
MINE_ASIDE = said(7, "12:04", "you", "coming", thread=3)
GONE = said(8, "12:05", "ann", "", deleted=True)
HERE = conversation(1, "dev", [QUESTION, IN_BOTH, MINE, ASIDE, MINE_ASIDE, GONE])

SILENT = frozenset({ME.id})


def test_what_stands_in_a_thread_only_is_no_line_of_the_conversation() -> None:
    assert list(messages_here(HERE, 0)) == [GONE, MINE, IN_BOTH, QUESTION]
    assert (last_of_others(HERE, 0, SILENT), last_own(HERE, 0, ME)) == (IN_BOTH, MINE)


def test_thread_that_was_not_read_yet_is_what_is_known_of_it() -> None:
    assert list(messages_here(HERE, 3)) == [MINE_ASIDE, ASIDE, IN_BOTH, QUESTION]
    assert (last_of_others(HERE, 3, SILENT), last_own(HERE, 3, ME)) == (ASIDE, MINE_ASIDE)


def test_thread_that_is_open_is_all_of_it_also_where_the_conversation_is_not_that_long() -> None:
    thread = ThreadState(root=QUESTION, messages=(IN_BOTH, ASIDE, MINE_ASIDE))
    here = conversation(1, "dev", [GONE], threads=MappingProxyType({3: thread}))

    assert list(messages_here(here, 3)) == [MINE_ASIDE, ASIDE, IN_BOTH, QUESTION]
    assert [message_here(here, 3, seq) for seq in (3, 6, 8, 9)] == [QUESTION, ASIDE, GONE, None]
    assert [message_here(here, 0, seq) for seq in (6, 8)] == [None, GONE]


def test_nobody_else_has_a_last_message_where_only_oneself_has_spoken() -> None:
    here = conversation(1, "dev", [MINE, GONE])

    assert (last_of_others(here, 0, SILENT), last_own(here, 0, ME), last_own(here, 0, None)) == (None, MINE, None)


def test_last_message_of_others_is_nobody_s_whom_one_ignores() -> None:
    assert last_of_others(HERE, 0, SILENT | {IN_BOTH.author}) == QUESTION
