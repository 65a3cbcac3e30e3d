"""Commands about one's own way in: the devices that are signed in, and the password."""

from __future__ import annotations

from chat_core.base.errors import UsageFault
from chat_core.base.numbers import number_in
from chat_core.protocol.requests.signin import ChangePassword, ListDevices, RevokeDevice
from chat_core.protocol.values import Device
from chat_tui.commands.arguments_of_rest import Change
from chat_tui.commands.command import command
from chat_tui.commands.context import Answer, Context
from chat_tui.commands.tables import pair_lines
from chat_tui.views.clean import drawable_line
from chat_tui.views.when import since


@command("devices", example="/devices revoke 3")
async def devices(ctx: Context, change: Change = Change("")) -> None:
    """List the devices that are signed in to your account.

    `/devices revoke N` signs one of them out.
    """
    word, _, number = change.strip().partition(" ")
    device = number_in(number)
    if word and (word.casefold() != "revoke" or device is None):
        raise UsageFault("Write /devices, or /devices revoke N with a number of the list.")
    if device is not None:
        await ctx.calls.call(RevokeDevice(device=device))
        ctx.desk.answer(Answer(f"Device {number} is signed out."))
        return
    found = (await ctx.calls.call(ListDevices())).devices
    if not found:
        ctx.desk.answer(Answer("No device is signed in: your name alone was enough. /password changes that."))
        return
    pairs = [(str(device.id), _words(device, ctx.desk.now_ms())) for device in found]
    ctx.desk.answer(Answer("Your devices; /devices revoke N signs one out", pair_lines(pairs)))


@command("password", example="/password")
async def password(ctx: Context) -> None:
    """Change your password, or get your first one; your other devices are signed out.

    It is asked for in a form, and never stands in a line.
    """
    me = ctx.state.me
    if me is None:
        raise UsageFault("You are not signed in.")
    has_one = bool((await ctx.calls.call(ListDevices())).devices)
    labels = ("password so far", "new password") if has_one else ("new password",)
    given = await ctx.desk.secrets(f"A new password for {me.name}", labels)
    if given is None:
        ctx.desk.answer(Answer("Your password stays as it is."))
        return
    old, new = given if has_one else ("", given[0])
    await ctx.calls.call(ChangePassword(old=old, new=new))
    ctx.desk.answer(Answer("Your password is another one now; your other devices are signed out."))


def _words(device: Device, now_ms: int) -> str:
    marks = [word for word, holds in (("this one", device.here), ("online", device.online)) if holds]
    used = f"used {since(device.used, now_ms, None)}"
    return drawable_line(", ".join([device.label or "unnamed", used, *marks]))
