"""Proofs of who somebody is: passwords as they are stored and compared, tokens and invite codes."""
