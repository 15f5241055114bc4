"""The values that cross between worker and child, as rows of JSON and back. What comes back is checked, field by field.

A form that is not as agreed raises `FrameError` (or ValueError, for a word that is not one of an enumeration's).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gateway.contents import ContainedFile, Trait, Unchecked, Why
from gateway.documents.document import Unit
from gateway.inspection.result import DocumentText
from gateway.inspection.wire import FrameError, number, rows, text, texts
from gateway.message.extract import Extract
from gateway.message.union import UnionView
from gateway.model import Attachment, Defect

_MANY = 20_000  # rows of one list: far above every limit of the scan and of the walk
_NAMES = 100  # containers inside one another
_LONG = 1 << 22  # characters of one unit of text

Row = list[Any]


def extract_rows(extracts: Iterable[Extract]) -> list[Row]:
    """Where contents are."""
    return [[e.part, e.steps, e.filename, e.declared_type, e.attachment] for e in extracts]


def extracts_of(value: object) -> tuple[Extract, ...]:
    """The extracts of `extract_rows`."""
    return tuple(
        Extract(text(part), _steps(steps), text(name), text(kind), bool(attachment))
        for part, steps, name, kind, attachment in rows(value, _MANY, 5)
    )


def _steps(value: object) -> tuple[tuple[int, int, str], ...]:
    return tuple((number(start), number(end), text(encoding)) for start, end, encoding in rows(value, _NAMES, 3))


def attachment_rows(attachments: Iterable[Attachment]) -> list[Row]:
    """Attachments, field by field."""
    return [
        [a.filename, a.declared_type, a.sniffed_type, a.decoded_size, a.sha256, a.part, a.reading, a.counted]
        for a in attachments
    ]


def attachments_of(value: object) -> tuple[Attachment, ...]:
    """The attachments of `attachment_rows`."""
    return tuple(
        Attachment(
            text(name), text(declared), text(sniffed), number(size), text(digest), text(part), text(reading),
            number(counted, least=-1),
        )
        for name, declared, sniffed, size, digest, part, reading, counted in rows(value, _MANY, 8)
    )  # fmt: skip


def view_form(view: UnionView) -> dict[str, Any]:
    """A message in every reading."""
    return {
        "attachments": attachment_rows(view.attachments),
        "bytes": view.attachment_bytes,
        "defects": _defect_rows(view.defects),
        "disputes": _defect_rows(view.disputes),
        "extracts": extract_rows(view.extracts),
    }


def view_of(value: object) -> UnionView:
    """The view of `view_form`."""
    if not isinstance(value, dict):
        raise FrameError("not a view")
    return UnionView(
        attachments=attachments_of(value.get("attachments")),
        attachment_bytes=number(value.get("bytes")),
        defects=_defects_of(value.get("defects")),
        disputes=_defects_of(value.get("disputes")),
        extracts=extracts_of(value.get("extracts")),
    )


def _defect_rows(defects: Iterable[Defect]) -> list[Row]:
    return [[defect.name, defect.where] for defect in defects]


def _defects_of(value: object) -> tuple[Defect, ...]:
    return tuple(Defect(text(name), text(where)) for name, where in rows(value, _MANY, 2))


def file_rows(files: Iterable[ContainedFile]) -> list[Row]:
    """Files that were found."""
    return [[f.part, f.names, f.kind, f.size, f.traits] for f in files]


def files_of(value: object) -> tuple[ContainedFile, ...]:
    """The files of `file_rows`."""
    return tuple(
        ContainedFile(text(part), texts(names, _NAMES, 1024), text(kind), number(size), _traits(traits))
        for part, names, kind, size, traits in rows(value, _MANY, 5)
    )


def _traits(value: object) -> tuple[Trait, ...]:
    return tuple(Trait(word) for word in texts(value, 16, 64))


def unchecked_rows(unchecked: Iterable[Unchecked]) -> list[Row]:
    """Files that were not looked into."""
    return [[u.part, u.names, u.reason] for u in unchecked]


def unchecked_of(value: object) -> tuple[Unchecked, ...]:
    """The files of `unchecked_rows`."""
    return tuple(
        Unchecked(text(part), texts(names, _NAMES, 1024), Why(text(reason)))
        for part, names, reason in rows(value, _MANY, 3)
    )


def document_form(document: DocumentText) -> dict[str, Any]:
    """A document's text, or a piece of it. `raw` is not sent: it is what the text says, octet for octet."""
    units = [[u.place, u.text, u.fonts, _is_raw(u)] for u in document.units]
    return {"part": document.part, "names": document.names, "format": document.format, "units": units}


def _is_raw(unit: Unit) -> bool:
    try:
        return bool(unit.raw) and unit.raw == unit.text.encode("latin-1")
    except UnicodeEncodeError:
        return False


def document_of(value: object) -> DocumentText:
    """The document of `document_form`."""
    if not isinstance(value, dict):
        raise FrameError("not a document")
    units = tuple(
        Unit(text(place), text(said, _LONG), texts(fonts, _NAMES, 1024), said.encode("latin-1") if raw else b"")
        for place, said, fonts, raw in rows(value.get("units"), 200_000, 4)
    )
    return DocumentText(
        text(value.get("part")), texts(value.get("names"), _NAMES, 1024), text(value.get("format")), units
    )
