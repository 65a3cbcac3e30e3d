"""Every behaviour of five earlier chat systems, how it is had here, and which tests show it.

`OPEN` is the one list of what is not shown yet: with it empty, tests/architecture/test_parity.py is strict.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Row(NamedTuple):
    """One behaviour."""

    id: str
    """Its name in `OPEN`; unique."""
    there: str
    """What the earlier system does."""
    here: str
    """How it is had here."""
    classic: str = ""
    """How a user of the earlier system spells it, which works here too."""
    tests: tuple[str, ...] = ()
    """Tests that show it, `file::function` below tests/."""


class System(NamedTuple):
    """One earlier system."""

    title: str
    rows: tuple[Row, ...]


OPEN: Final[frozenset[str]] = frozenset()
"""Rows that are not shown yet, or not wholly."""

_SAYING: Final = "tui/test_saying.py::"
_COMMANDS: Final = "tui/test_commands.py::"
_PARITY: Final = "tui/test_parity.py::"
_SERVER: Final = "e2e/test_parity.py::"
_CLASSIC: Final = "tui/test_classic.py::"
_START: Final = "tui/test_start.py::"
_PAGE: Final = "tui/test_page.py::"
_WRITING: Final = "tui/test_writing.py::"
_SIGNING_IN: Final = "tui/test_signing_in.py::"
_BROWSER: Final = "e2e/test_browser_page.py::"

SYSTEMS: Final = (
    System(
        "Channels and nicknames over TCP",
        (
            Row(
                "codec",
                "One module encodes and decodes everything on the wire; white space around text goes.",
                "`chat_core.protocol`; text is normalised in one place, on the server.",
                tests=(
                    _PARITY + "test_text_is_normalised_in_one_place_for_everybody",
                    "conformance/test_sending.py::test_a_body_is_stored_and_pushed_cleaned",
                ),
            ),
            Row(
                "many",
                "Many clients at once.",
                "One session for each connection.",
                tests=(_PARITY + "test_many_clients_talk_at_once_and_all_see_the_same_order",),
            ),
            Row(
                "cap",
                "At most 4 connections.",
                "`chat-core serve --max-clients N`; who is refused is told why.",
                tests=(
                    _SERVER + "test_preset_classic_has_room_for_four_and_gives_way_to_what_is_set",
                    "e2e/test_defence.py::test_full_server_says_so_in_words_that_a_client_shows",
                ),
            ),
            Row(
                "arguments",
                "Port and debug level are arguments.",
                "`--port`, `--log-level`, `-d`/`--debug`.",
                tests=(
                    "e2e/test_config.py::test_serve_obeys_the_environment_over_the_file_and_an_option_over_both",
                    _SERVER + "test_log_has_connects_commands_results_and_departures_and_no_word_of_what_was_said",
                ),
            ),
            Row(
                "nick",
                "One chooses and changes a nickname.",
                "The name one signs in with; `/nick NAME`.",
                "`/nick`",
                (
                    _COMMANDS + "test_nick_changes_the_name_everywhere_and_is_remembered",
                    _COMMANDS + "test_nick_says_that_a_name_is_taken",
                ),
            ),
            Row(
                "commands",
                "From inside the client: connect to a server, list, join and leave channels, quit, help.",
                "`/connect HOST`, `/list`, `/join`, `/leave` (`/part`), `/quit`, `/help`.",
                "the same",
                (
                    _COMMANDS + "test_connect_with_a_server_goes_there_under_the_name_used_there",
                    "tui/test_leaving.py::test_leaving_a_server_is_asked_about_while_something_is_not_sent",
                    _WRITING + "test_draft_is_on_disk_soon_shown_in_the_list_and_there_at_the_next_start",
                    _PAGE + "test_draft_is_there_again_after_going_elsewhere_and_back",
                    _PARITY + "test_channel_is_listed_joined_and_left_by_all_its_names",
                    _COMMANDS + "test_connect_leads_to_the_start_screen_and_quit_leaves",
                    _PARITY + "test_help_tells_of_everything_and_of_one_command",
                ),
            ),
            Row(
                "idle",
                "After 3 idle minutes a client is dropped, or the server stops.",
                "`--idle-timeout S`, off unless set or `classic`; `--exit-when-idle S`, off unless set.",
                tests=(
                    _SERVER + "test_idle_client_is_told_why_it_is_disconnected",
                    "e2e/test_defence.py::test_client_that_asks_for_nothing_is_disconnected_although_it_answers_pings",
                    "e2e/test_defence.py::test_server_ends_by_itself_once_nobody_was_connected_for_long",
                ),
            ),
            Row(
                "everywhere",
                "It listens on all interfaces.",
                "`--host 0.0.0.0` or `::`, with TLS; the first line says how others connect.",
                tests=(
                    "e2e/test_tls.py::"
                    "test_serve_speaks_tls_off_loopback_by_itself_and_names_an_address_that_others_can_reach",
                    "e2e/test_tls.py::test_full_screen_client_asks_about_an_unknown_server_and_goes_there",
                ),
            ),
            Row(
                "nowhere-yet",
                "Connected, but without a nickname or a channel yet.",
                "A state that the client shows; a command that needs one says which is missing.",
                tests=(
                    _PARITY + "test_command_says_what_is_missing_when_one_is_nowhere_yet",
                    _SAYING + "test_line_typed_before_the_connection_stands_stays",
                ),
            ),
            Row(
                "welcome",
                "A welcome after connecting.",
                "A message of the day (`[server] motd`), shown at sign-in.",
                tests=(
                    _SERVER + "test_message_of_the_day_is_shown_at_sign_in",
                    _SERVER + "test_preset_classic_lets_in_who_is_on_the_list_by_name_alone_and_greets",
                ),
            ),
            Row(
                "rest",
                "The server rests between its checks.",
                "Nothing waits busily: an idle server takes less than 0.5 % of a core.",
                tests=(_SERVER + "test_idle_server_uses_less_than_half_a_percent_of_a_core",),
            ),
            Row(
                "activity",
                "A log of connects, commands and departures.",
                "A structured log, all of that at the level debug.",
                tests=(_SERVER + "test_log_has_connects_commands_results_and_departures_and_no_word_of_what_was_said",),
            ),
            Row(
                "log-file",
                "The log is a file.",
                "`--log-file`, or standard error into one.",
                tests=(_SERVER + "test_log_goes_to_a_file_where_that_is_wanted",),
            ),
            Row(
                "ctrl-c",
                "Ctrl-C closes the server with a message.",
                "Calls under way are answered, clients get a goodbye with the reason, and come back by themselves.",
                tests=(
                    _SERVER + "test_server_that_is_interrupted_tells_its_clients_why_and_they_come_back",
                    "e2e/test_serve.py::test_serve_answers_calls_under_way_before_it_stops",
                ),
            ),
            Row(
                "vanished",
                "A vanished peer leaves nothing behind.",
                "Presence, typing and connection are gone within a ping time-out; the account stays.",
                tests=(_SERVER + "test_lost_peer_leaves_nothing_behind_within_a_ping_time_out",),
            ),
        ),
    ),
    System(
        "Aliases, direct messages, broadcast",
        (
            Row(
                "address",
                "Server and client meet at 127.0.0.1, port 55555.",
                "The same.",
                tests=(_SERVER + "test_server_and_client_meet_at_the_same_default_address",),
            ),
            Row(
                "alias",
                "An alias for each client.",
                "A display name: `/alias NAME`.",
                tests=(
                    "tui/test_alias.py::test_alias_is_shown_to_everybody_and_the_name_stays_what_is_typed",
                    "conformance/test_display_names.py::test_display_name_travels_with_all_that_shows_a_name",
                    "conformance/test_display_names.py::test_nobody_is_shown_as_somebody_else",
                ),
            ),
            Row(
                "users",
                "A list of users, for the one who asks.",
                "The list of members; `/users` (`/who`) answers only whoever asks.",
                "`/users`",
                (
                    _PARITY + "test_answer_of_users_is_for_the_one_who_asks",
                    _COMMANDS + "test_users_lists_who_is_here",
                    "unit/tui/commands/test_classic.py::test_classic_form_with_a_slash_is_an_ordinary_command_line",
                ),
            ),
            Row(
                "direct",
                "A direct message to one user.",
                "`/dm USER TEXT` opens a tab; quotes around the text stay as text.",
                '`/dm user2 "hello"`',
                (
                    _CLASSIC + "test_quotes_of_a_direct_message_stay_as_text",
                    "e2e/test_full_screen.py::test_two_people_talk_join_and_open_a_direct_conversation",
                ),
            ),
            Row(
                "broadcast",
                "A broadcast to everybody who is connected.",
                "`/broadcast TEXT`, for who may: a message in `#announcements`, drawn where everybody is.",
                '`/bm "hello"`',
                (
                    "tui/test_broadcast.py::test_broadcast_is_drawn_where_one_is_and_kept_in_the_announcements",
                    "conformance/test_broadcasting.py::test_an_announcement_comes_to_everybody_and_is_kept",
                ),
            ),
            Row(
                "help",
                "A description of all commands.",
                "`/help`, `/help COMMAND`, F1.",
                "`/help`",
                (
                    _PARITY + "test_help_tells_of_everything_and_of_one_command",
                    _COMMANDS + "test_help_opens_and_closes",
                ),
            ),
            Row(
                "departure",
                "Leaving is announced to everybody.",
                "Going offline is told in each conversation that is shared; in large ones, in numbers.",
                "`/quit`",
                (
                    _SERVER + "test_departure_is_told_in_each_shared_conversation",
                    "unit/client/state/test_people.py::"
                    "test_going_offline_is_told_in_numbers_where_somebody_always_goes",
                ),
            ),
        ),
    ),
    System(
        "A relay room with manners",
        (
            Row(
                "relay",
                "Every message goes to all; the server's own log shows it.",
                "Channels; `--log-messages`, off by default.",
                tests=(
                    _SAYING + "test_line_is_sent_and_shown_once_to_everybody",
                    _SERVER + "test_log_has_what_was_said_only_when_that_is_wanted",
                ),
            ),
            Row(
                "shouting",
                "A message all in capitals: a private warning; the second time, a kick.",
                "A step of moderation, `shouting`: warn, then kick; off unless a channel or the preset turns it on.",
                tests=(
                    _SERVER + "test_preset_classic_warns_who_shouts_and_puts_them_off_the_second_time",
                    "integration/test_moderation.py::"
                    "test_shouting_is_warned_about_in_private_and_kicks_from_the_server_the_second_time",
                    "integration/test_moderation.py::test_operators_turn_a_rule_on_for_their_channel_only",
                ),
            ),
            Row(
                "bang",
                "One leaves by a bang command.",
                "`/quit`.",
                "`!leave`",
                (_CLASSIC + "test_bang_leave_leaves_the_program",),
            ),
            Row(
                "kicked",
                "Who is kicked is told, and disconnected.",
                "The reason is shown; no reconnect by itself.",
                tests=(
                    "e2e/test_keeping_order.py::"
                    "test_moderator_puts_somebody_off_the_server_who_reads_why_on_the_start_screen",
                    "integration/test_keeping_order.py::"
                    "test_kicked_account_is_told_why_on_every_device_and_does_not_come_back_by_itself",
                ),
            ),
        ),
    ),
    System(
        "Authorised users, one-to-one sessions, history on request",
        (
            Row(
                "allow-list",
                "Only users on a list may log on, by name alone.",
                '`registration = "allowlist"`; `chat-core users allow NAME`; a clear refusal.',
                tests=(_SERVER + "test_preset_classic_lets_in_who_is_on_the_list_by_name_alone_and_greets",),
            ),
            Row(
                "name-format",
                "The name's format is checked in the client before it connects.",
                "One rule in client and server, one function.",
                tests=(
                    _START + "test_start_screen_says_in_place_what_is_wrong",
                    "e2e/test_scripting.py::test_a_name_that_is_ill_formed_is_refused_in_one_sentence",
                    "conformance/test_opening.py::"
                    "test_sign_in_with_an_ill_formed_name_is_refused_and_may_be_tried_again",
                ),
            ),
            Row(
                "log-on",
                "Log on, log out.",
                "`/login NAME`, `/logout`, without leaving the program.",
                "`log on`, `log out`",
                (_CLASSIC + "test_log_out_leads_to_the_start_screen_and_one_can_be_somebody_else_there",),
            ),
            Row(
                "private-session",
                "One asks a user for a private session; the server sees that both are online and free.",
                "A chat request, by the other one's policy: at once, on acceptance, or refused; busy is said.",
                "`CHAT_REQUEST(user1-user2)`",
                (
                    "tui/test_private.py::test_private_chat_is_begun_numbered_and_ended_in_the_words_of_an_earlier_system",
                    "tui/test_private.py::test_request_is_told_with_what_can_be_done_and_accepted",
                    "conformance/test_private_chats.py::test_a_private_chat_begins_at_once_with_who_is_online_and_free",
                    "conformance/test_private_chats.py::test_a_private_chat_is_refused_with_who_is_not_online",
                ),
            ),
            Row(
                "session-number",
                "Each session has a number, 0 is free; one can ask for it.",
                "Each private chat has a number, told when it begins and by `/session`.",
                "`SNUM`",
                (
                    "tui/test_private.py::test_private_chat_is_begun_numbered_and_ended_in_the_words_of_an_earlier_system",
                ),
            ),
            Row(
                "session-end",
                "A session is ended by its number.",
                "`/end [NUMBER]` closes it for both; its history stays.",
                "`END_REQUEST(3)`",
                (
                    "tui/test_private.py::test_private_chat_is_begun_numbered_and_ended_in_the_words_of_an_earlier_system",
                    "contract/test_store_private.py::test_private_chat_begins_at_once_and_is_ended_for_both",
                ),
            ),
            Row(
                "history",
                "The history between two users, on request.",
                "`/history USER`; only the two can read it.",
                "`HISTORY_REQ(user1-user2)`",
                (
                    _CLASSIC + "test_history_of_two_is_opened_for_one_of_them_and_refused_to_others",
                    "conformance/test_history.py::test_a_direct_conversation_is_read_by_its_two_only",
                ),
            ),
            Row(
                "help-word",
                "Help at any time.",
                "`/help`.",
                "`HELP`",
                (
                    _CLASSIC + "test_help_is_shown_and_the_word_can_still_be_said",
                    "e2e/test_scripting_sending.py::test_send_never_interprets_commands",
                ),
            ),
            Row(
                "on-request",
                "One listener, a task for each user; the server ends only on request.",
                "One asyncio server.",
                tests=(
                    _SERVER + "test_server_stays_when_the_last_client_has_gone",
                    _PARITY + "test_many_clients_talk_at_once_and_all_see_the_same_order",
                ),
            ),
        ),
    ),
    System(
        "Registered users, sized frames, a browser page as display",
        (
            Row(
                "register",
                "Register and log in with a password; users survive a restart.",
                "Accounts in the store, passwords hashed.",
                "`/register NAME`, `/login NAME`",
                (
                    _SIGNING_IN + "test_name_with_a_password_asks_for_it_and_a_token_that_was_refused_asks_again",
                    _SIGNING_IN + "test_link_with_invite_registers_and_the_second_run_asks_nothing",
                    "e2e/test_signing_in.py::test_invite_link_registers_in_a_terminal_and_outlives_a_restart",
                ),
            ),
            Row(
                "sized",
                "Frames begin with their size, so that no buffer cuts a message.",
                "Length-prefixed frames; a message of 16 KiB arrives whole.",
                tests=(_PARITY + "test_message_of_16_kib_arrives_whole",),
            ),
            Row(
                "asks-address",
                "The client asks for the server's address.",
                "The start screen with saved servers, or `chat-tui connect HOST`.",
                tests=(
                    _PARITY + "test_client_asks_for_the_address_and_offers_it_the_next_time",
                    _START + "test_start_screen_knows_the_server_and_the_name_of_last_time",
                ),
            ),
            Row(
                "page",
                "All that is received is written to an HTML file that is open in a browser while one types.",
                "`chat-tui connect HOST --html FILE`, `/html FILE`, `/html off`, or the start screen's field.",
                tests=(
                    _BROWSER + "test_page_in_a_browser_follows_by_itself_while_the_user_types",
                    _BROWSER + "test_page_keeps_its_place_when_it_follows_and_stays_at_the_end_for_who_is_there",
                    _PAGE + "test_page_holds_what_came_what_was_answered_and_what_went_wrong",
                ),
            ),
            Row(
                "page-reset",
                "The file is made, or reset if it is there.",
                "Reset if this program made it; else somebody is asked first.",
                tests=(
                    _BROWSER + "test_file_of_somebody_else_is_asked_about_before_it_is_gone",
                    _PAGE + "test_file_of_somebody_else_gives_way_when_asked_for_again",
                    _START + "test_start_screen_asks_for_a_page_and_before_a_file_of_somebody_else_is_gone",
                ),
            ),
            Row(
                "undisturbed",
                "What is received never lands on top of what is being typed.",
                "A full screen: nothing but its user touches the composer.",
                tests=(_SAYING + "test_unsent_text_is_not_touched_when_messages_come",),
            ),
            Row(
                "results",
                "Syntax and meaning of a command are checked apart; the result, or why there is none, is always told.",
                "What is ill-formed is explained at the composer, with usage; a refusal is a code and a sentence.",
                tests=(
                    _PARITY + "test_result_of_each_command_is_told_done_or_why_not",
                    _SAYING + "test_line_that_means_nothing_stays_and_is_explained",
                ),
            ),
            Row(
                "logged-results",
                "The server logs each result.",
                "Each answer, done or refused, is a line of the log at the level debug.",
                tests=(_SERVER + "test_log_has_connects_commands_results_and_departures_and_no_word_of_what_was_said",),
            ),
            Row(
                "multiplexed",
                "All sockets in one loop, from socket to address to user.",
                "asyncio; one session object for each connection.",
                tests=(_PARITY + "test_many_clients_talk_at_once_and_all_see_the_same_order",),
            ),
        ),
    ),
)
"""All of them."""
