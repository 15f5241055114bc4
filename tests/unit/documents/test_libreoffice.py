"""Text that LibreOffice wrote into today's formats comes back exactly, with fonts and places."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from gateway.documents.document import Document
from tests.unit.documents import office
from tests.unit.documents.old_formats import NFC, TCVN3, VNI, parse
from tests.unit.documents.packages import shown

pytestmark = [pytest.mark.service("libreoffice"), pytest.mark.limit(400)]

TIMES = ("Times New Roman",)
_ROWS = 40
_MADE: Mapping[str, tuple[Callable[[], str], str, str]] = {
    "docx": (office.word, "fodt", "docx"),
    "odt": (office.word, "fodt", "odt"),
    "html": (office.word, "fodt", "html"),
    "txt": (office.word, "fodt", "txt:Text (encoded):UTF8"),
    "xlsx": (lambda: office.sheets(_ROWS), "fods", "xlsx"),
    "ods": (lambda: office.sheets(_ROWS), "fods", "ods"),
    "csv": (lambda: office.sheets(_ROWS), "fods", "csv:Text - txt - csv (StarCalc):44,34,76,1"),
    "pptx": (office.slides, "fodp", "pptx"),
    "odp": (office.slides, "fodp", "odp"),
}
_SOURCES: Mapping[str, Callable[[], str]] = {
    "fodt": office.word,
    "fods": lambda: office.sheets(_ROWS),
    "fodp": office.slides,
}


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Document]:
    """One file of each format, read; flat ones as we wrote them."""
    folder = tmp_path_factory.mktemp("libreoffice")
    found = {
        kind: parse(office.convert(source(), folder, extension, target), f"a.{kind}")
        for kind, (source, extension, target) in _MADE.items()
    }
    return found | {kind: parse(source().encode(), f"a.{kind}") for kind, source in _SOURCES.items()}


def fonts_at(document: Document, place: str) -> tuple[str, ...]:
    return next(unit.fonts for unit in document.units if unit.place == place)


def paragraphs(document: Document) -> list[str]:
    """The paragraphs' texts by number: a frame's are read before the paragraph that holds it."""
    found = [unit for unit in document.units if unit.place.startswith("paragraph ")]
    return [unit.text for unit in sorted(found, key=lambda unit: int(unit.place.split()[1]))]


@pytest.mark.parametrize("kind", [*_MADE, *_SOURCES])
def test_nothing_is_missed_or_feared(documents: dict[str, Document], kind: str) -> None:
    found = documents[kind]
    assert found.format == {"fodt": "odt", "fods": "ods", "fodp": "odp"}.get(kind, kind)
    assert not (found.unchecked or found.macros or found.active or found.encrypted or found.embedded)


@pytest.mark.parametrize("kind", ["docx", "odt", "fodt"])
class TestText:
    def test_paragraphs(self, documents: dict[str, Document], kind: str) -> None:
        assert paragraphs(documents[kind]) == [
            f"{NFC}.",
            TCVN3,
            f"Lẫn {TCVN3} và {VNI} hết.",
            "Chú thích.",
            "Xem đây.",
            "a\u00a0b\u2011c\u00add\te\nf liên kết",
            "Khung ",
            f"Trong khung {TCVN3}",
            "Ô một",
            TCVN3,
            "Hết 😀.",
        ]

    def test_what_stands_beside(self, documents: dict[str, Document], kind: str) -> None:
        found = shown(documents[kind])
        assert found["header 1"] == f"Đầu trang {TCVN3}"
        assert found["footer 1"] == f"Chân trang {NFC}"
        assert found["footnote 1"].strip() == f"Thích {TCVN3}"
        assert found["endnote 1"].strip() == f"Cuối {NFC}"
        assert found["comment 1"] == f"Nhận xét {NFC}"

    def test_properties(self, documents: dict[str, Document], kind: str) -> None:
        found = shown(documents[kind])
        assert found["property title"] == f"Tiêu đề {NFC}"
        assert found["property subject"] == TCVN3
        assert found["property Số hiệu"] == "123/QĐ"

    def test_fonts(self, documents: dict[str, Document], kind: str) -> None:
        found = documents[kind]
        assert fonts_at(found, "paragraph 1") == TIMES
        assert fonts_at(found, "paragraph 2") == fonts_at(found, "footnote 1") == (".VnTime",)
        assert fonts_at(found, "paragraph 3") == (*TIMES, ".VnTime", "VNI-Times")


@pytest.mark.parametrize("kind", ["xlsx", "ods", "fods"])
class TestSheets:
    def test_cells(self, documents: dict[str, Document], kind: str) -> None:
        found = shown(documents[kind])
        cells = {
            place: text for place, text in found.items() if place.startswith("sheet 'Tháng 1' ") and place[-1].isdigit()
        }
        assert cells == {
            "sheet 'Tháng 1' A1": NFC,
            "sheet 'Tháng 1' B1": TCVN3,
            "sheet 'Tháng 1' D1": f"Lẫn {VNI}",
            "sheet 'Tháng 1' A2": f"{NFC} nối",
            "sheet 'Tháng 1' B2": "xem",
        }
        texts = [found[f"sheet 'Hai' A{row + 1}"] for row in range(_ROWS)]
        assert texts == [office.row_text(row) for row in range(_ROWS)]

    def test_fonts(self, documents: dict[str, Document], kind: str) -> None:
        found = documents[kind]
        assert fonts_at(found, "sheet 'Tháng 1' A1") == TIMES
        assert fonts_at(found, "sheet 'Tháng 1' B1") == (".VnTime",)
        assert fonts_at(found, "sheet 'Tháng 1' D1") == (*TIMES, "VNI-Times")

    def test_around_the_cells(self, documents: dict[str, Document], kind: str) -> None:
        found = shown(documents[kind])
        assert (found["sheet name 1"], found["sheet name 2"]) == ("Tháng 1", "Hai")
        assert found["comment 1"] == f"Nhận xét {NFC}"
        header = "sheet 'Tháng 1' header" if kind == "xlsx" else "header 1"
        assert found[header] == f"Đầu trang {TCVN3}"


@pytest.mark.parametrize("kind", ["pptx", "odp", "fodp"])
class TestSlides:
    def test_shapes(self, documents: dict[str, Document], kind: str) -> None:
        found = {place: text for place, text in shown(documents[kind]).items() if place.startswith("slide")}
        assert found == {
            "slide 1 shape 1": f"{NFC}\n{TCVN3}",
            "slide 1 notes shape 1": f"Ghi chú {NFC}",
            "slide 2 shape 1": f"Hai {TCVN3} hết",
            "slide 2 shape 2": "plain ascii",
        }

    def test_fonts(self, documents: dict[str, Document], kind: str) -> None:
        assert fonts_at(documents[kind], "slide 2 shape 1")[-1] == ".VnTime"


class TestPlain:
    def test_a_page(self, documents: dict[str, Document]) -> None:
        found = documents["html"]
        texts = paragraphs(found)
        assert texts[1:4] == [f"{NFC}.", TCVN3, f"Lẫn {TCVN3} và {VNI} hết."]
        assert fonts_at(found, "paragraph 4") == (".VnTime", "VNI-Times")

    def test_lines(self, documents: dict[str, Document]) -> None:
        assert [unit.text for unit in documents["txt"].units][:3] == [f"{NFC}.", TCVN3, f"Lẫn {TCVN3} và {VNI} hết."]

    def test_a_table(self, documents: dict[str, Document]) -> None:
        found = shown(documents["csv"])
        assert (found["cell A1"], found["cell B1"], found["cell D1"]) == (NFC, TCVN3, f"Lẫn {VNI}")
