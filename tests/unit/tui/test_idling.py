"""Being away by oneself: when it is told, when it is taken back, and when nothing is told."""

from __future__ import annotations

from chat_core.client.state.model import LinkStatus
from chat_core.protocol.requests.presence import SetPresence
from chat_tui.config import PrivacySection
from chat_tui.screens.idling import IDLE, Idling

AWAY = SetPresence(state="away", text=IDLE)
BACK = SetPresence(state="online")
MINUTE_S = 60.0


class Desk:
    """Somebody in front of a client, on a clock that is turned by hand."""

    def __init__(self, *, presence: bool = True, away_after_min: int = 10) -> None:
        self.now = 1000.0
        self.said: list[SetPresence] = []
        privacy = PrivacySection(presence=presence, away_after_min=away_after_min)
        self.idling = Idling(privacy, self.said.append, lambda: self.now)
        self.idling.link(LinkStatus.ONLINE)

    def wait(self, minutes: float) -> None:
        self.now += minutes * MINUTE_S
        self.idling.look()


def test_who_presses_no_key_is_away_once_the_time_is_over_and_told_once() -> None:
    desk = Desk()

    desk.wait(9.9)
    assert desk.said == []
    desk.wait(0.1)
    desk.wait(30)

    assert desk.said == [AWAY]


def test_any_key_brings_one_back_and_begins_the_time_anew() -> None:
    desk = Desk()
    desk.wait(10)

    desk.idling.key()
    desk.wait(9)
    assert desk.said == [AWAY, BACK]
    desk.idling.key()
    desk.wait(9)

    assert desk.said == [AWAY, BACK]


def test_who_is_away_is_so_after_a_reconnect_too() -> None:
    desk = Desk()
    desk.wait(10)

    desk.idling.link(LinkStatus.OFFLINE)
    desk.idling.link(LinkStatus.ONLINE)

    assert desk.said == [AWAY, AWAY]


def test_nobody_is_told_to_be_away_while_there_is_no_connection() -> None:
    desk = Desk()
    desk.idling.link(LinkStatus.OFFLINE)

    desk.wait(60)
    assert desk.said == []
    desk.idling.link(LinkStatus.ONLINE)
    desk.idling.look()

    assert desk.said == [AWAY]


def test_setting_of_0_minutes_turns_it_off() -> None:
    desk = Desk(away_after_min=0)

    desk.wait(600)

    assert not desk.idling.looks
    assert desk.said == []


def test_who_shows_no_presence_is_hidden_and_never_away() -> None:
    desk = Desk(presence=False)

    desk.wait(600)

    assert not desk.idling.looks
    assert desk.said == [SetPresence(state="hidden")]
