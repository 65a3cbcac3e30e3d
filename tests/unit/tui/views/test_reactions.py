"""Reactions as chips: on the text's edge, one's own in another colour, as many lines as they take."""

from __future__ import annotations

from chat_core.protocol.reactions import Reaction
from chat_tui.views.columns import columns
from chat_tui.views.reactions import chips

WHERE = columns(60, 80, 6)


def texts(reactions: tuple[Reaction, ...]) -> list[str]:
    return [line.text.rstrip() for line in chips(reactions, WHERE)]


def test_chips_stand_on_the_edge_of_the_text_and_ones_own_stand_out() -> None:
    (line,) = chips((Reaction(emoji="👍", count=3, mine=True), Reaction(emoji="🎉")), WHERE)

    assert line.text == " " * WHERE.text_at + " 👍 3   🎉 1 "
    assert [span.role for span in line.spans if span.text.strip()] == ["chip-own", "chip"]
    assert line.tail == len(line.text) - WHERE.text_at


def test_chips_take_another_line_when_there_is_no_room() -> None:
    many = tuple(Reaction(emoji=chr(0x1F400 + number), count=1000) for number in range(20))
    lines = chips(many, WHERE)

    assert len(lines) > 1
    assert all(line.width <= WHERE.width for line in lines)
    assert sum(line.text.count("1,000") for line in lines) == 20


def test_there_are_no_chips_without_reactions_and_none_that_steers() -> None:
    assert texts(()) == []
    assert "\x1b" not in "".join(texts((Reaction(emoji="\x1b[31m👍"),)))
