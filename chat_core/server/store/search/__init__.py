"""Searching messages: from a text to words, from a query to what is meant by it, and the index of the SQLite store."""
