"""From raw header bytes to the verdict of the channel: what real clients write passes, what forgers write does not.

The header is read, the identity concluded and the rule asked by the real parts; only DNS checks are given as they would
have come out. The classes of forgery are those of the published work on sender spoofing (Chen, Paxson, Jiang,
"Composition Kills", USENIX Security 2020; Shen et al., "Weak Links in Authentication Chains", USENIX Security 2021).
"""

from __future__ import annotations

from typing import Any

import pytest

from gateway.authentication.heading import read_heading
from gateway.authentication.identity import IdentitySettings, identify
from gateway.authentication.sender import read_sender
from gateway.model import Action, Direction, Verdict
from gateway.rules.request_channel import RequestChannel, request_in
from gateway.who import Check, Method, Proof, Result, Sender
from tests.unit.rules.make import envelope
from tests.unit.rules.office import ALIAS, ASKS, DIRECTORY, PERSON, PUBLIC, STRICT, UNIT, asked, only

NOW = 1_780_000_000.0
SETTINGS = IdentitySettings(frozenset({"tinh.example"}))
REST = (
    b"To: <vpub@tinh.example>\r\nSubject: =?utf-8?q?=C4=90=E1=BB=81_ngh=E1=BB=8B_c=E1=BA=A5p_h=E1=BB=99p_th=C6=B0?=\r\n"
    b"Date: Thu, 28 May 2026 22:26:40 +0700\r\nMessage-ID: <1@tinh.example>\r\nMIME-Version: 1.0\r\n"
)
PASSED = tuple(Check(method, Result.PASS, "tinh.example") for method in (Method.SPF, Method.DKIM, Method.DMARC))


def verdict_of(
    header: bytes, *, path: str = UNIT, checks: tuple[Check, ...] = (), to: str = PUBLIC, **session: Any
) -> Verdict:
    """Read, conclude, ask."""
    given = {"direction": Direction.SUBMISSION, **session}
    whole = header + REST
    fields, mail = read_sender(whole, b"\r\nbody\r\n"), envelope(path, to, **given)
    identity = identify(mail, fields, checks, DIRECTORY, SETTINGS, read_heading(whole), NOW)
    return asked(RequestChannel(), path, to, who=Sender(identity, fields, checks), signs=ASKS, **given)


# As the programs write them, each with the name of the office where it has one.
CLIENTS = {
    "bare": b"From: soxd@tinh.example\r\n",
    "Outlook": b'From: "So Xay dung" <soxd@tinh.example>\r\nThread-Index: AQHb\r\n',
    "Outlook, encoded": b"From: =?utf-8?B?U+G7nyBYw6J5IGThu7FuZw==?= <soxd@tinh.example>\r\n",
    "Outlook, two words": b"From: =?utf-8?B?U+G7nyBYw6J5?=\r\n =?utf-8?B?IGThu7FuZw==?= <soxd@tinh.example>\r\n",
    "Thunderbird": b"From: =?UTF-8?Q?S=E1=BB=9F_X=C3=A2y_d=E1=BB=B1ng?= <soxd@tinh.example>\r\nUser-Agent: Mozilla\r\n",
    "Thunderbird, Reply-To": b"Reply-To: soxd@tinh.example\r\nFrom: So <soxd@tinh.example>\r\n",
    "Zimbra": b"From: =?utf-8?B?U+G7nw==?= <soxd@tinh.example>\r\nX-Mailer: Zimbra 8.8.15\r\n",
    "Zimbra, alias": b"From: So <soxaydung@tinh.example>\r\nReply-To: So <soxaydung@tinh.example>\r\n",
    "Roundcube": b"From: soxd@tinh.example\r\nUser-Agent: Roundcube Webmail/1.6.1\r\n",
    "Roundcube, Sender": b"From: So <soxd@tinh.example>\r\nSender: soxd@tinh.example\r\n",
    "iPhone": b"From: =?utf-8?Q?S=E1=BB=9F_X=C3=A2y_d=E1=BB=B1ng?= <soxd@tinh.example>\r\nX-Mailer: iPhone Mail\r\n",
    "Android": b"From: soxd <soxd@tinh.example>\r\n",
    "comma in quotes": b'From: "So Xay dung, tinh" <soxd@tinh.example>\r\n',
    "its own address as the name": b'From: "soxd@tinh.example" <soxd@tinh.example>\r\n',
    "capitals": b"From: <SoXD@Tinh.Example>\r\n",
    "folded": b"From: So Xay dung\r\n <soxd@tinh.example>\r\n",
}


@pytest.mark.parametrize("to", [PUBLIC, STRICT])
@pytest.mark.parametrize("header", CLIENTS.values(), ids=CLIENTS)
def test_what_a_units_client_writes_passes(header: bytes, to: str) -> None:
    for login in ("soxd", UNIT, ALIAS):
        found = request_in(only(verdict_of(header, to=to, user=login)))
        assert found is not None
        assert (found["mailbox"], found["how"]) == (UNIT, Proof.LOGIN)


def test_a_delegate_that_writes_as_the_unit_passes() -> None:
    assert request_in(only(verdict_of(CLIENTS["Outlook"], user="nvanh"))) is not None


def test_behind_a_server_that_checks_logins_it_passes() -> None:
    found = verdict_of(CLIENTS["Zimbra"], direction=Direction.PROXY_FILTER, trusted=True, login_checked=True)
    assert request_in(only(found)) is not None


FORGED = {
    "two From": b"From: soxd@tinh.example\r\nFrom: ai@gmail.com\r\n",
    "two From, ours last": b"From: ai@gmail.com\r\nFrom: soxd@tinh.example\r\n",
    "two mailboxes": b"From: soxd@tinh.example, ai@gmail.com\r\n",
    "group": b"From: So: soxd@tinh.example;\r\n",
    "address in the name": b'From: "soxd@tinh.example" <ai@gmail.com>\r\n',
    "encoded address in the name": b"From: =?utf-8?B?c294ZEB0aW5oLmV4YW1wbGU=?= <ai@gmail.com>\r\n",
    "encoded whole": b"From: =?utf-8?B?PHNveGRAdGluaC5leGFtcGxlPg==?= <ai@gmail.com>\r\n",
    "comment": b"From: soxd@tinh.example (ai@gmail.com)\r\n",
    "comment inside": b"From: soxd(x)@tinh.example\r\n",
    "route": b"From: <@relay.example:soxd@tinh.example>\r\n",
    "two angle pairs": b"From: <soxd@tinh.example><ai@gmail.com>\r\n",
    "blank before the colon": b"From : soxd@tinh.example\r\nFrom: ai@gmail.com\r\n",
    "NUL": b"From: soxd@tinh.example\x00@gmail.com\r\n",
    "bare CR": b"From: ai@gmail.com\rFrom: soxd@tinh.example\r\n",
    "full-width at": b"From: soxd\xef\xbc\xa0tinh.example\r\n",
    "quoted at": b'From: "soxd@tinh.example"@gmail.com\r\n',
    "right to left": b"From: \xe2\x80\xaesoxd@tinh.example\r\n",
    "Cyrillic": b"From: s\xd0\xbexd@tinh.example\r\n",
    "none": b"X-From: soxd@tinh.example\r\n",
    "empty": b"From:\r\n",
    "empty brackets": b"From: <>\r\n",
    "look-alike domain": b"From: soxd@tinh.example.evil.example\r\n",
    "sub-address": b"From: soxd+x@tinh.example\r\n",
    "Sender of another": b"From: soxd@tinh.example\r\nSender: ai@gmail.com\r\n",
    "Reply-To elsewhere": b"From: soxd@tinh.example\r\nReply-To: soxd.tinh@gmail.com\r\n",
    "Reply-To as well": b"From: soxd@tinh.example\r\nReply-To: soxd@tinh.example, ai@gmail.com\r\n",
    "resent by another": b"Resent-From: ai@gmail.com\r\nFrom: soxd@tinh.example\r\n",
}


@pytest.mark.parametrize("to", [PUBLIC, STRICT])
@pytest.mark.parametrize("header", FORGED.values(), ids=FORGED)
def test_what_a_forger_writes_is_refused_even_with_the_units_own_login(header: bytes, to: str) -> None:
    for session in ({"user": "soxd"}, {"user": "nvanh"}):
        assert verdict_of(header, to=to, **session).action is Action.REJECT
    checked = {"direction": Direction.PROXY_FILTER, "trusted": True, "login_checked": True}
    assert verdict_of(header, to=to, **checked).action is Action.REJECT


@pytest.mark.parametrize("header", CLIENTS.values(), ids=CLIENTS)
@pytest.mark.parametrize(
    "given",
    [
        {"direction": Direction.INBOUND, "checks": PASSED},
        {"direction": Direction.INBOUND, "checks": PASSED, "path": ""},
        {"direction": Direction.INBOUND, "trusted": True},
        {"direction": Direction.PROXY_FILTER, "trusted": True},
        {"user": "ttbinh"},
        {"user": "khong-co"},
        {"user": "?"},
        {"user": "vpub"},
        {"user": PERSON, "path": PERSON},
        {"user": "soxd", "path": ""},
        {"user": "soxd", "path": "ai@gmail.com"},
        {"device_sender": UNIT},
    ],
    ids=str,
)
def test_a_perfect_header_proves_nothing_by_itself(header: bytes, given: dict[str, Any]) -> None:
    assert verdict_of(header, **given).action is Action.REJECT
