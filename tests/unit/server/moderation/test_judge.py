"""What becomes of an objection: warnings first, then what the rule says; and what is remembered of it."""

from __future__ import annotations

from itertools import count

from chat_core.base.ids import AccountId, ConversationId
from chat_core.server.manners import Manners, Own
from chat_core.server.moderation import judge as judging
from chat_core.server.moderation import pipeline
from chat_core.server.moderation.judge import Moderation
from chat_core.server.moderation.steps.base import Step
from chat_core.server.rules.judging import Draft, Objection

LOUD = "WHY DOES NOBODY LISTEN"
_cids = count()


class Author:
    """Writes to a judge, now and then."""

    def __init__(self, judge: Moderation, account: int = 1, conversation: int = 1) -> None:
        self.judge, self.account, self.conversation = judge, AccountId(account), ConversationId(conversation)
        self.now_s = 0.0

    def writes(self, body: str, own: Own = (), cid: bytes = b"") -> Objection | None:
        cid = cid or next(_cids).to_bytes(16, "big")
        return self.judge.judge(Draft(self.account, self.conversation, body, int(self.now_s * 1000), cid), own)

    def verbs(self, *bodies: str, own: Own = ()) -> list[str]:
        return ["" if (found := self.writes(body, own)) is None else found.verb for body in bodies]


def test_first_offence_is_warned_about_and_the_next_one_acts() -> None:
    bob = Author(Moderation(Manners(shouting="kick")))
    first, second = bob.writes(LOUD), bob.writes(LOUD)

    assert first is not None and first.verb == "warn"
    assert first.reason.endswith("The next time you are put out.")
    assert second is not None and (second.verb, second.here, second.until_ts) == ("kick", False, None)
    assert "capitals" in second.reason and "next time" not in second.reason


def test_offences_are_forgotten_after_a_time_or_never() -> None:
    bob = Author(Moderation(Manners(shouting="kick", decay_s=60)))
    assert bob.verbs(LOUD) == ["warn"]
    bob.now_s = 61
    assert bob.verbs(LOUD) == ["warn"]
    bob.now_s = 121
    assert bob.verbs(LOUD) == ["kick"]

    ann = Author(Moderation(Manners(shouting="kick", decay_s=0)))
    assert ann.verbs(LOUD) == ["warn"]
    ann.now_s = 1e7
    assert ann.verbs(LOUD) == ["kick"]


def test_offences_are_counted_for_each_account_and_each_rule() -> None:
    judge = Moderation(Manners(shouting="kick", links="ban"))

    assert Author(judge, 1).verbs(LOUD, "https://a.b") == ["warn", "refuse"]
    assert Author(judge, 2).verbs(LOUD) == ["warn"]
    assert Author(judge, 1).verbs("https://a.b", LOUD) == ["ban", "kick"]


def test_rule_that_only_warns_never_acts_and_some_texts_are_refused_all_the_same() -> None:
    bob = Author(Moderation(Manners(shouting="warn", words="warn", words_list="spam")))

    assert bob.verbs(LOUD, LOUD, LOUD) == ["warn"] * 3
    assert bob.verbs("spam", "spam", "spam") == ["refuse"] * 3


def test_mute_says_how_long() -> None:
    bob = Author(Moderation(Manners(flood="mute", flood_messages=1, warnings=0, mute_s=90)))
    bob.now_s = 1
    assert bob.verbs("a") == [""]

    muted = bob.writes("b")

    assert muted is not None and (muted.verb, muted.until_ts) == ("mute", 91_000)


def test_first_step_that_objects_decides_in_the_order_of_the_list() -> None:
    asked: list[str] = []

    def step(name: str, says: str) -> Step:
        def check(*_: object) -> str:
            asked.append(name)
            return says

        return Step(name, check, edits=True, spoils=True)

    steps = [step("flood", ""), step("words", ""), step("links", "no"), step("shouting", "no")]
    draft = Draft(AccountId(1), ConversationId(1), "x", 0, b"x")
    wrong = pipeline.first_wrong(draft, Manners(flood="warn", links="warn", shouting="warn"), lambda _: (), steps)

    assert asked == ["flood", "links"], "words is off"
    assert wrong is not None and wrong.step.name == "links"


def test_edits_are_looked_at_for_what_they_say_but_are_no_flood() -> None:
    judge = Moderation(Manners(flood="mute", flood_messages=1, repeats="mute", repeats_messages=1, words="warn"))
    edit = Draft(AccountId(1), ConversationId(1), "fine", 0, None)
    assert [judge.judge(edit, (("words_list", "spam"),)) for _ in range(5)] == [None] * 5

    found = judge.judge(Draft(AccountId(1), ConversationId(1), "spam", 0, None), (("words_list", "spam"),))

    assert found is not None and found.verb == "refuse"


def test_channel_has_its_own_rules_and_they_act_there_only() -> None:
    judge = Moderation(Manners(shouting="kick", warnings=0))
    bob = Author(judge)

    assert bob.verbs(LOUD, own=(("shouting", "off"),)) == [""]
    here, everywhere = bob.writes(LOUD, (("shouting", "ban"),)), bob.writes(LOUD)

    assert here is not None and (here.verb, here.here) == ("ban", True)
    assert everywhere is not None and (everywhere.verb, everywhere.here) == ("kick", False)


def test_servers_flood_is_counted_over_all_channels_and_a_channels_own_in_it() -> None:
    judge = Moderation(Manners(flood="mute", flood_messages=2, warnings=0))
    one, two = Author(judge, conversation=1), Author(judge, conversation=2)
    own: Own = (("flood", "kick"),)

    assert one.verbs("a") + two.verbs("b") + one.verbs("c") == ["", "", "mute"]
    assert two.verbs("d", own=own) + two.verbs("e", own=own) == ["", "kick"]


def test_dry_run_lets_everything_through() -> None:
    bob = Author(Moderation(Manners(shouting="ban", words="ban", words_list="spam", warnings=0, dry_run=True)))

    assert bob.verbs(LOUD, "spam") == ["", ""]


def test_same_send_is_judged_once_and_acts_once() -> None:
    bob = Author(Moderation(Manners(shouting="kick")))
    warned = bob.writes(LOUD, cid=b"1")
    assert warned == bob.writes(LOUD, cid=b"1"), "a transaction that was undone is done again"
    kicked, again = bob.writes(LOUD, cid=b"2"), bob.writes(LOUD, cid=b"2")

    assert kicked is not None and kicked.verb == "kick"
    assert again is not None and (again.verb, again.reason) == ("refuse", kicked.reason)


def test_nothing_is_active_until_a_rule_is_on_and_settings_can_change() -> None:
    judge = Moderation(Manners())
    assert not judge.active
    judge.use(Manners(links="warn"))
    assert judge.active


def test_memory_is_bounded_whoever_writes() -> None:
    judge = Moderation(Manners(flood="mute", shouting="warn"))
    for account in range(judging.REMEMBERED + 500):
        Author(judge, account).writes(LOUD)

    assert len(judge._past) == len(judge._offences) == len(judge._decided) == judging.REMEMBERED
