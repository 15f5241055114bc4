"""The field that says what an entity is, under a name that not all readers know for it; headers that end oddly.

Sources: RFC 5322 2.2 and its obsolete syntax, RFC 7103 7, S. Ullrich's toolkit, the ISC diary on byte order marks.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.evasion.payload import BASE64, COVER, KIND, PLACES, SAVED, TOP, Hidden, attachment, mixed, multipart, parts

_C = b"Content-Type"
_V = b" multipart/mixed; boundary=ab"
NAMES = {
    "blank-colon": _C + b" :" + _V,
    "tab-colon": _C + b"\t:" + _V,
    "many-blanks-colon": _C + b" " * 80 + b":" + _V,
    "double-colon": _C + b"::" + _V,
    "leading-blank": b" " + _C + b":" + _V,
    "leading-tab": b"\t" + _C + b":" + _V,
    "no-colon": _C + _V,
    "equals": _C + b"=" + _V,
    "upper": _C.upper() + b":" + _V,
    "lower": _C.lower() + b":" + _V,
    "underscore": b"Content_Type:" + _V,
    "blank": b"Content Type:" + _V,
    "glued": b"ContentType:" + _V,
    "short": b"Content-Typ:" + _V,
    "x-prefix": b"X-Content-Type:" + _V,
    "comment": _C + b"(x):" + _V,
    "comment-blank": _C + b" (x):" + _V,
    "comment-first": b"(x)" + _C + b":" + _V,
    "8bit-first": b"\xe9" + _C + b":" + _V,
    "bom-first": b"\xef\xbb\xbf" + _C + b":" + _V,
    "nul-first": b"\0" + _C + b":" + _V,
    "folded-name": b"Content-\r\n Type:" + _V,
    "name-then-fold": _C + b"\r\n :" + _V,
    "quoted-mark": b"> " + _C + b":" + _V,
    "quoted": b'"Content-Type":' + _V,
    "nbsp-colon": _C + b"\xa0:" + _V,
    "zero-width": b"Content-Type\xe2\x80\x8b:" + _V,
    "fullwidth-colon": _C + "：".encode() + _V,
    "vertical-tab-colon": _C + b"\x0b:" + _V,
    "junk-line-before": b"XXXXXXXX\r\n" + _C + b":" + _V,
    "8bit-line-before": b"\x81\x82\x83\r\n" + _C + b":" + _V,
    "blank-line-before": b" \r\n" + _C + b":" + _V,
    "tab-line-before": b"\t\r\n" + _C + b":" + _V,
    "colon-line-before": b": x\r\n" + _C + b":" + _V,
    "lone-colon-before": b":\r\n" + _C + b":" + _V,
    "blank-name-before": b"X A: b\r\n" + _C + b":" + _V,
    "dash-line-before": b"--x\r\n" + _C + b":" + _V,
    "mbox-line-before": b"From an@so.example Mon Mar  2 08:00:00 2026\r\n" + _C + b":" + _V,
    "quoted-mbox-line-before": b">From an@so.example Mon Mar  2 08:00:00 2026\r\n" + _C + b":" + _V,
    "close-line-before": b"--ab--\r\n" + _C + b":" + _V,
    "fields-before-300": b"X-A: b\r\n" * 300 + _C + b":" + _V,
    "past-field-limit": b"X-A: b\r\n" * 1100 + _C + b":" + _V,
    "past-size-limit": b"X-A: b\r\n" + (b" " + b"y" * 70 + b"\r\n") * 5000 + _C + b":" + _V,
    "long-line-before": b"X-A: " + b"y" * 9000 + b"\r\n" + _C + b":" + _V,
    "long-name-before": b"X" * 5000 + b": b\r\n" + _C + b":" + _V,
}

_ENDS = {
    "none": b"",
    "blank": b" \r\n",
    "tab": b"\t\r\n",
    "two-blank": b" \r\n \r\n",
    "vertical-tab": b"\x0b\r\n",
    "form-feed": b"\x0c\r\n",
    "nul": b"\0\r\n",
    "colon": b":\r\n",
    "dot": b".\r\n",
    "nbsp": b"\xa0\r\n",
    "junk": b"ABCD\r\n\r\n",
    "junk-equals": b"ABC=\r\n\r\n",
    "junk-blank": b"ABCD\r\n \r\n",
    "junk-twice": b"ABCD\r\nABCD\r\n\r\n",
    "junk-no-blank": b"ABCD\r\n",
    "three-blank-lines": b"\r\n\r\n\r\n",
    "junk-colon": b"AB CD: x\r\n\r\n",
    "dashes": b"--\r\n\r\n",
}


def messages() -> Iterator[Hidden]:
    """Each in the message's own header and in a part's."""
    body = parts(b"ab", COVER, attachment())
    head = KIND + SAVED + BASE64
    for place, frame in PLACES.items():
        for name, field in NAMES.items():
            yield Hidden("field-name", f"{name}-{place}", frame(field + b"\r\n\r\n" + body))
        for name, end in _ENDS.items():
            yield Hidden("header-end", f"{name}-{place}", frame(head + end + mixed()))
        starts = {
            "blank-line": b"\r\n",
            "blank": b" \r\n",
            "tab": b"\t\r\n",
            "colon": b":\r\n",
            "nul": b"\0\r\n",
            "two-blank-lines": b"\r\n\r\n",
            "junk": b"XXXX\r\n",
            "word": b"Content\r\n",
        }
        for name, start in starts.items():
            yield Hidden("header-start", f"{name}-{place}", frame(start + head + b"\r\n" + mixed()))
    yield from _starts_of_messages()


def _starts_of_messages() -> Iterator[Hidden]:
    whole = TOP + multipart(COVER, attachment())
    starts = {
        "bom": b"\xef\xbb\xbf",
        "utf16-bom": b"\xff\xfe",
        "blank-line": b"\r\n",
        "blank-lines": b"\r\n\r\n\r\n",
        "blank": b" \r\n",
        "mbox": b"From an@so.example Mon Mar  2 08:00:00 2026\r\n",
        "two-mbox": b"From a b\r\nFrom c d\r\n",
        "quoted-mbox": b">From an@so.example Mon Mar  2 08:00:00 2026\r\n",
        "junk": b"this is no field\r\n",
        "http": b"HTTP/1.1 200 OK\r\n",
        "dashes": b"--ab\r\n",
        "folded": b" folded\r\n",
        "smtp": b"MAIL FROM:<a@b.example>\r\n",
        "nul": b"\0",
        "xff": b"\xff",
        "resent": b"Resent-From: a@b.example\r\n\r\n",
        "begin": b"begin 644 x\r\n",
    }
    for name, start in starts.items():
        yield Hidden("message-start", name, start + whole)
    no_blank = TOP + b"Content-Type: multipart/mixed; boundary=ab\r\n" + parts(b"ab", COVER, attachment())
    yield Hidden("message-start", "delimiter-ends-header", no_blank)
    colon = TOP + b'Content-Type: multipart/mixed; boundary="a:b"\r\n' + parts(b"a:b", COVER, attachment())
    yield Hidden("message-start", "delimiter-is-a-field", colon)
    closed = (
        TOP + b'Content-Type: multipart/mixed; boundary="a:b"\r\n--a:b--\r\n\r\n' + parts(b"a:b", COVER, attachment())
    )
    yield Hidden("message-start", "closed-in-header", closed)
