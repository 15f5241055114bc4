"""One header as different clients read it: where it ends, and what it may say about its body. Knows no part tree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice

from gateway.message.defects import ELSEWHERE, Flaw
from gateway.message.headers import ContentInfo, header_lines, info_of
from gateway.message.limits import ScanLimits
from gateway.message.part import CARDS, ENCODED, is_shown
from gateway.message.readings.othernames import other_names
from gateway.message.readings.values import UNKNOWN, boundaries, canonical, encodings, media_types

MESSAGES = ("message/rfc822", "message/global")

_EMPTY = re.compile(rb"(?:\A|(?<=\n))\r?\n")
_BLANKS = re.compile(rb"(?:\A|(?<=\n))[ \t]*+\r?\n")
_FIELD = re.compile(rb"^([^:\n]{1,256}+):([^\n]*+(?:\n|\Z)(?:[ \t][^\n]*+(?:\n|\Z))*+)", re.MULTILINE)
_LONE_CR = re.compile(rb"\r(?!\n)")
_MBOX_LINE = 998
_SAME = 4  # fields of one name that are looked at: the first ones and the last


class End(IntEnum):
    """What ends a header."""

    STRICT = 0  # an empty line, or one that is neither field nor continuation (a line of blanks continues)
    EMPTY = 1  # nothing but an empty line: what is no field is skipped
    BLANKS = 2  # a line of blanks, too


@dataclass(frozen=True, slots=True)
class Structure:
    """What a header may say that its body is: "multipart" with a boundary, "message", or "leaf"."""

    kind: str
    boundary: bytes = b""


LEAF = Structure("leaf")
MESSAGE = Structure("message")


@dataclass(frozen=True, slots=True, eq=False)
class Heading:
    """One header, read once: equal only to itself. The first of each tuple is the strict reading's."""

    body: int  # where its body begins, from where the header does
    infos: tuple[ContentInfo, ...]
    structures: tuple[Structure, ...]
    encodings: tuple[str, ...]  # every one that is declared; "?" for one that nobody knows
    named: bool = False  # some Content- field has its right name
    stated: tuple[str, ...] = ()  # those of them that fields with the right name begin with, and that somebody knows
    elsewhere: tuple[Flaw, ...] = ()  # some type that is declared says that the content stands elsewhere
    others: tuple[str, ...] = ()  # names that end otherwise, which some clients read

    def attachment(self, *, strict: bool) -> bool:
        """Some client would offer its body to save as one file. `strict`: even what a field says is a multipart.

        A calendar or card is one here: whether there is a file in it, only its strict reading knows.
        """
        return any(
            info.disposition not in ("", "inline")
            or info.filename
            or self.others
            or not is_shown(info.content_type)
            or info.content_type in CARDS
            for info in self.infos
            if strict or not info.content_type.startswith("multipart/")
        )

    @property
    def filenames(self) -> tuple[str, ...]:
        """Every name that is given."""
        return tuple(dict.fromkeys((*(info.filename for info in self.infos if info.filename), *self.others)))

    @property
    def encoded(self) -> bool:
        """Its body is to be decoded, for some."""
        return any(encoding in ENCODED for encoding in self.encodings)

    @property
    def inside(self) -> tuple[Structure, ...]:
        """What its body may be once it is decoded: multiparts (one without a boundary if none is given), a message."""
        if not self.encoded:
            return ()
        kinds = {info.content_type for info in self.infos}
        found = tuple(structure for structure in self.structures if structure.kind == "multipart")
        if not found and any(kind.startswith("multipart/") for kind in kinds):
            found = (Structure("multipart"),)
        return found + ((MESSAGE,) if kinds.intersection(MESSAGES) else ())

    @property
    def content_type(self) -> str:
        """The strict reading's type."""
        return self.infos[0].content_type


def read_heading(text: bytes, end: End, default: str, *, message: bool, limits: ScanLimits) -> Heading:
    """Read the header at the beginning of `text`. `message`: it is a whole message's, an mbox line may come first."""
    start, stop, body = _extent(text, end, message)
    exact: dict[bytes, list[bytes]] = {}
    fuzzy: dict[bytes, list[bytes]] = {}
    for match in islice(_FIELD.finditer(text, start, stop), limits.header_count):
        name = canonical(match[1])
        if name:
            same = exact if match[1].rstrip(b" \t").lower() == name else fuzzy
            _keep(same.setdefault(name, []), match[2])
    given = {name: [*exact.get(name, ()), *fuzzy.get(name, ())] for name in {*exact, *fuzzy}}
    infos = _infos(exact, given, default, limits.filename)
    declared = _encodings(exact, given)
    structures = _structures(infos, given.get(b"content-type", []), limits.boundary)
    if all(encoding in ENCODED for encoding in declared):
        structures = tuple(structure for structure in structures if structure is not MESSAGE) or (LEAF,)
    elif MESSAGE in structures and not ENCODED.isdisjoint(declared):
        structures = tuple(dict.fromkeys((*structures, LEAF)))
    fields = exact.get(b"content-transfer-encoding", ())
    stated = dict.fromkeys(first for value in fields if (first := encodings(value)[0]) != UNKNOWN)
    return Heading(
        body, infos, structures, declared, bool(exact), tuple(stated), _elsewhere(infos, given),
        other_names(
            (*given.get(b"content-disposition", ()), *given.get(b"content-type", ())),
            [info.filename for info in infos], infos[0].charset, limits.filename,
        ),
    )  # fmt: skip


def _elsewhere(infos: tuple[ContentInfo, ...], given: dict[bytes, list[bytes]]) -> tuple[Flaw, ...]:
    kinds = {kind for value in given.get(b"content-type", ()) for kind in media_types(value)}
    kinds.update(info.content_type for info in infos)
    return tuple(flaw for kind, flaw in ELSEWHERE.items() if kind in kinds)


def _keep(values: list[bytes], value: bytes) -> None:
    if len(values) < _SAME:
        values.append(value)
    else:
        values[-1] = value


def uncarriaged(text: bytes) -> bytes:
    """The text with each lone CR as a line end; offsets stay."""
    return _LONE_CR.sub(b"\n", text)


def _extent(text: bytes, end: End, message: bool) -> tuple[int, int, int]:
    """Where the fields begin, where they end, and where the body begins."""
    start = 0
    if message and text.startswith((b"From ", b">From ")):
        start = text.find(b"\n", 0, _MBOX_LINE) + 1
    if end is End.EMPTY:
        empty = _EMPTY.search(text, start)
        return (start, empty.start(), empty.end()) if empty else (start, len(text), len(text))
    limit = len(text)
    blanks = _BLANKS.search(text, start) if end is End.BLANKS else None
    if blanks:
        limit = blanks.start()
    after = header_lines(text, start, limit)
    if blanks and after == limit:
        return start, after, blanks.end()
    blank = 2 if text.startswith(b"\r\n", after) else int(text.startswith(b"\n", after))
    return start, after, after + blank


def _infos(
    exact: dict[bytes, list[bytes]], given: dict[bytes, list[bytes]], default: str, filename: int
) -> tuple[ContentInfo, ...]:
    infos = [info_of({name: values[0] for name, values in exact.items()}, default, filename)]
    for number in range(max(map(len, given.values()), default=0)):
        chosen = {name: values[min(number, len(values) - 1)] for name, values in given.items()}
        info = info_of(chosen, default, filename)
        if info is not infos[-1]:
            infos.append(info)
    return tuple(infos)


def _structures(infos: tuple[ContentInfo, ...], values: list[bytes], longest: int) -> tuple[Structure, ...]:
    strict = infos[0]
    found = [_strict(strict, longest)]
    kinds = {kind for value in values for kind in media_types(value)} | {info.content_type for info in infos}
    for value in values:
        found += [Structure("multipart", boundary) for boundary in boundaries(value) if len(boundary) <= 4 * longest]
    if any(kind in MESSAGES for kind in kinds):
        found.append(MESSAGE)
    if not any(kind.startswith("multipart/") or kind in MESSAGES for kind in kinds) or len(values) > 1:
        found.append(LEAF)
    return tuple(dict.fromkeys(found))


def _strict(info: ContentInfo, longest: int) -> Structure:
    if info.content_type.startswith("multipart/") and 0 < len(info.boundary) <= longest:
        return Structure("multipart", info.boundary)
    return MESSAGE if info.content_type in MESSAGES and info.encoding not in ENCODED else LEAF


def _encodings(exact: dict[bytes, list[bytes]], given: dict[bytes, list[bytes]]) -> tuple[str, ...]:
    name = b"content-transfer-encoding"
    first = {} if name in exact else {"": None}  # a field whose name is odd may be none
    found = first | {meaning: None for value in given.get(name, ()) for meaning in encodings(value)}
    return tuple(found) or ("",)
