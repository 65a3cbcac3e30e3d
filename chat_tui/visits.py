"""Where somebody goes often and lately: one number for each place, which fades; and the file that keeps it.

Losing it costs nothing but the order of a list: a file that cannot be read counts as none. A client puts into it only
where it has been itself, for another one of the same person may have it open, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from chat_core.base.unreadable import UNREADABLE
from chat_core.client.state.model import ClientState
from chat_tui.kept_names import Place, followed, found, place_in
from chat_tui.storage import alone, replace

HALF_LIFE_MS: Final = 3 * 24 * 3_600_000
"""Time in which a visit comes to count half, in milliseconds."""

_FILE: Final = "visits.json"
_MOST: Final = 500


class Visits(msgspec.Struct, frozen=True):
    """How much each place counts, and when that was so."""

    places: Mapping[str, tuple[float, int]] = {}
    """Score and milliseconds since 1970, by what `kept_names` calls the place."""

    def visited(self, place: Place, now_ms: int) -> Visits:
        """Return these visits and one more."""
        return self.renamed(place).and_those(Visits({place.kept: (1.0, now_ms)}))

    def renamed(self, place: Place) -> Visits:
        """Return these visits, with a place called as it is called now."""
        name = found(self.places, place)
        if name in (None, place.kept):
            return self
        return Visits({place.kept if each == name else each: score for each, score in self.places.items()})

    def and_those(self, others: Visits) -> Visits:
        """Return these visits and others, each as late as it was: how much a place counts is a sum that fades."""
        now_ms = max((then_ms for each in (self, others) for _, then_ms in each.places.values()), default=0)
        places = {**self.places}
        for target, (_, then_ms) in others.places.items():
            latest_ms = max(then_ms, self.places.get(target, (0.0, 0))[1])
            places[target] = (self.score(target, latest_ms) + others.score(target, latest_ms), latest_ms)
        if len(places) > _MOST:
            fading = Visits(places)
            places = dict(sorted(places.items(), key=lambda each: -fading.score(each[0], now_ms))[:_MOST])
        return Visits(places)

    def followed(self, state: ClientState) -> Visits:
        """Return these visits with every place called as it is called now, which `score_of` counts on."""
        replaced = followed(self.places, state)
        return Visits({replaced.get(name, name): score for name, score in self.places.items()}) if replaced else self

    def score_of(self, place: Place, now_ms: int) -> float:
        """Return how much a place counts now."""
        return self.score(place.kept if place.kept in self.places else place.target, now_ms)

    def score(self, name: str, now_ms: int) -> float:
        """Return the same by what a place is called here."""
        score, then_ms = self.places.get(name, (0.0, now_ms))
        return float(score * 0.5 ** (max(0, now_ms - then_ms) / HALF_LIFE_MS))


def load(folder: Path) -> Visits:
    """Read what is remembered of a server."""
    try:
        return msgspec.json.decode((folder / _FILE).read_bytes(), type=Visits)
    except (OSError, *UNREADABLE):
        return Visits()


def add(folder: Path, made: Visits) -> None:
    """Put visits that were made since the last time into what is remembered of a server.

    Raises:
        OSError: it cannot be written.
    """
    if made.places:
        with alone(folder, _FILE):
            there = load(folder)
            for name in made.places:
                there = there.renamed(place_in(name))
            replace(folder, _FILE, msgspec.json.encode(there.and_those(made)))
