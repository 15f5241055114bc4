"""The bytes of MAIL, RCPT, XCLIENT and XFORWARD."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import UpstreamBroken
from gateway.model import Address, Recipient
from gateway.upstream import commands
from gateway.upstream.base import Capabilities
from gateway.upstream.capabilities import common, parse_ehlo
from tests.unit.upstream.fake import envelope, session

ALL = Capabilities(pipelining=True, eightbit=True, smtputf8=True, dsn=True, chunking=True, size=0)
FULL = {"size": 99, "body": "8BITMIME", "smtputf8": True, "ret": "HDRS", "envid": "a+2Bb"}
NAMES = ("NAME", "ADDR", "PORT", "PROTO", "HELO", "LOGIN")


def test_mail_says_what_is_offered() -> None:
    full = b"MAIL FROM:<from@example.org> SIZE=99 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+2Bb\r\n"
    assert commands.mail(envelope(**FULL), ALL) == full
    assert commands.mail(envelope(**FULL), Capabilities()) == b"MAIL FROM:<from@example.org>\r\n"
    assert commands.mail(envelope(), ALL) == b"MAIL FROM:<from@example.org>\r\n"


def test_the_null_reverse_path_is_empty() -> None:
    null = envelope()
    null.reverse_path = Address("")
    assert commands.mail(null, ALL) == b"MAIL FROM:<>\r\n"


def test_rcpt_says_dsn_where_offered() -> None:
    one = Recipient(Address("đơn@tinh.example"), notify="NEVER", orcpt="rfc822;a+2Bb@x")
    assert commands.rcpt(one, ALL) == "RCPT TO:<đơn@tinh.example> NOTIFY=NEVER ORCPT=rfc822;a+2Bb@x\r\n".encode()
    assert commands.rcpt(one, Capabilities()) == "RCPT TO:<đơn@tinh.example>\r\n".encode()


@pytest.mark.parametrize("evil", ["a\r\nDATA", "a\nb", "a\rb", "a\0b"])
def test_no_command_can_be_smuggled(evil: str) -> None:
    with pytest.raises(UpstreamBroken):
        commands.rcpt(Recipient(Address(evil)), ALL)
    with pytest.raises(UpstreamBroken):
        commands.mail(envelope(envid=evil), ALL)


def test_xforward_tells_the_client() -> None:
    line = b"XFORWARD NAME=host.example ADDR=192.0.2.9 PORT=4321 PROTO=ESMTP HELO=client.example\r\n"
    assert commands.xforward(session(), NAMES) == [line]
    assert commands.xforward(session(), ["ADDR"]) == [b"XFORWARD ADDR=192.0.2.9\r\n"]


def test_what_is_unknown_is_unavailable_and_v6_is_marked() -> None:
    client = session("2001:db8::1", helo="", client_name="", esmtp=False)
    client.client_address = "2001:db8::2"
    words = commands.xforward(client, NAMES)[0].split()[1:]
    unknown = b"[UNAVAILABLE]"
    assert words == [
        b"NAME=" + unknown,
        b"ADDR=IPV6:2001:db8::2",
        b"PORT=" + unknown,
        b"PROTO=SMTP",
        b"HELO=" + unknown,
    ]


def test_xclient_tells_the_port_only_of_a_session_of_its_own() -> None:
    assert b"PORT" not in commands.xclient(session(), NAMES, port=False)[0]
    assert b"PORT=4321" in commands.xclient(session(user="an"), NAMES, port=True)[0]
    assert b"LOGIN=an" in commands.xclient(session(user="an"), NAMES, port=True)[0]
    assert b"LOGIN" not in commands.xclient(session(), NAMES, port=True)[0]


@given(st.text(max_size=600), st.text(max_size=600))
def test_hostile_names_stay_one_short_line(helo: str, name: str) -> None:
    for line in commands.xforward(session(helo=helo, client_name=name), NAMES):
        assert len(line) <= 512
        assert line.endswith(b"\r\n")
        assert all(0x20 <= byte < 0x7F for byte in line[:-2])


def test_xtext() -> None:
    assert commands.xtext("a b+c=d\r\nđ") == b"a+20b+2Bc+3Dd+0D+0A+C4+91"


def test_ehlo_is_read() -> None:
    lines = [
        "mx SIZE",
        "size 100",
        "PIPELINING",
        "AUTH PLAIN LOGIN",
        "AUTH=LOGIN GSSAPI",
        "XFORWARD NAME ADDR",
        "8BITMIME",
        "",
    ]
    read = parse_ehlo(lines)
    assert read.size == 100
    assert read.pipelining
    assert read.eightbit
    assert not read.smtputf8
    assert read.auth == {"PLAIN", "LOGIN", "GSSAPI"}
    assert read.xforward == {"NAME", "ADDR"}


@pytest.mark.parametrize(
    ("line", "size"), [("SIZE", 0), ("SIZE 0", 0), ("SIZE x", 0), ("SIZE " + "9" * 99, 0), ("DSN", None)]
)
def test_size_is_read_with_care(line: str, size: int | None) -> None:
    assert parse_ehlo(["mx", line]).size == size


def test_what_hosts_have_in_common() -> None:
    assert common([]) == Capabilities()
    assert common([ALL, Capabilities()]) == Capabilities()
    assert common([Capabilities(size=5), Capabilities(size=0)]).size == 5
    assert common([Capabilities(size=5), Capabilities(size=7)]).size == 5
    assert common([Capabilities(size=0), Capabilities(size=0)]).size == 0
    assert common([ALL, ALL]) == ALL
