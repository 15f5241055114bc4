"""Messages whose payload hardly any reader of mail would show, and why. They are measured by themselves.

The payload stands in each of them, but nothing says that it is encoded, or only a decoder of a kind that no mail client
is known to have would make it whole. Finding these is welcome; what is not found is listed in `test_union_finds`.
"""

from __future__ import annotations

_NOT_SAID = "nothing says that it is encoded, and the lines are too short for any search"
_TWICE = "decoded twice, which no client does"
_BY_LINE = "only a decoder of line by line, or one that takes '=' for zero, makes the payload of it"
_ALPHABET = "characters of the alphabet in between: no decoder can tell them from the payload"
_STRAY = "decoders keep stray equals signs, which spoils the payload"
_NO_FORM = "no reader takes this for the beginning of a file"
_CITED = "cited or indented text: a person would have to take the marks away"
_JOINED = "two pieces that a person would have to join"

DOUBTFUL: dict[str, str] = {
    "encoding-field/value-short-qp": _TWICE,
    "encoding-field/qp-over-base64": _TWICE,
    "encoding-field/qp-7bit": "quoted-printable that nothing announces",
    "encoding-field/qp-empty": "quoted-printable that nothing announces",
    "encoding-field/qp-unknown": "quoted-printable that nothing announces",
    "boundary-elsewhere/no-mime-at-all": _NOT_SAID,
    "delimiter/preamble-bare": _NOT_SAID,
    "delimiter/epilogue-bare": _NOT_SAID,
    "delimiter/epilogue-qp": "quoted-printable that nothing announces",
    "delimiter/delimiter-in-base64": _JOINED,
    "delimiter/suffix-in-base64": _ALPHABET,
    "base64-body/after-1-junk": _ALPHABET,
    "base64-body/after-2-junk": _ALPHABET,
    "base64-body/after-3-junk": _ALPHABET,
    "base64-body/url-alphabet": "another alphabet, which mail does not have",
    "base64-body/lf-escape-each": _ALPHABET,
    "base64-body/html-breaks": _ALPHABET,
    "base64-body/html-pre": _ALPHABET,
    "base64-body/begin-base64": _ALPHABET,
    "base64-body/pem": _ALPHABET,
    "base64-body/twice": _TWICE,
    "base64-body/line-": _BY_LINE,
    "base64-body/hash-hides-rest": _BY_LINE,
    "base64-body/equals-": _BY_LINE,
    "quoted-body/escape-cut-by-soft": _STRAY,
    "quoted-body/doubled-equals": _STRAY,
    "quoted-body/stray-": _STRAY,
    "quoted-body/soft-lf-escaped": "line ends inside the payload",
    "quoted-body/html-escape": "a web page's escapes in a file that is none",
    "quoted-body/escaped-base64": _TWICE,
    "quoted-body/escaped-uuencode": _TWICE,
    "uuencode/cited": _CITED,
    "uuencode/indented": _CITED,
    "uuencode/upper": _NO_FORM,
    "uuencode/mode-letters": _NO_FORM,
    "uuencode/mode-none": _NO_FORM,
    "uuencode/glued-to-text": _NO_FORM,
    "uuencode/no-begin": _NO_FORM,
    "yenc/upper": _NO_FORM,
    "yenc/two-parts": _JOINED,
    "binhex/other-version": _NO_FORM,
    "binhex/indented": _CITED,
    "bare-encoded/mixed": _NOT_SAID,
    "bare-encoded/quoted-printable": "quoted-printable that nothing announces",
    "bare-encoded/hex": "no encoding of mail",
    "bare-encoded/data-uri": "a web page's, not mail's",
    "bare-encoded/cited": _CITED,
    "bare-encoded/indented": _CITED,
    "bare-encoded/pem": "an armour that other programs open",
    "bare-encoded/pgp": "an armour that other programs open",
    "bare-encoded/gzip64": "an encoding that was only ever proposed",
    "bare-encoded/x-gzip64": "an encoding that was only ever proposed",
    "message-odd/cited-message": _CITED,
}
"""By the beginning of a message's name."""


def why(title: str) -> str:
    """Why a message is doubtful; empty when it is not."""
    return next((reason for start, reason in DOUBTFUL.items() if title.startswith(start)), "")
