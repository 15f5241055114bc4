"""Tables as people make them: CSV of any spelling, workbooks, and everything that is wrong with them, line by line."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.directory import sheet
from gateway.directory.columns import VIETNAMESE, Column, column_of, fold, score, value_of
from gateway.directory.sheet import Unreadable, read_sheets
from gateway.directory.table import Table, read_table, table_of
from gateway.vietnamese import Family, encode
from gateway.who import State

_HEAD = "địa chỉ;họ và tên;đơn vị"


def _table(data: bytes | str) -> Table:
    """What `read_table` makes of a file's bytes."""
    try:
        return table_of(read_sheets(data.encode() if isinstance(data, str) else data, score))
    except Unreadable as error:
        return Table((), error.faults)


def _book(*sheets: tuple[str, list[list[Any]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        made = book.create_sheet(title)
        for row in rows:
            made.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _faults(data: bytes | str) -> list[str]:
    return [str(fault) for fault in _table(data).faults]


@pytest.mark.parametrize("column", Column)
def test_each_column_has_its_two_headings(column: Column) -> None:
    for name in (column, VIETNAMESE[column], VIETNAMESE[column].upper(), fold(VIETNAMESE[column])):
        assert column_of(name) is column


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("ĐỊA CHỈ THƯ ĐIỆN TỬ", Column.ADDRESS),
        ("E-mail:", Column.ADDRESS),
        (" Họ  và tên ", Column.HOLDER),
        ("Ho va ten", Column.HOLDER),
        ("Đơn vị công tác", Column.UNIT),
        ("STT", None),
        ("Số điện thoại", None),
    ],
)
def test_headings_of_real_lists(heading: str, column: Column | None) -> None:
    assert column_of(heading) is column


_ROWS = [["địa chỉ", "họ và tên", "đơn vị"], ["an@x.example", "Nguyễn Văn An", "pnv"], ["b@x.example", "Bình", "pnv"]]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_of_every_kind(delimiter: str, codec: str, end: str) -> None:
    table = _table(end.join(delimiter.join(row) for row in _ROWS).encode(codec))
    assert table.faults == ()
    assert [row.line for row in table.rows] == [2, 3]
    assert table.rows[0].fields == {
        Column.ADDRESS: "an@x.example",
        Column.HOLDER: "Nguyễn Văn An",
        Column.UNIT: "pnv",
    }


def test_excel_says_its_delimiter() -> None:
    table = _table("sep=\t\r\nđịa chỉ\thọ tên\r\nan@x.example\tAn; Bình\r\n")
    assert [(row.line, row.fields[Column.HOLDER]) for row in table.rows] == [(3, "An; Bình")]


def test_columns_in_any_order_below_titles() -> None:
    table = _table(
        "ỦY BAN NHÂN DÂN;;\nDANH SÁCH địa chỉ;;\n\nSTT;Họ tên;Email\n1;An;an@x.example\n;;\n2;Bình;b@x.example\n"
    )
    assert [(row.line, row.fields[Column.ADDRESS]) for row in table.rows] == [(5, "an@x.example"), (7, "b@x.example")]


def test_a_workbook_with_sheets() -> None:
    day = datetime.datetime(2026, 3, 1, 8, 30)  # noqa: DTZ001 -- as a workbook has it
    first = [["Danh sách"], [], ["STT", "Email", "Ngày cấp"], [1.0, "an@x.example", day], [None, None, None]]
    data = _book(("Phòng A", first), ("Ghi chú", [["xin chào"]]), ("B", [["address"], ["b@x.example"]]))
    table = _table(data)
    assert table.faults == ()
    assert [(row.sheet, row.line, row.fields[Column.ADDRESS]) for row in table.rows] == [
        ("Phòng A", 4, "an@x.example"),
        ("B", 2, "b@x.example"),
    ]
    assert table.rows[0].fields[Column.CREATED] == day.date()


def test_a_quoted_row_over_several_lines_is_named_by_its_first() -> None:
    table = _table('địa chỉ,ghi chú\n"an@x.example","a\nb\nc"\nwrong,x\n')
    assert table.rows[0].fields[Column.NOTE] == "a b c"
    assert [fault.line for fault in table.faults] == [5]


@pytest.mark.parametrize(
    ("cell", "column", "value"),
    [
        ("Đơn vị", Column.KIND, "unit"),
        ("CA NHAN", Column.KIND, "personal"),
        ("nhóm", Column.KIND, "group"),
        ("Tạm khoá", Column.STATE, State.LOCKED),
        ("1/3/2026", Column.CREATED, datetime.date(2026, 3, 1)),
        ("2026-03-01", Column.CREATED, datetime.date(2026, 3, 1)),
        ("a@x.example; B@X.example,c@x.example", Column.ALIASES, ("a@x.example", "B@x.example", "c@x.example")),
        ('"a; b"@x.example c@x.example', Column.ALIASES, ('"a; b"@x.example', "c@x.example")),
        ("Ðỗ  Văn\tĐức", Column.HOLDER, "Đỗ Văn Đức"),
    ],
)
def test_cells(cell: str, column: Column, value: object) -> None:
    assert value_of(column, cell) == value


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        (Column.ADDRESS, "an", "not an address"),
        (Column.KIND, "xyz", "one of unit"),
        (Column.STATE, "xyz", "one of active"),
        (Column.CREATED, "31/02/2026", "no date"),
        (Column.CREATED, "3/1/26", "no date"),
        (Column.ALIASES, "a@x.example; b", "not an address"),
        (Column.HOLDER, "An\u202eB", "U+202E"),
        (Column.HOLDER, "x" * 501, "longer than"),
        (Column.HOLDER, "NguyÔn V¨n B×nh", "TCVN3"),
        (Column.NOTE, "Uûy ban nhaân daân", "VNI"),
    ],
)
def test_cells_that_are_refused(column: Column, cell: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason.replace("+", r"\+")):
        value_of(column, cell)


def test_every_fault_at_once_with_line_column_and_reason() -> None:
    table = _table(f"{_HEAD};màu\nan;A;pnv\nb@x.example;NguyÔn V¨n B×nh;pnv;x;y\nc@x.example;C;pnv\nd@x;D;\x01\n")
    assert [(fault.line, fault.column) for fault in table.faults] == [
        (1, "màu"),
        (2, "địa chỉ"),  # as it stands in the file
        (3, "họ và tên"),
        (3, ""),
        (5, "đơn vị"),
    ]
    assert [row.line for row in table.rows] == [4]


def test_a_fault_names_the_heading_of_its_own_sheet() -> None:
    first: list[list[Any]] = [["Email", "Ngày cấp", "Họ tên"], ["an@x.example", "hôm qua", "An"]]
    second: list[list[Any]] = [["address", "created"], ["b@x.example", "x"]]
    found = _table(_book(("A", first), ("B", second))).faults
    assert [(fault.sheet, fault.column) for fault in found] == [("A", "Ngày cấp"), ("B", "created")]


@pytest.mark.parametrize("family", [Family.TCVN3, Family.VNI, Family.VISCII])
def test_a_legacy_file_is_refused_line_by_line(family: Family) -> None:
    lines = [_HEAD.encode(), b"an@x.example;An;pnv", b"b@x.example;" + encode("Nguyễn Thị Hồng Ngọc", family)]
    table = _table(b"\n".join(lines))
    assert table.rows == ()
    assert table.faults[-1].line == 3
    assert family.label in table.faults[-1].reason
    assert "congthu charset" in table.faults[-1].reason


def test_a_legacy_file_of_many_lines_is_not_told_for_ever() -> None:
    table = _table(b"\xd4\n" * 5000)
    assert len(table.faults) == 21
    assert "4980 more" in table.faults[-1].reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no row of headings"),
        (b"hello\nworld\n", "no row of headings"),
        ("địa chỉ;email\n".encode(), "the same column"),
        (b"\xd0\xcf\x11\xe0 old", ".xls"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"\xff\xfe\x00", "UTF-16"),
        ('địa chỉ\n"a\n'.encode(), "not CSV"),
        (b"address\n" + b"x" * 40_000, "more than 32767"),
        (b"address\n" + b";" * 200 + b"x", "more than 100 columns"),
        (b"address\n" + b'"' + b"x" * 200_000 + b'"', "not CSV"),
    ],
)
def test_files_that_give_no_rows(data: bytes, reason: str) -> None:
    table = _table(data)
    assert table.rows == ()
    assert reason in str(table.faults[0])


def test_a_workbook_that_is_none_inside() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x>")
    assert "cannot be read as a workbook" in _faults(stream.getvalue())[0]


def test_a_bomb_of_a_workbook_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"\x00" * (2 * 2**20))
    monkeypatch.setattr(sheet, "MAX_EXPANDED", 2**20)
    assert "expands" in _faults(stream.getvalue())[0]


def test_entities_of_a_workbook_do_not_expand(tmp_path: Path) -> None:
    good = _book(("A", [["address"], ["an@x.example"]]))
    stream = io.BytesIO()
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "' + "a" * 1000 + '">'
    bomb += "".join(f'<!ENTITY {two} "{f"&{one};" * 50}">' for one, two in zip("abcdef", "bcdefg", strict=True))
    with zipfile.ZipFile(stream, "w") as archive, zipfile.ZipFile(io.BytesIO(good)) as source:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith("sheet1.xml"):
                data = bomb.encode() + b"]>" + data.replace(b"an@x.example", b"&g;")
            archive.writestr(name, data)
    table = _table(stream.getvalue())
    assert not any("a" * 1000 in str(row.fields) for row in table.rows)


def test_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MAX_ROWS", 3)
    assert "more than 3 rows" in _faults("address\na@x\nb@x\nc@x\n")[0]
    assert "more than 3 rows" in _faults(_book(("A", [["address"], ["a@x"], ["b@x"], ["c@x"]])))[0]


def test_too_large(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sheet, "MAX_FILE", 10)
    path = tmp_path / "a.csv"
    path.write_bytes(b"address\nan@x.example\n")
    assert "larger" in str(read_table(path).faults[0])


def test_an_apostrophe_that_an_export_put_there_is_taken_off() -> None:
    assert _table("address,note\na@x,'=1+1\nb@x,'t is so\n").rows[0].fields[Column.NOTE] == "=1+1"
    assert _table("address,note\nb@x,'t is so\n").rows[0].fields[Column.NOTE] == "'t is so"


@settings(deadline=None)  # the first call loads the tables of charsets
@given(st.binary(max_size=400))
def test_any_bytes_give_a_table_or_faults(data: bytes) -> None:
    table = _table(data)
    assert table.faults or table.rows or data


@settings(deadline=None)  # the first call loads the tables of charsets
@given(st.lists(st.lists(st.text(max_size=20), max_size=6), max_size=6))
def test_any_cells_below_headings(rows: list[list[str]]) -> None:
    stream = io.StringIO(newline="")
    import csv

    csv.writer(stream).writerows([["address", "kind", "unit", "aliases", "created"], *rows])
    table = _table(stream.getvalue().encode(errors="replace"))
    assert len(table.rows) <= len(rows)
    lines = {row.line for row in table.rows}
    assert not lines & {fault.line for fault in table.faults}
