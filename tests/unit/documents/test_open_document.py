"""OpenDocument, packed and flat: text and blanks, cells, shapes, and the styles that fonts come from."""

from __future__ import annotations

import base64

import pytest

from tests.unit.documents.old_formats import parse
from tests.unit.documents.packages import ODF, XLINK, open_document, read_parts, shown, units

LEGACY = "Céng hoµ x· héi"


def style(name: str, font: str = "", *, family: str = "text", parent: str = "") -> str:
    properties = f'<style:text-properties style:font-name="{font}"/>' if font else ""
    return (
        f'<style:style style:name="{name}" style:family="{family}"'
        f' style:parent-style-name="{parent}">{properties}</style:style>'
    )


class TestText:
    @pytest.mark.parametrize(
        ("written", "text"),
        [
            ("mu\xadêi", "mu\xadêi"),
            ("a<text:s/>b<text:s text:c='3'/>c", "a b   c"),
            ("a<text:tab/>b<text:line-break/>c", "a\tb\nc"),
            ("  a \n\t b<text:span> c</text:span><text:span> </text:span>d", "a b cd".replace("cd", "c d")),
            ("a\xa0\u3000b\u200b", "a\xa0\u3000b\u200b"),
            ("a<text:soft-page-break/>b<text:bookmark text:name='x'/>c", "abc"),
            ("Vie\u0323\u0302t", "Vie\u0323\u0302t"),
        ],
    )
    def test_characters(self, written: str, text: str) -> None:
        assert shown(read_parts(open_document("text", f"<text:p>{written}</text:p>"))) == {"paragraph 1": text}

    def test_places(self) -> None:
        note = (
            '<text:note text:note-class="{}"><text:note-citation>1</text:note-citation><text:note-body>'
            "<text:p>{}</text:p></text:note-body></text:note>"
        )
        body = (
            "<text:tracked-changes><text:changed-region><text:deletion><text:p>xoá</text:p></text:deletion>"
            "</text:changed-region></text:tracked-changes><text:h>Đề mục</text:h>"
            f"<text:p>a{note.format('footnote', 'chú')}b{note.format('endnote', 'cuối')}c<office:annotation>"
            "<dc:creator xmlns:dc='http://purl.org/dc/elements/1.1/'>Ai</dc:creator><text:p>nhận"
            " xét</text:p></office:annotation>"
            "<draw:frame><draw:text-box><text:p>khung</text:p></draw:text-box>"
            "<svg:title>tên</svg:title></draw:frame>d</text:p>"
            "<table:table><table:table-row><table:table-cell><text:p>ô</text:p></table:table-cell>"
            "</table:table-row></table:table>"
        )
        styles = (
            f"<office:document-styles {ODF}><office:master-styles><style:master-page><style:header><text:p>đầu</text:p>"
            "</style:header><style:footer><text:p>chân</text:p></style:footer></style:master-page>"
            "</office:master-styles>"
            "</office:document-styles>"
        )
        meta = (
            f"<office:document-meta {ODF} xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:meta="
            "'urn:oasis:names:tc:opendocument:xmlns:meta:1.0'><office:meta><dc:title>Tựa</dc:title><meta:user-defined"
            " meta:name='Số'>12</meta:user-defined></office:meta></office:document-meta>"
        )
        parts = open_document("text", body, {"styles.xml": styles, "meta.xml": meta})
        assert shown(read_parts(parts)) == {
            "header 1": "đầu",
            "footer 1": "chân",
            "deleted 1": "xoá",
            "paragraph 1": "Đề mục",
            "footnote 1": "chú",
            "endnote 1": "cuối",
            "comment 1": "nhận xét",
            "paragraph 3": "khung",
            "description 1": "tên",
            "paragraph 2": "abcd",
            "paragraph 4": "ô",
            "property title": "Tựa",
            "property name 'Số'": "Số",
            "property Số": "12",
        }

    def test_an_object_in_it(self) -> None:
        inner = open_document("chart", "<text:p>biểu đồ</text:p>")["content.xml"]
        parts = open_document("text", "<text:p>ngoài</text:p>", {"Object 1/content.xml": inner})
        assert shown(read_parts(parts)) == {"paragraph 1": "ngoài", "Object 1 paragraph 1": "biểu đồ"}


class TestFonts:
    FACES = (
        "<office:font-face-decls><style:font-face style:name='F'"
        " svg:font-family=\"'.VnTime'\"/></office:font-face-decls>"
    )

    def fonts(self, paragraph: str, automatic: str) -> tuple[str, ...]:
        common = (
            f"<office:document-styles {ODF}>{self.FACES}<office:styles><style:default-style style:family='paragraph'>"
            "<style:text-properties style:font-name='Default'/></style:default-style>"
            f"{style('Base', 'F', family='paragraph')}</office:styles><office:automatic-styles>"
            f"{style('P1', 'Never', family='paragraph')}</office:automatic-styles></office:document-styles>"
        )
        (unit,) = read_parts(open_document("text", paragraph, {"styles.xml": common}, automatic=automatic)).units
        return unit.fonts

    def test_the_default(self) -> None:
        assert self.fonts("<text:p text:style-name='None'>x</text:p>", "") == ("Default",)

    def test_the_parents_with_the_faces_family(self) -> None:
        child = style("P1", family="paragraph", parent="Base")
        assert self.fonts("<text:p text:style-name='P1'>x</text:p>", child) == (".VnTime",)

    def test_automatic_styles_belong_to_their_part(self) -> None:
        assert self.fonts("<text:p text:style-name='P1'>x</text:p>", "") == ("Default",)

    def test_spans_inside_one_another(self) -> None:
        automatic = style("T1", "A") + style("T2")
        text = (
            "<text:p>a<text:span text:style-name='T1'>b<text:span"
            " text:style-name='T2'>c</text:span></text:span> d</text:p>"
        )
        assert self.fonts(text, automatic) == ("Default", "A")

    def test_a_style_that_is_its_own_parent(self) -> None:
        loop = style("L", family="paragraph", parent="L")
        assert self.fonts("<text:p text:style-name='L'>x</text:p>", loop) == ("Default",)

    def test_the_fonts_of_bullets_are_not_the_texts(self) -> None:
        bullet = (
            "<text:list-style><text:list-level-style-bullet><style:text-properties"
            " fo:font-family='StarSymbol'/></text:list-level-style-bullet></text:list-style>"
        )
        automatic = f"<style:style style:name='P' style:family='paragraph'>{bullet}</style:style>"
        assert self.fonts("<text:p text:style-name='P'>x</text:p>", automatic) == ("Default",)


class TestSheets:
    def test_cells_are_units_with_their_addresses(self) -> None:
        cell = '<table:table-cell office:value-type="string"{}>{}</table:table-cell>'
        body = (
            '<table:table table:name="Tháng 1"><table:table-column table:number-columns-repeated="2"/>'
            '<table:table-column table:default-cell-style-name="C"/><table:table-row table:number-rows-repeated="3">'
            "<table:table-cell/></table:table-row><table:table-row><table:table-cell"
            ' table:number-columns-repeated="2"/>'
            + cell.format("", "<text:p>một</text:p><text:p>hai</text:p>")
            + '<table:table-cell office:value-type="float" office:value="5"><text:p>5</text:p></table:table-cell>'
            + cell.format(
                ' table:style-name="C"',
                "<office:annotation><text:p>ghi</text:p></office:annotation><text:p>ba</text:p>",
            )
            + (
                "<table:covered-table-cell><text:p>che</text:p></table:covered-table-cell>"
                "</table:table-row></table:table>"
            )
        )
        automatic = style("C", ".VnTime", family="table-cell", parent="Default")
        assert units(read_parts(open_document("spreadsheet", body, automatic=automatic))) == [
            ("sheet name 1", "Tháng 1", ()),
            ("sheet 'Tháng 1' C4", "một\nhai", (".VnTime",)),
            ("comment 1", "ghi", (".VnTime",)),
            ("sheet 'Tháng 1' E4", "ba", (".VnTime",)),
            ("sheet 'Tháng 1' F4", "che", ()),
        ]


class TestSlides:
    def test_shapes_and_notes(self) -> None:
        frame = "<draw:frame draw:style-name='G'><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
        body = (
            f"<draw:page draw:name='x'>{frame.format('một')}<draw:custom-shape><text:p>hai</text:p></draw:custom-shape>"
            f"<presentation:notes>{frame.format('ghi')}</presentation:notes></draw:page>"
            f"<draw:page>{frame.format('ba')}</draw:page>"
        )
        automatic = style("G", ".VnTime", family="graphic")
        assert units(read_parts(open_document("presentation", body, automatic=automatic))) == [
            ("slide 1 shape 1", "một", (".VnTime",)),
            ("slide 1 shape 2", "hai", ()),
            ("slide 1 notes shape 1", "ghi", (".VnTime",)),
            ("slide 2 shape 1", "ba", (".VnTime",)),
        ]


class TestFlat:
    def flat(self, body: str) -> bytes:
        return (
            f'<?xml version="1.0"?><office:document {ODF} {XLINK}'
            f' office:mimetype="application/vnd.oasis.opendocument.text">'
            f"<office:body><office:text>{body}</office:text></office:body></office:document>"
        ).encode()

    def test_is_one_file(self) -> None:
        found = parse(self.flat(f"<text:p>{LEGACY}</text:p>"), "a.fodt")
        assert (found.format, shown(found)) == ("odt", {"paragraph 1": LEGACY})

    def test_pictures_are_no_text_and_objects_are_embedded(self) -> None:
        data = base64.b64encode(b"MZ program").decode()
        picture = base64.b64encode(b"\x89PNG\r\n").decode()
        body = (
            f"<text:p>a<draw:frame><draw:image><office:binary-data>{picture}</office:binary-data>"
            f"</draw:image></draw:frame>b"
            f"<draw:object-ole><office:binary-data>{data}</office:binary-data></draw:object-ole></text:p>"
        )
        found = parse(self.flat(body), "a.fodt")
        assert shown(found) == {"paragraph 1": "ab"}
        assert [file.data for file in found.embedded] == [b"MZ program"]

    def test_openoffice_1_with_its_doctype(self) -> None:
        text = (
            '<?xml version="1.0"?><!DOCTYPE office:document-content PUBLIC "-//OpenOffice.org//DTD'
            ' OfficeDocument 1.0//EN"'
            ' "office.dtd"><office:document-content xmlns:office="http://openoffice.org/2000/office"'
            ' xmlns:text="http://openoffice.org/2000/text"><office:body><text:p>cũ</text:p>'
            "</office:body></office:document-content>"
        )
        parts = {"mimetype": "application/vnd.sun.xml.writer", "content.xml": text}
        found = read_parts(parts)
        assert (found.format, shown(found), found.unchecked) == ("odt", {"paragraph 1": "cũ"}, [])
