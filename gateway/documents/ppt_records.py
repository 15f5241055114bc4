"""Records of PowerPoint files ([MS-PPT] 2.3.1) and which of them are in force. Knows no slides."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.contents import Why
from gateway.documents.document import DocumentError

DOCUMENT = 1000
_EDIT, _DIRECTORY = 0x0FF5, 0x1772
_ENCRYPTED_TOKEN = 0xF3D1C4DF  # [MS-PPT] 2.3.2
_TAG_DATA = 0x138B  # says that it is no container, and is one
_EDITS = 10_000  # savings of one file


@dataclass(frozen=True, slots=True)
class Record:
    """One record: `start` is where its data begins, `end` where it ends in what is being read."""

    kind: int
    instance: int
    container: bool
    start: int
    end: int


def record_at(data: bytes, at: int, end: int) -> Record | None:
    """The record at an offset, cut at `end`; None where there is no room for one."""
    if not 0 <= at <= end - 8:
        return None
    flags, kind, size = struct.unpack_from("<HHI", data, at)
    return Record(kind, flags >> 4, flags & 0xF == 0xF or kind == _TAG_DATA, at + 8, min(at + 8 + size, end))


def walk(data: bytes, outer: Record, depth: int) -> Iterator[tuple[Record, bool]]:
    """Every record inside a container, at any depth; true as it begins, and for containers false where they end."""
    open_containers = [outer]
    at = outer.start
    while open_containers:
        inner = record_at(data, at, open_containers[-1].end)
        if inner is None:
            ended = open_containers.pop()
            at = ended.end
            if open_containers:
                yield ended, False
            continue
        yield inner, True
        at = inner.end
        if inner.container:
            if len(open_containers) >= depth:
                raise DocumentError(Why.TOO_DEEP, "records")
            open_containers.append(inner)
            at = inner.start


@dataclass(frozen=True, slots=True)
class Edits:
    """Where each object in force begins, by its number; and the number of the document itself."""

    objects: dict[int, int]
    document: int
    encrypted: bool


def read_edits(data: bytes, user: bytes) -> Edits:
    """The last saving and those before it ([MS-PPT] 2.1.2). `user`: the stream Current User."""
    token, at = struct.unpack_from("<II", user, 12) if len(user) >= 20 else (0, 0)
    objects: dict[int, int] = {}
    document, encrypted, seen = 0, token == _ENCRYPTED_TOKEN, set[int]()
    while at and at not in seen and len(seen) < _EDITS:
        seen.add(at)
        edit = record_at(data, at, len(data))
        if edit is None or edit.kind != _EDIT or edit.end - edit.start < 20:
            break
        last, directory, number = struct.unpack_from("<III", data, edit.start + 8)
        document = document or number
        encrypted = encrypted or edit.end - edit.start >= 32
        for key, place in _directory(data, directory):
            objects.setdefault(key, place)
        at = last
    return Edits(objects, document, encrypted)


def _directory(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Numbers of objects and where they begin ([MS-PPT] 2.3.4)."""
    record = record_at(data, at, len(data))
    if record is None or record.kind != _DIRECTORY:
        return
    at = record.start
    while at + 4 <= record.end:
        head = struct.unpack_from("<I", data, at)[0]
        number, count = head & 0xFFFFF, min(head >> 20, (record.end - at - 4) // 4)
        yield from enumerate(struct.unpack_from(f"<{count}I", data, at + 4), number)
        at += 4 + 4 * count
        if not count:
            return
