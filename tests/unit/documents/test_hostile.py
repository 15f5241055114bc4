"""Any text that goes into a document comes out exactly; any damage gives an answer, never a surprise."""

from __future__ import annotations

import html as html_module
import io
import zipfile
from collections.abc import Callable, Mapping
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.documents import html, xmltext
from gateway.documents.document import Document, DocumentError, Sink
from gateway.documents.limits import DocumentLimits
from tests.unit.documents.old_formats import damaged
from tests.unit.documents.packages import (
    ODF,
    W,
    X,
    docx,
    open_document,
    pack,
    paragraph,
    pptx,
    read_bytes,
    read_parts,
    rels,
    shape,
    xlsx,
)
from tests.unit.documents.workbooks import cell, rich, sheet, string, xlsb

# What XML 1.0 can hold as it is; a carriage return has a meaning of its own.
_XML = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
_LETTERS = st.sampled_from("ưƯộẾđĐ\xad\xb5\xb8\xdc\u0302\u0323\u2011\u200b\ufeff\xa0_x0<&>\"' ")
TEXT = st.text(st.one_of(_XML, _LETTERS), min_size=1, max_size=40).filter(lambda text: not text.isspace())
WITH_BREAKS = st.text(
    st.one_of(_XML, st.sampled_from("\t\n\x02\x05\x06\x14\x19\x1e\x1f")), min_size=1, max_size=40
).filter(lambda text: not text.isspace())


def one(document: Document, place: str) -> str:
    (found,) = [unit.text for unit in document.units if unit.place == place]
    assert not document.unchecked
    return found


def in_elements(text: str) -> str:
    """A text as Word writes it, some characters as elements."""
    special = {"\t": "<w:tab/>", "\n": "<w:br/>", "\xad": "<w:softHyphen/>", "\u2011": "<w:noBreakHyphen/>"}
    return "".join(special.get(one, f'<w:t xml:space="preserve">{escape(one)}</w:t>') for one in text)


def escaped(text: str) -> str:
    """A text as Excel writes it."""
    text = text.replace("_x", "_x005F_x")
    return escape("".join(f"_x{ord(one):04X}_" if ord(one) < 32 and one not in "\t\n" else one for one in text))


class TestRoundTrip:
    @given(TEXT)
    def test_word(self, text: str) -> None:
        body = paragraph(f'<w:t xml:space="preserve">{escape(text)}</w:t>') + paragraph(in_elements(text))
        found = read_parts(docx(body))
        assert one(found, "paragraph 1") == one(found, "paragraph 2") == text

    @given(WITH_BREAKS)
    def test_excel(self, text: str) -> None:
        rows = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
        more = {"xl/sharedStrings.xml": f'<sst {X}><si><t xml:space="preserve">{escaped(text)}</t></si></sst>'}
        assert one(read_parts(xlsx(rows, more)), "sheet 'Tháng 1' A1") == text

    @given(WITH_BREAKS, WITH_BREAKS)
    def test_binary_excel(self, text: str, other: str) -> None:
        cells = cell(0, 0, 7, b"\0\0\0\0") + cell(1, 0, 6, string(other))
        found = read_parts(xlsb(sheet((0, cells)), [rich(text, [(0, 1)])]))
        assert one(found, "sheet 'Tháng 1' A1") == text
        assert one(found, "sheet 'Tháng 1' B1") == other

    @given(TEXT)
    def test_powerpoint(self, text: str) -> None:
        written = escape(text.replace("_x", "_x005F_x"))
        assert one(read_parts(pptx(shape(f"<a:r><a:t>{written}</a:t></a:r>"))), "slide 1 shape 1") == text

    @given(TEXT)
    def test_open_document(self, text: str) -> None:
        written = "".join("<text:s/>" if one == " " else escape(one) for one in text)
        found = read_parts(open_document("text", f"<text:p>{written}</text:p>"))
        assert one(found, "paragraph 1") == text

    @given(TEXT)
    def test_html(self, text: str) -> None:
        sink = Sink(DocumentLimits())
        written = html_module.escape(text).replace("\u0080", "&#128;")
        html.read(io.BytesIO(f"<meta charset=utf-8><pre>.{written}.</pre>".encode()), sink)
        assert one(sink.document, "paragraph 1") == f".{text}."


PACKAGES: Mapping[str, Mapping[str, str | bytes]] = {
    "docx": docx(
        '<w:p><w:pPr><w:pStyle w:val="A"/></w:pPr><w:r><w:rPr><w:rFonts w:ascii="X"/></w:rPr>'
        '<w:t>a</w:t><w:sym w:char="F0"'
        ' w:font="S"/><w:instrText>PAGE</w:instrText></w:r><w:del><w:r><w:delText>b</w:delText></w:r></w:del></w:p>',
        {
            "word/styles.xml": f'<w:styles {W}><w:style w:styleId="A"><w:basedOn w:val="B"/></w:style></w:styles>',
            "word/comments.xml": f"<w:comments {W}><w:comment>{paragraph('<w:t>c</w:t>')}</w:comment></w:comments>",
            "word/_rels/document.xml.rels": rels(("a", "styles", "styles.xml"), ("b", "oleObject", "embeddings/o.bin")),
            "word/embeddings/o.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        },
    ),
    "xlsx": xlsx(
        ('<row r="1"><c r="A1" t="s" s="1"><v>0</v></c><c t="inlineStr"><is><r><rPr><rFont val="x"/>'
        '</rPr><t>y</t></r></is></c></row>'),
        {
            "xl/sharedStrings.xml": f"<sst {X}><si><t>a_x0002_</t></si></sst>",
            "xl/styles.xml": (f'<styleSheet {X}><fonts><font><name val="F"/></font></fonts><cellXfs>'
                             f'<xf fontId="0"/></cellXfs></styleSheet>'),
        },
    ),
    "xlsb": xlsb(
        sheet((0, cell(0, 1, 7, bytes(4)) + cell(1, 0, 6, string("abc")) + cell(2, 0, 62, rich("d", [(0, 1)])))),
        [rich("shared", [(1, 1)]), rich("another")],
    ),
    "pptx": pptx(shape(('<a:pPr lvl="1"/><a:r><a:rPr><a:latin typeface="+mn-lt"/></a:rPr>'
                       '<a:t>x</a:t></a:r>'), kind='type="body"')),
    "odt": open_document(
        "text",
        '<text:p text:style-name="P">a<text:s text:c="2"/><text:span'
        ' text:style-name="T">b</text:span><office:annotation>'
        "<text:p>c</text:p></office:annotation></text:p>",
        {"META-INF/manifest.xml": f"<manifest:manifest {ODF}/>"},
        automatic=('<style:style style:name="P" style:family="paragraph"><style:text-properties'
                  ' fo:font-family="x"/></style:style>'),
    ),
    "ods": open_document(
        "spreadsheet",
        '<table:table table:name="t"><table:table-column table:number-columns-repeated="3"/>'
        '<table:table-row><table:table-cell>'
        "<text:p>a</text:p></table:table-cell></table:table-row></table:table>",
    ),
}  # fmt: skip


def answers(read: Callable[[bool], Document]) -> None:
    """A document within the bounds or a `DocumentError`, with text and without, and nothing else."""
    limits = DocumentLimits()
    for text in (True, False):
        try:
            found = read(text)
        except DocumentError:
            continue
        assert len(found.units) <= limits.units
        for unit in found.units:
            unit.text.encode()
            assert not unit.raw or unit.raw.decode("latin-1") == unit.text


@pytest.mark.parametrize("kind", PACKAGES)
class TestDamage:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(data=st.data())
    def test_the_zip(self, kind: str, data: st.DataObject) -> None:
        method = data.draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
        made = data.draw(damaged(pack(PACKAGES[kind], method=method)))
        answers(lambda text: read_bytes(made, text=text))

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(data=st.data())
    def test_a_part(self, kind: str, data: st.DataObject) -> None:
        parts = PACKAGES[kind]
        name = data.draw(st.sampled_from(sorted(name for name, content in parts.items() if len(content) > 16)))
        content = parts[name]
        bad = data.draw(damaged(content if isinstance(content, bytes) else content.encode()))
        answers(lambda text: read_parts({**parts, name: bad}, text=text))

    @settings(max_examples=40, deadline=None)
    @given(data=st.data())
    def test_attributes(self, kind: str, data: st.DataObject) -> None:
        """Well-formed XML with values that nobody writes."""
        parts = dict(PACKAGES[kind])
        values = st.sampled_from(
            ["", "0", "-1", "9" * 30, "x", "٣", "²", "1e9", "\ud7ff", "..//..", "#", "%00", "F" * 9, "+", "+mn"]
        )
        for name in sorted(parts):
            content = parts[name]
            if isinstance(content, str) and '="' in content and data.draw(st.booleans()):
                pieces = content.split('="')
                at = data.draw(st.integers(1, len(pieces) - 1))
                if "://" in pieces[at].partition('"')[0] or "urn:" in pieces[at].partition('"')[0]:
                    continue
                pieces[at] = data.draw(values) + '"' + pieces[at].partition('"')[2]
                parts[name] = '="'.join(pieces)
        answers(lambda text: read_parts(parts, text=text))


FLAT = (
    (
        f'<?xml version="1.0"?><office:document {ODF}><office:body><office:text><text:p>a</text:p>'
        f"<office:binary-data>TVo=</office:binary-data></office:text></office:body></office:document>"
    ),
    (
        '<?xml version="1.0"?><w:wordDocument'
        ' xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:p><w:r><w:t>a</w:t></w:r>'
        "</w:p></w:wordDocument>"
    ),
    (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet'
        ' Name="a"><Row Index="2"><Cell><Data Type="String">a</Data></Cell></Row></Worksheet></Workbook>'
    ),
    (
        f'<?xml version="1.0"?><pkg:package'
        f' xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"><pkg:part pkg:name="a">'
        f"<w:document {W}><w:p><w:r><w:t>a</w:t></w:r></w:p></w:document>"
        f"<pkg:binaryData>0M8R4KGxGuE=</pkg:binaryData></pkg:part></pkg:package>"
    ),
)


@settings(max_examples=100, deadline=None)
@given(st.data(), st.sampled_from(FLAT))
def test_damaged_flat_files(data: st.DataObject, source: str) -> None:
    made = data.draw(damaged(source.encode()))

    def read(text: bool) -> Document:
        sink = Sink(DocumentLimits(), text=text)
        xmltext.read(io.BytesIO(made), sink)
        return sink.document

    answers(read)
