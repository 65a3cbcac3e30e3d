"""What is said where a search finds nothing."""

from __future__ import annotations

import pytest

from chat_core.protocol.requests.search import SearchResults
from chat_tui.views.nothing_found import nothing_found

WHERE = "Nothing was found in the conversations that you are in."


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("disk", WHERE),
        ("on-call web-01 a&b", WHERE),
        ('"disk AND full" "-x"', WHERE),
        ("depl* android", WHERE),
        ("disk in:#ops", "Nothing was found."),
        ("IN:#ops disk", "Nothing was found."),
        ("disk -full", "'-full' is looked for, too."),
        ("NOT disk", "'NOT' is looked for, too."),
        ("disk AND full", "'AND' between them is not needed."),
        ("disk & full", "'&' between them is not needed."),
        ("disk or full", "write OR in capitals between them, not 'or'."),
        ("disk || full", "write OR in capitals between them, not '||'."),
        ("*ploy", "A * stands at the end of a word"),
    ],
)
def test_nothing_found_tells_of_habits_that_mean_nothing_here(query: str, says: str) -> None:
    told = nothing_found(query, SearchResults(hits=()))

    assert told == says or (told.startswith("Nothing was found. ") and says in told)


def test_nothing_found_says_what_was_not_looked_at() -> None:
    assert "in time" in nothing_found("a AND b", SearchResults(hits=(), partial=True))
    assert "newest 1 event is" in nothing_found("a", SearchResults(hits=(), behind=1))
    assert nothing_found("a", SearchResults(hits=()), everywhere=False) == "Nothing was found."
