"""Webhooks: an HTTP server of its own that turns what other programs POST into messages."""
