"""SIGHUP: what can change does, what cannot is told, what is wrong changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat_core.base.errors import WorldFault
from chat_core.base.settings import Loaded, keys_of
from chat_core.server.config import Given, ServeOptions, Settings, load, serve_options
from chat_core.server.reloading import Reloading, Source, take_live
from tests.support.logs import overheard


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "site.toml"


def read(file: Path) -> Loaded[Settings]:
    return load(Given(config=file, port=7), {}, file.parent)


def reloading(file: Path) -> Reloading:
    loaded = read(file)
    source = Source(loaded, lambda: read(file), lambda settings: serve_options(settings, file.parent))
    return Reloading(source.options(loaded), source)


def test_only_what_can_change_is_taken_up_and_each_change_is_told(file: Path) -> None:
    file.write_text('[server]\nhost = "::1"\nlog_level = "error"\n[internet]\nrequest_rate = 5\n')
    before = read(file)
    file.write_text("[server]\nport = 8\n[limits]\nmax_clients = 9\n[internet]\nrequest_rate = 6\n")

    now, taken, left = take_live(before, read(file))

    assert {entry.key.path for entry in taken} == {
        "[server] log_level",
        "[limits] max_clients",
        "[internet] request_rate",
    }
    assert {entry.key.path for entry in left} == {"[server] host"}, "the port is the command line's before and after"
    assert (now.settings.server.host, now.settings.server.port, now.settings.server.log_level) == ("::1", 7, "info")
    assert (now.settings.limits.max_clients, now.settings.internet.request_rate) == (9, 6)
    again, taken, left = take_live(now, read(file))
    assert again.settings == now.settings and not taken
    assert len(left) == 1, "what has to wait is told again"


def test_every_number_of_the_profiles_can_change_while_the_server_runs() -> None:
    live = {key.path for key in keys_of(Settings) if key.is_live}

    assert {key.path for key in keys_of(Settings) if key.section in ("local", "internet")} <= live
    assert not live & {"[server] data", "[server] host", "[server] port", "[server] profile", "[observe] port"}


def test_reload_tells_every_part_and_one_that_cannot_use_it_stops_no_other(file: Path) -> None:
    file.write_text("")
    parts = reloading(file)
    told: list[ServeOptions] = []

    def fail(_: ServeOptions) -> None:
        raise WorldFault("no such certificate")

    parts.register("certificate", fail)
    parts.register("gateway", told.append)
    file.write_text("[limits]\nmax_clients = 9\n[server]\nsocket = 's'\n")
    with overheard() as logs:
        parts.reload()

    assert [options.max_clients for options in told] == [9]
    assert told[0].socket is None
    said = {line["event"]: line for line in logs}
    assert said["setting changed"]["setting"] == "[limits] max_clients"
    assert said["setting counts from the next start"]["setting"] == "[server] socket"
    assert said["goes on as before"] == {
        "event": "goes on as before",
        "part": "certificate",
        "fault": "no such certificate",
        "log_level": "error",
    }


def test_reload_of_a_wrong_file_changes_nothing(file: Path) -> None:
    file.write_text("[limits]\nmax_clients = 9\n")
    parts = reloading(file)
    told: list[ServeOptions] = []
    parts.register("gateway", told.append)
    file.write_text("[limits]\nmax_clients = -1\n")

    with overheard() as logs:
        parts.reload()

    assert not told and parts.options.max_clients == 9
    assert "max_clients is -1" in logs[0]["fault"]


def test_reload_without_a_source_still_tells_the_parts() -> None:
    options = ServeOptions(data=Path("x"))
    parts = Reloading(options)
    told: list[ServeOptions] = []
    parts.register("certificate", told.append)

    parts.reload()

    assert told == [options]
