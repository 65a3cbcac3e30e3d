"""Which key does what: one table, from which bindings, help and docs are made. And repairs of how keys are read."""

from chat_tui.keys.table import KEYS, Key, Place, bindings, spelled

__all__ = ["KEYS", "Key", "Place", "bindings", "spelled"]
