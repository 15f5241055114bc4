"""The scan's bounds and promises that the corpus does not show: memory, time, limits, hostile input."""

from __future__ import annotations

import base64
import hashlib
import os
import tracemalloc
from pathlib import Path

import pytest

from gateway.message.limits import ScanLimits
from gateway.message.result import SpooledMessage
from gateway.message.scan import Scanner
from gateway.message.spool import SpoolPool
from tests.unit.message.mail import entity, facts, leaf, multipart, scan, scan_pieces

_MIB = 1024 * 1024
_B64 = "Content-Type: application/x-x; name=a.bin\nContent-Transfer-Encoding: base64"


def lines(raw: bytes) -> bytes:
    """base64 as every client writes it."""
    return base64.encodebytes(raw).replace(b"\n", b"\r\n")


@pytest.mark.parametrize("size", [1448, 65537, 65536, 262144, 10 * _MIB])
def test_a_large_attachment_in_pieces(size: int) -> None:
    raw = os.urandom(3 * _MIB + 1)
    data = multipart("=_x", entity("Content-Type: text/plain", b"Hi\r\n"), entity(_B64, lines(raw)))
    scanner = Scanner(sniff=lambda head: str(len(head)))
    for at in range(0, len(data), size):
        scanner.feed(data[at : at + size])
    found = scanner.finish()
    (attachment,) = found.attachments
    assert (attachment.decoded_size, attachment.sha256) == (len(raw), hashlib.sha256(raw).hexdigest())
    assert (attachment.filename, attachment.sniffed_type, attachment.part) == ("a.bin", "2048", "1.2")
    assert (found.longest_line, found.leading_dots, found.has_8bit, found.defects) == (0, 0, False, ())


@pytest.mark.parametrize(
    "unit",
    [
        b"--b\r\n", b"--bx\r\n", b"--b", b"\n", b"\r", b".\r\n", b"=", b"=\r\n", b"A" * 76 + b"\r\n", b"QQ==\r\n",
        b"\xff", b"a: b\r\n", b" x\r\n", b"--c\r\n",
        b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\n",
        b"--b\r\nContent-Type: message/rfc822\r\n\r\n", b"--b\r\nX\r\n", b"From x\r\n", b"A=\r\n", b"x",
        b"--b\r\nContent-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n\r\nQQ=Q=\r\n",
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["7bit", "base64", "quoted-printable"])
def test_memory_stays_small_whatever_comes(unit: bytes, encoding: str) -> None:
    start = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: application/x; name=a\r\nContent-Transfer-Encoding: " + encoding.encode() + b"\r\n\r\n"
    )
    scanner = Scanner(sniff=None)
    piece = unit * (65536 // len(unit))
    tracemalloc.start()
    try:
        scanner.feed(start)
        for _ in range(24):
            scanner.feed(piece)
        peak = tracemalloc.get_traced_memory()[1]
        found = scanner.finish()
    finally:
        tracemalloc.stop()
    assert found.size == len(start) + 24 * len(piece)
    assert peak < 1.25 * _MIB


@pytest.mark.parametrize("unit", [b"x", b"X-A: b\r\n", b" folded\r\n", b"\r", b"From ", b":"])
def test_memory_stays_small_in_a_header_without_end(unit: bytes) -> None:
    scanner = Scanner(sniff=None)
    piece = unit * (65536 // len(unit))
    tracemalloc.start()
    try:
        scanner.feed(b"X: y\r\n")
        for _ in range(40):
            scanner.feed(piece)
        found = scanner.finish()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(found.header_block) <= 256 * 1024
    assert peak < 1.6 * _MIB


def test_limits_are_obeyed() -> None:
    limits = ScanLimits(depth=2, parts=6, part_header_bytes=100, header_count=3, boundary=5, defects=4, sniffs=1)
    inner = multipart("c", multipart("d", entity(_B64, lines(b"x"))))
    part = entity("X: " + "y" * 200, b"body")
    found = scan(multipart("b", inner, part, *[entity(_B64, b"QQ==")] * 3), limits=limits)
    assert [defect.name for defect in found.defects] == [
        "too-deep",
        "header-too-large",
        "unsniffed",
        "more-defects",
    ]
    assert len(list(found.parts)) == 7
    assert leaf(found, "1.5").content_type == "application/octet-stream"


def test_what_is_beyond_a_limit_counts_in_full() -> None:
    """Hiding below a limit must not make an attachment smaller."""
    raw = os.urandom(100_000)
    hidden = multipart("c", entity(_B64, lines(raw)))
    for limits in (ScanLimits(depth=1), ScanLimits(parts=2), ScanLimits(boundary=0), ScanLimits(depth=0)):
        assert scan(multipart("b", hidden), limits=limits).attachment_bytes >= len(raw)


def test_top_header_fields() -> None:
    data = b"Subject: a\r\n b\r\nsubject:\tc \r\nX:\r\n\r\nSubject: body\r\n"
    found = scan(data)
    assert list(found.headers("SUBJECT")) == [b"a b", b"c"]
    assert list(found.headers("X")) == [b""] and list(found.headers("Y")) == []
    assert found.header_bytes == len(data) - len(b"Subject: body\r\n")
    assert found.header_block == data[: found.header_bytes - 2]
    assert [data[start:end] for _name, _value, start, end in found.header_fields] == [
        b"Subject: a\r\n b\r\n",
        b"subject:\tc \r\n",
        b"X:\r\n",
    ]


def test_a_delimiter_may_be_cut_at_any_place_after_many_false_ones() -> None:
    """A pattern takes over after many lines that only begin like a delimiter: nothing may change with it."""
    false = b"--bx\r\n--b" + b" " * 300 + b"\r\n--b--x\r\n" * 70
    data = multipart("b", entity(_B64, false), entity(_B64, b"QQ==\r\n"))
    data = data.replace(b"\r\n--b\r\n", b"\r\n--b" + b" " * 254 + b"\r\n")
    expected = facts(scan(data))
    assert [attachment.part for attachment in scan(data).attachments] == ["1.1", "1.2"]
    for at in range(0, len(data), 7):
        assert facts(scan_pieces([data[:at], data[at:]])) == expected


def test_a_long_last_line_cut_before_its_line_feed() -> None:
    """The line end belongs to the delimiter however late it comes."""
    for line in (b"x" * 9000, b"x" * 8191, b"x" * 8190):
        data = multipart("b", entity("Content-Type: a/b", line))
        expected = facts(scan(data))
        assert scan(data).attachment_bytes == len(line)
        for at in range(data.index(b"\r\n--b--") - 2, len(data)):
            assert facts(scan_pieces([data[:at], data[at:]])) == expected
            assert facts(scan_pieces([data[: at - 9], data[at - 9 : at], data[at:]])) == expected


async def test_a_spooled_message_reads_parts_on_demand(tmp_path: Path) -> None:
    raw = os.urandom(700_000)
    text = "Kính gửi".encode()
    data = multipart("b", entity("Content-Transfer-Encoding: 8bit", text), entity(_B64, lines(raw)))
    spool, scanner = SpoolPool(tmp_path, 1000, _MIB, _MIB).new(), Scanner(sniff=None)
    for at in range(0, len(data), 50_000):
        spool.feed(data[at : at + 50_000])
        scanner.feed(data[at : at + 50_000])
        if spool.needs_flush:
            await spool.flush()
    await spool.finish()
    message = SpooledMessage(spool, scanner.finish())
    words, attached = message.scan.root.children
    assert message.in_memory() is None and message.size == len(data) and message.ends_with_crlf
    assert message.raw(words, 100) == message.decoded(words, 100) == text
    assert message.decoded(attached, 10**9) == raw
    assert message.decoded(attached, 1000) == raw[:1000]
    assert message.read(attached.start, 12) == b"Content-Type"
    assert b"".join([piece async for piece in message.chunks()]) == data
    spool.close()
