"""Word: every place that holds text, every character that must survive, and where a run's font comes from."""

from __future__ import annotations

import pytest

from tests.unit.documents.packages import A, W, docx, fonts, paragraph, read_parts, rels, shown, units

LEGACY = "Céng hoµ x· héi chñ nghÜa ViÖt Nam"


class TestCharacters:
    @pytest.mark.parametrize(
        ("run", "text"),
        [
            ("<w:t>mu</w:t><w:softHyphen/><w:t>êi</w:t>", "mu\xadêi"),
            ("<w:t>mu\xadêi</w:t>", "mu\xadêi"),
            ("<w:t>a</w:t><w:noBreakHyphen/><w:t>b</w:t>", "a\u2011b"),
            ("<w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:cr/><w:t>d</w:t>", "a\tb\nc\nd"),
            ('<w:t xml:space="preserve">  a  b </w:t>', "  a  b "),
            ("<w:t>Vie\u0323\u0302t e\u0302\u0323</w:t>", "Vie\u0323\u0302t e\u0302\u0323"),
            ("<w:t>\u200b\ufeff\u2060x\xa0</w:t>", "\u200b\ufeff\u2060x\xa0"),
            ("<w:t>&#xAD;&#x10FFFD;&amp;lt;</w:t>", "\xad\U0010fffd&lt;"),
        ],
    )
    def test_come_out_as_they_are(self, run: str, text: str) -> None:
        assert shown(read_parts(docx(paragraph(run)))) == {"paragraph 1": text}

    def test_a_symbol_keeps_its_code_and_font(self) -> None:
        body = paragraph(f'{fonts(".VnTime")}<w:t>a</w:t><w:sym w:font="Wingdings" w:char="F0E5"/>')
        assert units(read_parts(docx(body))) == [("paragraph 1", "a\uf0e5", (".VnTime", "Wingdings"))]

    def test_tab_stops_are_no_text(self) -> None:
        body = '<w:p><w:pPr><w:tabs><w:tab w:val="left" w:pos="9"/></w:tabs></w:pPr><w:r><w:t>a</w:t></w:r></w:p>'
        assert shown(read_parts(docx(body))) == {"paragraph 1": "a"}


class TestPlaces:
    def test_paragraphs_are_counted_with_empty_ones(self) -> None:
        assert shown(read_parts(docx("<w:p/>" + paragraph("<w:t>a</w:t>") + "<w:p/>" + paragraph("<w:t>b</w:t>")))) == {
            "paragraph 2": "a",
            "paragraph 4": "b",
        }

    def test_cells_and_content_controls(self) -> None:
        cell = f"<w:tbl><w:tr><w:tc>{paragraph('<w:t>ô</w:t>')}</w:tc></w:tr></w:tbl>"
        control = f"<w:sdt><w:sdtContent>{paragraph('<w:t>mục</w:t>')}</w:sdtContent></w:sdt>"
        assert list(shown(read_parts(docx(cell + control))).values()) == ["ô", "mục"]

    def test_the_stories_around_the_body(self) -> None:
        text = paragraph("<w:t>{}</w:t>")
        parts = docx(
            text.format("thân"),
            {
                "word/header1.xml": f"<w:hdr {W}>{text.format('đầu')}</w:hdr>",
                "word/footer9.xml": f"<w:ftr {W}>{text.format('chân')}</w:ftr>",
                "word/footnotes.xml": f'<w:footnotes {W}><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
                f'<w:footnote w:id="1">{text.format("chú")}</w:footnote></w:footnotes>',
                "word/endnotes.xml": (
                    f'<w:endnotes {W}><w:endnote w:id="1">{text.format("cuối")}</w:endnote></w:endnotes>'
                ),
                "word/comments.xml": f'<w:comments {W}><w:comment w:id="7">{text.format("một")}</w:comment>'
                f'<w:comment w:id="8">{text.format("hai")}</w:comment></w:comments>',
                "word/glossary/document.xml": f"<w:glossaryDocument {W}><w:docParts><w:docPart><w:docPartBody>"
                f"{text.format('mẫu')}</w:docPartBody></w:docPart></w:docParts></w:glossaryDocument>",
                "word/settings.xml": (
                    f'<w:settings {W}><w:docVars><w:docVar w:name="a" w:val="biến"/></w:docVars></w:settings>'
                ),
                "word/numbering.xml": (
                    f'<w:numbering {W}><w:lvlText w:val="Điều %1."/><w:lvlText w:val="%1."/></w:numbering>'
                ),
            },
        )
        assert shown(read_parts(parts)) == {
            "paragraph 1": "thân",
            "header 1": "đầu",
            "footer 1": "chân",
            "footnote 1": "chú",
            "endnote 1": "cuối",
            "comment 1": "một",
            "comment 2": "hai",
            "building block 1": "mẫu",
            "variable 1": "biến",
            "numbering 1": "Điều %1.",
        }

    def test_a_text_box_is_read_once_though_it_is_there_twice(self) -> None:
        box = f"<w:txbxContent>{paragraph('<w:t>hộp</w:t>')}</w:txbxContent>"
        other = f"<w:txbxContent>{paragraph('<w:t>hộp</w:t>')}{paragraph('<w:t>riêng</w:t>')}</w:txbxContent>"
        run = (
            f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{other}</mc:Fallback></mc:AlternateContent>"
        )
        found = read_parts(docx(paragraph("<w:t>trước</w:t>", run, "<w:t> sau</w:t>")))
        assert [unit.text for unit in found.units] == ["hộp", "riêng", "trước sau"]

    def test_deleted_text_stands_by_itself(self) -> None:
        body = (
            "<w:p><w:r><w:t>giữ </w:t></w:r><w:del><w:r><w:delText>xoá</w:delText></w:r></w:del>"
            "<w:ins><w:r><w:t>thêm</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>dời</w:t></w:r></w:moveFrom></w:p>"
        )
        assert shown(read_parts(docx(body))) == {"paragraph 1": "giữ thêm", "paragraph 1 deleted": "xoádời"}

    def test_word_art_descriptions_and_formulas(self) -> None:
        art = '<v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textpath string="MẬT"/></v:shape>'
        name = (
            '<wp:docPr xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" descr="ảnh"/>'
        )
        formula = '<m:r xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:t>x+y</m:t></m:r>'
        body = f"<w:p><w:r>{art}{name}</w:r>{formula}</w:p>"
        assert shown(read_parts(docx(body))) == {"word art 1": "MẬT", "description 1": "ảnh", "paragraph 1": "x+y"}

    def test_properties(self) -> None:
        core = (
            '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
            ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Tờ trình</dc:title><cp:keywords>a, b</cp:keywords>'
            "</cp:coreProperties>"
        )
        custom = (
            '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"'
            ' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
            '<property name="Số hiệu"><vt:lpwstr>12/QĐ</vt:lpwstr></property></Properties>'
        )
        app = (
            '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
            "<Company>Sở</Company><Words>9</Words></Properties>"
        )
        parts = docx("", {"docProps/core.xml": core, "docProps/app.xml": app, "docProps/custom.xml": custom})
        assert shown(read_parts(parts)) == {
            "property title": "Tờ trình",
            "property keywords": "a, b",
            "property Company": "Sở",
            "property name 'Số hiệu'": "Số hiệu",
            "property Số hiệu": "12/QĐ",
        }


STYLES = f"""<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts
 w:asciiTheme="minorHAnsi" w:hAnsiTheme="minorHAnsi"/>
</w:rPr></w:rPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Base"><w:rPr><w:rFonts w:ascii=".VnTime" w:hAnsi=".VnTime"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Child"><w:basedOn w:val="Base"/></w:style>
<w:style w:type="character" w:styleId="Char">
<w:rPr><w:rFonts w:ascii="VNI-Times" w:hAnsi="VNI-Times"/></w:rPr></w:style>
<w:style w:type="table" w:styleId="T"><w:tblStylePr><w:rPr><w:rFonts w:ascii="Never"/></w:rPr></w:tblStylePr></w:style>
<w:style w:type="paragraph" w:styleId="Loop"><w:basedOn w:val="Loop"/></w:style></w:styles>"""
THEME = (
    f"<a:theme {A}><a:themeElements><a:fontScheme><a:majorFont><a:latin typeface='Cambria'/></a:majorFont>"
    "<a:minorFont><a:latin typeface='Calibri'/></a:minorFont></a:fontScheme></a:themeElements></a:theme>"
)


class TestFonts:
    def fonts(self, body: str) -> tuple[str, ...]:
        parts = docx(
            body,
            {
                "word/styles.xml": STYLES,
                "word/theme/theme1.xml": THEME,
                "word/_rels/document.xml.rels": rels(("a", "styles", "styles.xml"), ("b", "theme", "theme/theme1.xml")),
            },
        )
        (unit,) = read_parts(parts).units
        return unit.fonts

    @staticmethod
    def styled(style: str, run: str) -> str:
        return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r>{run}</w:r></w:p>'

    def test_the_defaults_are_the_themes(self) -> None:
        assert self.fonts(paragraph("<w:t>é</w:t>")) == ("Calibri",)

    def test_a_theme_font_of_the_run(self) -> None:
        run = '<w:rPr><w:rFonts w:asciiTheme="majorHAnsi" w:ascii="X" w:hAnsiTheme="majorHAnsi"/></w:rPr><w:t>é</w:t>'
        assert self.fonts(paragraph(run)) == ("Cambria",)

    def test_the_paragraphs_style_and_its_basis(self) -> None:
        assert self.fonts(self.styled("Child", "<w:t>é</w:t>")) == (".VnTime",)

    def test_the_runs_style_beats_the_paragraphs(self) -> None:
        assert self.fonts(self.styled("Child", '<w:rPr><w:rStyle w:val="Char"/></w:rPr><w:t>é</w:t>')) == ("VNI-Times",)

    def test_the_run_beats_all(self) -> None:
        assert self.fonts(self.styled("Child", f"{fonts('Arial')}<w:t>é</w:t>")) == ("Arial",)

    def test_a_style_based_on_itself(self) -> None:
        assert self.fonts(self.styled("Loop", "<w:t>é</w:t>")) == ("Calibri",)

    def test_letters_and_other_characters_have_fonts_of_their_own(self) -> None:
        run = '<w:rPr><w:rFonts w:ascii="Arial" w:hAnsi=".VnTime"/></w:rPr><w:t>{}</w:t>'
        assert self.fonts(paragraph(run.format("abc"))) == ("Arial",)
        assert self.fonts(paragraph(run.format("abµ"))) == ("Arial", ".VnTime")

    def test_complex_scripts_only_where_the_run_says_so(self) -> None:
        run = '<w:rPr><w:rFonts w:ascii="A" w:hAnsi="A" w:cs="C"/>{}</w:rPr><w:t>x</w:t>'
        assert self.fonts(paragraph(run.format(""))) == ("A",)
        assert self.fonts(paragraph(run.format("<w:cs/>"))) == ("C",)
        assert self.fonts(paragraph(run.format('<w:rtl w:val="0"/>'))) == ("A",)

    def test_all_of_a_paragraph_in_order(self) -> None:
        runs = [f"{fonts(name)}<w:t>x</w:t>" for name in ("B", "A", "B", "C")]
        assert self.fonts(paragraph(*runs)) == ("B", "A", "C")

    def test_earlier_properties_and_the_paragraph_mark_do_not_count(self) -> None:
        body = (
            "<w:p><w:pPr><w:rPr><w:rFonts w:ascii='Mark'/></w:rPr><w:pPrChange><w:pPr><w:pStyle w:val='Base'/></w:pPr>"
            "</w:pPrChange></w:pPr><w:r><w:rPr><w:rFonts w:ascii='Now' w:hAnsi='Now'/><w:rPrChange><w:rPr>"
            "<w:rFonts w:ascii='Then'/></w:rPr></w:rPrChange></w:rPr><w:t>é</w:t></w:r></w:p>"
        )
        assert self.fonts(body) == ("Now",)

    def test_without_any_style(self) -> None:
        (unit,) = read_parts(docx(paragraph("<w:t>x</w:t>"))).units
        assert unit.fonts == ("Times New Roman",)


class TestOtherForms:
    def test_strict(self) -> None:
        body = paragraph(f"{fonts('.VnTime')}<w:t>{LEGACY}</w:t>")
        parts = docx("")
        parts["word/document.xml"] = (
            f'<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main">'
            f"<w:body>{body}</w:body></w:document>"
        )
        assert units(read_parts(parts)) == [("paragraph 1", LEGACY, (".VnTime",))]

    @pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "iso-8859-1"])
    def test_encodings(self, codec: str) -> None:
        name = codec.removesuffix("-sig").removesuffix("-le").removesuffix("-be")
        text = (
            f'<?xml version="1.0" encoding="{name}"?><w:document {W}>{paragraph(f"<w:t>{LEGACY}</w:t>")}</w:document>'
        )
        parts = {**docx(""), "word/document.xml": text.encode(codec)}
        assert shown(read_parts(parts)) == {"paragraph 1": LEGACY}

    def test_word_2003(self) -> None:
        from tests.unit.documents.old_formats import parse

        space = (
            'xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"'
            ' xmlns:aml="http://schemas.microsoft.com/aml/2001/core"'
        )
        run = '<w:r><w:rPr><w:rFonts w:ascii=".VnTime" w:h-ansi=".VnTime"/></w:rPr><w:t>{}</w:t></w:r>'
        text = (
            f'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument {space}><w:body><w:p>'
            f'{run.format(LEGACY)}<aml:annotation w:type="Word.Deletion"><aml:content><w:r>'
            f"<w:delText>xoá</w:delText></w:r>"
            f'</aml:content></aml:annotation></w:p><w:sectPr><w:hdr w:type="odd"><w:p>{run.format("đầu")}</w:p></w:hdr>'
            "</w:sectPr></w:body></w:wordDocument>"
        )
        found = parse(text.encode(), "a.doc")
        assert found.format == "doc"
        assert units(found)[0] == ("paragraph 1", LEGACY, (".VnTime",))
        assert shown(found) == {"paragraph 1": LEGACY, "paragraph 1 deleted": "xoá", "header 1": "đầu"}

    def test_a_package_in_one_file_with_its_styles_last(self) -> None:
        from tests.unit.documents.old_formats import parse

        text = (
            '<?xml version="1.0"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">'
            f'<pkg:part pkg:name="/word/document.xml"><pkg:xmlData><w:document {W}><w:body>'
            f'<w:p><w:pPr><w:pStyle w:val="Child"/></w:pPr><w:r><w:t>{LEGACY}</w:t></w:r></w:p></w:body></w:document>'
            f'</pkg:xmlData></pkg:part><pkg:part pkg:name="/word/styles.xml">'
            f"<pkg:xmlData>{STYLES}</pkg:xmlData></pkg:part>"
            "</pkg:package>"
        )
        assert units(parse(text.encode(), "a.xml")) == [("paragraph 1", LEGACY, (".VnTime",))]
