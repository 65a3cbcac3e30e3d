"""A bot that throws dice: `!roll` or `!roll 2d6`, in #games.

CHAT_BOT_TOKEN=$(chat-core users add --bot dice) CHAT_BOT_NAME=dice CHAT_BOT_SERVER=127.0.0.1 python dice_bot.py
"""

from __future__ import annotations

import random
import re

from chat_core.client import Bot, Heard, Joined

bot = Bot.of_environment(channels=["games"])
chance = random.SystemRandom()


@bot.command("roll")
async def roll(heard: Heard, rest: str) -> str:
    """Throw some dice."""
    asked = re.fullmatch(r"(\d{1,2})?d(\d{1,4})", rest or "d6")
    if asked is None or not int(asked[2]):
        return "Say how many and which: !roll 2d6"
    thrown = [chance.randint(1, int(asked[2])) for _ in range(int(asked[1] or 1))]
    return f"{heard.name} throws {' + '.join(map(str, thrown))} = {sum(thrown)}"


@bot.on_join
async def welcome(joined: Joined) -> None:
    """Say what one can do here."""
    joined.say(f"Welcome, {joined.name}: !roll throws a die.")


if __name__ == "__main__":
    bot.run()
