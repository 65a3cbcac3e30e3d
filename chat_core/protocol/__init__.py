"""The contract between client and server, as data: limits, codes, values, requests, events, envelopes, frames.

Pure: no I/O, no clock, no randomness. `docs/protocol.md` is its prose; the tables there are made from this package.
"""
