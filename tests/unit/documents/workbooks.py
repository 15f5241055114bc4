"""Binary workbooks by hand, record by record ([MS-XLSB] 2.4)."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from tests.unit.documents.packages import Parts, rels

_WITH_RUNS = 1


def record(kind: int, content: bytes = b"") -> bytes:
    """A record: type and size in groups of seven bits."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(content)
    while size > 0x7F:
        head += bytes([size & 0x7F | 0x80])
        size >>= 7
    return head + bytes([size]) + content


def string(text: str) -> bytes:
    """XLWideString."""
    data = text.encode("utf-16-le")
    return struct.pack("<I", len(data) // 2) + data


def rich(text: str, runs: Sequence[tuple[int, int]] = ()) -> bytes:
    """RichStr: runs are (first character, font)."""
    flags = bytes([_WITH_RUNS if runs else 0])
    made = b"".join(struct.pack("<HH", *run) for run in runs)
    return flags + string(text) + (struct.pack("<I", len(runs)) + made if runs else b"")


def cell(column: int, style: int, kind: int, content: bytes) -> bytes:
    """A cell's record."""
    return record(kind, struct.pack("<II", column, style) + content)


def font(name: str) -> bytes:
    """BrtFont."""
    return record(43, bytes(21) + string(name))


def cell_format(index: int) -> bytes:
    """BrtXF with this font."""
    return record(47, struct.pack("<HHH", 0, 0, index) + bytes(10))


def sheet(*rows: tuple[int, bytes], tail: bytes = b"") -> bytes:
    """A worksheet of (row, its cells)."""
    made = b"".join(record(0, struct.pack("<I", row) + bytes(13)) + cells for row, cells in rows)
    dimension = record(148, struct.pack("<IIII", 0, 100, 0, 100))
    return record(129) + dimension + record(145) + made + record(146) + tail + record(130)


def xlsb(worksheet: bytes, strings: Sequence[bytes] = (), fonts: Sequence[str] = ("Calibri", ".VnTime")) -> Parts:
    """A workbook with one sheet, "Tháng 1"; cell format n has font n."""
    bundle = record(156, struct.pack("<II", 0, 1) + string("rId1") + string("Tháng 1"))
    name = record(39, bytes(9) + string("Vùng") + struct.pack("<I", 2) + b"ab" + struct.pack("<I", 0) + string("ghi"))
    styles = b"".join(map(font, fonts))
    formats = b"".join(map(cell_format, range(len(fonts))))
    return {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": rels(("rId1", "officeDocument", "xl/workbook.bin")),
        "xl/workbook.bin": record(131) + record(143) + bundle + record(144) + name + record(132),
        "xl/_rels/workbook.bin.rels": rels(
            ("rId1", "worksheet", "worksheets/sheet1.bin"), ("rId2", "sharedStrings", "sharedStrings.bin")
        ),
        "xl/worksheets/sheet1.bin": worksheet,
        "xl/sharedStrings.bin": record(159, struct.pack("<II", len(strings), len(strings)))
        + b"".join(record(19, text) for text in strings)
        + record(160),
        "xl/styles.bin": record(278)
        + styles
        + cell_format(1)
        + record(617, b"\0\0\0\0")
        + formats
        + record(618)
        + record(279),
    }
