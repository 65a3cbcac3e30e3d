"""Commands about this program and its connection."""

from __future__ import annotations

from chat_tui.commands.arguments import CommandName, FileName, Server
from chat_tui.commands.command import command
from chat_tui.commands.context import Context


@command("connect", example="/connect chat.example.org")
async def connect(ctx: Context, server: Server = Server("")) -> None:
    """Go to another server, or to the start screen to choose one."""
    ctx.desk.leave_for(server)


@command("html", example="/html ~/chat.html")
async def html(ctx: Context, file: FileName = FileName("")) -> None:
    """Write everything that comes into a page for your browser, which follows by itself.

    `/html off` ends that; `/html` alone tells which page it is.
    """
    if file == "off":
        await ctx.desk.pages.end()
    elif file:
        await ctx.desk.pages.begin(file)
    else:
        ctx.desk.pages.tell()


@command("export", example="/export ~/general.html")
async def export(ctx: Context, file: FileName) -> None:
    """Write all of this conversation into a file: .html, .md (Markdown), .json or .txt."""
    await ctx.desk.pages.export(ctx.here, file)


@command("help", key="f1", example="/help topic", classic=("HELP", "/help"))
async def help_(ctx: Context, about: CommandName = CommandName("")) -> None:
    """Show keys and commands, or all about one command.

    `/help keys`, `/help commands` and `/help classic` show one part alone.
    """
    ctx.desk.show_help(about)


@command("quit", aliases=("exit",), key="ctrl+q", example="/quit", classic=("!leave", "/quit"))
async def quit_(ctx: Context) -> None:
    """Leave the program; what was not sent yet is asked about first."""
    ctx.desk.leave()
