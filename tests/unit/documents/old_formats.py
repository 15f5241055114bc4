"""What the tests of the old formats share: reading, compound files made by hand, and bytes changed at random."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping

from hypothesis import strategies as st

from gateway.documents.document import Document, DocumentError
from gateway.documents.limits import DocumentLimits
from gateway.documents.read import read
from gateway.documents.repack import ROOT, STORAGE, STREAM, Entry, compound_file

NFC = "Cộng hòa xã hội chủ nghĩa Việt Nam"
TCVN3 = "Céng hoµ x· héi chñ nghÜa ViÖt Nam: n\u00adíc, t\u00ad\u00adëng \u00ad."
VNI = "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam"


def parse(data: bytes, name: str = "", *, text: bool = True, limits: DocumentLimits | None = None) -> Document:
    """Read some bytes as the inspection does."""
    return read(io.BytesIO(data), "", name, limits or DocumentLimits(), text=text)


def texts(document: Document, place: str = "") -> list[str]:
    """Texts of the units whose place begins so."""
    return [unit.text for unit in document.units if unit.place.startswith(place)]


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file of these streams; "/" divides storages."""
    root = Entry("Root Entry", ROOT)
    for path, data in streams.items():
        *storages, name = path.split("/")
        at = root
        for storage in storages:
            found = next((kid for kid in at.kids if kid.name == storage), None)
            if found is None:
                found = Entry(storage, STORAGE)
                at.kids.append(found)
            at = found
        at.kids.append(Entry(name, STREAM, data))
    return compound_file(root)


def survives(data: bytes, name: str = "") -> Document | None:
    """The invariant of every reader: a document within the bounds, or a `DocumentError`; with text and without."""
    limits = DocumentLimits()
    answers = []
    for text in (True, False):
        try:
            answers.append(parse(data, name, text=text, limits=limits))
        except DocumentError:
            answers.append(None)
    full = answers[0]
    if full is not None:
        assert sum(len(unit.text) for unit in full.units) <= limits.text
        assert len(full.units) <= limits.units
        assert sum(len(file.data) for file in full.embedded) <= limits.embedded
        for unit in full.units:
            unit.text.encode("utf-8")
            assert not unit.raw or unit.raw.decode("latin-1") == unit.text
    return full


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """Some bytes of a file changed, cut out or repeated."""
    made = bytearray(data)
    for _ in range(draw(st.integers(1, 12))):
        at = draw(st.integers(0, len(made) - 1))
        match draw(st.integers(0, 5)):
            case 0 | 1:
                made[at] = draw(st.integers(0, 255))
            case 2 | 3:
                made[at : at + 4] = struct.pack(
                    "<I", draw(st.sampled_from([0, 1, 2, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF]))
                )
            case 4:
                made[at:at] = made[at : at + draw(st.integers(1, 64))]
            case _:
                del made[at : at + draw(st.integers(1, 64))]
        if len(made) < 16:
            break
    return bytes(made)


@st.composite
def damaged_streams(draw: st.DrawFn, streams: Mapping[str, bytes]) -> bytes:
    """A compound file that is whole, with one stream damaged: the mistakes get past the file system."""
    name = draw(st.sampled_from(sorted(name for name, data in streams.items() if len(data) > 16)))
    return compound({**streams, name: draw(damaged(streams[name]))})


def streams_of(data: bytes) -> dict[str, bytes]:
    """Every stream of a compound file by its path."""
    from olefile import OleFileIO

    with OleFileIO(io.BytesIO(data)) as file:
        return {"/".join(path): file.openstream(path).read() for path in file.listdir()}


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    """The bytes in pieces."""
    return (data[at : at + size] for at in range(0, len(data), size))
