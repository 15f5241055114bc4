"""The clients that people and scripts use: smtplib, swaks, msmtp; STARTTLS, implicit TLS, AUTH passed through."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.client import Client
from tests.support.congthu import Gateway, Table, listener, upstream
from tests.support.dovecot import DovecotAuth
from tests.support.messages import SIMPLE
from tests.support.ports import HOST, free_port
from tests.support.postfix import Postfix
from tests.support.processes import run
from tests.support.recorder import Recorder
from tests.support.tls import Certificates

USER, WORD = "an@tinh.example", "mat-khau-bi-mat-7731"


def _listeners(tls: Certificates) -> list[Table]:
    files = {"certificate": str(tls.chain), "key": str(tls.key)}
    return [
        listener(name="vao", tls="starttls", **files),
        listener(name="gui", direction="submission", tls="starttls", **files),
        listener(name="gui-tls", direction="submission", tls="implicit", **files),
    ]


@pytest.fixture(scope="module")
def mailserver(tls: Certificates) -> Iterator[Recorder]:
    """An upstream with STARTTLS, AUTH and one user."""
    with Recorder("PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES", tls=tls.server(), users={USER: WORD}) as made:
        yield made


@pytest.fixture(scope="module")
def office(mailserver: Recorder, tls: Certificates) -> Iterator[Gateway]:
    """Inbound, submission with STARTTLS and with implicit TLS."""
    to = upstream(mailserver.port, tls="required", tls_ca=str(tls.authority), tls_name="mail.tinh.example")
    with Gateway(_listeners(tls), {"mailserver": to}) as made:
        yield made


@pytest.fixture(autouse=True)
def _no_secret(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "office" in request.fixturenames:
        gate: Gateway = request.getfixturevalue("office")
        everything = gate.daemon.output().encode()
        for path in (gate.folder / "data").rglob("*"):
            with contextlib.suppress(FileNotFoundError):  # some come and go
                everything += path.read_bytes() if path.is_file() else b""
        assert WORD.encode() not in everything
        assert b"AG1hdC1raGF1" not in everything


def _taken(mailserver: Recorder) -> None:
    last = mailserver.messages.pop()
    assert last.content.endswith(b"Xin chao\r\n")
    assert last.login == USER


@pytest.mark.parametrize("name", ["gui", "gui-tls"])
@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_smtplib_logs_in(office: Gateway, mailserver: Recorder, tls: Certificates, name: str, mechanism: str) -> None:
    with _smtplib(office, name, tls.client()) as client:
        assert mechanism in client.esmtp_features["auth"].split()
        client.user, client.password = USER, WORD
        client.auth(mechanism, getattr(client, f"auth_{mechanism.lower()}"))
        assert client.sendmail(USER, ["binh@noikhac.example"], SIMPLE) == {}
    _taken(mailserver)


def _smtplib(office: Gateway, name: str, context: ssl.SSLContext) -> smtplib.SMTP:
    context.check_hostname = False
    port = office.port_of(name)
    if name == "gui-tls":
        client: smtplib.SMTP = smtplib.SMTP_SSL(HOST, port, context=context, timeout=20)
    else:
        client = smtplib.SMTP(HOST, port, timeout=20)
        client.starttls(context=context)
    client.ehlo()
    return client


def test_wrong_password_is_the_upstreams_word(office: Gateway, mailserver: Recorder, tls: Certificates) -> None:
    with _smtplib(office, "gui", tls.client()) as client:
        with pytest.raises(smtplib.SMTPAuthenticationError) as caught:
            client.login(USER, "sai")
        assert caught.value.smtp_code == 535
        assert client.docmd("MAIL FROM:<an@tinh.example>")[0] == 530
    assert not mailserver.messages


def test_no_auth_without_tls_and_none_inbound(office: Gateway, tls: Certificates) -> None:
    with Client(office.port_of("gui")) as client:
        assert not any(word.startswith("AUTH") for word in client.ehlo())
        assert 500 <= client.command("AUTH PLAIN AGFuAGE=").code < 600
        assert client.command("MAIL FROM:<an@tinh.example>").code == 530
    with Client(office.port_of("vao")) as client:
        client.ehlo()
        client.starttls(tls.client())
        assert not any(word.startswith("AUTH") for word in client.ehlo())
        assert 500 <= client.command("AUTH PLAIN AGFuAGE=").code < 600


def test_inbound_is_no_open_relay(office: Gateway) -> None:
    with Client(office.port_of("vao")) as client:
        client.ehlo()
        for to in (
            "a@noikhac.example",
            "a%noikhac.example@may.example",
            "@tinh.example:a@noikhac.example",
            "a@[10.0.0.1]",
        ):
            assert 500 <= client.envelope("b@nguon.example", to)[1].code < 600, to
            client.command("RSET")


@pytest.mark.service("swaks")
@pytest.mark.parametrize("extra", [[], ["--tls"], ["--pipeline"], ["--tls", "--pipeline"]])
def test_swaks(office: Gateway, mailserver: Recorder, extra: list[str]) -> None:
    before = len(mailserver.messages)
    where = ["--server", HOST, "--port", str(office.port_of("vao")), "--helo", "may.nguon.example"]
    done = run(["swaks", *where, "--from", "a@nguon.example", "--to", "an@tinh.example,binh@tinh.example", *extra])
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(mailserver.messages) == before + 1
    assert len(mailserver.messages.pop().rcpt) == 2


@pytest.mark.service("swaks")
@pytest.mark.parametrize("how", ["PLAIN", "LOGIN"])
def test_swaks_logs_in(office: Gateway, mailserver: Recorder, how: str) -> None:
    where = ["--server", HOST, "--port", str(office.port_of("gui")), "--tls", "--auth", how]
    who = ["--auth-user", USER, "--auth-password", WORD, "--from", USER, "--to", "binh@noikhac.example"]
    done = run(["swaks", *where, *who, "--body", "Xin chao"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert mailserver.messages.pop().login == USER


@pytest.mark.service("msmtp")
@pytest.mark.parametrize("name", ["gui", "gui-tls"])
def test_msmtp(office: Gateway, mailserver: Recorder, tls: Certificates, tmp_path: Path, name: str) -> None:
    config = tmp_path / "msmtprc"
    config.write_text(
        f"account default\nhost {HOST}\nport {office.port_of(name)}\nfrom {USER}\ntls on\n"
        f"tls_starttls {'on' if name == 'gui' else 'off'}\ntls_trust_file {tls.authority}\n"
        "tls_host_override gw.tinh.example\n"
        f"auth plain\nuser {USER}\npassword {WORD}\n"
    )
    config.chmod(0o600)
    done = run(["msmtp", "-C", config, "binh@noikhac.example"], data=SIMPLE.replace(b"\r\n", b"\n"))
    assert done.returncode == 0, done.stderr
    _taken(mailserver)


@pytest.mark.service("postfix", "dovecot")
def test_login_at_a_real_postfix(tls: Certificates) -> None:
    """Dovecot judges the password, Postfix relays only for who has logged in, and Postfix knows the login."""
    port = free_port()
    files = {
        "smtpd_tls_cert_file": str(tls.chain),
        "smtpd_tls_key_file": str(tls.key),
        "smtpd_tls_security_level": "may",
    }
    sasl = {"smtpd_sasl_auth_enable": "yes", "smtpd_sasl_type": "dovecot", "smtpd_tls_auth_only": "yes"}
    only = {"smtpd_recipient_restrictions": "permit_sasl_authenticated,reject", "smtpd_relay_restrictions": ""}
    with DovecotAuth({USER: WORD}) as dovecot:
        options = {**files, **sasl, **only, "smtpd_sasl_path": str(dovecot.socket)}
        to = upstream(port, tls="required", tls_ca=str(tls.authority), tls_name="mail.tinh.example")
        with Postfix({port: options}) as postfix, Gateway(_listeners(tls), {"mailserver": to}) as gate:
            with _smtplib(gate, "gui", tls.client()) as client:
                with pytest.raises(smtplib.SMTPAuthenticationError):
                    client.login(USER, "sai")
                client.login(USER, WORD)
                client.sendmail(USER, ["binh@tinh.example"], SIMPLE)
            postfix.wait_delivered(1)
            postfix.wait_logged(f"sasl_username={USER}")
