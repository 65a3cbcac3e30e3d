"""Commands about this program and its connection."""

from __future__ import annotations

from chat_tui.commands.arguments import CommandName, Server
from chat_tui.commands.arguments_of_rest import PathOf, Reason
from chat_tui.commands.command import command
from chat_tui.commands.context import Context


@command("connect", example="/connect chat.example.org")
async def connect(ctx: Context, server: Server = Server("")) -> None:
    """Open another server beside this one; without one, choose on the start screen.

    An address or a link. One that is open already is gone to, and the channel of a link is joined there.
    """
    ctx.desk.leave_for(server)


@command("server", example="/server chat.example.org", moves=True)
async def server_(ctx: Context, name: Server = Server("")) -> None:
    """List the servers that are open, or go to one of them.

    It is named by its place in that list, or by the beginning of what it is called.
    """
    if name:
        ctx.desk.go_to_named(name)
    else:
        ctx.desk.show_servers()


@command("disconnect", example="/disconnect")
async def disconnect(ctx: Context, name: Server = Server("")) -> None:
    """Leave this server, or one that is named; you stay signed in there, for the next /connect."""
    ctx.desk.close_server(name)


@command("reconnect", example="/reconnect")
async def reconnect(ctx: Context) -> None:
    """Look at once whether the connection is alive, or try at once to get one."""
    ctx.calls.wake()


@command("html", example="/html ~/chat.html")
async def html(ctx: Context, file: PathOf = PathOf("")) -> None:
    """Write everything that comes into a page for your browser, which follows by itself.

    `/html off` ends that; `/html` alone tells which page it is. Of several servers it shows the one on the screen.
    """
    if file == "off":
        await ctx.desk.pages.end()
    elif file:
        await ctx.desk.pages.begin(file)
    else:
        ctx.desk.pages.tell()


@command("export", example="/export ~/general.html")
async def export(ctx: Context, file: PathOf) -> None:
    """Write all of this conversation into a file: .html, .md (Markdown), .json or .txt."""
    await ctx.desk.pages.export(ctx.here, file)


@command("keys", aliases=("shortcuts",), example="/keys")
async def keys(ctx: Context) -> None:
    """Show the keys."""
    ctx.desk.show_help("keys")


@command("clear", key="ctrl+l", example="/clear")
async def clear(ctx: Context) -> None:
    """Put away what was answered, and draw the screen anew; messages stay where they are."""
    ctx.desk.clear()


@command("help", key="f1", example="/help topic", classic=("HELP", "/help"))
async def help_(ctx: Context, about: CommandName = CommandName("")) -> None:
    """Show keys and commands, or all about one command.

    `/help keys`, `/help commands` and `/help classic` show one part alone.
    """
    ctx.desk.show_help(about)


@command("quit", aliases=("exit", "bye"), key="ctrl+q", example="/quit", classic=("!leave", "/quit"))
async def quit_(ctx: Context, reason: Reason = Reason("")) -> None:
    """Leave the program; what was not sent yet is asked about first.

    A reason behind it, as on IRC, is told to nobody.
    """
    ctx.desk.leave()
