"""What payloads in Slack's form say: as Grafana, Alertmanager and GitLab send them, and as nobody should."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat_core.server.webhooks.slack import PayloadFault, plain, read_payload
from tests.support.examples import examples

PAYLOADS = Path(__file__).parents[3] / "support" / "payloads"
FORM = "application/x-www-form-urlencoded"


def said(name: str) -> tuple[str, str, str]:
    kind = FORM if name.endswith(".form") else "application/json"
    return read_payload(kind, (PAYLOADS / name).read_bytes())


def test_alert_of_grafana_says_its_title_and_text() -> None:
    text, name, icon = said("grafana.json")

    assert (name, icon) == ("Grafana", ":bar_chart:")
    link = "http://grafana.example.org:3000/alerting/grafana/f1a2/view?orgId=1"
    assert text.splitlines()[:4] == [
        f"[FIRING:1] DiskAlmostFull infra (db-1 /var critical) ({link})",
        "**Firing**",
        "",
        "Value: A=93.4, C=1",
    ]
    assert "alertmanager=grafana&matcher=alertname%3DDiskAlmostFull&matcher=instance%3Ddb-1" in text
    assert "is > 93 % full" in text


def test_alert_of_grafana_calls_whom_it_is_set_to_call() -> None:
    text, _, _ = said("grafana_calling.json")

    assert text.splitlines()[0] == "@here @S0614TZR7 @U024BE7LH"


def test_alert_of_alertmanager_says_its_text_and_fields() -> None:
    text, name, _ = said("alertmanager.json")

    assert name == "Alertmanager"
    assert text.splitlines() == [
        "[FIRING:2] InstanceDown (node prometheus) (http://alertmanager.example.org:9093/#/alerts?receiver=slack)",
        "*Alert:* db-1 down > 5m",
        "*Runbook:* runbook (https://wiki.example.org/runbooks/InstanceDown?a=1&b=2)",
        "Severity: critical",
        "Job: node",
    ]


def test_alert_of_alertmanager_without_templates_says_its_title() -> None:
    text, _, _ = said("alertmanager_default.json")

    link = "http://alertmanager.example.org:9093/#/alerts?receiver=slack"
    assert text == f"[FIRING:2] InstanceDown (node prometheus) ({link})"


def test_alert_of_alertmanager_in_blocks_says_them_and_not_its_short_text() -> None:
    text, name, _ = said("alertmanager_blocks.json")

    assert name == ""
    assert text.splitlines() == [
        "[FIRING:2] InstanceDown",
        "*Severity*",
        "critical",
        "*Job*",
        "node",
        "db-1 is down, see the runbook (https://wiki.example.org/down?a=1&b=2)",
    ]


def test_push_to_gitlab_comes_as_a_form_and_says_its_commits() -> None:
    text, name, _ = said("gitlab_push.form")

    assert name == "GitLab"
    at = "https://gitlab.example.org/team/chat"
    assert text.splitlines() == [
        f"Ann Example (ann) pushed to branch main ({at}/-/commits/main) of Team / chat ({at})"
        f" (Compare changes ({at}/-/compare/1a2b...3c4d))",
        f"3c4d5e6f ({at}/-/commit/3c4d): Count a & b - Ann Example",
        "",
        f"2b3c4d5e ({at}/-/commit/2b3c): Mend the scale - Ann Example",
    ]


def test_pipeline_of_gitlab_says_title_and_fields() -> None:
    text, _, _ = said("gitlab_pipeline.form")

    at = "https://gitlab.example.org/team/chat/-"
    assert text.splitlines() == [
        f"Pipeline #42 has failed in 03:11 ({at}/pipelines/42/failures)",
        f"Branch: main ({at}/commits/main)",
        f"Commit: Count a & b ({at}/commit/3c4d)",
        f"Failed stage: test ({at}/pipelines/42/failures)",
        f"Failed jobs: types ({at}/jobs/8), unit ({at}/jobs/7)",
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("<http://x.org>", "http://x.org"),
        ("<http://x.org|http://x.org>", "http://x.org"),
        ("<http://x.org?a=1&amp;b=2|here>", "here (http://x.org?a=1&b=2)"),
        ("<mailto:ann@x.org|ann@x.org>", "ann@x.org"),
        ("<!here> <!channel> <@U1|ann> <#C1|ops> <@U2>", "@here @channel @ann #ops @U2"),
        ("<!here|here> <!channel|channel> <!subteam^S1> <!subteam^S1|@team>", "@here @channel @S1 @team"),
        ("<!date^1795871000^{date}|Saturday>", "Saturday"),
        ("a < b, <>, <\n>", "a < b, <>, <\n>"),
    ],
)
def test_markup_of_slack_becomes_text(given: str, expected: str) -> None:
    assert plain(given) == expected


def test_fallback_is_said_only_where_an_attachment_has_nothing_else() -> None:
    attachments = [
        {"fallback": "one"},
        {"fallback": "two", "text": "shown"},
        {"fallback": None, "fields": [{"value": 3}]},
    ]

    assert read_payload("", json.dumps({"attachments": attachments}).encode()).text == "one\nshown\n3"


def test_blocks_are_read_in_place_of_the_text() -> None:
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Deploy"}},
        {"type": "divider"},
        {"type": "section", "text": {"type": "mrkdwn", "text": "of <http://x|y>"}, "fields": [{"text": "f"}]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "c"}, {"type": "image"}, 7]},
        {"type": "odd", "text": 7, "fields": "no", "elements": {}},
        {"type": "rich_text", "elements": [{"elements": [{"elements": [{"text": "r"}, 7]}]}, {"elements": 7}]},
    ]

    assert read_payload("", json.dumps({"blocks": blocks}).encode()).text == "Deploy\nof y (http://x)\nf\nc\nr"
    with_text = read_payload("", json.dumps({"text": "short", "blocks": blocks}).encode())
    assert with_text.text == "Deploy\nof y (http://x)\nf\nc\nr"
    empty = read_payload("", json.dumps({"text": "short", "blocks": [{"type": "divider"}]}).encode())
    assert empty.text == "short"


@pytest.mark.parametrize(
    ("kind", "body", "why"),
    [
        ("application/json", b"", "cannot be read"),
        ("application/json", b"[]", "cannot be read"),
        ("application/json", b'{"text": 7}', "cannot be read"),
        ("application/json", b'{"text": "\xff"}', "cannot be read"),
        ("application/json", b'{"text": "  "}', "says nothing"),
        ("application/json", b'{"attachments": [{}]}', "says nothing"),
        ("application/json", b'{"blocks": ' + b"[" * 5000, "cannot be read"),
        (FORM, b"text=hello", "has no field `payload`"),
        (FORM, b"payload=%FF", "cannot be read"),
        (FORM, b"&".join([b"a=1"] * 200), "form cannot be read"),
    ],
)
def test_payload_that_says_nothing_is_refused_with_a_sentence(kind: str, body: bytes, why: str) -> None:
    with pytest.raises(PayloadFault, match=why) as refused:
        read_payload(kind, body)

    assert str(refused.value).endswith(".")


@settings(max_examples=examples(30))
@given(st.binary(max_size=200) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["text", "attachments", "blocks", "fields", "title", "x"]), inner, max_size=4),
    max_leaves=20,
).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_payload_of_any_bytes_is_read_or_refused(body: bytes) -> None:
    for kind in ("application/json", FORM):
        try:
            assert read_payload(kind, body).text.strip()
        except PayloadFault:
            continue
