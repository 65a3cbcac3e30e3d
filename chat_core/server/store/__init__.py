"""The only truth: one append-only log for each conversation, and what is folded from it. `base` is the port."""
