"""What calendars and visiting cards say: the properties that clients show (RFC 5545, RFC 6350). Knows no mail."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from gateway.documents.card import unescaped
from gateway.documents.charset import Decoded
from gateway.documents.contentlines import ContentLine, content_lines
from gateway.documents.document import Unit
from gateway.wording.charsets import decoded, units_of

_MOST = 2000  # properties of one text that are read by themselves; the others as one
_NOTES = "SUMMARY DESCRIPTION LOCATION COMMENT CONTACT RESOURCES CATEGORIES NAME X-WR-CALNAME X-WR-CALDESC X-ALT-DESC"
_NAMES = "STYLED-DESCRIPTION NOTE FN NICKNAME ORG TITLE ROLE"
_SHOWN = frozenset(f"{_NOTES} {_NAMES}".split(" "))


def properties(data: bytes, declared: str) -> Iterator[Unit]:
    """Each property that is shown as it is, its name as the place. `declared`: the charset, "" for none."""
    for line in _together(line for line in _shown(data) if not line.html):
        for unit in units_of(line.value, line.charset or declared):
            unit.place = line.name
            unit.text = unescaped(unit.text)
            yield unit


def pages(data: bytes, declared: str) -> Iterator[Decoded]:
    """Each property that is shown as a page of HTML: Outlook shows that one instead of its twin in plain text."""
    for line in islice(_shown(data), _MOST):
        charset = line.charset or declared
        if line.alternative:
            yield decoded(line.alternative, charset)
        if line.html:
            page = decoded(line.value, charset)
            yield Decoded(unescaped(page.text), page.raw)


def _shown(data: bytes) -> Iterator[ContentLine]:
    return (line for line in content_lines(data) if line.name in _SHOWN)


def _together(lines: Iterator[ContentLine]) -> Iterator[ContentLine]:
    yield from islice(lines, _MOST)
    rest = b"\n".join(line.value for line in lines)
    if rest:
        yield ContentLine("REST", b"", rest)
