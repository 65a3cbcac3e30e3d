"""The commands `chat-core users` and `chat-core invite`: for whoever runs a server, while it runs or not."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from chat_core.base.numbers import number_in
from chat_core.commands.common import ConfigFile, Data, default_data, told

if TYPE_CHECKING:
    from chat_core.protocol.values import AccountDetails
    from chat_core.server.admin.console import Console
    from chat_core.server.config import ServeOptions
    from chat_core.server.folder import DataFolder

users = typer.Typer(no_args_is_help=True, help="Accounts of a server, while it runs or not.")

_Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the account.")]
_PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input, its first line.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print one line of JSON for each.")]
_TOLD_OF_INVITES = ("id", "uses", "expires", "by", "orphaned")
_ROLES = ("member", "moderator", "owner")


@users.command()
def add(
    name: _Name,
    role: Annotated[str, typer.Option(help="member, moderator or owner.")] = "member",
    password_stdin: _PasswordStdin = False,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="None: the name alone is enough on the server's own machine.")
    ] = False,
    bot: Annotated[
        bool, typer.Option("--bot", help="It belongs to a program: print the token that it signs in with.")
    ] = False,
    data: Data = None,
    config: ConfigFile = None,
) -> None:
    """Make an account; the first one with a password owns the server. With --bot, again: another token for it."""
    from chat_core.protocol.requests.people import AddAccount

    if no_password and password_stdin:
        raise typer.BadParameter("is one of the two", param_hint="--password-stdin, --no-password")
    if bot and (password_stdin or role != "member"):
        raise typer.BadParameter("signs in with a token, as a member", param_hint="--bot")
    wanted = _role(role)
    password = "" if bot or no_password else _password(stdin=password_stdin)
    with _console(data, config) as console:
        added = console.call(AddAccount(name=name, password=password, role=wanted, bot=bot))
    if bot:
        print(added.token)
        return
    made = added.about
    print(f"{made.account.name} is {made.account.role} of this server" + ("" if password else ", without a password"))


@users.command("list")
def list_users(
    allowed: Annotated[bool, typer.Option("--allowed", help="The names that may register, instead.")] = False,
    as_json: _Json = False,
    data: Data = None,
    config: ConfigFile = None,
) -> None:
    """List the accounts, or the names on the list of those that may register."""
    with _console(data, config) as console:
        if allowed:
            for name in _allowed(console):
                print(json.dumps({"name": name}) if as_json else name)
            return
        for account in _accounts(console):
            print(_as_json(account) if as_json else _as_text(account))


@users.command()
def passwd(name: _Name, password_stdin: _PasswordStdin = False, data: Data = None, config: ConfigFile = None) -> None:
    """Give an account another password, or its first one; its devices are signed out."""
    from chat_core.protocol.requests.people import SetAccountPassword

    password = _password(stdin=password_stdin)
    with _console(data, config) as console:
        console.call(SetAccountPassword(name=name, password=password))
    print(f"{name} has another password, and is signed out everywhere")


@users.command()
def disable(name: _Name, data: Data = None, config: ConfigFile = None) -> None:
    """Keep an account out; what it wrote stays. It is signed out at once."""
    _disable(name, disabled=True, data=data, config=config)


@users.command()
def enable(name: _Name, data: Data = None, config: ConfigFile = None) -> None:
    """Let a disabled account in again."""
    _disable(name, disabled=False, data=data, config=config)


@users.command()
def allow(
    name: _Name,
    remove: Annotated[bool, typer.Option("--remove", help="Take it off the list.")] = False,
    data: Data = None,
    config: ConfigFile = None,
) -> None:
    """Let a name register where `[accounts] registration` is "allowlist"."""
    from chat_core.protocol.requests.people import AllowName

    with _console(data, config) as console:
        console.call(AllowName(name=name, allowed=not remove))
    print(f"{name} is {'no longer' if remove else 'now'} on the list")


@users.command()
def role(
    name: _Name,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="member, moderator or owner.")],
    data: Data = None,
    config: ConfigFile = None,
) -> None:
    """Say what an account may do on the whole server; it holds at once."""
    from chat_core.protocol.requests.people import SetServerRole

    with _console(data, config) as console:
        account = console.call(SetServerRole(name=name, role=_role(role))).about.account
    print(f"{account.name} is {account.role} of this server")


def invite(
    uses: Annotated[str, typer.Option(help='How many accounts can be made with it, or "any".')] = "1",
    expires: Annotated[str, typer.Option(help='How long it lasts: 30m, 12h, 7d ..., or "never".')] = "7d",
    channel: Annotated[str, typer.Option(help="A channel that one is in then, besides #general.")] = "",
    list_all: Annotated[bool, typer.Option("--list", help="List the invites that can still be used, instead.")] = False,
    revoke: Annotated[int | None, typer.Option(help="Make the invite of this number worthless, instead.")] = None,
    as_json: _Json = False,
    data: Data = None,
    config: ConfigFile = None,
) -> None:
    """Make an invite and print the line for a friend to paste, and its code; or list and revoke those there are."""
    from chat_core.protocol.requests.people import ListInvites, MakeInvite, RevokeInvite

    wanted = MakeInvite(uses=_uses(uses), lasts_s=_lasts(expires), channel=channel)
    with _console(data, config) as console:
        if list_all:
            for each in console.call(ListInvites()).invites:
                left, until = each.uses if each.uses is not None else "any", _time(each.expires)
                if as_json:
                    print(json.dumps({name: getattr(each, name) for name in _TOLD_OF_INVITES}))
                else:
                    why = " (disabled or banned: of no use at present)" if each.orphaned else ""
                    print(f"{each.id:<5} {left!s:>7} left  until {until:<16}  by {each.by or 'the server'}{why}")
        elif revoke is not None:
            console.call(RevokeInvite(invite=revoke))
            print(f"invite {revoke} is worthless now")
        else:
            made = console.call(wanted)
            if as_json:
                said = {"code": made.code, "uses": made.uses, "expires": made.expires, "link": made.link}
                print(json.dumps(said))
            else:
                print("\n".join([f"chat-tui connect {quote(made.link)}", made.code] if made.link else [made.code]))


@contextmanager
def _console(data: Path | None, config: Path | None) -> Iterator[Console]:
    """Reach the server or its store; a fault is one sentence and an exit code."""
    from chat_core.server.admin.console import console
    from chat_core.server.admin.faults import AdminFault

    options = _options(data, config)

    def alone(folder: DataFolder) -> AbstractContextManager[Console]:
        from chat_core.server.admin.alone import alone  # loads a whole server, which a running one need not
        from chat_core.server.app import make_store

        return alone(folder, options, make_store)

    try:
        with console(options.data, alone) as reached:
            yield reached
    except AdminFault as fault:
        raise told(fault, fault.code) from None


def _options(data: Path | None, config: Path | None) -> ServeOptions:
    from chat_core.base.exit_codes import ExitCode
    from chat_core.base.settings import SettingsFault
    from chat_core.server.config import Given, load, serve_options
    from chat_core.server.observe import configure

    configure("warning")
    try:
        return serve_options(load(Given(config=config, data=data), os.environ, default_data()), default_data())
    except SettingsFault as fault:
        raise told(fault, ExitCode.CONFIG) from None


def _disable(name: str, *, disabled: bool, data: Path | None, config: Path | None) -> None:
    from chat_core.protocol.requests.people import DisableAccount

    with _console(data, config) as console:
        account = console.call(DisableAccount(name=name, disabled=disabled)).about.account
    print(f"{account.name} {'cannot sign in any more' if disabled else 'can sign in again'}")


def _accounts(console: Console) -> Iterator[AccountDetails]:
    from chat_core.protocol.requests.people import ListAccounts

    after, more = "", True
    while more:
        page = console.call(ListAccounts(after=after))
        yield from page.accounts
        after, more = page.accounts[-1].account.name if page.accounts else "", page.more


def _allowed(console: Console) -> Iterator[str]:
    from chat_core.protocol.requests.people import ListAllowed

    after, more = "", True
    while more:
        page = console.call(ListAllowed(after=after))
        yield from page.names
        after, more = page.names[-1] if page.names else "", page.more


def _as_text(about: AccountDetails) -> str:
    from chat_core.base.text import line_for_terminal

    facts = ["password" if about.registered else "no password"]
    if about.devices:
        facts.append(f"{about.devices} device{'s' if about.devices > 1 else ''}")
    facts += [word for word, holds in (("online", about.online), ("DISABLED", about.disabled)) if holds]
    name = line_for_terminal(about.account.name)
    seen = "now" if about.online else _time(about.seen or None)
    return f"{name:<32}  {about.account.role:<9}  seen {seen:<16}  {', '.join(facts)}"


def _as_json(about: AccountDetails) -> str:
    return json.dumps(
        {
            "id": about.account.id,
            "name": about.account.name,
            "role": about.account.role,
            "registered": about.registered,
            "disabled": about.disabled,
            "seen": about.seen,
            "online": about.online,
            "devices": about.devices,
        }
    )


def _time(ms: int | None) -> str:
    from datetime import UTC, datetime

    return "never" if ms is None else datetime.fromtimestamp(ms / 1000, UTC).astimezone().strftime("%Y-%m-%d %H:%M")


def _password(*, stdin: bool) -> str:
    """Return a password, from standard input or asked for without showing it."""
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    import getpass

    if not sys.stdin.isatty():
        raise typer.BadParameter("is needed where there is no terminal to ask at", param_hint="--password-stdin")
    password = getpass.getpass("password: ")
    if getpass.getpass("again: ") != password:
        raise typer.BadParameter("the two are not the same", param_hint="password")
    return password


def _role(word: str) -> Literal["member", "moderator", "owner"]:
    if word not in _ROLES:
        raise typer.BadParameter(f"must be one of {', '.join(_ROLES)}", param_hint="role")
    return cast(Literal["member", "moderator", "owner"], word)


def _uses(word: str) -> int | None:
    if word == "any":
        return None
    uses = number_in(word, 999_999)
    if not uses:
        raise typer.BadParameter('must be a number from 1 to 999999, or "any"', param_hint="--uses")
    return uses


def _lasts(word: str) -> int | None:
    from chat_core.base.durations import parse_duration
    from chat_core.base.errors import UsageFault

    if word == "never":
        return None
    try:
        return parse_duration(word)
    except UsageFault as fault:
        raise typer.BadParameter(str(fault), param_hint="--expires") from fault
