"""What of each conversation alerts, in a file of this computer."""

from __future__ import annotations

from pathlib import Path

from chat_tui import notify_rules


def test_rules_of_two_clients_in_one_home_are_all_kept(home: Path) -> None:
    notify_rules.save(home, {"#dev": "all"})

    assert notify_rules.save(home, {"#ops": "none"}) == {"#dev": "all", "#ops": "none"}
    notify_rules.save(home, {"#dev": "mentions"})

    assert notify_rules.load(home) == {"#dev": "mentions", "#ops": "none"}


def test_rules_of_a_broken_file_are_none(home: Path) -> None:
    (home / "notify.json").write_bytes(b'{"#dev": "\xff"}')

    assert notify_rules.load(home) == {}
