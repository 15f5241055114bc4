"""Multiparts whose lines readers take differently for delimiters (RFC 2046 5.1.1).

Sources: the RFC; S. Ullrich's toolkit; reports on rspamd (blanks before a delimiter), enmime (parts in epilogues), Binc
IMAP (no blank line before the first delimiter) and Python's email (SWITCH 2016, "an attachment that wasn't there").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from tests.evasion.payload import (
    BASE64,
    COVER,
    KIND,
    PLACES,
    QP,
    SAVED,
    Hidden,
    attachment,
    b64,
    mixed,
    multipart,
    parts,
    quoted,
)

_HEAD = b"Content-Type: multipart/mixed; boundary=ab\r\n\r\n"
_A = attachment()

_BODIES = {
    "blank-after": b"--ab \r\n" + _A + b"--ab --\r\n",
    "blanks-after-300": b"--ab" + b" " * 300 + b"\r\n" + _A + b"--ab--\r\n",
    "tab-after": b"--ab\t\r\n" + _A + b"--ab--\r\n",
    "vertical-tab-after": b"--ab\x0b\r\n" + _A + b"--ab--\r\n",
    "form-feed-after": b"--ab\x0c\r\n" + _A + b"--ab--\r\n",
    "nul-after": b"--ab\0\r\n" + _A + b"--ab--\r\n",
    "nbsp-after": b"--ab\xa0\r\n" + _A + b"--ab--\r\n",
    "suffix": b"--abX\r\n" + _A + b"--ab--\r\n",
    "suffix-blank": b"--ab X\r\n" + _A + b"--ab--\r\n",
    "suffix-everywhere": b"--abX\r\n" + _A + b"--abX--\r\n",
    "suffix-dash": b"--ab-\r\n" + _A + b"--ab--\r\n",
    "suffix-semicolon": b"--ab;\r\n" + _A + b"--ab--\r\n",
    "suffix-quote": b'--ab"\r\n' + _A + b'--ab"--\r\n',
    "suffix-comment": b"--ab (x)\r\n" + _A + b"--ab--\r\n",
    "blank-before": b" --ab\r\n" + _A + b" --ab--\r\n",
    "tab-before": b"\t--ab\r\n" + _A + b"\t--ab--\r\n",
    "mark-before": b"> --ab\r\n" + _A + b"> --ab--\r\n",
    "text-before": b"text --ab\r\n" + _A + b"--ab--\r\n",
    "blank-inside": b"-- ab\r\n" + _A + b"-- ab--\r\n",
    "one-dash": b"-ab\r\n" + _A + b"-ab--\r\n",
    "no-dash": b"ab\r\n" + _A + b"ab--\r\n",
    "three-dashes": b"---ab\r\n" + _A + b"---ab--\r\n",
    "four-dashes": b"----ab\r\n" + _A + b"----ab--\r\n",
    "en-dashes": "––ab\r\n".encode() + _A,
    "case": b"--AB\r\n" + _A + b"--AB--\r\n",
    "quoted": b'--"ab"\r\n' + _A + b'--"ab"--\r\n',
    "8bit-before": b"\xe9--ab\r\n" + _A + b"--ab--\r\n",
    "bom-before": b"\xef\xbb\xbf--ab\r\n" + _A + b"--ab--\r\n",
    "never-closed": b"--ab\r\n" + _A,
    "never-closed-cut": (b"--ab\r\n" + _A)[:-2],
    "close-cut": b"--ab\r\n" + _A + b"--ab-",
    "close-glued": b"--ab\r\n" + _A[:-2] + b"--ab--\r\n",
    "close-blank": b"--ab\r\n" + _A + b"--ab-- \r\n",
    "close-three-dashes": b"--ab\r\n" + _A + b"--ab---\r\n",
    "close-suffix": b"--ab\r\n" + COVER + b"--ab--x\r\n" + _A + b"--ab--\r\n",
    "close-first": b"--ab--\r\n" + _A,
    "close-then-part": b"--ab\r\n" + COVER + b"--ab--\r\n--ab\r\n" + _A + b"--ab--\r\n",
    "close-then-header": b"--ab\r\n" + COVER + b"--ab--\r\n" + _A,
    "close-blank-then-part": b"--ab\r\n" + COVER + b"--ab--\r\n\r\n\r\n--ab\r\n" + _A,
    "close-twice": b"--ab--\r\n--ab--\r\n--ab\r\n" + _A + b"--ab--\r\n",
    "close-only": _A + b"--ab--\r\n",
    "preamble": _A + b"--ab\r\n" + COVER + b"--ab--\r\n",
    "preamble-blank-line": b"\r\n" + _A + b"\r\n--ab\r\n" + COVER + b"--ab--\r\n",
    "preamble-other": b"--cd\r\n" + _A + b"--cd--\r\n--ab\r\n" + COVER + b"--ab--\r\n",
    "preamble-multipart": multipart(_A, boundary="cd") + b"--ab\r\n" + COVER + b"--ab--\r\n",
    "preamble-bare": mixed() + b"--ab\r\n" + COVER + b"--ab--\r\n",
    "preamble-lines": b64(width=76) + b"--ab\r\n" + COVER + b"--ab--\r\n",
    "epilogue-other": b"--ab\r\n" + COVER + b"--ab--\r\n--cd\r\n" + _A + b"--cd--\r\n",
    "epilogue-multipart": b"--ab\r\n" + COVER + b"--ab--\r\n" + multipart(_A, boundary="cd"),
    "epilogue-bare": b"--ab\r\n" + COVER + b"--ab--\r\n" + mixed(),
    "epilogue-lines": b"--ab\r\n" + COVER + b"--ab--\r\n" + b64(),
    "epilogue-qp": b"--ab\r\n" + COVER + b"--ab--\r\n" + quoted(),
    "never": _A,
    "never-bare": mixed(),
    "empty-parts": b"--ab\r\n--ab\r\n--ab\r\n" + _A + b"--ab--\r\n",
    "empty-part-blank": b"--ab\r\n\r\n--ab\r\n\r\n--ab\r\n" + _A,
    "many-parts-300": b"--ab\r\n\r\nx\r\n" * 300 + b"--ab\r\n" + _A + b"--ab--\r\n",
    "past-part-limit": b"--ab\r\n\r\nx\r\n" * 1100 + b"--ab\r\n" + _A + b"--ab--\r\n",
    "long-line-before": b"x" * 70000 + b"\r\n--ab\r\n" + _A + b"--ab--\r\n",
    "long-line-glued": b"x" * 5000 + b"--ab\r\n" + _A + b"--ab--\r\n",
    "delimiter-in-header": b"--ab\r\n" + KIND + b"--ab\r\n" + SAVED + BASE64 + b"\r\n" + mixed(),
    "close-in-header": b"--ab\r\n" + KIND + b"--ab--\r\n" + SAVED + BASE64 + b"\r\n" + mixed() + b"--ab--\r\n",
    "delimiter-in-base64": b"--ab\r\n"
    + KIND
    + SAVED
    + BASE64
    + b"\r\n"
    + b64()[:40]
    + b"\r\n--ab\r\n"
    + b64()[40:]
    + b"--ab--\r\n",
    "other-in-base64": b"--ab\r\n" + KIND + SAVED + BASE64 + b"\r\n--#_#\r\n" + b64() + b"--ab--\r\n",
    "suffix-in-base64": b"--ab\r\n"
    + KIND
    + SAVED
    + BASE64
    + b"\r\n"
    + b64()[:40]
    + b"\r\n--abX\r\n"
    + b64()[40:]
    + b"--ab--\r\n",
    "blank-line-in-header": b"--ab\r\n\r\n" + _A + b"--ab--\r\n",
    "header-glued": b"--ab " + _A + b"--ab--\r\n",
    "field-glued": b"--abContent-Type: x\r\n" + _A,
}


def messages() -> Iterator[Hidden]:
    """Each in the message's own multipart and in one inside it."""
    for place, frame in PLACES.items():
        for name, body in _BODIES.items():
            yield Hidden("delimiter", f"{name}-{place}", frame(_HEAD + body))
        for name, entity in _nested().items():
            yield Hidden("nested-boundary", f"{name}-{place}", frame(entity))


def around() -> dict[str, Callable[[bytes], bytes]]:
    """Bodies with another part in the place of the payload's."""
    fit = {name: body for name, body in _BODIES.items() if body.count(_A) == 1 and "limit" not in name}
    return {name: partial(body.replace, _A) for name, body in fit.items()}


def _outer(body: bytes, boundary: bytes = b"ab") -> bytes:
    return b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n--' + boundary + b"\r\n" + body


def _nested() -> dict[str, bytes]:
    """A multipart in a multipart, their boundaries alike."""
    inner = multipart(COVER, _A, boundary="ab")
    dummy = b"--ab\r\nContent-Type: text/plain\r\n\r\nx\r\n--ab--\r\n\r\n"
    cut = b'Content-Type: multipart/mixed; boundary="ab"\r\n\r\n'
    return {
        "same": _outer(inner + b"--ab--\r\n"),
        "same-not-closed": _outer(inner),
        "same-after-decoy": _outer(b"Content-Type: text/plain\r\n\r\nx\r\n--ab--\r\n\r\n--ab\r\n" + inner),
        "same-decoy-inside": _outer(cut + dummy + parts(b"ab", COVER, _A) + b"--ab--\r\n"),
        "inner-is-outer-closed": _outer(multipart(COVER, _A, boundary="ab--") + b"--ab--\r\n"),
        "inner-longer": _outer(multipart(COVER, _A, boundary="abc") + b"--ab--\r\n"),
        "inner-longer-dash": _outer(multipart(COVER, _A, boundary="ab-") + b"--ab--\r\n"),
        "inner-longer-blank": _outer(multipart(COVER, _A, boundary="ab c") + b"--ab--\r\n"),
        "outer-longer": _outer(inner + b"--abc--\r\n", b"abc"),
        "outer-longer-decoy": _outer(cut + b"--abcX\r\n\r\n" + parts(b"ab", COVER, _A) + b"--abc--\r\n", b"abc"),
        "outer-in-inner-base64": _outer(
            multipart(attachment(body=b"--#_#\r\n" + mixed()), boundary="cd") + b"--#_#--\r\n", b"#_#"
        ),
        "outer-between-inner-base64": _outer(
            multipart(attachment(body=b64()[:40] + b"\r\n--#_#\r\n" + b64()[40:]), boundary="cd") + b"--#_#--\r\n",
            b"#_#",
        ),
        "outer-closed-in-inner": _outer(multipart(COVER, b"\r\n--ab--\r\n", _A, boundary="cd") + b"--ab--\r\n"),
        "outer-not-closed": _outer(multipart(COVER, _A, boundary="cd")),
        "inner-not-closed": _outer(multipart(COVER, _A, boundary="cd")[:-8] + b"\r\n--ab--\r\n"),
        "inner-never": _outer(b"Content-Type: multipart/mixed; boundary=cd\r\n\r\n" + _A + b"--ab--\r\n"),
        "inner-after-outer-close": _outer(
            multipart(COVER, boundary="cd")[:-8] + b"\r\n--ab--\r\n--cd\r\n" + _A + b"--cd--\r\n"
        ),
        "crossed": _outer(
            b"Content-Type: multipart/mixed; boundary=cd\r\n\r\n--cd\r\n"
            + COVER
            + b"--ab\r\n"
            + COVER
            + b"--cd\r\n"
            + _A
            + b"--cd--\r\n--ab--\r\n"
        ),
        "in-preamble-of-inner": _outer(
            b"Content-Type: multipart/mixed; boundary=cd\r\n\r\n" + _A + b"--cd\r\n" + COVER + b"--cd--\r\n--ab--\r\n"
        ),
        "in-epilogue-of-inner": _outer(multipart(COVER, boundary="cd") + _A + b"--ab--\r\n"),
        "alternative": multipart(COVER, _A, boundary="cd", subtype="alternative"),
        "related": multipart(COVER, _A, boundary="cd", subtype="related"),
        "signed": multipart(_A, COVER, boundary="cd", subtype="signed"),
        "encrypted": multipart(COVER, _A, boundary="cd", subtype="encrypted"),
        "report": multipart(COVER, _A, boundary="cd", subtype="report"),
        "parallel": multipart(COVER, _A, boundary="cd", subtype="parallel"),
        "form-data": multipart(COVER, _A, boundary="cd", subtype="form-data"),
        "appledouble": multipart(_A, COVER, boundary="cd", subtype="appledouble"),
        "base64": b"Content-Type: multipart/mixed; boundary=ab\r\n" + BASE64 + b"\r\n" + b64(parts(b"ab", COVER, _A)),
        "base64-twice": _outer(
            b"Content-Type: multipart/mixed; boundary=cd\r\n" + BASE64 + b"\r\n" + b64(parts(b"cd", _A)) + b"--ab--\r\n"
        ),
        "base64-says-so-only": b"Content-Type: multipart/mixed; boundary=ab\r\n"
        + BASE64
        + b"\r\n"
        + parts(b"ab", COVER, _A),
        "qp": b"Content-Type: multipart/mixed; boundary=ab\r\n" + QP + b"\r\n" + quoted(parts(b"ab", COVER, _A)),
        "qp-says-so-only": b"Content-Type: multipart/mixed; boundary=ab\r\n" + QP + b"\r\n" + parts(b"ab", COVER, _A),
        "qp-boundary-escaped": b"Content-Type: multipart/mixed; boundary==ab\r\n"
        + QP
        + b"\r\n"
        + parts(b"=3Dab", COVER, _A),
        "base64-of-whole-entity": attachment(
            BASE64, b64(multipart(COVER, _A, boundary="ab")), b"Content-Type: multipart/mixed; boundary=ab\r\n"
        ),
        "deep-30": _deep(30),
        "deep-40": _deep(40),
        "deep-100": _deep(100),
        "deep-1000": _deep(1000),
    }


def _deep(depth: int) -> bytes:
    """Many multiparts, one in the other."""
    heads = b"".join(b"Content-Type: multipart/mixed; boundary=d%d\r\n\r\n--d%d\r\n" % (at, at) for at in range(depth))
    return heads + _A + b"".join(b"--d%d--\r\n" % at for at in reversed(range(depth)))
