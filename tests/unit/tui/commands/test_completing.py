"""What could stand at the cursor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_core.client.state.model import MemberList
from chat_core.protocol.values import Member
from chat_tui.commands.completing import MAX_CANDIDATES, Candidate, Known, complete, knowledge
from tests.tui.support.states import client, conversation, said

KNOWN = Known(
    channels=(Candidate("#dev"), Candidate("#dev-infra"), Candidate("#general")),
    users=(Candidate("@ann"), Candidate("@anton"), Candidate("@Bob")),
    servers=(Candidate("127.0.0.1:5"),),
)


def offered(text: str, *, asked: bool = False) -> list[str]:
    """Return the candidates at the bar in `text`, or at its end."""
    before, _, behind = text.partition("|")
    found = complete(before + behind, len(before), KNOWN, asked=asked)
    return [candidate.text for candidate in found.candidates]


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("hello", []),
        ("hello @", ["@ann", "@anton", "@Bob"]),
        ("hello @an", ["@ann", "@anton"]),
        ("@b", ["@Bob"]),
        ("@bob", []),
        ("@nn", ["@ann"]),
        ("me@an", []),
        ("two\nlines @an", ["@ann", "@anton"]),
        ("#", []),
        ("see #de", ["#dev", "#dev-infra"]),
        ("see #inf", ["#dev-infra"]),
        ("see #dev-infra", []),
        ("@an| and more", ["@ann", "@anton"]),
        ("/join ", ["#dev", "#dev-infra", "#general"]),
        ("/join g", ["#general"]),
        ("/join #general", []),
        ("/join #dev ", []),
        ("/dm a", ["@ann", "@anton"]),
        ("/msg #de", ["#dev", "#dev-infra"]),
        ("/dm @ann hi @b", ["@Bob"]),
        ("/me waves at @an", ["@ann", "@anton"]),
        ("/users d", ["#dev", "#dev-infra"]),
        ("/connect 127", ["127.0.0.1:5"]),
        ("/help to", ["topic", "history"]),
        ("/nick a", []),
        ("/nosuch a", []),
        ("  /top", ["/topic"]),
        ("/par", ["/leave"]),
        ("//jo", []),
    ],
)
def test_complete_offers_what_fits(text: str, candidates: list[str]) -> None:
    assert offered(text) == candidates


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("an", ["@ann", "@anton"]),
        ("", []),
        ("#", ["#dev", "#dev-infra", "#general"]),
        ("@bob", ["@Bob"]),
        ("/topic", ["/topic"]),
        ("/l", ["/leave", "/list"]),
    ],
)
def test_complete_guesses_more_when_asked(text: str, candidates: list[str]) -> None:
    assert offered(text, asked=True)[: len(candidates) or None] == candidates


def test_complete_says_what_is_replaced() -> None:
    found = complete("hi @an you", 6, KNOWN)

    assert (found.start, found.end) == (3, 6)


def test_complete_offers_no_more_than_anybody_reads() -> None:
    many = Known(users=[Candidate(f"@user{number}") for number in range(500)])

    assert len(complete("@", 1, many).candidates) == MAX_CANDIDATES


@given(st.text(alphabet="/@# adnjoi\n", max_size=20), st.integers(0, 20), st.booleans())
def test_complete_replaces_only_what_stands_before_the_cursor(text: str, cursor: int, asked: bool) -> None:
    cursor = min(cursor, len(text))

    found = complete(text, cursor, KNOWN, asked=asked)

    assert 0 <= found.start <= found.end == cursor
    assert not any(char.isspace() for char in text[found.start : found.end])


def names(**more: Any) -> tuple[list[str], list[str]]:
    known = knowledge(**more)
    return [channel.text for channel in known.channels], [user.text for user in known.users]


def test_knowledge_puts_speakers_first_and_oneself_nowhere() -> None:
    members = tuple(Member(account=number, name=name) for name, number in (("ann", 5), ("carl", 9), ("you", 2)))
    here = conversation(
        1,
        messages=[said(1, "12:00", "joe", "x"), said(2, "12:01", "ann", "x"), said(3, "12:02", "you", "x")],
        members=MemberList(members=members),
    )
    state = client(here, conversation(2, "bob", kind="direct", partner=7), conversation(3, "Alpha", topic="first"))

    channels, users = names(state=state, current=1, listed=("general", "zoo"))

    assert channels == ["#Alpha", "#general", "#zoo"]
    assert users == ["@ann", "@joe", "@carl", "@bob"]


def test_knowledge_has_direct_partners_when_nothing_is_open() -> None:
    state = client(conversation(2, "bob", kind="direct", partner=7))

    assert names(state=state, current=None) == ([], ["@bob"])


def test_paths_are_completed_when_a_command_takes_one(tmp_path: Path) -> None:
    (tmp_path / "my report.pdf").touch()
    (tmp_path / "more").mkdir()
    (tmp_path / ".hidden").touch()
    (tmp_path / "two\nlines").touch()
    assert offered(f"/upload {tmp_path}/") == [f"{tmp_path}/more/", f"{tmp_path}/my report.pdf"]
    assert offered(f"/upload {tmp_path}/my r") == [f"{tmp_path}/my report.pdf"]
    assert offered(f"/upload {tmp_path}/.h") == [f"{tmp_path}/.hidden"]
    assert offered(f"/upload {tmp_path}/gone/x") == []
    for command in ("/export", "/html"):
        assert offered(f"{command} {tmp_path}/my r") == [f"{tmp_path}/my report.pdf"]
