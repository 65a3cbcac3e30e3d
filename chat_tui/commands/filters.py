"""The command that hides lines from one's own view, by rules that this computer keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from chat_core.base.errors import UsageFault
from chat_core.base.names import check_account_name, name_key
from chat_core.base.numbers import number_in
from chat_core.base.text import clean_line
from chat_tui.commands.arguments_of_rest import FilterChange
from chat_tui.commands.command import command
from chat_tui.commands.context import Answer, Context
from chat_tui.filter_rules import CHARS, MOST, Filter
from chat_tui.kept_names import place_of
from chat_tui.views.clean import drawable_line
from chat_tui.views.filtering import in_words
from chat_tui.views.lines import Line, Span

_JOINS: Final = ("joins", "parts", "quits")


@command("filter", aliases=("filters",), key="alt+equals_sign", example="/filter @ci-bot")
async def filter_(ctx: Context, change: FilterChange = FilterChange("")) -> None:
    """Hide lines from your view: comings and goings, what somebody says, or some words.

    `/filter joins`, `/filter @ci-bot` and `/filter build passed` hide in this conversation, with `everywhere` before it
    in all of them: `/filter everywhere joins`. Alone, it lists your filters; `/filter remove 2` ends one, `/filter off`
    shows what is hidden until `/filter on`. What names you is never hidden, and threads show all. What is hidden alerts
    nobody, but counts as unread all the same; the line above the composer tells how much it is. Nobody else knows of
    it, and it holds on this computer only.
    """
    desk = ctx.desk.filters
    act, rest = change.parts
    match act:
        case "list":
            _list(ctx)
        case "on" | "off":
            if not desk.rules:
                raise UsageFault("You have no filters yet: /filter @somebody makes one.")
            desk.switch(on=act == "on")
            ctx.desk.answer(Answer("Filters hide again." if act == "on" else "Filters hide nothing until /filter on."))
        case "remove":
            gone = _named(desk.rules, rest)
            await desk.change([each for each in desk.rules if each != gone])
            ctx.desk.answer(Answer(f"Not hidden any more: {in_words(gone)}."))
        case _:
            made = _made(rest, place_of(ctx.here, ctx.state.epoch).kept)
            if any(made.is_same(each) for each in desk.rules):
                raise UsageFault(f"There is a filter already that hides {in_words(made)}.")
            if len(desk.rules) >= MOST:
                raise UsageFault(f"You have {MOST} filters, which is the most; /filter remove 1 takes one away.")
            before = desk.hidden
            await desk.change([*desk.rules, made])
            ctx.desk.answer(Answer(_done(ctx, made, desk.hidden - before)))


def _list(ctx: Context) -> None:
    desk = ctx.desk.filters
    if not desk.rules:
        words = "You have no filters: /filter joins, /filter @somebody or /filter some words makes one."
        ctx.desk.answer(Answer(words))
        return
    lines = [
        Line((Span(f"{number:>2}  ", "quiet"), Span(in_words(each), "muted")))
        for number, each in enumerate(desk.rules, start=1)
    ]
    title = "Your filters hide" if desk.on else "Your filters are off; they would hide"
    ctx.desk.answer(Answer(f"{title}{_count(desk.hidden)}:", lines))


def _count(lines: int) -> str:
    return f" {'1 line' if lines == 1 else f'{lines:,} lines'} here" if lines > 0 else ""


def _done(ctx: Context, made: Filter, lines: int) -> str:
    """Return what is told of a new rule, which hides some lines; a name that nobody has may be a mistyped one."""
    told = f"Hidden from now on: {in_words(made)}, but for what is yours or names you."
    if made.kind == "from" and lines <= 0:
        key = name_key(made.what)
        if not any(key == name_key(each.name) for each in ctx.here.members.members):
            return f"{told} Nobody here is called {drawable_line(made.what)} so far."
    return f"{told}{_count(lines)}." if lines > 0 else told


def _made(text: str, here: str) -> Filter:
    """Return the rule that some words mean. Raises: UsageFault."""
    first, _, rest = text.partition(" ")
    where = here
    if first.casefold() == "everywhere":
        where, text = "", rest.strip()
    elif first.casefold() == "here" and rest:
        text = rest.strip()
    text = clean_line(text).strip()
    if len(text) > 2 and text[0] == text[-1] == '"':
        text = text[1:-1]
    elif text.casefold() in _JOINS:
        return Filter("joins", where=where)
    elif text.startswith("@") and " " not in text:
        return Filter("from", check_account_name(text[1:]), where)
    if not text:
        raise UsageFault("Say what to hide: joins, @somebody, or some words.")
    if len(text) > CHARS:
        raise UsageFault(f"A filter has up to {CHARS} characters.")
    return Filter("text", text, where)


def _named(rules: Sequence[Filter], text: str) -> Filter:
    """Return the rule that is meant by its number in the list, or by what it hides. Raises: UsageFault."""
    text = text.strip()
    if at := number_in(text, len(rules)):
        return rules[at - 1]
    key = name_key(text.removeprefix("@"))
    found = [each for each in rules if key and (name_key(each.what) == key or (each.kind == "joins" and key in _JOINS))]
    if len(found) != 1:
        shown = drawable_line(text[:40]) or "Nothing"
        raise UsageFault(f"{shown} is none of your filters; /filter lists them, /filter remove 1 ends the first.")
    return found[0]
