"""Every way in which what a server shows meets what is known of it."""

from __future__ import annotations

import pytest

from chat_core.client.trust.decision import Known, Shown, Verdict, decide, needs_authority, to_remember

PINNED, VOUCHED = Known("first use", "a"), Known("authority")


@pytest.mark.parametrize(
    ("shown", "known", "link", "verdict"),
    [
        # nobody knows it yet
        (Shown("a"), None, "", Verdict.UNKNOWN),
        (Shown("a"), None, "a", Verdict.TRUSTED),
        (Shown("b"), None, "a", Verdict.NOT_OF_LINK),
        (Shown("a", vouched=True), None, "", Verdict.TRUSTED),
        (Shown("b", vouched=True), None, "a", Verdict.NOT_OF_LINK),
        # its key is pinned
        (Shown("a"), PINNED, "", Verdict.TRUSTED),
        (Shown("a"), PINNED, "a", Verdict.TRUSTED),
        (Shown("a"), PINNED, "b", Verdict.NOT_OF_LINK),
        (Shown("b"), PINNED, "", Verdict.CHANGED),
        (Shown("b"), PINNED, "b", Verdict.CHANGED),
        (Shown("b", vouched=True), PINNED, "", Verdict.CHANGED),
        # an authority vouched for it
        (Shown("a", vouched=True), VOUCHED, "", Verdict.TRUSTED),
        (Shown("a", vouched=True), VOUCHED, "a", Verdict.TRUSTED),
        (Shown("a", vouched=True), VOUCHED, "b", Verdict.NOT_OF_LINK),
        (Shown("a"), VOUCHED, "", Verdict.CHANGED),
        (Shown("a"), VOUCHED, "a", Verdict.CHANGED),
    ],
)
def test_decision_follows_the_strongest_that_is_known(
    shown: Shown, known: Known | None, link: str, verdict: Verdict
) -> None:
    assert decide(shown, known, link) is verdict


@pytest.mark.parametrize(
    ("known", "link", "asked"),
    [(None, "", True), (None, "a", False), (PINNED, "", False), (PINNED, "a", False), (VOUCHED, "a", True)],
)
def test_authority_is_asked_only_where_no_pin_decides(known: Known | None, link: str, asked: bool) -> None:
    assert needs_authority(known, link) is asked


def test_trusted_server_is_remembered_by_what_spoke_for_it() -> None:
    assert to_remember(Shown("a"), None, "a") == Known("link", "a")
    assert to_remember(Shown("a", vouched=True), None) == Known("authority")
    assert to_remember(Shown("a"), PINNED, "a") is None
    assert to_remember(Shown("a", vouched=True), VOUCHED) is None
