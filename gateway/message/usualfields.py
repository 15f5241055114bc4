"""The Content- fields as nearly all are, each read by one pattern: no folding within, at most one parameter, ASCII.

Only a short way: what it declines goes through `headers`, a test holds the two equal, and what it takes is never odd.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from gateway.message.oddheader import token_of

_WORD = rb"[!#$&+\-.^_0-9A-Za-z]{1,127}+"
_START, _END = rb"[ \t\r\n]*+", rb"[ \t\r\n]*+\Z"
_VALUE = rb"=(?:\"([!#-\[\]-~](?:[ !#-\[\]-~]{0,99}[!#-\[\]-~])?)\"|([!#$&+\-.^_0-9A-Za-z]{1,64}+))"
_NEXT = rb"(?:;[ \t]*+(?:\r\n[ \t]++)?"
_KIND = rb"(" + _WORD + rb"/" + _WORD + rb")"
_TYPE = re.compile(_START + _KIND + _NEXT + rb"(name|boundary)" + _VALUE + rb")?+" + _END)
_DISPOSITION = re.compile(_START + rb"(inline|attachment)" + _NEXT + rb"filename" + _VALUE + rb")?+" + _END)
_ENCODINGS = {b"base64": "base64", b"quoted-printable": "quoted-printable", b"7bit": "7bit", b"8bit": "8bit"}
_BOUNDARY = 70


class UsualFields(NamedTuple):
    """See `headers.ContentInfo`."""

    content_type: str
    encoding: str
    disposition: str
    filename: str
    boundary: bytes


def usual_fields(
    kind: bytes | None, encoding: bytes | None, disposition: bytes | None, default_type: str
) -> UsualFields | None:
    """What the raw values of the three fields say; None if one of them is not quite usual."""
    said = name = boundary = b""
    content_type, coded = default_type, ""
    if encoding is not None:
        coded = _ENCODINGS.get(token_of(encoding), "")
        if not coded:
            return None
    if disposition is not None:
        match = _DISPOSITION.match(disposition)
        if match is None:
            return None
        said, name = match[1], match[2] or match[3] or b""
    if kind is not None:
        match = _TYPE.match(kind)
        if match is None:
            return None
        content_type = match[1].decode("ascii").lower()
        value = match[3] or match[4] or b""
        if match[2] == b"boundary":
            boundary = value
        elif value:
            if name and name != value:
                return None
            name = value
    if b"=?" in name or b"%00" in name or boundary.startswith(b"=?") or len(boundary) > _BOUNDARY:
        return None
    return UsualFields(content_type, coded, said.decode("ascii"), name.decode("ascii"), boundary)
