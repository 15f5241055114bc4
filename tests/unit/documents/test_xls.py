"""Workbooks made by hand: BIFF8 and BIFF5, cut strings, macro sheets, links. LibreOffice's are in test_ole_office."""

from __future__ import annotations

import hashlib
import io
import struct

import pytest
from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.contents import Why
from gateway.documents import xls as xls_reader
from gateway.documents.biff import Strings
from gateway.documents.document import Document, DocumentError, Sink
from gateway.documents.limits import DocumentLimits
from tests.unit.documents.old_formats import NFC, TCVN3, compound, damaged_streams, parse, survives, texts

EIGHT, FIVE = 0x600, 0x500


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def bof(version: int = EIGHT, kind: int = 5) -> bytes:
    return record(0x809, struct.pack("<HHHH", version, kind, 0, 0) + bytes(8 if version == EIGHT else 0))


EOF = record(0x0A)


def wide(text: str, size: int = 2) -> bytes:
    """A BIFF8 string of two-byte characters, with a length of `size` bytes."""
    data = text.encode("utf-16-le")
    return (len(data) // 2).to_bytes(size, "little") + b"\x01" + data


def narrow(text: str, size: int = 2) -> bytes:
    return len(text).to_bytes(size, "little") + b"\x00" + text.encode("latin-1")


def book(globals_: bytes, *sheets: tuple[str, int, bytes], version: int = EIGHT, before: bytes = b"") -> bytes:
    """A workbook's stream: its globals, and sheets (name, type, records)."""
    rows = [
        (wide(name, 1) if version == EIGHT else bytes((len(name),)) + name.encode("latin-1")) for name, _, _ in sheets
    ]
    size = len(bof(version)) + len(before) + len(globals_) + sum(4 + 6 + len(row) for row in rows) + len(EOF)
    table, body = b"", b""
    for row, (_, kind, records) in zip(rows, sheets, strict=True):
        table += record(0x85, struct.pack("<IBB", size + len(body), 0, kind) + row)
        body += bof(version, 0x40 if kind == 1 else 0x10) + records + EOF
    return bof(version) + before + globals_ + table + EOF + body


def xls(*args: object, **more: object) -> bytes:
    return compound({"Workbook": book(*args, **more)})  # type: ignore[arg-type]


def font(name: str) -> bytes:
    return record(0x31, bytes(14) + wide(name, 1))


def cell_format(number: int) -> bytes:
    return record(0xE0, struct.pack("<H", number) + bytes(18))


def shared(row: int, column: int, index: int, form: int = 0) -> bytes:
    return record(0xFD, struct.pack("<HHHI", row, column, form, index))


def label(row: int, text: bytes, kind: int = 0x204) -> bytes:
    return record(kind, struct.pack("<HHH", row, 0, 0) + text)


FONTS = b"".join(map(font, ("Arial", "Times", "Courier", ".VnTime", "VNI-Times"))) + b"".join(
    map(cell_format, (0, 3, 5))
)


class TestCells:
    def test_every_kind(self) -> None:
        strings = record(0xFC, struct.pack("<II", 2, 2) + wide(NFC) + narrow(TCVN3))
        sheet = (
            shared(0, 0, 0)
            + shared(0, 27, 1, 1)
            + label(1, wide("nhãn"))
            + label(2, narrow("thô"), 0xD6)
            + record(0x06, struct.pack("<HHH", 3, 0, 2) + bytes(16))
            + record(0x207, wide("kết quả"))
            + shared(9, 9, 99)
            + record(0x14, wide('&L&".VnTime,Bold"&12Đầu &P && x&Rhai'))
            + record(0x15, b"")
        )
        found = parse(xls(FONTS + strings, ("Tháng 1", 0, sheet)))
        assert [(unit.place, unit.text, unit.fonts) for unit in found.units] == [
            ("sheet name", "Tháng 1", ()),
            ("sheet 'Tháng 1' A1", NFC, ("Arial",)),
            ("sheet 'Tháng 1' AB1", TCVN3, (".VnTime",)),
            ("sheet 'Tháng 1' A2", "nhãn", ("Arial",)),
            ("sheet 'Tháng 1' A3", "thô", ("Arial",)),
            ("sheet 'Tháng 1' A4", "kết quả", ("VNI-Times",)),
            ("sheet 'Tháng 1' header", "Đầu  & x\nhai", (".VnTime",)),
        ]
        assert not found.macros

    def test_fonts_of_runs_and_phonetic_text(self) -> None:
        text = "ab".encode("utf-16-le")
        rich = struct.pack("<HBHI", 2, 0x01 | 0x04 | 0x08, 1, 5) + text + struct.pack("<HH", 1, 5) + b"extra"
        found = parse(
            xls(FONTS + record(0xFC, bytes(8) + rich + wide("c")), ("S", 0, shared(0, 0, 0) + shared(1, 0, 1)))
        )
        assert [(unit.text, unit.fonts) for unit in found.units[1:]] == [
            ("ab", ("Arial", "VNI-Times")),
            ("c", ("Arial",)),
        ]

    def test_comments_shapes_prompts_charts(self) -> None:
        def text_object(number: int, kind: int, text: bytes) -> bytes:
            head = record(0x5D, struct.pack("<HHHH", 0x15, 0x12, kind, number) + bytes(14))
            body = record(0x1B6, bytes(10) + struct.pack("<HH", 3, 16) + bytes(4))
            return head + body + record(0x3C, b"\x01" + text) + record(0x3C, struct.pack("<HH4xHH4x", 0, 5, 3, 0))

        text = "chữ".encode("utf-16-le")
        sheet = (
            text_object(1, 0x19, text)
            + text_object(2, 0x06, text)
            + record(0x1C, struct.pack("<HHHH", 4, 1, 0, 1) + wide("Ai"))
            + record(0x1BE, bytes(4) + wide("một") + narrow("") + wide("hai") + narrow("ba"))
            + bof(kind=0x20)
            + record(0x100D, b"\x00\x00" + wide("Biểu đồ", 1))
            + EOF
            + label(0, wide("sau"))
        )
        found = parse(xls(FONTS, ("S", 0, sheet)))
        assert [(unit.place, unit.text) for unit in found.units[1:]] == [
            ("sheet 'S' shape 1", "chữ"),
            ("sheet 'S' B5 comment", "chữ"),
            ("sheet 'S' B5 comment author", "Ai"),
            ("sheet 'S' prompt", "một"),
            ("sheet 'S' prompt", "hai"),
            ("sheet 'S' prompt", "ba"),
            ("sheet 'S' chart", "Biểu đồ"),
            ("sheet 'S' A1", "sau"),
        ]
        assert found.units[1].fonts == ("VNI-Times", "Arial")

    def test_number_formats_with_text(self) -> None:
        formats = record(0x41E, b"\xa4\x00" + wide('#,##0 "đồng"')) + record(0x41E, b"\xa5\x00" + narrow("0.00"))
        assert texts(parse(xls(formats)), "number format") == ['#,##0 "đồng"']


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), st.booleans()), max_size=8),
    st.data(),
)
def test_strings_cut_anywhere(strings: list[tuple[str, bool]], data: st.DataObject) -> None:
    """However a record's continuations cut the strings, the same come out; a piece says its own width again."""
    pieces, current = [], bytearray()
    for text, runs in strings:
        units = text.encode("utf-16-le")
        current += struct.pack("<HB", len(units) // 2, 1 | (8 if runs else 0)) + (b"\x01\x00" if runs else b"")
        for at in range(0, len(units), 2):
            if data.draw(st.integers(0, 9)) == 0:
                pieces.append(bytes(current))
                current = bytearray(b"\x01")
            current += units[at : at + 2]
        if runs:
            if data.draw(st.booleans()):
                pieces.append(bytes(current))
                current = bytearray()
            current += struct.pack("<HH", 0, 7)
    pieces.append(bytes(current))
    found = list(Strings(pieces).read(100))
    assert [made.text for made in found] == [text for text, _ in strings]
    assert [made.fonts for made in found] == [(7,) if runs else () for _, runs in strings]


def test_pieces_of_both_widths() -> None:
    first = struct.pack("<HB", 4, 1) + "ộ\u00ad".encode("utf-16-le")
    assert [made.text for made in Strings([first, b"\x00\xadb"]).read(9)] == ["ộ\u00ad\u00adb"]
    first = struct.pack("<HB", 4, 0) + b"\xad"
    assert [made.text for made in Strings([first, b"\x01" + "ộ".encode("utf-16-le"), b"\x00cd"]).read(9)] == [
        "\u00adộcd"
    ]


class TestBiff5:
    def test_cells_keep_their_bytes(self) -> None:
        raw = b"C\xe9ng ho\xb5 n\xad\xedc"
        sheet = label(0, struct.pack("<H", len(raw)) + raw) + record(0x14, b"\x03&Lx")
        sheet += record(0x1C, struct.pack("<HHH", 0, 0, 3) + b"xem")
        stream = book(record(0x31, bytes(14) + b"\x07.VnTime") + cell_format(0), ("S", 0, sheet), version=FIVE)
        found = parse(compound({"Book": stream}))
        assert [(unit.place, unit.text, unit.raw) for unit in found.units[1:]] == [
            ("sheet 'S' A1", raw.decode("latin-1"), raw),
            ("sheet 'S' header", "x", b""),
            ("sheet 'S' A1 comment", "xem", b""),
        ]
        assert found.units[1].fonts == (".VnTime",)

    def test_a_known_code_page(self) -> None:
        sheet = label(0, b"\x02\x00\xf0\xfe")
        stream = book(record(0x42, struct.pack("<H", 1258)), ("S", 0, sheet), version=FIVE)
        (unit,) = parse(compound({"Book": stream})).units[1:]
        assert (unit.text, unit.raw) == ("đ₫", b"")


class TestDangers:
    @pytest.mark.parametrize("text", [True, False])
    def test_excel_4_macros(self, text: bool) -> None:
        assert parse(xls(b"", ("Macro1", 1, b"")), text=text).macros
        assert not parse(xls(b"", ("Sheet1", 0, b"")), text=text).macros

    @pytest.mark.parametrize("text", [True, False])
    def test_a_macro_sheet_that_says_it_is_another(self, text: bool) -> None:
        stream = bytearray(book(b"", ("S", 1, b"")))
        at = stream.index(struct.pack("<HH", 0x85, 10)) + 9
        assert stream[at] == 1
        stream[at] = 0
        assert parse(compound({"Workbook": bytes(stream)}), text=text).macros

    @pytest.mark.parametrize("text", [True, False])
    def test_a_link_to_another_program(self, text: bool) -> None:
        assert parse(xls(record(0x1AE, b"\x01\x00" + wide("cmd\x03/c calc"))), text=text).active
        assert not parse(xls(record(0x1AE, b"\x01\x00\x01\x04")), text=text).active

    def test_a_sheet_hidden_in_a_record(self) -> None:
        """Excel goes where the globals say, even into the middle of another record's data."""
        hidden = bof(kind=0x10) + label(0, wide("giấu")) + EOF
        stream = bytearray(book(record(0x99, hidden), ("S", 0, b"")))
        at = stream.index(struct.pack("<HH", 0x85, 10)) + 4
        struct.pack_into("<I", stream, at, len(bof()) + 4)
        assert "giấu" in texts(parse(compound({"Workbook": bytes(stream)})))


def pass_record(password: str, salt: bytes) -> bytes:
    """FILEPASS for RC4 ([MS-OFFCRYPTO] 2.3.6)."""
    verifier = bytes(range(16))
    cipher = Cipher(ARC4(key_of(password, salt, 0)), None).encryptor()
    sealed = cipher.update(verifier) + cipher.update(hashlib.md5(verifier).digest())
    return record(0x2F, struct.pack("<HHH", 1, 1, 1) + salt + sealed)


def key_of(password: str, salt: bytes, block: int) -> bytes:
    first = hashlib.md5(password.encode("utf-16-le")).digest()[:5]
    second = hashlib.md5((first + salt) * 16).digest()[:5]
    return hashlib.md5(second + struct.pack("<I", block)).digest()


def encrypted(password: str) -> bytes:
    """A workbook under RC4: data of records is encrypted, but that of some, in blocks of 1024 bytes."""
    salt = b"salt" * 4
    plain = book(b"", ("S", 0, label(0, wide(TCVN3))), before=pass_record(password, salt))
    stream = b"".join(
        Cipher(ARC4(key_of(password, salt, number)), None).encryptor().update(bytes(1024))
        for number in range(len(plain) // 1024 + 1)
    )
    made, at = bytearray(plain), 0
    while at < len(plain):
        kind, size = struct.unpack_from("<HH", plain, at)
        start = at + 4 + (4 if kind == 0x85 else 0)
        if kind not in (0x809, 0x2F):
            for index in range(start, at + 4 + size):
                made[index] ^= stream[index]
        at += 4 + size
    return compound({"Workbook": bytes(made)})


class TestEncryption:
    def test_a_password_is_needed(self) -> None:
        found = parse(encrypted("secret"))
        assert found.encrypted
        assert not found.units

    def test_everyone_s_password(self) -> None:
        found = parse(encrypted("VelvetSweatshop"))
        assert not found.encrypted
        assert texts(found, "sheet 'S' A1") == [TCVN3]


class TestBounds:
    def test_sheets_over_one_another(self) -> None:
        """A thousand sheets, each a little further into the same records: the stream is read twice, no more."""
        stream = bytearray(book(b"", *[(f"S{number:03}", 0, label(0, wide("x"))) for number in range(1000)]))
        sheets = stream.index(bof(kind=0x10))
        size = len(bof(kind=0x10) + label(0, wide("x")) + EOF)
        for number in range(1000):
            at = stream.index(b"\x85\x00\x10\x00") + 20 * number
            struct.pack_into("<I", stream, at + 4, sheets + number * size)
        for number in range(999):  # no sheet has an end but the last
            end = sheets + (number + 1) * size - 4
            stream[end : end + 4] = record(0x99)
        found = parse(compound({"Workbook": bytes(stream)}))
        assert Why.TOO_MANY in found.unchecked
        assert len(found.units) < 5000

    def test_one_long_string_in_many_cells(self) -> None:
        strings = record(0xFC, bytes(8) + narrow("x" * 8000))
        cells = b"".join(shared(row, 0, 0) for row in range(1000))
        found = parse(xls(strings, ("S", 0, cells)), limits=DocumentLimits(text=100_000))
        assert sum(map(len, texts(found))) == 100_000
        assert found.unchecked == [Why.TOO_LARGE]

    def test_no_workbook(self) -> None:
        with pytest.raises(DocumentError):
            parse(compound({"Workbook": b"\x00" * 600}))


_WHOLE = {
    "Workbook": book(
        FONTS + record(0xFC, bytes(8) + wide(NFC) + narrow("a")),
        ("S", 0, shared(0, 0, 0) + label(1, wide("b")) + record(0x14, narrow("&Lx"))),
        ("M", 1, b""),
    )
}


@settings(max_examples=100, deadline=None)
@given(damaged_streams(_WHOLE))
def test_damage(data: bytes) -> None:
    survives(data)


class TestBareStreams:
    """Excel opens a workbook's stream without a compound file around it."""

    @staticmethod
    def read(data: bytes) -> Document:
        sink = Sink(DocumentLimits())
        xls_reader.read(io.BytesIO(data), sink)
        return sink.document

    def test_a_newer_one(self) -> None:
        assert texts(self.read(book(b"", ("S", 0, label(0, wide(NFC))))), "sheet 'S'") == [NFC]

    @pytest.mark.parametrize(("kind", "macros"), [(0x10, False), (0x40, True)])
    def test_an_older_one(self, kind: int, macros: bool) -> None:
        sink = Sink(DocumentLimits())
        with pytest.raises(DocumentError) as caught:
            xls_reader.read(io.BytesIO(struct.pack("<HHHH", 0x409, 6, 0, kind)), sink)
        assert caught.value.reason is Why.UNSUPPORTED
        assert sink.document.macros is macros

    @pytest.mark.parametrize("version", [EIGHT, FIVE])
    def test_a_sheet_alone(self, version: int) -> None:
        text = wide("inside") if version == EIGHT else b"\x06\x00inside"
        assert texts(parse(bof(version, 0x10) + label(0, text) + EOF, "a.csv"), "sheet ''") == ["inside"]

    @pytest.mark.parametrize("name", ["a.xls", "a.csv", "a.bin", "a"])
    @pytest.mark.parametrize("text", [True, False])
    def test_macros_are_told_by_the_content(self, name: str, text: bool) -> None:
        for data in (bof(kind=0x40) + EOF, bof(FIVE, 0x40) + EOF, book(b"", ("M", 1, b""))):
            assert parse(data, name, text=text).macros
        assert not parse(book(b"", ("S", 0, b"")), name, text=text).macros

    @pytest.mark.parametrize("head", ["0900040002004000", "0902060000004000", "0904060000004000"])
    def test_macros_of_older_ones(self, head: str) -> None:
        document = parse(bytes.fromhex(head) + EOF, "a.csv")
        assert document.macros
        assert document.unchecked == [Why.UNSUPPORTED]


def test_one_damaged_stream_does_not_hide_the_other() -> None:
    found = parse(
        compound({"Workbook": b"junk", "WordDocument": b"junk", "Book": book(b"", ("M", 1, b""), version=FIVE)})
    )
    assert found.macros
    assert found.unchecked
