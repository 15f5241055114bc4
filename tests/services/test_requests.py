"""Requests about mailboxes against a running gateway, a real Postfix behind it and a DNS that tells what we like.

Forged ones of every kind: none is accepted. Genuine ones as mail programs write them: all are, and the office sees it.
"""

from __future__ import annotations

import base64
import contextlib
import json
import smtplib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.lab_dns import LabDns
from tests.support.client import Answer, Client
from tests.support.congthu import Gateway, Table, listener, upstream
from tests.support.dovecot import DovecotAuth
from tests.support.ports import HOST, free_port
from tests.support.postfix import Postfix
from tests.support.tls import Certificates
from tests.unit.authentication.test_sender import FORGED as PUBLISHED
from tests.unit.authentication.test_sender_readers import EVIL as EVIL_THERE
from tests.unit.authentication.test_sender_readers import OFFICE as OFFICE_THERE

pytestmark = pytest.mark.service("postfix", "dovecot")

UNIT, OTHER_UNIT, PERSON = "stttt@tinh.example", "stnmt@tinh.example", "nvanh@tinh.example"
COMMUNE = "vanphong@xa.example"  # a unit with a mail server of its own, whose signatures bind sender to login
OFFICE, DOOR = "phongcntt@tinh.example", "capthu@tinh.example"  # public and for requests; for requests only
WORD = "mat-khau-7731"
OUTSIDE, ITS_SERVER = "198.51.100.66", "203.0.113.7"
CSV = f"""\
loai,dia_chi,don_vi,ten_don_vi,chu_hop_thu
unit,{UNIT},STTTT,Sở Thông tin và Truyền thông,Trần Thị Bình
unit,{OTHER_UNIT},STNMT,Sở Tài nguyên và Môi trường,Lê Văn Cường
unit,{COMMUNE},XA,Ủy ban nhân dân xã,Phạm Dũng
personal,{PERSON},STTTT,Sở Thông tin và Truyền thông,Nguyễn Văn Anh
"""
ASK = """\
Kính gửi Phòng Công nghệ thông tin,

Sở đề nghị cấp mới hộp thư điện tử công vụ cho các cán bộ mới tuyển dụng theo danh sách kèm theo.
Lý do: tiếp nhận công chức theo Quyết định số 12/QĐ-UBND.

Trân trọng.
"""
LIST = (
    "STT,Họ và tên,Chức vụ,Đơn vị,Địa chỉ thư đề nghị\r\n"
    "1,Nguyễn Thị Hoa,Chuyên viên,Văn phòng,nthoa@tinh.example\r\n"
    "2,Trần Văn Bảo,Chuyên viên,Thanh tra,tvbao@tinh.example\r\n"
)


SIGNED = "from to subject date message-id mime-version content-type"


@dataclass
class Key:
    """A DKIM key: what signs, and its DNS record."""

    private: bytes
    record: str

    @classmethod
    def new(cls) -> Key:
        key = rsa.generate_private_key(65537, 2048)
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        return cls(private, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}")


@pytest.fixture(scope="module")
def keys() -> dict[str, Key]:
    """A key for each domain that signs."""
    return {domain: Key.new() for domain in ("evil.example", "xa.example", "tinh.example")}


@pytest.fixture(scope="module")
def dns(keys: dict[str, Key]) -> Iterator[LabDns]:
    """The commune's records, and an attacker's: everything of his own passes."""
    zone: dict[str, list[object]] = {}
    for domain, address in (("evil.example", OUTSIDE), ("xa.example", ITS_SERVER), ("tinh.example", "203.0.113.1")):
        zone[domain] = [("TXT", f"v=spf1 ip4:{address} -all")]
        zone[f"_dmarc.{domain}"] = [("TXT", "v=DMARC1; p=reject")]
        zone[f"s._domainkey.{domain}"] = [("TXT", keys[domain].record)]
    with LabDns(zone) as made:  # type: ignore[arg-type]
        yield made


@pytest.fixture(scope="module")
def postfix(tls: Certificates) -> Iterator[Postfix]:
    """A mail server that knows four logins."""
    files = {"smtpd_tls_cert_file": str(tls.chain), "smtpd_tls_key_file": str(tls.key)}
    with DovecotAuth(dict.fromkeys((UNIT, OTHER_UNIT, PERSON), WORD)) as dovecot:
        options = {
            **files,
            "smtpd_tls_security_level": "may",
            "smtpd_sasl_auth_enable": "yes",
            "smtpd_sasl_type": "dovecot",
            "smtpd_sasl_path": str(dovecot.socket),
        }
        with Postfix({free_port(): options}) as made:
            yield made


@pytest.fixture(scope="module")
def gate(tls: Certificates, dns: LabDns, postfix: Postfix) -> Iterator[Gateway]:
    """Where the Internet comes in, and where officials log in; with a directory of four mailboxes."""
    files = {"certificate": str(tls.chain), "key": str(tls.key)}
    listeners: list[Table] = [
        listener(name="vao", proxy_protocol=["127.0.0.0/8"]),
        listener(name="gui", direction="submission", tls="starttls", max_errors=10_000, max_commands=10_000, **files),
    ]
    to = upstream(postfix.port, tls="required", tls_ca=str(tls.authority), tls_name="mail.tinh.example")
    made = Gateway(
        listeners,
        {"mailserver": to},
        gateway={"trusted_networks": ["127.0.0.1"]},
        authentication={"servers": [f"{HOST}:{dns.server[1]}"], "binding_domains": ["xa.example"], "timeout": "5s"},
        notices={"upstream": "mailserver", "sender": OFFICE, "office": "Phòng Công nghệ thông tin"},
        request_channel=[{"address": OFFICE}, {"address": DOOR, "also": ["cap-thu@tinh.example"], "exclusive": True}],
    )
    made.write_config()
    table = made.folder / "danh-ba.csv"
    table.write_text(CSV)
    made.cli("mailboxes", "import", str(table), "--yes")
    with made:
        yield made


def letter(author: str = UNIT, to: str = OFFICE, body: str = ASK, subject: str = "Đề nghị cấp hộp thư") -> EmailMessage:
    """A request as the regulation wants it: the reason, and the list attached."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = author, to, subject
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="tinh.example")
    message.set_content(body, cte="base64")
    message.add_attachment(LIST.encode(), "text", "csv", filename="danh sach.csv")
    return message


def wire(message: EmailMessage) -> bytes:
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def from_outside(gate: Gateway, content: bytes, sender: str, to: str = OFFICE, *, address: str = OUTSIDE) -> Answer:
    """One message as a client at this address sends it."""
    header = f"PROXY TCP4 {address} 192.0.2.1 40000 25\r\n".encode()
    with Client(gate.port_of("vao"), prefix=header) as client:
        client.ehlo()
        return client.message(content, sender, to)


def requests(gate: Gateway) -> list[dict[str, object]]:
    """What the office sees."""
    found = json.loads(gate.cli("mailboxes", "requests", "list", "--json"))
    return list(found)


def wait_requests(gate: Gateway, count: int, **wanted: str) -> list[dict[str, object]]:
    """Those of them with these fields, once there are so many: they are written after the reply."""
    deadline = time.monotonic() + 60
    while len(found := [one for one in requests(gate) if wanted.items() <= one.items()]) != count:
        assert time.monotonic() < deadline, found
    return found


def signed(content: bytes, key: Key, domain: str, fields: str = SIGNED) -> bytes:
    """With a DKIM signature above, by an independent signer."""
    names = [name.encode() for name in fields.split()]
    return bytes(dkim.sign(content, b"s", domain.encode(), key.private, include_headers=names)) + content


def author(field: bytes) -> bytes:
    """A request with this in place of its From field."""
    content = wire(letter("xxx@xxx.example"))
    return content.replace(b"From: xxx@xxx.example\r\n", field + b"\r\n")


_U = UNIT.encode()
FORGED = {
    "plain": b"From: " + _U,
    "two-fields": b"From: x@evil.example\r\nFrom: " + _U,
    "two-fields-other-order": b"From: " + _U + b"\r\nFrom: x@evil.example",
    "two-mailboxes": b"From: x@evil.example, " + _U,
    "two-mailboxes-other-order": b"From: " + _U + b", x@evil.example",
    "name-is-an-address": b'From: "' + _U + b'" <x@evil.example>',
    "name-in-an-encoded-word": b"From: =?utf-8?B?" + base64.b64encode(_U) + b"?= <x@evil.example>",
    "address-in-an-encoded-word": b"From: =?utf-8?B?" + base64.b64encode(b"<" + _U + b">") + b"?=",
    "comment": b"From: x@evil.example (" + _U + b")",
    "comment-inside": b"From: stttt(x@evil.example)@tinh.example",
    "route": b"From: <@evil.example:" + _U + b">",
    "group": b"From: Nhom: x@evil.example, " + _U + b";",
    "blank-before-colon": b"From : " + _U,
    "folded-name": b"From:\r\n " + _U,
    "nul": b"From: " + _U.replace(b"@", b"\0@"),
    "full-width-at": "From: stttt＠tinh.example <x@evil.example>".encode(),
    "sender-is-the-attacker": b"From: " + _U + b"\r\nSender: x@evil.example",
    "reply-to-the-attacker": b"From: " + _U + b"\r\nReply-To: x@evil.example",
    "resent": b"Resent-From: x@evil.example\r\nFrom: " + _U,
    "case": b"fRoM: " + _U.upper(),
    "no-colon-first": b"From " + _U + b"\r\nFrom: x@evil.example",
    "sub-address": b"From: stttt+x@tinh.example",
    "person": b"From: " + PERSON.encode(),
    "look-alike": "From: sttтt@tinh.example".encode(),
    "look-alike-domain": b"From: stttt@tinh.example.evil.example",
    "gmail": b"From: So Thong tin va Truyen thong <stttt.tinh@gmail.com>",
    "none": b"X-Nothing: at all",
}


@pytest.mark.parametrize("to", [OFFICE, DOOR, "CAP-THU@Tinh.Example", '"capthu"@tinh.example', "capthu+x@tinh.example"])
def test_forged_from_outside(gate: Gateway, postfix: Postfix, keys: dict[str, Key], to: str) -> None:
    postfix.clear()
    senders = ("x@evil.example", "", UNIT, f"SRS0=a=b={UNIT}@evil.example")
    for name, field in FORGED.items():
        content = author(field)
        answers = [from_outside(gate, content, sender, to) for sender in senders]
        answers.append(from_outside(gate, signed(content, keys["evil.example"], "evil.example"), "x@evil.example", to))
        assert {answer.code // 100 for answer in answers} == {5}, (name, answers)
    postfix.wait_idle()
    assert not postfix.delivered()
    assert not [one for one in requests(gate) if one["proved_by"] != "login" and one["mailbox"] != COMMUNE]


def published(lines: list[str | bytes]) -> bytes:
    """One published way to forge From, with our addresses in it."""
    text = b"\r\n".join(line.encode() if isinstance(line, str) else line for line in lines)
    for there, here in ((OFFICE_THERE, UNIT), (EVIL_THERE, "x@evil.example"), ("gian.example", "evil.example")):
        text = text.replace(there.encode(), here.encode())
    return text.replace(b"tphcm.example", b"tinh.example")


def test_published_forgeries(gate: Gateway, postfix: Postfix, tls: Certificates, keys: dict[str, Key]) -> None:
    """From outside with everything of the attacker's own passing, and after a login of a person's."""
    postfix.clear()
    before = len(requests(gate))
    with logged_in(gate, tls, PERSON) as client:
        client.ehlo_or_helo_if_needed()
        for entry in PUBLISHED:
            lines: Any = entry.values[0]
            content = author(published(lines))
            with contextlib.suppress(dkim.DKIMException, IndexError):  # what the independent signer cannot read
                content = signed(content, keys["evil.example"], "evil.example")
            answer = from_outside(gate, content, "x@evil.example", DOOR)
            assert answer.code // 100 == 5, (lines, answer)
            with pytest.raises((smtplib.SMTPDataError, smtplib.SMTPRecipientsRefused)) as caught:
                client.sendmail(PERSON, [DOOR], content)
            assert "550" in str(caught.value), lines
    postfix.wait_idle()
    assert not postfix.delivered()
    assert len(requests(gate)) == before


def test_a_refusal_says_what_to_do(gate: Gateway) -> None:
    answer = from_outside(gate, wire(letter("ai@gmail.com")), "ai@gmail.com")
    assert answer.code == 550
    assert "AG 4.2" in answer.text or "AG 6" in answer.text
    assert all(len(line) <= 512 for line in answer.text.splitlines())
    assert answer.text.isascii()


def test_ordinary_mail_to_the_office_passes_tagged(gate: Gateway, postfix: Postfix) -> None:
    postfix.clear()
    message = letter(
        "congdan@evil.example", body="Tôi xin hỏi giờ làm việc của cơ quan. Cảm ơn.", subject="Hỏi giờ làm việc"
    )
    del message["Content-Type"], message["Content-Transfer-Encoding"], message["MIME-Version"]
    message.clear_content()
    message.set_content("Tôi xin hỏi giờ làm việc của cơ quan. Cảm ơn.")
    assert from_outside(gate, wire(message), "congdan@evil.example").code == 250
    (stored,) = postfix.wait_delivered(1)
    assert b"X-Congthu-Request: unproven" in stored
    assert b"Authentication-Results: gw.tinh.example" in stored
    assert b"spf=pass" in stored
    refused = from_outside(gate, wire(message), "congdan@evil.example", DOOR)
    assert refused.code == 550


def test_signed_by_a_domain_that_binds(gate: Gateway, postfix: Postfix, keys: dict[str, Key]) -> None:
    postfix.clear()
    content = signed(wire(letter(COMMUNE, DOOR)), keys["xa.example"], "xa.example")
    assert from_outside(gate, content, COMMUNE, DOOR, address=ITS_SERVER).code == 250
    (stored,) = postfix.wait_delivered(1)
    assert b"X-Congthu-Request: proved" in stored
    wait_requests(gate, 1, mailbox=COMMUNE)
    again = from_outside(gate, content, COMMUNE, DOOR)  # anybody can send what was once signed
    assert again.code == 550
    changed = content.replace(b"From: " + COMMUNE.encode(), b"From: thu2@xa.example")
    assert from_outside(gate, changed, COMMUNE, DOOR, address=ITS_SERVER).code == 550
    unsigned = wire(letter(COMMUNE, DOOR))
    assert from_outside(gate, unsigned, COMMUNE, DOOR, address=ITS_SERVER).code == 550
    few = signed(unsigned, keys["xa.example"], "xa.example", "from subject")
    assert from_outside(gate, few, COMMUNE, DOOR, address=ITS_SERVER).code == 550
    assert [one["mailbox"] for one in requests(gate)].count(COMMUNE) == 1


def test_silent_dns_is_for_now(gate: Gateway, dns: LabDns, keys: dict[str, Key]) -> None:
    content = signed(wire(letter(COMMUNE, DOOR)), keys["xa.example"], "xa.example")
    content = content.replace(b"s=s;", b"s=stumm;")
    from tests.lab_dns import Fault

    dns.misbehave("stumm._domainkey.xa.example", Fault.SERVFAIL)
    answer = from_outside(gate, content, COMMUNE, DOOR, address=ITS_SERVER)
    assert answer.code == 451


def logged_in(gate: Gateway, tls: Certificates, user: str) -> smtplib.SMTP:
    """A session of this user on the submission listener."""
    context = tls.client()
    context.check_hostname = False
    client = smtplib.SMTP(HOST, gate.port_of("gui"), timeout=30)
    client.starttls(context=context)
    client.login(user, WORD)
    return client


CLIENTS = {
    "bare": f"From: {UNIT}",
    "angle": f"From: <{UNIT}>",
    "outlook": f'From: "=?utf-8?B?{base64.b64encode("Sở Thông tin và Truyền thông".encode()).decode()}?=" <{UNIT}>',
    "thunderbird": f"From: =?UTF-8?B?{base64.b64encode('Sở TTTT, tỉnh'.encode()).decode()}?=\r\n <{UNIT}>",
    "zimbra": f'From: "STTTT - Van thu" <{UNIT}>\r\nReply-To: "STTTT - Van thu" <{UNIT}>',
    "roundcube": f"From: =?UTF-8?Q?S=E1=BB=9F_Th=C3=B4ng_tin?= <{UNIT}>",
    "iphone": f"From: =?utf-8?Q?S=E1=BB=9F_TTTT?= <{UNIT}>\r\nX-Mailer: iPhone Mail (20A392)",
    "android": f"From: So TTTT <{UNIT.upper()}>",
    "sender-too": f"From: {UNIT}\r\nSender: {UNIT}",
    "quoted-comma": f'From: "Sở, Thông tin" <{UNIT}>',
}


@pytest.mark.parametrize("to", [OFFICE, DOOR])
def test_genuine_by_login(gate: Gateway, postfix: Postfix, tls: Certificates, to: str) -> None:
    postfix.clear()
    with logged_in(gate, tls, UNIT) as client:
        for field in CLIENTS.values():
            content = wire(letter("xxx@xxx.example", to)).replace(b"From: xxx@xxx.example", field.encode())
            assert client.sendmail(UNIT, [to], content) == {}
    stored = postfix.wait_delivered(len(CLIENTS))
    assert [b"X-Congthu-Request: proved" in one for one in stored] == [True] * len(CLIENTS)
    found = wait_requests(gate, len(CLIENTS), channel=to, mailbox=UNIT)
    assert {one["proved_by"] for one in found} == {"login"}
    assert all("create" in str(one["kinds"]) for one in found)


@pytest.mark.parametrize(
    ("user", "sender", "field"),
    [
        (PERSON, PERSON, f"From: {PERSON}"),  # a person's mailbox
        (PERSON, UNIT, f"From: {UNIT}"),  # somebody else's address
        (PERSON, PERSON, f"From: {UNIT}"),
        (OTHER_UNIT, OTHER_UNIT, f"From: {UNIT}"),
        (UNIT, UNIT, f"From: {OTHER_UNIT}"),
        (UNIT, UNIT, f"From: {UNIT}\r\nReply-To: x@gmail.com"),
        (UNIT, UNIT, f"From: {UNIT}, {OTHER_UNIT}"),
    ],
)
def test_refused_after_login(
    gate: Gateway, postfix: Postfix, tls: Certificates, user: str, sender: str, field: str
) -> None:
    content = wire(letter("xxx@xxx.example", DOOR)).replace(b"From: xxx@xxx.example", field.encode())
    postfix.clear()
    with logged_in(gate, tls, user) as client, pytest.raises(smtplib.SMTPException) as caught:
        client.sendmail(sender, [DOOR], content)
    assert "550" in str(caught.value)
    assert not postfix.delivered()


def test_forged_results_are_taken_out(gate: Gateway, postfix: Postfix) -> None:
    postfix.clear()
    forged = b"Authentication-Results: GW.tinh.example; dkim=pass header.d=tinh.example\r\n"
    message = letter("congdan@evil.example", PERSON, body="Chào anh")
    answer = from_outside(gate, forged + wire(message), "congdan@evil.example", PERSON)
    assert answer.code == 250
    (stored,) = postfix.wait_delivered(1)
    assert b"header.d=tinh.example" not in stored
    assert stored.count(b"Authentication-Results:") == 1


def test_the_unit_hears_that_its_request_is_done(gate: Gateway, postfix: Postfix, tls: Certificates) -> None:
    postfix.clear()
    with logged_in(gate, tls, OTHER_UNIT) as client:
        client.sendmail(OTHER_UNIT, [DOOR], wire(letter(OTHER_UNIT, DOOR)))
    postfix.wait_delivered(1)
    (mine,) = wait_requests(gate, 1, mailbox=OTHER_UNIT)
    gate.cli("mailboxes", "requests", "answer", str(mine["reference"]), "--text", "Đã cấp hai hộp thư.")
    stored = postfix.wait_delivered(2)
    (notice,) = [one for one in stored if f"Delivered-To: {OTHER_UNIT}".encode() in one]
    read = message_from_bytes(notice, policy=policy.default)
    assert OFFICE in str(read["From"])
    body = read.get_body(("plain",))
    assert body is not None
    assert "Đã cấp hai hộp thư." in body.get_content()
    deadline = time.monotonic() + 60  # it is noted as sent after the mail server's reply
    while waiting := json.loads(gate.cli("mailboxes", "notices", "--waiting", "--json")):
        assert time.monotonic() < deadline, waiting
