"""What can be wrong with the accounts, memberships and names of a store, and with its file: by name, the check that
finds it, what is done to a store of `filled`, and words of what is told.
"""

from __future__ import annotations

from chat_core.server.store.keys import row_id
from tests.unit.store.filled import DIRECT, GROUP, ROOM

KEY_2 = row_id(ROOM, 2)

OF_PEOPLE = {
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
    "half_deleted": ("names", "UPDATE conversations SET name = NULL WHERE id = 3", "it was deleted, but something"),
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
    "webhook_of_what_is_deleted": (
        "ways-in",
        "UPDATE conversations SET name = NULL, name_key = NULL, head = 0 WHERE id = 3",
        "webhook 1: it writes into what is no channel",
    ),
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
        "account 1 in conversation 3: it counts 1 message as no news behind its read marker, there are 0",
    ),
    "ignored_is_unread": (
        "unread",
        "INSERT INTO ignores SELECT 2, 1",
        "account 2 in conversation 6: it counts 0 messages as no news behind its read marker, there are 1",
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
}

OF_THE_FILE = {
    "lost_account": ("references", "DELETE FROM accounts WHERE id = 3", "point to no row of table accounts"),
    "lost_index": ("schema", "DROP INDEX ix_memberships_account", "index ix_memberships_account of table memberships"),
    "lost_table": ("schema", "DROP TABLE cids", "table cids is not there"),
    "lost_column": ("schema", "ALTER TABLE messages DROP COLUMN style", "column style of table messages"),
}
