"""File names that some clients make of a header, beside the one that the strict reading takes. Knows raw values alone.

A file is opened by the ending of its name, so one name for each ending is enough; one without an ending opens nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from gateway.message.headers import unfolded
from gateway.message.names import Parameters, ending_of, filename_of
from gateway.message.readings.values import uncommented

_PARAMETERS = 32  # names that are looked at in one field
_NAMES = 8  # that one header gives
# Wherever it stands: behind a missing semicolon, in a quote that is never closed, at a field's beginning.
_NAME = re.compile(
    rb"(?<![^\s;\"(])((?:file)?name)(?:\([^()]*+\))?\s*+(?:\*([0-9]{0,8}+)(\*?))?\s*+=\s*+"
    rb"(?:\"((?:[^\"\\]++|\\.)*+)(?:\"|\Z))?([^;]*+)",
    re.IGNORECASE | re.DOTALL,
)


def other_names(values: Iterable[bytes], known: Iterable[str], charset: str, limit: int) -> tuple[str, ...]:
    """The names in the raw values of Content-Type and -Disposition that end otherwise than the `known` ones.

    `limit`: characters of a name. Bounded; in time linear in the values.
    """
    endings = {ending_of(name) for name in known}
    found: list[str] = []
    for name in _given(values, charset, limit):
        ending = ending_of(name)
        if ending and ending not in endings and len(found) < _NAMES:
            endings.add(ending)
            found.append(name)
    return tuple(found)


def _given(values: Iterable[bytes], charset: str, limit: int) -> Iterator[str]:
    for value in dict.fromkeys(map(unfolded, values)):
        if b"name" not in value.lower():
            continue
        pieces: Parameters = {}
        matches = list(islice(_NAME.finditer(value), _PARAMETERS))
        for _place, encoded, piece in sorted(_pieces(matches), key=_number):
            pieces[b"name*%d%s" % (len(pieces), encoded)] = piece
        for parameters in (*_alone(matches), pieces):
            name = filename_of({}, parameters, charset, limit)[0]
            yield name
            yield name.partition("\N{REPLACEMENT CHARACTER}")[0]  # text ends at a NUL, for some


def _number(piece: tuple[int, bytes, bytes]) -> int:
    return piece[0]


def _pieces(matches: list[re.Match[bytes]]) -> Iterator[tuple[int, bytes, bytes]]:
    """RFC 2231 3, with any numbers: those that are left out, or begin with 1 or with zeros."""
    for match in matches:
        if match[2]:
            yield int(match[2]), match[3], match[5].strip() if match[4] is None else match[4]


def _alone(matches: list[re.Match[bytes]]) -> Iterator[Parameters]:
    for match in matches:
        if match[2] is None:
            for name in _plain(match[4], match[5].strip()):
                yield {b"name": name}
        elif not match[2]:
            yield {b"name*": match[5].strip() if match[4] is None else match[4]}


def _plain(quoted: bytes | None, bare: bytes) -> Iterator[bytes]:
    """A name in quotes with what follows them, or without quotes."""
    if quoted is not None:
        yield re.sub(rb"\\(.)", rb"\1", quoted, flags=re.DOTALL)
        if bare:
            yield quoted + uncommented(bare).replace(b'"', b"").rstrip()
        return
    for text in dict.fromkeys((bare, uncommented(bare).strip())):
        yield text
        yield text.strip(b"\"'")
        if text and b"=?" not in text:
            yield text.split(None, 1)[0].strip(b"\"'")
