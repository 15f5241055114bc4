"""`congthu users`: the first account, changes, what is printed, and that each is on record first."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gateway.cli import main
from gateway.config_file import load
from gateway.console.accounts import Accounts, Role
from gateway.directory.store import DirectoryStore
from gateway.journal.chain import load_key
from gateway.journal.query import record_in
from gateway.journal.reader import open_reader
from gateway.journal.schema import decisions
from gateway.journal.verify import verify
from tests.unit.console import support  # which makes passwords cheap

_CONFIG = """\
[gateway]
hostname = "gw.tinh.example"
data_dir = "{folder}"
domains = ["tinh.example"]
[[listener]]
name = "inbound"
bind = "127.0.0.1:2525"
direction = "inbound"
upstream = "m"
[upstream.m]
maildir = "m"
"""


class Office:
    """A configuration and the commands over it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.config = folder / "data", folder / "config.toml"
        self.folder.mkdir()
        self.config.write_text(_CONFIG.format(folder=self.folder))

    def run(self, *arguments: str) -> Result:
        """One command."""
        return CliRunner().invoke(main, ["users", *arguments, "--config", str(self.config)])

    @property
    def accounts(self) -> Accounts:
        """What is in the store."""
        return Accounts(DirectoryStore(load(self.config).store.url, self.folder).database)

    def actions(self) -> list[dict[str, Any]]:
        """Everything on record, oldest first."""
        with contextlib.closing(open_reader("sqlite:///congthu.db", self.folder)) as connection, connection.begin():
            rows = connection.execute(decisions.select().where(decisions.c.kind == "action").order_by(decisions.c.time))
            return [record_in(row.payload, row.time) for row in rows]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    assert support.PASSWORD
    return Office(tmp_path)


def test_the_first_account_gets_a_password_that_is_printed_once(office: Office) -> None:
    found = office.run("add", "quantri", "--role", "administrator", "--full-name", "Nguyễn Văn An", "--json")
    assert found.exit_code == 0, found.output
    password = json.loads(found.output)["password"]
    user = office.accounts.check("quantri", password, 1e9)
    assert user is not None and (user.role, user.full_name) == (Role.ADMINISTRATOR, "Nguyễn Văn An")
    (action,) = office.actions()
    assert (action["what"], action["about"], action["text"]) == ("user-add", "quantri", "administrator")
    assert "@" in action["by"] and password not in str(action)
    with contextlib.closing(open_reader("sqlite:///congthu.db", office.folder)) as connection:
        assert verify(connection, office.folder, load_key(office.folder)).total == 0


def test_a_password_from_a_file(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("mat khau tu tep\nrest\n")
    found = office.run("add", "an", "--password-file", str(file))
    assert found.exit_code == 0 and "mat khau" not in found.output
    assert office.accounts.check("an", "mat khau tu tep", 1e9) is not None


@pytest.mark.parametrize("content", [b"ngan\n", b"", b"\xff\xfe"])
def test_a_file_that_holds_none(office: Office, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "password"
    file.write_bytes(content)
    assert office.run("add", "an", "--password-file", str(file)).exit_code != 0
    with contextlib.suppress(Exception):
        assert office.accounts.list() == []


def test_twice_is_refused(office: Office) -> None:
    assert office.run("add", "an").exit_code == 0
    found = office.run("add", "AN")
    assert found.exit_code == 1


def test_list_disable_enable_passwd(office: Office) -> None:
    assert office.run("list").exit_code == 0
    office.run("add", "an", "--role", "administrator")
    office.run("add", "binh", "--role", "administrator")
    assert office.run("disable", "an").exit_code == 0
    states = {one["name"]: one["disabled"] for one in json.loads(office.run("list", "--json").output)}
    assert states == {"an": True, "binh": False}
    assert office.run("disable", "binh").exit_code == 1  # the last administrator
    assert office.run("disable", "an", "--enable").exit_code == 0
    password = json.loads(office.run("passwd", "an", "--json").output)["password"]
    assert office.accounts.check("an", password, 1e9) is not None
    assert office.run("passwd", "nobody").exit_code == 1
    whats = [one["what"] for one in office.actions()]
    assert whats[:4] == ["user-add", "user-add", "user-disable", "user-disable"]


@pytest.mark.parametrize("name", ["", "Có Dấu", "a b", "../x"])
def test_names(office: Office, name: str) -> None:
    assert office.run("add", name).exit_code == 1


def test_what_is_refused_is_on_record_as_not_done(office: Office) -> None:
    office.run("add", "an", "--role", "administrator")
    assert office.run("add", "AN").exit_code == 1
    assert office.run("disable", "an").exit_code == 1  # the last administrator
    assert office.run("passwd", "nobody").exit_code == 1
    rows = [(one["what"], one["about"]) for one in office.actions()]
    assert rows == [
        ("user-add", "an"),
        ("user-add", "an"),
        ("not-done", "an"),
        ("user-disable", "an"),
        ("not-done", "an"),
        ("user-password", "nobody"),
        ("not-done", "nobody"),
    ]
    texts = [one["text"] for one in office.actions() if one["what"] == "not-done"]
    assert texts[1].startswith("user-disable: an is the last administrator")
