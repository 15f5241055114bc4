"""What the union of all readings says: files once each, the largest total, bounded, with every limit a dispute."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import partial
from pathlib import Path

import pytest

from gateway.message.extract import JOINED, Extract, open_extract
from gateway.message.limits import ScanLimits
from gateway.message.union import UnionLimits, UnionView, strict_view, union
from gateway.model import Defect
from tests.corpus import build
from tests.unit.message.mail import scan
from tests.unit.message.tricks.parts import (
    B64,
    CR,
    EXE,
    FILE,
    NAME,
    QP,
    TEXT,
    TOP,
    attached,
    b64,
    lines,
    many,
    part,
    uu,
)


def viewed(
    raw: bytes, *, limits: ScanLimits | None = None, union_limits: UnionLimits | None = None, sniff: bool = False
) -> UnionView:
    """The union of a message."""
    return union(
        lambda offset, size: raw[offset : offset + size],
        scan(raw),
        limits=limits or ScanLimits(),
        union_limits=union_limits or UnionLimits(),
        sniff=(lambda head: f"sniffed/{len(head)}") if sniff else None,
    )


def opened(raw: bytes, extract: Extract, limit: int = 1 << 30) -> bytes:
    """An extract's bytes."""
    return b"".join(open_extract(lambda offset, size: raw[offset : offset + size], extract, limit))


def _sliced(data: bytes, offset: int, size: int) -> bytes:
    return data[offset : offset + size]


def names(defects: tuple[Defect, ...]) -> set[str]:
    """Their names."""
    return {defect.name for defect in defects}


@pytest.mark.parametrize(
    "path", sorted(build.FOLDER.rglob("*.eml")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_the_corpus(path: Path) -> None:
    """No reading loses an attachment, and one that is not suspicious is read in one way."""
    raw = path.read_bytes()
    found, view, strict = scan(raw), viewed(raw), strict_view(scan(raw))
    assert view.attachments[: len(found.attachments)] == found.attachments == strict.attachments
    assert view.attachment_bytes >= found.attachment_bytes == strict.attachment_bytes
    assert set(view.disputes) >= set(found.disputes) == set(strict.disputes)
    if not found.suspicious:
        assert (view.attachments, view.attachment_bytes) == (strict.attachments, strict.attachment_bytes)
        assert {extract.steps for extract in view.extracts} <= {extract.steps for extract in strict.extracts}
    sizes = {attachment["sha256"] for attachment in json.loads(path.with_suffix(".json").read_text())["attachments"]}
    digests = {hashlib.sha256(opened(raw, extract)).hexdigest() for extract in view.extracts}
    parents = {part.sha256 for part in found.parts if part.children}
    assert sizes - parents <= digests


def test_the_strict_view_needs_no_bytes() -> None:
    raw = TOP + many(TEXT, attached())
    view = strict_view(scan(raw))
    assert [(extract.part, extract.attachment, extract.filename) for extract in view.extracts] == [
        ("1.2", True, "a.exe"),
        ("1.1", False, ""),
    ]
    assert [opened(raw, extract) for extract in view.extracts] == [FILE, b"Hello.\r\n"]


def test_a_file_that_two_readings_show_counts_once() -> None:
    start = b"Content-Type: multipart/mixed; boundary=a; boundary=b\r\n\r\n"
    other = attached(b64(b"other"), EXE + B64)
    raw = TOP + start + lines(TEXT, attached(), mark=b"a") + lines(attached(), other)
    view = viewed(raw, sniff=True)
    assert [(one.decoded_size, one.reading, one.sniffed_type) for one in view.attachments] == [
        (len(FILE), "", "sniffed/2048"),
        (5, "pick", "sniffed/5"),
    ]
    assert view.attachment_bytes == 2 * len(FILE) + 5  # of a reader to whom both boundaries delimit
    assert names(view.disputes) == {"readings-conflict"}
    assert "structure-ambiguous" in names(view.defects)


def test_the_largest_encoding_of_a_file_counts() -> None:
    view = viewed(part(EXE + NAME + B64 + b"Content-Transfer-Encoding: 7bit\r\n"))
    assert view.attachment_bytes == len(b64())
    assert [one.decoded_size for one in view.attachments] == [len(FILE)]
    assert names(view.disputes) == {"encodings-conflict"}


def test_runs_in_text_are_files() -> None:
    raw = TOP + CR + b"Hello.\r\n" + uu() + uu(b"second")
    view = viewed(raw)
    assert [(one.filename, one.decoded_size, one.reading) for one in view.attachments] == [
        ("a.exe", len(FILE), "uuencode"),
        ("a.exe", 6, "uuencode"),
    ]
    assert view.attachment_bytes == len(FILE) + 6
    assert view.attachments[0].part == f"1@{raw.index(b'begin')}"
    assert "hidden-run" in names(view.defects) and not view.disputes


def test_a_container_and_its_leaves_are_not_both_counted() -> None:
    """A run in an attached text, parts in an attached message, a message in base64."""
    text = b"Content-Type: text/plain; name=a.txt\r\n\r\n" + uu()
    assert viewed(TOP + many(TEXT, text)).attachment_bytes == len(uu())
    inner = TOP + many(TEXT, attached(), mark=b"c")
    view = viewed(TOP + many(TEXT, b"Content-Type: message/rfc822\r\n\r\n" + inner))
    assert view.attachment_bytes == len(inner) - len(b64()) + len(FILE)
    encoded = viewed(TOP + many(TEXT, b"Content-Type: message/rfc822\r\n" + B64 + CR + b64(inner)))
    assert encoded.attachment_bytes == len(inner)
    assert [one.decoded_size for one in encoded.attachments] == [len(inner), len(FILE)]


def test_an_extract_of_a_container_has_a_step_for_each() -> None:
    inside = b64(TOP + many(TEXT, attached()))
    raw = TOP + many(TEXT, b"Content-Type: message/rfc822\r\n" + B64 + CR + inside)
    extract = next(extract for extract in viewed(raw).extracts if extract.filename == "a.exe")
    assert extract.part == "1.2/1.2" and len(extract.steps) == 2 and extract.attachment
    assert opened(raw, extract) == FILE
    assert opened(raw, extract, 100) == FILE[:100]
    assert opened(raw, extract, 0) == b""


def test_base64_that_only_some_read_on() -> None:
    tail = b"more" * 30
    raw = part(EXE + NAME + B64, b64() + b64(tail))
    assert {opened(raw, extract) for extract in viewed(raw).extracts if extract.attachment} >= {FILE, FILE + tail}
    text = base64.b64encode(b"abcdef")
    joined = part(EXE + B64, text[:3] + b"=" + text[3:])
    found = viewed(joined).extracts
    assert any(extract.steps[-1][2] == JOINED and opened(joined, extract) == b"abcdef" for extract in found)


def test_a_file_with_two_names_is_handed_on_under_both_endings() -> None:
    raw = part(EXE + B64 + NAME + NAME.replace(b"a.exe", b"a.txt") + NAME.replace(b"a.exe", b"b.TXT"))
    view = viewed(raw)
    assert [extract.filename for extract in view.extracts if extract.attachment] == ["a.exe", "a.txt"]
    assert [one.filename for one in view.attachments] == ["a.exe", "a.txt"]
    first, second = view.attachments
    assert (second.sha256, second.part, second.reading, second.weight) == (first.sha256, first.part, "name", 0)
    assert view.attachment_bytes == len(FILE)


def test_a_reading_is_named() -> None:
    raw = TOP + b"no field\r\n" + many(TEXT, attached()).replace(b"--b\r\n", b"--b junk\r\n")
    (found,) = [one for one in viewed(raw).attachments if one.decoded_size == len(FILE)]
    assert found.reading == "end, loose"


def test_what_is_outside_all_parts_is_named_by_its_offset() -> None:
    raw = TOP + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + attached() + lines(TEXT)
    view = viewed(raw)
    where = raw.index(EXE)
    assert Defect("part-outside", f"@{where}") in view.disputes
    assert Defect("hidden-part", f"@{where}") in view.defects
    assert view.attachments[0].part == f"@{where}"


def _written_twice(escaped: bytes, raw: bytes) -> bytes:
    """A multipart that says quoted-printable: its delimiters are escaped, and stand there raw as well."""
    inner = CR.join([b"=2D-i", escaped, b"=2D-i--", b"--i", raw, b"--i--", b""])
    return TOP + many(b"Content-Type: multipart/mixed; boundary=i\r\n" + QP + b"\r\n" + inner)


def test_an_encoded_multipart_with_the_same_file_escaped_and_raw_is_no_dispute() -> None:
    file = b"Content-Type: application/x; name=a.ics\r\n\r\n" + b"BEGIN:VCALENDAR\r\n" * 9
    view = viewed(_written_twice(file, file))
    assert view.disputes == ()
    assert {"encoded-container", "hidden-part"} <= names(view.defects)
    assert "part-outside" in names(viewed(_written_twice(b"--x\r\n" + file, b"Hi").replace(b"=2D-", b"==")).disputes)


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Type: message(x)/partial; id=x; number=1; total=2",
        b"Content-Type: text/plain\r\nContent-Type: message/partial; id=x; number=1; total=2",
    ],
)
def test_a_piece_of_a_message_is_a_dispute_however_it_is_written(header: bytes) -> None:
    for raw in (b"A: b\r\n" + header + b"\r\n\r\nabc\r\n", part(header + b"\r\n", b"abc")):
        assert scan(raw).suspicious
        assert "message-partial" in names(viewed(raw).disputes)


@pytest.mark.parametrize(("extra", "count"), [(b"", 1), (b"x " * 450, 1), (b"x " * 550, 2)])
def test_a_file_with_a_little_behind_it_is_no_second_one(extra: bytes, count: int) -> None:
    """An inner multipart that does not end: for some, its last file goes on over the outer delimiter."""
    inner = b"Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\nContent-Type: a/b\r\n\r\nabc\r\n"
    view = viewed(TOP + many(inner, TEXT + extra))
    assert len(view.attachments) == count
    assert len([extract for extract in view.extracts if extract.attachment]) == 2  # both are handed on


def test_a_file_that_says_uuencode_and_is_none_is_handed_on_as_it_is() -> None:
    raw = part(EXE + NAME + b"Content-Transfer-Encoding: x-uuencode\r\n", FILE)
    assert FILE in {opened(raw, extract) for extract in viewed(raw).extracts}


def _deep(levels: int) -> bytes:
    body = attached()
    for level in range(levels):
        mark = b"d%d" % level
        body = b"Content-Type: multipart/mixed; boundary=" + mark + CR + B64 + CR + b64(lines(TEXT, body, mark=mark))
    return TOP + body


@pytest.mark.parametrize(
    ("raw", "union_limits", "dispute"),
    [
        (TOP + many(TEXT, *[attached(b64(b"%d" % n)) for n in range(20)]), UnionLimits(marks=10), "too-much-to-read"),
        (TOP + many(TEXT, attached()), UnionLimits(header_bytes=60), "too-much-to-read"),
        (TOP + many(TEXT, many(TEXT, mark=b"c"), mark=b"x"), UnionLimits(boundaries=1), "too-much-to-read"),
        (TOP + many(*[TEXT] * 20), UnionLimits(steps=10), "too-much-to-read"),
        (TOP + many(TEXT, attached()) * 200, UnionLimits(decoded=-1), "too-much-to-read"),
        (TOP + many(TEXT, attached(), attached(FILE, EXE)), UnionLimits(contents=1), "too-many-contents"),
        (TOP + CR + uu(b"a") * 9, UnionLimits(contents=5), "too-much-to-read"),
        (TOP + many(TEXT, attached()), UnionLimits(extracts=1), "too-many-contents"),
        (_deep(2), UnionLimits(depth=1), "too-deep"),
        (_deep(2), UnionLimits(containers=1), "too-many-contents"),
        (TOP + b"no\r\n" + many(TEXT).replace(b"--b\r", b"--b x\r"), UnionLimits(readings=2), "too-many-readings"),
    ],
)  # fmt: skip
def test_every_limit_is_a_dispute(raw: bytes, union_limits: UnionLimits, dispute: str) -> None:
    assert dispute not in names(viewed(raw).disputes)
    view = viewed(raw, union_limits=union_limits)
    assert dispute in names(view.disputes) <= names(view.defects)
    assert len(view.extracts) <= union_limits.extracts


def test_what_is_listed_is_bounded() -> None:
    raw = TOP + CR + b"".join(uu(b"%d" % number) for number in range(50))
    limits = ScanLimits(defects=5, sniffs=3)
    view = viewed(raw, limits=limits, sniff=True)
    assert len(view.attachments) == 50
    assert sum(bool(one.sniffed_type) for one in view.attachments) == 3
    assert len(view.defects) <= 5 and "more-defects" in names(view.defects)


def test_a_quoted_text_is_decoded_before_it_is_searched() -> None:
    raw = TOP + QP + CR + uu().replace(b"=", b"=3D")
    view = viewed(raw)
    assert [(one.decoded_size, one.reading) for one in view.attachments] == [(len(FILE), "uuencode")]
    (extract,) = [extract for extract in view.extracts if extract.attachment]
    assert [step[2] for step in extract.steps] == ["quoted-printable", "x-uuencode"]
    assert opened(raw, extract) == FILE


def test_a_reader_that_gives_less_is_no_error() -> None:
    """The spool may be shorter than what was scanned: nothing raises, and nothing is made up."""
    raw = TOP + many(TEXT, attached())
    for size in range(0, len(raw), 997):
        short = raw[:size]
        view = union(partial(_sliced, short), scan(raw))
        assert view.attachment_bytes >= len(FILE)
