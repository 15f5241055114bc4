"""Plain text and tables: charsets, lines, cells; and that no byte of undeclared text is lost."""

from __future__ import annotations

import codecs
import csv as csv_module
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.contents import Why
from gateway.documents import csv, txt
from gateway.documents.charset import decode
from gateway.documents.document import Document, DocumentError, Sink
from gateway.documents.limits import DocumentLimits
from gateway.documents.source import pieces
from tests.unit.documents.old_formats import parse
from tests.unit.documents.packages import shown

TCVN3 = "Céng hoµ x· m\xadêi".encode("latin-1")
VISCII = b"Vi\xaet \x02 \x05\x06\x14\x19\x1e Nam"


def lines(data: bytes, limits: DocumentLimits | None = None) -> Document:
    sink = Sink(limits or DocumentLimits())
    txt.read(io.BytesIO(data), sink)
    return sink.document


def table(data: bytes) -> Document:
    sink = Sink(DocumentLimits())
    csv.read(io.BytesIO(data), sink)
    return sink.document


class TestLines:
    def test_line_ends_and_numbers(self) -> None:
        assert shown(lines(b"a\r\nb\n\nc\rd")) == {"line 1": "a", "line 2": "b", "line 4": "c", "line 5": "d"}

    def test_what_other_programs_take_for_line_ends_is_text(self) -> None:
        assert [unit.text for unit in lines("a\x0bb\x1ec\x85d\u2028e".encode()).units] == ["a\x0bb\x1ec\x85d\u2028e"]

    @pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
    def test_unicode(self, codec: str) -> None:
        text = "Cộng hoà xã hội chủ nghĩa Việt Nam mu\xadêi"
        (unit,) = lines(text.encode(codec)).units
        assert (unit.text, unit.raw) == (text, b"")

    @pytest.mark.parametrize("data", [TCVN3, VISCII, bytes(range(0x80, 0x100)), b"\xad\xad\xad", b"a\xc3"])
    def test_undeclared_bytes_stay(self, data: bytes) -> None:
        (unit,) = lines(data).units
        assert (unit.text, unit.raw) == (data.decode("latin-1"), data)

    def test_foreign_lines_in_utf8(self) -> None:
        found = lines("Việt Nam Việt Nam\n".encode() + b"ho\xb5\n" + "Hà Nội".encode())
        assert [(unit.text, unit.raw) for unit in found.units] == [
            ("Việt Nam Việt Nam", b""),
            ("hoµ", b"ho\xb5"),
            ("Hà Nội", b""),
        ]

    def test_a_byte_order_mark_with_bad_bytes_behind_it(self) -> None:
        (unit,) = lines(codecs.BOM_UTF8 + b"ho\xb5").units
        assert unit.raw == b"ho\xb5"

    def test_programs_are_no_text(self) -> None:
        with pytest.raises(DocumentError) as caught:
            lines(bytes(range(32)) * 100)
        assert caught.value.reason is Why.DAMAGED

    def test_more_than_is_read(self) -> None:
        found = lines(b"\n" * 100 + b"x", DocumentLimits(text=20))
        assert found.unchecked == [Why.TOO_LARGE]

    @given(st.binary(max_size=200))
    def test_any_bytes_come_back(self, data: bytes) -> None:
        """Every line is right Unicode, or its bytes are all there."""
        try:
            found = lines(data)
        except DocumentError:
            return
        decoded = decode(data)
        if not decoded.raw and "\ufffd" in decoded.text:
            return
        for unit in found.units:
            raw = unit.raw or unit.text.encode()
            assert raw in data or unit.text.encode("utf-16-le") in data or unit.text.encode("utf-16-be") in data

    @given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), min_size=1, max_size=32))
    def test_any_text_comes_back(self, text: str) -> None:
        found = lines(codecs.BOM_UTF8 + text.encode())
        assert [unit.text for unit in found.units] == ([] if text.isspace() else [text])


class TestCells:
    @pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
    def test_addresses(self, separator: str) -> None:
        data = separator.join(["a", "", '"b\nc"']) + "\r\n" + separator.join(["5", "x", ""])
        assert shown(table(data.encode())) == {"cell A1": "a", "cell C1": "b\nc", "cell B2": "x"}

    def test_undeclared_bytes(self) -> None:
        (unit,) = table(b"5," + TCVN3).units
        assert (unit.place, unit.raw) == ("cell B1", TCVN3)

    @pytest.mark.parametrize(
        "cell", ["=cmd|'/C calc'!A0", "+cmd|' /C x'!A1", "@SUM(1)*cmd|'/c x'!A1", '=DDE("cmd";"/C calc";"x")']
    )
    def test_a_cell_that_starts_a_program(self, cell: str) -> None:
        made = io.StringIO()
        csv_module.writer(made).writerow(["a", cell])
        assert table(made.getvalue().encode()).active

    @pytest.mark.parametrize("cell", ["=SUM(A1)", "-5", "a|b!c", "@ai", "=HYPERLINK(x)"])
    def test_one_that_does_not(self, cell: str) -> None:
        assert not table(f"a,{cell}".encode()).active

    def test_what_the_csv_module_refuses_is_read_by_lines(self) -> None:
        found = table(b'a,"' + b"x" * 200_000)
        assert [unit.place for unit in found.units] == ["line 1"]
        assert len(found.units[0].text) == 200_003

    @given(
        st.lists(
            st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=2, max_size=4), max_size=4
        )
    )
    def test_any_cells_come_back(self, rows: list[list[str]]) -> None:
        made = io.StringIO(newline="")
        csv_module.writer(made, quoting=csv_module.QUOTE_ALL).writerows([["cột, một", "cột, hai"], *rows])
        found = [unit.text for unit in table(codecs.BOM_UTF8 + made.getvalue().encode()).units[2:]]
        wanted = [cell for row in rows for cell in row]
        assert found == [
            cell
            for cell in wanted
            if cell and not cell.isspace() and not (cell.isascii() and not any(map(str.isalpha, cell)))
        ]

    @given(st.binary(max_size=200))
    def test_any_bytes(self, data: bytes) -> None:
        try:
            table(data)
        except DocumentError as error:
            assert error.reason is Why.DAMAGED


SMALL = DocumentLimits(text=1000)
ROWS = 'trạm 1,-5,"2"\r\n' * 1000


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_a_long_table_that_starts_nothing_is_looked_through(codec: str) -> None:
    found = parse(ROWS.encode(codec), "a.csv", limits=SMALL, text=False)
    assert (found.active, found.unchecked) == (False, [])


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
@pytest.mark.parametrize("formula", ["=cmd|'/C calc'!A0", '"=DDE(""cmd"";""x"")"', "=dde (1)", "=DDE\xa0(1)"])
def test_a_formula_that_starts_a_program(codec: str, formula: str) -> None:
    assert parse(f"a,{formula}\r\n{ROWS}".encode(codec), "a.csv", limits=SMALL, text=False).active
    behind = parse(f"{ROWS}{formula}\r\n".encode(codec), "a.csv", limits=SMALL, text=False)
    assert behind.unchecked == [Why.TOO_LARGE]


@pytest.mark.parametrize("before", [-4000, -8, -3, -1, 0, 1])
def test_what_stands_across_two_pieces_is_seen(before: int) -> None:
    data = b"x" * (1024 * 1024 + before) + b"D\0D\0E\0(" + b"y" * 100_000
    assert any(b"DDE(" in piece for piece in pieces(io.BytesIO(data)))


def test_a_long_page_that_runs_nothing_is_looked_through() -> None:
    page = b"<svg><path d='M1 2'/></svg>" * 1000
    assert parse(b"<html>" + page, "a.html", limits=SMALL, text=False).unchecked == []
    script = b"<html>" + page + b"<script>x()</script>"
    assert parse(script, "a.html", limits=SMALL, text=False).unchecked == [Why.TOO_LARGE]


@pytest.mark.parametrize("text", [True, False])
def test_escapes_of_a_charset_hide_no_script(text: bool) -> None:
    """A client that reads ISO-2022-JP leaves them out."""
    page = b'<html><meta charset="iso-2022-jp"><scr\x1b(Bipt>x()</scr\x1b(Bipt>'
    assert parse(page, "a.html", text=text).active


@pytest.mark.parametrize("before", range(6))
@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.html"])
def test_a_limit_cuts_no_letter(name: str, before: int) -> None:
    """Half a letter at the end made a text in UTF-8 one in no charset, and so in a forbidden one."""
    data = (b"x" * before + "số liệu quan trắc 𝄞 ".encode() * 300)[: 4 * SMALL.text + 100]
    document = parse(data, name, limits=SMALL)
    assert document.unchecked == [Why.TOO_LARGE]
    assert not any(unit.raw for unit in document.units)
    assert document.units[0].text.startswith("x" * before + "số liệu")
