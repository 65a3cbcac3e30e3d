"""Webhooks of a channel: made, listed, removed."""

from __future__ import annotations

from chat_core.base.errors import UsageFault
from chat_core.base.names import check_channel_name
from chat_core.base.numbers import number_in
from chat_core.client.state.model import ConversationState
from chat_core.protocol.requests.hooks import ListHooks, MakeHook, RemoveHook
from chat_tui.commands.arguments_of_rest import HookAct
from chat_tui.commands.command import command
from chat_tui.commands.context import Answer, Context
from chat_tui.commands.tables import pair_lines
from chat_tui.views.clean import drawable_line
from chat_tui.views.lines import Line, Span
from chat_tui.views.when import local


@command("webhook", aliases=("webhooks",), example="/webhook create #ops grafana")
async def webhook(ctx: Context, act: HookAct) -> None:
    """Make, list or remove webhooks: addresses at which other programs write here.

    They write in the form that Slack takes. `create` tells the address once: whoever knows it writes here. The name is
    what the messages stand under; without one it is made of the channel's. `remove` takes the number that `list` shows.
    """
    verb, _, rest = act.strip().partition(" ")
    channel, words = _where(ctx, rest.split())
    match verb.casefold():
        case "create":
            await _create(ctx, channel, words)
        case "list" | "":
            await _list(ctx, channel, words)
        case "remove":
            await _remove(ctx, channel, words)
        case _:
            raise UsageFault(f"'{verb[:40]}' is none of create, list and remove.")


async def _create(ctx: Context, channel: ConversationState, words: list[str]) -> None:
    if len(words) > 1:
        raise UsageFault(f"'{words[1][:40]}' is too much here: the name of a webhook is one word.")
    name = words[0] if words else f"{channel.info.name}-hook"
    made = await ctx.calls.call(MakeHook(conversation=channel.id, name=name))
    ctx.desk.answer(
        Answer(
            drawable_line(f"Webhook {made.hook.id} writes into {channel.target} as {made.hook.name}:"),
            (
                Line((Span(drawable_line(made.url), "strong"),)),
                Line((Span("This is shown once. Keep it secret: whoever knows it writes here.", "muted"),)),
            ),
        )
    )


async def _list(ctx: Context, channel: ConversationState, words: list[str]) -> None:
    if words:
        raise UsageFault(f"'{words[0][:40]}' is too much here.")
    found = await ctx.calls.call(ListHooks(conversation=channel.id))
    pairs = [
        (f"{hook.id}  {drawable_line(hook.name)}", drawable_line(f"made by {hook.by}, {local(hook.ts, None):%Y-%m-%d}"))
        for hook in found.hooks
    ]
    many = f"{len(pairs)} webhook{'s' * (len(pairs) != 1)}" if pairs else "no webhooks"
    ctx.desk.answer(Answer(drawable_line(f"{channel.target}: {many}"), pair_lines(pairs)))


async def _remove(ctx: Context, channel: ConversationState, words: list[str]) -> None:
    number = number_in(words[0]) if len(words) == 1 else None
    if not number:
        raise UsageFault("Say which one by its number; /webhook list shows them.")
    await ctx.calls.call(RemoveHook(conversation=channel.id, hook=number))
    ctx.desk.answer(Answer(drawable_line(f"Webhook {number} of {channel.target} is gone: its address is worthless.")))


def _where(ctx: Context, words: list[str]) -> tuple[ConversationState, list[str]]:
    """Return the channel that is meant, the one on the screen if none is named, and the other words."""
    if words and words[0].startswith("#"):
        found, words = ctx.find("#" + check_channel_name(words[0])), words[1:]
    else:
        found = ctx.here
    if found.info.kind != "channel":
        raise UsageFault("Only a channel has webhooks: name one, as in /webhook list #ops.")
    return found, words
