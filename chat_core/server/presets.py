"""Presets: named sets of settings that stand in for the defaults, below whatever somebody sets by himself.

A value for a setting that this version does not have is written down all the same, and waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Preset = Mapping[tuple[str, str], Any]
"""Values by section and key."""

CLASSIC: Final[Preset] = {
    ("server", "motd"): "Welcome. /help lists the commands; those of earlier systems work too.",
    ("limits", "max_clients"): 4,
    ("limits", "idle_timeout_s"): 180.0,
    ("accounts", "registration"): "allowlist",
    ("accounts", "name_only"): "everywhere",
    ("moderation", "shouting"): "kick",
    ("moderation", "shouting_letters"): 1,
    ("moderation", "decay_s"): 0,
}
"""What the earlier systems did by themselves: few clients, three minutes, no shouting, names from a list."""

PRESETS: Final[Mapping[str, Preset]] = {"classic": CLASSIC}
"""Every preset by its name."""
