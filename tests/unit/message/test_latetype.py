"""Discs and archives behind something else are told, however the bytes come; what is clear stays what it is."""

from __future__ import annotations

import base64
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.message.latetype import LateType, may_be_late
from gateway.message.scan import Scanner
from gateway.message.sniff import Sniffer
from tests.unit.message.mail import cut, entity

_ZIP, _DISC, _ELSE = "application/zip", "application/x-iso9660-image", "application/octet-stream"


def archive(comment: bytes = b"") -> bytes:
    """A small ZIP."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("a.txt", "abc")
        packed.comment = comment
    return made.getvalue()


def disc(mark: bytes = b"CD001") -> bytes:
    """What makes an image of an optical disc."""
    return bytes(32768) + b"\x01" + mark + bytes(5000)


def late(pieces: list[bytes], sniffed: str = _ELSE, name: str = "") -> str:
    """The type of what comes in these pieces."""
    found = LateType(name)
    for piece in pieces:
        found.feed(piece)
    return found.type(sniffed)


CASES = [
    (archive(), "", _ELSE, _ZIP),
    (b"junk" * 50_000 + archive(), "", _ELSE, _ZIP),
    (b"junk" * 50_000 + archive(), "a.bin", _ELSE, _ZIP),
    (b"junk" * 50_000 + archive(b"c" * 65535), "", _ELSE, _ZIP),
    (b"junk" * 50_000 + archive(b"c" * 65535), "A.ZIP", "application/pdf", _ZIP),
    (b"junk" * 50_000 + archive(b"PK\x05\x06" * 9), "a.docx", _ELSE, _ZIP),
    (b"junk" * 50_000 + archive(b"c"), "a.bin", _ELSE, _ELSE),  # nobody looks for an archive there
    (b"MZ" + bytes(999) + archive(), "a.zip", "application/x-dosexec", "application/x-dosexec"),
    (disc(), "", _ELSE, _DISC),
    (disc(b"BEA01"), "a.pdf", _ELSE, _DISC),
    (disc(b"CD002"), "", _ELSE, _ELSE),
    (disc()[:32772], "", _ELSE, _ELSE),
    (b"", "", "", ""),
    (b"PK\x05\x06", "", _ELSE, _ELSE),
    (b"x" * 30 + b"PK\x05\x06" + b"\xee" * 18, "a.zip", _ELSE, _ELSE),  # a directory that cannot be
    (b"x" * 30 + b"PK\x05\x06" + bytes(8) + b"\xff" * 8 + bytes(2), "a.zip", _ELSE, _ZIP),  # ZIP64
]


@pytest.mark.parametrize(("data", "name", "sniffed", "expected"), CASES)
def test_types(data: bytes, name: str, sniffed: str, expected: str) -> None:
    assert late([data], sniffed, name) == expected
    for size in (1, 7, 4096, 65536):
        if size > 1 or len(data) < 70_000:
            assert late([data[at : at + size] for at in range(0, len(data), size)], sniffed, name) == expected, size


@given(case=st.sampled_from(CASES), places=st.lists(st.integers(0, 1 << 20), max_size=6))
@settings(max_examples=150, deadline=None)
def test_any_cut(case: tuple[bytes, str, str, str], places: list[int]) -> None:
    data, name, sniffed, expected = case
    assert late(cut(data, places), sniffed, name) == expected


def test_memory_stays_small() -> None:
    found = LateType()
    for _ in range(4000):
        found.feed(b"x" * 1000)
    assert sum(map(len, found._pieces)) < 3 * 66 * 1024 and len(found._pieces) < 100


def test_what_is_clear_is_not_looked_at() -> None:
    assert not may_be_late(b"%PDF-1.7 and more", "a.pdf")
    assert not may_be_late(b"PK\x03\x04 and more, 16", "a.pdf")
    assert may_be_late(b"%PDF-1.7 and more", "a.zip") and may_be_late(b"GIF89a and so on", "a.ISO")
    assert may_be_late(b"anything else...", "a.pdf")


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (disc(), "a.bin", _DISC),
        (b"GIF89a" + bytes(40_000) + archive(), "a.gif", "image/gif"),
        (b"GIF89a" + bytes(40_000) + archive(), "a.zip", _ZIP),
        (b"nothing known" * 9000 + archive(b"c"), "a.jar", _ZIP),
    ],
)
@pytest.mark.parametrize("size", [1000, 65536, 1 << 20])
def test_in_a_message(data: bytes, name: str, expected: str, size: int) -> None:
    text = base64.encodebytes(data).replace(b"\n", b"\r\n")
    message = entity(f"Content-Type: a/b; name={name}\nContent-Transfer-Encoding: base64", text)
    scanner = Scanner(sniff=Sniffer())
    for at in range(0, len(message), size):
        scanner.feed(message[at : at + size])
    assert [attachment.sniffed_type for attachment in scanner.finish().attachments] == [expected]
