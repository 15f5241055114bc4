"""One XML file that is a document: flat OpenDocument, Word 2003, a Word package in one file, Excel 2003, XHTML, SVG.

Which one, the root element says. Any other XML is text for people who open it in an editor.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from gateway.documents import flatword, html, txt
from gateway.documents.document import Sink
from gateway.documents.odf.fonts import OdfFonts
from gateway.documents.odf.text import OdfText
from gateway.documents.spreadsheet2003 import Spreadsheet
from gateway.documents.xml import Handler, parse, root_of

_PIECE = 64 * 1024


def read(file: BinaryIO, sink: Sink) -> None:
    """Read an XML file into the sink; see `document`."""
    root = root_of(_pieces(file), sink)
    if root == "office:document":
        sink.document.format = "odf"
        _parse(file, sink, OdfText(sink, OdfFonts(), Counter()))
    elif root in flatword.ROOTS:
        sink.document.format = flatword.ROOTS[root]
        flatword.read(lambda handler: _parse(file, sink, handler), sink)
    elif root == "ss:Workbook":
        sink.document.format = "xls"
        _parse(file, sink, Spreadsheet(sink))
    elif root in ("html:html", "svgdoc:svg", ":html", ":svg"):
        html.read(file, sink)
    else:
        txt.read(file, sink)


def _parse(file: BinaryIO, sink: Sink, handler: Handler) -> None:
    parse(_counted(file, sink), lambda _: handler, sink)


def _counted(file: BinaryIO, sink: Sink) -> Iterator[bytes]:
    for piece in _pieces(file):
        sink.expand(len(piece))
        yield piece


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece
