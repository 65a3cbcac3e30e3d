"""Whom a message mentions: names to members when it is stored, and rows that say so while it does.

Only members count: whoever is named and is not there could not read it. `@channel` is told by the message itself, so
that a call to 5,000 people is one write; `@here` names those who are here, where they are no more than can be named,
and is a call to everybody otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from chat_core.base.ids import AccountId, ConversationId
from chat_core.base.mentions import MAX_NAMES, NOBODY, Mentions, mentions_in
from chat_core.protocol.codes import Refusal
from chat_core.protocol.values import ChannelRole, Everyone, ServerRole, is_personal
from chat_core.server.rules.permissions import calls_everybody, only_operators
from chat_core.server.store.base import Refused
from chat_core.server.store.counting import pack_accounts
from chat_core.server.store.lookups import chunks
from chat_core.server.store.many import Many
from chat_core.server.store.schema import accounts, memberships, mentions, messages

_named = (
    select(accounts.c.name_key, accounts.c.id)
    .join_from(accounts, memberships, memberships.c.account == accounts.c.id)
    .where(
        memberships.c.conversation == bindparam("conversation"),
        memberships.c.until_seq.is_(None),
        accounts.c.name_key.in_(bindparam("some", expanding=True)),
    )
)
_among = select(memberships.c.account).where(
    memberships.c.conversation == bindparam("conversation"),
    memberships.c.until_seq.is_(None),
    memberships.c.account.in_(bindparam("some", expanding=True)),
)
_say = Many(
    update(messages)
    .where(messages.c.id == bindparam("key"))
    .values(mentions=bindparam("new_mentions"), everyone=bindparam("new_everyone")),
    "new_mentions",
    "new_everyone",
    "key",
)
_add = Many(
    insert(mentions).values(account=bindparam("account"), message=bindparam("message"), ts=bindparam("ts")),
    "account",
    "message",
    "ts",
)
_forget = delete(mentions).where(
    mentions.c.message == bindparam("key"), mentions.c.account.in_(bindparam("some", expanding=True))
)


class Called(NamedTuple):
    """Whom a stored message calls."""

    accounts: tuple[int, ...] = ()
    """Members that it names, without its author, by number."""
    everyone: Everyone = ""
    """Whom besides."""


NO_ONE = Called()


class Namesakes:
    """Members by the names in some texts: one query for each conversation that they go to.

    Args:
        connection: to the store.
        texts: what is said where.
    """

    def __init__(self, connection: Connection, texts: Iterable[tuple[ConversationId | None, str]]) -> None:
        self._connection = connection
        self._said: dict[str, Mentions] = {}
        wanted: dict[ConversationId, set[str]] = {}
        for conversation, body in texts:
            if "@" not in body or conversation is None:
                continue
            said = self._said[body] = mentions_in(body)
            if said.names:
                wanted.setdefault(conversation, set()).update(said.names)
        self._members = {
            (conversation, key): int(number)
            for conversation, names in wanted.items()
            for some in chunks(sorted(names))
            for key, number in connection.execute(_named, {"conversation": conversation, "some": some})
        }

    def called(
        self,
        conversation: ConversationId,
        kind: str,
        author: AccountId,
        body: str,
        roles: tuple[ServerRole, ChannelRole],
        here: frozenset[AccountId] | None = None,
    ) -> Called:
        """Return whom a text by a member calls.

        Args:
            conversation: where.
            kind: what that is.
            author: who says it.
            body: the text, one of those that were given.
            roles: the author's, on the server and there.
            here: who is here on the server; None: that is not known.

        Raises:
            Refused: `not_allowed`: it calls everybody, which its author may not.
        """
        said = self._said.get(body, NOBODY)
        if said is NOBODY:
            return NO_ONE
        found = {self._members.get((conversation, name)) for name in said.names} - {None, int(author)}
        named = {number for number in found if number is not None}
        everyone = _everyone(said, kind, roles)
        if everyone == "here" and here is not None:
            there = _members_among(self._connection, conversation, here - {author})
            if len(there) <= MAX_NAMES:
                named, everyone = named | there, ""
        return Called(tuple(sorted(named)), everyone)


def note(connection: Connection, rows: Sequence[tuple[int, int, Called]]) -> None:
    """Write whom new messages call: their keys, when they were posted, whom."""
    _say.run(connection, [(pack_accounts(called.accounts), called.everyone, key) for key, _, called in rows])
    _add.run(connection, [(account, key, ts) for key, ts, called in rows for account in called.accounts])


def change(connection: Connection, key: int, ts: int, before: tuple[int, ...], now: Called) -> None:
    """Write whom a message calls from now on.

    Args:
        connection: to the store.
        key: of the message.
        ts: when it was posted.
        before: whom it named.
        now: whom it calls.
    """
    gone = sorted(set(before) - set(now.accounts))
    if gone:
        connection.execute(_forget, {"key": key, "some": gone})
    _say.run(connection, [(pack_accounts(now.accounts), now.everyone, key)])
    _add.run(connection, [(account, key, ts) for account in now.accounts if account not in before])


def _members_among(connection: Connection, conversation: ConversationId, some: Iterable[AccountId]) -> set[int]:
    """Return which of some accounts are members; of more than can be named, any that are too many."""
    found: set[int] = set()
    for part in chunks(sorted(some)):
        found.update(connection.execute(_among, {"conversation": conversation, "some": part}).scalars())
        if len(found) > MAX_NAMES:
            break
    return found


def _everyone(said: Mentions, kind: str, roles: tuple[ServerRole, ChannelRole]) -> Everyone:
    if not (said.channel or said.here) or is_personal(kind):
        return ""  # every message is for everybody there
    word: Everyone = "channel" if said.channel else "here"
    if kind == "channel" and not calls_everybody(*roles):
        raise Refused(
            Refusal.NOT_ALLOWED,
            only_operators(None, f"call everybody with @{word}", voices=True)
            + " Name people, or write it without the @.",
        )
    return word
