"""One message of these corpora, what must be found in it, and the small builders that the classes share."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.corpus.build import B64, HTML, NOTE, PNG, QP, TEXT, TOP, b64, many, part, wire
from tests.findings.document_files import pdf as pdf_file

__all__ = [
    "B64",
    "HTML",
    "NOTE",
    "PDF",
    "PNG",
    "QP",
    "TEXT",
    "TOP",
    "Sample",
    "attached",
    "b64",
    "many",
    "mixed",
    "part",
    "pdf",
    "wire",
]

PDF = pdf_file()
Names = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Sample:
    """`attachments`: (name, bytes) of all that any reading shows; None: more may be shown. `shows`: bytes that some
    attachment must consist of. `disputes`: their names. `traits`: of files by their way ("a.zip › b.exe"). `unchecked`:
    why, by way. `text`: words that the text of documents must have.
    """

    group: str
    name: str
    raw: bytes
    attachments: Names | None = None
    suspicious: bool | None = None
    disputes: tuple[str, ...] = ()
    traits: dict[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    unchecked: dict[str, str] = field(default_factory=dict)
    text: tuple[str, ...] = ()

    def expected(self) -> dict[str, object]:
        """The JSON beside the message."""
        found = {key: getattr(self, key) for key in self.__dataclass_fields__ if key not in ("group", "name", "raw")}
        return {key: value for key, value in found.items() if value not in (None, {}, ())} | {"disputes": self.disputes}


def attached(name: str, data: bytes, kind: str = "application/octet-stream", extra: str = "") -> bytes:
    """A part with a file."""
    head = f'Content-Type: {kind}\n{B64}Content-Disposition: attachment; filename="{name}"\n{extra}'
    return part(head, b64(data))


def pdf(name: str = "a.pdf", body: bytes | None = None) -> bytes:
    """A PDF attached as usual."""
    head = f'Content-Type: application/pdf\n{B64}Content-Disposition: attachment; filename="{name}"'
    return part(head, b64(PDF) if body is None else body)


def mixed(*parts: bytes) -> bytes:
    """A message with a covering note and these parts."""
    return many("=_1", TEXT, *parts, top=TOP)
