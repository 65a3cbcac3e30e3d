"""The toolkit's compositor, which asks widgets only for lines that are going to be seen. Knows none of them.

The toolkit has every widget in the rectangle around all that changed draw all its lines: also those at the side that
did not change, and the panes behind them. This leans on its internals: that widgets come from front to back, and that
what a frame consists of are pieces of lines between `cuts`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip
from typing_extensions import override

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.screen import Screen

_Wanted = dict[int, set[int]]
"""By line, where the pieces begin that are still to be drawn."""


class SparingCompositor(Compositor):
    """It."""

    only: Callable[[], Region] | None = None
    """Returns the part of the screen that is drawn, while the rest is to show what it shows; None: all of it is."""

    @override
    def render_update(
        self, full: bool = False, screen_stack: list[Screen[Any]] | None = None, simplify: bool = False
    ) -> RenderableType | None:
        """See Compositor; what is exported (`simplify`) is always all of it."""
        if self.only is not None and not simplify:
            part = self.only()
            everything = full or self.size.region in self._dirty_regions
            self._dirty_regions = {part} if everything else {each.intersection(part) for each in self._dirty_regions}
            full = False
        return super().render_update(full, screen_stack, simplify)

    @override
    def render_partial_update(self) -> ChopsUpdate | None:
        """See Compositor."""
        dirty, self._dirty_regions = self._dirty_regions, set()
        spans = list(self._regions_to_spans(dirty))
        if not spans:
            return None
        cuts = self.cuts
        wanted: _Wanted = {}
        for y, begin, end in spans:
            pieces = zip(cuts[y], cuts[y][1:], strict=False)
            wanted.setdefault(y, set()).update(cut for cut, until in pieces if cut < end and until > begin)
        return ChopsUpdate(self._drawn(wanted), spans, [line[1:] for line in cuts])

    @override
    def _render_chops(self, crop: Region, is_rendered_line: Callable[[int], bool]) -> Sequence[Mapping[int, Strip]]:
        """See Compositor: all of the screen."""
        return self._drawn({y: set(line[:-1]) for y, line in enumerate(self.cuts) if is_rendered_line(y)})

    def _drawn(self, wanted: _Wanted) -> Sequence[Mapping[int, Strip]]:
        """Return the lines of the screen, of which only what is wanted is sure to be there; that is emptied."""
        cuts = self.cuts
        lines: list[dict[int, Strip]] = [dict.fromkeys(line[:-1]) for line in cuts]  # type: ignore[misc]
        for widget, (region, clip) in self.visible_widgets.items():
            if not wanted:
                break
            shown = region.intersection(clip)
            first, last = shown.column_span
            seen = [y for y in shown.line_range if any(first <= cut < last for cut in wanted.get(y, ()))]
            if not seen:
                continue
            top = seen[0]
            strips = widget.render_lines(Region(shown.x - region.x, top - region.y, shown.width, seen[-1] + 1 - top))
            for y in seen:
                inside = [cut for cut in cuts[y] if first <= cut <= last]
                pieces = _divided(strips[y - top], [cut - first for cut in inside[1:]])
                for cut, piece in zip(inside, pieces, strict=False):
                    if cut in wanted[y]:
                        wanted[y].discard(cut)
                        lines[y][cut] = piece
                if not wanted[y]:
                    del wanted[y]
        return lines


def _divided(strip: Strip, cuts: Sequence[int]) -> Sequence[Strip]:
    """Return the pieces of a strip. One that stays whole would remember itself, until the garbage collector comes."""
    whole = strip.cell_length
    if all(cut >= whole for cut in cuts) and whole in cuts:
        return (strip,)
    return strip.divide(cuts)
