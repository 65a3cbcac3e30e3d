"""Commands about the settings of this client."""

from __future__ import annotations

from chat_tui.commands.arguments import AlertRule, Setting, ThemeName
from chat_tui.commands.arguments_of_rest import Rest, WordChange
from chat_tui.commands.command import command
from chat_tui.commands.context import Answer, Context
from chat_tui.views.clean import drawable_line
from chat_tui.views.highlighting import with_word, without_word, words_of


@command("settings", aliases=("options",), key="f2", example="/settings")
async def settings(ctx: Context) -> None:
    """Show all settings, to be changed there; they are written into the settings file."""
    ctx.desk.show_settings()


@command("set", example="/set look.symbols ascii")
async def set_(ctx: Context, setting: Setting = Setting(""), value: Rest = Rest("")) -> None:
    """Tell how a setting is, or give it another value; alone it shows all of them."""
    ctx.desk.show_settings(setting, value or None)


@command("theme", example="/theme dusk")
async def theme(ctx: Context, name: ThemeName = ThemeName("")) -> None:
    """Tell which theme is in use, or use another one from now on."""
    ctx.desk.show_settings("look.theme", name or None)


@command("notify", example="/notify all")
async def notify(ctx: Context, rule: AlertRule = AlertRule("")) -> None:
    """Tell what alerts you of the open conversation, or choose it: all, mentions or none.

    How an alert comes, and when there is quiet, stands in the settings: /set notify.quiet 22:00-07:00.
    """
    await ctx.desk.alert_by(ctx.here, rule.chosen)


@command("highlight", aliases=("hilight",), example="/highlight deploy, disk")
async def highlight(ctx: Context, change: WordChange = WordChange("")) -> None:
    """List the words that are for you as if they named you; `add` or `remove` some.

    Words alone are added. A message by somebody else with such a word in it, whole and in any case, alerts you and
    counts as a mention on this computer, from when it was seen here. The words stand in the settings as
    notify.highlight, commas between them.
    """
    act, changes = change.parts
    if act == "list":
        words = words_of(ctx.desk.words)
        told = ", ".join(words) if words else "none yet; /highlight add WORD adds one"
        ctx.desk.answer(Answer(drawable_line(f"Highlight words: {told}.")))
        return
    changed = ctx.desk.words
    for word in changes:
        changed = (with_word if act == "add" else without_word)(changed, word)
    ctx.desk.show_settings("notify.highlight", changed)
