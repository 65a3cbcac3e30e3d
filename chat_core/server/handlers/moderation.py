"""What is moderated in a channel: shown to its operators, and changed by them."""

from __future__ import annotations

from typing import Final

from chat_core.base.settings import SettingsFault, as_typed, keys_of
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.base import Done
from chat_core.protocol.requests.moderation import ListModeration, Moderation, SetModeration
from chat_core.protocol.values import ModerationSetting
from chat_core.server.config import Settings
from chat_core.server.context import Context
from chat_core.server.manners import NAMES, with_own
from chat_core.server.registry import handles
from chat_core.server.rules.permissions import Inside, Permission, only_operators, operates
from chat_core.server.store.acts import ChangeManners
from chat_core.server.store.base import Reader, Refused

_KEYS: Final = {key.name: key for key in keys_of(Settings) if key.section == "moderation"}


@handles(ListModeration, needs=Permission.OPERATE, inside=Inside.OPERATOR)
async def list_moderation(ctx: Context, request: ListModeration) -> Moderation:
    """List what is moderated in a channel."""
    account = ctx.account

    def query(reader: Reader) -> Moderation:
        place = reader.find(account, request.conversation)
        [asker] = reader.accounts([account])
        if place.kind != "channel" or not operates(asker.role, place.role):
            raise Refused(Refusal.NOT_ALLOWED, only_operators(None, "see what is moderated there"))
        own = reader.manners(place.id)
        manners, ours = with_own(ctx.services.moderation.manners, own), dict(own)
        return Moderation(
            settings=tuple(
                ModerationSetting(name=name, value=_as_text(getattr(manners, name)), own=name in ours) for name in NAMES
            )
        )

    return await ctx.store.read(query)


@handles(SetModeration, needs=Permission.OPERATE, inside=Inside.OPERATOR)
async def set_moderation(ctx: Context, request: SetModeration) -> Done:
    """Change one setting."""
    key = _KEYS.get(request.name)
    if key is None:
        raise Refused(Refusal.BAD_REQUEST, f"There is no such setting; there are {', '.join(NAMES)}.")
    value = None
    if request.value is not None:
        try:
            value = as_typed(key, request.value)
        except SettingsFault as fault:
            raise Refused(Refusal.BAD_REQUEST, str(fault)) from fault
    await ctx.store.write(ChangeManners(ctx.account, request.conversation, key.name, value, ctx.wall_ms()))
    return Done()


def _as_text(value: bool | int | str) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
