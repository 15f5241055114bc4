"""The texts of a message's header that people read: its free fields, and the names that stand beside addresses.

An address is no text. Fields that only machines read (X-…, Received, identifiers) are none either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from gateway.contents import Source
from gateway.documents.document import Unit
from gateway.message.headers import unfolded
from gateway.message.result import ScannedMessage
from gateway.wording.encoded import texts_of
from gateway.wording.judge import Origin
from gateway.wording.reader import Reader

FREE = ("Subject", "Comments", "Keywords", "Organization", "Thread-Topic", "Content-Description")
NAMED = ("From", "Sender", "Reply-To", "To", "Cc", "Resent-From", "Resent-To")
_NAME = 2048  # octets of a name beside an address
_EACH = 5  # fields of one name
_ALL = 8 * 1024  # characters of all fields: they are read while everybody waits
_LIST = 64 * 1024  # octets of a list of addresses
_MOST = 1000  # pieces of one
# What stands in a list of addresses: quoted words, comments, words without either; anything else is passed over.
_PIECE = re.compile(
    rb'\\.|"((?:[^"\\]++|\\.)*+)"|\(([^()]*+)\)'
    rb"|((?:=\?[^?\s]{1,64}+\?[bBqQ]\?[^?]*+\?=|[^<>\",;:()\\=]++|=)++)|<[^<>]*+>|.",
    re.DOTALL,
)
_SUBJECT = re.compile(rb"^subject[ \t]{0,64}:([^\n]*+(?:\n[ \t][^\n]*+)*+)", re.MULTILINE | re.IGNORECASE)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


_KEYS = [(b"\n" + name.lower().encode(), name) for name in (*FREE, *NAMED)]
_COMMON = 512  # octets of a list of addresses whose names are remembered: the same people write to each other


Text = tuple[Sequence[Unit], tuple[str, ...]]
"""A text, and the charset that was named for each of its units; see `encoded.texts_of`."""


def header_texts(scanned: ScannedMessage) -> Iterator[tuple[str, Text]]:
    """Each field's name, and what it says. Of a header in ASCII without encoded words only the subject is a text."""
    block = scanned.header_block
    if block.isascii() and b"=?" not in block:
        for value in islice(scanned.headers("Subject"), _EACH):
            yield "Subject", texts_of(value)
        return
    room = _ALL
    for field, text in _rich_texts(scanned):
        room -= sum(len(unit.text) for unit in text[0])
        if room < 0:
            return
        yield field, text


def _rich_texts(scanned: ScannedMessage) -> Iterator[tuple[str, Text]]:
    there = _fields_in(scanned.header_block)
    for field in FREE:
        if field in there:
            for value in islice(scanned.headers(field), _EACH):
                yield field, texts_of(value)
    for field in NAMED:
        if field in there:
            for value in islice(scanned.headers(field), _EACH):
                text = _common_names(value) if len(value) <= _COMMON else _names_text(value)
                if text[0]:
                    yield field, text


def _fields_in(block: bytes) -> set[str]:
    """Those of our fields that a raw header may have: no other is worth asking for."""
    lowered = b"\n" + block.lower()
    return {name for key, name in _KEYS if key in lowered}


def _names_text(value: bytes) -> Text:
    """The names in a list of addresses as one text. It may be shared: nobody may change its units."""
    return _joined(texts_of(name) for name in names_of(value))


_common_names = lru_cache(1024)(_names_text)


def _joined(texts: Iterable[Text]) -> Text:
    units: list[Unit] = []
    charsets: list[str] = []
    for more, labels in texts:
        units += more
        charsets += labels
    return tuple(units), tuple(charsets)


def names_of(value: bytes) -> Iterator[bytes]:
    """The names that stand beside addresses, raw; those in ASCII without encoded words are left out."""
    if value.isascii() and b"=?" not in value:
        return
    for match in islice(_PIECE.finditer(value[:_LIST]), _MOST):
        quoted, comment, bare = match.groups()
        name = (comment or bare or b"") if quoted is None else _ESCAPED.sub(rb"\1", quoted)
        name = name.strip(b" \t\r\n")[:_NAME]
        if name and b"@" not in name and (b"=?" in name or not name.isascii()):
            yield name


def read_header(reader: Reader, scanned: ScannedMessage) -> None:
    """Read a message's own header."""
    for field, text in header_texts(scanned):
        # Mật is a person's name, too.
        reader.units(Origin(Source.HEADER, where=field), *text, free=field in FREE)


def read_inner_header(reader: Reader, block: bytes, origin: Origin) -> None:
    """Read the subject of a message inside the message; `block`: its header."""
    match = _SUBJECT.search(block)
    if match is not None:
        reader.units(origin, *texts_of(unfolded(match[1])))
