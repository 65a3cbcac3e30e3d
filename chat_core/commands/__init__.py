"""Commands of `chat-core` that need parts of a server, a file for each group; each imports them when it runs."""
