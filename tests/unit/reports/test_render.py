"""Every format of every report, with hostile text in every place that a stranger or a unit can fill."""

from __future__ import annotations

import csv
import html.parser
import io
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import openpyxl
import orjson
import pypdf
import pytest

from gateway.lifecycle.days import wall
from gateway.reports.document import Blank, Break, Column, Document, Foot, Head, Heading, Line, Shape, Table
from gateway.reports.errors import ReportError
from gateway.reports.make import NAMES, WHOLE, Asked, make
from gateway.reports.render import FORMATS, MEDIA, file_name, render
from gateway.reports.render.page import text as page_text
from gateway.reports.stock import forms
from gateway.who import Kind, Mailbox, Unit
from tests.unit.reports.support import BOXES, HOSTILE, NOW, PERIOD, Office, at, decision, finding, refusal

EVIL = '=cmd|"/c calc"!A1<script>alert(1)</script><img src="file:///etc/passwd" onerror=x>'


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Names, addresses and rules as hostile as the directory and the journal take them."""
    made = Office(tmp_path_factory.mktemp("office"), reports={"office": EVIL, "superior": EVIL, "signer": EVIL})
    made.usual()
    made.found(Unit("u-x", EVIL), Mailbox("x@tinh.example", Kind.UNIT, "u-x", EVIL))
    made.found(replace(BOXES[1], holder=f"+{EVIL}"), when=at("2026-08-01 09:00"))
    made.wrote(
        [
            refusal(reverse_path=HOSTILE, direction="inbound", findings=[finding(f"@{EVIL}", "=1+1", "\u202eQ4 1")]),
            refusal(reverse_path=f"{EVIL}@x.example", findings=[finding(HOSTILE, HOSTILE)]),
            decision(direction=EVIL, message_id=HOSTILE),
            decision(recipients=[EVIL, "", "x@tinh.example"], user=EVIL),
        ]
    )
    return made


@pytest.fixture(scope="module", params=NAMES)
def document(request: pytest.FixtureRequest, office: Office) -> Document:
    return make(Asked(request.param, PERIOD), office.sources, NOW)


class _Page(html.parser.HTMLParser):
    """Elements and attributes that a page of ours never has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.bad: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.bad += [name for name, _ in attrs if name.startswith("on") or name in ("src", "href", "style")]
        self.bad += [tag] * (tag in ("script", "img", "iframe", "link", "object", "a", "form"))


def test_a_page_has_nothing_of_a_strangers(document: Document) -> None:
    text = render(document, "html").decode()
    assert _Page(text).bad == []
    assert "\u200b" not in text  # for paper only
    assert "&lt;script&gt;" in text
    assert "\u202e" not in text
    assert "default-src 'none'; style-src 'sha256-" in text


def test_a_spreadsheet_has_no_formula(document: Document) -> None:
    book = openpyxl.load_workbook(io.BytesIO(render(document, "xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert cells
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    for cell in cells:
        if isinstance(cell.value, str) and cell.value[0] in "=+-@":
            assert cell.quotePrefix


@pytest.mark.parametrize("mark", [True, False])
def test_csv_has_no_formula(document: Document, mark: bool) -> None:
    data = render(document, "csv", excel=mark)
    assert data.startswith(b"\xef\xbb\xbf") is mark
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert not [cell for line in lines for cell in line if cell[:1] in tuple("=+-@\t\r") and not _number(cell)]


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_text_has_no_control(document: Document) -> None:
    text = render(document, "text", width=100).decode()
    assert text.replace("\n", "").isprintable() or "\ufffd" in text
    assert not {"\x1b", "\x07", "\u202e", "\r"} & set(text)


def test_json_is_json(document: Document) -> None:
    made = orjson.loads(render(document, "json"))
    assert made["report"] == document.name
    for table in made["tables"]:
        assert all(len(row) == len(table["columns"]) for row in table["rows"])


def test_every_row_has_a_cell_for_each_column(document: Document) -> None:
    for one in (document, *document.parts):
        for table in one.tables:
            assert all(len(row) == len(table.columns) for row in table.rows), table.name
            assert table.total is None or len(table.total) == len(table.columns)


def test_pdf_is_a4_and_says_what_the_page_says(office: Office) -> None:
    document = make(Asked("violations", PERIOD), office.sources, NOW)
    made = pypdf.PdfReader(io.BytesIO(render(document, "pdf")))
    assert (round(made.pages[0].mediabox.width), round(made.pages[0].mediabox.height)) == (595, 842)
    text = " ".join(" ".join(page.extract_text() for page in made.pages).split())
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
    assert "Độc lập - Tự do - Hạnh phúc" in text
    assert "Tệp đính kèm" in text or "Vi phạm" in text
    assert "<script>alert(1)</script>" in text  # as text
    assert made.attachments == {}
    assert not [page for page in made.pages if page.get("/Annots")]
    fonts = {str(font["/BaseFont"]) for page in made.pages for font in page["/Resources"]["/Font"].values()}  # type: ignore[index]
    assert any("Liberation-Serif" in name or "Times" in name for name in fonts), fonts
    assert all("Serif" in name or "Times" in name for name in fonts), fonts  # DejaVu Serif: what the others lack


def test_a_template_that_fetches_gets_nothing(tmp_path: Path, office: Office) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    (tmp_path / "report.html").write_text(
        f'<link rel="stylesheet" href="file://{secret}"><img src="file://{secret}"><p>{{{{ document.head.about }}}}'
    )
    document = make(Asked("availability", PERIOD), office.sources, NOW)
    with pytest.raises(ReportError, match="refers to"):
        render(document, "pdf", templates=tmp_path)


def test_an_offices_own_template_and_styles(tmp_path: Path, office: Office) -> None:
    document = make(Asked("availability", PERIOD), office.sources, NOW)
    (tmp_path / "report.css").write_text("p { color: red } </style><script>x</script>")
    text = render(document, "html", templates=tmp_path).decode()
    assert "color: red" in text
    assert "script" not in _Page(text).bad
    (tmp_path / "report.html").write_text("<p>{{ document.head.about }}</p>{{ '<b>' }}")
    assert b"&lt;b&gt;" in render(document, "html", templates=tmp_path)
    for broken in ("{{ nothing.at.all }}", "{% for %}", "{{ document.nothing }}", "{{ 1 / 0 }}"):
        (tmp_path / "report.html").write_text(broken)
        with pytest.raises(ReportError, match="template"):
            render(document, "html", templates=tmp_path)


def test_a_long_table_is_cut_on_a_page_and_whole_in_a_spreadsheet() -> None:
    rows = [(f"dòng {place}", place) for place in range(5_500)]
    document = _document(Table("t", "Bảng", (Column("A"), Column("B", Shape.COUNT)), rows, ("Σ", 1), left_out=5))
    text = render(document, "html").decode()
    assert text.count("<tr>") == 5_001
    above = "Bảng có 5.500 dòng; ở đây chỉ in 5.000 dòng đầu. Bảng đầy đủ: lập báo cáo này dạng XLSX hoặc CSV."
    assert text.index(above) < text.index("<table") < text.index("… và 500 dòng nữa, có đủ trong tệp XLSX hoặc CSV")
    assert "Dòng tổng tính cho toàn bảng." in text and "… và 5 dòng nữa không liệt kê trong báo cáo này" in text
    assert render(document, "csv").count(b"\r\n") == 5_503
    sheet = openpyxl.load_workbook(io.BytesIO(render(document, "xlsx")))["t"]
    assert sheet.max_row == 5_504


def test_a_long_table_in_a_pdf_says_where_the_whole_is() -> None:
    table = Table("t", "Bảng", (Column("A"),), [(f"dòng {place}",) for place in range(700)])
    made = pypdf.PdfReader(io.BytesIO(render(_document(table), "pdf")))
    words = " ".join(" ".join(page.extract_text() for page in made.pages).split())
    assert "Bảng có 700 dòng; ở đây chỉ in 600 dòng đầu. Bảng đầy đủ: lập báo cáo này dạng XLSX hoặc CSV." in words
    assert "… và 100 dòng nữa, có đủ trong tệp XLSX hoặc CSV của báo cáo này." in words
    assert "dòng 599" in words and "dòng 600" not in words


def test_a_pdf_that_would_take_an_hour_is_not_begun() -> None:
    table = Table("t", "Bảng", (Column("A"),), [("x",)] * 700)
    with pytest.raises(ReportError, match="too long"):
        render(_document(*[table] * 11), "pdf")


def _document(*blocks: Table) -> Document:
    head = Head("VĂN PHÒNG", "BÁO CÁO", "Thử", to=("A", "B"))
    more = (Heading("I. MỘT"), Line("x", basis=True), Blank(2), Break())
    return Document("quarterly", PERIOD, wall(NOW), head, (*more, *blocks), Foot(("A",), "TL. CHỦ TỊCH", "CHÁNH", "X"))


def test_csv_of_one_table() -> None:
    table = Table("mot", "Bảng", (Column("A"),), [("x",)])
    document = _document(table, replace(table, name="hai", rows=[("y",)]))
    assert render(document, "csv", table="hai", excel=False) == b"A\r\ny\r\n"
    with pytest.raises(ReportError, match="mot, hai"):
        render(document, "csv", table="ba")


def test_forms_are_joined_for_spreadsheets(office: Office) -> None:
    document = make(Asked("changes", PERIOD), office.sources, NOW)
    assert len(document.parts) == len(forms(office.sources.lived(PERIOD))) == 4
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(render(document, "pdf"))).pages]
    assert {text.splitlines()[-1] for text in pages if "Độc lập" not in text} == {"2"}  # each form begins anew
    book = openpyxl.load_workbook(io.BytesIO(render(document, "xlsx")))
    assert book.sheetnames == ["Báo cáo", "cac-don-vi", "danh-sach", "thay-doi"]
    assert book["danh-sach"].max_row == 2 + 6


def test_names_of_files() -> None:
    document = replace(_document(), unit="Sở/../../x")
    assert file_name(document, "text") == "congthu-quarterly-2026Q3-S--------x.txt"
    assert {file_name(document, name).rpartition(".")[2] for name in FORMATS} == {*FORMATS, "txt"} - {"text"}
    assert set(MEDIA) == set(FORMATS)


def test_what_cannot_be_asked(office: Office) -> None:
    unit = f"no-such-unit{HOSTILE}"
    for asked, vi in ((Asked("nothing", PERIOD), "Không có báo cáo"), (Asked("quarterly", PERIOD, unit), "danh bạ")):
        with pytest.raises(ReportError) as told:
            make(asked, office.sources, NOW)
        assert vi in told.value.vi
        assert told.value.both == f"{told.value.vi} / {told.value}"
        assert "\u202e" not in told.value.both
    for name in WHOLE:
        with pytest.raises(ReportError, match="all units"):
            make(Asked(name, PERIOD, "so-a"), office.sources, NOW)


def test_a_unit_of_its_own(office: Office) -> None:
    for name in sorted(set(NAMES) - WHOLE):
        document = make(Asked(name, PERIOD, "phong-b"), office.sources, NOW)
        assert "Phòng Bưu Chính" in f"{document.head.about}{document.head.office.title()}"


def test_nothing_heavy_is_imported_before_it_is_asked_for() -> None:
    code = (
        "import sys, gateway.reports.make, gateway.reports.render; print({'weasyprint', 'openpyxl'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_very_long_words_are_broken_for_paper_only() -> None:
    table = Table("t", "Bảng", (Column("A"), Column("B")), [("x" * 2_000, "ngắn")] * 3)
    pages = pypdf.PdfReader(io.BytesIO(render(_document(table), "pdf"))).pages
    assert sum(page.extract_text().count("x") for page in pages) >= 6_000  # every letter is there
    assert max(len(run) for run in re.findall("x+", page_text(_document(table), paper=True))) == 20
    assert "x" * 2_000 in page_text(_document(table))
