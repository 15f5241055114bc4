"""Calendars (.ics, .vcs) and visiting cards (.vcf): the files that stand in them, and all that they say.

Every line counts, shown or not: under the name of a text the same bytes are shown as they stand.
"""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO

from gateway.contents import Why
from gateway.documents.charset import Decoded, decode
from gateway.documents.contentlines import ContentLine, content_lines
from gateway.documents.document import Sink, SpentError
from gateway.documents.html import read_source
from gateway.documents.source import whole

_WIDE = 64  # octets in which a text in UTF-16 has a NUL
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def read(file: BinaryIO, sink: Sink) -> None:
    """Read a calendar or card into the sink; see `document`."""
    sink.document.format = "card"
    data = whole(file, sink)
    data = data.removeprefix(codecs.BOM_UTF8)
    if b"\0" in data[:_WIDE]:
        data = decode(data).text.encode("utf-8", "surrogatepass")
    for number, line in enumerate(content_lines(data)):
        if number == sink.limits.references:
            raise SpentError(Why.TOO_MANY, "lines")
        if line.has_file:
            sink.embed(decode(line.filename).text, line.file, line.name)
    if sink.text:
        for line in content_lines(data):
            _say(line, sink)


def _say(line: ContentLine, sink: Sink) -> None:
    if line.has_file:
        return
    if line.alternative:
        read_source(decode(line.alternative), sink)
    source = decode(line.value, line.charset)
    if line.html:
        read_source(Decoded(unescaped(source.text), source.raw), sink)
        return
    text, raw = source.unit(source.text)
    sink.unit(line.name or "line", unescaped(text), raw=raw)


def unescaped(text: str) -> str:
    """A value (TEXT, RFC 5545 3.3.11) as it is meant."""
    return _ESCAPED.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    return "\n" if match[1] in "nN" else match[1]
