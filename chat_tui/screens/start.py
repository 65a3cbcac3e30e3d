"""The start screen: to which server, and as whom. Works without any, and never ends: what is wrong stands below.

It knows nothing of connections; whoever shows it is told what was chosen, and shows it again with what went wrong.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input
from typing_extensions import override

from chat_core.base.errors import UsageFault
from chat_core.base.names import MAX_ACCOUNT, check_account_name
from chat_core.transport.urls import Invitation, parse_invitation
from chat_tui.paths import HERE
from chat_tui.screens.form import FormScreen
from chat_tui.screens.start_parts import AS_WHOM, HINTS, HINTS_BACK, Complaint, Field, Heading, ServerRows
from chat_tui.storage import Servers


class StartScreen(FormScreen):
    """Where to?"""

    AUTO_FOCUS = "#name"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", show=False),
        Binding("down", "choose(1)", show=False),
    ]

    DEFAULT_CSS = """
    StartScreen ServerRows { margin: 0 0 1 0; }
    StartScreen.-short .file { display: none; }
    StartScreen.-short ServerRows, StartScreen.-short Input { margin-bottom: 0; }
    StartScreen.-short ServerRows, StartScreen.-short Complaint { max-height: 3; }
    StartScreen.-short .title { height: 1; }
    """

    class Chosen(Message):
        """Somebody wants to go somewhere."""

        def __init__(
            self, screen: StartScreen, address: str, name: str, file: str, link: Invitation | None = None
        ) -> None:
            super().__init__()
            self.screen = screen
            """Where."""
            self.address = address
            """Of the server, well-formed, or `HERE`."""
            self.name = name
            """Well-formed."""
            self.file = file
            """Where a live page is to be written; empty: nowhere."""
            self.link = link
            """The link that was written or pasted; None: a known server was chosen."""

    class Left(Message):
        """Somebody wants to go back to the servers that are open."""

    def __init__(
        self,
        servers: Servers,
        *,
        complaint: str = "",
        note: str = "",
        address: str | None = None,
        name: str = "",
        file: str = "",
        back: bool = False,
    ) -> None:
        """Make the screen.

        Args:
            servers: those that are known.
            complaint: what went wrong before; empty: nothing.
            note: what happened before, if nothing went wrong.
            address: what was tried, to be tried again; None: the first one.
            name: the name to begin with; empty: the one used there.
            file: the live page that there is; empty: none.
            back: whether there are servers to go back to.
        """
        super().__init__()
        self._rows = ServerRows(servers)
        self._complaint = Complaint(complaint, note, HINTS_BACK if back else HINTS)
        self._address_field = Field(placeholder="host, host:port or a link", id="address")
        self._name_field = Field(placeholder="your name", max_length=2 * MAX_ACCOUNT, id="name")
        self._file_field = Field(file, placeholder="file.html, if you want one", id="file", classes="file")
        known = [choice for choice, _ in self._rows.choices]
        wanted = address if address is not None else servers.last.address if servers.last else HERE
        self._begin_at = known.index(wanted) if wanted in known else len(known) - 1
        self._begin_with = wanted if wanted not in known else ""
        self._begin_as = name

    @override
    def compose(self) -> ComposeResult:
        """See Widget."""
        with Vertical(id="form"):
            yield Heading("Where to?", classes="title")
            yield self._rows
            yield self._address_field
            yield Heading(AS_WHOM)
            yield self._name_field
            yield Heading("A page for your browser, of all that comes?", classes="file")
            yield self._file_field
            yield self._complaint
        yield self.cover()

    def on_mount(self) -> None:
        """Begin with what is most likely."""
        self._rows.styles.height = self._rows.height_wanted
        self._address_field.value = self._begin_with
        self._choose(self._begin_at)
        if self._begin_as:
            self._name_field.suggest(self._begin_as)
        self._name_field.focus()

    def on_server_rows_clicked(self, event: ServerRows.Clicked) -> None:
        """Choose what was clicked; again: go there."""
        event.stop()
        if event.index == self._rows.index:
            self.action_go()
        else:
            self._complaint.say("")
            self._choose(event.index)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go."""
        event.stop()
        self.action_go()

    def action_choose(self, by: int) -> None:
        """Mark another server."""
        self._complaint.say("")
        self._choose(self._rows.index + by)

    def action_go(self) -> None:
        """Say what was chosen, or what is wrong with it."""
        address, link = self._rows.choices[self._rows.index][0], None
        try:
            if not address:
                link = parse_invitation(self._address_field.value)
                address = str(link.address)
            name = check_account_name(self._name_field.value.strip())
        except UsageFault as fault:
            self._complaint.say(str(fault))
            return
        self._complaint.say("")
        self.post_message(self.Chosen(self, address, name, self._file_field.value.strip(), link))

    def action_go_back(self) -> None:
        """Say that somebody goes back."""
        self.post_message(self.Left())

    @override
    def tell(self, sentence: str) -> None:
        """See BaseScreen."""
        self._complaint.say(sentence)

    def say(self, complaint: str) -> None:
        """Say what is wrong."""
        self._complaint.say(complaint)

    def _choose(self, index: int) -> None:
        before = self._rows.choices[self._rows.index][1]
        self._rows.choose(index)
        address, name = self._rows.choices[self._rows.index]
        if self._name_field.value in ("", before):
            self._name_field.suggest(name)
        self._address_field.display = not address
        if not address:
            self.set_focus(self._address_field)
        elif self._address_field.has_focus or self.focused is None:
            self.set_focus(self._name_field)
