"""A level of secrecy that a format shows in capitals is read as people see it; other text stays as it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.documents.document import Document
from tests.unit.documents import office
from tests.unit.documents.old_formats import parse
from tests.unit.documents.packages import ODF, P, docx, open_document, paragraph, pptx, read_parts, rels, shape

LOUD = "<w:rPr><w:caps/></w:rPr>"
QUIET = '<w:rPr><w:caps w:val="0"/></w:rPr>'
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RTF_LEVEL = rb"T\u7889?i m\u7853?t"


def texts(document: Document) -> list[str]:
    return [unit.text for unit in document.units]


def word_style(name: str, inner: str, based_on: str = "", more: str = 'w:type="paragraph"') -> str:
    basis = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    return f'<w:style {more} w:styleId="{name}">{basis}<w:rPr>{inner}</w:rPr></w:style>'


STYLES = (
    f"<w:styles {WORD}>"
    + word_style("Loud", "<w:caps/>")
    + word_style("Child", "<w:b/>", "Loud")
    + word_style("Quiet", '<w:caps w:val="false"/>', "Loud")
    + word_style("Run", '<w:smallCaps w:val="1"/>', more='w:type="character"')
    + word_style("Ring", "", "Ring")
    + "</w:styles>"
)


@pytest.mark.parametrize(
    ("run", "text"),
    [
        (f"{LOUD}<w:t>Tối mật</w:t>", "TỐI MẬT"),
        (f"{LOUD}<w:t>To\u0302\u0301i mật</w:t>", "TO\u0302\u0301I MẬT"),
        ("<w:rPr><w:smallCaps/></w:rPr><w:t>Tối mật</w:t>", "TỐI MẬT"),
        ("<w:rPr><w:caps/><w:smallCaps w:val='0'/></w:rPr><w:t>toi mat</w:t>", "TOI MAT"),
        (f"{QUIET}<w:t>Tối mật</w:t>", "Tối mật"),
        ("<w:t>Tối mật</w:t>", "Tối mật"),
        (f"<w:t>Tối </w:t></w:r><w:r>{LOUD}<w:t>mật</w:t>", "TỐI MẬT"),
        (f"<w:t>Tối mật</w:t></w:r><w:r>{LOUD}<w:t> </w:t>", "Tối mật "),
        (f"{LOUD}<w:t>Kế hoạch</w:t>", "Kế hoạch"),
        (f"{LOUD}<w:t>Céng hoµ x· héi</w:t>", "Céng hoµ x· héi"),
        (f"{LOUD}<w:t>{'Tối mật ' * 30}</w:t>", "Tối mật " * 30),
        ('<w:rPr><w:rStyle w:val="Run"/></w:rPr><w:t>mật</w:t>', "MẬT"),
        ('<w:rPr><w:rStyle w:val="Ring"/></w:rPr><w:t>mật</w:t>', "mật"),
        ('<w:rPr><w:rPrChange><w:rPr><w:caps/></w:rPr></w:rPrChange></w:rPr><w:t>mật</w:t>', "mật"),
    ],
)  # fmt: skip
def test_word(run: str, text: str) -> None:
    assert texts(read_parts(docx(paragraph(run), {"word/styles.xml": STYLES}))) == [text]


@pytest.mark.parametrize(
    ("style", "run", "text"),
    [("Loud", "", "MẬT"), ("Child", "", "MẬT"), ("Quiet", "", "Mật"), ("Loud", QUIET, "Mật"), ("None", "", "Mật")],
)
def test_words_styles(style: str, run: str, text: str) -> None:
    body = f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r>{run}<w:t>Mật</w:t></w:r></w:p>'
    assert texts(read_parts(docx(body, {"word/styles.xml": STYLES}))) == [text]


def test_words_defaults() -> None:
    defaults = f"<w:styles {WORD}><w:docDefaults><w:rPrDefault>{LOUD}</w:rPrDefault></w:docDefaults></w:styles>"
    assert texts(read_parts(docx(paragraph("<w:t>Mật</w:t>"), {"word/styles.xml": defaults}))) == ["MẬT"]


@pytest.mark.parametrize(
    ("properties", "text"),
    [('cap="all"', "MẬT"), ('cap="small"', "MẬT"), ('cap="none"', "Mật"), ("", "Mật")],
)
def test_powerpoint(properties: str, text: str) -> None:
    found = read_parts(pptx(shape(f"<a:r><a:rPr {properties}/><a:t>Mật</a:t></a:r>")))
    assert texts(found) == [text]
    levels = f"<a:lvl1pPr><a:defRPr {properties}/></a:lvl1pPr>"
    assert texts(read_parts(pptx(shape("<a:r><a:t>Mật</a:t></a:r>", list_style=levels)))) == [text]


@pytest.mark.parametrize(
    ("layout", "master", "text"),
    [("", "all", "MẬT"), ("none", "all", "Mật"), ("small", "", "MẬT"), ("", "none", "Mật"), ("", "", "Mật")],
)
def test_what_a_slide_inherits(layout: str, master: str, text: str) -> None:
    def level(cap: str) -> str:
        said = f'cap="{cap}"' if cap else ""
        return f"<a:lvl1pPr><a:defRPr {said}/></a:lvl1pPr>"

    holder = shape("<a:r><a:t>x</a:t></a:r>", kind='type="title"', list_style=level(layout))
    styles = f"<p:txStyles><p:titleStyle>{level(master)}</p:titleStyle></p:txStyles>"
    parts = pptx(
        shape("<a:r><a:t>Mật</a:t></a:r>", kind='type="title"'),
        {
            "ppt/slideMasters/m.xml": f"<p:sldMaster {P}>{styles}</p:sldMaster>",
            "ppt/slideLayouts/l.xml": f"<p:sldLayout {P}>{holder}</p:sldLayout>",
            "ppt/slideLayouts/_rels/l.xml.rels": rels(("m", "slideMaster", "../slideMasters/m.xml")),
            "ppt/slides/_rels/slide1.xml.rels": rels(("l", "slideLayout", "../slideLayouts/l.xml")),
        },
    )
    assert [unit.text for unit in read_parts(parts).units if unit.place.startswith("slide")] == [text]


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        ('fo:text-transform="uppercase"', "MẬT"),
        ('fo:font-variant="small-caps"', "MẬT"),
        ('fo:text-transform="none" fo:font-variant="normal"', "Mật"),
        ('fo:text-transform="lowercase"', "Mật"),
        ("", "Mật"),
    ],
)
@pytest.mark.parametrize("family", ["paragraph", "text"])
def test_open_document(properties: str, text: str, family: str) -> None:
    named = f'<style:style style:name="A" style:family="{family}"><style:text-properties {properties}/></style:style>'
    child = f'<style:style style:name="B" style:family="{family}" style:parent-style-name="A"/>'
    body = {
        "paragraph": '<text:p text:style-name="B">Mật</text:p><text:p>Mật</text:p>',
        "text": '<text:p><text:span text:style-name="B">Mật</text:span></text:p><text:p>Mật</text:p>',
    }[family]
    assert texts(read_parts(open_document("text", body, automatic=named + child))) == [text, "Mật"]


@pytest.mark.parametrize(("span", "text"), [("none", "Mật"), ("capitalize", "Mật"), ("uppercase", "MẬT")])
def test_the_innermost_that_says_something_holds(span: str, text: str) -> None:
    named = "".join(
        f'<style:style style:name="{name}" style:family="{family}"><style:text-properties {said}/></style:style>'
        for name, family, said in (
            ("P", "paragraph", 'fo:text-transform="uppercase"'),
            ("T", "text", f'fo:text-transform="{span}"'),
            ("B", "text", 'fo:font-weight="bold"'),
        )
    )
    inner = '<text:span text:style-name="T"><text:span text:style-name="B">Mật</text:span></text:span>'
    body = f'<text:p text:style-name="P">{inner}</text:p>'
    assert texts(read_parts(open_document("text", body, automatic=named))) == [text]


def test_one_parts_automatic_styles_are_not_anothers() -> None:
    loud = (
        '<style:style style:name="P1" style:family="paragraph"><style:text-properties fo:text-transform="uppercase"/>'
    )
    styles = (
        f"<office:document-styles {ODF}><office:automatic-styles>{loud}</style:style></office:automatic-styles>"
        '<office:master-styles><style:master-page style:name="M"><style:header>'
        '<text:p text:style-name="P1">Mật</text:p>'
        "</style:header></style:master-page></office:master-styles></office:document-styles>"
    )
    body = '<text:p text:style-name="P1">Mật</text:p>'
    named = '<style:style style:name="P1" style:family="paragraph"/>'
    found = read_parts(open_document("text", body, {"styles.xml": styles}, automatic=named))
    assert sorted(texts(found)) == ["MẬT", "Mật"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (rb"{\caps %b}\par", "TỐI MẬT"),
        (rb"\scaps %b\par", "TỐI MẬT"),
        (rb"\caps0 %b\par", "Tối mật"),
        (rb"\caps\plain %b\par", "Tối mật"),
        (rb"{\caps x\par}%b\par", "Tối mật"),
        (rb"{\caps  }%b\par", "Tối mật"),
        (rb"{\*\generator \caps}%b\par", "Tối mật"),
        (rb"{\caps {\b %b}}\par", "TỐI MẬT"),
    ],
)
def test_rtf(body: bytes, text: str) -> None:
    assert texts(parse(rb"{\rtf1\ansi " + body % RTF_LEVEL + b"}", "a.rtf"))[-1].strip() == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('<p style="text-transform: uppercase">Tối mật</p>', "TỐI MẬT"),
        ('<p><span style="color:red;TEXT-TRANSFORM:UPPERCASE">T&#7889;i</span> m&#7853;t</p>', "TỐI MẬT"),
        ('<p style="font-variant:small-caps">Tối mật</p>', "TỐI MẬT"),
        ('<p style="font-variant-caps:all-small-caps">Tối mật</p>', "TỐI MẬT"),
        ("<style>.a{text-transform:uppercase}</style><p class=a>Tối mật</p>", "TỐI MẬT"),
        ("<style>p.a{font-family:x;text-transform:uppercase !important}</style><p class='b a'>Tối mật</p>", "TỐI MẬT"),
        ("<style>p{text-transform:uppercase}</style><p style='text-transform:none'>Tối mật</p>", "Tối mật"),
        ('<div style="text-transform:uppercase"></div><p>Tối mật</p>', "Tối mật"),
        ('<div style="text-transform:uppercase"><p>Tối mật</p></div>', "TỐI MẬT"),
        ('<p style="text-transform:capitalize">Tối mật</p>', "Tối mật"),
        ('<p style="x-text-transform:uppercase">Tối mật</p>', "Tối mật"),
        ('<p style="text-transform:uppercase;text-transform:none">Tối mật</p>', "Tối mật"),
        ('<p style="text-transform:none;text-transform:uppercase">Tối mật</p>', "TỐI MẬT"),
        ("<style>p:hover{text-transform:uppercase}</style><p>Tối mật</p>", "Tối mật"),
        ("<style>p::first-letter, p[class=x]{text-transform:uppercase}</style><p>Tối mật</p>", "Tối mật"),
        ("<style>.nav p{text-transform:uppercase}</style><p>Tối mật</p>", "Tối mật"),
        ("<style>@media print{p{text-transform:uppercase}}</style><p>Tối mật</p>", "Tối mật"),
        ("<style>@media screen{p{text-transform:uppercase}}</style><p>Tối mật</p>", "TỐI MẬT"),
        ("<style>@media print{i{a:b} b{c:d}} p{text-transform:uppercase}</style><p>Tối mật</p>", "TỐI MẬT"),
        ("<style>.a{text-transform:uppercase} .b{text-transform:none}</style><p class='b a'>Tối mật</p>", "Tối mật"),
        ("<style>.b{text-transform:none} .a{text-transform:uppercase}</style><p class='a b'>Tối mật</p>", "TỐI MẬT"),
        ("<style>#c{text-transform:none} p.a{text-transform:uppercase}</style><p id=c class=a>Tối mật</p>", "Tối mật"),
        ("<style>*{text-transform:none} p{text-transform:uppercase}</style><p>Tối mật</p>", "TỐI MẬT"),
    ],
)
def test_html(source: str, text: str) -> None:
    assert texts(parse(f"<html><body>{source}</body></html>".encode(), "a.html")) == [text]


LOUD_SPAN = '<style:style style:name="L" style:family="text"><style:text-properties fo:text-transform="uppercase"/>'
LOUD_RUN, NEW_LINE = f"<w:r>{LOUD}<w:t>", "</w:t></w:r><w:r><w:br/></w:r><w:r><w:t>"
DRAWN = '<a:r><a:rPr cap="all"/><a:t>{}</a:t></a:r>' + 2 * "<a:br/><a:r><a:t>{}</a:t></a:r>"
SPANNED = '<text:p><text:span text:style-name="L">{}</text:span>' + 2 * "<text:line-break/>{}" + "</text:p>"


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.html", '<p><span style="text-transform:uppercase">{}</span><br>{}<br/>{}<br>'),
        ("a.html", '<pre>\n\n<span style="text-transform:uppercase">{}</span>\n{}\n{}</pre>'),
        ("a.rtf", r"{{\rtf1\ansi {{\caps {}}}\line {}\line {}\par}}"),
        ("a.docx", f"{LOUD_RUN}{{}}{NEW_LINE}{{}}{NEW_LINE}{{}}</w:t></w:r>"),
        ("a.pptx", DRAWN),
        ("a.odt", SPANNED),
    ],
)  # fmt: skip
def test_only_the_lines_in_which_some_is_in_capitals(name: str, source: str) -> None:
    """A heading in capitals above a list of groceries makes none of these a level."""
    assert _lines(name, source.format("Các loại", "mật", "sáp")) == ["Các loại", "mật", "sáp"]
    assert _lines(name, source.format("Tối mật", "mật", "sáp")) == ["TỐI MẬT", "mật", "sáp"]


def _lines(name: str, source: str) -> list[str]:
    named = f"{LOUD_SPAN}</style:style>"
    if name.endswith(".rtf"):
        escaped = "".join(letter if letter.isascii() else f"\\u{ord(letter)}?" for letter in source)
        (text,) = texts(parse(escaped.encode(), name))
    elif name.endswith(".html"):
        (text,) = texts(parse(f'<meta charset="utf-8">{source}'.encode(), name))
    else:
        parts = {
            "docx": lambda: docx(f"<w:p>{source}</w:p>"),
            "pptx": lambda: pptx(shape(source)),
            "odt": lambda: open_document("text", source, automatic=named),
        }[name.partition(".")[2]]()
        (text,) = texts(read_parts(parts))
    return [line.strip() for line in text.split("\n")]


def test_a_line_end_by_its_number_shifts_nothing_out_of_sight() -> None:
    assert texts(parse(rb"{\rtf1\ansi a\u10?b\line{\caps m\u7853?t}\par}", "a.rtf")) == ["a\nb\nMẬT"]


def test_an_escape_in_a_slide() -> None:
    body = '<a:r><a:t>x_x000A_</a:t></a:r><a:r><a:rPr cap="all"/><a:t>m_x1EAD_t</a:t></a:r>'
    assert texts(read_parts(pptx(shape(body)))) == ["x\nMẬT"]


@pytest.mark.parametrize("kind", ["text", "spreadsheet"])
def test_cells_of_open_document(kind: str) -> None:
    cell = '<text:p>Số</text:p><text:p>mật</text:p><text:p><text:span text:style-name="L">mật</text:span></text:p>'
    row = f'<table:table-row><table:table-cell office:value-type="string">{cell}</table:table-cell></table:table-row>'
    found = read_parts(open_document(kind, f"<table:table>{row}</table:table>", automatic=f"{LOUD_SPAN}</style:style>"))
    assert "\n".join(texts(found)) == "Số\nmật\nMẬT"


@pytest.mark.service("libreoffice")
@pytest.mark.limit(400)
@pytest.mark.parametrize("kind", ["doc", "docx", "rtf", "odt"])
def test_what_libreoffice_writes(tmp_path: Path, kind: str) -> None:
    found = parse(office.convert(office.capitals(), tmp_path, "fodt", kind), f"a.{kind}")
    levels = [text.strip() for text in texts(found) if "mật" in text.lower()]
    assert levels == ["TỐI MẬT", "Tối mật", "TUYỆT MẬT", "MẬT", "Mật"]
