"""Names as somebody gave them, in the form in which they are kept; what is no name is refused. Holds no rule."""

from __future__ import annotations

from collections.abc import Callable

from chat_core.base.errors import UsageFault
from chat_core.base.names import check_account_name, check_channel_name, spell_account_name
from chat_core.protocol.codes import Refusal
from chat_core.server.store.base import Refused


def spelled(account: str) -> str:
    """Return the name of an account that may be there, with or without its @. Raises: Refused `bad_name`."""
    return _kept(spell_account_name, account.removeprefix("@"))


def checked(account: str) -> str:
    """Return a name that an account may take. Raises: Refused `bad_name`."""
    return _kept(check_account_name, account)


def checked_channel(channel: str) -> str:
    """Return the name of a channel, given with or without its #. Raises: Refused `bad_name`."""
    return _kept(check_channel_name, channel)


def _kept(rule: Callable[[str], str], name: str) -> str:
    try:
        return rule(name)
    except UsageFault as fault:
        raise Refused(Refusal.BAD_NAME, str(fault)) from fault
