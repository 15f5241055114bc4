"""What in a body lets another reader see a part or a file where the strict reading sees text. Knows no part tree.

Looked for are beginnings alone, by their first octets: whether something follows is for the second look to find out.
No outcome depends on where a text was cut, as long as raw lines come whole or with their first 8 KiB in one piece.
"""

from __future__ import annotations

import re

from gateway.message.part import ENCODED, Part

_FIELD = rb"[Cc][Oo][Nn][Tt][Ee][Nn][Tt][-_][TtDd]"  # Content-Type, -Transfer-Encoding, -Disposition
_RUN = (
    rb"[>| \t]{0,64}+(?:begin(?:-base64)?[ \t]|=ybegin[ \t]|\(This file must be|-----BEGIN (?:PGP M|PK|CMS)|"
    rb":[!-,\-0-689@A-NP-VX-Z\[`a-fh-mp-r]{40})"
)
_REACH = 160  # octets in which a beginning, with the line end before it, is told
# As much of base64 as a line is long, in letters of both cases: no word, no number, no digest.
# All characters first, which fails soonest on words; then back to the second, to see that both cases are there.
_BASE64 = rb"[A-Za-z0-9+/]{60}(?<=(?=[a-z0-9+/]{0,58}+[A-Z])(?=[A-Z0-9+/]{0,58}+[a-z])[\0-\xff]{59})"
# A line of nothing but base64's characters: a whole short one, or the beginning of a longer one.
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]{64}|[A-Za-z0-9+/]{4,63}+={0,2}[ \t]*+(?:\r?\n|\Z)")
_EMPTY_LINES = re.compile(rb"[\r\n]*+")
UNBROKEN = 64 * 1024  # octets without a blank that are more than words


class Signs:
    """Beginnings of lines that are signs of something else: of the first line of a text, and of any after an LF.

    `dotted` finds lines that begin with a dot, too: one look for both takes less than counting the dots alone.
    """

    __slots__ = ("dotted", "first", "next")

    def __init__(self, *beginnings: bytes, base64: bool = True) -> None:
        one, *_ = forms = [
            rb"(?:" + (_BASE64 + rb"|" if base64 else b"") + rb"(?=[>| \t.cCb=(:\-])(?:" + rb"|".join(given) + rb"))"
            for given in (beginnings, (rb"\.", *beginnings))
        ]
        self.first = re.compile(one)
        # Each begins with a literal, which is looked for at memchr's speed.
        self.next, self.dotted = (re.compile(rb"\n" + form) for form in forms)


_IN_TEXT = Signs(_FIELD, _RUN)
_IN_HEADERS = Signs(rb"--", _RUN)  # in text/rfc822-headers: fields are what it is made of
_IN_SIGNATURES = Signs(_FIELD, _RUN, base64=False)  # in what says that it is an armour (RFC 3156), base64 is usual
_BESIDE = Signs(_FIELD, rb"--", _RUN)  # in a preamble or an epilogue
_DECODED = Signs(_RUN)
_SIGNS = {
    "text/rfc822-headers": _IN_HEADERS,
    "application/pgp-signature": _IN_SIGNATURES,
    "application/pgp-keys": _IN_SIGNATURES,
}
_WIDE = ("utf-16", "utf-32", "ucs-", "unicode")  # charsets in which NUL is usual


def dots_in_text(data: bytes, start: int) -> int:
    """How many lines begin with a dot from the LF at `start` on, or -1 if a small plain text is odd."""
    if b"\0" in data or len(data) - start > UNBROKEN:
        return -1
    found = _IN_TEXT.dotted.search(data, start)
    if found is None:
        return 0
    at = found.start()
    return data.count(b"\n.", at) if data[at + 1] == 46 and _IN_TEXT.next.search(data, at) is None else -1


class _Text:
    """Octets that go by. `_unbroken` says once there were `UNBROKEN` without a blank: no prose has them, base64 has."""

    __slots__ = ("_run",)

    def __init__(self) -> None:
        self._run = 0  # octets since the last blank

    def _unbroken(self, data: bytes, start: int, end: int) -> bool:
        first = data.find(b" ", start, end)
        if first < 0:
            self._run += end - start
            return self._run >= UNBROKEN
        if self._run + first - start >= UNBROKEN:
            return True
        at = first
        while end - at > UNBROKEN:
            found = data.rfind(b" ", at + 1, at + 1 + UNBROKEN)
            if found < 0:
                return True
            at = found
        self._run = end - 1 - data.rfind(b" ", at, end)
        return False


class RawBody(_Text):
    """What is looked for in the raw bytes that are read next: a body as it stands in the message, or beside bodies.

    `undotted`: in what was looked at last no line begins with a dot, the first line left aside.
    """

    __slots__ = ("_is_text", "_signs", "_unbegun", "undotted")

    def __init__(self, part: Part | None) -> None:
        """The body of the leaf `part`, or a preamble or epilogue (None)."""
        super().__init__()
        self.undotted = False
        if part is None:
            self._signs, self._is_text, self._unbegun = _BESIDE, True, False
        else:
            self._unbegun = part.attachment and part.encoding not in ENCODED  # a file that stands as it is
            self._signs = _SIGNS.get(part.content_type, _IN_TEXT)
            self._is_text = not part.attachment and part.encoding not in ENCODED

    def is_odd(self, data: bytes, start: int, end: int, at_line: bool, inside: bool) -> bool:
        """Whether data[start:end], which comes next, has any: `at_line` a line begins there, `inside` a multipart."""
        return (
            self._has_sign(data, start, end)
            or (at_line and self._signs.first.match(data, start, end) is not None)
            or (self._unbegun and at_line and self._begins_as_base64(data, start, end))
            or (self._is_text and (data.find(b"\0", start, end) >= 0 or self._unbroken(data, start, end)))
            or (inside and data.find(b"\r--", start, end) >= 0)  # some take a lone CR for a line end
        )

    def _has_sign(self, data: bytes, start: int, end: int) -> bool:
        found = self._signs.dotted.search(data, start, end)
        self.undotted = found is None
        if found is None:
            return False
        at = found.start()
        return data[at + 1] != 46 or self._signs.next.search(data, at, end) is not None

    def _begins_as_base64(self, data: bytes, start: int, end: int) -> bool:
        found = _EMPTY_LINES.match(data, start, end)
        start = found.end() if found else start
        self._unbegun = start == end
        return _BASE64_LINE.match(data, start, end) is not None


class DecodedText(_Text):
    """A text while it is decoded. `odd`: a file is encoded in it once more, or it is no text. `wide`: NUL is usual."""

    __slots__ = ("_tail", "_wide", "odd")

    def __init__(self, *, wide: bool) -> None:
        super().__init__()
        self.odd = False
        self._wide = wide
        self._tail = b"\n"

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        if data and not self.odd:
            text = self._tail + data
            self.odd = (
                _DECODED.next.search(text) is not None
                or (b"\0" in data and not self._wide)
                or self._unbroken(data, 0, len(data))
            )
            self._tail = text[-_REACH:]


def decoded_text(charset: str) -> DecodedText:
    """What watches the text of a part with this charset (lower-case)."""
    return DecodedText(wide=charset.startswith(_WIDE))


def odd_text(data: bytes, charset: str) -> bool:
    """The same of a whole decoded text that is shorter than `UNBROKEN`."""
    return (
        _DECODED.next.search(data) is not None
        or _DECODED.first.match(data) is not None
        or (b"\0" in data and not charset.startswith(_WIDE))
    )
