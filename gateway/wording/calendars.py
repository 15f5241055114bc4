"""What calendars and visiting cards say: the properties that clients show, unfolded and unescaped. Knows no mail.

RFC 5545 (iCalendar) and RFC 6350 (vCard) fold long lines anywhere, also within a word, and write line ends as `\\n`;
vCard 2.1 writes values in quoted-printable with a charset of their own.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from itertools import islice

from gateway.documents.document import Unit
from gateway.wording.charsets import units_of

KINDS = frozenset(("text/calendar", "text/vcard", "text/x-vcard", "text/x-vcalendar"))
"""The content types of these texts."""

_MOST = 2000  # properties of one text that are read
_SHOWN = rb"SUMMARY|DESCRIPTION|LOCATION|COMMENT|NOTE|CATEGORIES|X-WR-CALNAME|X-WR-CALDESC|FN|ORG|TITLE"
_PARAMETERS = rb"(?:;(?:\"[^\"\r\n]*+\"|[^\":\r\n])*+)?+"
_VALUE = rb"[^\r\n]*+(?:\r?\n[ \t][^\r\n]*+)*+"
_PROPERTY = re.compile(
    rb"^(?:[\w-]{1,64}\.)?(%b)(%b):(%b)" % (_SHOWN, _PARAMETERS, _VALUE), re.MULTILINE | re.IGNORECASE
)
_FOLD = re.compile(rb"\r?\n[ \t]")
_SOFT = re.compile(rb"[^\r\n]*+(?:(?<==)\r?\n[^\r\n]*+)*+")
_CHARSET = re.compile(rb"charset=\"?([\w.:-]{1,40})", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def properties(data: bytes, declared: str) -> Iterator[Unit]:
    """Each property that is shown, its name as the place. `declared`: the charset, "" for none."""
    read = 0
    for found in islice(_PROPERTY.finditer(data), _MOST):
        name, parameters, value = found.groups()
        if found.start() < read:  # it stands in the last one's value
            continue
        if b"quoted-printable" in parameters.lower() and (whole := _SOFT.match(data, found.start(3))):
            read, value = whole.end(), binascii.a2b_qp(whole[0])
        charset = _CHARSET.search(parameters)
        label = charset[1].decode("ascii", "ignore").lower() if charset else declared
        for unit in units_of(_FOLD.sub(b"", value), label):
            unit.place = name.decode("ascii").upper()
            unit.text = _ESCAPED.sub(_character, unit.text)
            yield unit


def _character(match: re.Match[str]) -> str:
    return "\n" if match[1] in "nN" else match[1]
