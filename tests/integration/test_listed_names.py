"""A server whose list says which names there are: nobody leaves it by taking another name once they are in."""

from __future__ import annotations

from pathlib import Path

from tests.support.commands import run_core
from tests.support.people import People
from tests.support.processes import ServerProcess


def test_rename_on_a_server_with_a_list_of_names_is_refused_as_a_new_account_is(home: Path) -> None:
    assert run_core("users", "allow", "ann", "--data", home / "data").code == 0
    with ServerProcess(home / "data", "--preset", "classic") as server, People(server.port) as people:
        ann = people.enter("ann")

        refused = ann.ask("rename", name="mallory")
        again = ann.ask("rename", name="Ann")

    assert (refused["t"], refused["code"]) == ("failure", "sign_in_refused")
    assert again["t"] == "answer"
