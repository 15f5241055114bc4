"""Where archives may begin inside something else: behind a program (self-extracting), a picture, or junk."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from gateway.archives.kinds import Format
from gateway.archives.source import Source
from gateway.archives.zip_records import END

_MARKS = (
    (b"7z\xbc\xaf\x27\x1c\x00", Format.SEVEN_ZIP),
    (b"Rar!\x1a\x07\x00", Format.RAR),
    (b"Rar!\x1a\x07\x01\x00", Format.RAR5),
    (b"MSCF\x00\x00\x00\x00", Format.CAB),
)
_TRIES = 8  # places looked at for each: a program that unpacks archives has their marks in it


def places(source: Source) -> Iterator[tuple[Format, int]]:
    """Where an archive may begin. A zip is found from its end, so it begins with the file."""
    if next(source.finds(END), None) is not None:
        yield Format.ZIP, 0
    for mark, kind in _MARKS:
        for at in islice(source.finds(mark), _TRIES):
            yield kind, at
