"""What a channel's `settings` column holds, and its rules as a value: the columns and this together. Pure.

A setting that posting must look at for each message has a column; what is looked at seldom is packed.
"""

from __future__ import annotations

from collections.abc import Mapping
from sys import intern
from typing import Any, Final, Protocol

import msgspec

from chat_core.protocol.values import ChannelRole, Rules, Visibility
from chat_core.server.manners import Own, own_from


class Settings(msgspec.Struct, frozen=True, omit_defaults=True):
    """The packed part; a field that is not there has its default."""

    topic_by: ChannelRole = "member"
    locked_until: int | None = None
    manners: dict[str, bool | int | str] = {}  # msgspec gives each its own
    """What the channel sets of moderation, for itself."""


DELETED: Final = Rules(visibility="invite", archived=True)
"""What holds in what stays of a deleted channel: nobody finds it, nobody writes there."""


def is_deleted(kind: str, name: str | None) -> bool:
    """Return whether a conversation is what stays of a deleted channel: a row without a name, whose log is empty."""
    return kind == "channel" and name is None


class RuledRow(Protocol):
    """A row with a channel's rules."""

    @property
    def visibility(self) -> Visibility:
        """Column."""
        ...

    @property
    def moderated(self) -> bool:
        """Column."""
        ...

    @property
    def locked(self) -> bool:
        """Column."""
        ...

    @property
    def archived(self) -> bool:
        """Column."""
        ...

    @property
    def slow_s(self) -> int:
        """Column."""
        ...

    @property
    def settings(self) -> bytes:
        """Column."""
        ...


_NONE: Final = Settings()
_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(Settings).decode


def unpack_settings(packed: bytes) -> Settings:
    """Return what a column holds; nothing: all defaults."""
    return _unpack(packed) if packed else _NONE


def rules_of(row: RuledRow) -> Rules:
    """Return the rules in a row; what has its default is the default itself, so that it does not travel."""
    packed = unpack_settings(row.settings)
    visibility: Any = intern(row.visibility)
    topic_by: Any = intern(packed.topic_by)
    return Rules(
        visibility=visibility,
        moderated=row.moderated,
        locked=row.locked,
        locked_until=packed.locked_until,
        archived=row.archived,
        slow_s=row.slow_s,
        topic_by=topic_by,
    )


def manners_of(packed: bytes) -> Own:
    """Return what a channel sets of moderation, by the column `settings`."""
    return own_from(unpack_settings(packed).manners) if packed else ()


def pack_manners(own: Mapping[str, bool | int | str], packed: bytes) -> bytes:
    """Return the column `settings` with other settings of moderation; what else is packed stays."""
    settings = msgspec.structs.replace(unpack_settings(packed), manners=dict(own))
    return b"" if settings == _NONE else _pack(settings)


def columns_of(rules: Rules, packed: bytes) -> dict[str, object]:
    """Return the columns that say these rules; what else is packed stays.

    Args:
        rules: the new ones.
        packed: the column `settings` as it is.
    """
    settings = msgspec.structs.replace(
        unpack_settings(packed), topic_by=rules.topic_by, locked_until=rules.locked_until
    )
    return {
        "visibility": rules.visibility,
        "moderated": rules.moderated,
        "locked": rules.locked,
        "archived": rules.archived,
        "slow_s": rules.slow_s,
        "settings": b"" if settings == _NONE else _pack(settings),
    }
