"""A running gateway whose DNS tells what we like: what it finds of each sender, and tells the mail server.

Every message passes, since no rule refuses ordinary mail for this. Authentication-Results is read by an independent
parser (authres).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import authres
import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.lab_dns import Fault, LabDns
from tests.support.client import Client
from tests.support.congthu import OBSERVED, Gateway, listener, upstream
from tests.support.ports import HOST
from tests.support.recorder import Recorder

GOOD, OTHER = "192.0.2.7", "198.51.100.66"
OURS = "gw.tinh.example"
ZONE = {
    "donvi.example": ["TXT v=spf1 ip4:192.0.2.0/24 -all"],
    "_dmarc.donvi.example": ["TXT v=DMARC1; p=reject"],
    "evil.example": ["TXT v=spf1 ip4:198.51.100.0/24 -all"],
    "_dmarc.evil.example": ["TXT v=DMARC1; p=reject"],
    "loops.example": ["TXT v=spf1 include:loops.example -all"],
    "_dmarc.strict.example": ["TXT v=DMARC1; p=reject; adkim=s; aspf=s"],
    "strict.example": ["TXT v=spf1 -all"],
    "mail.strict.example": ["TXT v=spf1 ip4:192.0.2.0/24 -all"],
    "_dmarc.broken.example": ["TXT v=DMARC1; p=reject; p=none"],
}
FAULTS = {
    "servfail.example": Fault.SERVFAIL,
    "silent.example": Fault.TIMEOUT,
    "liar.example": Fault.WRONG_ID,
    "ring.example": Fault.LOOP,
    "huge.example": Fault.HUGE,
    "junk.example": Fault.GARBAGE,
}


@cache
def _rsa() -> tuple[bytes, str]:
    key = rsa.generate_private_key(65537, 2048)
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return private, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


@cache
def _edwards() -> tuple[bytes, str]:
    key = ed25519.Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    return base64.b64encode(key.private_bytes_raw()), f"v=DKIM1; k=ed25519; p={base64.b64encode(public).decode()}"


@pytest.fixture(scope="module")
def dns() -> Iterator[LabDns]:
    """Good domains, broken ones, and names whose questions go wrong in every way."""
    with LabDns(ZONE) as lab:
        for domain in ("donvi.example", "evil.example", "mail.strict.example", "strict.example"):
            lab.set(f"s._domainkey.{domain}", f"TXT {_rsa()[1]}")
            lab.set(f"e._domainkey.{domain}", f"TXT {_edwards()[1]}")
        lab.set("gone._domainkey.donvi.example", "TXT v=DKIM1; p=")
        lab.misbehave("slow._domainkey.donvi.example", Fault.TIMEOUT)
        for domain, fault in FAULTS.items():
            for name in (domain, f"_dmarc.{domain}", f"s._domainkey.{domain}"):
                lab.misbehave(name, fault)
        yield lab


@pytest.fixture(scope="module")
def gate(dns: LabDns, recorder: Recorder) -> Iterator[Gateway]:
    """An inbound gateway; who connects is told by the PROXY protocol."""
    made = Gateway(
        [listener(proxy_protocol=["127.0.0.0/8"])],
        {"mailserver": upstream(recorder.port)},
        gateway={"trusted_networks": ["127.0.0.1"]},
        authentication={"servers": [f"{HOST}:{dns.server[1]}"], "timeout": "5s"},
        rules=OBSERVED,
    )
    with made:
        yield made


def mail(author: str, extra: bytes = b"") -> bytes:
    """A message of this author."""
    header = f"From: {author}\r\nTo: an@tinh.example\r\nSubject: Hop\r\nDate: Sun, 22 Nov 2026 10:00:00 +0700\r\n"
    return extra + header.encode() + b"Message-ID: <1@donvi.example>\r\n\r\nMoi hop luc 8 gio.\r\n"


def signed(message: bytes, domain: str, selector: str = "s", **more: object) -> bytes:
    """The message with dkimpy's signature above it."""
    edwards = selector == "e"
    private = _edwards()[0] if edwards else _rsa()[0]
    kind = b"ed25519-sha256" if edwards else b"rsa-sha256"
    made = dkim.sign(message, selector.encode(), domain.encode(), private, signature_algorithm=kind, **more)
    return bytes(made) + message


def send(gate: Gateway, recorder: Recorder, message: bytes, sender: str, client: str = GOOD) -> bytes:
    """Send it through the gateway; what came out."""
    recorder.messages.clear()
    prefix = f"PROXY TCP4 {client} 192.0.2.250 40000 25\r\n".encode()
    with Client(gate.port, prefix=prefix, timeout=30) as connection:
        connection.ehlo()
        answer = connection.message(message, sender)
    assert answer.code == 250, answer
    return recorder.messages[-1].content


def fields_of(content: bytes, name: bytes = b"authentication-results") -> list[str]:
    """Values of a field, unfolded."""
    header = re.sub(rb"\r\n(?=[ \t])", b"", content.partition(b"\r\n\r\n")[0])
    lines = [line.partition(b":") for line in header.split(b"\r\n")]
    return [value.strip().decode() for field, _, value in lines if field.strip().lower() == name]


def results(content: bytes) -> dict[str, str]:
    """What the gateway says, by method."""
    (value,) = [value for value in fields_of(content) if value.startswith(OURS)]
    parsed = authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {value}")
    return {one.method: one.result for one in parsed.results}


@dataclass(frozen=True)
class Sent:
    """A message and what must be found. `sender`: reverse-path; `author`: From; `by`: who signs it, "" for nobody."""

    expected: str
    sender: str = "vp@donvi.example"
    author: str = "vp@donvi.example"
    by: str = ""
    selector: str = "s"
    client: str = GOOD
    change: tuple[bytes, bytes] = (b"", b"")


CASES = {
    "signed": Sent("pass pass pass", by="donvi.example"),
    "signed, Ed25519": Sent("pass pass pass", by="donvi.example", selector="e"),
    "forwarded: the signature is what is left": Sent("fail pass pass", by="donvi.example", client=OTHER),
    "SPF alone": Sent("pass none pass"),
    "nothing": Sent("fail none fail", client=OTHER),
    "null reverse-path, signed": Sent("none pass pass", sender="", by="donvi.example"),
    "misaligned": Sent("pass pass fail", sender="a@evil.example", by="evil.example", client=OTHER),
    "a neighbour, strict": Sent(
        "pass pass fail", "a@mail.strict.example", "a@strict.example", by="mail.strict.example"
    ),
    "changed body": Sent("fail fail fail", by="donvi.example", client=OTHER, change=(b"8 gio", b"9 gio")),
    "changed From": Sent("fail fail fail", by="donvi.example", client=OTHER, change=(b"From: vp@", b"From: ct@")),
    "no key": Sent("fail permerror fail", by="donvi.example", selector="none", client=OTHER),
    "revoked key": Sent("fail permerror fail", by="donvi.example", selector="gone", client=OTHER),
    "silent key": Sent("fail temperror temperror", by="donvi.example", selector="slow", client=OTHER),
    "a loop of includes": Sent("permerror none none", "a@loops.example", "a@loops.example"),
    "no records": Sent("none none none", "a@absent.example", "a@absent.example"),
    "a broken policy": Sent("none none none", "a@broken.example", "a@broken.example"),
    **{
        domain: Sent("temperror temperror temperror", f"a@{domain}", f"a@{domain}", by=domain)
        for domain in FAULTS
        if domain != "silent.example"
    },
}


@pytest.mark.parametrize("sent", CASES.values(), ids=CASES.keys())
def test_what_is_found(gate: Gateway, recorder: Recorder, sent: Sent) -> None:
    message = mail(sent.author)
    if sent.by:
        message = signed(message, sent.by, sent.selector)
    message = message.replace(*sent.change)
    found = results(send(gate, recorder, message, sent.sender, sent.client))
    assert [found.get(method, "none") for method in ("spf", "dkim", "dmarc")] == sent.expected.split()


def test_silence_everywhere_is_no_pass_and_no_wait_without_end(gate: Gateway, recorder: Recorder) -> None:
    message = signed(mail("a@silent.example"), "silent.example")
    found = results(send(gate, recorder, message, "a@silent.example"))
    assert set(found.values()) == {"temperror"}


@pytest.mark.parametrize(
    "forged",
    [
        b"Authentication-Results: gw.tinh.example; dkim=pass header.d=donvi.example\r\n",
        b"Authentication-results : (hi) GW.Tinh.Example 1; spf=pass\r\n",
        b'Authentication-Results:\r\n "gw.tinh.example";\r\n dmarc=pass header.from=donvi.example\r\n',
        b"Authentication-Results: gw.(x)tinh.example; dkim=pass\r\n",
    ],
)
def test_results_in_our_name_are_taken_out(gate: Gateway, recorder: Recorder, forged: bytes) -> None:
    other = b"Authentication-Results: mx.donvi.example; dkim=pass header.d=donvi.example\r\n"
    content = send(gate, recorder, mail("vp@donvi.example", forged + other), "vp@donvi.example", OTHER)
    assert "pass" not in results(content).values()
    assert content.count(b"mx.donvi.example") == 1
    assert forged not in content


def test_a_signature_survives_what_is_taken_out(gate: Gateway, recorder: Recorder, dns: LabDns) -> None:
    message = signed(mail("vp@donvi.example"), "donvi.example")
    forged = b"Authentication-Results: gw.tinh.example; dkim=pass header.d=evil.example\r\n"
    content = send(gate, recorder, forged + message, "vp@donvi.example")
    assert forged not in content and content.endswith(message)
    assert dkim.verify(content, dnsfunc=lambda name, timeout=5: _rsa()[1].encode())


@pytest.mark.parametrize("author", ["Van phong", "vp@donvi.example, ct@donvi.example", "vp@donvi.example." * 20, "@"])
def test_a_from_that_is_not_one_mailbox_never_passes(gate: Gateway, recorder: Recorder, author: str) -> None:
    found = results(send(gate, recorder, mail(author), "vp@donvi.example"))
    assert found["spf"] == "pass"
    assert found.get("dmarc") in (None, "permerror")


def test_what_was_found_is_counted(gate: Gateway, recorder: Recorder) -> None:
    labels = {"method": "spf", "result": "permerror"}
    before = gate.metric("congthu_authentication_total", **labels)
    send(gate, recorder, mail("a@loops.example"), "a@loops.example")
    gate.daemon.wait_until(lambda: gate.metric("congthu_authentication_total", **labels) > before, "counted")
