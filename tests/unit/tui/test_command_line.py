"""The command line of the client: what is declared for whom."""

from __future__ import annotations

from argparse import ArgumentParser, _SubParsersAction

from chat_tui.cli import full_screen, parser


def commands_of(top: ArgumentParser) -> set[str]:
    """Return the names of the commands that a parser knows."""
    groups = [action for action in top._actions if isinstance(action, _SubParsersAction)]
    return {name for group in groups for name in group.choices}


def test_short_parser_knows_the_commands_that_open_the_full_screen_client_and_no_other_when_it_is_made() -> None:
    assert commands_of(parser(whole=False)) == set(full_screen.COMMANDS)


def test_whole_parser_knows_those_and_the_commands_for_scripts_when_it_is_made() -> None:
    assert commands_of(parser()) >= {*full_screen.COMMANDS, "send", "tail", "history", "trust", "login", "web", "bench"}


def test_short_parser_reads_a_line_as_the_whole_one_does_when_it_opens_the_full_screen_client() -> None:
    line = ["connect", "chat.example", "--name", "ann", "--explore"]

    assert vars(parser(whole=False).parse_args(line)) == vars(parser().parse_args(line))
