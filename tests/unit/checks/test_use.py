"""[imap], [access], [lifecycle], [passwords]: every mistake is found, with its key; sound settings are not scolded."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import Any

import pytest

from gateway.checks import access, imap, lifecycle, listeners, passwords
from gateway.checks.findings import Findings
from tests.support.tls import Certificates
from tests.support.tls import certificates as make_certificates
from tests.unit.rules.make import settings

TOKEN = "x" * 24
POLLS = {"host": "127.0.0.1:143", "tls": "loopback", "user": "cong-thu"}
NOTICES = {"upstream": "mailserver", "sender": "vanphong@tinh.example"}


def secret(folder: Path, text: str = "bi-mat\n", *, mode: int = 0o600, name: str = "secret") -> str:
    path = folder / name
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def found(**tables: Any) -> Findings:
    """What the checks of mailboxes' use say."""
    findings = Findings()
    for part in (imap, access, lifecycle, passwords):
        part.check(settings(**tables), findings)
    return findings


def keys(**tables: Any) -> tuple[list[str], list[str]]:
    """The keys of errors and of warnings."""
    findings = found(**tables)
    return [one.key for one in findings.errors], [one.key for one in findings.warnings]


def test_as_delivered_nothing_is_wrong() -> None:
    assert keys() == ([], [])


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


def sound(folder: Path, certificates: Certificates) -> dict[str, Any]:
    """Everything set up as it should be."""
    deny = folder / "dovecot"
    deny.mkdir()
    certificates.key.chmod(0o600)
    return {
        "imap": {**POLLS, "password_file": secret(folder)},
        "access": {
            "bind": "0.0.0.0:9126",
            "tokens_file": secret(folder, f"{TOKEN}\n\n{TOKEN}2\n", name="tokens"),
            "certificate": str(certificates.chain),
            "key": str(certificates.key),
            "masters": ["giam-sat"],
            "jobs": ["10.0.0.0/8"],
            "lastpop": True,
            "ldap": "zimbra",
            "last_login": {"url_file": secret(folder, "postgresql://doc:mk@db/mail\n", name="url"), "table": "a.b"},
        },
        "ldap": {"url": "ldaps://ldap.tinh.example", "base": "dc=tinh", "map": "zimbra"},
        "notices": NOTICES,
        "lifecycle": {
            "do": {"warn": ["mail"], "lock": ["deny-file", "mail", "command"], "clear": ["deny-file", "webhook"]},
            "complete": ["last-login", "zimbra-ldap"],
            "deny_file": str(deny / "locked"),
            "command": ["/bin/true", "{mailbox}", "x{act}{day}", "{{literal}"],
            "webhook": "https://hop.tinh.example/don",
            "webhook_key_file": secret(folder, name="key"),
            "templates": str(folder),
        },
    }


def test_sound_settings_are_fine(tmp_path: Path, certificates: Certificates) -> None:
    tables = sound(tmp_path, certificates)
    tables["lifecycle"]["command"] = tables["lifecycle"]["command"][:3]
    Path(tables["lifecycle"]["deny_file"]).touch(0o644)
    assert keys(**tables) == ([], [])


def test_a_deny_file_that_only_the_gateway_can_read(tmp_path: Path) -> None:
    """Dovecot lets nobody in where it cannot read its passdb."""
    path, others = tmp_path / "denied", next(group for group in range(5000, 5010) if group != os.getegid())
    tables = {"lifecycle": {"do": {"clear": ["deny-file"]}, "deny_file": str(path)}}
    assert keys(**tables) == ([], ["lifecycle.deny_file"])
    path.touch()
    path.chmod(0o640)
    assert keys(**tables) == ([], ["lifecycle.deny_file"])
    path.chmod(0o644)
    assert keys(**tables) == ([], [])
    path.unlink()
    if os.geteuid() == 0:
        os.chown(tmp_path, -1, others)
        tmp_path.chmod(0o2770)
        assert keys(**tables) == ([], [])


IMAP: list[tuple[dict[str, Any], list[str], list[str]]] = [
    ({"user": "cong-thu"}, [], ["imap.user"]),
    ({"host": "127.0.0.1:143", "tls": "loopback"}, ["imap.user", "imap.password_file"], []),
    ({**POLLS, "host": "127.0.0.1:0", "password_file": "P"}, ["imap.host"], []),
    ({**POLLS, "host": "a..b:143", "password_file": "P"}, ["imap.host"], []),
    ({**POLLS, "host": "192.0.2.1:143", "password_file": "P"}, ["imap.tls"], []),
    ({**POLLS, "tls": "implicit", "password_file": "P"}, [], ["imap.tls"]),
    ({**POLLS, "host": "mail.tinh.example:993", "tls": "starttls", "password_file": "P"}, [], ["imap.tls"]),
    ({**POLLS, "user": "a*b", "login": "separator", "password_file": "P"}, ["imap.user"], []),
    ({**POLLS, "password_file": "/khong/co"}, ["imap.password_file"], []),
    ({**POLLS, "password_file": "P", "tls_ca": "/khong/co"}, ["imap.tls_ca"], []),
    ({**POLLS, "password_file": "P", "interval": "3d"}, ["imap.interval"], []),
    ({**POLLS, "password_file": "P", "interval": "10s"}, ["imap.timeout"], []),
]


@pytest.mark.parametrize(("table", "errors", "warnings"), IMAP)
def test_the_poller(tmp_path: Path, table: dict[str, Any], errors: list[str], warnings: list[str]) -> None:
    if table.get("password_file") == "P":
        table = {**table, "password_file": secret(tmp_path)}
    assert keys(imap=table) == (errors, warnings)


@pytest.mark.parametrize(("text", "mode", "hint"), [
    ("bi-mat", 0o604, "chmod o="),
    ("", 0o600, "is empty"),
    ("\n \n", 0o600, "is empty"),
    ("mot\nhai\n", 0o600, "must be one"),
])  # fmt: skip
def test_a_secret_that_is_none_or_everybodys(tmp_path: Path, text: str, mode: int, hint: str) -> None:
    (error,) = found(imap={**POLLS, "password_file": secret(tmp_path, text, mode=mode)}).errors
    assert error.key == "imap.password_file"
    assert hint in error.hint
    assert "bi-mat" not in f"{error}"


def test_a_secret_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"\xff\xfe")
    path.chmod(0o600)
    (error,) = found(imap={**POLLS, "password_file": str(path)}).errors
    assert "no text" in error.hint


HERE = "127.0.0.1:9126"
ACCESS: list[tuple[dict[str, Any], list[str], list[str]]] = [
    ({"tokens_file": "T"}, [], ["access.tokens_file"]),
    ({"bind": HERE}, ["access.tokens_file"], []),
    ({"bind": HERE, "tokens_file": "/khong/co"}, ["access.tokens_file"], []),
    ({"bind": HERE, "tokens_file": "T", "events": False, "policy": False}, [], ["access.bind"]),
    ({"bind": "0.0.0.0:9126", "tokens_file": "T"}, [], ["access.certificate"]),
    ({"bind": HERE, "tokens_file": "T", "certificate": "/a"}, ["access.key"], []),
    ({"bind": HERE, "tokens_file": "T", "key": "/a"}, ["access.certificate"], []),
    (
        {"bind": HERE, "tokens_file": "T", "certificate": "/a", "key": "/b"},
        ["access.certificate", "access.key"],
        [],
    ),
    ({"masters": [""], "programs": [" "]}, ["access.programs[0]", "access.masters[0]"], []),
    ({"devices": ["", "iphone"]}, ["access.devices[0]"], []),
    ({"jobs": ["0.0.0.0/0"], "device_networks": ["::/0"]}, ["access.jobs[0]", "access.device_networks[0]"], []),
    ({"last_login": {"table": "x"}}, [], ["access.last_login.url_file"]),
    ({"last_login": {"url_file": "/khong/co"}, "masters": ["m"]}, ["access.last_login.url_file"], []),
    ({"last_login": {"url_file": "T"}, "masters": ["m"]}, ["access.last_login.url_file"], []),
    ({"last_login": {"url_file": "U"}}, [], ["access.last_login.complete_since"]),
    ({"last_login": {"url_file": "U", "complete_since": "2020-01-01"}}, [], []),
    (
        {
            "last_login": {"url_file": "U", "table": "a.b.c", "user_column": "", "login_column": "x y"},
            "masters": ["m"],
        },
        ["access.last_login.table", *(f"access.last_login.{one}_column" for one in ("user", "login"))],
        [],
    ),
    ({"ldap": "zimbra"}, ["access.ldap"], []),
    ({"lastpop": True}, ["access.lastpop"], []),
    ({"last_login": {"url_file": "U"}, "masters": ["m"], "every": "3d"}, ["access.every"], []),
]  # fmt: skip


@pytest.mark.parametrize(("table", "errors", "warnings"), ACCESS)
def test_the_sources(tmp_path: Path, table: dict[str, Any], errors: list[str], warnings: list[str]) -> None:
    files = {"T": secret(tmp_path, TOKEN), "U": secret(tmp_path, "sqlite:////var/lib/logins", name="url")}
    table = {key: files.get(value, value) if isinstance(value, str) else value for key, value in table.items()}
    if "last_login" in table:
        table["last_login"] = {key: files.get(value, value) for key, value in table["last_login"].items()}
    assert keys(access=table) == (errors, warnings)


def test_a_day_that_has_not_come() -> None:
    day = (datetime.datetime.now().astimezone().date() + datetime.timedelta(days=2)).isoformat()
    assert keys(access={"last_login": {"complete_since": day}})[0] == ["access.last_login.complete_since"]


@pytest.mark.parametrize("bad", ["ngan", f"{TOKEN}+", f"{TOKEN} {TOKEN}"])
def test_a_token_that_is_none(tmp_path: Path, bad: str) -> None:
    file = secret(tmp_path, f"{TOKEN}\n{bad}\n")
    (error,) = found(access={"bind": HERE, "tokens_file": file}).errors
    assert "line 2" in error.hint
    assert bad not in f"{error}"


def test_the_map_of_another_server() -> None:
    ldap = {"url": "ldaps://ldap.tinh.example", "base": "dc=tinh"}
    assert keys(access={"ldap": "zimbra"}, ldap=ldap) == ([], ["access.ldap"])


def test_one_port_for_two() -> None:
    findings = Findings()
    listeners.check(settings(access={"bind": HERE}, http={"bind": HERE}), findings)
    assert "access.bind" in [one.key for one in findings.errors]


TOLD = {"bind": HERE, "tokens_file": "T"}
LIFE: list[tuple[dict[str, Any], list[str], list[str]]] = [
    ({"do": {"lock": ["deny-file"], "warn": ["list"]}}, ["lifecycle.deny_file"], []),
    ({"do": {"lock": ["command"], "warn": ["list"]}}, ["lifecycle.command"], []),
    ({"do": {"clear": ["webhook"]}}, ["lifecycle.webhook"], []),
    ({"do": {"warn": ["mail"]}}, ["notices.upstream"], []),
    ({"do": {"ask": ["deny-file"]}, "deny_file": "F"}, [], ["lifecycle.do.ask"]),
    ({"deny_file": "F"}, [], ["lifecycle.deny_file"]),
    ({"do": {"clear": ["deny-file"]}, "deny_file": "/tmp"}, ["lifecycle.deny_file"], []),
    ({"do": {"clear": ["deny-file"]}, "deny_file": "/khong/co/locked"}, ["lifecycle.deny_file"], []),
    ({"command": ["/bin/true"]}, [], ["lifecycle.command"]),
    ({"do": {"clear": ["command"]}, "command": ["true"]}, ["lifecycle.command[0]"], []),
    ({"do": {"clear": ["command"]}, "command": ["/khong/co"]}, ["lifecycle.command[0]"], []),
    ({"do": {"clear": ["command"]}, "command": ["/bin/true", "{hop}"]}, ["lifecycle.command[1]"], []),
    ({"webhook": "https://a.example", "webhook_key_file": "K"}, [], ["lifecycle.webhook"]),
    ({"do": {"clear": ["webhook"]}, "webhook": "https://a.example"}, ["lifecycle.webhook_key_file"], []),
    ({"do": {"clear": ["webhook"]}, "webhook": "http://a.example", "webhook_key_file": "K"}, ["lifecycle.webhook"], []),
    ({"do": {"clear": ["webhook"]}, "webhook": "https://a:99999", "webhook_key_file": "K"}, ["lifecycle.webhook"], []),
    ({"do": {"clear": ["webhook"]}, "webhook": "http://[::1]:80/x", "webhook_key_file": "K"}, [], []),
    ({"do": {"clear": ["webhook"]}, "webhook": "http://localhost/x", "webhook_key_file": "K"}, [], []),
    ({"templates": "/khong/co"}, ["lifecycle.templates"], []),
    ({"do": {"lock": ["list"], "warn": ["list"]}, "polling_suffices": True}, [], ["lifecycle.polling_suffices"]),
    ({"do": {"lock": ["list"]}}, [], ["lifecycle.do.warn"]),
    ({"do": {"reclaim": ["list"]}, "least": 0, "share": 0}, [], ["lifecycle.least"]),
    ({"complete": ["imap"]}, ["lifecycle.complete[0]"], []),
    ({"complete": ["dovecot-events", "ad-ldap"]}, ["lifecycle.complete[1]"], []),
    ({"complete": ["zimbra-ldap", "last-login"]}, [], ["lifecycle.complete[0]", "lifecycle.complete[1]"]),
    ({"opens": "17:00", "closes": "08:00"}, ["lifecycle.opens"], []),
    ({"confirm": "3d"}, ["lifecycle.confirm"], []),
    ({"keep": 100}, [], ["lifecycle.keep"]),
    (
        {"free_days": [{"day": "2026-02-16"}], "worked_days": ["2026-02-14", "2026-02-16"]},
        ["lifecycle.worked_days[1]"],
        [],
    ),
]


@pytest.mark.parametrize(("table", "errors", "warnings"), LIFE)
def test_what_is_done(tmp_path: Path, table: dict[str, Any], errors: list[str], warnings: list[str]) -> None:
    told = {**TOLD, "tokens_file": secret(tmp_path, TOKEN)}
    if table.get("webhook_key_file") == "K":
        table = {**table, "webhook_key_file": secret(tmp_path, name="key")}
    if table.get("deny_file") == "F":
        (file := tmp_path / "locked").touch()
        file.chmod(0o644)  # Dovecot may read it
        table = {**table, "deny_file": str(file)}
    assert keys(lifecycle=table, access=told) == (errors, warnings)


@pytest.mark.parametrize(
    ("url", "shared", "way", "warned"),
    [
        ("postgresql://gw@db/congthu", "", "command", True),
        ("postgresql://gw@db/congthu", "", "webhook", True),
        ("postgresql://gw@db/congthu", "", "list", False),
        ("postgresql://gw@db/congthu", "redis://r:6379/0", "command", False),
        ("sqlite:///congthu.db", "", "command", False),
    ],
)
def test_many_gateways_that_agree_nowhere_who_does_it(url: str, shared: str, way: str, warned: bool) -> None:
    ways: dict[str, dict[str, Any]] = {
        "command": {"command": ["/bin/true"]},
        "webhook": {"webhook": "https://a.example"},
    }
    more = ways.get(way, {})
    _, warnings = keys(store={"url": url, "shared": shared}, lifecycle={"do": {"ask": [way]}, **more})
    assert ("store.shared" in warnings) is warned


def test_nor_who_sweeps(tmp_path: Path) -> None:
    polls = {**POLLS, "password_file": secret(tmp_path)}
    assert "store.shared" in keys(store={"url": "postgresql://gw@db/congthu"}, imap=polls)[1]
    assert "store.shared" not in keys(imap=polls)[1]


def test_locks_that_nothing_can_prove() -> None:
    assert keys(lifecycle={"do": {"lock": ["list"], "warn": ["list"]}}) == ([], ["lifecycle.do.lock"])


def test_the_folder_of_the_deny_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may write everywhere, so the system's own word is asked for what it would be for another user."""
    monkeypatch.setattr("os.access", lambda *_: False)
    table = {"do": {"clear": ["deny-file"]}, "deny_file": str(tmp_path / "locked")}
    (error,) = found(lifecycle=table).errors
    assert (error.key, "may not write" in error.hint) == ("lifecycle.deny_file", True)


@pytest.mark.parametrize(
    ("tables", "warnings"),
    [
        ({"rules": {"password-policy": "observe"}}, ["rules.password-policy"]),
        ({"rules": {"password-policy": "off"}}, []),
        ({"rules": {"password-policy": "off"}, "passwords": {"watch": True}}, ["passwords.watch"]),
        ({"passwords": {"watch": True}}, ["passwords.watch", "gateway.pass_key"]),
        ({"rules": {"password-policy": "enforce"}, "passwords": {"watch": True}, "store": {"shared": "redis://a"}},
         ["rules.password-policy", "passwords.watch", "gateway.pass_key"]),
    ],
)  # fmt: skip
def test_passwords(tables: dict[str, Any], warnings: list[str]) -> None:
    assert keys(**tables) == ([], warnings)
