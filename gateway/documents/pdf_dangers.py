"""What a PDF may do by itself, and the files in it. Knows no text.

PDFium's own list of actions has only some of them. Written anew by it, every object of the file stands in the clear:
not packed, not encrypted, names without escapes. There a look for an action's type is enough.
"""

from __future__ import annotations

import contextlib
import re
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from gateway.contents import Why
from gateway.documents.document import Sink
from gateway.documents.pdf_raw import content, utf16

_ACTIONS = re.compile(rb"/S\s?/(?:JavaScript|Launch)\b|/Subtype\s?/RichMedia\b")
_ATTACHES = b"/FileAttachment"
_OVERLAP = 64
_PLAIN = pdfium.FPDF_NO_INCREMENTAL | pdfium.FPDF_REMOVE_SECURITY
_SCRIPT = re.compile(rb"<(?:\w{1,32}:)?script\b")
_PACKETS = 100  # of a form in XML


def find_dangers(document: Any, sink: Sink) -> bool:
    """Actions, and files that are attached to the document. True where pages may have files of their own."""
    look = _Look()
    with contextlib.suppress(pypdfium2.PdfiumError):
        document.save(look, flags=_PLAIN)
    scripts = pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0
    if look.acts or scripts or any(_SCRIPT.search(packet) for packet in form_packets(document, sink)):
        sink.active()
    count = pdfium.FPDFDoc_GetAttachmentCount(document)
    for index in range(min(count, sink.limits.embedded_files + 1)):
        keep_attachment(pdfium.FPDFDoc_GetAttachment(document, index), sink, "attachment")
    return look.attaches


def keep_attachment(attachment: Any, sink: Sink, place: str) -> None:
    """An attached file becomes an embedded one."""
    if not attachment:
        sink.unchecked(Why.DAMAGED)
        return
    name = utf16(pdfium.FPDFAttachment_GetName, attachment)
    data = content(pdfium.FPDFAttachment_GetFile, attachment, limit=sink.embeddable)
    if data:
        sink.embed(name, data, place)
    else:
        sink.unchecked(Why.TOO_LARGE if data is None else Why.DAMAGED)


class _Look:
    """A file that is only looked through while it is written. `acts`: it has actions; `attaches`: files on pages."""

    def __init__(self) -> None:
        self.acts = False
        self.attaches = False
        self._tail = b""

    def write(self, data: Any) -> int:
        """Take the next bytes."""
        text = self._tail + bytes(data)
        self.acts = self.acts or _ACTIONS.search(text) is not None
        self.attaches = self.attaches or _ATTACHES in text
        self._tail = text[-_OVERLAP:]
        return len(data)


def form_packets(document: Any, sink: Sink) -> list[bytes]:
    """The parts of a form in XML (XFA), as much as may be unpacked."""
    found = []
    for index in range(min(pdfium.FPDF_GetXFAPacketCount(document), _PACKETS)):
        data = content(pdfium.FPDF_GetXFAPacketContent, document, index, limit=sink.expandable)
        if data is None:
            sink.unchecked(Why.TOO_LARGE)
        elif data:
            sink.expand(len(data))
            found.append(data)
    return found
