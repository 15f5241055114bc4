"""`congthu poll --once` where there is nothing to poll; with a real server: tests/services/test_poll_command.py."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from gateway.access import Failure
from gateway.cli.poll_view import FAILURES
from gateway.upkeep.records import Upkeep
from tests.support.ports import free_port
from tests.unit.cli.support_use import UNIT, configured, directory, run


def imap(folder: Path, port: int) -> str:
    secret = folder / "poller"
    secret.write_text("x\n")
    return (
        f'[imap]\nhost = "127.0.0.1:{port}"\ntls = "loopback"\nuser = "poller"\npassword_file = "{secret}"\n'
        "rate = 1000\n"
    )


def test_wrong_usage_and_configuration(tmp_path: Path) -> None:
    config = configured(tmp_path)
    directory(config)
    told = run(config, "poll")
    assert (told.exit_code, "--once" in told.stderr) == (2, True)
    told = run(config, "poll", "--once")
    assert (told.exit_code, "imap.host" in told.stderr) == (2, True)


def test_only_mailboxes_of_the_directory_are_polled(tmp_path: Path) -> None:
    config = configured(tmp_path, imap(tmp_path, free_port()))
    directory(config)
    assert run(config, "poll", "--once", "--mailbox", "no@x.example").exit_code == 2


def test_a_server_that_is_away_is_asked_once(tmp_path: Path) -> None:
    config = configured(tmp_path, imap(tmp_path, free_port()))
    store = directory(config)
    done = run(config, "poll", "--once")
    assert done.exit_code == 1
    assert "không kết nối được máy chủ thư" in done.stdout
    assert "0 of 6 mailboxes polled" in done.stderr
    assert "5 chưa hỏi / not asked" in done.stderr
    assert len(Upkeep(store.database).use.past()) == 1
    found = orjson.loads(run(config, "poll", "--once", "--mailbox", UNIT, "--json").stdout)
    assert (found["failures"], found["polls"][0]["failure"]) == ({"connect": 1}, "connect")


def test_an_empty_directory_says_so(tmp_path: Path) -> None:
    config = configured(tmp_path, imap(tmp_path, free_port()))
    done = run(config, "poll", "--once")
    assert done.exit_code == 0
    assert "the directory has no mailbox to poll" in done.stderr


@pytest.mark.parametrize("failure", list(Failure))
def test_every_failure_has_words(failure: Failure) -> None:
    assert all(FAILURES[failure.value])
