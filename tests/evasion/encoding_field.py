"""The field that says how the payload is encoded, written so that readers differ about it (RFC 2045 6).

Sources: the RFC's grammar; S. Ullrich's "MIME is broken" toolkit (2017-2022) for what mail clients accept; RFC 7103.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.evasion.payload import BASE64, EICAR, KIND, PLACES, QP, SAVED, Hidden, mixed, quoted

_H = b"Content-Transfer-Encoding"

_VALUES = {
    "nospace": b":base64",
    "tab": b":\tbase64",
    "vertical-tab": b":\x0bbase64",
    "form-feed": b":\x0cbase64",
    "upper": b": BASE64",
    "mixed-case": b": bAsE64",
    "x-prefix": b": x-base64",
    "fold": b":\r\n base64",
    "fold-twice": b":\r\n \r\n base64",
    "fold-tab": b":\r\n\tbase64",
    "blanks-2000": b": " + b" " * 2000 + b"base64",
    "quoted": b': "base64"',
    "single-quoted": b": 'base64'",
    "quote-open": b': "base64',
    "angle": b": <base64>",
    "escape": b": base\\64",
    "encoded-word-b": b": =?UTF-8?B?YmFzZTY0?=",
    "encoded-word-q": b": =?UTF-8?Q?base64?=",
    "encoded-word-cut": b": =?UTF-8?Q?base64",
    "encoded-word-hex": b": =?us-ascii?Q?=62ase64?=",
    "comment-before": b": (7bit) base64",
    "comment-glued": b": (7bit)base64",
    "comment-inside": b": bas()e64",
    "comment-folded-inside": b": bas(\r\n )e64",
    "comment-after": b": base64 (7bit)",
    "comment-after-glued": b": base64(7bit)",
    "comment-nested": b": (a(b)c) base64",
    "comment-unclosed": b": base64 (7bit",
    "comment-unopened": b": base64)",
    "comment-escaped": b": (\\)) base64",
    "word-before": b": xx base64",
    "word-after": b": base64 xx",
    "glued-before": b": xxbase64",
    "glued-after": b": base64xx",
    "comma-after": b": base64,",
    "comma-before": b": ,base64",
    "semicolon-after": b": base64;",
    "semicolon-before": b": ;base64",
    "dot-after": b": base64.",
    "equals-after": b": base64=",
    "equals-before": b": =base64",
    "parameter": b": base64; charset=utf-8",
    "qp-blank": b": quoted-printable base64",
    "blank-qp": b": base64 quoted-printable",
    "qp-comma": b": quoted-printable,base64",
    "comma-qp": b": base64, quoted-printable",
    "7bit-blank": b": 7bit base64",
    "blank-7bit": b": base64 7bit",
    "7bit-semicolon": b": 7bit; base64",
    "slash-7bit": b": base64/7bit",
    "hyphen": b": base-64",
    "nbsp-after": b": base64\xa0",
    "nbsp-before": b": \xa0base64",
    "zero-width": b": base64\xe2\x80\x8b",
    "bom": b": \xef\xbb\xbfbase64",
    "fullwidth": ": ｂase64".encode(),
    "nul-after": b": base64\0",
    "nul-before": b": \0base64",
    "control": b": base64\x01",
    "unknown": b": x-unknown",
    "none": b": none",
    "empty": b":",
    "7bit": b": 7bit",
    "8bit": b": 8bit",
    "binary": b": binary",
    "short-qp": b": quoted-printable",
    "token-b": b": b",
    "gzip": b": identity",
    "mime-version-glued": b": base64 MIME-Version: 1.0",
}

_NAMES = {
    "blank-colon": _H + b" : base64",
    "tab-colon": _H + b"\t: base64",
    "many-blanks-colon": _H + b" " * 80 + b": base64",
    "double-colon": _H + b":: base64",
    "leading-blank": b" " + _H + b": base64",
    "leading-tab": b"\t" + _H + b": base64",
    "no-colon": _H + b" base64",
    "equals": _H + b"= base64",
    "upper": _H.upper() + b": base64",
    "lower": _H.lower() + b": base64",
    "underscore": b"Content_Transfer_Encoding: base64",
    "blanks": b"Content Transfer Encoding: base64",
    "short": b"Content-Transfer-Encodin: base64",
    "content-encoding": b"Content-Encoding: base64",
    "transfer-encoding": b"Transfer-Encoding: base64",
    "x-prefix": b"X-Content-Transfer-Encoding: base64",
    "comment": _H + b" (x): base64",
    "comment-glued": _H + b"(x): base64",
    "comment-first": b"(x) " + _H + b": base64",
    "8bit-first": b"\xff" + _H + b": base64",
    "bom-first": b"\xef\xbb\xbf" + _H + b": base64",
    "nul-first": b"\0" + _H + b": base64",
    "nul-inside": b"Content-Transfer\0-Encoding: base64",
    "folded-name": b"Content-Transfer-\r\n Encoding: base64",
    "quoted-mark": b"> " + _H + b": base64",
    "hidden-in-fold": b"X-A: b\r\n " + _H + b": base64",
    "hidden-in-junk-fold": b"X-A-b\r\n " + _H + b": base64",
    "hidden-blank-key": b"X A :b\r\n " + _H + b": base64",
    "junk-line-before": b"XXXXXXXX\r\n" + _H + b": base64",
    "8bit-line-before": b"\x81\x82\x83\r\n" + _H + b": base64",
    "blank-line-before": b" \r\n" + _H + b": base64",
    "colon-line-before": b": x\r\n" + _H + b": base64",
    "mbox-line-before": b"From an@so.example Mon Mar  2 08:00:00 2026\r\n" + _H + b": base64",
    "junk-line-after": _H + b": base64\r\nXXXXXXXX",
    "dash-line-before": b"--x\r\n" + _H + b": base64",
    "fields-before-300": b"X-A: b\r\n" * 300 + _H + b": base64",
    "long-field-before": b"X-A: " + (b"y" * 900 + b"\r\n ") * 20 + b"y\r\n" + _H + b": base64",
    "long-line-before": b"X-A: " + b"y" * 9000 + b"\r\n" + _H + b": base64",
    "past-field-limit": b"X-A: b\r\n" * 1100 + _H + b": base64",
    "past-size-limit": b"X-A: b\r\n"
    + b" yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n" * 5000
    + _H
    + b": base64",
}

_TWICE = {
    "qp-64": (b"quoted-printable", b"base64"),
    "64-qp": (b"base64", b"quoted-printable"),
    "7bit-64": (b"7bit", b"base64"),
    "64-7bit": (b"base64", b"7bit"),
    "8bit-64": (b"8bit", b"base64"),
    "64-8bit": (b"base64", b"8bit"),
    "binary-64": (b"binary", b"base64"),
    "64-binary": (b"base64", b"binary"),
    "empty-64": (b"", b"base64"),
    "64-empty": (b"base64", b""),
    "junk-64": (b"xxx", b"base64"),
    "64-junk": (b"base64", b"xxx"),
    "uu-64": (b"x-uuencode", b"base64"),
    "64-uu": (b"base64", b"x-uuencode"),
    "64-64": (b"base64", b"base64"),
    "7bit-64-7bit": (b"7bit", b"base64", b"7bit"),
    "64-7bit-64": (b"base64", b"7bit", b"base64"),
    "qp-7bit-64": (b"quoted-printable", b"7bit", b"base64"),
}

_QP_VALUES = (
    "nospace",
    "tab",
    "upper",
    "quoted",
    "comment-before",
    "comment-inside",
    "comment-after",
    "word-before",
    "word-after",
    "semicolon-after",
    "comma-before",
    "x-prefix",
    "fold-twice",
    "encoded-word-q",
    "nbsp-after",
    "unknown",
    "7bit",
    "empty",
)


UNSAID = frozenset(
    {
        "value-unknown",
        "value-none",
        "value-empty",
        "value-7bit",
        "value-8bit",
        "value-binary",
        "value-gzip",
        "value-short-qp",
        "value-token-b",
        "name-no-colon",
        "name-equals",
        "name-underscore",
        "name-blanks",
        "name-short",
        "name-x-prefix",
        "name-comment-glued",
        "name-comment-first",
        "name-leading-blank",
        "name-leading-tab",
        "name-content-encoding",
        "name-transfer-encoding",
        "name-quoted-mark",
        "name-hidden-in-fold",
        "name-hidden-in-junk-fold",
        "name-hidden-blank-key",
    }
)
"""Forms that hardly any reader takes for the field, or for base64: what they hide shows only to one that guesses."""


def fields() -> dict[str, bytes]:
    """Every form of the field that says base64, by name."""
    made = {f"value-{name}": _H + value for name, value in _VALUES.items()}
    made |= {f"name-{name}": value for name, value in _NAMES.items()}
    return made | {f"twice-{n}": b"\r\n".join(_H + b": " + value for value in values) for n, values in _TWICE.items()}


def messages() -> Iterator[Hidden]:
    """Each way in the message's own header and in a part's."""
    for place, frame in PLACES.items():
        for name, field in fields().items():
            raw = frame(KIND + SAVED + field + b"\r\n\r\n" + mixed())
            yield Hidden("encoding-field", f"{name}-{place}", raw)
        first = frame(
            b"Content-Transfer-Encoding: base64\r\n"
            + KIND
            + b"Content-Transfer-Encoding: 7bit\r\n"
            + SAVED
            + b"\r\n"
            + mixed()
        )
        yield Hidden("encoding-field", f"twice-apart-{place}", first)
        yield Hidden("encoding-field", f"missing-{place}", frame(KIND + SAVED + b"\r\n" + mixed()))
    yield from _quoted_printable()
    yield from _elsewhere()


def _quoted_printable() -> Iterator[Hidden]:
    for place, frame in PLACES.items():
        for name in _QP_VALUES:
            value = _VALUES[name].replace(b"base64", b"quoted-printable").replace(b"BASE64", b"QUOTED-PRINTABLE")
            value = value.replace(b"bas()e64", b"quoted()-printable").replace(b"7bit)", b"base64)")
            raw = frame(KIND + SAVED + _H + value + b"\r\n\r\n" + quoted())
            yield Hidden("encoding-field", f"qp-{name}-{place}", raw)
        for name, values in (("64-qp", (b"base64", b"quoted-printable")), ("qp-7bit", (b"quoted-printable", b"7bit"))):
            field = b"\r\n".join(_H + b": " + value for value in values)
            yield Hidden(
                "encoding-field", f"qp-twice-{name}-{place}", frame(KIND + SAVED + field + b"\r\n\r\n" + quoted())
            )


def _elsewhere() -> Iterator[Hidden]:
    """The field stands where not all look for it."""
    group, body = "encoding-field", mixed()
    inner = b'Content-Type: multipart/mixed; boundary="i"\r\n'
    only = b"--i\r\n" + KIND + SAVED + b"\r\n" + body + b"--i--\r\n"
    yield Hidden(group, "inherited-from-top", PLACES["top"](BASE64 + inner + b"\r\n" + only))
    yield Hidden(group, "inherited-from-multipart", PLACES["part"](inner + BASE64 + b"\r\n" + only))
    yield Hidden(group, "as-parameter", PLACES["part"](KIND[:-2] + b"; encoding=base64\r\n" + SAVED + b"\r\n" + body))
    late = KIND + SAVED + b"\r\n" + BASE64 + b"\r\n" + body
    yield Hidden(group, "after-blank-line", PLACES["part"](late))
    over = KIND + SAVED + QP + b"\r\n" + quoted(mixed())
    yield Hidden(group, "qp-over-base64", PLACES["part"](over))
    plain = KIND + SAVED + b"Content-Transfer-Encoding: base64\r\n\r\n" + EICAR + b"\r\n"
    yield Hidden(group, "says-base64-is-plain", PLACES["part"](plain))
    plain = KIND + SAVED + b"Content-Transfer-Encoding: x-uuencode\r\n\r\n" + EICAR + b"\r\n"
    yield Hidden(group, "says-uuencode-is-plain", PLACES["part"](plain))
