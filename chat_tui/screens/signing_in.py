"""The form for getting in: who one is, and with a password, as a new account, with an invite, or as a guest.

It knows nothing of connections. Whoever shows it is told what was filled in, and shows it again with what went wrong:
it begins at the field which that is about, and a password is filled in again where something else was refused.
"""

from __future__ import annotations

from typing import ClassVar, Final
from unicodedata import normalize

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from typing_extensions import override

from chat_core.base.errors import UsageFault
from chat_core.base.names import MAX_ACCOUNT, check_account_name
from chat_core.protocol.codes import Refusal
from chat_core.protocol.limits import PASSWORD_LEAST
from chat_core.protocol.requests.session import Welcome
from chat_tui.bridge import Way
from chat_tui.keys.table import binding
from chat_tui.screens.form import FormScreen, GoingField
from chat_tui.screens.goal import Goal, in_words
from chat_tui.screens.start_parts import AS_WHOM, Complaint, Heading
from chat_tui.screens.ways import WayRows, ways_for
from chat_tui.views.clean import drawable_line

_LONGEST_PASSWORD = 1024
_KNOWN_PASSWORD = "Your password"
_NEW_PASSWORD = f"Password, at least {PASSWORD_LEAST} characters, twice"
_ABOUT_NAME: Final = frozenset({Refusal.BAD_NAME, Refusal.NAME_TAKEN})
_HINTS = "Enter goes · Esc goes back · ↑ ↓ choose · Tab moves"


class SignInScreen(FormScreen):
    """How do you get in?"""

    AUTO_FOCUS = ""
    QUESTION: ClassVar[str] = "asks you to sign in"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", show=False),
        Binding("down", "choose(1)", show=False),
        binding("conversations.next_unread"),
    ]

    DEFAULT_CSS = """
    SignInScreen WayRows { margin: 0 0 1 0; }
    SignInScreen Complaint { height: 2; }
    SignInScreen.-short WayRows { margin: 0; }
    SignInScreen.-short Input, SignInScreen.-register #password { margin: 0 0 0 1; }
    SignInScreen.-short .title { height: 1; }
    SignInScreen.-guest .password, SignInScreen .register { display: none; }
    SignInScreen.-register .register { display: block; }
    SignInScreen.-short Heading.register, SignInScreen.-short.-register .who { display: none; }
    """

    class Wanted(Message):
        """Somebody wants to get in."""

        def __init__(self, screen: SignInScreen, name: str, way: Way) -> None:
            super().__init__()
            self.screen = screen
            """What has asked."""
            self.name = name
            """Well-formed."""
            self.way = way
            """How."""

    class Left(Message):
        """Somebody wants to go back."""

        def __init__(self, screen: SignInScreen) -> None:
            super().__init__()
            self.screen = screen
            """What they want to leave."""

    def __init__(self, choice: Goal, welcome: Welcome | None, way: Way, complaint: str = "", refused: str = "") -> None:
        """Make the screen.

        Args:
            choice: where, and as whom.
            welcome: what the server takes; None: that is not known yet.
            way: what was tried, or is most likely.
            complaint: why more is asked for; empty: nobody was refused.
            refused: code of the refusal; empty: nobody was refused.
        """
        super().__init__()
        self._rows = WayRows(ways_for(welcome))
        self._rows.choose_kind(way.kind)
        self._heading = Heading(f"Sign in: {drawable_line(in_words(choice.address))}", classes="title")
        self._who = GoingField(placeholder="your name", max_length=2 * MAX_ACCOUNT, id="name")
        self._about_password = Heading(_KNOWN_PASSWORD, classes="password")
        self._password = _secret("password", "password")
        self._again = _secret("the same again", "again", classes="register")
        self._invite = GoingField(
            placeholder="invite code, if you need one", max_length=64, id="invite", classes="register"
        )
        self._begin_as = choice.name
        self._refused = refused
        about_another = refused == Refusal.INVITE_INVALID or refused in _ABOUT_NAME
        self._password.value = self._again.value = way.password if about_another else ""
        self._begin_with = way.invite or (choice.link.invite if choice.link is not None else "")
        # Who comes with a name alone has done nothing wrong: they are told how to go on.
        came = way.kind == "known"
        self._complaint = Complaint("" if came else complaint, complaint if came else "", _HINTS)

    @override
    def compose(self) -> ComposeResult:
        """See Widget."""
        with Vertical(id="form"):
            yield self._heading
            yield Heading(AS_WHOM, classes="who")
            yield self._who
            yield self._rows
            yield self._about_password
            yield self._password
            yield self._again
            yield Heading("Invite code, if you need one", classes="register")
            yield self._invite
            yield self._complaint
        yield self.cover()

    def on_mount(self) -> None:
        """Begin where something is missing."""
        self._who.value, self._invite.value = self._begin_as, self._begin_with
        self._rows.styles.height = self._rows.height_wanted
        self._show_way()
        self.regain_focus()

    @override
    def regain_focus(self) -> None:
        """See BaseScreen."""
        if self.focused is None:
            self.set_focus(self._first())

    def _first(self) -> GoingField:
        """Return the field where something is missing or was refused."""
        kind = self._rows.kind
        if kind == "guest" or not self._who.value or self._refused in _ABOUT_NAME:
            return self._who
        return self._invite if kind == "register" and self._refused == Refusal.INVITE_INVALID else self._password

    def on_way_rows_clicked(self, event: WayRows.Clicked) -> None:
        """Choose what was clicked."""
        event.stop()
        self._rows.choose(event.index)
        self._show_way()

    def action_choose(self, by: int) -> None:
        """Mark another way; what was said about the one before is over."""
        self._rows.choose(self._rows.index + by)
        self._complaint.say("")
        self._show_way()

    def action_go(self) -> None:
        """Say what was filled in, or what is wrong with it; go on to what is still empty."""
        kind = self._rows.kind
        try:
            name = check_account_name(self._who.value.strip())
        except UsageFault as fault:
            self._say(str(fault), self._who)
            return
        if kind == "guest":
            self.post_message(self.Wanted(self, name, Way("guest")))
        elif not self._password.value:
            self._say("The password is missing.", self._password)
        elif kind == "register" and not self._again.value:
            self._say("The password once more, so that it is what you meant.", self._again)
        elif kind == "register" and self._again.value != self._password.value:
            self._again.value = ""
            self._say("The two passwords are not the same: write them again.", self._password)
        elif kind == "register" and len(normalize("NFC", self._password.value)) < PASSWORD_LEAST:
            self._password.value = self._again.value = ""
            self._say(f"A password has at least {PASSWORD_LEAST} characters: write a longer one.", self._password)
        else:
            invite = self._invite.value.strip() if kind == "register" else ""
            self.post_message(self.Wanted(self, name, Way(kind, self._password.value, invite)))

    def action_go_back(self) -> None:
        """Say that somebody goes back."""
        self.post_message(self.Left(self))

    def _say(self, complaint: str, field: GoingField) -> None:
        self._complaint.say(complaint)
        self.set_focus(field)

    def _show_way(self) -> None:
        """Show the fields that belong to the marked way."""
        kind = self._rows.kind
        self.set_class(kind == "register", "-register")
        self._about_password.say(_NEW_PASSWORD if kind == "register" else _KNOWN_PASSWORD)
        self.set_class(kind == "guest", "-guest")
        if self.focused is not None and kind != "register" and self.focused is not self._who:
            self.set_focus(self._who if kind == "guest" else self._password)


def _secret(placeholder: str, identity: str, classes: str = "") -> GoingField:
    return GoingField(
        placeholder=placeholder,
        password=True,
        max_length=_LONGEST_PASSWORD,
        id=identity,
        classes=f"password {classes}".strip(),
    )
