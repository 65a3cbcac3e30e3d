"""Lines of earlier chat systems: taken where they are the whole line, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_core.base.errors import UsageFault
from chat_tui.commands import registry
from chat_tui.commands.bound import Bound
from chat_tui.commands.classic import Form
from chat_tui.commands.command import Command
from chat_tui.commands.line import Run, Say, parse
from chat_tui.screens.help_lines import help_lines

SLASHED = [(form, command) for form, command in registry.CLASSIC if form.has_slash]
BARE = [(form, command) for form, command in registry.CLASSIC if not form.has_slash]


def meaning(line: str, me: str = "ann") -> tuple[str, tuple[str, ...]] | Say | None:
    found = registry.classic(line, me)
    return (found.command.name, found.given) if isinstance(found, Bound) else found


@pytest.mark.parametrize(
    ("line", "name", "given_"),
    [
        ("HELP", "help", ()),
        ("HELP  ", "help", ()),
        ("!leave", "quit", ()),
        ("log on", "login", ()),
        ("log out", "logout", ()),
        ("HISTORY_REQ(ann-bob)", "history", ("@bob",)),
        ("HISTORY_REQ(bob-ANN)", "history", ("@bob",)),
        ("HISTORY_REQ(ann-mary-jane)", "history", ("@mary-jane",)),
        ("HISTORY_REQ(mary-jane-ann)", "history", ("@mary-jane",)),
    ],
)
def test_classic_form_is_taken_when_it_is_the_whole_line(line: str, name: str, given_: tuple[str, ...]) -> None:
    assert meaning(line) == (name, given_)


@pytest.mark.parametrize(
    "line",
    [
        "help",
        "HELP me",
        "I need HELP",
        " HELP",
        "HELP\nHELP",
        "log  out",
        "Log out",
        "leave",
        "!leave now",
        "",
        "HELP()",
    ],
)
def test_classic_form_is_said_when_the_line_is_another_one(line: str) -> None:
    assert meaning(line) is None


@pytest.mark.parametrize(("form", "command"), BARE, ids=lambda each: getattr(each, "spelled", ""))
def test_classic_form_is_said_when_two_slashes_stand_before_it(form: Form, command: Command) -> None:
    assert meaning(f"//{form.shown}", me="user1") == Say(form.shown)


def test_two_slashes_before_anything_else_are_nobody_s_business_here() -> None:
    assert meaning("//help") is None
    assert parse("//help") == Say("/help")


@pytest.mark.parametrize(("form", "command"), SLASHED, ids=lambda each: getattr(each, "spelled", ""))
def test_classic_form_with_a_slash_is_an_ordinary_command_line(form: Form, command: Command) -> None:
    run = parse(form.shown)
    assert isinstance(run, Run)
    assert registry.bind(run).command is command
    assert meaning(form.shown) is None


def test_quotes_of_a_classic_direct_message_stay_as_text() -> None:
    for text in ('"hello"', "“hello”"):
        run = parse(f"/dm user2 {text}")
        assert isinstance(run, Run)
        assert registry.bind(run).given == ("@user2", text)


@pytest.mark.parametrize("me", ["carl", ""])
def test_pair_of_others_is_refused_in_words(me: str) -> None:
    with pytest.raises(UsageFault, match="none of the two in ann-bob: name yourself and one other"):
        registry.classic("HISTORY_REQ(ann-bob)", me)


def test_hole_for_a_number_takes_a_number_only() -> None:
    form = Form("END_REQUEST(<number>)")

    assert form.shown == "END_REQUEST(3)"
    assert form.fits("END_REQUEST(12)") == "12"
    assert form.rest("12", "ann") == "12"
    for line in ("END_REQUEST()", "END_REQUEST(x)", "END_REQUEST(1 2)", "END_REQUEST(12", "end_request(1)"):
        assert form.fits(line) is None


@given(st.text(), st.text(max_size=8))
def test_any_line_is_taken_or_said_or_refused_in_words(line: str, me: str) -> None:
    for each in (line, f"HISTORY_REQ({line})"):
        try:
            found = registry.classic(each, me)
        except UsageFault as fault:
            assert str(fault)
        else:
            assert found is None or isinstance(found, Bound | Say)


def test_help_lists_every_classic_form_with_its_command() -> None:
    lines = [line.text for line in help_lines("")]
    begin = next(at for at, text in enumerate(lines) if "CLASSIC FORMS" in text)
    listed = [text.split() for text in lines[begin + 1 : begin + 1 + len(registry.CLASSIC)]]

    assert [(" ".join(words[:-2]), words[-1]) for words in listed] == [
        (form.shown, f"/{command.name}") for form, command in registry.CLASSIC
    ]
    assert any("HELP, /help" in line.text for line in help_lines("help"))
