"""Measures a server from outside: a load generator of its own, and templates for one that is written in C.

Speaks raw frames over plain sockets, so that what is measured is the server and not the client library.
"""
