"""What is known of a history so far: who wanted, was told and saw what, and the truth. Judges nothing."""

from __future__ import annotations

from collections import Counter, defaultdict

from chat_core.base.text import clean_body
from chat_core.check.history import (
    Acked,
    Amended,
    Delivered,
    Discarded,
    Failed,
    PageRead,
    Placed,
    Posted,
    Posting,
    Record,
    Settled,
    Snapshot,
    Started,
    Stored,
)
from chat_core.check.truth import POSTED, Truth
from chat_core.check.verdict.findings import Counts, Findings, Promise


class Place:
    """Where the deliveries of one conversation to one client are."""

    __slots__ = ("began", "epoch", "last", "seq")

    def __init__(self, placed: Placed) -> None:
        self.epoch = placed.epoch
        self.seq = placed.seq
        self.began = placed.seq
        self.last: Record = placed


class Life:
    """One client, through all its lives."""

    def __init__(self, who: str) -> None:
        self.who = who
        self.account = 0
        self.number = 0
        self.durable = True
        self.started: Started | None = None
        self.ended = False
        self.places: dict[int, Place] = {}
        self.order: dict[int, dict[bytes, int]] = defaultdict(dict)
        """Of each conversation, what was posted, in order, with the life in which it was."""
        self.settled: dict[int, Settled] = {}


class Case:
    """One history, as far as it was taken."""

    def __init__(self) -> None:
        self.findings = Findings()
        self.truth = Truth()
        self.lives: dict[str, Life] = {}
        self.wished: dict[bytes, Posted | Posting] = {}
        self.taken: set[bytes] = set()
        self.fates: dict[bytes, Failed | Discarded] = {}
        self.acked: dict[tuple[str, bytes], Acked] = {}
        self.acked_ever: set[bytes] = set()
        self.acked_otherwise: list[tuple[Acked, Acked]] = []
        self.amended: list[Amended] = []
        self.seen: dict[tuple[str, int, int, bytes], Delivered] = {}
        self.seen_empty: dict[tuple[str, int, int, bytes], Delivered] = {}
        self.shown: dict[tuple[str, int, Snapshot], PageRead] = {}
        self.pages: list[tuple[PageRead, int]] = []
        self.counted: Counter[str] = Counter()
        self.resets: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()

    def life(self, who: str) -> Life:
        """Return a client; one that was never heard of begins."""
        life = self.lives.get(who)
        if life is None:
            life = self.lives[who] = Life(who)
        return life

    def found(self, promise: Promise, rule: str, text: str, *records: Record) -> None:
        """Note a violation.

        Args:
            promise: which one was broken.
            rule: a word for how.
            text: one sentence: who, when, what, where.
            records: the few that prove it.
        """
        self.findings.found(promise, rule, text, *records)

    def post_of(self, cid: bytes) -> tuple[Posted | Posting, ...]:
        """Return the record of who wanted a message, if anybody did."""
        post = self.wished.get(cid)
        return () if post is None else (post,)

    def posted_by(self, cid: bytes) -> str:
        """Return in words who wanted a message."""
        post = self.wished.get(cid)
        return "" if post is None else f"; {post.who} posted it once, at {post.at:.3f} s"

    def lost_body(self, event: Stored) -> str | None:
        """Return the text that an event had before it was deleted, if anybody knows it."""
        if event.kind == POSTED and (post := self.wished.get(event.cid)) is not None:
            return clean_body(post.body)
        seen = self.seen.get((event.epoch, event.conversation, event.seq, event.eid))
        return seen.body or None if seen is not None else None

    def counts(self) -> Counts:
        """Return how much was judged."""
        return Counts(
            clients=sum(life.started is not None for life in self.lives.values()),
            lives=sum(life.number for life in self.lives.values()),
            sends=self.counted["sends"],
            acks=self.counted["acks"],
            failed=len(self.fates),
            unsent=self.counted["unsent"],
            deliveries=self.counted["deliveries"],
            pages=self.counted["pages"],
            calls=self.counted["calls"],
            stored=len(self.truth.final().at),
            epochs=len({epoch for epoch, _ in self.truth.everything()}),
            resets=dict(self.resets),
            faults=dict(self.faults),
        )
