"""The running gateway's exact sources: a real Dovecot posts to `congthu run`, which reads a table and an LDAP server.

What the endpoints make of hostile input is tested beside them; here is only that all of it is joined.
"""

from __future__ import annotations

import base64
import http.client
import imaplib
import json
import signal
import sqlite3
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gateway.access import Coverage, Evidence, Kind, Sign, Source, Strength
from gateway.directory.database import Database
from gateway.sources.feed import Feeding
from gateway.upkeep.passwords import PasswordKept
from gateway.upkeep.records import Upkeep
from tests.services.test_poller import examine, select
from tests.support.client import Client
from tests.support.commands import invoke
from tests.support.congthu import Gateway, listener, toml, upstream
from tests.support.dovecot import DovecotImap
from tests.support.ports import HOST, free_port
from tests.support.recorder import Recorder
from tests.support.slapd import BASE, READER, Slapd
from tests.support.sources import TOKEN, dovecot_settings
from tests.support.tls import Certificates, certificates

pytestmark = [pytest.mark.service("dovecot-imap"), pytest.mark.service("slapd")]

NAMES = ("an", "binh", "chi", "dung", "giang")
AN, BINH, CHI, LOCKED, GIANG = (f"{name}@tinh.example" for name in NAMES)
GRAIN = Feeding().grain
CSV = "loai,dia_chi,trang_thai\n" + "".join(
    f"personal,{one},{'locked' if one == LOCKED else 'active'}\n" for one in (AN, BINH, CHI, LOCKED, GIANG)
)
LDIF = f"""\
dn: uid=giang,{BASE}
objectClass: inetOrgPerson
objectClass: zimbraAccount
uid: giang
cn: giang
sn: giang
zimbraMailDeliveryAddress: {GIANG}
zimbraLastLogonTimestamp: 20261010000000Z
zimbraPasswordModifiedTime: 20260801000000Z

dn: uid=binh,{BASE}
objectClass: inetOrgPerson
objectClass: zimbraAccount
uid: binh
cn: binh
sn: binh
zimbraMailDeliveryAddress: {BINH}
zimbraPasswordMustChange: TRUE
"""


@pytest.fixture(scope="module")
def slapd(tmp_path_factory: pytest.TempPathFactory, tls: Certificates) -> Iterator[Slapd]:
    made = Slapd(tmp_path_factory.mktemp("slapd"), tls)
    try:
        made.start()
        made.add(LDIF)
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def port() -> int:
    """Where Dovecot posts."""
    return free_port()


@pytest.fixture(scope="module")
def dovecot(port: int) -> Iterator[DovecotImap]:
    made = DovecotImap([AN, BINH, CHI, LOCKED, GIANG])
    made.config.write_text(made.config.read_text() + dovecot_settings(f"http://localhost:{port}"))
    with made:
        yield made


def table(path: Path) -> None:
    """Dovecot's record: the owner came an hour ago, the poller two hours and a few minutes ago."""
    now = int(time.time())
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE last_logins (username, auth_user, service, last_login)")
        rows = [(CHI, CHI, "imap", now - 3600), (CHI, "poller", "imap", now - 7200), (CHI, "poller", "pop3", now - 60)]
        connection.executemany("INSERT INTO last_logins VALUES (?, ?, ?, ?)", rows)


def secret(path: Path, text: str) -> str:
    path.write_text(f"{text}\n")
    path.chmod(0o600)
    return str(path)


@pytest.fixture(scope="module")
def gate(port: int, slapd: Slapd, tls: Certificates) -> Iterator[Gateway]:
    """One with all sources; two workers, of which the first has the endpoint."""
    with Recorder(users={AN: "test"}) as hop:
        files = {"certificate": str(tls.chain), "key": str(tls.key)}
        made = Gateway(
            [listener(direction="submission", tls="starttls", **files)],
            {"mailserver": upstream(hop.port)},
            gateway={"workers": 2},
        )
        made.write_config()
        table(made.folder / "logins.sqlite")
        made.settings |= {
            "access": {
                "bind": f"{HOST}:{port}",
                "tokens_file": secret(made.folder / "tokens", f"{TOKEN}\n{TOKEN}-moi"),
                "masters": [DovecotImap.MASTER],
                "ldap": "zimbra",
                "every": "1s",
                "last_login": {"url_file": secret(made.folder / "url", f"sqlite:///{made.folder}/logins.sqlite")},
            },
            "ldap": {
                "url": slapd.url,
                "base": BASE,
                "bind_dn": READER,
                "password_file": secret(made.folder / "ldap", slapd.password),
                "ca": str(tls.authority),
                "map": "zimbra",
            },
        }
        made.write_config()
        (made.folder / "danh-ba.csv").write_text(CSV)
        made.cli("mailboxes", "import", str(made.folder / "danh-ba.csv"), "--yes")
        with made:
            yield made


def store(gate: Gateway) -> Upkeep:
    """What the gateway has kept, as a command reads it."""
    return Upkeep(Database("sqlite:///congthu.db", gate.folder / "data"))


def told(gate: Gateway, mailbox: str, source: Source) -> list[Evidence]:
    kept = store(gate).use.told([mailbox])
    return [one for one in kept[mailbox].evidence if one.source is source] if mailbox in kept else []


def covered(gate: Gateway, mailbox: str, source: Source) -> Coverage | None:
    return store(gate).use.covered(source).get(mailbox)


def wait(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(0.1)


def post(port: int, token: str, context: ssl.SSLContext | None = None) -> int:
    """The status of an event that is none of ours to note."""
    if context is not None:
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            "localhost", port, timeout=60, context=context
        )
    else:
        connection = http.client.HTTPConnection("localhost", port, timeout=60)
    with closing(connection):
        body = json.dumps({"event": "another", "fields": {}})
        connection.request("POST", f"/dovecot/events?token={token}", body)
        return connection.getresponse().status


def test_what_dovecot_posts_arrives_in_the_store(gate: Gateway, dovecot: DovecotImap) -> None:
    """Also a look that polling cannot see, and not the visit of a master user."""
    dovecot.deliver(AN, 1)
    client = imaplib.IMAP4("127.0.0.1", dovecot.port)
    client.login(f"{GIANG}*{DovecotImap.MASTER}", DovecotImap.SECRET)
    client.logout()
    before = time.time()
    examine(dovecot, AN)
    half_hour = time.time() // GRAIN * GRAIN  # one that began meanwhile has a statement of its own
    select(dovecot, BINH)
    wait(lambda: told(gate, BINH, Source.DOVECOT_EVENTS), "Binh's login")
    wait(lambda: told(gate, BINH, Source.DOVECOT_POLICY), "Binh's login, by the policy")
    wait(lambda: told(gate, AN, Source.DOVECOT_EVENTS), "An's login")
    found = told(gate, AN, Source.DOVECOT_EVENTS)
    assert {(one.kind, one.strength, one.sign) for one in found} == {(Kind.ACCESS, Strength.EXACT, Sign.LOGIN)}
    assert all(one.not_before <= max(before, half_hour) and before <= one.not_after for one in found)
    signs = {Sign.LOGIN, Sign.SELECT}
    wait(lambda: {one.sign for one in told(gate, BINH, Source.DOVECOT_EVENTS)} == signs, "and what was looked at")
    assert not told(gate, GIANG, Source.DOVECOT_EVENTS)
    wait(
        lambda: (
            gate.metric("congthu_sources_total", source="dovecot-events", result="access") >= 3
            and gate.metric("congthu_sources_total", source="dovecot-events", result="control") >= 1
        ),
        "figures",
    )
    assert gate.metric("congthu_sources_age_seconds", source="dovecot-events") < 60


def test_a_locked_mailbox_hears_why(gate: Gateway, dovecot: DovecotImap) -> None:
    client = imaplib.IMAP4("127.0.0.1", dovecot.port)
    with pytest.raises(imaplib.IMAP4.error, match="Hop thu nay dang bi khoa"):
        client.login(LOCKED, DovecotImap.PASSWORD)
    client.shutdown()
    select(dovecot, AN)  # and nobody else


def test_the_table_is_read(gate: Gateway) -> None:
    wait(lambda: told(gate, CHI, Source.LAST_LOGIN), "the last login")
    (one,) = told(gate, CHI, Source.LAST_LOGIN)
    with closing(sqlite3.connect(gate.folder / "logins.sqlite")) as connection:
        ((came,),) = connection.execute("SELECT last_login FROM last_logins WHERE auth_user = ?", (CHI,)).fetchall()
    assert one.kind is Kind.ACCESS and one.not_before < came <= one.not_after <= came + 60
    wait(lambda: covered(gate, CHI, Source.LAST_LOGIN), "what the table covers")
    span = covered(gate, CHI, Source.LAST_LOGIN)
    assert span is not None and span.until - span.since == pytest.approx(3540, abs=5)  # to the poller's visit
    reads = gate.metric("congthu_sources_total", source="last-login", result="read")
    wait(lambda: gate.metric("congthu_sources_total", source="last-login", result="read") > reads, "another reading")
    assert len(told(gate, CHI, Source.LAST_LOGIN)) == 1


def test_dates_are_read_from_ldap(gate: Gateway) -> None:
    def dates() -> dict[str, PasswordKept]:
        return store(gate).passwords.of([GIANG, BINH, AN])

    wait(lambda: told(gate, GIANG, Source.ZIMBRA), "the logon")
    wait(lambda: len(dates()) == 2, "the passwords' dates")
    assert {(one.mailbox, one.changed, one.must_change) for one in dates().values()} == {
        (GIANG, 1_785_542_400.0, False),
        (BINH, None, True),
    }


def test_a_source_that_fails_stops_no_other(gate: Gateway, slapd: Slapd) -> None:
    """It is told once, and once more when it is back."""
    away = gate.folder / "away.sqlite"
    (gate.folder / "logins.sqlite").rename(away)
    failed = gate.metric("congthu_sources_total", source="last-login", result="failed")
    wait(lambda: gate.metric("congthu_sources_total", source="last-login", result="failed") >= failed + 2, "failures")
    reads = gate.metric("congthu_sources_total", source="zimbra-ldap", result="read")
    wait(lambda: gate.metric("congthu_sources_total", source="zimbra-ldap", result="read") > reads, "LDAP is read")
    away.rename(gate.folder / "logins.sqlite")

    def lines(event: str) -> list[str]:
        return [one["source"] for one in gate.logged() if one.get("event") == event]

    wait(lambda: lines("sources.read_again"), "it is read again")
    assert lines("sources.failed") == lines("sources.read_again") == ["last-login"]


def test_who_logs_in_to_send(gate: Gateway, tls: Certificates) -> None:
    """Sending opens no mailbox: automatic, and not so sure that it would gainsay who saw the mailbox closed."""
    for password, code in (("test", 235), ("sai", 535)):
        with Client(gate.port_of("submission")) as client:
            client.ehlo()
            client.starttls(tls.client())
            client.ehlo()
            words = base64.b64encode(f"\0{AN}\0{password}".encode()).decode()
            assert client.command(f"AUTH PLAIN {words}").code == code
    wait(lambda: told(gate, AN, Source.SUBMISSION), "the login")
    (one,) = told(gate, AN, Source.SUBMISSION)
    assert (one.kind, one.strength, one.sign) == (Kind.AUTOMATIC, Strength.STRONG, Sign.LOGIN)
    counted = {"source": "submission", "result": "automatic"}
    wait(lambda: gate.metric("congthu_sources_total", **counted) == 1, "the count")


def test_who_has_no_token_is_turned_away_and_counted(gate: Gateway, port: int) -> None:
    assert post(port, "x" * 30) == 401
    assert post(port, TOKEN) == post(port, f"{TOKEN}-moi") == 204
    wait(lambda: gate.metric("congthu_sources_total", source="dovecot-events", result="unproved") == 1, "the count")


def test_the_check_says_what_it_saw(gate: Gateway, slapd: Slapd, dovecot: DovecotImap) -> None:
    polls = {"host": f"{HOST}:{dovecot.port}", "tls": "loopback", "user": DovecotImap.MASTER}
    settings = gate.settings | {"imap": polls | {"password_file": secret(gate.folder / "imap", DovecotImap.SECRET)}}
    said = checked(gate, settings)
    facts = "\n".join(said["facts"])
    assert f"imap {HOST}:{dovecot.port} as poller, {AN}: " in facts
    assert "last_login last_logins: 1 mailboxes, the newest login on " in facts
    assert "1 mailboxes, the newest login on " in facts and ", 2 dates of passwords" in facts
    assert [one["key"] for one in said["found"]] == []
    wrong = {**polls, "password_file": secret(gate.folder / "wrong", "sai")}
    said = checked(gate, {**settings, "imap": wrong, "ldap": {**gate.settings["ldap"], "base": "dc=khong"}})
    assert [one["key"] for one in said["found"]] == ["imap.user", "access.ldap"]
    assert "sai" not in json.dumps(said)


def checked(gate: Gateway, settings: dict[str, object]) -> dict[str, Any]:
    """`congthu check-config --connect --json` of these settings."""
    file = gate.folder / "checked.toml"
    file.write_text(toml(settings))
    return dict(json.loads(invoke("check-config", str(file), "--connect", "--json").stdout))


def reload(gate: Gateway, **access: object) -> None:
    reloads = gate.metric("congthu_reloads_total")
    gate.settings["access"] = {**gate.settings["access"], **access}
    gate.write_config()
    gate.daemon.signal(signal.SIGHUP)
    wait(lambda: gate.metric("congthu_reloads_total") > reloads, "the reload")


def test_tokens_and_certificates_change_while_it_runs(gate: Gateway, port: int, tmp_path: Path) -> None:
    """The old token goes; TLS is put on; a certificate is renewed; a file that is none changes nothing."""
    secret(gate.folder / "tokens", f"{TOKEN}-moi")
    reload(gate)
    assert (post(port, TOKEN), post(port, f"{TOKEN}-moi")) == (401, 204)
    first = certificates(tmp_path, "localhost")
    reload(gate, certificate=str(first.chain), key=str(first.key))
    assert post(port, f"{TOKEN}-moi", first.client()) == 204
    renewed = certificates(tmp_path, "localhost")  # in the same files
    reload(gate)
    assert post(port, f"{TOKEN}-moi", renewed.client()) == 204
    refused = gate.metric("congthu_reloads_total", result="refused")
    secret(gate.folder / "tokens", "ngan")
    reload(gate)
    assert gate.metric("congthu_reloads_total", result="refused") == refused + 1
    assert post(port, f"{TOKEN}-moi", renewed.client()) == 204


def test_without_the_gateway_everybody_comes_in(gate: Gateway, dovecot: DovecotImap) -> None:
    """Last: the endpoint is gone."""
    gate.settings["access"].pop("bind")
    secret(gate.folder / "tokens", TOKEN)
    reload(gate)
    client = imaplib.IMAP4("127.0.0.1", dovecot.port)
    client.login(LOCKED, DovecotImap.PASSWORD)
    client.logout()
