"""Every row of the keymap does what it says: its first key is pressed in the whole application, on a real server."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from chat_tui.keys import KEYS, Key
from tests.tui.support.keymap import CHECKS
from tests.tui.support.visiting import sitting

for _part in ("writing", "moving", "choosing", "panes"):
    import_module(f"tests.tui.support.keymap_{_part}")  # which declares its rows

ROWS = [key for key in KEYS if key.listed]


def test_every_row_of_the_keymap_is_shown() -> None:
    assert set(CHECKS) == {key.id for key in ROWS}


@pytest.mark.parametrize("key", ROWS, ids=lambda key: key.id)
async def test_key_does_what_its_row_says(key: Key, server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await CHECKS[key.id](me, key.keys.split(",")[0])
