"""Moderation: rules for what is written, between the handlers and the store."""
