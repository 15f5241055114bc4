"""Word files made by hand: pieces of both kinds, every part, fields, Word 6. LibreOffice's are in test_ole_office."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.contents import Why
from gateway.documents.doc_pieces import Piece, Text
from gateway.documents.doc_styles import Look, Styles, modifiers
from gateway.documents.document import DocumentError
from gateway.documents.limits import DocumentLimits
from tests.unit.documents.old_formats import NFC, TCVN3, compound, damaged_streams, parse, survives, texts

_AT = 0x800  # where the text begins
_COUNTS = (0x4C, 0x50, 0x54, 0x58, 0x5C, 0x60, 0x64, 0x68)


def fonts_table(*names: str) -> bytes:
    """SttbfFfn ([MS-DOC] 2.9.286)."""
    rows = []
    for name in names:
        data = bytes(39) + name.encode("utf-16-le") + b"\x00\x00"
        rows.append(bytes((len(data),)) + data)
    return struct.pack("<HH", len(names), 0) + b"".join(rows)


def word(
    *parts: str, pieces: list[tuple[str, bool]] | None = None, extra: dict[str, bytes] | None = None, flags: int = 0
) -> bytes:
    """A Word 97 file: main text, footnotes, headers … or the pieces (text, compressed) of the main text."""
    return compound(word_streams(*parts, pieces=pieces, flags=flags) | (extra or {}))


def word_streams(*parts: str, pieces: list[tuple[str, bool]] | None = None, flags: int = 0) -> dict[str, bytes]:
    pieces = pieces if pieces is not None else [("".join(parts), False)]
    parts = parts or ("".join(text for text, _ in pieces),)
    stream, bounds, rows = bytearray(_AT), [0], b""
    for text, compressed in pieces:
        place = len(stream) * 2 | 0x40000000 if compressed else len(stream)
        stream += text.encode("cp1252" if compressed else "utf-16-le")
        bounds.append(bounds[-1] + (len(text) if compressed else len(text.encode("utf-16-le")) // 2))
        rows += struct.pack("<HIH", 0, place, 0)
    table = struct.pack(f"<{len(bounds)}i", *bounds) + rows
    clx = b"\x01\x02\x00ab\x02" + struct.pack("<I", len(table)) + table
    fonts = fonts_table("Times New Roman", ".VnTime")
    struct.pack_into("<HH6xH", stream, 0, 0xA5EC, 0xC1, 0x0200 | flags)
    for at, part in zip(_COUNTS, parts, strict=False):
        struct.pack_into("<i", stream, at, len(part.encode("utf-16-le")) // 2)
    struct.pack_into("<II", stream, 0x1A2, 0, len(clx))
    struct.pack_into("<II", stream, 0x112, len(clx), len(fonts))
    return {"WordDocument": bytes(stream), "1Table": clx + fonts}


def word6(text: bytes) -> bytes:
    """A Word 6 file: the text as it is, in one piece."""
    stream = bytearray(0x300)
    struct.pack_into("<HH", stream, 0, 0xA5DC, 101)
    struct.pack_into("<I", stream, 0x18, 0x300)
    struct.pack_into("<i", stream, 0x34, len(text))
    row = b"\x00\x00\x00\x00\x00\x00.VnTime\x00"
    fonts = bytes((len(row) - 1,)) + row[1:]
    struct.pack_into("<II", stream, 0xD0, 0x300 + len(text), 2 + len(fonts))
    return compound({"WordDocument": bytes(stream) + text + struct.pack("<H", 2 + len(fonts)) + fonts})


def test_every_part() -> None:
    found = parse(word(f"{NFC}\rhai\x07ba\x0c", "chú\r", "đầu\r", "", "nhận xét\r", "cuối\r", "khung\r", "khung đầu\r"))
    assert [(unit.place, unit.text) for unit in found.units] == [
        ("paragraph 1", NFC),
        ("paragraph 2", "hai"),
        ("paragraph 3", "ba"),
        ("footnote 1", "chú"),
        ("header 1", "đầu"),
        ("comment 1", "nhận xét"),
        ("endnote 1", "cuối"),
        ("text box 1", "khung"),
        ("header text box 1", "khung đầu"),
    ]
    assert found.units[0].fonts == ("Times New Roman", ".VnTime")
    assert found.format == "doc"


def test_pieces_of_both_kinds_in_any_order() -> None:
    found = parse(
        word(pieces=[("Nam ", True), ("Việt\r", False), (TCVN3 + "\r", True), ("“x”\r", True), ("😀a\rb", False)])
    )
    assert texts(found) == ["Nam Việt", TCVN3, "“x”", "😀a", "b"]


def test_characters_that_stand_for_others() -> None:
    found = parse(word("a\x1fb\x1ec\x0bd\x01\x02\x05\x08e\xadf\r"))
    assert texts(found) == ["a\u00adb\u2011c\nde\u00adf"]


def test_fields_over_paragraphs_and_in_one_another() -> None:
    found = parse(word("a\x13 TOC \x14one\rtwo\x13PAGE\x14 3\x15\x15b\r\x13 IF \x13X\x14y\x15 z\x15\r\x13open\r"))
    assert texts(found, "paragraph") == ["aone", "two 3b"]
    assert texts(found, "field") == [" TOC ", "PAGE", "X", " IF y z", "open\n"]


@pytest.mark.parametrize("text", [True, False])
def test_dde(text: bool) -> None:
    assert parse(word("a\x13 ddeauto c:\\x\x14b\x15\r"), text=text).active
    assert not parse(word("a DDE b\r"), text=text).active


def test_encrypted() -> None:
    found = parse(word("x\r", flags=0x0100))
    assert found.encrypted
    assert not found.units


class TestWord6:
    def test_text_keeps_its_bytes(self) -> None:
        found = parse(word6(b"C\xe9ng ho\xb5 n\x1f\xedc t\xad\xeb\rplain\r"))
        assert [(unit.text, unit.raw) for unit in found.units] == [
            ("Céng hoµ n\u00adíc t\u00adë", b"C\xe9ng ho\xb5 n\xad\xedc t\xad\xeb"),
            ("plain", b""),
        ]
        assert found.units[0].fonts == (".VnTime",)


class TestStyles:
    """Fonts of runs, of styles, of the styles that they are based on, and the document's own."""

    @staticmethod
    def sheet(*styles: tuple[int, int, bytes]) -> Styles:
        """Styles (kind, base, modifiers) of a sheet whose default font is 9."""
        rows = b""
        for kind, base, data in styles:
            formats = [b"\x00\x00", data] if kind == 1 else [data]
            row = struct.pack("<HHHHH", 0, kind | base << 4, 0, 0, 0) + struct.pack("<H", 1) + "x\0".encode("utf-16-le")
            row += b"".join(struct.pack("<H", len(each)) + each + b"\x00" * (len(each) % 2) for each in formats)
            rows += struct.pack("<H", len(row)) + row
        head = struct.pack("<HHHHHHHHH", len(styles), 10, 0, 0, 0, 0, 9, 9, 9)
        return Styles(struct.pack("<H", len(head)) + head + rows, 100)

    def test_a_chain(self) -> None:
        named, other = b"\x4f\x4a\x05\x00", b"\x35\x08\x01\x51\x4a\x06\x00"
        styles = self.sheet((1, 0xFFF, named), (1, 0, b""), (2, 0xFFF, other), (1, 0xFFF, b""), (1, 4, b""))
        assert [styles.fonts(number) for number in range(6)] == [(5,), (5,), (6,), (9,), (9,), (9,)]

    def test_modifiers_of_every_size(self) -> None:
        data = b"\x35\x08\x01\x03\x6a\x01\x02\x03\x04\x0d\xc6\x02ab\x08\xd6\x03\x00ab\x4f\x4a\x02\x00\x09"
        assert [code for code, _ in modifiers(data)] == [0x0835, 0x6A03, 0xC60D, 0xD608, 0x4A4F]
        assert Look(data).fonts == (2,)

    def test_a_symbol_stands_for_a_character(self) -> None:
        assert Look(b"\x09\x6a\x03\x00\xb7\xf0").symbol == (3, 0xF0B7)


class TestBounds:
    def test_characters_are_counted_not_bytes(self) -> None:
        pieces = [Piece(1000 * number, 1000 * number + 1000, 0, 1) for number in range(5000)]
        text = Text(b"x" * 1000, pieces, 10_500, page=1252)
        assert len(text.characters) == 10_500
        assert text.cut is Why.TOO_LARGE

    def test_pieces_over_one_another(self) -> None:
        """Thousands of pieces that are the same bytes."""
        streams = word_streams("x" * 1000)
        bounds = [1000 * number for number in range(5001)]
        table = struct.pack("<5001i", *bounds) + struct.pack("<HIH", 0, _AT, 0) * 5000
        clx = b"\x02" + struct.pack("<I", len(table)) + table
        stream = bytearray(streams["WordDocument"])
        struct.pack_into("<i", stream, 0x4C, 5_000_000)
        struct.pack_into("<II", stream, 0x1A2, 0, len(clx))
        struct.pack_into("<II", stream, 0x112, 0, 0)
        found = parse(compound({"WordDocument": bytes(stream), "1Table": clx}), limits=DocumentLimits(text=100_000))
        assert sum(map(len, texts(found))) <= 100_000
        assert Why.TOO_LARGE in found.unchecked

    def test_text_that_is_missing_is_said(self) -> None:
        streams = word_streams("one\rtwo\r")
        found = parse(compound({**streams, "WordDocument": streams["WordDocument"][:-6]}))
        assert texts(found) == ["one", "t"]
        assert found.unchecked == [Why.DAMAGED]

    def test_no_text_at_all(self) -> None:
        with pytest.raises(DocumentError):
            parse(compound({"WordDocument": b"\xec\xa5"}))


def test_authors_and_headers_by_their_kind() -> None:
    streams = word_streams("main\r", "", "-\rodd\reven\rfoot\r")
    stories = struct.pack("<11i", 0, 2, 2, 2, 2, 2, 2, 6, 11, 16, 16)
    authors = struct.pack("<H", 2) + "An".encode("utf-16-le")
    stream, table = bytearray(streams["WordDocument"]), streams["1Table"]
    struct.pack_into("<II", stream, 0xF2, len(table), len(stories))
    struct.pack_into("<II", stream, 0x1BA, len(table) + len(stories), len(authors))
    found = parse(compound({"WordDocument": bytes(stream), "1Table": table + stories + authors}))
    assert [(unit.place, unit.text) for unit in found.units[1:]] == [
        ("separator 1", "-"),
        ("header 1", "odd"),
        ("header 2", "even"),
        ("footer 1", "foot"),
        ("comment author", "An"),
    ]


_WHOLE = word_streams("a\x13X\x14b\x15\r" * 5, "note\r", "head\r", pieces=None)


@settings(max_examples=100, deadline=None)
@given(damaged_streams(_WHOLE))
def test_damage(data: bytes) -> None:
    survives(data)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from("ab\r\x07\x13\x14\x15\x01\x1f\x1e(\ud83d"), max_size=60).map("".join))
def test_any_marks(text: str) -> None:
    text = text.replace("\ud83d", "\U0001f600")
    found = survives(word(text + "\r"))
    assert found is not None
    letters = "".join(texts(found))
    assert sum(letters.count(letter) for letter in "ab") == sum(text.count(letter) for letter in "ab")
