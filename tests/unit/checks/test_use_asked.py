"""What `check-config --connect` makes of sources that are away, empty or somebody else's; real ones are in services."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gateway.checks import use_asked
from gateway.checks.connect import Inspection
from gateway.directory.entry import Snapshot
from gateway.who import Kind, Mailbox
from tests.support.imap import FakeImap
from tests.support.ports import HOST, free_port
from tests.unit.rules.make import settings

AN, BINH = "an@tinh.example", "binh@tinh.example"
BOXES = (Mailbox(AN, Kind.PERSONAL, aliases=("nguyen.an@tinh.example",)), Mailbox(BINH, Kind.UNIT))


def secret(folder: Path, text: str = "mat-khau-mau", name: str = "secret") -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


@pytest.fixture
def boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory of two mailboxes."""
    monkeypatch.setattr(use_asked, "_directory", lambda _: Snapshot(1, mailboxes=BOXES))


async def asked(folder: Path, **tables: Any) -> Inspection:
    findings = Inspection()
    await use_asked.inspect(settings(gateway={"data_dir": str(folder)}, **tables), findings)
    assert "mat-khau-mau" not in f"{findings}"
    return findings


def polls(folder: Path, port: int, **more: Any) -> dict[str, Any]:
    return {"host": f"{HOST}:{port}", "tls": "loopback", "user": "poller", "password_file": secret(folder)} | more


async def test_nothing_is_asked_unconfigured(tmp_path: Path) -> None:
    assert await asked(tmp_path) == Inspection()
    assert not list(tmp_path.iterdir())


async def test_before_there_is_a_directory(tmp_path: Path) -> None:
    """Nobody is there to log in to: it is said, and nothing is tried."""
    found = await asked(tmp_path, imap=polls(tmp_path, free_port()))
    assert [one.key for one in found.warnings] == ["imap.host"]
    assert (found.errors, found.facts) == ([], [])


async def test_nobody_answers(tmp_path: Path, boxes: None) -> None:
    (error,) = (await asked(tmp_path, imap=polls(tmp_path, free_port()))).errors
    assert (error.key, error.hint.startswith("nobody answers there")) == ("imap.host", True)


async def test_what_is_no_mail_server(tmp_path: Path, boxes: None) -> None:
    async with FakeImap({"GREETING": b"SSH-2.0-x\r\n"}) as server:
        (error,) = (await asked(tmp_path, imap=polls(tmp_path, server.port))).errors
    assert (error.key, "not as an IMAP server" in error.hint) == ("imap.host", True)


async def test_a_login_that_is_refused_is_tried_with_two_mailboxes(tmp_path: Path, boxes: None) -> None:
    async with FakeImap({"AUTHENTICATE": b"TAG NO [AUTHENTICATIONFAILED] no\r\n"}) as server:
        (error,) = (await asked(tmp_path, imap=polls(tmp_path, server.port))).errors
    assert (error.key, f"{AN} and {BINH}" in error.hint) == ("imap.user", True)
    assert [secret[0] for secret in server.secrets()] == [AN, BINH]


async def test_a_mailbox_that_is_gone_is_not_the_account(tmp_path: Path, boxes: None) -> None:
    async with FakeImap() as server:
        server.by_user[AN] = {"STATUS": b"TAG NO [NONEXISTENT] no\r\n"}
        found = await asked(tmp_path, imap=polls(tmp_path, server.port))
    assert found.errors == []
    assert f"as poller, {BINH}: 3 messages, 2 unseen" in found.facts[0]


async def test_more_mailboxes_than_the_rate_allows(tmp_path: Path, boxes: None) -> None:
    imap = polls(tmp_path, free_port(), rate=1, interval="1s", timeout="1s")
    found = await asked(tmp_path, imap=imap)
    assert [one.key for one in found.errors] == ["imap.rate", "imap.host"]


def table(folder: Path, *rows: tuple[str, str, int]) -> dict[str, Any]:
    """[access] with a table of these rows: mailbox, login, seconds ago."""
    with closing(sqlite3.connect(folder / "logins")) as connection, connection:
        connection.execute("CREATE TABLE last_logins (username, auth_user, last_login)")
        now = int(time.time())
        made = [(user, login, now - ago) for user, login, ago in rows]
        connection.executemany("INSERT INTO last_logins VALUES (?, ?, ?)", made)
    return {"last_login": {"url_file": secret(folder, f"sqlite:///{folder}/logins", "url")}, "masters": ["poller"]}


@pytest.mark.parametrize(
    ("rows", "errors", "warnings"),
    [
        ([], ["access.last_login.table"], ["access.last_login.login_column"]),
        ([(AN, AN, 60)], [], ["access.last_login.login_column"]),
        ([(AN, AN, 60), (AN, "poller", 600)], [], []),
        ([(AN, AN, 600), (AN, "poller", 60)], [], []),
        ([(AN, AN, 600), (BINH, "poller", 60)], [], []),
        ([(AN, AN, 60), (AN, "poller", 600), ("la@tinh.example", "x", 60)], [], ["access.last_login.table"]),
        ([(AN, AN, -9000), (AN, "poller", 60)], [], ["access.last_login.table"]),
    ],
)
async def test_the_table(
    tmp_path: Path, boxes: None, rows: list[tuple[str, str, int]], errors: list[str], warnings: list[str]
) -> None:
    found = await asked(tmp_path, access=table(tmp_path, *rows))
    assert [one.key for one in found.errors] == errors
    assert [one.key for one in found.warnings] == warnings
    assert found.facts[0].startswith("last_login last_logins: ")


async def test_a_table_and_a_server_that_are_not_there(tmp_path: Path, boxes: None) -> None:
    access = {"last_login": {"url_file": secret(tmp_path, f"sqlite:///{tmp_path}/khong-co", "url")}, "ldap": "zimbra"}
    ldap = {"url": f"ldap://{HOST}:{free_port()}", "base": "dc=tinh", "map": "zimbra"}
    found = await asked(tmp_path, access=access, ldap=ldap)
    assert [one.key for one in found.errors] == ["access.last_login.url_file", "access.ldap"]
    assert not (tmp_path / "khong-co").exists()
