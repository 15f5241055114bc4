"""Text, fonts and dangers of PDF files, by page, through PDFium. Knows nothing of mail.

PDFium is C++ on a stranger's file: it may crash or take its time, and the process around it bears that. Characters come
as the file's own tables give them: a TCVN3 ư as U+00AD, or as U+2212 where the font says so.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import pypdfium2
import pypdfium2.raw as pdfium

from gateway.contents import Why
from gateway.documents.document import DocumentError, Sink
from gateway.documents.pdf_dangers import find_dangers, form_packets, keep_attachment
from gateway.documents.pdf_page import PageText
from gateway.documents.pdf_raw import utf16
from gateway.documents.source import whole

_LOCKED = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
_METADATA = ("Title", "Author", "Subject", "Keywords", "Creator", "Producer", "Company", "Category", "Comments")
_XMP, _XMP_END = b"<x:xmpmeta", b"</x:xmpmeta>"
_XMP_PACKETS = 5  # every picture may have one
_BETWEEN_TAGS = re.compile(r">([^<>]++)<")
_NOTES = (b"Contents", b"Subj")
_BEGUN = re.compile(rb">>\s{0,4}stream\r?\n")
_UNENDED = 1000  # streams without an end, for each of which PDFium looks through the rest of the file
_MANY = 10_000  # bookmarks, and notes of one page


def read(file: BinaryIO, sink: Sink) -> None:
    """Read a PDF file into the sink; see `document`."""
    sink.document.format = "pdf"
    data = whole(file, sink)
    if data.count(b"stream") > _UNENDED and len(_BEGUN.findall(data)) > _UNENDED + 3 * data.count(b"endstream"):
        raise DocumentError(Why.TOO_MANY, "streams without an end")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code not in _LOCKED:
            raise DocumentError(Why.DAMAGED, "PDF") from error
        sink.encrypted()
        return
    try:
        pages_attach = find_dangers(document, sink)
        if sink.text:
            _metadata(document, data, sink)
        if sink.text or pages_attach:
            _pages(document, sink)
    finally:
        document.close()


def _metadata(document: Any, data: bytes, sink: Sink) -> None:
    """The information dictionary, the newer metadata in XML, bookmarks, and the data of a form in XML."""
    for key in _METADATA:
        sink.unit(f"property {key.lower()}", utf16(pdfium.FPDF_GetMetaText, document, key.encode("ascii")))
    for packet in _packets(data):
        _between_tags(packet, "property xmp", sink)
    for title in _bookmarks(document):
        sink.unit("bookmark", title)
    for packet in form_packets(document, sink):
        _between_tags(packet, "form", sink)


def _packets(data: bytes) -> Iterator[bytes]:
    """Metadata in XML ([ISO 16684-1] 7.3.2): in the clear by design, for programs that know no PDF."""
    end = 0
    for _ in range(_XMP_PACKETS):
        start = data.find(_XMP, end)
        end = data.find(_XMP_END, start)
        if start < 0 or end < 0:
            return
        yield data[start : end + 1]


def _between_tags(data: bytes, place: str, sink: Sink) -> None:
    for match in _BETWEEN_TAGS.finditer(data.decode("utf-8", "replace")):
        sink.unit(place, html.unescape(match[1]))


def _bookmarks(document: Any) -> Iterator[str]:
    """Titles in the order of the tree, which may be a circle."""
    pending, left = [pdfium.FPDFBookmark_GetFirstChild(document, None)], _MANY
    while pending and left:
        mark = pending.pop()
        if not mark:
            continue
        left -= 1
        yield utf16(pdfium.FPDFBookmark_GetTitle, mark)
        pending.append(pdfium.FPDFBookmark_GetNextSibling(document, mark))
        pending.append(pdfium.FPDFBookmark_GetFirstChild(document, mark))


def _pages(document: Any, sink: Sink) -> None:
    """Every page's text, notes and filled-in fields."""
    document.init_forms()
    for index in range(min(len(document), sink.limits.units)):
        page = pdfium.FPDF_LoadPage(document, index)
        if not page:
            sink.unchecked(Why.DAMAGED)
            continue
        try:
            _page(document, page, f"page {index + 1}", sink)
        finally:
            pdfium.FPDF_ClosePage(page)


def _page(document: Any, page: Any, place: str, sink: Sink) -> None:
    if sink.text:
        text = PageText(page)
        try:
            for block, fonts in text.blocks(sink.limits.text):
                sink.unit(place, block, fonts)
        finally:
            text.close()
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page), _MANY)):
        if note := pdfium.FPDFPage_GetAnnot(page, index):
            try:
                _note(document.formenv, note, place, sink)
            finally:
                pdfium.FPDFPage_CloseAnnot(note)


def _note(form: Any, note: Any, place: str, sink: Sink) -> None:
    """A note's text, a field's value, a file that is attached to the page."""
    kind = pdfium.FPDFAnnot_GetSubtype(note)
    if kind == pdfium.FPDF_ANNOT_FILEATTACHMENT:
        keep_attachment(pdfium.FPDFAnnot_GetFileAttachment(note), sink, place)
    if not sink.text:
        return
    for key in _NOTES:
        sink.unit(f"{place} note", utf16(pdfium.FPDFAnnot_GetStringValue, note, key))
    if kind == pdfium.FPDF_ANNOT_WIDGET and form:
        sink.unit(f"{place} field", utf16(pdfium.FPDFAnnot_GetFormFieldValue, form, note))
