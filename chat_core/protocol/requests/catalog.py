"""Every request by its name on the wire."""

from __future__ import annotations

from typing import Any, Final

from chat_core.protocol.requests import (
    accounts,
    attention,
    conversations,
    files,
    groups,
    hooks,
    marks,
    messages,
    moderation,
    order,
    people,
    presence,
    private,
    search,
    session,
    signin,
    threads,
)
from chat_core.protocol.requests.base import Request, request_name

DOMAINS: Final[dict[str, tuple[type[Request[Any]], ...]]] = {
    "session": session.REQUESTS,
    "signin": signin.REQUESTS,
    "accounts": accounts.REQUESTS,
    "people": people.REQUESTS,
    "conversations": conversations.REQUESTS,
    "groups": groups.REQUESTS,
    "messages": messages.REQUESTS,
    "presence": presence.REQUESTS,
    "files": files.REQUESTS,
    "threads": threads.REQUESTS,
    "attention": attention.REQUESTS,
    "marks": marks.REQUESTS,
    "private": private.REQUESTS,
    "order": order.REQUESTS,
    "moderation": moderation.REQUESTS,
    "search": search.REQUESTS,
    "hooks": hooks.REQUESTS,
}
"""Requests by domain, in the order of the documentation."""

REQUESTS: Final[dict[str, type[Request[Any]]]] = {
    request_name(request): request for domain in DOMAINS.values() for request in domain
}
"""Requests by the value of their `do`."""
