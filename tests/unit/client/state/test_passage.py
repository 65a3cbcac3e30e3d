"""A passage: pages of the past join without doubles, and nothing of it is unread."""

from __future__ import annotations

from chat_core.client.state.passage import begin, with_newer, with_older
from chat_core.protocol.requests.messages import Page
from chat_core.protocol.values import Conversation, Message

OPS = Conversation(id=5, kind="channel", name="ops", head=100)


def page(*seqs: int, at_start: bool = False, at_end: bool = False) -> Page:
    messages = tuple(Message(seq=seq, changed=seq, ts=seq, author=1, name="ann", body=f"m{seq}") for seq in seqs)
    return Page(conversation=5, messages=messages, head=100, at_start=at_start, at_end=at_end)


def test_passage_begins_with_a_page_and_knows_its_ends() -> None:
    passage = begin(OPS, page(40, 42, 43))

    assert [message.seq for message in passage.timeline] == [40, 42, 43]
    assert (passage.timeline.known_from, passage.timeline.at_start, passage.at_end) == (40, False, False)
    assert passage.find(42) is not None and passage.find(41) is None


def test_passage_grows_at_both_ends_without_doubles() -> None:
    passage = begin(OPS, page(40, 42))
    passage = with_older(passage, page(1, 39, 40, at_start=True))
    passage = with_newer(passage, page(42, 50, at_end=True))

    assert [message.seq for message in passage.timeline] == [1, 39, 40, 42, 50]
    assert passage.timeline.at_start and passage.at_end


def test_passage_is_shown_with_nothing_unread() -> None:
    shown = begin(OPS, page(40, 42)).shown

    assert (shown.info, shown.read, shown.unread, shown.position.seq) == (OPS, 42, 0, 42)


def test_passage_may_be_empty() -> None:
    passage = begin(OPS, page(at_start=True, at_end=True))

    assert list(passage.timeline) == [] and passage.timeline.at_start and passage.at_end
