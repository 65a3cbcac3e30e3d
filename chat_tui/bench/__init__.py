"""`chat-tui bench`: what the full-screen client takes, measured from outside, in a terminal, beside another program."""
