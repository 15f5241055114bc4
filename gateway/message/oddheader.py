"""Whether a header may be read in another way than the strict one. Knows the form of good headers, and no part tree.

What is good is written down (RFC 2045 5.1, 6.1, RFC 2183 2, RFC 2231 for file names alone) and everything else is odd,
so a trick that nobody thought of is odd too. Odd is no fault: it only means that other readings are worth looking at.
"""

from __future__ import annotations

import re

from gateway.message.decode import RUN_ENCODINGS
from gateway.message.lines import LEGAL, longest_line

_BLANKS = rb"(?:[ \t]|\r?\n[ \t])*+"
_TOKEN = rb"[!#$%&'*+\-.^_`{|}~0-9a-z]++"
_KIND = rb"[!#$&+\-.^_0-9a-z]{1,127}+/[!#$&+\-.^_0-9a-z]{1,127}+"
_WORD = rb"=\?[^?\s;\"\\()=]{1,64}+\?[bq]\?[^?\s;\"\\()]*+\?="
# A file name may be raw, folded, in encoded words or pieces; but nothing in it may look like the next parameter.
_QUOTED_NAME = rb"\"(?:[^\"\\\r\n\0]|\r?\n[ \t])++\""
_BARE_NAME = rb"(?!')(?:[^\"\\;()=\r\n\0]|\r?\n[ \t]|" + _WORD + rb"|\([^\"\\;()=\r\n\0]*+\))++"
_NAME_FORM = rb"(?:\*(?:(?:0|[1-9][0-9]?+)\*?)?)?="
_BOUNDARY = rb"boundary=(?:\"(?!=\?| )[!#-\[\]-~ ]{1,70}+(?<! )\"|(?!')[!#$%&'*+\-.^_`{|}~0-9a-z]{1,70}+(?![^\s;]))"
_OTHER = rb"(?!boundary=|(?:file)?name=)[!#$&+\-.^_0-9a-z]{1,64}+=(?:\"[ !#-\[\]-~\t]*+\"|" + _TOKEN + rb")"


def _good(start: bytes, name: bytes) -> re.Pattern[bytes]:
    named = name + _NAME_FORM + rb"(?:" + _QUOTED_NAME + rb"|" + _BARE_NAME + rb")"
    parameter = rb"(?:" + rb"|".join((named, _BOUNDARY, _OTHER)) + rb")"
    return re.compile(start + _BLANKS + rb"(?:;" + _BLANKS + parameter + rb"?" + _BLANKS + rb")*+")


_GOOD_TYPE = _good(_KIND, b"name")
_GOOD_DISPOSITION = _good(rb"(?:inline|attachment)", b"filename")
# The last ones are no encodings, and everybody takes them for none.
_GOOD_ENCODINGS = {
    *(b"7bit", b"8bit", b"base64", b"quoted-printable", b"binary", b""),
    *(b"7-bit", b"8-bit", b"7bits", b"8bits", b"utf-8", b"utf8", b"us-ascii", b"ascii", b"none"),
}


# An escaped NUL, where a name ends for some, and a comment with nothing behind it: a name's ending, or none of it.
_ODD_NAME = re.compile(rb"%00|[^\\\"()=]\([^\"()=;]*+\)[ \t\r\n]*+(?:;|\Z)")


def odd_content(kind: bytes | None, encoding: bytes | None, disposition: bytes | None) -> bool:
    """Whether one of the raw values of Content-Type, -Transfer-Encoding and -Disposition could be read otherwise."""
    return (
        (kind is not None and not _is_good(_GOOD_TYPE, kind))
        or (encoding is not None and token_of(encoding).lower() not in _GOOD_ENCODINGS)
        or (disposition is not None and not _is_good(_GOOD_DISPOSITION, disposition))
    )


def _is_good(form: re.Pattern[bytes], value: bytes) -> bool:
    value = _plain(value)
    return form.fullmatch(value) is not None and not (
        (b"(" in value or b"%00" in value) and _ODD_NAME.search(value) is not None
    )


def token_of(encoding: bytes) -> bytes:
    """The raw value without its line end and the blanks before it: some readers know no name with a blank behind it."""
    return encoding.rstrip(b"\r\n").lstrip(b" \t\r\n")


def _plain(value: bytes) -> bytes:
    return value.strip(b" \t\r\n").lower()


# Types whose one part is a container to some clients, and a file to others.
_RUN_TYPES = {f"application/{name}" for name in (*RUN_ENCODINGS, "mac-binhex40", "x-mac-binhex40", "x-uuencoded")}
_REPORTS = {
    f"message/{name}"
    for name in (
        *("delivery-status", "disposition-notification", "feedback-report", "tracking-status", "global-headers"),
        *("global-delivery-status", "global-disposition-notification", "rfc822", "global"),
    )
}


def odd_type(content_type: str) -> bool:
    """Whether some clients look into a part of this type where others see a file: old kinds of message and encoding."""
    return content_type in _RUN_TYPES or (content_type.startswith("message/") and content_type not in _REPORTS)


_CONTROLS = b"\0\x0b\x0c"  # where some readers end a line, or a text
_NO_ENDS = bytes(set(range(256)) - set(b"\r\n" + _CONTROLS))
_ANY_CASE = rb"[Cc][Oo][Nn][Tt][Ee][Nn][Tt]"
# A line that is not after CRLF, or neither a name with its colon at once nor a continuation with something on it, or
# that might be odd by its name; or begins with a dot, which the wire counts.
_UNUSUAL = re.compile(
    rb"\n(?!(?<=\r\n)(?!" + _ANY_CASE + rb"(?:_|-[A-Za-z-]{4,17}+\())"
    rb"(?:[!-\-/-9;-~][!-9;-~]{0,255}:|[ \t]++(?!" + _ANY_CASE + rb"-)[!-~\x80-\xff]))"
)
# In lower case: lines of nothing but blanks and names with a blank before the colon (the header's end, for some),
# continuations that look like one of our fields, and names that some take for one of ours.
_ODD = re.compile(
    rb"\n(?:[ \t]++(?:\r?(?:\n|\Z)|content-(?:type[ \t]*+:[ \t]*+[a-z]++/|disposition[ \t]*+:[ \t]*+(?:att|inl)|"
    rb"transfer-encoding[ \t]*+:[ \t]*+(?:[78]bit|bin|base|quot|x-|uu|yenc)))|"
    rb"content(?:_|-[a-z-]{4,17}+\()|[!-9;-~]{1,256}+[ \t])"
)


def usual_lines(text: bytes) -> int:
    """How many lines a header has that stands in `text` after a CRLF, in whatever case; 0 if anything is unusual.

    In a usual header there is nothing that readers disagree about (see `odd_block`), and no line begins with a dot.
    """
    count = text.count(b"\r\n")
    if text.translate(None, _NO_ENDS) != b"\r\n" * count or not text.endswith(b"\r\n"):
        return 0
    if _UNUSUAL.search(text, 0, len(text) - 1):
        return 0
    return 0 if len(text) > LEGAL and longest_line(text) else count - 1


def odd_block(block: bytes) -> bool:
    """Whether this raw header has lines or line ends that readers disagree about. Linear in its length."""
    ends, pairs = block.count(b"\n"), block.count(b"\r\n")
    if block.count(b"\r") != pairs or pairs not in (0, ends):
        return True
    if block.startswith(b"From "):  # an mbox's line, which everybody knows
        block = block[block.find(b"\n") + 1 :]
    lowered = b"\n" + block.lower()
    if len(lowered.translate(None, _CONTROLS)) != len(lowered) or _ODD.search(lowered):
        return True
    return bool(longest_line(block)) and any(b"content-" in line[LEGAL:] for line in lowered.split(b"\n"))
