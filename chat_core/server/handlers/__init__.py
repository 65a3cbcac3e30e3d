"""One file for each domain of requests; importing this package fills the registry."""

from chat_core.server.handlers import (
    accounts,
    attention,
    conversations,
    files,
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

__all__ = [
    "accounts",
    "attention",
    "conversations",
    "files",
    "hooks",
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
    "threads",
]
