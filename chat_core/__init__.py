"""A chat server, its wire protocol and its client library.

Nothing is imported here on purpose: each command pays only for what it uses.
"""

__version__ = "0.1.0"
