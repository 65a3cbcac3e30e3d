"""Commands about panes: several conversations on the screen at once."""

from __future__ import annotations

from typing import Final

from typing_extensions import override

from chat_core.base.errors import UsageFault
from chat_tui.commands.arguments import Argument, Where
from chat_tui.commands.command import command
from chat_tui.commands.context import Context
from chat_tui.commands.conversations import meant
from chat_tui.views.tiling import Side

_SIDES: Final[dict[str, Side]] = {"below": "down", "right": "right", "above": "up", "left": "left"}


class Placing(Argument):
    """Where a new pane is to be; or what it is to show, if the side does not matter."""

    __slots__ = ()

    label = "below|right|above|left"
    source = "target"

    @property
    def side(self) -> Side | None:
        """The side, None: it is none."""
        return _SIDES.get(self.casefold())


class Which(Argument):
    """`all`, or nothing."""

    __slots__ = ()

    label = "all"

    @classmethod
    @override
    def parse(cls, text: str) -> Which:
        """See Argument."""
        if text.casefold() != "all":
            ways = "/unsplit closes this pane, /unsplit all closes the others."
            raise UsageFault(f"'{text[:40]}' is too much here: {ways}")
        return cls("all")


@command("split", key="alt+w", example="/split right #ops", moves=True)
async def split(ctx: Context, side: Placing = Placing(""), where: Where = Where("")) -> None:
    """Show another conversation beside this one: the last you were in, or one that is named.

    Its pane stands at the right where there is room, else below; right, below, left or above says where.
    """
    if side and where and side.side is None:
        raise UsageFault(f"'{side[:40]}' is no side: say right, below, left or above.")
    wanted = where or (Where(side) if side.side is None else Where(""))
    ctx.desk.panes.split(side.side, meant(ctx, wanted) if wanted else None)


@command("unsplit", example="/unsplit all", moves=True)
async def unsplit(ctx: Context, which: Which = Which("")) -> None:
    """Close this pane, or all the others; the conversations stay."""
    ctx.desk.panes.close(others=bool(which))


@command("zoom", key="alt+z", example="/zoom")
async def zoom(ctx: Context) -> None:
    """Let this pane hide the others; again: show all of them."""
    ctx.desk.panes.zoom()
