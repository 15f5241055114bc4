"""Embedded OLE objects: the file in each, and whether it does more than show a document.

OLE 1 data ([MS-OLEDS] 2.2) as RTF has it, and the storages of OLE 2 as Word and Excel have them. The file in a Packager
object is taken out; an object that is a document becomes a compound file of its own.
"""

from __future__ import annotations

import struct

from gateway.documents.compound import Compound
from gateway.documents.document import Sink
from gateway.documents.repack import repacked

_EMBEDDED = 2  # [MS-OLEDS] 2.2.4: 1 is a link
_LINKED = 1  # [MS-OLEDS] 2.3.3, flags of \x01Ole
NATIVE = "\x01Ole10Native"
_LINK = "\x01Ole"
_WHOLE = ("Package", "CONTENTS", "EmbeddedOdf", "package_stream")  # streams that hold the object's file as it is
_CONTROLS = ("\x03OCXNAME", "\x03OCXDATA")
_DOCUMENTS = ("WordDocument", "Workbook", "Book", "PowerPoint Document", "VisioDocument", "EncryptedPackage")
_FORMULA = "Equation Native"  # a formula is no file, and most old documents of schools have some


def read_object(storage: Compound, sink: Sink, place: str) -> None:
    """An OLE 2 object's storage: what it holds is kept as embedded files; one that is no plain document is active."""
    link = storage.read(_LINK, 8)
    if len(link) == 8 and struct.unpack_from("<I", link, 4)[0] & _LINKED:
        sink.active()
    if storage.has(NATIVE):
        sink.active()
        keep_package(storage.read(NATIVE)[4:], sink, place)
    elif any(storage.has(name) for name in _CONTROLS):
        sink.active()
    elif any(storage.has(name) for name in _DOCUMENTS):
        sink.embed("", repacked(storage, sink), place)
    elif not _keep_whole(storage, sink, place) and not storage.has(_FORMULA):
        sink.active()
        sink.embed("", repacked(storage, sink), place)


def _keep_whole(storage: Compound, sink: Sink, place: str) -> bool:
    found = [data for name in _WHOLE if (data := storage.read(name))]
    for data in found:
        sink.embed("", data, place)
    return bool(found)


def read_ole1(data: bytes, sink: Sink, place: str) -> None:
    """An OLE 1 object: its native data is kept as an embedded file. Data that makes no sense is kept as it is."""
    try:
        name, native = _ole1(data)
    except (struct.error, ValueError):
        name, native = "", data
    if name.lower() == "package":
        keep_package(native, sink, place)
    elif native:
        sink.embed(name, native, place)


def keep_package(data: bytes, sink: Sink, place: str) -> None:
    """The file in a Packager object; data of another form is kept as it is."""
    try:
        name, native = _package(data)
    except (struct.error, ValueError):
        name, native = "", data
    if native:
        sink.embed(name, native, place)


def _ole1(data: bytes) -> tuple[str, bytes]:
    """The class name and native data of an EmbeddedObject ([MS-OLEDS] 2.2.5)."""
    kind = struct.unpack_from("<I", data, 4)[0]
    name, position = _sized(data, 8)
    for _ in range(2):  # topic and item
        _, position = _sized(data, position)
    native = _block(data, position)[0] if kind == _EMBEDDED else b""
    return name.rstrip(b"\x00").decode("latin-1"), native


def _package(data: bytes) -> tuple[str, bytes]:
    """Name and bytes of a Packager object's file: 02 00, label, path, 00 00 03 00, a sized path, the sized file."""
    if not data.startswith(b"\x02\x00"):
        raise ValueError("no package")
    middle = data.index(b"\x00", 2)
    end = data.index(b"\x00", middle + 1)
    label, path = data[2:middle], data[middle + 1 : end]
    _, position = _block(data, end + 5)
    native, _ = _block(data, position)
    return (label or path).decode("latin-1").replace("/", "\\").rpartition("\\")[2], native


def _block(data: bytes, position: int) -> tuple[bytes, int]:
    """A sized block, cut where the data ends, and where the next one begins."""
    size = struct.unpack_from("<I", data, position)[0]
    return data[position + 4 : position + 4 + size], position + 4 + size


def _sized(data: bytes, position: int) -> tuple[bytes, int]:
    block, end = _block(data, position)
    if end > len(data):
        raise ValueError("a string beyond the end")
    return block, end
