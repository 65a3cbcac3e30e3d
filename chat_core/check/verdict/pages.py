"""P3 and P4 of pages: each is the fold of the log, without a hole, and the same for everybody."""

from __future__ import annotations

from msgspec.structs import replace

from chat_core.check.history import PageRead, Snapshot
from chat_core.check.truth import Dump
from chat_core.check.verdict.case import Case
from chat_core.check.verdict.folds import difference, is_fold, log_of


def on_page(case: Case, record: PageRead) -> None:
    """Take a page: it is in order, and each message on it is remembered once."""
    case.counted["pages"] += 1
    previous = 0
    for message in record.messages:
        if message.seq <= previous:
            case.found(
                "P3",
                "page out of order",
                f"{record.who} read a page at {record.at:.3f} s in which "
                f"{record.conversation}:{message.seq} stands behind {record.conversation}:{previous}.",
                record,
            )
        previous = message.seq
        case.shown.setdefault((record.epoch, record.conversation, message), record)
    ends = record.messages[:1] + record.messages[1:][-1:]
    case.pages.append((replace(record, messages=ends), len(record.messages)))


def judge_pages(case: Case) -> None:
    """P3 and P4: pages are the fold of the log, without a hole."""
    as_of: dict[tuple[str, int, int, int], tuple[Snapshot, PageRead]] = {}
    for (epoch, conversation, message), page in case.shown.items():
        lives = case.truth.lives(epoch)
        if case.truth.gone(epoch, conversation):
            continue
        if not any(is_fold(case, dump, conversation, message, message.changed) for dump in lives):
            case.found(
                "P4",
                "page is not the fold",
                f"{page.who} read {conversation}:{message.seq} at {page.at:.3f} s other than the log makes it "
                f"as of {message.changed}{difference(case, lives, conversation, message, message.changed)}.",
                _only(page, message.seq),
                *log_of(lives, conversation, message.seq),
            )
        same, other = as_of.setdefault((epoch, conversation, message.seq, message.changed), (message, page))
        if same != message and len(lives) < 2:
            case.found(
                "P3",
                "two pages",
                f"{other.who} and {page.who} read {conversation}:{message.seq} as of {message.changed} differently.",
                _only(other, message.seq),
                _only(page, message.seq),
            )
    for page, count in case.pages:
        lives = case.truth.lives(page.epoch)
        if not lives or (not page.messages and not page.at_start) or case.truth.gone(page.epoch, page.conversation):
            continue
        last = page.head if page.at_end and page.head else page.messages[-1].seq if page.messages else 0
        begun = [(dump, first) for dump in lives for first in _firsts(dump, page)]
        if not any(len(dump.between(page.conversation, first, last)) == count for dump, first in begun):
            first = page.messages[0].seq if page.messages else 0
            wanted = lives[-1].between(page.conversation, first, last)
            case.found(
                "P4",
                "hole in a page",
                f"{page.who} read {count} messages of {page.conversation}:{first} to {last} at {page.at:.3f} s, "
                f"but {len(wanted)} are stored.",
                page,
            )


def _firsts(dump: Dump, page: PageRead) -> list[int]:
    """Return where a page may begin; an empty one also where somebody came into the group, who reads from there on."""
    if page.messages:
        return [page.messages[0].seq]
    return [0, *(seq for seq in dump.came[page.conversation] if seq <= page.head)]


def _only(page: PageRead, seq: int) -> PageRead:
    return replace(page, messages=tuple(message for message in page.messages if message.seq == seq))
