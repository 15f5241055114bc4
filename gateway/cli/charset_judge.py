"""What the texts of one opened file say: read by the room that reads mail's texts, judged as its mail would be.

Reads no files and prints nothing.
"""

from __future__ import annotations

import io
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, islice
from pathlib import Path

from gateway.cli.charset_open import STDIN, Opened
from gateway.cli.charset_report import Found, Report, inside
from gateway.cli.output import safe
from gateway.contents import LegacyText, Passage, Source, Unchecked, Words
from gateway.documents.charset import decode
from gateway.documents.document import DocumentError, Unit
from gateway.documents.limits import DocumentLimits
from gateway.documents.read import read
from gateway.inspection.result import DocumentText
from gateway.vietnamese import Family, Note, Verdict, convert, family_of_font, verdict_of
from gateway.wording.fields import read_header
from gateway.wording.judge import Origin, legacy_of
from gateway.wording.reader import CHARSET, WANTS, Reader

_MIB = 1024 * 1024
_CHARACTERS = 256 * _MIB
_PLAIN = DocumentLimits(text=64 * _MIB, units=8_000_000, expanded=256 * _MIB)
_PASSAGES = 1000  # places of one text
_WORDS = 80  # characters of one
_PART = re.compile(r"part ([\w./@]+): ")
_MAIL = "eml"


def judge(opened: Opened, *, everything: bool, converting: bool, family: Family | None = None) -> Report:
    """The report on a file. `converting`: with all its text in Unicode, of `family` where that is known."""
    documents, unchecked = opened.documents, opened.unchecked
    if opened.plain is not None:
        documents, unchecked = _read_plain(opened.name, opened.kind, opened.plain)
    words = _words(opened, documents, WANTS if everything else frozenset((CHARSET,)))
    return Report(
        opened.name,
        opened.kind,
        len(documents),
        tuple(_found(text, documents) for text in words.legacy),
        unchecked,
        words.markings if everything else (),
        words.unmarked if everything else (),
        _converted(opened, documents, family) if converting else None,
    )


def _found(text: LegacyText, documents: Iterable[DocumentText]) -> Found:
    """The verdict; and the places in the order of the document, so that a person can go from one to the next."""
    document = next((one for one in documents if one.names == text.names), DocumentText("", (), "", ()))
    places = {_PART.sub("", unit.place, 1): number for number, unit in enumerate(document.units)}
    passages = tuple(sorted(text.passages, key=lambda passage: places.get(passage.place, 0)))
    if not passages and Note.LEGACY_FONT in text.notes:
        passages = tuple(islice(_in_legacy_fonts(document.units), _PASSAGES))
    verdict = verdict_of(text.family, text.damaged, text.confidence, text.notes)
    if text.source is Source.QUOTED and verdict is Verdict.VIOLATION:  # others wrote it: rules do not refuse it
        verdict = Verdict.WARNING
    return Found(replace(text, passages=passages), document.format, verdict.value)


def _in_legacy_fonts(units: Iterable[Unit]) -> Iterator[Passage]:
    """Where good text has a font of an old charset."""
    for unit in units:
        font = next((font for font in unit.fonts if family_of_font(font)[0] is not None), "")
        if font and not unit.text.isascii():
            words = unit.text[:_WORDS]
            yield Passage(unit.place, "", 0, 0.0, words, words, font)


def _words(opened: Opened, documents: Iterable[DocumentText], wants: frozenset[str]) -> Words:
    reader = Reader(wants, characters=_CHARACTERS, passages=_PASSAGES)
    if opened.name != STDIN:
        _name(reader, opened.name)
    if opened.header is not None:
        read_header(reader, opened.header)
    for file in opened.files[1:]:
        reader.text(Source.NAME, file.names[-1], part=file.part, names=file.names)
    for document in documents:
        if document.format == _MAIL:
            _letter(reader, document)
        else:
            reader.document(document.part, document.names, document.units)
    return reader.words


def _name(reader: Reader, name: str) -> None:
    """The file's own name; one that is no UTF-8 is the bytes that it is."""
    own = Path(name).name
    raw = os.fsencode(own)
    try:
        reader.text(Source.NAME, raw.decode(), names=(name,))
    except UnicodeDecodeError:
        reader.text(Source.NAME, raw, names=(name,))


def _letter(reader: Reader, document: DocumentText) -> None:
    """A message: each of its texts by itself. Its subject was read with its header; one inside another is quoted."""
    own = not inside(document.names)
    for part, units in _by_part(document.units):
        if part:
            source = Source.BODY if own else Source.QUOTED
            reader.body(Origin(source, part, document.names), units)
        elif not own:
            reader.units(Origin(Source.QUOTED, document.part, document.names, "Subject"), units)


def _by_part(units: Sequence[Unit]) -> Iterator[tuple[str, list[Unit]]]:
    """Units by the part of the message that they stand in, "" for its subject; their places without it."""
    for part, group in groupby(units, lambda unit: found[1] if (found := _PART.match(unit.place)) else ""):
        yield part, [Unit(_PART.sub("", unit.place, 1), unit.text, unit.fonts, unit.raw) for unit in group]


def _read_plain(name: str, kind: str, data: bytes) -> tuple[tuple[DocumentText, ...], tuple[Unchecked, ...]]:
    """Its lines or cells; no document where it is no text at all."""
    try:
        plain = read(io.BytesIO(data), "text/plain", f"x.{kind}", _PLAIN)
    except DocumentError as error:
        return (), (Unchecked("", (name,), error.reason),)
    unchecked = tuple(Unchecked("", (name,), why) for why in plain.unchecked)
    return (DocumentText("", (name,), kind, tuple(plain.units)),), unchecked


def _converted(opened: Opened, documents: Sequence[DocumentText], family: Family | None) -> str | None:
    """All text in Unicode: a plain text as a whole, with its line ends; documents a line for each of their units."""
    if opened.plain is not None:
        return _whole(opened.plain, family) if documents else None
    texts = [(document, "\n".join(_units(document.units, family))) for document in documents]
    if len(texts) <= 1:
        return "".join(f"{text}\n" for _, text in texts) or None
    return "".join(f"==> {safe(' › '.join(document.names))} <==\n{text}\n\n" for document, text in texts)


def _whole(data: bytes, family: Family | None) -> str:
    decoded = decode(data)
    if decoded.raw or not _is_text(decoded.text):
        return convert(data, family)
    return convert(decoded.text, family)


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # bytes that are no UTF-8 stand among what is
        return False
    return True


def _units(units: Sequence[Unit], family: Family | None) -> list[str]:
    """What a reader of the document sees of it: not its properties."""
    units = [unit for unit in units if not unit.place.startswith("property ")]
    if family is None:
        texts = legacy_of(units, Origin(Source.DOCUMENT))[1]
        return [unicodedata.normalize("NFC", text) for text in texts]
    return [convert(unit.raw or unit.text, family, font=next(iter(unit.fonts), "")) for unit in units]
