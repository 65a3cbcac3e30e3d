"""The checks of a store: each damage, done with real SQL to a real file, is found, and by the check it belongs to."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from chat_core.base.clock import SystemClock
from chat_core.server.admin.doctor import examine_file
from chat_core.server.store.acts import SanctionOnServer
from chat_core.server.store.checks.base import KEPT, Outcome
from chat_core.server.store.checks.examining import BASIC, MORE
from chat_core.server.store.conversations import LeaveConversation, SetChannelTopic
from chat_core.server.store.groups import MakeGroup
from chat_core.server.store.keys import row_id
from chat_core.server.store.marks import PinMessage, ReactTo, SetBookmark
from chat_core.server.store.messages import DeleteMessage, EditMessage
from chat_core.server.store.private import AskChat, CloseChat
from chat_core.server.store.sqlite import SqliteStore
from tests.contract.world import World

HASH = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA"
ROOM = 3
"""The channel of the store below; its log: messages 1 to 3, topic 4, message 5 (which answers 1), messages 6 to 9."""
DIRECT = 4
"""Of ann and bob; its log: messages 1 and 2, edits 3 and 4 of 1, edit 5 and deletion 6 of 2, message 7 with
the replies 8 and 9 in its thread, the second of them also in the conversation."""

ASIDE = 5
"""Direct, of ann and eve; its log: message 1, four reactions to it, and a pin. Here the private chat 1 took place,
and 2 goes on."""


GROUP = 6
"""A group of ann, bob and eve, who left it and came back; its log: they, message 2, eve left, eve was brought in."""


async def fill(path: Path) -> None:
    """Make a store in which every table has something."""
    world = World(lambda: SqliteStore(path, clock=SystemClock()))
    await world.open()
    ann, bob, eve = await world.sign_in("ann", "bob", "eve")
    for account in (ann, bob, eve):
        assert await world.join(account, "room") == ROOM
    await world.post(ann, ROOM, "one", "two")
    await world.post(bob, ROOM, "three")
    await world.write(SetChannelTopic(ann, ROOM, "what it is about", 1))
    await world.post(bob, ROOM, "five", reply_to=1)
    await world.mark(eve, ROOM, 3)
    await world.leave(eve, ROOM)
    await world.post(ann, ROOM, "six", "seven", "eight", "nine, @bob")
    await world.mark(ann, ROOM, 7)
    assert await world.open_direct(ann, "bob") == DIRECT
    await world.post(ann, DIRECT, "hello bob", "how are you")
    for seq, body in ((1, "hello, bob"), (1, "hello, bob!"), (2, "how are you?")):
        await world.write(EditMessage(ann, DIRECT, seq, body, 1))
    await world.write(DeleteMessage(ann, DIRECT, 2, 1))
    await world.post(ann, DIRECT, "a question")
    await world.post(bob, DIRECT, "an answer", thread=7, ts=5)
    await world.post(ann, DIRECT, "aha", thread=8, in_channel=True, ts=6)
    assert await world.open_direct(ann, "eve") == ASIDE
    await world.post(ann, ASIDE, "well done")
    for account, emoji, on in ((ann, "🎉", True), (eve, "👍", True), (ann, "👍", True), (ann, "🎉", False)):
        await world.write(ReactTo(account, ASIDE, 1, emoji, on, 1))
    await world.write(PinMessage(eve, ASIDE, 1, True, 1))
    await world.write(SetBookmark(ann, ASIDE, 1, True, 1))
    group, _ = await world.write(MakeGroup(ann, ("bob", "eve"), 1))
    assert group.id == GROUP
    await world.post(ann, GROUP, "among us")
    await world.write(LeaveConversation(eve, GROUP, 1))
    await world.write(MakeGroup(eve, ("ann", "bob"), 1))
    await world.write(AskChat(ann, "eve", 1))
    await world.write(CloseChat(eve, 1, 1))
    await world.write(AskChat(eve, "ann", 1))
    for what in ("mute", "warn", "kick"):
        await world.write(SanctionOnServer(None, "eve", what, 1))
    await world.store.close()
    # In no conversation and without an act, so that what is counted below stays easy to count.
    damage(
        path,
        "INSERT INTO accounts (id, name, name_key, log_head, created_ts, password, registered_ts, skeleton) "
        f"VALUES (4, 'zoe', 'zoe', 0, 1, '{HASH}', 1, 'zoe')",
        "INSERT INTO devices (account, token_hash, label, made_ts, used_ts) VALUES (4, zeroblob(32), 'desk', 1, 1)",
        "INSERT INTO invites (code_hash, uses_left, made_ts) VALUES (zeroblob(32), 1, 1)",
        "INSERT INTO accounts (id, name, name_key, log_head, created_ts, bot, disabled) "
        "VALUES (5, 'alarms', 'alarms', 0, 1, 'hook', 1)",
        "INSERT INTO hooks (key_hash, conversation, account, made_by, made_ts) VALUES (zeroblob(32), 3, 5, 1, 1)",
        "INSERT INTO allowlist (name_key, name, added_ts) VALUES ('yan', 'Yan', 1)",
    )


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a store without a fault, once."""
    path = tmp_path_factory.mktemp("sound") / "chat.db"
    asyncio.run(fill(path))
    return path


@pytest.fixture
def store(sound: Path, tmp_path: Path) -> Iterator[Path]:
    """Return a copy of it to be damaged."""
    yield Path(shutil.copy(sound, tmp_path / "chat.db"))


def damage(path: Path, *statements: str) -> None:
    """Run SQL that no server would."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def found(path: Path) -> dict[str, Outcome]:
    """Return the checks that found something."""
    return {outcome.name: outcome for outcome in examine_file(path) if not outcome.sound}


def test_sound_store_passes_every_check(store: Path) -> None:
    outcomes = list(examine_file(store))

    assert [outcome.name for outcome in outcomes] == [check.name for check in BASIC + MORE]
    assert all(outcome.sound and outcome.text for outcome in outcomes), outcomes


def test_checks_change_nothing_and_leave_no_file(store: Path) -> None:
    before = store.read_bytes()

    list(examine_file(store))

    assert store.read_bytes() == before
    assert [path.name for path in store.parent.iterdir()] == ["chat.db"]


KEY_2, KEY_4, KEY_5, KEY_9, KEY_10 = (row_id(ROOM, seq) for seq in (2, 4, 5, 9, 10))
EDITED, DELETED, MARKED = row_id(DIRECT, 1), row_id(DIRECT, 2), row_id(ASIDE, 1)
ROOT = row_id(DIRECT, 7)
COPY_OF_9 = f"INSERT INTO events SELECT {{}}, eid, kind, author, ts, NULL, payload, NULL FROM events WHERE id = {KEY_9}"
COPY_OF_MESSAGE = (
    "INSERT INTO messages SELECT {}, author, ts, {}, body, style, NULL, 0, 0, NULL, NULL, 0, 0, '', '', 0, '', x'', 0 "
    f"FROM messages WHERE id = {KEY_2}"
)


DAMAGES = {
    # groups
    "group_with_a_stranger": (
        "groups",
        f"UPDATE memberships SET until_seq = 4 WHERE conversation = {GROUP} AND account = 2",
        "conversation 6: its members are not those that its log tells of",
    ),
    "group_read_too_far": (
        "groups",
        f"UPDATE memberships SET since_seq = 0 WHERE conversation = {GROUP} AND account = 3",
        "conversation 6: a member reads from elsewhere than where it came",
    ),
    "group_garbled": (
        "groups",
        f"UPDATE events SET payload = x'c1' WHERE id = {row_id(GROUP, 4)}",
        "event 6:4: who it brought in cannot be read",
    ),
    "group_with_a_name": ("names", f"UPDATE conversations SET name = 'x' WHERE id = {GROUP}", "it is a group, but"),
    "channel_begun_late": (
        "groups",
        "UPDATE memberships SET since_seq = 1 WHERE conversation = 3 AND account = 1",
        "account 1 in conversation 3: it begins late in what is no group",
    ),
    # who comes in
    "no_role": ("ways-in", "UPDATE accounts SET role = 'king' WHERE id = 1", "account 1: its role is unknown"),
    "mighty_for_all": ("ways-in", "UPDATE accounts SET role = 'owner' WHERE id = 1", "is owner without a password"),
    "guest_with_password": ("ways-in", "UPDATE accounts SET role = 'guest' WHERE id = 4", "a guest with a password"),
    "half_registered": (
        "ways-in",
        "UPDATE accounts SET registered_ts = 1 WHERE id = 1",
        "registered without a password",
    ),
    "password_in_the_clear": ("ways-in", "UPDATE accounts SET password = 'x' WHERE id = 4", "stored in no known way"),
    "no_looks": ("ways-in", "UPDATE accounts SET skeleton = NULL WHERE id = 4", "account 4: what its name looks like"),
    "short_token": ("ways-in", "UPDATE devices SET token_hash = x'00'", "device 1: no token can belong to it"),
    "short_code": ("ways-in", "UPDATE invites SET code_hash = x'00'", "invite 1: no code can belong to it"),
    "overspent": ("ways-in", "UPDATE invites SET uses_left = -1", "invite 1: it was used more often than it may be"),
    "short_secret": ("ways-in", "UPDATE hooks SET key_hash = x'00'", "webhook 1: no secret can belong to it"),
    "hook_of_a_person": (
        "ways-in",
        "UPDATE hooks SET account = 1",
        "webhook 1: it writes as an account that is no web",
    ),
    "hook_of_two": ("ways-in", f"UPDATE hooks SET conversation = {DIRECT}", "it writes into what is no channel"),
    "odd_program": ("ways-in", "UPDATE accounts SET bot = 'x' WHERE id = 1", "account 1: what program it belongs to"),
    "bot_with_password": ("ways-in", "UPDATE accounts SET bot = 'bot' WHERE id = 4", "4: it is a program with a pass"),
    "listed_otherwise": ("ways-in", "UPDATE allowlist SET name_key = 'x'", "a listed name cannot be found"),
    # the log
    "hole": ("logs", f"DELETE FROM events WHERE id = {KEY_5}", "conversation 3: event 5 is missing"),
    "holes": ("logs", f"DELETE FROM events WHERE id BETWEEN {KEY_2} AND {KEY_4}", "events 2 to 4 are missing"),
    "lost_end": ("logs", f"DELETE FROM events WHERE id = {KEY_9}", "conversation 3: event 9 is missing"),
    "head_behind": ("logs", "UPDATE conversations SET head = 7 WHERE id = 3", "2 events beyond its head, which is 7"),
    "head_beyond": ("logs", "UPDATE conversations SET head = 11 WHERE id = 3", "events 10 to 11 are missing"),
    "event_beyond": ("logs", COPY_OF_9.format(KEY_10), "1 event beyond its head, which is 9"),
    "event_zero": ("logs", COPY_OF_9.format(row_id(ROOM, 0)), "an event has the number 0"),
    "other_head": (
        "logs",
        "UPDATE conversations SET head_eid = x'0102030405060708' WHERE id = 3",
        "names another event",
    ),
    "stray_event": ("logs", COPY_OF_9.format(row_id(77, 1)), "1 event of conversation 77, which is not there"),
    "head_of_nothing": (
        "logs",
        "UPDATE conversations SET head_eid = x'01' WHERE id = 2",
        "names another event than 2:0",
    ),
    # what is folded from it
    "other_body": ("messages", f"UPDATE messages SET body = 'other' WHERE id = {KEY_2}", "message 3:2: its text"),
    "other_author": ("messages", f"UPDATE messages SET author = 2 WHERE id = {KEY_2}", "message 3:2: author"),
    "other_time": ("messages", f"UPDATE messages SET ts = 7 WHERE id = {KEY_2}", "message 3:2: author, time"),
    "other_style": (
        "messages",
        f"UPDATE messages SET style = 'action' WHERE id = {KEY_2}",
        "message 3:2: author, time",
    ),
    "no_bot": ("messages", f"UPDATE messages SET bot = 1 WHERE id = {KEY_5}", "message 3:5: author, time"),
    "other_answer": ("messages", f"UPDATE messages SET reply_to = 2 WHERE id = {KEY_5}", "message 3:5: author, time"),
    "no_message": ("messages", f"DELETE FROM messages WHERE id = {KEY_2}", "event 3:2: the message that it posted"),
    "no_answered": (
        "messages",
        f"DELETE FROM messages WHERE id = {row_id(ROOM, 1)}",
        "it answers 3:1, which is no message",
    ),
    "other_number": (
        "messages",
        f"UPDATE messages SET ordinal = 8 WHERE id = {KEY_5}",
        "counted as number 8, it is number 4",
    ),
    "other_count": (
        "messages",
        "UPDATE conversations SET ordinal = 9 WHERE id = 3",
        "counts 9 messages, its log has 8",
    ),
    "other_changed": ("messages", f"UPDATE messages SET changed = 4 WHERE id = {KEY_2}", "event 4 folded in"),
    "other_topic": (
        "messages",
        "UPDATE conversations SET topic = 'else' WHERE id = 3",
        "its topic is not the last one",
    ),
    "topic_of_none": ("messages", "UPDATE conversations SET topic = 'else' WHERE id = 2", "conversation 2: its topic"),
    "lost_reply": (
        "messages",
        f"UPDATE messages SET replies = 1 WHERE id = {ROOT}",
        "message 4:7: it counts 1 reply, its thread has 2",
    ),
    "late_reply": (
        "messages",
        f"UPDATE messages SET last_reply = 5 WHERE id = {ROOT}",
        "message 4:7: it counts 2 repl",
    ),
    "unfolded_reply": (
        "messages",
        f"UPDATE messages SET changed = 8 WHERE id = {ROOT}",
        "message 4:9: it is not folded into 4:7",
    ),
    "reply_to_a_reply": (
        "messages",
        f"UPDATE messages SET thread = {ROOT + 1} WHERE id = {ROOT + 2}",
        "message 4:9: its thread is not as it was posted",
    ),
    "aside_in_channel": (
        "messages",
        f"UPDATE messages SET in_channel = 1 WHERE id = {ROOT + 1}",
        "message 4:8: its thread is not as it was posted",
    ),
    "thread_of_nothing": (
        "threads",
        f"UPDATE threads SET root = {ROOT + 1} WHERE account = 1",
        "thread 4:8 of account 1: it hangs on no message",
    ),
    "thread_beyond": (
        "threads",
        "UPDATE threads SET read_seq = 99 WHERE account = 2",
        "thread 4:7 of account 2: it is read up to beyond",
    ),
    "untold_thread": (
        "threads",
        "UPDATE threads SET event = 99 WHERE account = 2",
        "thread 4:7 of account 2: it is not told of",
    ),
    "thread_told_twice": ("threads", "DELETE FROM threads WHERE account = 2", "tell 2 times of threads, 1 are known"),
    "message_of_topic": (
        "messages",
        COPY_OF_MESSAGE.format(f"{KEY_4}, 4", 4),
        "message 3:4: its event posted none",
    ),
    "stray_message": (
        "messages",
        COPY_OF_MESSAGE.format(f"{KEY_10}, 9", 10),
        "message 3:10: its event is not there",
    ),
    "unknown_kind": (
        "messages",
        f"UPDATE events SET kind = 'sung' WHERE id = {KEY_4}",
        "event 3:4: its kind is unknown",
    ),
    "unreadable": ("messages", f"UPDATE events SET payload = x'c1' WHERE id = {KEY_2}", "event 3:2: what it holds"),
    "short_id": ("messages", f"UPDATE events SET eid = x'01' WHERE id = {KEY_2}", "event 3:2: its id has 1 bytes"),
    # reactions, pins and bookmarks
    "reaction_of_none": (
        "messages",
        f"INSERT INTO reactions (account, message, emoji, seq) VALUES (1, {KEY_2}, '👍', 2)",
        "1 reaction of no message",
    ),
    "uncounted_reaction": (
        "messages",
        f"UPDATE messages SET reactions = x'' WHERE id = {MARKED}",
        "message 5:1: its reactions are not those",
    ),
    "lost_reaction": (
        "messages",
        f"DELETE FROM reactions WHERE message = {MARKED} AND account = 1",
        "message 5:1: those who react to it are not those",
    ),
    "unpinned": (
        "messages",
        f"UPDATE messages SET pinned = 0 WHERE id = {MARKED}",
        "message 5:1: it is pinned, or not",
    ),
    "bookmark_of_none": ("messages", f"UPDATE bookmarks SET message = {KEY_10}", "1 bookmark of no message"),
    # edits and deletions
    "old_text": (
        "messages",
        f"UPDATE messages SET body = 'hello, bob' WHERE id = {EDITED}",
        "message 4:1: its text is not",
    ),
    "not_folded": (
        "messages",
        f"UPDATE messages SET changed = 3 WHERE id = {EDITED}",
        "event 4:4: it is not folded into 4:1",
    ),
    "edit_count": ("messages", f"UPDATE messages SET edits = 1 WHERE id = {EDITED}", "it counts 1 edit, its log has 2"),
    "edit_of_none": ("messages", f"UPDATE messages SET edits = 1 WHERE id = {KEY_2}", "message 3:2: it counts 1 edit"),
    "folded_other": (
        "messages",
        f"UPDATE messages SET changed = 6 WHERE id = {EDITED}",
        "4:1: it has event 6 folded in",
    ),
    "not_deleted": (
        "messages",
        f"UPDATE messages SET deleted = 0 WHERE id = {DELETED}",
        "message 4:2: its text is not",
    ),
    "deleted_unasked": (
        "messages",
        f"UPDATE messages SET deleted = 1 WHERE id = {KEY_2}",
        "message 3:2: it has event 2",
    ),
    "text_kept": (
        "messages",
        f"UPDATE messages SET body = 'still here' WHERE id = {DELETED}",
        "message 4:2: its text is not",
    ),
    "text_in_log": (
        "messages",
        f"UPDATE events SET payload = x'81a4626f6479a161' WHERE id = {row_id(DIRECT, 5)}",
        "message 4:2: it was deleted, but the log still has its text",
    ),
    "unreadable_edit": (
        "messages",
        f"UPDATE events SET payload = x'c1' WHERE id = {row_id(DIRECT, 4)}",
        "event 4:4: what it holds cannot be read",
    ),
    "about_nothing": (
        "messages",
        f"UPDATE events SET target = {row_id(DIRECT, 40)} WHERE id = {row_id(DIRECT, 3)}",
        "event 4:3: it is about a message that is not there",
    ),
    "about_elsewhere": (
        "messages",
        f"UPDATE events SET target = {KEY_2} WHERE id = {row_id(DIRECT, 3)}",
        "event 4:3: it is about a message that is not there",
    ),
    "about_untold": (
        "messages",
        f"UPDATE events SET target = NULL WHERE id = {row_id(DIRECT, 6)}",
        "event 4:6: it is about a message that is not there",
    ),
    "digest_kept": (
        "sends",
        "UPDATE cids SET digest = x'00' WHERE conversation = 4 AND seq = 2",
        "message 4:2 was deleted, but a digest of its text is kept",
    ),
    # cids
    "no_cid": ("sends", "DELETE FROM cids WHERE conversation = 3 AND seq = 2", "message 3:2: the cid it was sent with"),
    "cid_elsewhere": (
        "sends",
        "UPDATE cids SET seq = 3 WHERE conversation = 3 AND seq = 2",
        "a cid stands for message 3:3",
    ),
    "cid_of_nothing": (
        "sends",
        "UPDATE cids SET seq = 99 WHERE conversation = 3 AND seq = 2",
        "a cid stands for message 3:99",
    ),
    "cid_of_other": (
        "sends",
        "UPDATE cids SET account = 2 WHERE conversation = 3 AND seq = 2",
        "a cid stands for message 3:2",
    ),
    "cid_time": ("sends", "UPDATE cids SET ts = 99 WHERE conversation = 3 AND seq = 2", "message 3:2: the cid"),
    "short_cid": (
        "sends",
        f"UPDATE events SET cid = x'01' WHERE id = {KEY_2}",
        "message 3:2: its cid has not 16 bytes",
    ),
    # memberships
    "member_count": (
        "members",
        "UPDATE conversations SET member_count = 5 WHERE id = 3",
        "counts 5 members, there are 2",
    ),
    "nobody": ("members", "UPDATE conversations SET member_count = 1 WHERE id = 2", "it counts 1 member, there are 3"),
    "marker_beyond": (
        "members",
        "UPDATE memberships SET read_seq = 99 WHERE conversation = 3 AND account = 1",
        "account 1 in conversation 3: its read marker lies beyond",
    ),
    "marker_miscounts": (
        "members",
        "UPDATE memberships SET read_ordinal = 5 WHERE conversation = 3 AND account = 1",
        "account 1 in conversation 3: it counts other messages",
    ),
    "unread_negative": (
        "members",
        "UPDATE memberships SET own_unread = 7 WHERE conversation = 3 AND account = 1",
        "its count of unread messages is below zero",
    ),
    "own_negative": (
        "members",
        "UPDATE memberships SET own_unread = -1 WHERE conversation = 3 AND account = 1",
        "its count of unread messages is below zero",
    ),
    "ends_beyond": (
        "members",
        "UPDATE memberships SET until_seq = 40 WHERE conversation = 3 AND account = 3",
        "account 3 in conversation 3: it begins or ends beyond",
    ),
    "begins_after_its_end": (
        "members",
        "UPDATE memberships SET since_seq = 6 WHERE conversation = 3 AND account = 3",
        "account 3 in conversation 3: it begins or ends beyond",
    ),
    "overlap": (
        "members",
        "INSERT INTO memberships SELECT conversation, account, 2, 4, 2, 2, 0, 0, 1, 'member', 0 FROM memberships "
        "WHERE conversation = 3 AND account = 1",
        "account 1 in conversation 3: two of them overlap",
    ),
    "third_in_direct": (
        "members",
        "INSERT INTO memberships SELECT 4, 3, 0, NULL, 0, 0, 0, 0, 1, 'member', 0",
        "conversation 4: its members are not the two",
    ),
    "own_unread": (
        "unread",
        "UPDATE memberships SET own_unread = 1 WHERE conversation = 3 AND account = 1",
        "account 1 in conversation 3: it counts 1 own message behind its read marker, there are 0",
    ),
    # mentions
    "mention_without_a_row": (
        "mentions",
        f"UPDATE messages SET mentions = '2' WHERE id = {KEY_2}",
        "message 3:2: those who are said to be named are not those that it names",
    ),
    "mention_that_was_not_posted": (
        "messages",
        f"UPDATE messages SET mentions = '2' WHERE id = {KEY_2}",
        "message 3:2: whom it mentions is not as it was posted",
    ),
    "row_without_a_mention": (
        "mentions",
        f"INSERT INTO mentions VALUES (2, {KEY_2}, 1)",
        "message 3:2: somebody is said to be named in it, who is not",
    ),
    # accounts and names
    "log_head": ("account-logs", "UPDATE accounts SET log_head = 2 WHERE id = 1", "account 1: its log ends at"),
    "log_lost_its_end": (
        "account-logs",
        "DELETE FROM account_events WHERE account = 3 AND seq = (SELECT log_head FROM accounts WHERE id = 3)",
        "account 3: its log ends at",
    ),
    "marker_untold": (
        "account-logs",
        "DELETE FROM account_events WHERE account = 1 AND kind = 'read_marker_moved'",
        "account 1: its log does not tell of its read marker in conversation 3",
    ),
    "account_event_kind": (
        "account-logs",
        "UPDATE account_events SET kind = 'danced' WHERE account = 1 AND seq = 1",
        "event 1 of account 1: its kind is unknown",
    ),
    "account_event_payload": (
        "account-logs",
        "UPDATE account_events SET payload = x'c1' WHERE account = 1 AND kind = 'read_marker_moved'",
        "what it holds cannot be read",
    ),
    "account_event_zero": (
        "account-logs",
        "UPDATE account_events SET seq = 0 WHERE account = 1 AND seq = 1",
        "event 0 of account 1: it stands before the beginning",
    ),
    "marker_told_beyond": (
        "account-logs",
        "UPDATE account_events SET payload = x'81a47265616463' WHERE kind = 'read_marker_moved' AND account = 1",
        "its read marker lies beyond the conversation's log",
    ),
    "left_beyond": (
        "account-logs",
        "UPDATE account_events SET payload = x'81a46c61737463' WHERE kind = 'conversation_left'",
        "it was written when the conversation's log was longer",
    ),
    "account_name": ("names", "UPDATE accounts SET name_key = 'xx' WHERE id = 1", "account 1: it cannot be found"),
    "channel_name": (
        "names",
        "UPDATE conversations SET name = 'Hall' WHERE id = 3",
        "conversation 3: it cannot be found",
    ),
    "kind": ("names", "UPDATE conversations SET kind = 'hall' WHERE id = 3", "conversation 3: its kind is unknown"),
    "direct": ("names", "UPDATE conversations SET direct_key = NULL WHERE id = 4", "conversation 4: it is direct, but"),
    "no_general": ("names", "UPDATE conversations SET name = 'x', name_key = 'x' WHERE id = 1", "the channel #general"),
    "no_epoch": ("names", "DELETE FROM meta", "the store has no epoch"),
    # order
    "rules": ("messages", "UPDATE conversations SET moderated = 1 WHERE id = 3", "conversation 3: its rules are not"),
    "act_changed": ("audit", "UPDATE audit SET target = 'ann' WHERE id = 2", "row 2 was changed"),
    "act_missing": ("audit", "DELETE FROM audit WHERE id = 2", "row 2 is missing"),
    "acts_cut_off": ("audit", "DELETE FROM audit WHERE id = 3", "the log ends at row 2, the store says at row 3"),
    "act_forged": ("audit", "UPDATE audit SET prev_hash = x'00' WHERE id = 3", "row 3 does not continue row 2"),
    # private chats
    "private_chat_in_a_channel": (
        "private-chats",
        "UPDATE private_chats SET conversation = 3 WHERE number = 1",
        "private chat 1: it takes place in no direct conversation",
    ),
    "private_chat_asked_by_another": (
        "private-chats",
        "UPDATE private_chats SET asked_by = 2 WHERE number = 2",
        "private chat 2: who asked for it is none of the two",
    ),
    "private_chat_ended_by_nobody": (
        "private-chats",
        "UPDATE private_chats SET ended_by = NULL WHERE number = 1",
        "private chat 1: it has ended by nobody",
    ),
    "private_chat_ended_by_another": (
        "private-chats",
        "UPDATE private_chats SET ended_by = 2 WHERE number = 1",
        "private chat 1: who ended it is none of the two",
    ),
    "two_private_chats_at_a_time": (
        "private-chats",
        "INSERT INTO private_chats (conversation, asked_by, asked_ts, begun_ts) VALUES (4, 2, 1, 1)",
        "account 1: it is in the private chats 2 and 3 at a time",
    ),
    "private_chat_asked_for_twice": (
        "private-chats",
        "INSERT INTO private_chats (conversation, asked_by, asked_ts) VALUES (4, 2, 1), (4, 2, 1)",
        "private chat 4: the same one asks for it twice",
    ),
    "private_chat_untold": (
        "private-chats",
        "INSERT INTO private_chats (conversation, asked_by, asked_ts) VALUES (4, 2, 1)",
        "private chat 3: nobody was told of it",
    ),
    "private_chat_of_another_number": (
        "private-chats",
        "UPDATE private_chats SET number = 9 WHERE number = 1",
        "private chat 1 is not there or elsewhere",
    ),
    "private_chat_of_number_0": (
        "private-chats",
        "UPDATE private_chats SET number = 0 WHERE number = 1",
        "private chat 0: its number stands for being free",
    ),
    # the file
    "lost_account": ("references", "DELETE FROM accounts WHERE id = 3", "point to no row of table accounts"),
    "lost_index": ("schema", "DROP INDEX ix_memberships_account", "index ix_memberships_account of table memberships"),
    "lost_table": ("schema", "DROP TABLE cids", "table cids is not there"),
    "lost_column": ("schema", "ALTER TABLE messages DROP COLUMN style", "column style of table messages"),
}
"""By name: the check that finds it, what is done, and words of what is told."""


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_found(store: Path, name: str) -> None:
    check, statement, words = DAMAGES[name]
    damage(store, statement)

    outcomes = found(store)

    assert check in outcomes, outcomes
    assert any(words in text for text in outcomes[check].findings), outcomes[check]


def test_every_check_is_shown_to_find_something() -> None:
    shown = {check for check, _, _ in DAMAGES.values()} | {"integrity"}

    assert shown == {check.name for check in BASIC + MORE}


def test_damaged_page_is_found(store: Path) -> None:
    with closing(sqlite3.connect(store)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'messages'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with store.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)

    outcomes = found(store)

    assert "integrity" in outcomes
    assert "messages" in outcomes, "a check that cannot be carried out is not passed"


def test_index_that_differs_from_its_table_is_found(store: Path) -> None:
    damage(
        store,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = replace(sql, 'account, conversation', 'conversation, account') "
        "WHERE name = 'ix_memberships_account'",
    )

    assert "integrity" in found(store)


@pytest.mark.parametrize("content", [b"Dear diary, " * 500, b"SQLite format 3\0" + b"\xff" * 4080])
def test_file_that_is_no_database_is_a_finding(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "chat.db"
    path.write_bytes(content)

    assert list(found(path)) == ["integrity"]


def test_value_of_another_type_is_a_finding(store: Path) -> None:
    damage(store, "UPDATE accounts SET name = x'ff' WHERE id = 1")

    assert "could not be carried out" in found(store)["names"].findings[0]


def test_findings_beyond_the_first_are_counted(store: Path) -> None:
    damage(store, "UPDATE messages SET body = 'other'")

    outcome = found(store)["messages"]

    assert (outcome.count, len(outcome.findings)) == (15, KEPT)


def test_no_text_of_a_message_is_told(store: Path) -> None:
    damage(store, "UPDATE messages SET body = 'very private'", "UPDATE conversations SET topic = 'also private'")

    told = " ".join(text for outcome in found(store).values() for text in outcome.findings)

    assert "private" not in told
    assert "what it is about" not in told


def test_store_of_an_older_version_gets_the_checks_that_hold_for_every_version(store: Path) -> None:
    damage(store, "UPDATE schema_version SET version_num = '0000'", "ALTER TABLE messages DROP COLUMN style")

    outcomes = list(examine_file(store))

    assert [outcome.name for outcome in outcomes] == [check.name for check in BASIC]
    assert all(outcome.sound for outcome in outcomes)
    assert "the server brings it to" in outcomes[0].text
