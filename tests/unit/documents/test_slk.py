"""SYLK files: macros, links to programs, cells, and tables that only begin like one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.documents.old_formats import NFC, damaged, parse, survives, texts

MACRO_SHEET = (
    b"ID;P\r\nO;E\r\nNN;NAuto_open;ER101C1;KOut Flank;F\r\n"
    b'C;X1;Y101;K0;EEXEC("CALC.EXE")\r\nC;X1;Y102;K0;EHALT()\r\nE\r\n'
)
PLAIN = (
    b'ID;PWXL;N;E\r\nP;PGeneral\r\nO;L;D;V0;K47;G100 0.001\r\nC;Y2;X3;K"a;;b"\r\nC;X4;K5\r\n'
    b'C;Y3;K"second";ESUM(R1C1)\r\nF;Y7;X1\r\nC;K"formatted"\r\nE\r\n'
)


@pytest.mark.parametrize("text", [True, False])
@pytest.mark.parametrize("name", ["a.slk", "a.csv", "a.txt", "a"])
def test_a_sheet_of_macros(name: str, text: bool) -> None:
    document = parse(MACRO_SHEET, name, text=text)
    assert (document.format, document.macros, document.active) == ("slk", True, False)


@pytest.mark.parametrize(
    "line",
    [
        b"O;L;E",
        b" o;e",
        b"NN;NAuto_open;ER1C1",
        b'C;X1;Y1;EEXEC("x")',
        b'C;Y1;K0;ecall ("a")',
        b'NN;NX;EREGISTER.ID("k")',
        b"C;ERUN(R1C1)",
    ],
)
@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
def test_macros(line: bytes, end: bytes) -> None:
    assert parse(end.join((b"ID;P", b"C;X1;Y1;K1", line, b"E")), text=False).macros


def test_a_link_to_a_program() -> None:
    document = parse(b"ID;P\r\nC;X1;Y1;EMSEXCEL|'\\..\\cmd.exe /c calc'!A0\r\nE\r\n", text=False)
    assert (document.macros, document.active) == (False, True)


def test_cells() -> None:
    document = parse(PLAIN)
    assert [(unit.place, unit.text) for unit in document.units] == [
        ("cell C2", "a;b"),
        ("cell D3", "second"),
        ("cell A7", "formatted"),
    ]
    assert not (document.macros or document.active or document.unchecked)


def test_undeclared_letters_keep_their_bytes() -> None:
    (unit,) = parse(b'ID;P\r\nC;X1;Y1;K"C\xe9ng"\r\nE\r\n').units
    assert unit.raw == b"C\xe9ng"
    assert texts(parse(f'ID;P\r\nC;X1;Y1;K"{NFC}"\r\nE\r\n'.encode())) == [NFC]


def test_a_table_that_begins_like_one() -> None:
    document = parse("ID;Phòng;Tên\r\nC;P1;An\r\n2;P2;Bình\r\n3;P3;Chi\r\n".encode(), "a.csv")
    assert document.format == "csv"
    assert {"Bình", "An", "Tên"} <= set(texts(document))
    assert not document.macros


def test_many_fields() -> None:
    assert parse(b"ID;P\r\nC" + b";K" * 3000 + b"\r\nE\r\n").unchecked


@settings(max_examples=100, deadline=None)
@given(st.one_of(damaged(PLAIN), damaged(MACRO_SHEET)))
def test_damage(data: bytes) -> None:
    survives(data, "a.slk")
