"""The generated parts of docs/permissions.md: who may make which request, as the registry and the rules say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from chat_core.protocol.requests.base import request_name
from chat_core.protocol.requests.catalog import DOMAINS
from chat_core.server import handlers
from chat_core.server.registry import ROUTES, Route
from chat_core.server.rules.permissions import Heard, Inside, Permission, Role, allowed
from docs.struct_tables import enumeration, table

assert handlers.__all__, "importing the handlers fills the registry"

YES: Final = "yes"
NO: Final = "–"
LOCAL: Final = "on the server's machine"
_PLACES: Final = ("no member", "member", "voice", "operator")


def role_table() -> str:
    """Return every request with the roles that may make it."""
    rows = []
    for requests in DOMAINS.values():
        for request in requests:
            needs = ROUTES[request].needs
            may = (_may(role, needs) for role in Role)
            rows.append((f"`{request_name(request)}`", f"`{needs}`", *may, _muted(ROUTES[request])))
    return table(("request", "permission", *Role, "while muted"), rows)


def channel_table() -> str:
    """Return every request that names a conversation, with who may make it in a moderated public channel."""
    rows = []
    for requests in DOMAINS.values():
        for request in requests:
            inside = ROUTES[request].inside
            if inside is not None:
                said = (YES if place in may_inside(inside) else NO for place in _PLACES)
                rows.append((f"`{request_name(request)}`", f"`{inside}`", *said))
    return table(("request", "needs", *_PLACES), rows)


def permission_table() -> str:
    """Return what each permission is."""
    return table(("permission", "meaning"), enumeration(Permission))


def inside_table() -> str:
    """Return what each need inside a conversation is."""
    return table(("needs", "meaning"), enumeration(Inside))


def may_inside(inside: Inside) -> tuple[str, ...]:
    """Return who may do in a moderated public channel what needs this."""
    first = {Inside.READER: 0, Inside.MEMBER: 1, Inside.SPEAKER: 2, Inside.OPERATOR: 3, Inside.MAKER: 4}[inside]
    return _PLACES[first:]


def _may(role: Role, needs: Permission) -> str:
    if allowed(role, needs):
        return YES
    return LOCAL if allowed(role, needs, local=True) else NO


def _muted(route: Route) -> str:
    """Return whether who is muted on the whole server may, as far as its role may."""
    if route.needs is Permission.OPEN:
        return NO
    if route.words:
        return f"without `{route.words}`"
    return {Heard.NO: YES, Heard.NEWS: "nothing new", Heard.ALWAYS: NO}[route.heard]


PARTS: Final[dict[str, Callable[[], str]]] = {
    "roles": role_table,
    "inside": channel_table,
    "permissions": permission_table,
    "needs": inside_table,
}
"""Parts of docs/permissions.md by the name in their marker."""
