"""A world to look at: a server of its own, and bots in it that talk. They use the client library and nothing else."""
