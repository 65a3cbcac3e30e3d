"""`python -m chat_tui` is `chat-tui`."""

from chat_tui.entry import main

main()
