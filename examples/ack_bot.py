"""A bot that answers alerts: it asks who takes one that a webhook posted, and notes who says `ack`.

CHAT_BOT_TOKEN=$(chat-core users add --bot oncall) CHAT_BOT_NAME=oncall CHAT_BOT_SERVER=127.0.0.1 python ack_bot.py
"""

from __future__ import annotations

from chat_core.client import Bot, Heard

bot = Bot.of_environment(channels=["ops"])
waiting: dict[int, list[Heard]] = {}
"""Alerts that nobody has taken, by the conversation they are in."""


@bot.on_message(r"(?i)\[?firing|alert|down\b", bots=True)
async def alerted(heard: Heard) -> None:
    """Ask who takes an alert; only programs send them."""
    if heard.event.bot:
        waiting.setdefault(heard.event.conversation, []).append(heard)
        await heard.answer("Who takes this? Say ack.", quote=True)


@bot.on_message(r"(?i)^ack\b")
async def acked(heard: Heard) -> str:
    """Note who takes what waits here."""
    taken = waiting.pop(heard.event.conversation, [])
    if not taken:
        return "No alert waits here."
    return f"{heard.name} takes {', '.join(alert.address for alert in taken)}."


if __name__ == "__main__":
    bot.run()
