"""What is worth a sound: by the rule of each conversation. What is done then, the application decides, which knows the
window and the settings.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from typing_extensions import override

from chat_core.base.errors import ChatError
from chat_core.client.state.changes import Batch
from chat_core.client.state.model import ConversationState
from chat_tui.alert_rules import AlertRules
from chat_tui.commands.context import Answer
from chat_tui.kept_names import is_about_list
from chat_tui.screens.parts import Part
from chat_tui.views.alerts import Alert, Rule, alert_of
from chat_tui.views.filtering import Hiding
from chat_tui.views.names import in_sentence

_IN_WORDS: Final[dict[Rule, str]] = {
    "all": "every message alerts you",
    "mentions": "messages that name you, what few people say to each other and threads you follow alert you",
    "none": "nothing alerts you",
}


class Alerting(Part):
    """See the module's head.

    Args:
        memory: folder of the server, where the rules are kept; None: they end with the screen.
        words: returns the highlight words.
        answer: tells the user something.
        alert: told what is worth a sound.
        hidden: returns what is hidden in a conversation.
    """

    def __init__(
        self,
        memory: Path | None,
        words: Callable[[], str],
        answer: Callable[[Answer], None],
        alert: Callable[[Alert], None],
        hidden: Callable[[ConversationState], Hiding | None] = lambda _: None,
    ) -> None:
        self._memory = memory
        self._words = words
        self._answer = answer
        self._alert = alert
        self._hidden = hidden
        self._rules = AlertRules(memory)
        self._epoch = ""

    @override
    def take(self, batch: Batch) -> None:
        """See Part."""
        self._epoch = batch.state.epoch
        if is_about_list(batch):
            self._rules.follow(batch.state)
        alert = alert_of(batch, self._rule_of, self._words(), self._hidden)
        if alert is not None:
            self._alert(alert)

    def _rule_of(self, conversation: ConversationState) -> Rule:
        return self._rules.of(conversation, self._epoch)

    async def alert_by(self, conversation: ConversationState, rule: Rule | None) -> None:
        """Tell what of a conversation alerts; with a rule: let it be so from now on. Raises: ChatError."""
        if rule is not None:
            try:
                await self._rules.put(conversation, self._epoch, rule)
            except OSError as error:
                raise ChatError(
                    f"{self._memory} cannot be written ({error.strerror}): it is so for now only."
                ) from error
        self._answer(Answer(f"{in_sentence(conversation.info)}: {_IN_WORDS[self._rule_of(conversation)]}."))

    @override
    async def end(self) -> None:
        """See Part."""
        with contextlib.suppress(OSError):
            await self._rules.end()
