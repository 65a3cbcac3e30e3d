"""What of each conversation alerts on a server while it is open, for both clients; see `notify_rules`."""

from __future__ import annotations

import asyncio
from pathlib import Path

from chat_core.client.state.model import ClientState, ConversationState
from chat_tui import notify_rules
from chat_tui.kept_names import followed, found, place_of
from chat_tui.notify_rules import Rule


class AlertRules:
    """They.

    Args:
        memory: folder of the server, where they are kept; None: they end with the program.
    """

    def __init__(self, memory: Path | None) -> None:
        self._memory = memory
        self._rules: dict[str, Rule] = dict(notify_rules.load(memory)) if memory is not None else {}
        self._replaced: dict[str, str] = {}

    def of(self, conversation: ConversationState, epoch: str) -> Rule:
        """Return the rule of a conversation in a store."""
        place = place_of(conversation, epoch)
        rule = self._rules.get(place.kept)
        if rule is not None or not place.number:
            return rule or "mentions"
        name = found(self._rules, place)
        return "mentions" if name is None else self._rules[name]

    def follow(self, state: ClientState) -> None:
        """Call every place as it is called now; that is written with the next rule, or at the end."""
        replaced = followed(self._rules, state)
        if replaced:
            self._rules = {replaced.get(name, name): rule for name, rule in self._rules.items()}
            self._replaced |= replaced

    async def put(self, conversation: ConversationState, epoch: str, rule: Rule) -> None:
        """Let a conversation have a rule. Raises: OSError: it cannot be written, and is so for now only."""
        place = place_of(conversation, epoch)
        before = found(self._rules, place)
        if before is not None and before != place.kept:
            del self._rules[before]
            self._replaced[before] = place.kept
        self._rules[place.kept] = rule
        await self._save({place.kept: rule})

    async def end(self) -> None:
        """Write what follows by number now. Raises: OSError."""
        if self._replaced:
            await self._save({})

    async def _save(self, changed: notify_rules.Rules) -> None:
        if self._memory is None:
            return
        replaced, self._replaced = self._replaced, {}
        moved = {new: self._rules[new] for new in replaced.values() if new in self._rules}
        self._rules = dict(await asyncio.to_thread(notify_rules.save, self._memory, {**moved, **changed}, {*replaced}))
