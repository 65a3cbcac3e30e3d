"""Names beside registered ones, asked for as the ops do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, insert

from chat_core.base.ids import AccountId
from chat_core.base.looks import skeleton
from chat_core.base.names import name_key
from chat_core.protocol.codes import Refusal
from chat_core.server.store import schema
from chat_core.server.store.base import Refused
from chat_core.server.store.facts import Facts
from chat_core.server.store.look_alikes import check_channel_look_alike, check_look_alike
from chat_core.server.store.lookups import account
from chat_core.server.store.ops.work import Work, add_conversation, rename_account

ANN, BOB = AccountId(1), AccountId(2)


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A database in which ann is registered, and bob is not."""
    engine = create_engine("sqlite://")
    schema.metadata.create_all(engine)
    with engine.begin() as connection:
        for number, name, looks in ((ANN, "Ann", skeleton("Ann")), (BOB, "bob", None)):
            connection.execute(
                insert(schema.accounts).values(
                    id=number, name=name, name_key=name_key(name), log_head=0, created_ts=1, skeleton=looks
                )
            )
        yield connection
    engine.dispose()


@pytest.mark.parametrize("fake", ["аnn", "ΑNN", "ａｎｎ"])
def test_check_look_alike_refuses_what_passes_for_a_registered_name_and_names_it(
    connection: Connection, fake: str
) -> None:
    for whose in (None, BOB):
        with pytest.raises(Refused, match=r"looks too much like 'Ann', which is in use; take another one\.") as refused:
            check_look_alike(connection, fake, whose)
        assert refused.value.code is Refusal.NAME_TAKEN


def test_check_look_alike_lets_an_account_respell_its_own_name(connection: Connection) -> None:
    assert check_look_alike(connection, "аnn", ANN) == skeleton("Ann")


def test_check_look_alike_lets_a_name_be_that_looks_like_one_that_is_not_registered(connection: Connection) -> None:
    assert check_look_alike(connection, "b0b", None) == skeleton("bob")


def test_check_look_alike_says_which_reserved_word_a_name_passes_for(connection: Connection) -> None:
    with pytest.raises(Refused, match="looks like 'moderator', which is kept, because people") as refused:
        check_look_alike(connection, "m0derator", None)

    assert refused.value.code is Refusal.BAD_NAME


def test_rename_moves_the_look_of_a_registered_name_and_gives_none_to_another(connection: Connection) -> None:
    work = Work(connection, Facts(), lambda count: b"x" * count)

    rename_account(work, account(connection, ANN), "Anna", check_look_alike(connection, "Anna", ANN))
    rename_account(work, account(connection, BOB), "Robert", check_look_alike(connection, "Robert", BOB))

    assert check_look_alike(connection, "аnn", None)
    with pytest.raises(Refused, match="'Anna'"):
        check_look_alike(connection, "аnna", None)
    assert check_look_alike(connection, "R0bert", None)


def test_check_channel_look_alike_does_not_name_a_channel_that_not_everybody_may_know_of(
    connection: Connection,
) -> None:
    work = Work(connection, Facts(), lambda count: b"x" * count)
    for name in ("plans", "lounge"):
        add_conversation(work, "channel", 1, name=name, looks=check_channel_look_alike(connection, name))
    connection.execute(
        schema.conversations.update().where(schema.conversations.c.name == "plans").values(visibility="invite")
    )

    with pytest.raises(Refused, match="'#lounge'; join that one"):
        check_channel_look_alike(connection, "1ounge")
    with pytest.raises(Refused) as refused:
        check_channel_look_alike(connection, "pIans")
    assert "plans" not in str(refused.value)
