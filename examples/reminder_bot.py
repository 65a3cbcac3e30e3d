"""A bot that reminds: `!remind 10m tea` in any conversation it is in. What is pending ends with it.

CHAT_BOT_TOKEN=$(chat-core users add --bot clock) CHAT_BOT_NAME=clock CHAT_BOT_SERVER=127.0.0.1 python reminder_bot.py
"""

from __future__ import annotations

import asyncio

from chat_core.base.durations import in_words, is_duration, parse_duration
from chat_core.client import Bot, Heard

bot = Bot.of_environment()


@bot.command("remind")
async def remind(heard: Heard, rest: str) -> str:
    """Say something again, later; each reminder is a handler of its own that waits."""
    length, _, what = rest.partition(" ")
    if not is_duration(length) or not what.strip():
        return "Say when and of what: !remind 10m tea"
    seconds = parse_duration(length)
    await heard.answer(f"In {in_words(seconds)}, then.")
    await asyncio.sleep(seconds)
    return f"@{heard.name}: {what.strip()}"


if __name__ == "__main__":
    bot.run()
