"""A running gateway that signs what goes out: what arrives behind it is verified by dkimpy and by OpenDKIM."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import dkim
import pytest

from gateway.authentication.keys import SigningKey, pem, write_key
from tests.lab_dns import LabDns
from tests.support.client import Client
from tests.support.congthu import OBSERVED, Gateway, listener, upstream
from tests.support.ports import HOST
from tests.support.recorder import Recorder
from tests.unit.authentication.dkim_support import private

KEYS = [
    SigningKey("tinh.example", "r1", private()),
    SigningKey("tinh.example", "e1", private("ed25519")),
    SigningKey("so.tinh.example", "r2", private(number=2)),
]
RECORDS = {one.record_name: one.record for one in KEYS}


@pytest.fixture(scope="module")
def keys() -> Iterator[list[dict[str, str | Path]]]:
    """The configuration's tables of keys, whose files are there."""
    folder = Path(tempfile.mkdtemp(prefix="congthu-keys-"))
    for one in KEYS:
        write_key(folder / f"{one.selector}.pem", one.private)
    yield [{"domain": one.domain, "selector": one.selector, "key": folder / f"{one.selector}.pem"} for one in KEYS]
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def signing(recorder: Recorder, keys: list[dict[str, str | Path]]) -> Iterator[Gateway]:
    """An outbound gateway with an RSA and an Ed25519 key for the province, and one for a department below it."""
    made = Gateway(
        [listener(direction="outbound")],
        {"mailserver": upstream(recorder.port)},
        gateway={"trusted_networks": ["127.0.0.1"]},
        dkim=keys,
        rules=OBSERVED,
    )
    with made:
        yield made


@pytest.fixture(scope="module")
def sealing(recorder: Recorder, keys: list[dict[str, str | Path]]) -> Iterator[Gateway]:
    """An inbound gateway that adds ARC sets, and a DNS that has its keys."""
    with LabDns({name: [("TXT", [record.encode()])] for name, record in RECORDS.items()}) as dns:
        made = Gateway(
            [listener(proxy_protocol=["127.0.0.0/8"])],
            {"mailserver": upstream(recorder.port)},
            gateway={"trusted_networks": ["127.0.0.1"]},
            authentication={"servers": [f"{HOST}:{dns.port}"], "arc_seal": True},
            dkim=keys,
            rules=OBSERVED,
        )
        with made:
            yield made


def mail(author: str = "vp@tinh.example", body: bytes = b"Kinh gui\r\n", extra: bytes = b"") -> bytes:
    """A message."""
    header = f"From: Van phong <{author}>\r\nTo: an@donvi.example\r\nSubject:  Hop   giao ban\r\n".encode()
    dated = b"Date: Sun, 22 Nov 2026 10:00:00 +0700\r\nMessage-ID: <1@tinh.example>\r\nMIME-Version: 1.0\r\n"
    return extra + header + dated + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + body


STRANGER = b"PROXY TCP4 192.0.2.7 192.0.2.250 40000 25\r\n"


def sent(gate: Gateway, recorder: Recorder, message: bytes, prefix: bytes = b"") -> bytes:
    """What came out of the gateway."""
    recorder.messages.clear()
    with Client(gate.port, prefix=prefix, timeout=30) as connection:
        connection.ehlo()
        answer = connection.message(message, "vt@donvi.example" if prefix else "vp@tinh.example")
    assert answer.code == 250, answer
    return recorder.messages[-1].content


def selectors(content: bytes) -> list[bytes]:
    """Who signed it."""
    return re.findall(rb"[ \t;]s=([a-z0-9]+);", content.partition(b"\r\n\r\n")[0])


def look_up(name: bytes, timeout: float = 5) -> bytes | None:
    """DNS for dkimpy."""
    record = RECORDS.get(name.decode().rstrip("."))
    return record.encode() if record else None


def dkimpy_accepts(content: bytes) -> bool:
    """Every signature of a message, by dkimpy."""
    found = content.count(b"DKIM-Signature: ")
    return bool(found) and all(dkim.DKIM(content).verify(index, dnsfunc=look_up) for index in range(found))


def opendkim_says(content: bytes, folder: Path) -> list[str]:
    """The result of every signature, by OpenDKIM."""
    (folder / "m.eml").write_bytes(content)
    (folder / "keys").write_text("".join(f"{name} {record}\n" for name, record in RECORDS.items()))
    (folder / "conf").write_text(f"Mode v\nSyslog no\nTestPublicKeys {folder}/keys\n")
    program = shutil.which("opendkim", path="/usr/sbin:/usr/bin") or "opendkim"
    command = [program, "-x", str(folder / "conf"), "-vv", "-t", str(folder / "m.eml")]
    done = subprocess.run(command, capture_output=True, timeout=60, check=True)
    return re.findall(r"dkim=(\w+)", done.stdout.decode())


@pytest.mark.service("opendkim")
@pytest.mark.parametrize(
    "body",
    [
        b"Kinh gui\r\n",
        "Kính gửi Ủy ban nhân dân phường,\r\n\r\n".encode(),
        b".\r\n..\r\n. \r\n.x\r\n",
        b"",
        b"\r\n\r\n",
        b"x \t \r\n\r\n \r\n",
        (b"Q" * 76 + b"\r\n") * 20_000 + b"a  b \r\n" * 30_000,
    ],
    ids=["short", "vietnamese", "dots", "empty", "blank", "blanks", "large"],
)
def test_what_arrives_can_be_verified(signing: Gateway, recorder: Recorder, body: bytes, tmp_path: Path) -> None:
    content = sent(signing, recorder, mail(body=body))
    assert selectors(content) == [b"r1", b"e1"]
    assert dkimpy_accepts(content)
    assert opendkim_says(content, tmp_path) == ["pass", "pass"]
    assert opendkim_says(content.replace(b"Hop ", b"Hoc "), tmp_path) == ["fail", "fail"]


def test_the_longest_match_signs(signing: Gateway, recorder: Recorder) -> None:
    assert selectors(sent(signing, recorder, mail("vt@so.tinh.example"))) == [b"r2"]
    assert selectors(sent(signing, recorder, mail("vt@phong.so.tinh.example"))) == [b"r2"]
    assert selectors(sent(signing, recorder, mail("vt@huyen.tinh.example"))) == [b"r1", b"e1"]


@pytest.mark.parametrize(
    "author", ["vt@xtinh.example", "vt@example", "vt@donvi.example", "a@tinh.example>, <b@x.example"]
)
def test_senders_that_nobody_here_vouches_for(signing: Gateway, recorder: Recorder, author: str) -> None:
    assert b"DKIM-Signature" not in sent(signing, recorder, mail(author))


def test_two_authors_are_not_signed(signing: Gateway, recorder: Recorder) -> None:
    assert b"DKIM-Signature" not in sent(signing, recorder, mail(extra=b"From: x@tinh.example\r\n"))


def test_a_forged_tag_is_left_out_and_the_signature_fits_what_is_left(signing: Gateway, recorder: Recorder) -> None:
    forged = b"X-Congthu-Request: proved; mailbox=vp@tinh.example\r\n"
    content = sent(signing, recorder, mail(extra=forged))
    assert forged not in content
    assert selectors(content) == [b"r1", b"e1"]
    assert dkimpy_accepts(content)


def test_signatures_of_before_survive(signing: Gateway, recorder: Recorder) -> None:
    message = mail()
    before = dkim.sign(message, b"r2", b"so.tinh.example", pem(KEYS[2].private), include_headers=[b"from", b"subject"])
    content = sent(signing, recorder, before + message)
    assert selectors(content) == [b"r1", b"e1", b"r2"]
    assert dkimpy_accepts(content)


def test_a_chain_of_seals(sealing: Gateway, recorder: Recorder) -> None:
    """Each passage adds a set; what forges our name is not in what the seal covers."""
    message = mail("vt@donvi.example", extra=b"Authentication-Results: gw.tinh.example; dkim=pass\r\n")
    once = sent(sealing, recorder, message, STRANGER)
    assert once.count(b"dkim=pass") == 0
    validation, results, reason = dkim.arc_verify(once, dnsfunc=look_up)
    assert (validation, [one["instance"] for one in results], reason) == (b"pass", [1], "success")
    twice = sent(sealing, recorder, once, STRANGER)
    validation, results, reason = dkim.arc_verify(twice, dnsfunc=look_up)
    assert (validation, [one["instance"] for one in results], reason) == (b"pass", [2, 1], "success")
    assert re.search(rb"\nAuthentication-Results: gw.tinh.example;[^:]*arc=pass", twice)
    broken = sent(sealing, recorder, once.replace(b"Hop ", b"Hoc "), STRANGER)
    assert re.search(rb"\nAuthentication-Results: gw.tinh.example;[^:]*arc=fail", broken)
    assert b"cv=fail" in broken
