"""winmail.dat: attachments to the byte, bodies, messages inside, and streams that lie."""

from __future__ import annotations

import struct

import pytest

from gateway.archives.budget import Budget
from gateway.archives.limits import ArchiveLimits
from gateway.contents import Why
from tests.unit.archives.looking import deep, look
from tests.unit.archives.making import attached, attribute, property_list, tnef

STRING, UNICODE, BINARY, OBJECT, LONG, TIME = 0x1E, 0x1F, 0x102, 0x0D, 0x03, 0x40

# [MS-OXRTFCP] 4.1.1 and 4.1.2
HELLO = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)
CROSSING = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")


@pytest.mark.parametrize("size", [0, 1, 3, 4, 65_535, 65_536, 200_001])
def test_attachments_to_the_byte(size: int) -> None:
    data = bytes(number % 251 for number in range(size))
    seen = look(tnef(attached(b"a.bin", data), attached(b"b.bin", b"2")), "winmail.dat")
    assert seen.files == [("a.bin", data), ("b.bin", b"2")]
    assert seen.whys == set()


def test_all_names_are_told_the_long_one_first() -> None:
    data = tnef(
        attached(b"evil.exe", b"1", (0x3001, STRING, b"Shown\0"), (0x3704, STRING, b"SHORT.TXT\0"), title=b"TITLE.TXT")
    )
    (entry,) = look(data).entries
    assert (entry.name, entry.others) == ("evil.exe", ("SHORT.TXT", "Shown", "TITLE.TXT"))


def test_names_in_unicode_and_in_a_code_page() -> None:
    page = attribute(1, 0x00069007, struct.pack("<LL", 1258, 0))
    wide = (0x3707, UNICODE, "Tệp.doc\0".encode("utf-16-le"))
    assert look(tnef(attached(b"", b"1", wide, title=b"TEP.DOC"))).names == ["Tệp.doc"]
    assert look(tnef(page, attached("Báo.doc".encode("cp1258"), b"1"))).names == ["Báo.doc"]
    assert look(tnef(attached("Báo.doc".encode(), b"1"))).names == ["Báo.doc"]


def test_bodies() -> None:
    text = property_list(
        (0x1000, UNICODE, "Chào\0".encode("utf-16-le")), (0x1013, BINARY, b"<p>Hi</p>"), (0x1009, BINARY, HELLO)
    )
    seen = look(tnef(attribute(1, 0x0002800C, b"plain\x00"), attribute(1, 0x00069003, text)))
    assert seen.files == [
        ("body.txt", b"plain"),
        ("body.txt", b"\xff\xfe" + "Chào".encode("utf-16-le")),
        ("body.html", b"<p>Hi</p>"),
        ("body.rtf", b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"),
    ]


@pytest.mark.parametrize(
    ("packed", "rtf"),
    [
        (HELLO, b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"),
        (CROSSING, b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"),
        (struct.pack("<LL4sL", 19, 7, b"MELA", 0) + b"{\\rtf1}", b"{\\rtf1}"),
    ],
)
def test_compressed_rtf(packed: bytes, rtf: bytes) -> None:
    assert look(tnef(attribute(1, 0x00069003, property_list((0x1009, BINARY, packed))))).files == [("body.rtf", rtf)]


def test_a_long_compressed_rtf() -> None:
    """Only literals: a control octet of zeros before each eight."""
    text = bytes(range(32, 128)) * 500
    runs = b"".join(b"\x00" + text[at : at + 8] for at in range(0, len(text), 8))
    packed = struct.pack("<LL4sL", len(runs) + 12, len(text), b"LZFu", 0) + runs
    assert look(tnef(attribute(1, 0x00069003, property_list((0x1009, BINARY, packed))))).files == [("body.rtf", text)]


@pytest.mark.parametrize(
    ("packed", "why"),
    [
        (b"", Why.DAMAGED),
        (b"x" * 15, Why.DAMAGED),
        (struct.pack("<LL4sL", 30, 9, b"NONE", 0) + bytes(18), Why.UNSUPPORTED),
    ],
)
def test_rtf_that_is_none(packed: bytes, why: Why) -> None:
    assert why in look(tnef(attribute(1, 0x00069003, property_list((0x1009, BINARY, packed))))).whys


def test_a_message_inside_is_a_stream_again() -> None:
    inner = tnef(attached(b"evil.exe", b"evil"))
    value = bytes.fromhex("0703020000000000c000000000000046") + inner
    data = tnef(
        attribute(2, 0x00069002, bytes(14)),
        attribute(2, 0x00069005, property_list((0x3001, STRING, b"Fwd\0"), (0x3701, OBJECT, value))),
    )
    assert look(data).files == [("Fwd", inner)]
    assert list(deep(data, "winmail.dat", Budget())) == [(0, "Fwd", None), (1, "evil.exe", None)]


def test_bytes_that_are_said_twice_are_given_twice() -> None:
    twice = attached(b"a", b"good", (0x3701, BINARY, b"evil")) + attribute(2, 0x0006800F, b"more")
    assert [data for _, data in look(tnef(twice)).files] == [b"good", b"evil", b"more"]


def test_properties_of_every_type_are_passed_over() -> None:
    several = (0x8001, 0x1000 | STRING, b"")
    fixed = [
        (0x0E20, LONG, bytes(4)),
        (0x0E06, TIME, bytes(8)),
        (0x0E21, 0x48, bytes(16)),
        (0x0E22, 0x0B, bytes(4)),
        (0x8002, LONG, bytes(4)),
    ]
    listed = property_list((0x3707, STRING, b"a.txt\0"))
    many = (
        struct.pack("<HHL", 0x1000 | STRING, 0x0E30, 2)
        + struct.pack("<L", 1)
        + b"xxxx"
        + struct.pack("<L", 4)
        + b"yyyy"
    )
    longs = struct.pack("<HHL", 0x1000 | LONG, 0x0E31, 3) + bytes(12)
    body = property_list(*fixed)[4:] + many + longs + listed[4:]
    data = struct.pack("<L", len(fixed) + 3) + body
    seen = look(
        tnef(attribute(2, 0x00069002, bytes(14)), attribute(2, 0x0006800F, b"1"), attribute(2, 0x00069005, data))
    )
    assert (seen.names, seen.whys) == (["a.txt"], set())
    assert several[0] >= 0x8000


class TestDamage:
    WHOLE = tnef(attached(b"a.txt", b"x" * 100), attached(b"b.txt", b"y" * 100))

    @pytest.mark.parametrize("cut", range(7, 300, 13))
    def test_cut_off(self, cut: int) -> None:
        seen = look(self.WHOLE[:-cut])
        assert ("a.txt", b"x" * 100) in seen.files or cut > 200
        assert seen.whys <= {Why.DAMAGED}

    @pytest.mark.parametrize("cut", [1, 2])
    def test_cut_off_in_the_last_checksum(self, cut: int) -> None:
        seen = look(self.WHOLE[:-cut])
        assert (seen.names, seen.problems) == (["a.txt", "b.txt"], [("", Why.DAMAGED)])

    def test_no_stream(self) -> None:
        assert look(b"hello" * 99, "winmail.dat", "application/vnd.ms-tnef").raised is Why.DAMAGED

    @pytest.mark.parametrize(
        ("listed", "why"),
        [
            (struct.pack("<L", 0xFFFFFFFF), Why.DAMAGED),
            (struct.pack("<L", 5000) + bytes(5000 * 4), Why.TOO_MANY),
            (struct.pack("<LHH", 1, 0x77, 0x3001) + bytes(9), Why.DAMAGED),
            (struct.pack("<LHHLL", 1, STRING, 0x3001, 1, 1 << 31) + bytes(9), Why.DAMAGED),
        ],
    )
    def test_bad_property_lists(self, listed: bytes, why: Why) -> None:
        data = tnef(
            attribute(2, 0x00069002, bytes(14)), attribute(2, 0x0006800F, b"1"), attribute(2, 0x00069005, listed)
        )
        seen = look(data)
        assert ([content for _, content in seen.files], seen.whys) == ([b"1"], {why})

    def test_endless_attributes(self) -> None:
        assert look(tnef(*[attribute(1, 0x12345, b"")] * 5000)).problems == [("", Why.TOO_MANY)]

    def test_the_budget_counts_attachments(self) -> None:
        seen = look(tnef(*[attached(b"a", b"1")] * 20), limits=ArchiveLimits(entries=10))
        assert seen.raised is Why.TOO_MANY

    def test_rtf_beyond_all_measure(self) -> None:
        """A token that repeats 16 octets costs two."""
        runs = (b"\xff" + b"\x00\x1e" * 8) * 200_000
        packed = struct.pack("<LL4sL", len(runs) + 12, 1 << 30, b"LZFu", 0) + runs
        seen = look(tnef(attribute(1, 0x00069003, property_list((0x1009, BINARY, packed)))))
        assert seen.failed == [("body.rtf", Why.TOO_LARGE)]
