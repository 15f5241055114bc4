"""Header fields with their places, and the three fields that say what a part is. Knows no part tree.

Every pattern is possessive or anchored: time is linear in the input whatever a stranger writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import copy
from functools import lru_cache
from itertools import islice

from gateway.message.defects import Flaw
from gateway.message.names import Parameters, disagreeing, filename_of
from gateway.message.oddheader import odd_block, odd_content, usual_lines
from gateway.message.usualfields import usual_fields

Field = tuple[bytes, bytes, int, int]
"""Lower-case name, raw value with its folding and line end, and where the field starts and ends in the message."""

_LINES = re.compile(rb"(?:(?:[!-9;-~]{1,256}[ \t]{0,64}:|[ \t])[^\n]*+(?:\n|\Z))*+")
_FIELD = re.compile(rb"^([!-9;-~]{1,256})[ \t]{0,64}:([^\n]*+(?:\n|\Z)(?:[ \t][^\n]*+(?:\n|\Z))*+)", re.MULTILINE)
_WHOLE_FIELD = re.compile(rb"(?m:(" + _FIELD.pattern + rb"))")
_CONTENT = rb"(content-(?:type|transfer-encoding|disposition))"
_OUR_FIELD = re.compile(_FIELD.pattern.replace(rb"([!-9;-~]{1,256})", _CONTENT), re.MULTILINE | re.IGNORECASE)
_SHORT = 16 * 1024  # octets of a header whose fields are all read at once, which takes less time and more memory
_TYPE = re.compile(rb"\s*+([!#$&+\-.^_0-9A-Za-z]{1,127})\s*+/\s*+([!#$&+\-.^_0-9A-Za-z]{1,127})(?=[\s;(,]|\Z)")
_TOKEN = re.compile(rb"\s*+\"?([!#$&+\-.^_0-9A-Za-z]{1,64})")
_PARAMETER = re.compile(rb";\s*+([^\s=;\"]{1,128})\s*+=\s*+(?:\"((?:[^\"\\]++|\\.)*+)(?:\"|\\?\Z)|([^;]*+))", re.DOTALL)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)  # to split by: joining what that gives takes a tenth of replacing
_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_COMMON = 100  # octets of fields whose reading is remembered: text parts all look the same
_COMMON_HEADER = 128  # the same of a part's whole header
_PARAMETERS = 200  # looked at in one field

_OURS = (b"content-type", b"content-transfer-encoding", b"content-disposition")


def header_lines(data: bytes, start: int, end: int) -> int:
    """Where the run of header lines (fields and continuations) that begins at `start` ends."""
    found = _LINES.match(data, start, end)
    return found.end() if found else start


def fields_of(block: bytes, offset: int, limit: int) -> list[Field]:
    """The first `limit` fields of a header that stands at `offset` of the message."""
    if len(block) <= _SHORT:
        fields: list[Field] = []
        at = offset
        for whole, name, value in _WHOLE_FIELD.findall(block):
            end = at + len(whole)
            fields.append((name.lower(), value, at, end))
            at = end
        if at == offset + len(block):  # nothing but fields: they stand where they were counted
            return fields if len(fields) <= limit else fields[:limit]
    return [(m[1].lower(), m[2], m.start() + offset, m.end() + offset) for m in islice(_FIELD.finditer(block), limit)]


def unfolded(value: bytes) -> bytes:
    """A field's value in one line, without surrounding blanks (RFC 5322 2.2.3)."""
    return (_FOLD.sub(b"", value) if b"\n" in value else value).strip(b" \t\r\n")


def unescaped(text: bytes) -> bytes:
    """What stands between quotes, without the backslashes of its quoted pairs (RFC 5322 3.2.4)."""
    return b"".join(_ESCAPED.split(text)) if b"\\" in text else text


def parameters_of(value: bytes) -> tuple[Parameters, bool]:
    """The parameters of a Content-Type or Content-Disposition, names in lower case; True if one stands there twice."""
    found: Parameters = {}
    twice = False
    for match in islice(_PARAMETER.finditer(value), _PARAMETERS):
        name = match[1].lower()
        if name in found:
            twice = True
        else:
            found[name] = match[3].strip() if match[2] is None else unescaped(match[2])
    return found, twice


class ContentInfo:
    """What a header says about its body; `boundary` is empty if none is given; `odd`: others may read it otherwise."""

    __slots__ = ("boundary", "charset", "content_type", "disposition", "encoding", "filename", "flaws", "odd")

    def __init__(self) -> None:
        self.content_type = "text/plain"
        self.charset = ""
        self.encoding = ""
        self.disposition = ""
        self.filename = ""
        self.boundary = b""
        self.flaws: list[Flaw] = []
        self.odd = False

    def oddly(self) -> ContentInfo:
        """The same, and odd."""
        if self.odd:
            return self
        info = copy(self)
        info.odd = True
        return info


def content_info(fields: Iterable[Field], default_type: str, filename_limit: int) -> tuple[ContentInfo, bool]:
    """Read the Content- fields (RFC 2045 5, 6; RFC 2183); True if one stands there twice: the first is taken.

    The outcome is shared: do not change it.
    """
    ours: dict[bytes, bytes] = {}
    twice = differ = False
    for name, value, _start, _end in fields:
        if name in _OURS:
            if name in ours:
                twice, differ = True, differ or unfolded(value) != unfolded(ours[name])
            else:
                ours[name] = value
    info = info_of(ours, default_type, filename_limit)
    return (info.oddly() if differ else info), twice


def read_header(
    block: bytes, default_type: str, filename_limit: int, count_limit: int
) -> tuple[ContentInfo, bool, list[Field]]:
    """What a header says about its body, whether it says it twice, and its first fields, at most `count_limit`."""
    fields = fields_of(block, 0, count_limit)
    info, twice = content_info(fields, default_type, filename_limit)
    return (info.oddly() if _is_odd(block) else info), twice, fields


def read_part_header(
    block: bytes, default_type: str, filename_limit: int, count_limit: int
) -> tuple[ContentInfo, bool, bool]:
    """The same of a part's header, but the last: it has `count_limit` fields or more."""
    read = _read_common if len(block) <= _COMMON_HEADER else _read_part
    return read(block, default_type, filename_limit, count_limit)


def _read_part(
    block: bytes, default_type: str, filename_limit: int, count_limit: int
) -> tuple[ContentInfo, bool, bool]:
    if block.count(b"\n") >= count_limit - 1:
        info, twice, fields = read_header(block, default_type, filename_limit, count_limit)
        return info, twice, len(fields) == count_limit
    ours = [(name.lower(), value, 0, 0) for name, value in _OUR_FIELD.findall(block)]
    info, twice = content_info(ours, default_type, filename_limit)
    return (info.oddly() if _is_odd(block) else info), twice, False


_read_common = lru_cache(512)(_read_part)


def _is_odd(block: bytes) -> bool:
    return bool(block) and not usual_lines(b"\r\n" + block) and odd_block(block)


def info_of(ours: dict[bytes, bytes], default_type: str, filename_limit: int) -> ContentInfo:
    """Read the raw values of the Content- fields by lower-case name. The outcome is shared: do not change it."""
    kind, encoding, disposition = map(ours.get, _OURS)
    read = _common_info if sum(map(len, ours.values())) <= _COMMON else _info
    return read(kind, encoding, disposition, default_type, filename_limit)


def _info(
    kind: bytes | None, encoding: bytes | None, disposition: bytes | None, default_type: str, filename_limit: int
) -> ContentInfo:
    info = ContentInfo()
    usual = usual_fields(kind, encoding, disposition, default_type)
    if usual is not None and len(usual.filename) <= filename_limit:
        info.content_type, info.encoding, info.disposition, info.filename, info.boundary = usual
        return info
    info.content_type = default_type
    info.odd = odd_content(kind, encoding, disposition)
    typed = _read_type(info, unfolded(kind)) if kind is not None else {}
    if encoding is not None:
        info.encoding = _token(unfolded(encoding))
    disposed: Parameters = {}
    if disposition is not None:
        said = unfolded(disposition)
        info.disposition = _token(said)
        disposed = _parameters(info, said)
    if disposed or typed:
        info.filename, flaws = filename_of(disposed, typed, info.charset, filename_limit)
        info.flaws.extend(sorted(flaws))
        single = len(disposed) < 2 and len(typed) < 2 and disposed.get(b"filename") == typed.get(b"name")
        if not info.odd and not (single and b"name*" not in b"".join((*disposed, *typed))):
            info.odd = disagreeing(disposed, typed, info.charset)
    return info


_common_info = lru_cache(512)(_info)


def _read_type(info: ContentInfo, value: bytes) -> Parameters:
    match = _TYPE.match(value)
    if match is None:
        info.content_type = "text/plain"
        info.flaws.append(Flaw.CONTENT_TYPE_INVALID)
    else:
        info.content_type = f"{match[1].decode('ascii')}/{match[2].decode('ascii')}".lower()
    parameters = _parameters(info, value)
    info.charset = _token(parameters.get(b"charset", b""))
    info.boundary = parameters.get(b"boundary", b"").rstrip()
    return parameters


def _parameters(info: ContentInfo, value: bytes) -> Parameters:
    if b";" not in value:
        return {}
    found, twice = parameters_of(value)
    if twice:
        info.flaws.append(Flaw.DUPLICATE_PARAMETER)
        info.odd = info.odd or _differing(value)
    return found


def _differing(value: bytes) -> bool:
    """Whether a parameter stands in this value twice with different contents."""
    found: dict[bytes, bytes] = {}
    for match in islice(_PARAMETER.finditer(value), _PARAMETERS):
        said = match[3] if match[2] is None else match[2]
        if found.setdefault(match[1].lower(), said.strip()) != said.strip():
            return True
    return False


def _token(value: bytes) -> str:
    match = _TOKEN.match(value)
    return match[1].decode("ascii").lower() if match else ""
