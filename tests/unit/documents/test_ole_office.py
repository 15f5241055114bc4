"""Text that LibreOffice wrote into the old formats comes back exactly, with fonts and places, and then damaged."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.documents.document import Document, Unit
from tests.unit.documents import office
from tests.unit.documents.old_formats import (
    NFC,
    TCVN3,
    VNI,
    damaged,
    damaged_streams,
    parse,
    streams_of,
    survives,
    texts,
)

pytestmark = [pytest.mark.service("libreoffice"), pytest.mark.limit(300)]

_MADE: Mapping[str, tuple[Callable[[], str], str, str]] = {
    "doc": (office.word, "fodt", "doc:MS Word 97"),
    "rtf": (office.word, "fodt", "rtf"),
    "pdf": (office.word, "fodt", "pdf"),
    "xls": (office.sheets, "fods", "xls:MS Excel 97"),
    "ppt": (office.slides, "fodp", "ppt:MS PowerPoint 97"),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One file of each format."""
    folder = tmp_path_factory.mktemp("office")
    return {
        kind: office.convert(source(), folder, extension, target) for kind, (source, extension, target) in _MADE.items()
    }


def unit(document: Document, place: str) -> Unit:
    (found,) = [unit for unit in document.units if unit.place == place]
    return found


@pytest.mark.parametrize("kind", ["doc", "rtf"])
class TestWord:
    def test_paragraphs(self, files: dict[str, bytes], kind: str) -> None:
        found = parse(files[kind])
        assert found.format == kind
        assert not found.unchecked
        assert texts(found, "paragraph") == [
            f"{NFC}.",
            TCVN3,
            f"Lẫn {TCVN3} và {VNI} hết.",
            "Chú thích.",
            "Xem đây.",
            "a\u00a0b\u2011c\u00add\te\nf liên kết",
            "Khung ",
            "Ô một",
            TCVN3,
            "Hết 😀.",
        ]

    def test_other_places(self, files: dict[str, bytes], kind: str) -> None:
        found = parse(files[kind])
        assert texts(found, "header") == [f"Đầu trang {TCVN3}"]
        assert texts(found, "footer") == [f"Chân trang {NFC}"]
        notes = texts(found, "footnote") + texts(found, "endnote")
        assert sorted(note.lstrip("\t") for note in notes) == [f"Cuối {NFC}", f"Thích {TCVN3}"]
        assert texts(found, "text box") == [f"Trong khung {TCVN3}"]
        assert texts(found, "comment 1") == [f"Nhận xét {NFC}"]
        assert ["HYPERLINK" in text for text in texts(found, "field")] == [True]

    def test_fonts(self, files: dict[str, bytes], kind: str) -> None:
        found = parse(files[kind])
        assert unit(found, "paragraph 1").fonts == ("Times New Roman",)
        assert unit(found, "paragraph 2").fonts == (".VnTime",)
        assert unit(found, "paragraph 3").fonts == ("Times New Roman", ".VnTime", "VNI-Times")

    def test_properties(self, files: dict[str, bytes], kind: str) -> None:
        found = texts(parse(files[kind]), "property")
        assert {f"Tiêu đề {NFC}", TCVN3, "Ông Trần", "Số hiệu", "123/QĐ"} <= set(found)

    def test_nothing_dangerous(self, files: dict[str, bytes], kind: str) -> None:
        found = parse(files[kind], text=False)
        assert found.blank


class TestSheets:
    def test_cells(self, files: dict[str, bytes]) -> None:
        found = parse(files["xls"])
        cells = {unit.place: unit for unit in found.units}
        assert found.format == "xls"
        assert not found.unchecked
        assert cells["sheet 'Tháng 1' A1"].text == NFC
        assert cells["sheet 'Tháng 1' A1"].fonts == ("Times New Roman",)
        assert (cells["sheet 'Tháng 1' B1"].text, cells["sheet 'Tháng 1' B1"].fonts) == (TCVN3, (".VnTime",))
        assert cells["sheet 'Tháng 1' D1"].text == f"Lẫn {VNI}"
        assert cells["sheet 'Tháng 1' D1"].fonts == ("Times New Roman", "VNI-Times")
        assert cells["sheet 'Tháng 1' A2"].text == f"{NFC} nối"
        assert cells["sheet 'Tháng 1' B2 comment"].text == f"Nhận xét {NFC}"
        assert cells["sheet 'Tháng 1' B2 comment author"].text == "Ai"
        assert cells["sheet 'Tháng 1' header"].text == f"Đầu trang {TCVN3}"
        assert cells["sheet 'Tháng 1' footer"].text == f"Chân trang {NFC}"

    def test_strings_that_are_cut_between_records(self, files: dict[str, bytes]) -> None:
        found = {unit.place: unit.text for unit in parse(files["xls"]).units}
        assert [found[f"sheet 'Hai' A{row + 1}"] for row in range(1500)] == [
            office.row_text(row) for row in range(1500)
        ]

    def test_nothing_dangerous(self, files: dict[str, bytes]) -> None:
        assert parse(files["xls"], text=False).blank


class TestSlides:
    def test_texts(self, files: dict[str, bytes]) -> None:
        found = parse(files["ppt"])
        assert found.format == "ppt"
        assert not found.unchecked
        assert texts(found, "slide 1") == [NFC, TCVN3]
        assert texts(found, "slide 2") == [f"Hai {TCVN3} hết", "plain ascii"]
        assert texts(found, "notes 1") == [f"Ghi chú {NFC}"]

    def test_fonts(self, files: dict[str, bytes]) -> None:
        units = {unit.text: unit for unit in parse(files["ppt"]).units}
        assert units[TCVN3].fonts == (".VnTime",)
        assert ".VnTime" in units[f"Hai {TCVN3} hết"].fonts

    def test_nothing_dangerous(self, files: dict[str, bytes]) -> None:
        assert parse(files["ppt"], text=False).blank


class TestPdf:
    """LibreOffice leaves soft hyphens out of a PDF's pages: no glyph is drawn for one. In the metadata they are."""

    def test_pages(self, files: dict[str, bytes]) -> None:
        found = parse(files["pdf"])
        page = " ".join(" ".join(texts(found, "page 1")).split())
        drawn = TCVN3.replace("\u00ad", "")
        assert found.format == "pdf"
        for expected in (f"{NFC}.", drawn, f"Lẫn {drawn} và", f"Đầu trang {drawn}", f"Chân trang {NFC}", "Xem đây."):
            assert " ".join(expected.split()) in page
        assert f"Cuối {NFC}" in " ".join(texts(found, "page 2"))

    def test_properties(self, files: dict[str, bytes]) -> None:
        assert {f"Tiêu đề {NFC}", TCVN3, "Ông Trần"} <= set(texts(parse(files["pdf"]), "property"))

    def test_fonts(self, files: dict[str, bytes]) -> None:
        fonts = {font for unit in parse(files["pdf"]).units for font in unit.fonts}
        assert fonts
        assert not any("+" in font for font in fonts)


_kinds = st.sampled_from(sorted(_MADE))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damage(files: dict[str, bytes], data: st.DataObject) -> None:
    kind = data.draw(_kinds)
    survives(data.draw(damaged(files[kind])), f"x.{kind}")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damage_inside(files: dict[str, bytes], data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["doc", "xls", "ppt"]))
    survives(data.draw(damaged_streams(streams_of(files[kind]))))
