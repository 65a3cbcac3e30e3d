"""Names and words that are known here, for completion, and what lines of earlier systems mean. Knows no screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace as replace_fields

from chat_core.client.state.model import ClientState
from chat_tui.place_marks import Marks
from chat_tui.screens.places import Places

if TYPE_CHECKING:
    from chat_tui.commands.bound import Bound
    from chat_tui.commands.completing import Known
    from chat_tui.commands.line import Say


class Knowing:
    """See the module's head.

    Args:
        state: returns what is known of the server.
        places: where one is.
        servers: addresses that are known.
    """

    def __init__(self, state: Callable[[], ClientState], places: Places, servers: Sequence[str]) -> None:
        from chat_tui.commands.completing import Known

        self._state = state
        self._places = places
        self._servers = servers
        self._channels: tuple[str, ...] = ()
        self._made_of: tuple[ClientState, int | None, tuple[str, ...]] | None = None
        self._names = Known()
        self.marks: Callable[[], Marks] = dict
        """Returns the marks that there are."""

    def known(self) -> Known:
        """Return the names for completion."""
        from chat_tui.commands.completing import knowledge, mark_candidates

        made_of = (self._state(), self._places.shown, self._channels)
        if self._made_of is None or any(old is not new for old, new in zip(self._made_of, made_of, strict=True)):
            self._made_of = made_of
            self._names = knowledge(*made_of, self._servers)
        marks = self.marks()
        return replace_fields(self._names, marks=mark_candidates(marks)) if marks else self._names

    def learn_channels(self, names: Sequence[str]) -> None:
        """Remember names of channels."""
        self._channels = tuple(names)

    def classic(self, line: str) -> Bound | Say | None:
        """Return what a line of an earlier system means here. Raises: UsageFault."""
        from chat_tui.commands import registry

        me = self._state().me
        return registry.classic(line, me.name if me is not None else "")
