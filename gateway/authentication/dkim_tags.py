"""Tag lists, as in DKIM-Signature, the fields of ARC and key records (RFC 6376 3.2). Pure; knows no tag by name."""

from __future__ import annotations

import re
from binascii import Error as Base64Error
from binascii import a2b_base64

from gateway.who import Result

_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_TAG = re.compile(rb"[ \t]*+([A-Za-z][A-Za-z0-9_]*+)[ \t]*+=(.*)\Z", re.DOTALL)
_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*+\Z")  # beyond ASCII: RFC 8616
_BLANKS = b" \t\r\n"
_MOST = 64  # tags in one list
_LONGEST = 16 * 1024  # octets of one list
_NUMBER = re.compile(rb"[0-9]{1,19}\Z")


class Unusable(Exception):  # noqa: N818 - a verdict on a stranger's text, not an error of ours
    """A signature or a key cannot be used. `reason`: short, ASCII, of ours. Never leaves this room."""

    def __init__(self, reason: str, result: Result = Result.PERMERROR) -> None:
        super().__init__(reason)
        self.reason = reason
        self.result = result


Tags = dict[str, bytes]
"""Values by name, without surrounding blanks, unfolded."""


def tags_of(value: bytes, *, lenient: bool = False) -> Tags:
    """Read a tag list. Unusable where it is none, or where a name stands twice. `lenient`: empty tags are skipped."""
    if len(value) > _LONGEST:
        raise Unusable("tag list is too long")
    text = _FOLD.sub(b"", value).strip(_BLANKS)
    specs = text.removesuffix(b";").split(b";", _MOST)
    if len(specs) > _MOST:
        raise Unusable("too many tags")
    found: Tags = {}
    for spec in specs:
        if lenient and not spec.strip(_BLANKS):
            continue
        name, content = _tag(spec)
        if name in found:
            raise Unusable("a tag stands twice")
        found[name] = content
    return found


def _tag(spec: bytes) -> tuple[str, bytes]:
    match = _TAG.match(spec)
    if match is None:
        raise Unusable("not a tag list")
    content = match[2].strip(_BLANKS)
    if not _VALUE.match(content):
        raise Unusable("a tag has control characters")
    return match[1].decode("ascii"), content


def required(tags: Tags, name: str) -> bytes:
    """The value of a tag that must be there, not empty. Unusable otherwise."""
    if not tags.get(name):
        raise Unusable(f"no {name}=")
    return tags[name]


def text_of(value: bytes) -> str:
    """As text; Unusable where it is not UTF-8."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        raise Unusable("a tag is not UTF-8") from None


def number_of(tags: Tags, name: str, missing: int = 0) -> int:
    """A decimal number of at most 19 digits. Unusable otherwise."""
    value = tags.get(name)
    if value is None:
        return missing
    if not _NUMBER.match(value):
        raise Unusable(f"{name}= is no number")
    return int(value)


def base64_of(tags: Tags, name: str) -> bytes:
    """The octets of a base64 value, blanks inside it apart (RFC 6376 2.10). Unusable where it is none, or empty."""
    compact = required(tags, name).translate(None, _BLANKS)
    try:
        return a2b_base64(compact, strict_mode=True)
    except (Base64Error, ValueError):
        raise Unusable(f"{name}= is no base64") from None


def words_of(value: bytes) -> list[bytes]:
    """What stands between colons, without blanks, in lower case: h=, s=, t=, q=."""
    return [word.strip(_BLANKS).lower() for word in value.split(b":")]
