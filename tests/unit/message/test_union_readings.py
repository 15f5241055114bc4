"""The pieces that readings are made of, one by one: values, headers, dialects, looks.

Where several see the same file, one that is broken would not show in what the union finds.
"""

from __future__ import annotations

import pytest

from gateway.message.limits import ScanLimits
from gateway.message.readings.allowance import Allowance
from gateway.message.readings.build import Document
from gateway.message.readings.content import Content, Want, further, looks_base64
from gateway.message.readings.dialect import name_of
from gateway.message.readings.explore import Explored, explore
from gateway.message.readings.heading import End, read_heading
from gateway.message.readings.index import index_of
from gateway.message.readings.limits import UnionLimits
from gateway.message.readings.values import boundaries, canonical, encodings, media_types, uncommented
from gateway.message.union import union
from tests.unit.message.mail import scan
from tests.unit.message.tricks import tricks
from tests.unit.message.tricks.parts import EXE, FILE, NAME, TEXT, TOP, attached, b64, many, part

_TRICKS = {trick.name: trick.raw for trick in tricks()}
_LIMITS = ScanLimits()


def explored(raw: bytes) -> Explored:
    """The readings of a message."""
    limits = UnionLimits()
    return explore(Document(index_of([raw], limits), _LIMITS, Allowance(limits, len(raw)), None), limits)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"a/b; boundary=b", [b"b"]),
        (b'a/b; boundary="b c"', [b"b c", b"b"]),
        (b"a/b; boundary=b; boundary=c", [b"b", b"c"]),
        (b'a/b; boundary="b\\c"', [b"bc", b"b\\c"]),
        (b'a/b; boundary="b', [b"b", b'"b']),
        (b'a/b; boundary="b\\"c"', [b'b"c', b'b\\"c', b"b\\"]),
        (b"a/b; boundary='b'", [b"'b'", b"b"]),
        (b"a/b boundary=b", [b"b"]),
        (b"a/b; (x; boundary=b) boundary=c", [b"b) boundary=c", b"c"]),
        (b"a/b; boundary=b (x)", [b"b (x)", b"b"]),
        (b"a/b; boundary*=us-ascii''b%20c", [b"b c"]),
        (b"a/b; boundary*0=b; boundary*1=c", [b"bc"]),
        (b"a/b; boundary*0*=us-ascii''b%20; boundary*1=c", [b"b c"]),
        (b"a/b; boundary==?us-ascii?q?b?=", [b"=?us-ascii?q?b?=", b"b"]),
        (b"a/b; boundary=b\0c", [b"b\0c", b"b"]),
        (b'a/b; boundary=""', [b""]),
        (b"a/b; boundary=", [b""]),
        (b"a/b; bound=b", []),
    ],
)
def test_boundaries(value: bytes, expected: list[bytes]) -> None:
    assert list(boundaries(value + b"\r\n"))[: len(expected)] == expected


def test_meanings_are_bounded() -> None:
    assert len(boundaries(b"a/b" + b"; boundary=%d" * 50 % tuple(range(50)))) == 8


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"base64", ("base64",)),
        (b" BASE64 (x)", ("base64",)),
        (b"(x) base64", ("", "base64")),
        (b"8bit base64", ("", "base64")),
        (b"7bit", ("",)),
        (b"x-what", ("?",)),
        (b"x-what quoted-printable", ("?", "quoted-printable")),
        (b"8bit; charset=utf-8", ("",)),
        (b"x-uue", ("x-uuencode",)),
        (b"base-64", ("base64",)),
        (b"base\\64", ("?", "base64")),
    ],
)
def test_encodings(value: bytes, expected: tuple[str, ...]) -> None:
    assert encodings(value) == expected


def test_odd_names_and_types() -> None:
    for name in (b"Content-Type", b"content_type ", b"CONTENT-\0TYPE", b"\xefContent Type"):
        assert canonical(name) == b"content-type"
    assert canonical(b"X-Content-Type") == canonical(b"Content-Typ") == b""
    assert media_types(b'"multipart/mixed"; x') == media_types(b"(x) multipart / mixed") == ("multipart/mixed",)
    assert media_types(b"multipart; boundary=b") == ("multipart/mixed",) and media_types(b"text") == ()
    assert uncommented(b'a (b (c) \\) d) e "(f)"') == b'a  e "(f)"'


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        (b"X: y\r\n\r\nbody", (8, 8, 8)),
        (b"X: y\r\nno field\r\nZ: y\r\n\r\nbody", (6, 24, 6)),
        (b"X: y\r\n \t\r\nZ: y\r\n\r\nbody", (18, 18, 10)),
        (b"\r\nX: y\r\n\r\n", (2, 2, 2)),
        (b" \r\nX: y\r\n\r\n", (11, 11, 3)),
        (b"X: y", (4, 4, 4)),
        (b"", (0, 0, 0)),
    ],
)
def test_where_a_header_ends(text: bytes, bodies: tuple[int, int, int]) -> None:
    found = [read_heading(text, end, "text/plain", message=False, limits=_LIMITS).body for end in End]
    assert tuple(found) == bodies


def test_a_header_says_what_it_may_be() -> None:
    text = (
        b"Content-Type: text/plain; name=a\r\nContent_Type: multipart/x; boundary=b\r\nContent-Type: message/rfc822\r\n"
        b"Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: x\r\n\r\n"
    )
    found = read_heading(text, End.STRICT, "text/plain", message=False, limits=_LIMITS)
    assert [(one.kind, one.boundary) for one in found.structures] == [
        ("leaf", b""),
        ("multipart", b"b"),
        ("message", b""),
    ]
    assert (found.encodings, found.stated) == (("", "base64", "?"), ("", "base64"))
    assert found.content_type == "text/plain" and found.filenames == ("a",) and found.attachment(strict=True)


@pytest.mark.parametrize(
    ("trick", "reading"),
    [
        ("boundary-rfc2231", "pick"),
        ("boundary-twice-last", "pick"),
        ("boundary-missing", "guess"),
        ("boundary-elsewhere", "guess"),
        ("line-that-is-no-field", "end"),
        ("delimiter-with-junk", "loose"),
        ("delimiter-one-dash", "loose"),
        ("after-the-last-delimiter", "closing"),
        ("cr-only-in-header", "cr"),
        ("cr-before-delimiter", "cr"),
        ("multipart-base64", "decoded"),
        ("inner-without-end", "inner-2"),
    ],
)
def test_a_dialect_sees_through_a_trick(trick: str, reading: str) -> None:
    """The file's body, as it should be, is shown by the dialect that makes this one choice."""
    raw = _TRICKS[trick]
    found = {name_of(one.choices): one for one in explored(raw).readings}
    assert reading in found, list(found)
    strict = {leaf.key for leaf in found[""].leaves}
    if reading == "decoded":
        assert [structure.boundary for _body, structure in found[reading].containers] == [b"b"]
        return
    assert any(leaf.key not in strict for leaf in found[reading].leaves)


def test_a_line_of_blanks_ends_a_header_for_some() -> None:
    raw = part(EXE + NAME + b" \r\nX: y\r\n", b"body\r\n")
    found = {name_of(one.choices): one for one in explored(raw).readings}
    assert [raw[one.leaves[1].start : one.leaves[1].end] for one in found.values()] == [
        b"body\r\n",
        b"X: y\r\n\r\nbody\r\n",
    ]
    assert list(found) == ["", "end-2"]


def test_a_boundary_in_itself_is_read_by_the_inner_multipart() -> None:
    inner = many(TEXT, attached(), mark=b"b")
    raw = TOP + many(TEXT, inner, attached(b64(b"last")))
    found = {name_of(one.choices): one for one in explored(raw).readings}
    assert [leaf.path for leaf in found["inner"].leaves] == ["1.1", "1.2.1", "1.2.2", "1.3"]
    assert [leaf.path for leaf in found[""].leaves] == ["1.1", "1.2", "1.3", "1.4"]


def test_a_stray_header_takes_no_more_than_its_part() -> None:
    raw = TOP + b"\r\nHello\r\n\r\n" + attached() + b"-- \r\nsignature\r\n"
    (stray,) = explored(raw).strays
    assert raw[stray.start : stray.end] == b64()[:-2] and stray.attachment


def test_a_file_of_messages_counts_as_one_file() -> None:
    """Parts are seen within an attachment that is not encoded, but it is the file that a client saves."""
    inside = TOP + many(TEXT, attached(), mark=b"c")
    raw = TOP + many(TEXT, b"Content-Type: application/octet-stream; name=a.eml\r\n\r\n" + inside)
    view = union(lambda offset, size: raw[offset : offset + size], scan(raw))
    assert view.attachment_bytes == len(inside) > len(FILE)


@pytest.mark.parametrize(
    ("raw", "encoding", "declared", "expected"),
    [
        (b64()[:1024], "", ("",), [(0, 9, "base64")]),
        (b64()[:1024], "quoted-printable", ("quoted-printable",), [(0, 9, "base64")]),
        (b"=41=42=\r\n" * 20, "base64", ("base64",), [(0, 9, ""), (0, 9, "quoted-printable")]),
        (b"=41=42=\r\n" * 20, "", ("?",), [(0, 9, "quoted-printable")]),
        (b"See http://x.example/?a=41\r\n" * 20, "", ("",), []),
        (b"plain words, nothing else\r\n" * 20, "base64", ("base64",), [(0, 9, "")]),
        (b64()[:1024], "base64", ("base64",), []),
    ],
)
def test_looks_speak_for_an_encoding(
    raw: bytes, encoding: str, declared: tuple[str, ...], expected: list[tuple[int, int, str]]
) -> None:
    found = further(Want(0, 9, encoding), Content(raw=raw), declared)
    assert [want[:3] for want in found] == expected


def test_base64_that_looks_like_it() -> None:
    assert looks_base64(b64()[:1024]) and looks_base64(b64().replace(b"\r\n", b"*\r\n")[:1024])
    assert not looks_base64(b"--" + b64()[:1024])
    assert not looks_base64(b"Hello all of you,\r\n" * 20) and not looks_base64(b"QUJD\r\n")
    assert not looks_base64(b"=41=42=43=44\r\n" * 20)
