"""Minimal Office and OpenDocument packages written by hand, and how tests read them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from gateway.documents import package as reader
from gateway.documents.document import Document, DocumentError, Sink
from gateway.documents.limits import DocumentLimits

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
X = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
R = f'xmlns:r="{OFFICE}"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
P = f'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" {A} {R}'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
ODF = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "style": "style",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "fo": "xsl-fo-compatible",
        "svg": "svg-compatible",
        "presentation": "presentation",
        "script": "script",
        "manifest": "manifest",
    }.items()
)
XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'

Parts = Mapping[str, "str | bytes"]


def pack(parts: Parts, *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these parts, in order."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def rels(*relations: tuple[str, str, str], external: bool = False) -> str:
    """A .rels part of (id, type's last word, target)."""
    mode = ' TargetMode="External"' if external else ""
    made = "".join(
        f'<Relationship Id="{identity}" Type="{OFFICE}/{kind}" Target="{target}"{mode}/>'
        for identity, kind, target in relations
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{made}</Relationships>'


_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def docx(body: str, more: Parts | None = None) -> dict[str, str | bytes]:
    """Parts of a Word document with this body."""
    return {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": rels(("rId1", "officeDocument", "word/document.xml")),
        "word/document.xml": f"<w:document {W} {R} {MC}><w:body>{body}</w:body></w:document>",
        **(more or {}),
    }


def paragraph(*runs: str) -> str:
    """A paragraph of runs."""
    return f"<w:p>{''.join(f'<w:r>{run}</w:r>' for run in runs)}</w:p>"


def fonts(name: str) -> str:
    """A run's properties with this font."""
    return f'<w:rPr><w:rFonts w:ascii="{name}" w:hAnsi="{name}"/></w:rPr>'


def xlsx(rows: str, more: Parts | None = None, *, name: str = "Tháng 1") -> dict[str, str | bytes]:
    """Parts of a workbook with one sheet of these rows."""
    return {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": rels(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook {X} {R}><sheets><sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": rels(("rId1", "worksheet", "worksheets/sheet1.xml")),
        "xl/worksheets/sheet1.xml": f"<worksheet {X}><sheetData>{rows}</sheetData></worksheet>",
        **(more or {}),
    }


def pptx(shapes: str, more: Parts | None = None) -> dict[str, str | bytes]:
    """Parts of a presentation with one slide of these shapes."""
    return {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": rels(("rId1", "officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": (
            f'<p:presentation {P}><p:sldIdLst><p:sldId id="256" r:id="rId1"/></p:sldIdLst></p:presentation>'
        ),
        "ppt/_rels/presentation.xml.rels": rels(("rId1", "slide", "slides/slide1.xml")),
        "ppt/slides/slide1.xml": f"<p:sld {P}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>",
        **(more or {}),
    }


def shape(*paragraphs: str, kind: str = "", list_style: str = "") -> str:
    """A shape of a:p contents; `kind`: attributes of a placeholder."""
    holder = f"<p:nvPr><p:ph {kind}/></p:nvPr>" if kind else "<p:nvPr/>"
    made = "".join(f"<a:p>{text}</a:p>" for text in paragraphs)
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="1" name="x"/>{holder}</p:nvSpPr>'
        f"<p:txBody><a:bodyPr/><a:lstStyle>{list_style}</a:lstStyle>{made}</p:txBody></p:sp>"
    )


def open_document(kind: str, body: str, more: Parts | None = None, *, automatic: str = "") -> dict[str, str | bytes]:
    """Parts of an OpenDocument; `kind`: "text", "spreadsheet" or "presentation"."""
    return {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": f"<office:document-content {ODF} {XLINK}><office:automatic-styles>{automatic}"
        f"</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}></office:body>"
        "</office:document-content>",
        **(more or {}),
    }


def read_parts(parts: Parts, *, text: bool = True, limits: DocumentLimits | None = None) -> Document:
    """Read a package without the net that catches what a reader must not raise."""
    return read_bytes(pack(parts), text=text, limits=limits)


def read_bytes(data: bytes, *, text: bool = True, limits: DocumentLimits | None = None) -> Document:
    """The same for a package that is made already."""
    sink = Sink(limits or DocumentLimits(), text=text)
    try:
        reader.read(io.BytesIO(data), sink)
    except DocumentError as error:
        if sink.document.blank:
            raise
        sink.unchecked(error.reason)
    return sink.document


def units(document: Document) -> list[tuple[str, str, tuple[str, ...]]]:
    """Every unit as (place, text, fonts)."""
    return [(unit.place, unit.text, unit.fonts) for unit in document.units]


def shown(document: Document) -> dict[str, str]:
    """Every unit's text by its place; several at one place on lines."""
    found: dict[str, str] = {}
    for unit in document.units:
        found[unit.place] = f"{found[unit.place]}\n{unit.text}" if unit.place in found else unit.text
    return found
