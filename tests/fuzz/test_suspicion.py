"""Invariant: where the scan is not suspicious, another reader sees the same attachments, byte for byte.

The other reader is Python's `email`. Cases are made from seeds, so that a failure can be had again.
"""

from __future__ import annotations

import hashlib
import random
from email import message_from_bytes
from email.message import Message

import pytest

from gateway.message.result import ScannedMessage
from tests.fuzz.test_scan import mutated
from tests.unit.message.mail import scan

_FIELDS = [
    *(b"Content-Type: text/plain", b"Content-Type: application/pdf; name=a.pdf", b"Content-Type: message/rfc822"),
    *(
        b"content-type: multipart/mixed; boundary=b",
        b"Content-Type: multipart/mixed; boundary=c",
        b"Content-Type: text",
    ),
    *(b"Content-Type: multipart/digest; boundary=bb", b'Content-Type: multipart/mixed; boundary="b c"', b"nocolon"),
    *(b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: quoted-printable", b"Content-Disposition: x"),
    *(b"Content-Disposition: attachment", b"Content-Disposition: inline; filename=x", b"X: y", b" cont", b"\t", b" "),
    *(
        b"Content-Type :text/html",
        b"Content-Type: text/html;\r\n charset=x",
        b"From x",
        b">From y",
        b"MIME-Version: 1.0",
    ),
    *(b'Content-Disposition: attachment;\r\n filename="a b"', b"Content-Transfer-Encoding: 8bit", b"a : b"),
    *(b'Content-Type: text/plain; name=""', b"Content-Type: multipart/mixed; boundary=b; boundary=c"),
    *(b"Content-Type:application/zip", b'Content-Type: multipart/alternative;\r\n\tboundary="c"'),
    *(b"CONTENT-TYPE: Message/RFC822", b"Content-Type: text/rfc822-headers", b"Content-Transfer-Encoding: BASE64 "),
]
_MARKS = [b"--b", b"--b--", b"--c", b"--c--", b"--bb", b"--bb--", b"--b c", b"--b ", b"--bx"]
_LINES = [
    *_MARKS,
    *(b"text", b"begin 644 a", b"QUJDREVG", b"QUJD=", b"QQ==", b"a=41=", b"a=ZZ", b"", b"", b"", b".", b"-- ", b"--"),
    *(b"Content-Type: application/x", b" --b", b"x" * 90),
]
_MULTIPARTS = [field for field in _FIELDS if b"boundary" in field]


def composed(seed: int) -> bytes:
    """Headers, delimiters and lines in any order that is likely to be taken for a multipart."""
    dice = random.Random(seed)
    lines = [dice.choice(_FIELDS) for _ in range(dice.randint(0, 3))]
    lines += [dice.choice(_MULTIPARTS)] * (dice.random() < 0.7) + [b""]
    for _ in range(dice.randint(0, 6)):
        if dice.random() < 0.5:
            lines += [dice.choice(_MARKS), *(dice.choice(_FIELDS) for _ in range(dice.randint(0, 3))), b""]
        lines += [dice.choice(_LINES) for _ in range(dice.randint(0, 4))]
    lines += [dice.choice([b"--b--", b"--c--"])] * (dice.random() < 0.6)
    return b"\r\n".join(lines) + b"\r\n" * (dice.random() < 0.8)


def crlf_only(data: bytes) -> bytes:
    """As it comes through the door: no lone CR or LF, no NUL."""
    return data.translate(None, b"\r\0").replace(b"\n", b"\r\n")


def _is_attachment(part: Message) -> bool:
    try:
        named = part.get_filename()
    except UnicodeError:
        named = "?"
    disposition = str(part.get("content-disposition") or "").strip().lower()
    return bool(
        named or part.get_content_maintype() != "text" or (disposition and not disposition.startswith("inline"))
    )


def theirs(data: bytes) -> list[tuple[int, str]]:
    """Sizes and digests of the attachments that `email` sees, without the messages."""
    found = []
    for part in message_from_bytes(data).walk():
        if not part.is_multipart() and part.get_content_type() != "message/delivery-status" and _is_attachment(part):
            body = part.get_payload(decode=True)
            assert isinstance(body, bytes)
            found.append((len(body), hashlib.sha256(body).hexdigest()))
    return sorted(found)


def ours(found: ScannedMessage) -> list[tuple[int, str]]:
    """The same of the scan."""
    leaves = {part.path for part in found.parts if not part.children and part.content_type != "message/delivery-status"}
    return sorted((a.decoded_size, a.sha256) for a in found.attachments if a.part in leaves)


def agrees(data: bytes) -> bool:
    """Whether there was anything to compare; `email` strips the last line end where the last boundary is missing."""
    found = scan(data)
    if found.suspicious or any(defect.name == "multipart-unended" for defect in found.defects):
        return False
    assert ours(found) == theirs(data)
    return True


@pytest.mark.parametrize("block", range(8))
def test_composed_messages(block: int) -> None:
    compared = sum(agrees(composed(seed)) for seed in range(block * 1000, block * 1000 + 1000))
    assert compared > 20


@pytest.mark.parametrize("block", range(8))
def test_damaged_messages(block: int) -> None:
    compared = sum(agrees(crlf_only(mutated(seed))) for seed in range(block * 150, block * 150 + 150))
    assert compared > 5
