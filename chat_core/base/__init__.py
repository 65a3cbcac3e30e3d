"""The bottom layer: errors, ids, clock, tasks, text and names. Knows nothing of chat traffic."""
