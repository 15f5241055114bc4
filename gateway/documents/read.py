"""Which format a file is, by content before name, and the one door to all readers, each imported when it is needed.

To add a format: a module with `read(file, sink)` (see `document`), and a row in `_BY_HEAD`, `_BY_KIND` or
`_BY_EXTENSION`.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from typing import BinaryIO, cast

from gateway.contents import Why
from gateway.documents.document import Document, DocumentError, Sink
from gateway.documents.limits import DocumentLimits

Reader = Callable[[BinaryIO, Sink], None]

_HEAD = 4096  # bytes looked at

_CARD = (b"B", b"E", b"G", b"I", b"N", b":", b"V", b"C", b"A")  # also in UTF-16

# The first bytes, where they leave no doubt: whatever the name says, programs open it so.
_BY_HEAD: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "ole"),  # doc xls ppt msg, encrypted docx …
    (re.compile(rb"\x09[\x00\x02\x04\x08][\x04\x06\x08\x10]\x00"), "xls"),  # a workbook's bare stream
    (re.compile(rb"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d|\xa1\x2f\xff\x43\xd9\xef\x76\x4c"), "onenote"),
    (re.compile(rb"(?s)[\s\x00]{0,64}\{\\rt"), "rtf"),
    (re.compile(rb"(?s).{0,1024}?%PDF-"), "pdf"),
    (re.compile(rb"(?:\xef\xbb\xbf)?ID;"), "slk"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s{0,64}<\?xml\b|(?:\xfe\xff\x00|\xff\xfe)<[\x00]?\?"), "xmltext"),
    (re.compile(rb"(?is)(?:\xef\xbb\xbf)?\s{0,1024}<(?:!doctype\s+html|html|head|body)\b"), "html"),
    (re.compile(rb"(?is)(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\x00]{0,64}" + rb"\x00?".join(_CARD)), "card"),
    (re.compile(rb"(?i)(?:MIME-Version|X-MS-[\w-]+|Return-Path|Received|Message-ID|From|Date|Subject):[ \t]"), "eml"),
)

# A zip whose first files are these is a document's package, whatever its name.
_PACKAGE = re.compile(
    rb"PK\x03\x04.{26}(?i:\[Content_Types\]\.xml|_rels[/\\]\.rels|word[/\\]document|xl[/\\]workbook|ppt[/\\]presentation"
    rb"|mimetypeapplication/vnd\.|META-INF[/\\]manifest\.xml|content\.xml)",
    re.DOTALL,
)

_BY_KIND: Mapping[str, str] = {
    "application/rtf": "rtf",
    "text/rtf": "rtf",
    "application/pdf": "pdf",
    "message/rfc822": "eml",
    "application/vnd.ms-outlook": "ole",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/csv": "csv",
    "text/calendar": "card",
    "text/vcard": "card",
    "text/x-vcard": "card",
    "text/x-vcalendar": "card",
    "text/xml": "xmltext",
    "application/xml": "xmltext",
    "image/svg+xml": "xmltext",
}
_PACKAGE_KINDS = ("application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument.")

_PACKAGE_EXTENSIONS = (
    "docx docm dotx dotm xlsx xlsm xlsb xltx xltm xlam pptx pptm potx potm ppsx ppsm ppam"
    " odt ods odp odg odf odm ott ots otp otg oth sxw sxc sxi"
)
_EXTENSIONS: Mapping[str, str] = {
    "package": _PACKAGE_EXTENSIONS,
    "html": "html htm xhtml xht shtml hta",
    "csv": "csv tsv",
    "card": "ics ical ifb vcs vcf vcard",
    "slk": "slk sylk",
    "onenote": "one onetoc2",
    "xmltext": "xml fodt fods fodp svg",
    "eml": "eml mht mhtml",
    "txt": "txt text log md asc",
}
_BY_EXTENSION: Mapping[str, str] = {
    extension: reader for reader, extensions in _EXTENSIONS.items() for extension in extensions.split(" ")
}
_READERS = "package xmltext html csv card txt rtf ole xls pdf eml onenote slk"
_MODULES: Mapping[str, str] = {name: f"gateway.documents.{name}" for name in _READERS.split(" ")}


def can_read(kind: str, name: str, head: bytes) -> bool:
    """True where `read` knows the format. `kind`: "type/subtype" by content; `head`: the first bytes, best 4 KiB."""
    return bool(format_of(kind, name, head))


def format_of(kind: str, name: str, head: bytes) -> str:
    """The reader's name for a file, "" where none reads it."""
    head, extension = head[:_HEAD], name.rpartition(".")[2].lower() if "." in name else ""
    if head.startswith(b"PK"):
        return "package" if _is_package(kind, extension, head) else ""
    for pattern, reader in _BY_HEAD:
        if pattern.match(head):
            return _text_reader(reader, kind, extension)
    if _BY_EXTENSION.get(extension) == "package":
        return ""
    return _BY_KIND.get(kind) or _BY_EXTENSION.get(extension) or ("txt" if kind.startswith("text/") else "")


def read(file: BinaryIO, kind: str, name: str, limits: DocumentLimits, *, text: bool = True) -> Document:
    """Read a document from a seekable file. `text=False`: only its dangers and the files in it; cheap.

    Raises `DocumentError` where nothing could be read; what fails later is in the document's `unchecked`.
    """
    sink = Sink(limits, text=text)
    try:
        _read(file, kind, name, sink)
    except DocumentError as error:
        _take(sink, error)
    except RecursionError:
        _take(sink, DocumentError(Why.TOO_DEEP))
    except MemoryError:
        _take(sink, DocumentError(Why.TOO_LARGE))
    except Exception as error:  # a library stumbled over a stranger's bytes: the file is to blame
        _take(sink, DocumentError(Why.DAMAGED, f"{type(error).__name__} in a reader"))
    return sink.document


def _read(file: BinaryIO, kind: str, name: str, sink: Sink) -> None:
    file.seek(0)
    reader = format_of(kind, name, file.read(_HEAD))
    if not reader:
        raise DocumentError(Why.UNSUPPORTED)
    file.seek(0)
    module = importlib.import_module(_MODULES[reader])
    cast("Reader", module.read)(file, sink)


def _take(sink: Sink, error: DocumentError) -> None:
    if sink.document.blank:
        raise error
    sink.unchecked(error.reason)


def _is_package(kind: str, extension: str, head: bytes) -> bool:
    return _BY_EXTENSION.get(extension) == "package" or kind.startswith(_PACKAGE_KINDS) or bool(_PACKAGE.search(head))


def _text_reader(reader: str, kind: str, extension: str) -> str:
    """Header-like lines begin many texts: they are mail only where name or kind say so too. Nor is each text a card."""
    if reader == "card":
        return _BY_EXTENSION.get(extension, reader)
    if reader == "eml" and kind != "message/rfc822" and _BY_EXTENSION.get(extension) != "eml":
        return _BY_EXTENSION.get(extension) or ("card" if _BY_KIND.get(kind) == "card" else "txt")
    return reader
