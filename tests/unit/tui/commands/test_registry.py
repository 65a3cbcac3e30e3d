"""Every command is complete, and every file with commands is in the registry."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import chat_tui.commands
from chat_core.base.errors import UsageFault
from chat_tui.commands import registry
from chat_tui.commands.arguments import Addressee, Channel, CommandName, Leavable, NewName
from chat_tui.commands.arguments_of_rest import Body, Listed, Reason, Rest
from chat_tui.commands.bound import Bound
from chat_tui.commands.command import DECLARED, Command
from chat_tui.commands.completing import Known, complete
from chat_tui.commands.line import Run, parse
from chat_tui.keys import KEYS

NAMES = ["join", "leave", "list", "nick", "dm", "me", "users", "topic", "close", "connect", "help", "quit"]


def bound(line: str) -> Bound:
    meaning = parse(line)
    assert isinstance(meaning, Run)
    return registry.bind(meaning)


def test_registry_has_every_command_of_every_file() -> None:
    for module in pkgutil.iter_modules(chat_tui.commands.__path__):
        importlib.import_module(f"chat_tui.commands.{module.name}")

    assert set(DECLARED) == set(registry.ALL)
    assert {command.domain for command in registry.ALL} == {
        module.__name__.rpartition(".")[2] for module in registry.DOMAINS
    }


def test_registry_has_the_commands_that_are_promised() -> None:
    assert set(NAMES) <= {command.name for command in registry.ALL}


def test_names_and_aliases_are_each_used_once_and_typable() -> None:
    spelled = [name for command in registry.ALL for name in (command.name, *command.aliases)]

    assert len(spelled) == len(set(spelled))
    assert all(name.isascii() and name.isalpha() and name.islower() for name in spelled)


@pytest.mark.parametrize("command", registry.ALL, ids=lambda command: command.name)
def test_command_is_complete(command: Command) -> None:
    assert command.summary.endswith((".", '".'))
    assert len(command.summary) <= 90
    assert command.usage.startswith(f"/{command.name}")
    assert all(not parameter.kind.takes_rest for parameter in command.parameters[:-1])
    optional = [parameter.optional for parameter in command.parameters]
    assert optional == sorted(optional), "what can be left out comes last"
    assert command.example.split()[0] == f"/{command.name}", "one main name per thing: that which is shown"
    assert bound(command.example).command is command
    assert not command.key or command.key in {key for each in KEYS for key in each.keys.split(",")}


@pytest.mark.parametrize("command", registry.ALL, ids=lambda command: command.name)
def test_command_is_completed_and_tells_its_usage(command: Command) -> None:
    begun = complete(f"/{command.name[:-1]}", len(command.name), Known(), asked=command.name[:-1] in registry.NAMES)
    written = complete(f"/{command.name} ", len(command.name) + 2, Known())

    assert f"/{command.name}" in [candidate.text for candidate in begun.candidates]
    assert written.usage == command.usage


@pytest.mark.parametrize(
    ("line", "name", "given"),
    [
        ("/join ops", "join", (Channel("#ops"),)),
        ("/JOIN #Ops", "join", (Channel("#Ops"),)),
        ("/part", "leave", ()),
        ("/part ops see  you", "leave", (Leavable("#ops"), Reason("see  you"))),
        ("/quit bye for now", "quit", (Reason("bye for now"),)),
        ("/msg ann  hi  there", "dm", (Addressee("@ann"), Body("hi  there"))),
        ("/msg #ops hi there", "dm", (Addressee("#ops"), Body("hi there"))),
        ("/to Freeze on Friday", "topic", (Rest("Freeze on Friday"),)),
        ("/nick @annika", "nick", (NewName("annika"),)),
        ("/help /topic", "help", (CommandName("topic"),)),
        ("/who @ann", "users", (Listed("@ann"),)),
        ("/users add bob", "users", (Listed("add bob"),)),
        ("/exit", "quit", ()),
    ],
)
def test_bind_finds_command_and_arguments(line: str, name: str, given: tuple[str, ...]) -> None:
    found = bound(line)

    assert found.command.name == name
    assert found.given == given
    assert [type(argument) for argument in found.given] == [type(argument) for argument in given]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("/nosuch", "There is no command /nosuch. /help lists them; // at the beginning says a slash."),
        ("/jion ops", "There is no command /jion, but /join. /help lists them; // at the beginning says a slash."),
        ("/Quote PING", "There is no command /quote. To quote somebody, begin a line with >, or answer with /reply; "),
        ("/mode +o ann", "There is no command /mode. Who may do what: /op, /voice, /ban; the rules of a channel: "),
        ("/", "There is no command /. /help lists them; // at the beginning says a slash."),
        ("/l", "/l may be /leave, /list, /lastlog, /login, /logout or /lockdown: write more of it."),
        ("/join", "#channel is missing. Usage: /join #channel"),
        ("/join #a #b", "'#b' is too much here. Usage: /join #channel"),
        ("/join @ann", "'@ann' is a user, but a #channel is wanted here. Usage: /join #channel"),
        ("/whois #ops", "'#ops' is a channel, but a @user is wanted here. Usage: /whois @user"),
        (
            "/users ann",
            "'ann' is no target: write #channel or @user, or &12 for a group; in a shell with quotes. ",
        ),
        ("/me", "text… is missing. Usage: /me text…"),
        ("/nick -x", "A name begins with a letter or a digit. Usage: /nick name"),
        ("/mute", "Say who is not to write; to silence this conversation for yourself, enter /notify none. "),
        ("/clear now", "'now' is too much here. Usage: /clear"),
    ],
)
def test_bind_says_what_is_wrong_and_how_it_is_used(line: str, sentence: str) -> None:
    with pytest.raises(UsageFault) as caught:
        bound(line)

    assert str(caught.value).startswith(sentence)
