"""LibreOffice makes the old formats out of flat OpenDocument files: other people's writing for our reading."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from tests.support.processes import run
from tests.unit.documents.old_formats import NFC, TCVN3, VNI

_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in {
        "office": "office",
        "style": "style",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "fo": "xsl-fo-compatible",
        "svg": "svg-compatible",
        "meta": "meta",
        "presentation": "presentation",
    }.items()
)
_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?><office:document {_SPACES}
 xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.2"
 office:mimetype="application/vnd.oasis.opendocument.%s"><office:meta><dc:title>Tiêu đề {NFC}</dc:title>
<dc:subject>{TCVN3}</dc:subject><meta:initial-creator>Ông Trần</meta:initial-creator>
<meta:user-defined meta:name="Số hiệu">123/QĐ</meta:user-defined></office:meta>
<office:font-face-decls><style:font-face style:name="Times New Roman" svg:font-family="'Times New Roman'"/>
<style:font-face style:name=".VnTime" svg:font-family="'.VnTime'"/>
<style:font-face style:name="VNI-Times" svg:font-family="'VNI-Times'"/></office:font-face-decls>"""
_TEXT = (
    """<style:style style:name="T%d" style:family="text"><style:text-properties style:font-name="%s"/></style:style>"""
)
_RUNS = _TEXT % (1, ".VnTime") + _TEXT % (2, "VNI-Times")
_PAGES = '<style:page-layout style:name="pm"><style:header-style/><style:footer-style/></style:page-layout>'


def _master(name: str) -> str:
    return (
        f'<office:master-styles><style:master-page style:name="{name}" style:page-layout-name="pm"><style:header>'
        f"<text:p>Đầu trang {TCVN3}</text:p></style:header><style:footer><text:p>Chân trang {NFC}</text:p>"
        "</style:footer></style:master-page></office:master-styles>"
    )


def word() -> str:
    """Paragraphs in three fonts, notes, a comment, a field, special characters, a frame, a table."""
    return f"""{_HEAD % "text"}<office:styles><style:default-style style:family="paragraph"><style:text-properties
 style:font-name="Times New Roman"/></style:default-style><style:style style:name="Standard" style:family="paragraph"/>
<style:style style:name="TC" style:family="paragraph" style:parent-style-name="Standard"><style:text-properties
 style:font-name=".VnTime"/></style:style></office:styles>
<office:automatic-styles>{_RUNS}{_PAGES}</office:automatic-styles>{_master("Standard")}<office:body><office:text>
<text:p text:style-name="Standard">{NFC}.</text:p><text:p text:style-name="TC">{TCVN3}</text:p>
<text:p text:style-name="Standard">Lẫn <text:span text:style-name="T1">{TCVN3}</text:span> và <text:span
 text:style-name="T2">{VNI}</text:span> hết.</text:p>
<text:p text:style-name="Standard">Chú<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation
><text:note-body><text:p text:style-name="TC">Thích {TCVN3}</text:p></text:note-body></text:note> thích<text:note
 text:note-class="endnote"><text:note-citation>i</text:note-citation><text:note-body><text:p
>Cuối {NFC}</text:p></text:note-body></text:note>.</text:p>
<text:p text:style-name="Standard">Xem<office:annotation><dc:creator>Người xem</dc:creator><text:p
>Nhận xét {NFC}</text:p></office:annotation> đây.</text:p>
<text:p text:style-name="Standard">a\u00a0b\u2011c\u00add<text:tab/>e<text:line-break/>f <text:a
 xlink:href="http://vi.example/" xmlns:xlink="http://www.w3.org/1999/xlink">liên kết</text:a></text:p>
<text:p text:style-name="Standard">Khung <draw:frame text:anchor-type="paragraph" svg:width="6cm" svg:height="2cm"
><draw:text-box><text:p text:style-name="TC">Trong khung {TCVN3}</text:p
></draw:text-box></draw:frame></text:p>
<table:table><table:table-column table:number-columns-repeated="2"/><table:table-row><table:table-cell><text:p
 text:style-name="Standard">Ô một</text:p></table:table-cell><table:table-cell><text:p
 text:style-name="TC">{TCVN3}</text:p></table:table-cell></table:table-row></table:table>
<text:p text:style-name="Standard">Hết 😀.</text:p>
</office:text></office:body></office:document>"""


def capitals() -> str:
    """Levels of secrecy that formats show in capitals, and that they do not."""
    loud, small = 'fo:text-transform="uppercase"', 'fo:font-variant="small-caps"'
    style = (
        '<style:style style:name="{}" style:family="{}" style:parent-style-name="{}"><style:text-properties {}/>'
        "</style:style>"
    )
    return f"""{_HEAD % "text"}<office:styles><style:style style:name="Standard" style:family="paragraph"/>
{style.format("Loud", "paragraph", "Standard", loud)}
</office:styles><office:automatic-styles>{style.format("T1", "text", "", loud)}{style.format("T2", "text", "", small)}
{style.format("T3", "text", "", 'fo:text-transform="none"')}</office:automatic-styles><office:body><office:text>
<text:p text:style-name="Standard"><text:span text:style-name="T1">Tối mật</text:span></text:p>
<text:p text:style-name="Standard">Tối mật</text:p>
<text:p text:style-name="Loud">Tuyệt mật</text:p>
<text:p text:style-name="Standard"><text:span text:style-name="T2">Mật</text:span></text:p>
<text:p text:style-name="Loud"><text:span text:style-name="T3">Mật</text:span></text:p>
</office:text></office:body></office:document>"""


def sheets(rows: int = 1500) -> str:
    """Two sheets: cells in three fonts, a comment; and more strings than fit in one record."""
    cells = "".join(
        f'<table:table-row><table:table-cell office:value-type="string"><text:p>{row_text(row)}</text:p>'
        "</table:table-cell></table:table-row>"
        for row in range(rows)
    )
    return f"""{_HEAD % "spreadsheet"}<office:styles><style:style style:name="Default" style:family="table-cell"
><style:text-properties style:font-name="Times New Roman"/></style:style></office:styles><office:automatic-styles>
<style:style style:name="ce1" style:family="table-cell" style:parent-style-name="Default"><style:text-properties
 style:font-name=".VnTime"/></style:style>{_RUNS}{_PAGES}<style:style style:name="ta" style:family="table"
 style:master-page-name="Default"/></office:automatic-styles>{_master("Default")}<office:body><office:spreadsheet>
<table:table table:name="Tháng 1" table:style-name="ta"><table:table-column table:number-columns-repeated="4"/>
<table:table-row><table:table-cell office:value-type="string"><text:p>{NFC}</text:p></table:table-cell><table:table-cell
 table:style-name="ce1" office:value-type="string"><text:p>{TCVN3}</text:p></table:table-cell><table:table-cell
 office:value-type="float" office:value="3"><text:p>3</text:p></table:table-cell><table:table-cell
 office:value-type="string"><text:p>Lẫn <text:span text:style-name="T2">{VNI}</text:span></text:p></table:table-cell>
</table:table-row><table:table-row><table:table-cell office:value-type="string"
 xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" table:formula="of:=CONCATENATE([.A1];&quot; nối&quot;)"><text:p
>{NFC} nối</text:p></table:table-cell><table:table-cell
 office:value-type="string"><office:annotation><dc:creator>Ai</dc:creator><text:p
>Nhận xét {NFC}</text:p></office:annotation><text:p>xem</text:p></table:table-cell></table:table-row></table:table>
<table:table table:name="Hai"><table:table-column/>{cells}</table:table></office:spreadsheet></office:body>
</office:document>"""


def row_text(row: int) -> str:
    """What the second sheet has in a row: of different lengths, ASCII or not."""
    return f"Dòng {row} {(NFC, TCVN3, 'plain')[row % 3]} {'x' * (row % 40)}."


def slides() -> str:
    """Two slides, with notes on the first."""
    frame = (
        '<draw:frame svg:width="20cm" svg:height="3cm" svg:x="1cm" svg:y="{}cm"{}><draw:text-box>{}</draw:text-box>'
        "</draw:frame>"
    )
    legacy = f'<text:span text:style-name="T1">{TCVN3}</text:span>'
    first = frame.format(1, "", f"<text:p>{NFC}</text:p><text:p>{legacy}</text:p>")
    notes = frame.format(12, ' presentation:class="notes"', f"<text:p>Ghi chú {NFC}</text:p>")
    first += f"<presentation:notes>{notes}</presentation:notes>"
    second = frame.format(1, "", f"<text:p>Hai {legacy} hết</text:p>")
    second += frame.format(5, "", "<text:p>plain ascii</text:p>")
    page = '<draw:page draw:name="{}" draw:master-page-name="Default">{}</draw:page>'
    return f"""{_HEAD % "presentation"}<office:styles/><office:automatic-styles>{_RUNS}<style:page-layout
 style:name="pm"/><style:style style:name="dp" style:family="drawing-page"/></office:automatic-styles>
<office:master-styles><style:master-page style:name="Default" style:page-layout-name="pm" draw:style-name="dp"/>
</office:master-styles><office:body><office:presentation>{page.format("p1", first)}
{page.format("p2", second)}</office:presentation></office:body></office:document>"""


@functools.cache
def _profile() -> Path:
    """LibreOffice's settings, once for all: to make them takes it seconds."""
    folder = Path(tempfile.mkdtemp(prefix="congthu-office-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def convert(source: str, folder: Path, extension: str, target: str) -> bytes:
    """A flat file ("fodt", "fods", "fodp") as LibreOffice saves it: `target` is an extension, or "extension:filter"."""
    path = folder / f"made.{extension}"
    path.write_text(source, encoding="utf-8")
    profile = f"-env:UserInstallation=file://{_profile()}"
    done = run(
        ["soffice", profile, "--headless", "--convert-to", target, "--outdir", str(folder), str(path)], seconds=110
    )
    made = folder / f"made.{target.partition(':')[0]}"
    assert made.exists(), f"soffice: {done.stdout}{done.stderr}"
    return made.read_bytes()
