"""Signing in with a mailbox's password: a real Dovecot is asked, over TLS or on this machine, and while it is down."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.config import Settings
from gateway.console.accounts import Accounts, Lockout, Role
from gateway.console.outside import directory_server, mail_server
from gateway.directory.store import DirectoryStore
from tests.support.dovecot import DovecotImap
from tests.support.ports import HOST, free_port
from tests.support.slapd import BASE, READER, Slapd
from tests.support.tls import Certificates, certificates
from tests.unit.console.support import settings_in

pytestmark = pytest.mark.service("dovecot-imap")
_NAME = "mail.tinh.example"
AN = "an@tinh.example"


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates(tmp_path_factory.mktemp("tls"), _NAME)


@pytest.fixture(scope="module")
def dovecot(tls: Certificates) -> Iterator[DovecotImap]:
    with DovecotImap([AN], tls) as made:
        yield made


def settings(folder: Path, port: int, **imap: Any) -> Settings:
    return settings_in(folder, imap={"host": f"{HOST}:{port}", "tls": "loopback", **imap})


def test_right_wrong_and_odd(dovecot: DovecotImap, tmp_path: Path) -> None:
    made = settings(tmp_path, dovecot.port)
    assert mail_server(made, AN, dovecot.PASSWORD)
    for name, password in (
        (AN, ""),
        (AN, "\0test"),
        (f"{AN}\r\na LOGOUT", "test"),
        (AN, "m\u1eadt kh\u1ea9u \ud800"),
        (AN, "x" * 5000),
    ):
        assert not mail_server(made, name, password), (name, password)


def test_over_tls_the_name_is_checked(dovecot: DovecotImap, tls: Certificates, tmp_path: Path) -> None:
    for kind, port in (("implicit", dovecot.imaps), ("starttls", dovecot.port)):
        good = {"tls": kind, "tls_ca": str(tls.authority), "tls_name": _NAME}
        assert mail_server(settings(tmp_path, port, **good), AN, dovecot.PASSWORD), kind
        assert not mail_server(settings(tmp_path, port, **{**good, "tls_name": "other.example"}), AN, dovecot.PASSWORD)
        assert not mail_server(settings(tmp_path, port, tls=kind), AN, dovecot.PASSWORD)  # an unknown authority


def test_a_server_that_is_down_lets_nobody_in(tmp_path: Path) -> None:
    assert not mail_server(settings(tmp_path, free_port()), AN, "test")
    assert not mail_server(settings_in(tmp_path), AN, "test")


def test_an_account_without_a_password_of_its_own(dovecot: DovecotImap, tmp_path: Path) -> None:
    made = settings(tmp_path, dovecot.port)
    database = DirectoryStore(made.store.url, tmp_path).database
    accounts = Accounts(database, Lockout(2, 900.0), lambda _, name, password: mail_server(made, name, password))
    accounts.prepare()
    accounts.add(AN, None, Role.SECURITY)
    user = accounts.check(AN, dovecot.PASSWORD, time.time())
    assert user is not None and user.outside
    assert accounts.check(AN, "imap", time.time()) is None  # what stands in place of the hash is no password
    assert Accounts(database).check(AN, dovecot.PASSWORD, time.time()) is None  # nobody to ask
    accounts.check(AN, "sai", time.time())
    assert accounts.check(AN, dovecot.PASSWORD, time.time()) is None  # locked here, and the server is not asked


@pytest.mark.service("slapd")
def test_with_the_directorys_password(tls: Certificates, tmp_path: Path) -> None:
    local = certificates(tmp_path, "localhost")
    made = Slapd(tmp_path / "slapd", local)
    made.start()
    try:
        for cn in ("an", "binh", "hai"):
            mail = AN if cn == "an" else "chung@tinh.example"
            made.add(
                f"dn: cn={cn},{BASE}\nobjectClass: inetOrgPerson\ncn: {cn}\nsn: {cn}\n"
                f"mail: {mail}\nuserPassword: pw-{cn}\n"
            )
        (tmp_path / "password").write_text(made.password)
        ldap = {"url": made.url, "base": BASE, "bind_dn": READER, "password_file": str(tmp_path / "password")}
        found = settings_in(tmp_path, ldap={**ldap, "ca": str(local.authority)})
        assert directory_server(found, AN, "pw-an")
        for name, password in (
            (AN, "sai"),
            (AN, ""),  # an anonymous bind, which the server would take
            ("*", "pw-an"),
            (f"{AN})(cn=*", "pw-an"),
            ("nobody@tinh.example", "pw-an"),
            ("chung@tinh.example", "pw-binh"),  # two have this name
        ):
            assert not directory_server(found, name, password), (name, password)
        assert not directory_server(settings_in(tmp_path, ldap=ldap), AN, "pw-an")  # an unknown authority
    finally:
        made.stop()
    assert not directory_server(found, AN, "pw-an")
