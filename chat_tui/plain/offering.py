"""What Tab may make of a word in line mode: the same as everywhere, as words that begin with it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from chat_core.base.names import name_key
from chat_core.client.state.model import ClientState
from chat_tui.commands.completing import complete, knowledge
from chat_tui.commands.line import PREFIX
from chat_tui.plain.verbs import VERBS


def words_at(text: str, cursor: int, state: ClientState, shown: int | None, channels: Sequence[str]) -> list[str]:
    """Return what the word before the cursor may become.

    Args:
        text: all that is written.
        cursor: place in it.
        state: what the client knows.
        shown: the conversation one is in.
        channels: names of further channels.
    """
    before = text[:cursor]
    word = before.split(" ")[-1]
    found: list[str] = []
    if word == before.lstrip() and word.startswith(PREFIX):
        found += [PREFIX + verb.name for verb in VERBS if verb.name.startswith(word[1:].casefold())]
    completion = complete(text, cursor, knowledge(state, shown, channels), asked=True)
    for candidate in completion.candidates:
        if (
            name_key(candidate.text.lstrip("#@&")).startswith(name_key(word.lstrip("#@&")))
            and candidate.text not in found
        ):
            found.append(candidate.text)
    return found
