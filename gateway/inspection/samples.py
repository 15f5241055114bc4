"""Small files of many kinds, made here: opening them once loads whatever opening the real ones will need."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Mapping

_TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Override PartName="/%s" ContentType="application/vnd.openxmlformats-officedocument.%s.main+xml"/></Types>'
)
_NAMESPACE = "http://schemas.openxmlformats.org/%s/2006/main"
_WORDS = '<w:document xmlns:w="%s"><w:body><w:p><w:r><w:t>text</w:t></w:r></w:p></w:body></w:document>'
_SHEETS = '<workbook xmlns="%s"><sheets/></workbook>'
_SLIDES = '<p:presentation xmlns:p="%s"/>'
_ODT = (
    b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"><office:body>'
    b"<office:text/></office:body></office:document-content>"
)
_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1"
    b"/BaseFont/Helvetica>>>>>>>>endobj\n4 0 obj<</Length 27>>stream\nBT /F 9 Tf (text) Tj ET    \nendstream endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


def samples() -> Mapping[str, bytes]:
    """File name → bytes."""
    text = "Cộng hòa\n".encode()
    return {
        "a.zip": _zip({"a.txt": text}),
        "a.tar": _tar(text),
        "a.gz": gzip.compress(text),
        "a.bz2": bz2.compress(text),
        "a.xz": lzma.compress(text),
        "a.docx": _office("word/document.xml", "wordprocessingml.document", _WORDS),
        "a.xlsx": _office("xl/workbook.xml", "spreadsheetml.sheet", _SHEETS),
        "a.pptx": _office("ppt/presentation.xml", "presentationml.presentation", _SLIDES),
        "a.odt": _zip({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": _ODT}),
        "a.pdf": _PDF,
        "a.rtf": b"{\\rtf1\\ansi\\ansicpg1258 {\\fonttbl{\\f0 .VnTime;}}\\f0 text\\par}",
        "a.html": b"<!doctype html><html><body><p style='font-family: x'>text</p></body></html>",
        "a.csv": b"a;b\r\n1;2\r\n",
        "a.txt": text,
        "a.xml": b"<?xml version='1.0'?><a>text</a>",
        "a.eml": b"From: a@example.com\r\nSubject: =?utf-8?q?a?=\r\nMIME-Version: 1.0\r\n\r\ntext\r\n",
    }


def _zip(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            # OpenDocument 1.3, part 2, 3.3: the type stands at the beginning as it is
            archive.writestr(name, data, zipfile.ZIP_STORED if name == "mimetype" else None)
    return made.getvalue()


def _tar(data: bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        info = tarfile.TarInfo("a.txt")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return made.getvalue()


def _office(name: str, kind: str, root: str) -> bytes:
    types = _TYPES % (name.encode(), kind.encode())
    return _zip({"[Content_Types].xml": types, name: (root % _NAMESPACE % kind.partition(".")[0]).encode()})
