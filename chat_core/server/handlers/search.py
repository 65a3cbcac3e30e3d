"""Searching messages: from a query to what it means for the asker, and within what the asker may read."""

from __future__ import annotations

from collections.abc import Sequence

from chat_core.base.ids import AccountId
from chat_core.base.text import clean_line
from chat_core.protocol.codes import Refusal
from chat_core.protocol.limits import SEARCHES_PER_ACCOUNT, SEARCHES_PER_CONNECTION
from chat_core.protocol.requests.search import Search, SearchResults
from chat_core.protocol.values import SearchHit
from chat_core.server.context import Context
from chat_core.server.registry import handles
from chat_core.server.rules.permissions import Inside, Permission
from chat_core.server.store.access import readable
from chat_core.server.store.base import Reader, Refused, Searcher
from chat_core.server.store.conversations import Place
from chat_core.server.store.keys import MAX_SEQ
from chat_core.server.store.search.alternatives import BadQuery, Clause
from chat_core.server.store.search.query import Wanted, parse
from chat_core.server.store.searching import BadCursor, Choice, Phrase, Reach
from chat_core.server.store.searching import Search as StoreSearch


@handles(Search, needs=Permission.READ, cost=5, inside=Inside.READER)
async def search(ctx: Context, request: Search) -> SearchResults:
    """Find messages that the asker may read."""
    try:
        wanted = parse(request.query, request.zone_min)
    except BadQuery as fault:
        raise Refused(Refusal.BAD_QUERY, str(fault)) from fault
    session, account = ctx.session, ctx.account
    if session.searches >= SEARCHES_PER_CONNECTION:
        raise Refused(Refusal.BUSY, f"At most {SEARCHES_PER_CONNECTION} searches at once; wait for one of yours.", 1.0)
    if sum(each.searches for each in ctx.hub.sessions_of(account)) >= SEARCHES_PER_ACCOUNT:
        text = f"At most {SEARCHES_PER_ACCOUNT} searches at once on all your devices; wait for one of them."
        raise Refused(Refusal.BUSY, text, 1.0)

    def query(searcher: Searcher) -> SearchResults:
        places = _places(searcher, account, request, wanted)
        try:
            found = searcher.search(_meant(searcher, account, request, wanted, places))
        except BadCursor as fault:
            raise Refused(Refusal.BAD_REQUEST, "cursor: that is none of an answer to this search.") from fault
        by_number = {place.id: place for place in places}
        return SearchResults(
            hits=tuple(
                SearchHit(
                    conversation=hit.conversation,
                    target=by_number[hit.conversation].target,
                    message=hit.message,
                    spans=hit.spans,
                )
                for hit in found.hits
            ),
            cursor=found.cursor,
            partial=found.partial,
            behind=found.behind,
        )

    session.searches += 1
    try:
        return await ctx.store.search(query)
    finally:
        session.searches -= 1


def _places(reader: Reader, account: AccountId, request: Search, wanted: Wanted) -> Sequence[Place]:
    """Return where to look: what is named, or else everything the asker is in. Raises: Refused `no_conversation`."""
    if request.conversation is not None:
        only = reader.readable(account, request.conversation)
        others = {reader.readable(account, ref).id for ref in wanted.places}
        return [only] if not others or only.id in others else []
    if not wanted.places:
        return reader.places_of(account)
    return list({place.id: place for place in (reader.readable(account, ref) for ref in wanted.places)}.values())


def _meant(reader: Reader, account: AccountId, request: Search, wanted: Wanted, places: Sequence[Place]) -> StoreSearch:
    """Return what the store is to look for. Raises: Refused `no_account`, `no_conversation`."""
    return StoreSearch(
        phrases=tuple(wanted.phrases),
        either=tuple(_choice(choice, account) for choice in wanted.either),
        authors=tuple(dict.fromkeys(_author(reader, account, name) for name in wanted.authors)),
        called=account if wanted.mentions_me else None,
        link=wanted.link,
        since_ms=wanted.since_ms,
        until_ms=wanted.until_ms,
        reaches=tuple(_reach(place) for place in places),
        ranked=request.ranked,
        limit=request.limit,
        cursor=request.cursor,
        asker=account,
    )


def _choice(clause: Clause, account: AccountId) -> Choice:
    """Return a choice with whoever asks in it."""
    phrases = tuple(each for each in clause if isinstance(each, Phrase))
    return Choice(phrases, account if "me" in clause else None)


def _author(reader: Reader, account: AccountId, name: str) -> AccountId:
    if name.lower() == "me":
        return account
    found = reader.account_named(name)
    if found is None:
        raise Refused(Refusal.NO_ACCOUNT, f"There is no account '{clean_line(name[:64])}'.")
    return AccountId(found.id)


def _reach(place: Place) -> Reach:
    bounds = readable(place)
    return Reach(place.id, bounds.after + 1, MAX_SEQ if bounds.upto is None else bounds.upto, place.head)
