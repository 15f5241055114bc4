"""Excel, in XML and binary: strings, cells, their fonts and addresses, and everything around them."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from pyxlsb import open_workbook

from gateway.contents import Why
from gateway.documents.cells import address_of
from tests.unit.documents.packages import R, X, pack, read_parts, rels, shown, units, xlsx
from tests.unit.documents.workbooks import cell, record, rich, sheet, string, xlsb

LEGACY = "Céng hoµ x· héi"
STYLES = (
    f"<styleSheet {X}><numFmts><numFmt numFmtId='164' formatCode='#,##0 \"đồng\"'/><numFmt"
    f" numFmtId='165' formatCode='0.0'/>"
    "</numFmts><fonts><font><name val='Calibri'/></font><font><name val='.VnTime'/></font></fonts>"
    "<cellStyleXfs><xf fontId='1'/></cellStyleXfs><cellXfs><xf fontId='0'/><xf fontId='1'/></cellXfs></styleSheet>"
)


def strings(*items: str) -> str:
    return f"<sst {X}>{''.join(f'<si>{item}</si>' for item in items)}</sst>"


class TestCells:
    def test_shared_inline_and_computed_strings(self) -> None:
        rows = (
            '<row r="2"><c r="B2" t="s" s="1"><v>1</v></c><c r="C2" t="inlineStr"><is><t>tại chỗ</t></is></c></row>'
            '<row r="7"><c r="B7" t="str" s="1"><f>A1&amp;"x"</f><v>tính ra</v></c></row>'
        )
        more = {"xl/sharedStrings.xml": strings("<t>không</t>", f"<t>{LEGACY}</t>"), "xl/styles.xml": STYLES}
        assert units(read_parts(xlsx(rows, more)))[2:] == [
            ("sheet 'Tháng 1' B2", LEGACY, (".VnTime",)),
            ("sheet 'Tháng 1' C2", "tại chỗ", ("Calibri",)),
            ("sheet 'Tháng 1' B7", "tính ra", (".VnTime",)),
        ]

    def test_numbers_are_no_text(self) -> None:
        rows = '<row r="1"><c r="A1"><v>5</v></c><c r="B1" t="b"><v>1</v></c><c r="C1" t="e"><v>#N/A</v></c></row>'
        assert list(shown(read_parts(xlsx(rows)))) == ["sheet name 1"]

    def test_rich_runs_have_fonts_of_their_own(self) -> None:
        item = (
            "<r><t>đầu </t></r><r><rPr><rFont val='VNI-Times'/></rPr><t>giữa</t></r><r><rPr><b/></rPr><t> cuối</t></r>"
            "<rPh><t>かな</t></rPh>"
        )
        more = {"xl/sharedStrings.xml": strings(item), "xl/styles.xml": STYLES}
        found = units(read_parts(xlsx('<row><c t="s" s="1"><v>0</v></c></row>', more)))
        assert found[-1] == ("sheet 'Tháng 1' A1", "đầu giữa cuối", (".VnTime", "VNI-Times"))

    def test_addresses_that_are_left_out(self) -> None:
        inline = '<c t="inlineStr"><is><t>{}</t></is></c>'
        rows = f'<row>{inline.format("a")}<c/>{inline.format("b")}</row><row r="5"/><row>{inline.format("c")}</row>'
        assert list(shown(read_parts(xlsx(rows)))) == [
            "sheet name 1",
            *(f"sheet 'Tháng 1' {address}" for address in ("A1", "C1", "A6")),
        ]

    @pytest.mark.parametrize(
        ("written", "text"),
        [
            ("a_x0002_b_x001E_", "a\x02b\x1e"),
            ("_x005F_x0041_", "_x0041_"),
            ("_xD800_", "_xD800_"),
            ("_x000D_", ""),
            ("_x00AD_\xad", "\xad\xad"),
            ("_x12_", "_x12_"),
        ],
    )
    def test_characters_that_xml_cannot_hold(self, written: str, text: str) -> None:
        found = shown(read_parts(xlsx(f'<row><c t="inlineStr"><is><t>{written}</t></is></c></row>')))
        assert found.get("sheet 'Tháng 1' A1", "") == text

    @pytest.mark.parametrize("index", ["99", "-1", "x", "", "1" * 5000])
    def test_a_string_that_is_not_there(self, index: str) -> None:
        found = read_parts(xlsx(f'<row><c t="s" s="{index}"><v>{index}</v></c></row>'))
        assert list(shown(found)) == ["sheet name 1"]

    def test_a_formula_that_nobody_computed(self) -> None:
        found = shown(read_parts(xlsx('<row><c r="A1" t="str"><f>"Cộng"&amp;B1</f></c></row>')))
        assert found["sheet 'Tháng 1' A1 formula"] == '"Cộng"&B1'


class TestAroundTheCells:
    def test_everything_else_with_text(self) -> None:
        worksheet = (
            f'<worksheet {X} {R}><sheetData/><dataValidations><dataValidation promptTitle="Nhắc" prompt="Nhập số"/>'
            '</dataValidations><hyperlinks><hyperlink ref="A1" tooltip="bấm"/></hyperlinks><headerFooter>'
            '<oddHeader>&amp;L&amp;".VnTime,Bold"&amp;12Céng &amp;&amp; hoµ&amp;P</oddHeader>'
            "</headerFooter></worksheet>"
        )
        workbook = (
            f'<workbook {X} {R}><sheets><sheet name="Một" sheetId="1" r:id="rId1"/><sheet name="ẩn" state="veryHidden"'
            ' sheetId="2" r:id="rId2"/></sheets><definedNames><definedName name="Vùng"'
            ' comment="ghi">Một!$A$1</definedName>'
            '<definedName name="Hằng">"chữ"</definedName><definedName name="_xlnm.Print_Area">Một!$A$1</definedName>'
            "</definedNames></workbook>"
        )
        comment = (
            f'<comments {X}><commentList><comment ref="A1"><text><r><rPr><rFont'
            f' val="Tahoma"/></rPr><t>Nhận xét</t></r></text></comment></commentList></comments>'
        )
        threaded = (
            '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
            "<threadedComment><text>Trả lời</text></threadedComment></ThreadedComments>"
        )
        pivot = (
            f'<pivotCacheDefinition {X}><cacheFields><cacheField><sharedItems><s v="Mục"/>'
            f"</sharedItems></cacheField></cacheFields></pivotCacheDefinition>"
        )
        parts = xlsx(
            "",
            {
                "xl/workbook.xml": workbook,
                "xl/worksheets/sheet1.xml": worksheet,
                "xl/comments1.xml": comment,
                "xl/threadedComments/t1.xml": threaded,
                "xl/pivotCache/p.xml": pivot,
                "xl/styles.xml": STYLES,
            },
        )
        assert shown(read_parts(parts)) == {
            "number format 164": '#,##0 "đồng"',
            "sheet name 1": "Một",
            "sheet name 2": "ẩn",
            "defined name 'Vùng'": "Vùng",
            "defined name 'Vùng' comment": "ghi",
            "defined name 'Hằng'": "Hằng",
            "defined name 'Hằng' value": '"chữ"',
            "sheet 'Một' message": "Nhắc\nNhập số",
            "sheet 'Một' link": "bấm",
            "sheet 'Một' header": "Céng & hoµ",
            "comment 1": "Nhận xét",
            "comment 2": "Trả lời",
            "pivot item 1": "Mục",
        }

    def test_the_headers_font(self) -> None:
        header = '<headerFooter><firstFooter>&amp;".VnTime,Bold"x</firstFooter></headerFooter>'
        parts = {**xlsx(""), "xl/worksheets/sheet1.xml": f"<worksheet {X}>{header}</worksheet>"}
        assert units(read_parts(parts))[-1] == ("sheet 'Tháng 1' footer", "x", (".VnTime",))

    def test_buttons_in_ill_formed_vml(self) -> None:
        vml = (
            '<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape><v:textbox><div><font'
            ' face=".VnTime">Nót bÊm</font><br></div>'
            "</v:textbox></v:shape></xml>"
        )
        found = units(read_parts(xlsx("", {"xl/drawings/vmlDrawing1.vml": vml})))
        assert found[-1] == ("text box 1", "Nót bÊm", (".VnTime",))


class TestBinary:
    SHEET = sheet(
        (1, cell(1, 1, 7, struct.pack("<I", 0)) + cell(2, 0, 6, string("tại chỗ")) + cell(3, 0, 2, b"\0" * 4)),
        (
            6,
            cell(1, 0, 62, rich("đầu giữa", [(4, 1)]))
            + cell(2, 1, 8, string("tính") + bytes(8))
            + cell(27, 0, 7, struct.pack("<I", 1)),
        ),
        tail=record(479, bytes(2) + string('&".VnTime,Bold"Đầu') + string("chân") + b"\xff" * 16)
        + record(64, struct.pack("<II", 0, 1) + bytes(16) + string("") + string("Lỗi") + string("") + string("Nhắc")),
    )  # fmt: skip
    STRINGS = (rich(LEGACY), rich("một\x02hai\xad", [(0, 1), (3, 0)]))

    def test_everything(self) -> None:
        parts = {
            **xlsb(self.SHEET, self.STRINGS),
            "xl/comments1.bin": record(628) + record(637, rich("nhận xét")) + record(629),
        }
        found = read_parts(parts)
        assert found.format == "xlsb"
        assert not found.unchecked
        assert units(found) == [
            ("sheet name 1", "Tháng 1", ()),
            ("defined name 'Vùng'", "Vùng", ()),
            ("defined name 'Vùng' comment", "ghi", ()),
            ("sheet 'Tháng 1' B2", LEGACY, (".VnTime",)),
            ("sheet 'Tháng 1' C2", "tại chỗ", ("Calibri",)),
            ("sheet 'Tháng 1' B7", "đầu giữa", ("Calibri", ".VnTime")),
            ("sheet 'Tháng 1' C7", "tính", (".VnTime",)),
            ("sheet 'Tháng 1' AB7", "một\x02hai\xad", (".VnTime", "Calibri")),
            ("sheet 'Tháng 1' header", "Đầu", (".VnTime",)),
            ("sheet 'Tháng 1' footer", "chân", ("Calibri",)),
            ("sheet 'Tháng 1' message", "Lỗi", ()),
            ("sheet 'Tháng 1' message", "Nhắc", ()),
            ("comment 1", "nhận xét", ()),
        ]

    def test_another_reader_sees_the_same_cells(self, tmp_path: Path) -> None:
        path = tmp_path / "a.xlsb"
        path.write_bytes(pack(xlsb(self.SHEET, self.STRINGS)))
        with open_workbook(str(path)) as book, book.get_sheet("Tháng 1") as read:
            cells = {(one.r, one.c): one.v for row in read.rows() for one in row if isinstance(one.v, str)}
        ours = {unit.place: unit.text for unit in read_parts(xlsb(self.SHEET, self.STRINGS)).units}
        assert len(cells) >= 3
        assert {f"sheet 'Tháng 1' {address_of(*at)}": text for at, text in cells.items()}.items() <= ours.items()

    def test_a_macro_sheet(self) -> None:
        parts = {
            **xlsb(self.SHEET),
            "xl/_rels/workbook.bin.rels": rels(("rId1", "xlMacrosheet", "macrosheets/sheet1.bin")),
        }
        assert read_parts(parts, text=False).macros

    def test_a_dde_link(self) -> None:
        link = record(360, struct.pack("<H", 1) + string("cmd") + string("/c calc"))
        parts = {**xlsb(self.SHEET), "xl/externalLinks/externalLink1.bin": link}
        assert read_parts(parts, text=False).active
        assert not read_parts(xlsb(self.SHEET), text=False).active

    def test_a_record_that_makes_no_sense_is_left_out_alone(self) -> None:
        bad = record(7, b"\0") + record(62, bytes(8) + rich("x", [(0, 0)])[:-3] + b"\xff\xff")
        worksheet = sheet((0, bad + cell(0, 0, 6, string("sau"))))
        found = read_parts(xlsb(worksheet))
        assert found.units[-1].text == "sau"
        assert found.unchecked == [Why.DAMAGED]

    @pytest.mark.parametrize("tail", [b"\x81", b"\x06\xff\xff\xff\xff", b"\x06\x20abc"])
    def test_a_sheet_that_ends_too_early(self, tail: bytes) -> None:
        found = read_parts(xlsb(self.SHEET + tail, self.STRINGS))
        assert found.units[3].text == LEGACY
        assert found.unchecked == [Why.DAMAGED]


def test_excel_2003() -> None:
    from tests.unit.documents.old_formats import parse

    text = f"""<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:html="http://www.w3.org/TR/REC-html40" xmlns:o="urn:schemas-microsoft-com:office:office">
<o:DocumentProperties><o:Title>Tựa</o:Title></o:DocumentProperties>
<Styles><Style ss:ID="Default"><Font ss:FontName="Arial"/>
</Style><Style ss:ID="s1" ss:Parent="Default"><Font ss:FontName=".VnTime"/></Style></Styles>
<Worksheet ss:Name="Một"><Table>
<Row ss:Index="3"><Cell ss:StyleID="s1"><Data ss:Type="String">{LEGACY}</Data>
<Comment><ss:Data>nhận xét</ss:Data></Comment>
</Cell><Cell ss:Index="4"><Data ss:Type="Number">5</Data></Cell>
<Cell><Data ss:Type="String">x</Data></Cell></Row></Table>
</Worksheet></Workbook>"""
    found = parse(text.encode(), "a.xls")
    assert found.format == "xls"
    assert units(found) == [
        ("property title", "Tựa", ()),
        ("sheet name 1", "Một", ()),
        ("sheet 'Một' A3", LEGACY, (".VnTime",)),
        ("comment 1", "nhận xét", ()),
        ("sheet 'Một' E3", "x", ("Arial",)),
    ]
