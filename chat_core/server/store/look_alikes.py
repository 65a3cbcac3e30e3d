"""Whether a name may be taken beside the names there are: none that is registered, and no channel's, looks like it.

Asked inside the transaction that gives the name, so that of two who ask at once one is refused. Accounts and channels
are looked at apart: the sign in front (`@ann`, `#ann`) tells them from each other wherever they are shown.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, or_, select

from chat_core.base.ids import AccountId
from chat_core.base.looks import looks_reserved, skeleton, unboxed
from chat_core.base.names import letters_of, name_key
from chat_core.base.reserved import RESERVED
from chat_core.protocol.codes import Refusal
from chat_core.server.store.base import ANNOUNCEMENTS, GENERAL, Refused
from chat_core.server.store.schema import accounts, conversations

_holder = select(accounts.c.name).where(accounts.c.skeleton == bindparam("looks"), accounts.c.id != bindparam("but"))
_shown = select(accounts.c.name).where(
    accounts.c.display_looks == bindparam("looks"), accounts.c.id != bindparam("but")
)
_named = select(accounts.c.name).where(
    or_(
        accounts.c.skeleton.in_(bindparam("skeletons", expanding=True)),
        accounts.c.name_key.in_(bindparam("keys", expanding=True)),
    ),
    accounts.c.id != bindparam("but"),
)
_channel = select(conversations.c.name, conversations.c.visibility).where(
    conversations.c.skeleton == bindparam("looks")
)
_NOBODY: Final = 0


def check_look_alike(connection: Connection, name: str, account: AccountId | None) -> str:
    """Return the skeleton of a name, for the row of its account if that is or becomes registered.

    Args:
        connection: the transaction's.
        name: checked by `names.check_account_name`, and nobody else's.
        account: whose it is to be; None: of an account that is yet to be made.

    Raises:
        Refused: `bad_name` if it looks like a reserved word, `name_taken` if it looks like a registered name.
    """
    if word := looks_reserved(name):
        raise Refused(
            Refusal.BAD_NAME,
            f"The name '{name}' looks like '{word}', which is kept, because {RESERVED[word]}; take another one.",
        )
    looks = skeleton(name)
    held = connection.execute(_holder, {"looks": looks, "but": account or _NOBODY}).scalar()
    if held is not None:
        raise Refused(
            Refusal.NAME_TAKEN, f"The name '{name}' looks too much like '{held}', which is in use; take another one."
        )
    shown = connection.execute(_shown, {"looks": skeleton(letters_of(name)), "but": account or _NOBODY}).scalar()
    if shown is not None:
        raise Refused(
            Refusal.NAME_TAKEN, f"The name '{name}' looks too much like what '{shown}' is shown as; take another one."
        )
    return looks


def check_display_look_alike(connection: Connection, display: str, account: AccountId) -> str:
    """Return the skeleton of a display name's letters, for the row of its account.

    What is not a letter or a digit does not count: `bob ✔` would pass for `bob`. What is one in a box counts both ways.

    Args:
        connection: the transaction's.
        display: checked by `names.check_display_name`, not empty.
        account: whose it is to be.

    Raises:
        Refused: `bad_name` if it looks like a reserved word, `name_taken` if it looks like the name of another account,
            or like what one is shown as.
    """
    letters, read = letters_of(display), unboxed(display)
    if word := looks_reserved(letters) or looks_reserved(letters_of(read)):
        raise Refused(
            Refusal.BAD_NAME,
            f"The display name '{display}' looks like '{word}', which is kept, because {RESERVED[word]}.",
        )
    looks = skeleton(letters)
    spelled = {display}.union(*({letters_of(each), letters_of(each, punctuated=True)} for each in (display, read)))
    asked = {"skeletons": sorted(map(skeleton, spelled)), "keys": sorted(map(name_key, spelled)), "but": account}
    named = connection.execute(_named, asked).scalar()
    shown = connection.execute(_shown, {"looks": looks, "but": account}).scalar()
    if named is not None or shown is not None:
        other = f"'{named}', who has that name" if named is not None else f"what '{shown}' is shown as"
        raise Refused(
            Refusal.NAME_TAKEN, f"The display name '{display}' looks too much like {other}; take another one."
        )
    return looks


def check_channel_look_alike(connection: Connection, name: str) -> str:
    """Return the skeleton of a new channel's name, for its row.

    Raises:
        Refused: `name_taken` if it looks like another channel's, which is named only where everybody may know of it.
    """
    looks = skeleton(name)
    for ours in (GENERAL, ANNOUNCEMENTS):
        if looks == skeleton(ours):
            raise _like_channel(name, ours)
    row = connection.execute(_channel, {"looks": looks}).first()
    if row is not None:
        raise _like_channel(name, row.name if row.visibility == "public" else None)
    return looks


def _like_channel(name: str, other: str | None) -> Refused:
    told = f"like '#{other}'; join that one, or take another name" if other else "like that of another; choose anew"
    return Refused(Refusal.NAME_TAKEN, f"The channel's name '#{name}' looks too much {told}.")
