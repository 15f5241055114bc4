"""base64 that decoders read differently: junk, early padding, lines of odd lengths (RFC 2045 6.8, RFC 4648).

Sources: the RFCs; S. Ullrich's toolkit, which names the mail clients that decode each; GMime's issue on chunks.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from tests.evasion.payload import EICAR, PLACES, Hidden, attachment, b64, lines, mixed

_TEXT = base64.b64encode(EICAR)


def _each(junk: bytes) -> bytes:
    return lines(b"".join(b"%c%s" % (octet, junk) for octet in _TEXT), 60)


def _chunks(*sizes: int, end: bytes = b"") -> bytes:
    """Encoded piece by piece, each with its own padding."""
    out, at, turn = b"", 0, 0
    while at < len(EICAR):
        size = sizes[turn % len(sizes)]
        out += base64.b64encode(EICAR[at : at + size]) + end
        at, turn = at + size, turn + 1
    return out if end else lines(out, 60)


def bodies() -> dict[str, bytes]:
    """Every body that some decoder reads, by name."""
    harmless = b64(b"harmless text that follows the padding, or stands before it")
    return {
        "plain": b64(),
        "mixed-lengths": mixed(),
        "one-line": b64(width=1000),
        "no-padding": b64().rstrip(b"=\r\n") + b"\r\n",
        "padding-twice": b64().rstrip(b"\r\n") + b"=\r\n",
        "padding-many": b64().rstrip(b"\r\n") + b"=" * 50 + b"\r\n",
        "padding-own-line": b64().rstrip(b"=\r\n") + b"\r\n=\r\n",
        "padding-blank": b64().rstrip(b"=\r\n") + b" =\r\n",
        "empty-lines": b64(width=8).replace(b"\r\n", b"\r\n\r\n"),
        "empty-lines-100": b64(width=40).replace(b"\r\n", b"\r\n" * 100),
        "blank-each": _each(b" "),
        "tab-each": _each(b"\t"),
        "vertical-tab-each": _each(b"\x0b"),
        "form-feed-each": _each(b"\x0c"),
        "hash-each": _each(b"#"),
        "colon-each": _each(b":"),
        "dot-each": _each(b"."),
        "percent-each": _each(b"%"),
        "dash-each": _each(b"-"),
        "underscore-each": _each(b"_"),
        "comma-each": _each(b","),
        "quote-each": _each(b'"'),
        "bang-each": _each(b"!"),
        "star-each": _each(b"*"),
        "angle-each": _each(b">"),
        "8bit-each": _each(b"\xe9"),
        "nbsp-each": _each(b"\xa0"),
        "zero-width-each": _each(b"\xe2\x80\x8b"),
        "control-each": _each(b"\x01"),
        "delete-each": _each(b"\x7f"),
        "nul-each": _each(b"\0"),
        "crlf-each": b64(width=1),
        "crlf-two": b64(width=2),
        "crlf-three": b64(width=3),
        "crlf-five": b64(width=5),
        "crlf-six": b64(width=6),
        "crlf-61": b64(width=61),
        "crlf-75": b64(width=75),
        "crlf-77": b64(width=77),
        "crlf-998": b64(width=998),
        "blanks-at-line-start": b64(width=20).replace(b"\r\n", b"\r\n    "),
        "blanks-at-line-end": b64(width=20).replace(b"\r\n", b"  \r\n"),
        "marks-at-line-start": b"> " + b64(width=20).replace(b"\r\n", b"\r\n> ")[:-2],
        "chunk-1": _chunks(1),
        "chunk-2": _chunks(2),
        "chunk-4": _chunks(4),
        "chunk-5": _chunks(5),
        "chunk-20": _chunks(20),
        "chunk-34": _chunks(34),
        "chunk-1-2-3": _chunks(1, 2, 3),
        "chunk-lines-1": _chunks(1, end=b"\r\n"),
        "chunk-lines-2": _chunks(2, end=b"\r\n"),
        "chunk-lines-20": _chunks(20, end=b"\r\n"),
        "chunk-lines-blank": _chunks(20, end=b"\r\n\r\n"),
        "chunk-one-of-two-paddings": _chunks(1).replace(b"==", b"="),
        "chunk-one-of-two-lines": _chunks(1, end=b"\r\n").replace(b"==", b"="),
        "padding-each-line": b64(width=16).replace(b"\r\n", b"=\r\n"),
        "padding-each-line-start": b"=" + b64(width=16).replace(b"\r\n", b"\r\n=")[:-1],
        "padding-four-each-line": b"====" + b64(width=16).replace(b"\r\n", b"\r\n====")[:-4],
        "padding-each-group": lines(re.sub(rb"([A-Za-z0-9+/]{4})", rb"\1=", _TEXT), 60),
        "padding-inside-group": lines(re.sub(rb"([A-Za-z0-9+/]{2})(?=[A-Za-z0-9+/])", rb"\1=", _TEXT), 60),
        "padding-first-line": b"=\r\n" + b64(),
        "padding-four-first-line": b"====\r\n" + b64(),
        "padding-two-first": b"==" + b64(),
        "after-harmless-padded": b64(b"harmless") + b64(),
        "after-harmless-two": b64(b"harmless 1") + b64(),
        "before-harmless": b64() + harmless,
        "before-junk": b64() + b"-- \r\nSent from a telephone\r\n",
        "before-list-footer": b64() + b"_____________\r\nlist mailing list\r\nlist@tinh.example\r\n",
        "after-text-lines": b"This is base64!\r\n\r\n" + b64(),
        "after-1-junk": b"A\r\n\r\n" + b64(),
        "after-2-junk": b"AB\r\n\r\n" + b64(),
        "after-3-junk": b"ABC\r\n\r\n" + b64(),
        "after-4-junk": b"ABCD\r\n" + b64(),
        "after-comment": b"# A comment #\r\n" + b64(),
        "after-header": b"X-Header: value\r\n\r\n" + b64(),
        "begin-base64": b"begin-base64 644 eicar.com\r\n" + b64() + b"====\r\n",
        "pem": b"-----BEGIN FILE-----\r\n" + b64(width=64) + b"-----END FILE-----\r\n",
        "url-alphabet": b64(b"\xff\xfe\xfb" + EICAR).replace(b"/", b"_").replace(b"+", b"-"),
        "soft-breaks": b64(width=20).replace(b"\r\n", b"=\r\n"),
        "escaped-padding": b64().replace(b"=", b"=3D"),
        "backslash-each-line": b64(width=20).replace(b"\r\n", b"\\\r\n"),
        "dots-at-line-start": b"." + b64(width=20).replace(b"\r\n", b"\r\n.")[:-1],
        "noncanonical-bits": b64().replace(b"SCo=", b"SCr="),
        "junk-line-between": b64(width=40).replace(b"\r\n", b"\r\n!!!!\r\n"),
        "html-breaks": b64(width=40).replace(b"\r\n", b"<br>\r\n"),
        "html-pre": b"<pre>\r\n" + b64() + b"</pre>\r\n",
        "lf-escape-each": lines(_TEXT.replace(b"A", b"A\\n"), 60),
        "blank-lines-first": b"\r\n" * 30 + b64(),
        "blanks-first": b" " * 3000 + b"\r\n" + b64(),
        "bom-first": b"\xef\xbb\xbf" + b64(),
        "xxd": b64(b"MZ" + bytes(500)) + b64(),
        "utf16": b64(EICAR.decode().encode("utf-16-le") + EICAR),
        "twice": b64(b64()),
    }


def _doubtful() -> dict[str, bytes]:
    def zeros(octet: int) -> bytes:
        return base64.b64encode(bytes([octet])).replace(b"A==", b"=A=")

    moved = [base64.b64encode(EICAR[at : at + 2]) for at in range(0, len(EICAR), 2)]
    single = b"".join(zeros(octet) if octet % 4 == 0 else base64.b64encode(bytes([octet])) for octet in EICAR)
    quads = [_TEXT[at : at + 4] for at in range(0, len(_TEXT), 4)]
    return {
        "line-1-junk": b"".join(quad + b"X\r\n" for quad in quads),
        "line-2-junk": b"".join(quad + b"XX\r\n" for quad in quads),
        "line-3-junk": b"".join(quad + b"XXX\r\n" for quad in quads),
        "hash-hides-rest": b"".join(quad + b"#abce01234567fghj\r\n" for quad in quads),
        "equals-first": lines(b"".join(b"=" + piece.rstrip(b"=") for piece in moved), 60),
        "equals-second": lines(b"".join(piece[:1] + b"=" + piece[1:3] for piece in moved), 60),
        "equals-third": lines(b"".join(piece[:2] + b"=" + piece[2:3] for piece in moved), 60),
        "equals-is-zero": lines(single, 60),
        "equals-for-a": lines(_TEXT[:-4].replace(b"A", b"=") + _TEXT[-4:], 60),
    }


def messages() -> Iterator[Hidden]:
    """Each as a part's body; some as the whole message's."""
    for name, body in bodies().items():
        yield Hidden("base64-body", f"{name}-part", PLACES["part"](attachment(body=body)))
        if not name.startswith(("crlf", "after", "empty", "blank")):
            yield Hidden("base64-body", f"{name}-top", PLACES["top"](attachment(body=body)))
    for name, body in _doubtful().items():
        yield Hidden("base64-body", name, PLACES["part"](attachment(body=body)))
