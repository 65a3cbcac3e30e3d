"""One file for each domain of requests; importing this package fills the registry."""

from chat_core.server.handlers import (
    accounts,
    conversations,
    messages,
    moderation,
    order,
    people,
    private,
    search,
    session,
    signin,
    threads,
)

__all__ = [
    "accounts",
    "conversations",
    "messages",
    "moderation",
    "order",
    "people",
    "private",
    "search",
    "session",
    "signin",
    "threads",
]
