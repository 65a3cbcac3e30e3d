"""Whom a client trusts: `decision` (pure) decides, `known` keeps it in a file, `connector` asks at each connect."""
