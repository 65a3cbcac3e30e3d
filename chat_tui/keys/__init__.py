"""Which key does what: one table, from which bindings, help and docs are made. And repairs of how keys are read."""

from chat_tui.keys.key import Key, Place, spelled
from chat_tui.keys.keymap import Keymap, keymap
from chat_tui.keys.table import KEYS, bindings

__all__ = ["KEYS", "Key", "Keymap", "Place", "bindings", "keymap", "spelled"]
