"""What can be wrong with the log of a store and with what is folded from it: by name, the check that finds it, what is
done to a store of `filled`, and words of what is told.
"""

from __future__ import annotations

from chat_core.server.store.keys import row_id
from tests.unit.store.filled import ASIDE, DIRECT, ROOM

KEY_2, KEY_4, KEY_5, KEY_9, KEY_10 = (row_id(ROOM, seq) for seq in (2, 4, 5, 9, 10))
EDITED, DELETED, MARKED = row_id(DIRECT, 1), row_id(DIRECT, 2), row_id(ASIDE, 1)
ROOT = row_id(DIRECT, 7)
COPY_OF_9 = f"INSERT INTO events SELECT {{}}, eid, kind, author, ts, NULL, payload, NULL FROM events WHERE id = {KEY_9}"
COPY_OF_MESSAGE = (
    "INSERT INTO messages SELECT {}, author, ts, {}, body, style, NULL, 0, 0, NULL, NULL, 0, 0, '', '', 0, '', x'', 0 "
    f"FROM messages WHERE id = {KEY_2}"
)

OF_LOGS = {
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
    "no_utf8": (
        "messages",
        f"UPDATE events SET payload = x'81a4626f6479a1ff' WHERE id = {KEY_2}",
        "event 3:2: what it holds",
    ),
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
        f"UPDATE events SET payload = x'81a4626f6479a1ff' WHERE id = {row_id(DIRECT, 4)}",
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
}
