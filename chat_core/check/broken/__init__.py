"""Servers and clients that are broken on purpose, each in one way, so that the checker can be seen to find it.

Every variant is an honest fault: it is put in where a server is composed (`server.app.Parts`), or around a client's
storage, and nothing is written into the history that did not happen. `variants` lists them; each other file has those
of one subject. `python -m chat_core.check.broken VARIANT serve ...` is such a server.
"""
