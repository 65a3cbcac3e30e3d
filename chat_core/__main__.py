"""`python -m chat_core` is `chat-core`."""

from chat_core.cli import main

if __name__ == "__main__":
    main()
