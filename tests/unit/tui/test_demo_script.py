"""What the bots of the demo say."""

from __future__ import annotations

from itertools import islice

import pytest

from chat_core.base.names import check_account_name, parse_target
from chat_core.base.text import clean_body
from chat_tui.demo.script import BOTS, TOPICS, Said, Script


def all_said(seed: int, you: str = "you") -> list[Said]:
    script = Script(seed, you)
    backlog = [said for channel in TOPICS for said in script.backlog(channel)]
    return [*backlog, *script.private(), *(line.said for _, line in islice(script.live(), 200))]


def test_bots_are_clearly_marked() -> None:
    assert all(check_account_name(name).endswith("-bot") for name in BOTS)


def test_script_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    assert all_said(1) == all_said(1)
    assert all_said(1) != all_said(2)


def test_there_are_three_channels_and_a_long_backlog() -> None:
    assert len(TOPICS) == 3
    assert [parse_target(channel)[0] for channel in TOPICS] == ["#"] * 3
    assert len(Script(1, "you").backlog("#general")) > 200


@pytest.mark.parametrize("seed", range(5))
def test_everything_said_is_whole_and_by_a_bot(seed: int) -> None:
    for said in all_said(seed, "annika"):
        assert said.who in BOTS
        assert clean_body(said.text) == said.text
        assert not {"{you}", "{n}", "{build}", "{pr}", "{fast}", "{slow}", "{count}"} & set(said.text.split())
        assert "{" not in said.text


def test_somebody_is_greeted_and_mentioned_and_something_is_left_unread() -> None:
    script = Script(1, "annika")

    assert any("annika" in said.text for said in script.backlog("#general")[-3:])
    assert "@annika" in script.backlog("#ops")[-1].text
    assert [script.unread(channel) for channel in TOPICS] == [0, 5, 1]


def test_live_lines_come_one_after_another_and_never_all_at_once() -> None:
    waits = [wait for wait, _ in islice(Script(1, "you").live(), 100)]

    assert min(waits) > 1.2
    assert max(waits) < 15
