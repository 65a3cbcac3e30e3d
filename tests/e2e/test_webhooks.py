"""An alert comes by a webhook, is seen in the client, and a bot answers it: as the README tells, in real programs."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

from tests.integration.test_bots import example
from tests.integration.test_webhooks import FORM, ask
from tests.support.commands import run_tui
from tests.support.full_screen import open_client
from tests.support.processes import ServerProcess
from tests.support.wire import Wire

ALERT = {"username": "Grafana", "icon_emoji": ":fire:", "text": "[FIRING:1] DiskFull: /var on db-1 is 93 % full"}


def transcript() -> tuple[str, list[str]]:
    """Return what the README sends with curl, and the lines that it shows in the client, without their times."""
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    sent = re.search(r"\$ curl -d '(.+)'", readme)
    assert sent is not None
    shown = readme.partition("\n    ok\n")[2].partition("\nThis was taken from")[0]
    lines = [re.sub(r"^ *(\d\d:\d\d)? *", "", line).removesuffix("…") for line in shown.splitlines()]
    return sent[1], [line for line in lines if line]


async def test_alert_by_webhook_is_seen_in_the_client_and_answered_by_a_bot(home: Path) -> None:
    payload, shown = transcript()
    assert len(shown) == 5
    with (
        ServerProcess(home / "data", env={"CHAT_CORE_WEBHOOKS_LISTEN": "127.0.0.1:0"}) as server,
        open_client(server, "ann", home, width=120) as ann,
    ):
        ann.wait_for("#general")
        ann.say("/join ops")
        ann.wait_for("#ops")
        ann.say("/webhook create grafana")
        screen = ann.wait_for("/hooks/", "Keep it secret")
        found = re.search(r"http://\S+/hooks/[\w-]{43}", screen)
        assert found is not None, screen
        async with example(server, "ack_bot.py", "oncall"):
            ann.press("Escape")
            ann.wait_for("oncall")
            answer = await asyncio.to_thread(ask, found[0], payload, FORM)
            assert (answer.status, answer.text) == (200, "ok")
            ann.wait_for("Grafana BOT", "[FIRING:1] DiskFull", "oncall BOT", "Who takes this?")
            ann.say("ack")
            ann.wait_for(*shown)


def test_tail_and_history_mark_what_a_webhook_says(home: Path) -> None:
    with ServerProcess(home / "data", env={"CHAT_CORE_WEBHOOKS_LISTEN": "127.0.0.1:0"}) as server:
        to = ("--server", server.address, "--name", "ann")
        assert run_tui("send", "#ops", "first", *to).code == 0
        with Wire(server.port) as wire:
            wire.enter("ann")
            made = wire.call("make_hook", conversation="#ops", name="grafana")
        ask(made["url"], json.dumps(ALERT))
        tail = run_tui("tail", "#ops", "--since", "1", "--count", "1", *to)
        line = json.loads(run_tui("tail", "#ops", "--since", "1", "--count", "1", "--json", *to).out)
        history = run_tui("history", "#ops", "--last", "1", *to)

    assert "<🔥 Grafana BOT> [FIRING:1] DiskFull" in tail.out
    assert history.out == tail.out
    assert (line["author"], line["bot"], line["via"], line["kind"]) == ("grafana", True, "🔥 Grafana", "message")
