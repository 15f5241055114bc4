"""Names of an attachment that readers take differently: a script's real name behind a harmless one (RFC 2183, 2231).

A script is a script by its name alone, so the name that any client would save it under must be among those that ours
reports. The content is the same in all of them. Sources: the RFCs; S. Ullrich's toolkit; RFC 6266 on which name wins.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.evasion.payload import BASE64, COVER, TOP, Hidden, b64, multipart

SCRIPT = b"WScript.Echo('x');\r\n"
REAL = "a.js"
_T = b"Content-Type: text/plain"
_D = b"Content-Disposition: attachment"

# The parameters of a name, without the parameter's own name: %s stands for `filename` or `name`
_FORMS: dict[str, bytes] = {
    "token": b"%s=a.js",
    "quoted": b'%s="a.js"',
    "upper-name": b"%S=a.js",
    "blank-before-equals": b"%s =a.js",
    "blank-after-equals": b"%s= a.js",
    "fold-before-equals": b"%s\r\n =a.js",
    "fold-after-equals": b"%s=\r\n a.js",
    "single-quotes": b"%s='a.js'",
    "quote-open": b'%s="a.js',
    "quote-close": b'%s=a.js"',
    "blank-inside": b"%s=b a.js",
    "semicolon-quoted": b'%s="b;a.js"',
    "semicolon-unquoted": b"%s=b;a.js",
    "semicolon-escaped": b"%s=b\\;a.js",
    "escaped": b'%s="a\\.js"',
    "escaped-quote": b'%s="a\\".js"',
    "quote-inside": b'%s="a".js',
    "comment-after": b"%s=a.js(x)",
    "comment-before": b"%s=(x)a.js",
    "comment-inside": b"%s=a.j(x)s",
    "comment-in-name": b"%s(x)=a.js",
    "comment-fake": b"%s=a.js(.png)",
    "rfc2231": b"%s*=utf-8''a.js",
    "rfc2231-escaped": b"%s*=utf-8''%%61%%2E%%6A%%73",
    "rfc2231-language": b"%s*=utf-8'en-US'a.js",
    "rfc2231-empty-charset": b"%s*=''a.js",
    "rfc2231-no-quotes": b"%s*=a.js",
    "rfc2231-quoted": b"%s*=\"utf-8''a.js\"",
    "rfc2231-utf16": b"%s*=utf-16be''%%00a%%00.%%00j%%00s",
    "rfc2231-unknown": b"%s*=x-none''a.js",
    "rfc2231-zero": b"%s*0=a.js",
    "rfc2231-zero-star": b"%s*0*=utf-8''a.js",
    "rfc2231-two": b"%s*0=a.; %s*1=js",
    "rfc2231-two-star": b"%s*0*=''a.; %s*1*=%%6As",
    "rfc2231-reversed": b"%s*1=js; %s*0=a.",
    "rfc2231-gap": b"%s*0=a.; %s*2=js",
    "rfc2231-from-one": b"%s*1=a.; %s*2=js",
    "rfc2231-zeros": b"%s*00=a.; %s*01=js",
    "encoded-word-b": b'%s="=?us-ascii?B?YS5qcw==?="',
    "encoded-word-q": b'%s="=?utf-8?Q?a=2Ejs?="',
    "encoded-word-unquoted": b"%s==?utf-8?Q?a=2Ejs?=",
    "encoded-word-utf16": b'%s="=?utf-16le?B?YQAuAGoAcwA=?="',
    "encoded-word-two": b'%s="=?utf-8?Q?a=2E?= =?utf-8?Q?js?="',
    "encoded-word-partly": b'%s="a.=?utf-8?Q?js?="',
    "encoded-word-of-encoded": b'%s="=?utf-8?B?PT91dGYtOD9RP2E9MkVqcz89?="',
    "percent": b'%s="a%%2Ejs"',
    "trailing-dot": b'%s="a.js."',
    "trailing-blank": b'%s="a.js "',
    "trailing-dots-blanks": b'%s="a.js. . "',
    "slash": b'%s="b.png/a.js"',
    "backslash": b'%s="b.png\\\\a.js"',
    "nul-escaped": b"%s*=utf-8''a.js%%00.png",
    "line-end-escaped": b"%s*=utf-8''a.js%%0D%%0A.png",
    "colon-stream": b'%s="a.js:b.png"',
    "tab-inside": b'%s="a\t.js"',
    "zero-width": '%s="a.j\u200bs"'.encode(),
    "fold-inside": b'%s="a.\r\n js"',
    "long": b'%s="' + b"n" * 300 + b'.js"',
    "utf8-raw": '%s="báo cáo.js"'.encode(),
    "latin1-raw": b'%s="b\xe1o.js"',
    "other-first": b'x=y; %s="a.js"',
    "other-open-quote": b'x="y; %s=a.js',
    "invalid-first": b"x:y=1; %s=a.js",
    "no-value-first": b"x; %s=a.js",
    "no-semicolon": b"x=y %s=a.js",
    "twice-good-first": b"%s=a.js; %s=b.png",
    "twice-good-last": b"%s=b.png; %s=a.js",
    "star-then-plain": b"%s*=utf-8''a.js; %s=b.png",
    "plain-then-star": b"%s=b.png; %s*=utf-8''a.js",
    "plain-then-star-harmless": b"%s=a.js; %s*=utf-8''b.png",
    "pieces-then-plain": b"%s*0=a.; %s*1=js; %s=b.png",
    "plain-then-pieces": b"%s=b.png; %s*0=a.; %s*1=js",
}

_FIELDS: dict[str, bytes] = {
    "type-real-disposition-harmless": _T + b"; name=a.js\r\n" + _D + b"; filename=b.png\r\n",
    "disposition-real-type-harmless": _T + b"; name=b.png\r\n" + _D + b"; filename=a.js\r\n",
    "disposition-first": _D + b"; filename=b.png\r\n" + _T + b"; name=a.js\r\n",
    "dispositions-good-last": _T + b"\r\n" + _D + b"; filename=b.png\r\n" + _D + b"; filename=a.js\r\n",
    "dispositions-good-first": _T + b"\r\n" + _D + b"; filename=a.js\r\n" + _D + b"; filename=b.png\r\n",
    "types-good-last": _T + b"; name=b.png\r\n" + _T + b"; name=a.js\r\n",
    "types-good-first": _T + b"; name=a.js\r\n" + _T + b"; name=b.png\r\n",
    "disposition-empty": _T + b"; name=a.js\r\n" + _D + b'; filename=""\r\n',
    "filename-in-type": _T + b"; filename=a.js\r\n" + _D + b"\r\n",
    "name-in-disposition": _T + b"\r\n" + _D + b"; name=a.js\r\n",
    "description": _T + b"\r\n" + _D + b"\r\nContent-Description: a.js\r\n",
    "location": _T + b"\r\n" + _D + b"\r\nContent-Location: http://a.example/b/a.js\r\n",
    "field-blank-colon": _T + b"\r\nContent-Disposition : attachment; filename=a.js\r\n",
    "field-folded": _T + b"\r\nContent-Disposition:\r\n attachment;\r\n filename=a.js\r\n",
    "field-comment": _T + b"\r\nContent-Disposition: (x) attachment; filename=a.js\r\n",
    "no-disposition-type": _T + b"\r\nContent-Disposition: ; filename=a.js\r\n",
    "only-parameter": _T + b"\r\nContent-Disposition: filename=a.js\r\n",
    "inline": _T + b"\r\nContent-Disposition: inline; filename=a.js\r\n",
}


def messages() -> Iterator[Hidden]:
    """Each form in both fields, alone and beside a harmless name in the other field."""
    for form, written in _FORMS.items():
        name, filename = (_named(written, word) for word in (b"name", b"filename"))
        yield _message(f"{form}-type", _T + b"; " + name + b"\r\n")
        yield _message(f"{form}-disposition", _T + b"\r\n" + _D + b"; " + filename + b"\r\n")
        yield _message(f"{form}-over-harmless", _T + b"; name=b.png\r\n" + _D + b"; " + filename + b"\r\n")
    for form, fields in _FIELDS.items():
        yield _message(form, fields)


def _named(written: bytes, word: bytes) -> bytes:
    return written.replace(b"%s", word).replace(b"%S", word.upper()).replace(b"%%", b"%")


def _message(name: str, fields: bytes) -> Hidden:
    return Hidden("name", name, TOP + multipart(COVER, fields + BASE64 + b"\r\n" + b64(SCRIPT)))
