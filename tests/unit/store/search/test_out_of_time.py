"""A search whose time is over before it knows where to look finds nothing in time, and is no fault of the index."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from chat_core.base.ids import ConversationId
from chat_core.server.store.search.fts5_find import OutOfTime, Proposals
from chat_core.server.store.searching import Reach, Search


def test_time_is_over_when_the_alarm_rings_before_the_search_knows_where_to_look() -> None:
    reach = Reach(ConversationId(1), 1, 9, 9)
    with closing(sqlite3.connect(":memory:")) as index:
        index.execute("CREATE TABLE done (conversation INTEGER PRIMARY KEY, seq INTEGER NOT NULL)")
        index.set_progress_handler(lambda: 1, 1)  # interrupts every statement, as an alarm that rings does

        proposals = Proposals(index, Search(reaches=(reach,), phrases=(), limit=5), None)

        with pytest.raises(OutOfTime):
            next(proposals.newest())
