"""Word documents written by hand in legacy charsets, and what is in a document that came back."""

from __future__ import annotations

import io
import re
import zipfile

from gateway.documents.limits import DocumentLimits
from gateway.documents.read import read
from gateway.vietnamese import Family, to_hack
from tests.unit.documents.packages import OFFICE, A, R, W, docx, pack

UNICODE = "Cộng hòa xã hội chủ nghĩa Việt Nam"
MORE = "Độc lập, tự do, hạnh phúc; kính gửi các đồng chí ở quận và phường"
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def legacy(text: str = UNICODE, family: Family = Family.TCVN3) -> str:
    """A text as it stands under a legacy font."""
    return to_hack(text, family)


def run(text: str, font: str = "", more: str = "") -> str:
    """A run, under a font."""
    fonts = f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:cs="{font}"/>' if font else ""
    return f'<w:r><w:rPr>{fonts}{more}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str, style: str = "") -> str:
    """A paragraph of runs."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{''.join(runs)}</w:p>"


def made(*paragraphs: str, **more: str | bytes) -> bytes:
    """A document of paragraphs. `more`: other parts, by name with / and . as they are."""
    return pack(docx("".join(paragraphs), more))


def parts(data: bytes) -> dict[str, bytes]:
    """Every part of a package."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {one.filename: archive.read(one) for one in archive.infolist()}


def body(data: bytes) -> str:
    """The XML of the text."""
    return parts(data)["word/document.xml"].decode()


def texts(data: bytes) -> list[str]:
    """The texts of the runs, in order."""
    return re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", body(data))


def units(data: bytes) -> dict[str, str]:
    """What the gateway's own reader sees in it, by place."""
    return {one.place: one.text for one in read(io.BytesIO(data), TYPE, "a.docx", DocumentLimits()).units}


STYLES = (
    f"<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr>"
    '<w:rFonts w:asciiTheme="minorHAnsi" w:hAnsiTheme="minorHAnsi"/></w:rPr></w:rPrDefault></w:docDefaults>'
    '<w:style w:type="paragraph" w:styleId="Cu"><w:name w:val="Cũ"/><w:rPr>'
    '<w:rFonts w:ascii=".VnTime" w:hAnsi=".VnTime"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Con"><w:basedOn w:val="Cu"/></w:style></w:styles>'
)
THEME = (
    f'<a:theme {A}><a:themeElements><a:fontScheme name="x"><a:majorFont><a:latin typeface="VNI-Times"/></a:majorFont>'
    '<a:minorFont><a:latin typeface=".VnArial"/></a:minorFont></a:fontScheme></a:themeElements></a:theme>'
)
TABLE = (
    f'<w:fonts {W}><w:font w:name=".VnTime"><w:family w:val="swiss"/></w:font><w:font w:name="Times New Roman"/>'
    '<w:font w:name="VNI-Times"/></w:fonts>'
)
__all__ = ["OFFICE", "A", "R", "W"]
