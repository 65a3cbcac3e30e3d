"""The main screen as it notices what is worth a sound: by the rule of each conversation. What is done then, the
application decides, which knows the window and the settings.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from typing_extensions import override

from chat_core.base.errors import ChatError
from chat_core.client.state.changes import Batch
from chat_core.client.state.model import ConversationState
from chat_tui import notify_rules
from chat_tui.commands.context import Answer
from chat_tui.highlighter import Highlighter
from chat_tui.messages import AlertWanted
from chat_tui.screens.finding import Finding
from chat_tui.views.alerts import Rule, alert_of

_IN_WORDS: Final[dict[Rule, str]] = {
    "all": "every message alerts you",
    "mentions": "messages that name you, what few people say to each other and threads you follow alert you",
    "none": "nothing alerts you",
}


class Alerting(Finding):
    """What belongs to that."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._rules = dict(notify_rules.load(self._memory)) if self._memory is not None else {}
        self.bridge.lens = Highlighter(lambda: self.words).seen

    @override
    def take(self, batch: Batch) -> None:
        """See ChatView."""
        super().take(batch)
        alert = alert_of(batch, self._rule_of, self.words)
        if alert is not None and self.is_mounted:
            self.post_message(AlertWanted(alert, self.title_here))

    def _rule_of(self, conversation: ConversationState) -> Rule:
        return self._rules.get(conversation.target, "mentions")

    @override
    async def alert_by(self, conversation: ConversationState, rule: Rule | None) -> None:
        """See ChatView."""
        if rule is not None:
            self._rules[conversation.target] = rule
            await self._save_rules()
        self.answer(Answer(f"{conversation.target}: {_IN_WORDS[self._rule_of(conversation)]}."))

    async def _save_rules(self) -> None:
        if self._memory is not None:
            try:
                await asyncio.to_thread(notify_rules.save, self._memory, dict(self._rules))
            except OSError as error:
                raise ChatError(
                    f"{self._memory} cannot be written ({error.strerror}): it is so for now only."
                ) from error
