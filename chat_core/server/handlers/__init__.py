"""One file for each domain of requests; importing this package fills the registry."""

from chat_core.server.handlers import (
    accounts,
    conversations,
    files,
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
)

__all__ = [
    "accounts",
    "conversations",
    "files",
    "marks",
    "messages",
    "moderation",
    "order",
    "people",
    "presence",
    "private",
    "search",
    "session",
    "signin",
]
