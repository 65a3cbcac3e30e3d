"""Who is not let in, and who is not heard, kept in memory: what must be known where nobody waits for the store.

The store decides on everything that is written; this only spares it those who knock at a closed door.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Protocol, TypeVar

from chat_core.base.ids import AccountId, ConversationId
from chat_core.server.defence.addresses import IPV6_BITS, network_of
from chat_core.server.rules import refusing

K = TypeVar("K")

EVERYWHERE: Final = 0
"""Stands for the whole server where a conversation is named."""


class Sanctioned(Protocol):
    """A mute or a ban, as the store tells of it."""

    @property
    def id(self) -> int:
        """Its number."""
        ...

    @property
    def kind(self) -> str:
        """`mute` or `ban`."""
        ...

    @property
    def conversation(self) -> ConversationId | None:
        """Where; None: everywhere."""
        ...

    @property
    def account(self) -> AccountId | None:
        """Whom it concerns."""
        ...

    @property
    def address(self) -> str | None:
        """Which address."""
        ...

    @property
    def until_ts(self) -> int | None:
        """When it ends by itself, milliseconds since 1970."""
        ...

    @property
    def reason(self) -> str:
        """Why."""
        ...

    @property
    def lifted(self) -> bool:
        """Whether it is over."""
        ...


class Bouncer:
    """See the module's head."""

    def __init__(self) -> None:
        self._accounts: dict[AccountId, dict[int, Sanctioned]] = {}
        self._addresses: dict[str, dict[int, Sanctioned]] = {}
        self._mutes: dict[tuple[int, AccountId], dict[int, Sanctioned]] = {}

    def learn(self, sanctions: Iterable[Sanctioned]) -> None:
        """Take over what is new, and forget what was lifted."""
        for sanction in sanctions:
            if sanction.kind == "mute" and sanction.account is not None:
                _put(self._mutes, (sanction.conversation or 0, sanction.account), sanction)
            elif sanction.kind == "ban" and sanction.conversation is None:
                if sanction.account is not None:
                    _put(self._accounts, sanction.account, sanction)
                if sanction.address is not None:
                    _put(self._addresses, sanction.address, sanction)

    def why_no_address(self, address: str | None, now_ms: int) -> str:
        """Return why nobody is let in from an address; empty: they are."""
        if not address or not self._addresses:
            return ""
        ban = _newest(self._addresses.get(address), now_ms)
        return "" if ban is None else refusing.address_banned(ban.until_ts, now_ms, ban.reason)

    def why_no_account(self, account: AccountId, now_ms: int) -> str:
        """Return why an account is not let in; empty: it is."""
        ban = _newest(self._accounts.get(account), now_ms)
        return "" if ban is None else refusing.banned("this server", ban.until_ts, now_ms, ban.reason)

    def is_muted(self, account: AccountId, conversation: int, now_ms: int) -> bool:
        """Return whether an account may not be heard in a conversation."""
        return bool(self._mutes and self.why_muted(account, conversation, now_ms))

    def why_muted(self, account: AccountId, conversation: int, now_ms: int) -> str:
        """Return why an account is not heard; empty: it is.

        Args:
            account: whose.
            conversation: where; `EVERYWHERE`: anywhere at all.
            now_ms: now, milliseconds since 1970.
        """
        for place, where in ((EVERYWHERE, "on this server"), (conversation, "here")):
            mute = _newest(self._mutes.get((place, account)), now_ms)
            if mute is not None:
                return refusing.muted(where, mute.until_ts, now_ms, mute.reason)
        return ""


def parse_ban(text: str) -> str | None:
    """Return the same for what a person writes: an address, or the network that a list of bans shows."""
    address, _, bits = text.strip().partition("/")
    return network_of(address) if bits in ("", str(IPV6_BITS)) else None


def bannable(addresses: Iterable[str | None], own: str | None) -> tuple[str, ...]:
    """Return the addresses that a ban of an account can be put on.

    Args:
        addresses: from which it is connected.
        own: from which the one is connected who bans: it would lock itself out.
    """
    spared = (None, "", own, "127.0.0.1", network_of("::1"))
    return tuple(sorted({address for address in addresses if address is not None and address not in spared}))


def _put(places: dict[K, dict[int, Sanctioned]], key: K, sanction: Sanctioned) -> None:
    if not sanction.lifted:
        places.setdefault(key, {})[sanction.id] = sanction
        return
    known = places.get(key)
    if known is not None:
        known.pop(sanction.id, None)
        if not known:
            del places[key]


def _newest(known: dict[int, Sanctioned] | None, now_ms: int) -> Sanctioned | None:
    """Return the newest one that is in force; those that are over are forgotten."""
    if not known:
        return None
    for number, sanction in list(known.items()):
        if sanction.until_ts is not None and now_ms >= sanction.until_ts:
            del known[number]
    return known[max(known)] if known else None
