"""A package's parts that are no XML: VBA projects, embedded objects and files, media. Knows no document's format."""

from __future__ import annotations

import io
import re

from gateway.documents import vba
from gateway.documents.compound import MAGIC, open_compound
from gateway.documents.container import Part
from gateway.documents.document import DocumentError, Sink, SpentError
from gateway.documents.objects import read_object

_PROJECT = "_VBA_PROJECT".encode("utf-16-le")  # a directory entry of every VBA project ([MS-OVBA] 2.2.1)
_DOCUMENTS = tuple(name.encode("utf-16-le") for name in ("WordDocument", "Workbook", "PowerPoint Document"))
# What may be opened, run or looked into wherever it lies: programs, archives, documents, shortcuts, scripts.
_TELLING = re.compile(
    rb"\xd0\xcf\x11\xe0|MZ|PK\x03\x04|\x7fELF|%PDF|\{\\rt|7z\xbc\xaf|Rar!|\x1f\x8b|BZh|\xfd7zXZ|MSCF|ITSF|#!"
    rb"|L\x00\x00\x00\x01\x14\x02|\xca\xfe\xba\xbe|[\xce\xcf]\xfa\xed\xfe|(?i:\s*<(?:html|script|!doctype|hta))"
)


def read_binary(part: Part, head: bytes, sink: Sink, *, wanted: bool) -> None:
    """Judge a part that is not XML; a file in it is kept as embedded. Raises `DocumentError` where it cannot be read.

    `wanted`: the package says that it is an object; other parts are pictures, fonts, settings, unless they begin like
    something that can do harm.
    """
    if wanted or _TELLING.match(head):
        judge(part.name, part.content(sink.embeddable), sink, wanted=wanted)


def judge(name: str, data: bytes, sink: Sink, *, wanted: bool) -> None:
    """Judge a part's content; see `read_binary`."""
    if data.startswith(MAGIC):
        _judge_compound(name, data, sink)
    elif wanted or _TELLING.match(data):
        sink.embed(name.rpartition("/")[2], data, name)


def _judge_compound(name: str, data: bytes, sink: Sink) -> None:
    """An OLE 2 object, or a VBA project; one that is too damaged to be judged counts as what it might be."""
    try:
        root = open_compound(io.BytesIO(data), sink)
        if vba.has_macros(root):
            sink.macros()
        if not _is_project(data):
            read_object(root, sink, name)
    except SpentError:
        raise
    except DocumentError as error:
        if _is_project(data) or "vbaproject" in name.lower():
            sink.macros()
        else:
            sink.active()
            sink.embed(name.rpartition("/")[2], data, name)
        sink.unchecked(error.reason)


def _is_project(data: bytes) -> bool:
    """A VBA project and nothing else; old documents have one among their other streams."""
    return _PROJECT in data and not any(name in data for name in _DOCUMENTS)
