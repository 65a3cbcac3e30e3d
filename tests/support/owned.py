"""What requests name by number: whose each is, so that a test can put somebody else's there, or one that nobody has.

The fields come from the registry. One that holds a number or bytes and stands in none of the tables here makes
`numbered_fields` fail, so that a new request says whose its numbers are.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import inspect

from chat_core.protocol.requests.base import Request
from chat_core.protocol.requests.catalog import REQUESTS

PLACES: Final = ("conversation", "position", "positions")
"""Fields that name a conversation, or a place in one."""
THINGS: Final = {
    "revoke_device": ("device", "device"),
    "revoke_invite": ("invite", "invite"),
    "end_chat": ("number", "chat"),
    "remove_hook": ("hook", "hook"),
    "upload_chunk": ("upload", "upload"),
    "upload_finish": ("upload", "upload"),
    "upload_cancel": ("upload", "upload"),
}
"""Requests about something else that belongs to somebody: the field with its number, and what it is."""
SENDS: Final = ("cid",)
"""Fields that name a send of one's own."""
INSIDE: Final = ("seq", "thread", "reply_to", "after", "before", "around", "prev", "at")
"""Fields that mean something only in the conversation that is named beside them."""
OWN_LIST: Final = {"read_bookmarks": "before"}
"""Requests for a list of one's own: the field that says where in it to begin."""
HARMLESS: Final = (
    *("limit", "protocol", "cursor", "zone_min", "far_behind"),
    *("seconds", "lasts_s", "slow_s", "locked_s", "uses"),
    *("size", "offset", "data", "sha256"),
)
"""Fields that name nothing: how many, how long; a cursor, which holds no more than a place in a list; what is sent."""


def numbered_fields(kind: type[Request[Any]]) -> list[str]:
    """Return the fields of a request that hold numbers or bytes, at any depth; names of conversations count."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return [field.name for field in info.fields if _numbered(field.type)]


def of_field(field: str) -> list[type[Request[Any]]]:
    """Return the requests that have a field of this name, in the catalog's order."""
    return [kind for kind in REQUESTS.values() if field in kind.__struct_fields__]


def aimed(request: Request[Any], field: str, number: int | str) -> Request[Any]:
    """Return a request about another conversation, or thing."""
    value: Any = number
    if field == "position":
        value = msgspec.structs.replace(request.position, conversation=number)  # type: ignore[attr-defined]
    return msgspec.structs.replace(request, **{field: value})


def _numbered(info: inspect.Type) -> bool:
    match info:
        case inspect.IntType() | inspect.BytesType():
            return True
        case inspect.Metadata(type=inner) | inspect.VarTupleType(item_type=inner):
            return _numbered(inner)
        case inspect.UnionType(types=types) | inspect.TupleType(item_types=types):
            return any(map(_numbered, types))
        case inspect.StructType(fields=fields):
            return any(_numbered(field.type) for field in fields)
        case _:
            return False
