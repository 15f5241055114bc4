"""XML namespaces of office documents and the prefixes that this room knows them by. Data only.

Sources: ISO/IEC 29500 (transitional and strict), ODF 1.3 part 3, OpenOffice.org 1, Microsoft Office XML 2003,
[MS-DOCX], [MS-XLSX], [MS-PPTX].
"""

from __future__ import annotations

from collections.abc import Mapping

_OOXML = "http://schemas.openxmlformats.org/"
_STRICT = "http://purl.oclc.org/ooxml/"
_MS = "http://schemas.microsoft.com/office/"
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_OOO = "http://openoffice.org/2000/"


def _both(prefix: str, path: str, strict: str = "") -> dict[str, str]:
    """A vocabulary in transitional and strict OOXML."""
    return {_OOXML + path: prefix, _STRICT + (strict or path.replace("/2006", "")): prefix}


PREFIXES: Mapping[str, str] = {
    **_both("w", "wordprocessingml/2006/main"),
    "http://schemas.microsoft.com/office/word/2003/wordml": "w",
    "http://schemas.microsoft.com/aml/2001/core": "aml",
    **_both("x", "spreadsheetml/2006/main"),
    **_both("p", "presentationml/2006/main"),
    **_both("a", "drawingml/2006/main"),
    **_both("c", "drawingml/2006/chart"),
    **_both("dgm", "drawingml/2006/diagram"),
    **_both("xdr", "drawingml/2006/spreadsheetDrawing"),
    **_both("wp", "drawingml/2006/wordprocessingDrawing"),
    **_both("lc", "drawingml/2006/lockedCanvas"),
    **_both("cdr", "drawingml/2006/chartDrawing"),
    **_both("r", "officeDocument/2006/relationships"),
    **_both("m", "officeDocument/2006/math"),
    **_both("ep", "officeDocument/2006/extended-properties", "officeDocument/extendedProperties"),
    **_both("op", "officeDocument/2006/custom-properties", "officeDocument/customProperties"),
    **_both("vt", "officeDocument/2006/docPropsVTypes"),
    _OOXML + "package/2006/relationships": "rel",
    _OOXML + "package/2006/content-types": "ct",
    _OOXML + "package/2006/metadata/core-properties": "cp",
    _OOXML + "markup-compatibility/2006": "mc",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    _MS + "2006/xmlPackage": "pkg",
    _MS + "drawing/2008/diagram": "dsp",
    _MS + "drawing/2014/chartex": "cx",
    _MS + "word/2010/wordprocessingShape": "wps",
    _MS + "excel/2006/main": "xm",
    _MS + "spreadsheetml/2018/threadedcomments": "tc",
    _MS + "powerpoint/2018/8/main": "p188",
    _MS + "2006/activeX": "ax",
    "urn:schemas-microsoft-com:vml": "v",
    "urn:schemas-microsoft-com:office:office": "o",
    "urn:schemas-microsoft-com:office:excel": "xo",
    "urn:schemas-microsoft-com:office:spreadsheet": "ss",
    "http://www.w3.org/1999/xhtml": "html",
    "http://www.w3.org/2000/svg": "svgdoc",
    "http://www.w3.org/1999/xlink": "xlink",
    "http://www.w3.org/1998/Math/MathML": "math",
    **{
        _ODF + path: prefix
        for path, prefix in {
            "office:1.0": "office",
            "text:1.0": "text",
            "table:1.0": "table",
            "drawing:1.0": "draw",
            "presentation:1.0": "presentation",
            "style:1.0": "style",
            "xsl-fo-compatible:1.0": "fo",
            "svg-compatible:1.0": "svg",
            "meta:1.0": "meta",
            "form:1.0": "form",
            "script:1.0": "script",
            "chart:1.0": "chart",
            "manifest:1.0": "manifest",
        }.items()
    },
    **{
        _OOO + name: prefix
        for name, prefix in {
            "office": "office",
            "text": "text",
            "table": "table",
            "drawing": "draw",
            "presentation": "presentation",
            "style": "style",
            "meta": "meta",
            "form": "form",
            "script": "script",
            "chart": "chart",
        }.items()
    },
    "http://www.w3.org/1999/XSL/Format": "fo",
    "http://www.w3.org/2000/script": "script",
    "http://openoffice.org/2001/manifest": "manifest",
    "http://openoffice.org/2000/script": "script",
    "http://openoffice.org/2004/office": "ooo",
}
