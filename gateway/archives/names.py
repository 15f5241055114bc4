"""An entry's name as people would see it. Names are for showing and comparing: never a path to open. Nothing raises."""

from __future__ import annotations

import re

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_C1 = re.compile(rb"[\x80-\x9f]")
_KANA = re.compile("[\u3040-\u30ff]")
_WESTERN = re.compile("[\uff61-\uff9f]")  # half-width katakana: what Western letters look like in Shift-JIS


def cut(raw: bytes, limit: int) -> bytes:
    """At most `limit` octets of a name. The middle goes: how a name ends says what a file is."""
    half = limit // 2
    return raw if len(raw) <= limit else raw[:half] + raw[-half:]


def shown(raw: bytes, limit: int, *, utf8: bool = False) -> str:
    """The name out of its bytes: UTF-8 where it can be, else by what the bytes allow. `limit` in characters."""
    raw = cut(raw, limit * 4)
    try:
        return safe(raw.decode(), limit)
    except UnicodeDecodeError:
        return safe(raw.decode("utf-8", "replace") if utf8 else _guessed(raw), limit)


def safe(name: str, limit: int) -> str:
    """Without control characters and halves of surrogates; of more than `limit` characters the middle goes."""
    if len(name) > limit:
        half = limit // 2
        name = f"{name[:half]}…{name[-half:]}"
    return _UNSAFE.sub("\ufffd", name)


def _guessed(raw: bytes) -> str:
    """No charset is said. Japanese shows itself by its kana. Octets 80-9F are letters in DOS's code page and in no
    8-bit Vietnamese or Western charset; anything else is taken octet for octet, so that TCVN and VNI letters stay
    what the Vietnamese detectors look for.
    """
    try:
        japanese = raw.decode("cp932")
    except UnicodeDecodeError:
        japanese = ""
    if _KANA.search(japanese) and not _WESTERN.search(japanese):
        return japanese
    return raw.decode("cp437" if _C1.search(raw) else "latin-1")
