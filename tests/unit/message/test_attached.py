"""What counts, and how much: nested messages, their attachments, and multiparts that are none."""

from __future__ import annotations

import base64
import hashlib

import pytest

from gateway.message.limits import ScanLimits
from gateway.message.result import ScannedMessage
from gateway.message.scan import Scanner
from gateway.message.sniff import price
from tests.unit.message.mail import cut, entity, facts, multipart, scan, scan_pieces
from tests.unit.message.test_suspicion import _DATA, _FILE, _TEXT

_SIZE = 768  # decoded bytes of _FILE


def message(*parts: bytes) -> bytes:
    """A message with these parts."""
    return entity("From: a@so.example", b"").rstrip(b"\r\n") + b"\r\n" + multipart("m", *parts)


def attached(inner: bytes, header: str = "Content-Type: message/rfc822") -> bytes:
    """A message as a part of another."""
    return entity(header, inner)


def sizes(found: ScannedMessage) -> list[tuple[str, int, int]]:
    """Part, size and weight of each attachment."""
    return [(a.part, a.decoded_size, a.weight) for a in found.attachments]


def test_a_message_in_a_message_in_a_message() -> None:
    innermost = message(_TEXT, _FILE)
    middle = multipart("n", _TEXT, attached(innermost), _FILE)
    data = multipart("o", _TEXT, attached(middle, 'Content-Type: Message/RFC822; name="thư.eml"'), _FILE)
    found = scan(data)
    outer, inner, deep, beside, last = found.attachments
    assert [a.part for a in found.attachments] == ["1.2", "1.2.1.2", "1.2.1.2.1.2", "1.2.1.3", "1.3"]
    assert (outer.filename, outer.declared_type, outer.sniffed_type) == ("thư.eml", "message/rfc822", "message/rfc822")
    assert (outer.sha256, inner.sha256) == (hashlib.sha256(middle).hexdigest(), hashlib.sha256(innermost).hexdigest())
    assert (outer.decoded_size, inner.decoded_size) == (len(middle), len(innermost))
    assert inner.weight == len(innermost) - len(_DATA)
    assert outer.weight == len(middle) - len(innermost) - len(_DATA)
    assert deep.weight == beside.weight == last.weight == _SIZE
    assert found.attachment_bytes == len(middle) - 2 * len(_DATA) + 3 * _SIZE


@pytest.mark.parametrize("step", [1, 2, 3, 1000])
def test_digests_do_not_depend_on_the_cut(step: int) -> None:
    inner = message(_TEXT, _FILE) + b"x\n\r\n\n\r"
    data = multipart("o", attached(attached(inner)), _TEXT) + b"\r\n"
    expected = scan(data)
    assert expected.attachments[1].sha256 == hashlib.sha256(inner).hexdigest()
    places = range(0, len(data), step)
    assert facts(scan_pieces(cut(data, places))) == facts(expected)


def test_text_in_a_nested_message_does_not_escape_the_cap() -> None:
    long = entity("Content-Type: text/plain", b"x y\r\n" * 100_000)
    assert scan(multipart("b", attached(long))).attachment_bytes == len(long)
    assert scan(multipart("b", long)).attachment_bytes == 0


def test_messages_beyond_the_fourth_have_no_digest() -> None:
    data = _TEXT
    for _ in range(7):
        data = attached(data)
    found = scan(data)
    assert [bool(a.sha256) for a in found.attachments] == [True] * 4 + [False] * 3
    assert found.attachment_bytes == found.attachments[0].decoded_size == sum(a.weight for a in found.attachments)


def test_an_encoded_or_a_global_message() -> None:
    encoded = scan(entity("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64", _DATA))
    assert sizes(encoded) == [("1", _SIZE, _SIZE)]
    whole = scan(attached(message(_FILE), "Content-Type: message/global"))
    assert [a.declared_type for a in whole.attachments] == ["message/global", "application/pdf"]


@pytest.mark.parametrize("encoding", ["7bit", "base64"])
def test_a_multipart_whose_boundary_never_appears_is_one_file(encoding: str) -> None:
    header = f'Content-Type: multipart/mixed; boundary="b"; name=a\nContent-Transfer-Encoding: {encoding}'
    found = scan(multipart("o", _TEXT, entity(header, _DATA), _FILE))
    size = _SIZE if encoding == "base64" else len(_DATA)
    assert sizes(found) == [("1.2", size, size), ("1.3", _SIZE, _SIZE)]


def test_a_preamble_is_no_file() -> None:
    found = scan(
        entity("Content-Type: multipart/mixed; boundary=b", _DATA + b"--b\r\n" + _FILE + b"\r\n--b--\r\n" + _DATA)
    )
    assert sizes(found) == [("1.1", _SIZE, _SIZE)]
    assert not found.root.attachment and found.root.sha256 == ""


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("Content-Type: text/plain", False),
        ("Content-Type: text/plain\nContent-Disposition: inline", False),
        ("Content-Type: text/plain\nContent-Disposition: attachment", True),
        ("Content-Type: text/plain\nContent-Disposition: anything", True),  # RFC 2183 2.8
        ("Content-Type: text/plain\nContent-Disposition: inline; filename*=x''a", True),
        ("Content-Type: text/plain; name=a", True),
        ("Content-Type: image/png\nContent-Disposition: inline", True),
        ("Content-Type: application/pkcs7-mime; smime-type=enveloped-data", True),
        ("Content-Type: application/pgp-encrypted", True),
    ],
)
def test_what_is_an_attachment(header: str, taken: bool) -> None:
    data = entity("From: a@so.example\n" + header, b"abc")
    for batch in (0, 1 << 15):
        assert [a.weight for a in scan_pieces([data], batch=batch).attachments] == [3] * taken


def test_encodings_that_begin_and_end_by_themselves() -> None:
    body = b"begin 644 a\r\n#86)C\r\n`\r\nend\r\n"
    found = scan(entity("Content-Type: a/b\nContent-Transfer-Encoding: x-uuencode", body))
    assert sizes(found) == [("1", 3, 3)] and found.suspicious and not found.defects


def test_what_sniffing_may_cost_is_bounded_and_what_costs_nothing_is_free() -> None:
    """Counted as `price` has it: texts are dear, PDFs free, and the unknown rest is looked into elsewhere."""
    asked: list[bytes] = []

    def sniff(head: bytes) -> str:
        asked.append(head)
        return "x/y"

    def file(body: bytes) -> bytes:
        return entity("Content-Type: application/x\nContent-Transfer-Encoding: base64", base64.b64encode(body))

    pdf, text, zipped = file(b"%PDF-1.7\n"), file(b"\n" * 2048), file(b"PK\x03\x04\0")
    for files in ([text] * 300, [text, pdf, zipped] * 100, [zipped] * 300):
        asked.clear()
        scanner = Scanner(sniff=sniff)
        scanner.feed(multipart("m", *files))
        found = scanner.finish()
        limit = ScanLimits().sniffs
        assert limit <= sum(map(price, asked)) < limit + 5
        assert [a.sniffed_type for a in found.attachments].count("") == len(files) - len(asked)
        assert sum(head.startswith(b"%PDF") for head in asked) == files.count(pdf)
        assert "unsniffed" in [defect.name for defect in found.defects] and not found.suspicious
    asked.clear()
    scanner = Scanner(sniff=sniff)
    scanner.feed(multipart("m", *[pdf] * 300))
    assert len(scanner.finish().attachments) == len(asked) == 300
