"""The layout of NĐ 30/2020/NĐ-CP, annex I, measured in the PDF: letters, sizes in points, places in millimetres.

The numbers in the tests' names are the annex's: part I, sections I (paper) and II (elements).
"""

from __future__ import annotations

import ctypes
import io
import itertools
from dataclasses import dataclass, replace

import pypdfium2
import pypdfium2.raw as raw
import pytest

from gateway.config import Settings
from gateway.reports.document import Blank, Block, Column, Document, Heading, Line, Shape, Table
from gateway.reports.render import render
from gateway.reports.render.cells import widths
from gateway.reports.told.common import HINT, Frame
from tests.unit.reports.support import NOW, PERIOD

_MM = 72 / 25.4
_TEXT = "Văn phòng báo cáo tình hình sử dụng thư điện tử công vụ của các đơn vị trong kỳ như sau, " * 3
_OFFICE = {
    "superior": "Ủy ban nhân dân Quận 4",
    "office": "Văn phòng",
    "place": "Quận 4",
    "to": ["Ủy ban nhân dân Quận 4", "Sở Nội vụ"],
    "authority": "TL. Chủ tịch",
    "position": "Chánh Văn phòng",
    "signer": "Trần Thị Hoa",
    "kept": "VT, CNTT.02",
}


@dataclass(frozen=True)
class Run:
    """Where a text stands: millimetres from the left and the top edge of its page; `size` in points."""

    page: int
    left: float
    right: float
    top: float
    size: float
    font: str

    @property
    def bold(self) -> bool:
        return "Bold" in self.font

    @property
    def italic(self) -> bool:
        return "Italic" in self.font


class Paper:
    """A PDF that is asked where its texts stand."""

    def __init__(self, data: bytes) -> None:
        self.document = pypdfium2.PdfDocument(io.BytesIO(data))
        self.pages = [self.document[place].get_textpage() for place in range(len(self.document))]

    def find(self, text: str, page: int = 0, *, last: bool = False) -> Run:
        whole = self.pages[page].get_text_range()
        at = whole.rfind(text) if last else whole.find(text)
        assert at >= 0, f"{text!r} is not on page {page + 1}: {whole!r}"
        return self._run(page, at, at + len(text) - 1)

    def edges(self, page: int) -> tuple[float, float]:
        """How far left and right the letters of a page go."""
        count = self.pages[page].count_chars()
        boxes = [self.pages[page].get_charbox(place) for place in range(count)]
        inked = [box for box in boxes if box[2] > box[0]]
        return min(box[0] for box in inked) / _MM, max(box[2] for box in inked) / _MM

    def _run(self, page: int, first: int, last: int) -> Run:
        text = self.pages[page]
        begin, end = text.get_charbox(first, loose=True), text.get_charbox(last, loose=True)
        height = self.document[page].get_height()
        name = ctypes.create_string_buffer(200)
        raw.FPDFText_GetFontInfo(text, first, name, 200, ctypes.c_int())
        matrix = raw.FS_MATRIX()
        raw.FPDFText_GetMatrix(text, first, matrix)
        size = raw.FPDFText_GetFontSize(text, first) * abs(matrix.d)
        return Run(page, begin[0] / _MM, end[2] / _MM, (height - begin[1]) / _MM, size, name.value.decode())


def frame(**changed: object) -> Frame:
    settings = {
        "gateway": {"hostname": "gw.tinh.example", "regulation": "tphcm-q4-03-2013"},
        "reports": {**_OFFICE, **changed},
    }
    return Frame(Settings.model_validate(settings), PERIOD, NOW)


def told(one: Frame) -> Document:
    table = Table("t", "Bảng thử", (Column("Tên", weight=3), Column("Số", Shape.COUNT)), [("x", 1)] * 60)
    blocks: tuple[Block, ...] = (
        *one.bases(),
        Line(_TEXT),
        Line("Ghi chú nhỏ", note=True),
        Heading("I. KẾT QUẢ"),
        table,
        Blank(2),
    )
    return one.document("quarterly", "Tình hình sử dụng thư điện tử", blocks)


@pytest.fixture(scope="module")
def paper() -> Paper:
    return Paper(render(told(frame()), "pdf"))


def test_i_3_margins(paper: Paper) -> None:
    for page in range(len(paper.pages)):
        left, right = paper.edges(page)
        assert 30 <= left <= 35 or page  # a page of a table begins with its rule, not with a letter
        assert left >= 29.9
        assert 15 <= 210 - right <= 20 + 5  # justified lines reach the margin
    first = paper.find("CỘNG HÒA")
    assert 20 <= first.top <= 27  # its baseline


def test_i_4_black_times_in_unicode(paper: Paper) -> None:
    for text in ("CỘNG HÒA", "Văn phòng báo cáo", "I. KẾT QUẢ", "Nơi nhận"):
        page = next(place for place, one in enumerate(paper.pages) if text in one.get_text_range())
        assert any(name in paper.find(text, page).font for name in ("Liberation-Serif", "LiberationSerif", "Times"))


def test_i_7_numbers_of_pages(paper: Paper) -> None:
    second = paper.pages[1].get_text_range().split()[-1]
    run = paper.find("2", 1, last=True)
    assert (second, round(run.size)) == ("2", 13) and not run.bold and not run.italic
    assert run.top < 20  # in the upper margin
    assert abs((run.left + run.right) / 2 - (30 + 165 / 2)) < 1  # in its middle
    assert paper.pages[0].get_text_range().split()[-1] != "1"


def test_ii_1_name_of_the_state_and_motto(paper: Paper) -> None:
    name, motto = paper.find("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), paper.find("Độc lập - Tự do - Hạnh phúc")
    assert (round(name.size), name.bold, name.italic) == (12, True, False)
    assert (round(motto.size), motto.bold, motto.italic) == (13, True, False)
    assert abs((name.left + name.right) - (motto.left + motto.right)) / 2 < 1
    assert name.top < motto.top < name.top + 6
    assert name.left > 95


def test_ii_2_names_of_the_offices(paper: Paper) -> None:
    above, own = paper.find("ỦY BAN NHÂN DÂN QUẬN 4"), paper.find("VĂN PHÒNG")
    assert (round(above.size), above.bold) == (12, False)
    assert (round(own.size), own.bold) == (12, True)
    assert abs((above.left + above.right) - (own.left + own.right)) / 2 < 1
    assert above.top < own.top and own.right < 105


def test_ii_3_and_4_number_and_date_on_one_line(paper: Paper) -> None:
    number, day = paper.find("Số:"), paper.find("Quận 4, ngày 05 tháng 10 năm 2026")
    assert (round(number.size), number.bold, number.italic) == (13, False, False)
    assert (round(day.size), day.bold, day.italic) == (13, False, True)
    assert abs(number.top - day.top) < 0.5
    motto = paper.find("Độc lập - Tự do - Hạnh phúc")
    assert abs((day.left + day.right) - (motto.left + motto.right)) / 2 < 1
    assert "/BC-VP" in paper.pages[0].get_text_range()


def test_ii_3_and_4_also_where_no_office_is_above() -> None:
    alone = Paper(render(told(frame(superior="", to=[])), "pdf"))
    assert abs(alone.find("Số:").top - alone.find("Quận 4, ngày").top) < 0.5


def test_ii_5_kind_and_subject(paper: Paper) -> None:
    for text in ("BÁO CÁO", "Tình hình sử dụng thư điện tử"):
        run = paper.find(text)
        assert (round(run.size), run.bold, run.italic) == (14, True, False)
        assert abs((run.left + run.right) / 2 - 112.5) < 1


def test_ii_6a_bases(paper: Paper) -> None:
    run = paper.find("Căn cứ Quyết định")
    assert (round(run.size), run.bold, run.italic) == (13, False, True)
    both = Settings.model_validate(
        {
            "gateway": {"hostname": "x", "regulation": "tphcm-q4-03-2013"},
            "profile": [{"pattern": "*@a.example", "regulation": "angiang-50-2009"}],
        }
    )
    assert [line.text[-1] for line in replace(frame(), settings=both).bases()] == [";", "."]


def test_ii_6e_body(paper: Paper) -> None:
    begin = paper.find("Văn phòng báo cáo tình")
    assert (round(begin.size), begin.bold, begin.italic) == (13, False, False)
    assert abs(begin.left - 40) < 0.5  # the first line begins 1 cm behind the margin
    lines = sorted({round(paper.find(word).top, 1) for word in ("Văn phòng báo cáo tình", "như sau, Văn")})
    whole = paper.pages[0].get_text_range()
    tops = sorted(
        {round(paper._run(0, at, at).top, 1) for at in range(whole.find("Văn phòng báo"), whole.find("Ghi chú"))}
    )
    steps = [(after - before) * _MM for before, after in itertools.pairwise(tops) if after - before > 2]
    assert lines and steps
    assert all(13 * 1.0 <= step <= 13 * 1.15 * 1.5 + 0.5 for step in steps)
    note, last = paper.find("Ghi chú nhỏ"), tops[-1]
    assert (round(note.size), note.italic, abs(note.left - 40) < 0.5) == (13, False, True)
    assert (note.top - last) * _MM >= 13 + 6
    heading = paper.find("I. KẾT QUẢ")
    assert (round(heading.size), heading.bold, heading.italic) == (13, True, False)


def test_ii_7_signature() -> None:
    paper = Paper(render(told(frame()), "pdf"))
    page = len(paper.pages) - 1
    authority, position = paper.find("TL. CHỦ TỊCH", page), paper.find("CHÁNH VĂN PHÒNG", page)
    signer = paper.find("Trần Thị Hoa", page)
    for run in (authority, position, signer):
        assert (round(run.size), run.bold, run.italic) == (13, True, False)
        assert abs((run.left + run.right) - (position.left + position.right)) / 2 < 1
    assert authority.top < position.top < signer.top - 20
    assert HINT not in paper.pages[page].get_text_range()
    assert frame(signer="").document("x", "y", ()).foot.hint == HINT


def test_ii_9_readers(paper: Paper) -> None:
    page = len(paper.pages) - 1
    title, above, kept = (paper.find(text, page) for text in ("Nơi nhận:", "- Như trên;", "- Lưu: VT, CNTT.02."))
    assert (round(title.size), title.bold, title.italic) == (12, True, True)
    assert (round(above.size), above.bold, above.italic) == (11, False, False)
    assert abs(title.left - 30) < 0.5 and abs(above.left - 30) < 0.5 and abs(kept.left - 30) < 0.5
    assert abs(title.top - paper.find("TL. CHỦ TỊCH", page).top) < 1
    to, first, second = paper.find("Kính gửi"), paper.find("- Ủy ban nhân dân Quận 4;"), paper.find("- Sở Nội vụ.")
    assert (round(to.size), to.bold, to.italic) == (13, False, False)
    colon = to.right
    assert abs(first.left - second.left) < 0.3 and abs(first.left - colon) < 1.5  # below the colon
    assert frame(to=["Sở Nội vụ"], recipients=["Sở Nội vụ"]).document("x", "y", ()).foot.recipients[0] == "Như trên"
    assert frame(to=[], recipients=["A"]).document("x", "y", ()).foot.recipients[0] == "A"


def test_one_reader_stands_on_the_line() -> None:
    alone = Paper(render(told(frame(to=["Sở Nội vụ"])), "pdf"))
    assert abs(alone.find("Kính gửi").top - alone.find("Sở Nội vụ").top) < 0.3


def test_dates_and_figures_are_not_broken_into_lines() -> None:
    columns = (
        *(Column(f"Tên {place}", weight=4) for place in range(3)),
        Column("Ngày", Shape.DAY, 0.5),
        Column("Tỷ lệ", Shape.SHARE, 0.5),
        *(Column(f"S{place}", Shape.COUNT, 0.5) for place in range(3)),
    )
    cells = ("a", "b", "c", PERIOD.last.replace(day=25, month=11), 1.0, 1_234, 0, 0)
    for shown in (columns, columns[2:]):
        table = Table("t", "Bảng", shown, [cells[len(columns) - len(shown) :]])
        paper = Paper(render(replace(told(frame()), blocks=(table,)), "pdf"))
        for text in ("25/11/2026", "100,0%", "1.234"):
            assert paper.find(text)
        assert sum(widths(table)) == pytest.approx(94)
    many = Table("t", "Bảng", tuple(Column("N", Shape.DAY) for _ in range(12)), [])
    assert widths(many) == pytest.approx([94 / 12] * 12)
