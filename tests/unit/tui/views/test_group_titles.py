"""How a group is called where it is listed: by the people in it, cleaned; and that all in it needs one."""

from __future__ import annotations

from types import MappingProxyType

from chat_core.client.state.listing import fresh
from chat_core.client.state.model import ClientState
from chat_core.protocol.groups import fitting, with_people
from chat_core.protocol.limits import GROUP_PEOPLE_BYTES
from chat_core.protocol.values import Account, Conversation, Person
from chat_tui.views.conversations import entries, needs_me
from chat_tui.views.header import header
from chat_tui.views.tabs import tab_ids, tabs
from chat_tui.views.tile_title import tile_title


def group(*people: Person, members: int = 0) -> Conversation:
    return with_people(Conversation(id=7, kind="group", name=""), people, members or len(people) + 1)


BOB, CID = Person(account=2, name="bob"), Person(account=3, name="cid", display="Cid the Third")


def test_group_goes_by_the_names_of_the_others_and_by_its_number() -> None:
    shown = group(CID, BOB)
    assert (shown.name, shown.display, shown.target) == ("bob, cid", "bob, Cid the Third", "&7")
    assert group(BOB).display == ""
    assert group(members=1).name == "nobody else"


def test_names_that_have_no_room_are_counted() -> None:
    many = [Person(account=number, name=f"p{number:02}{'x' * 29}") for number in range(2, 21)]
    shown = group(*many)
    assert sum(len(each.name) for each in shown.people) <= GROUP_PEOPLE_BYTES
    assert shown.name.endswith(f", +{19 - len(shown.people)}")
    assert fitting(many) == tuple(many[: len(shown.people)])
    monster = Person(account=2, name="x" * (GROUP_PEOPLE_BYTES + 1))
    assert group(monster).name == "+1"


def test_group_stands_among_direct_conversations_and_nothing_of_a_name_steers() -> None:
    evil = Person(account=2, name="bob\x1b]0;x\x07", display="\x1b[31mBob\u202e")
    known = fresh(group(evil, CID))
    channel = fresh(Conversation(id=1, kind="channel", name="general"))
    direct = fresh(Conversation(id=9, kind="direct", name="dan", partner=4))
    state = ClientState(me=Account(id=1, name="ann"), conversations=MappingProxyType({1: channel, 7: known, 9: direct}))
    rows = [entry.line.text for entry in entries(state, 7, 60)]
    assert [row.split()[0] for row in rows if row.strip()] == ["CHANNELS", "1", "DIRECT", "▌2", "3"]
    assert tab_ids(state, 1) == (1, 7, 9)
    drawn = "".join((*rows, tabs(state, (1, 7, 9), 7, 100).line.text, header(known, 100).text))
    assert "Bob" in drawn and "Cid the Third" in drawn and "&7" in drawn
    assert not any(char in drawn for char in "\x1b\x07\u202e")


def test_title_of_a_pane_names_a_group_as_the_title_line_does() -> None:
    known = fresh(group(BOB, CID))
    for active in (True, False):
        assert tile_title(known, 60, active=active).text[1:].startswith("bob, Cid the Third  &7")
    assert header(known, 60).text[1:].startswith("bob, Cid the Third  &7")


def test_every_message_of_a_group_needs_one_unless_it_is_quiet() -> None:
    def needing(*, quiet: bool) -> int:
        info = with_people(Conversation(id=7, kind="group", name="", unread=2, quiet=quiet), (BOB, CID), 3)
        return needs_me(fresh(info))

    assert (needing(quiet=False), needing(quiet=True)) == (2, 0)
