"""Whether a message is what was looked for, and where in it: what a search means; every index must agree with it.

Pure. What an index proposes is always looked at with this: an index may be a moment behind, a message that was edited
or deleted since is no hit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from chat_core.protocol.values import Message
from chat_core.server.store.search.facts import has_link
from chat_core.server.store.search.words import Word, goes_on, is_dense, words
from chat_core.server.store.searching import Choice, Phrase, Search, Span

_JOINER: Final = "\N{ZERO WIDTH JOINER}"
"""Makes one sign of several."""


def spans_in(search: Search, message: Message) -> tuple[Span, ...] | None:
    """Return what is to be highlighted in a message; None: it is no hit. Its conversation is not looked at."""
    if message.deleted or not _fits(search, message):
        return None
    if not search.phrases and not search.either:
        return ()
    find = finder(message.body)
    spans: list[Span] = []
    for choice in (*(Choice((phrase,)) for phrase in search.phrases), *search.either):
        there = [span for phrase in choice.phrases for span in find(phrase)]
        if not there and not (choice.called is not None and _calls(message, choice.called)):
            return None
        spans += there
    return _merged(spans, message.body)


def _fits(search: Search, message: Message) -> bool:
    """Return whether all but the words is as it was wanted."""
    return (
        (not search.authors or message.author in search.authors)
        and (search.since_ms is None or message.ts >= search.since_ms)
        and (search.until_ms is None or message.ts < search.until_ms)
        and (not search.link or has_link(message.body))
        and (search.called is None or _calls(message, search.called))
    )


def _calls(message: Message, account: int) -> bool:
    """Return whether a message calls an account, as when mentions are counted: by name, or with everybody."""
    return message.author != account and (bool(message.everyone) or account in message.mentions)


def finder(text: str) -> Callable[[Phrase], Iterator[Span]]:
    """Return what finds phrases in a text: in order, overlaps and all."""
    if text.isascii():
        return partial(_in_ascii, text=text.lower())
    return partial(among, found=words(text))


def _in_ascii(phrase: Phrase, text: str) -> Iterator[Span]:
    """Do what `among` does, in a text whose words are runs of letters and digits, without making words of all of it."""
    at = text.find(phrase.terms[0])
    while at >= 0:
        if (at == 0 or not text[at - 1].isalnum()) and (end := _end_in_ascii(phrase, text, at)):
            yield at, end
        at = text.find(phrase.terms[0], at + 1)


def _end_in_ascii(phrase: Phrase, text: str, at: int) -> int:
    """Return where a phrase ends that begins with the word at `at`; 0: another one stands there."""
    *lead, last = phrase.terms
    for term in lead:
        at = _next_word(text, at + len(term)) if text.startswith(term, at) else 0
        if not at:
            return 0
    end = _word_end(text, at)
    return end if text.startswith(last, at) and (phrase.prefix or end == at + len(last)) else 0


def _next_word(text: str, end: int) -> int:
    """Return where the word behind one begins that ends here; 0: none does, or it goes on."""
    at = end
    while at < len(text) and not text[at].isalnum():
        at += 1
    return at if end < at < len(text) else 0


def _word_end(text: str, at: int) -> int:
    while at < len(text) and text[at].isalnum():
        at += 1
    return at


def among(phrase: Phrase, found: Sequence[Word]) -> Iterator[Span]:
    """Iterate over where a phrase stands among the words of a text."""
    *lead, last = phrase.terms
    count = len(phrase.terms)
    for at in range(len(found) - count + 1):
        end = found[at + count - 1]
        ends = end.term.startswith(last) if phrase.prefix else end.term == last
        if ends and all(found[at + index].term == term for index, term in enumerate(lead)):
            # Of two characters that are one word, only the first was asked for.
            yield found[at].start, end.start + 1 if phrase.prefix and is_dense(last) else end.end


def _merged(spans: list[Span], body: str) -> tuple[Span, ...]:
    """Return spans in order, as far as what is drawn as one goes, and those that overlap or touch as one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        floor = merged[-1][1] if merged else 0
        if merged and end <= floor:
            continue
        if not body.isascii():
            start, end = _begin(body, start, floor), _end(body, end)
        if merged and start <= floor:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return tuple(merged)


def _begin(body: str, at: int, floor: int) -> int:
    """Return where what is drawn as one begins, not before `floor`: each character of a long body is seen once."""
    while at > floor and (body[at - 1] == _JOINER or goes_on(body[at])):
        at -= 1
    return at


def _end(body: str, at: int) -> int:
    while at < len(body) and (body[at - 1] == _JOINER or goes_on(body[at])):
        at += 1
    return at
