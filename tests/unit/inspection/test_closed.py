"""Bytes of no known kind that the worker leaves closed: only where the walk of a child finds nothing in them either."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.inspection.closed import stays_closed
from gateway.inspection.need import needs_look
from gateway.message.spool import SpoolPool
from tests.unit.inspection.support import mail, part, scan, zipped
from tests.unit.inspection.test_walk import walk

NOISE = bytes([0, 1, 2, 3, 200, 201]) * 9
LONG = NOISE * 1000
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(100)
ZIP = zipped([("b.js", b"alert(1)")])
DISC = bytes(32769) + b"CD001" + bytes(4000)
MHTML = b"\x00junk\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\nx"


def closed(*attachments: bytes) -> bool:
    """Whether the worker leaves these attachments closed; that they ask for a look is taken for granted."""
    raw = mail(*attachments)
    scanned = scan(raw)
    assert needs_look(scanned)
    return stays_closed(raw, scanned)


@pytest.mark.parametrize("encoding", ["base64", "binary"])
@pytest.mark.parametrize("name", ["data.bin", "data", "a.dat", "du_lieu.sav", "a.b.c", "x.dwg", "broken.docx"])
def test_unknown_bytes_stay_closed(name: str, encoding: str) -> None:
    assert closed(part(NOISE + b"end", name, encoding=encoding), part(JPEG, "photo.jpg"))
    assert closed(part(LONG, name, encoding=encoding))


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (NOISE, "a.zip"),
        (NOISE, "a.7z"),
        (NOISE, "a.7z.001"),
        (NOISE, "a.exe"),
        (NOISE, "a.txt"),
        (NOISE, "a.csv"),
        (NOISE, "a.eml"),
        (NOISE, "a.lzma"),
        (NOISE + ZIP, "data.bin"),
        (NOISE + ZIP + bytes(60_000), "data.bin"),
        (LONG + ZIP + b"behind", "data"),
        (DISC, "data.bin"),
        (bytes(32769) + b"BEA01" + bytes(4000), "data.bin"),
        (b"\x00" * 900 + b"%PDF-1.7\n", "data.bin"),
        (MHTML, "data.bin"),
        (NOISE + b"\r\n" * 4000 + MHTML, "data.bin"),
        (b"ActiveMime" + NOISE, "data.bin"),
        (b"MZ" + NOISE, "data.bin"),
        (b"\x84\x8c\x03" + bytes(8) + b"\x01" + NOISE, "data.bin"),  # an OpenPGP message
        (b"\x09\x08\x10\x00" + NOISE, "data.bin"),  # a workbook's bare stream
        (b"plain words\r\n" * 9, "a.unheard-of"),
        (ZIP, "a.bin"),
    ],
)
def test_whatever_could_be_opened_is_opened_by_a_process(data: bytes, name: str) -> None:
    assert not closed(part(data, name))
    assert not closed(part(NOISE, "x.bin"), part(data, name))


def test_what_is_declared_as_a_message_is_opened() -> None:
    assert not closed(part(NOISE, "x", kind="message/global"))


def test_what_takes_long_or_has_several_readings_is_for_a_process() -> None:
    many = [part(NOISE, f"{number}.bin") for number in range(5)]
    assert closed(*many[:4])
    assert not closed(*many)
    assert not closed(part(NOISE * 8000, "large.bin"))
    raw = mail(part(NOISE, "a.bin")).replace(b"base64\r\n", b"base64\r\nContent-Transfer-Encoding: 8bit\r\n")
    assert scan(raw).suspicious and not stays_closed(raw, scan(raw))


async def test_a_message_on_disk_is_for_a_process(tmp_path: Path) -> None:
    raw = mail(part(NOISE, "a.bin"))
    spool = SpoolPool(tmp_path, 1 << 20, 1 << 20, 1 << 20).new()
    spool.feed(raw)
    assert stays_closed(spool, scan(raw))
    await spool.flush()
    assert not stays_closed(spool, scan(raw))
    spool.close()


def test_a_message_that_is_gone_is_for_a_process(tmp_path: Path) -> None:
    raw = mail(part(NOISE, "a.bin"))
    spool = SpoolPool(tmp_path, 1 << 20, 1 << 20, 1 << 20).new()
    spool.feed(raw)
    spool.close()
    assert not stays_closed(spool, scan(raw))


BEGINNINGS = [b"", NOISE, b"MZ", b"PK", b"\x1f\x8b\x08", b"%PDF", b"MIME-Version: 1.0\r\n", b"\xd0\xcf\x11\xe0", b"ID;"]
ENDS = [b"", ZIP, ZIP[:-9], ZIP[-22:], b"PK\x05\x06", b"PK\x05\x06" + bytes(18), b"%%EOF"]
NAMES = ["data.bin", "data", "a.zip", "a.docx", "a.exe", "a.jpg", "a.txt", "a.r01", "a.p7m", "a.html", "a.scr "]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(BEGINNINGS), st.binary(max_size=80), st.integers(0, 40_000), st.sampled_from(ENDS),
    st.binary(max_size=30), st.sampled_from(NAMES), st.sampled_from(["base64", "binary"]),
)  # fmt: skip
def test_a_process_finds_nothing_in_what_stays_closed(
    start: bytes, some: bytes, blank: int, end: bytes, behind: bytes, name: str, encoding: str
) -> None:
    data = b"\x00\x01" + some if not start else start + some
    raw = mail(part(data + bytes(blank) + end + behind, name, encoding=encoding))
    scanned = scan(raw)
    if not stays_closed(raw, scanned):
        return
    found = walk(raw, text=True)
    assert [(file.kind, file.traits) for file in found.files] == [("application/octet-stream", ())]
    assert (found.unchecked, found.texts) == ([], {})
