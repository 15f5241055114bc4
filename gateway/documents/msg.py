"""Texts of Outlook messages ([MS-OXMSG]). Attachments are embedded files, messages among them."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

from gateway.documents import codepages, html, rtf
from gateway.documents.compound import Compound
from gateway.documents.document import DocumentError, Sink, SpentError
from gateway.documents.msg_rtf import unpacked
from gateway.documents.objects import read_object
from gateway.documents.repack import repacked

_PROPERTIES = "__properties_version1.0"
_TOP, _INNER = 32, 24  # bytes before the values of a message, and of one inside another ([MS-OXMSG] 2.4)
_ATTACHMENT, _RECIPIENT = "__attach_version1.0_", "__recip_version1.0_"
_UNICODE, _OCTETS, _BINARY, _OBJECT = 0x001F, 0x001E, 0x0102, 0x000D

# Properties ([MS-OXPROPS]).
_CODEPAGES = (0x3FFD, 0x3FDE)
_TEXTS = {
    0x0037: "subject",
    0x0C1A: "sender",
    0x0042: "from",
    0x0E04: "to",
    0x0E03: "cc",
    0x0E02: "bcc",
    0x0070: "topic",
    0x3A08: "telephone",
    0x3001: "name",
    0x3A16: "company",
    0x3A17: "title",
    0x8208: "location",
}
_BODY, _HTML, _RTF = 0x1000, 0x1013, 0x1009
_DATA, _NAMES = 0x3701, (0x3707, 0x3704, 0x3001)
_SUBJECT, _NAME = 0x0037, 0x3001


def read_storage(root: Compound, sink: Sink) -> None:
    """Read a message's root storage into the sink; see `document`."""
    page = _page(root)
    if sink.text:
        for tag, name in _TEXTS.items():
            text, raw = _string(root, tag, page)
            sink.unit(name, text, (), raw)
        for number, (_, recipient) in enumerate(_numbered(root, _RECIPIENT), 1):
            text, raw = _string(recipient, _NAME, page)
            sink.unit(f"recipient {number}", text, (), raw)
        text, raw = _string(root, _BODY, page)
        _paragraphs(text, raw, sink)
    _bodies(root, sink, page)
    sink.document.format = "msg"
    for number, (_, attachment) in enumerate(_numbered(root, _ATTACHMENT), 1):
        _attachment(attachment, sink, page, f"attachment {number}")


def _numbered(root: Compound, prefix: str) -> Iterator[tuple[str, Compound]]:
    return ((name, storage) for name, storage in root.storages() if name.lower().startswith(prefix))


def _stream(tag: int, kind: int) -> str:
    return f"__substg1.0_{tag:04X}{kind:04X}"


def _page(root: Compound) -> int:
    """The code page of 8-bit strings, 0 where none is given."""
    data = root.read(_PROPERTIES)
    found = {}
    for at in range(_TOP, len(data) - 15, 16):
        tag, value = struct.unpack_from("<I4xI", data, at)
        found[tag >> 16] = value
    return next((found[tag] for tag in _CODEPAGES if tag in found), 0)


def _string(storage: Compound, tag: int, page: int) -> tuple[str, bytes]:
    """A property's text, and its bytes where their charset is not known."""
    if data := storage.read(_stream(tag, _UNICODE)):
        return data[: len(data) & ~1].decode("utf-16-le", "replace").rstrip("\x00"), b""
    data = storage.read(_stream(tag, _OCTETS)).rstrip(b"\x00")
    text = codepages.decode(data, page)
    declared = page != codepages.ANSI and codepages.known(page)
    return text, b"" if declared or data.isascii() or data.decode("latin-1") != text else data


def _paragraphs(text: str, raw: bytes, sink: Sink) -> None:
    """A plain body by its lines; the bytes run beside the text, one for each character."""
    at = 0
    for number, line in enumerate(text.split("\n"), 1):
        kept = raw[at : at + len(line)].rstrip(b"\r")
        at += len(line) + 1
        sink.unit(f"paragraph {number}", line.rstrip("\r"), (), b"" if kept.isascii() else kept)


def _bodies(root: Compound, sink: Sink, page: int) -> None:
    """The body as HTML and as RTF; one that cannot be read leaves the others."""
    packed = root.read(_stream(_RTF, _BINARY))
    web = root.read(_stream(_HTML, _BINARY)) or _string(root, _HTML, page)[0].encode("utf-8", "replace")
    try:
        if web:
            html.read(io.BytesIO(web), sink)
        if packed:
            data = unpacked(packed, sink.expandable)
            sink.expand(len(data))
            rtf.read(io.BytesIO(data), sink)
    except SpentError:
        raise
    except DocumentError as error:
        sink.unchecked(error.reason)


def _attachment(storage: Compound, sink: Sink, page: int, place: str) -> None:
    name = next((text for tag in _NAMES if (text := _string(storage, tag, page)[0])), "")
    inner = storage.storage(_stream(_DATA, _OBJECT))
    if inner is None:
        sink.embed(name, storage.read(_stream(_DATA, _BINARY)), place)
    elif inner.has(_PROPERTIES):
        subject = _string(inner, _SUBJECT, page)[0] or name
        if data := repacked(inner, sink, {_PROPERTIES: _as_top(inner.read(_PROPERTIES))}):
            sink.embed(f"{subject}.msg", data, place)
    else:
        read_object(inner, sink, place)


def _as_top(data: bytes) -> bytes:
    """The values of a message inside another, with the head of one that stands alone."""
    return data[:_INNER].ljust(_TOP, b"\x00") + data[_INNER:]
