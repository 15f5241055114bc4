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
from tests.support.client import Client
from tests.support.congthu import OBSERVED, Gateway, listener, upstream
from tests.support.recorder import Recorder
from tests.unit.authentication.dkim_support import private

KEYS = [
    SigningKey("tinh.example", "r1", private()),
    SigningKey("tinh.example", "e1", private("ed25519")),
    SigningKey("so.tinh.example", "r2", private(number=2)),
]
RECORDS = {one.record_name: one.record for one in KEYS}


@pytest.fixture(scope="module")
def signing(recorder: Recorder) -> Iterator[Gateway]:
    """An outbound gateway with an RSA and an Ed25519 key for the province, and one for a department below it."""
    folder = Path(tempfile.mkdtemp(prefix="congthu-keys-"))
    for one in KEYS:
        write_key(folder / f"{one.selector}.pem", one.private)
    made = Gateway(
        [listener(direction="outbound")],
        {"mailserver": upstream(recorder.port)},
        gateway={"trusted_networks": ["127.0.0.1"]},
        dkim=[{"domain": one.domain, "selector": one.selector, "key": folder / f"{one.selector}.pem"} for one in KEYS],
        rules=OBSERVED,
    )
    with made:
        yield made
    shutil.rmtree(folder)


def mail(author: str = "vp@tinh.example", body: bytes = b"Kinh gui\r\n", extra: bytes = b"") -> bytes:
    """A message."""
    header = f"From: Van phong <{author}>\r\nTo: an@donvi.example\r\nSubject:  Hop   giao ban\r\n".encode()
    dated = b"Date: Sun, 22 Nov 2026 10:00:00 +0700\r\nMessage-ID: <1@tinh.example>\r\nMIME-Version: 1.0\r\n"
    return extra + header + dated + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + body


def sent(gate: Gateway, recorder: Recorder, message: bytes) -> bytes:
    """What came out of the gateway."""
    recorder.messages.clear()
    with Client(gate.port, timeout=30) as connection:
        connection.ehlo()
        answer = connection.message(message, "vp@tinh.example")
    assert answer.code == 250, answer
    return recorder.messages[-1].content


def selectors(content: bytes) -> list[bytes]:
    """Who signed it."""
    return re.findall(rb"[ \t;]s=([a-z0-9]+);", content.partition(b"\r\n\r\n")[0])


def dkimpy_accepts(content: bytes) -> bool:
    """Every signature of a message, by dkimpy."""

    def look_up(name: bytes, timeout: float = 5) -> bytes | None:
        record = RECORDS.get(name.decode().rstrip("."))
        return record.encode() if record else None

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
        b"Q" * 2_000_000 + b"\r\n" + b"a  b \r\n" * 30_000,
    ],
    ids=["short", "vietnamese", "dots", "empty", "blank", "blanks", "large"],
)
def test_what_arrives_can_be_verified(signing: Gateway, recorder: Recorder, body: bytes, tmp_path: Path) -> None:
    content = sent(signing, recorder, mail(body=body))
    assert selectors(content) == [b"r1", b"e1"]
    assert dkimpy_accepts(content)
    assert opendkim_says(content, tmp_path) == ["pass", "pass"]
    assert opendkim_says(content.replace(b"Hop", b"Hoc"), tmp_path) == ["fail", "fail"]


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
