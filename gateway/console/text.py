"""What strangers wrote, made fit for a page: bounded, without what could reorder or hide text. Pure.

Escaping is the templates' own affair (Jinja2's autoescape); this is about what HTML lets through: controls, and the
marks by which "gpj.exe" reads as "exe.jpg" (Unicode TR 36).
"""

from __future__ import annotations

import datetime
from typing import Final

from markupsafe import Markup, escape

from gateway.lifecycle.days import wall

_ORDER: Final = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}
_HIDDEN: Final = {*range(0x200B, 0x200E), 0x2060, 0xFEFF, 0x00AD, 0x180E, *range(0xE0000, 0xE0080)}
_SHOWN: Final = dict.fromkeys((*_ORDER, *_HIDDEN, *range(128, 160)), "�")
_CONTROLS: Final = {code: "\ufffd" for code in range(32) if code not in (9, 10, 13)} | {0x7F: "\ufffd"}
_BREAK: Final = Markup("@<wbr>")
_TABLE: Final = {**_SHOWN, **_CONTROLS, **dict.fromkeys(range(55296, 57344), "�")}


def clean(text: str) -> str:
    """Every character that is not what it looks like becomes U+FFFD."""
    return text if text.isascii() and text.isprintable() else text.translate(_TABLE)


def clip(text: str, most: int) -> str:
    """At most so many characters, with an ellipsis where some are missing."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def address(text: str) -> Markup:
    """An address that may be broken behind its @ and nowhere else."""
    local, at, domain = clean(clip(text, 90)).rpartition("@")
    return escape(local) + (_BREAK if at else Markup("")) + escape(domain)


def size(count: int) -> str:
    """Bytes for people, as Vietnam writes numbers: "4,0 KiB", "15,2 MiB"."""
    if count < 1024:
        return f"{count} B"
    for unit, scale in (("KiB", 2**10), ("MiB", 2**20), ("GiB", 2**30)):
        if count < scale * 1024 or unit == "GiB":
            return f"{count / scale:.1f} {unit}".replace(".", ",")
    raise AssertionError


def number(value: float) -> str:
    """A whole number with Vietnam's dots: 1.234.567."""
    return f"{round(value):,}".replace(",", ".")


def moment(seconds: float) -> str:
    """A moment as offices write it, in Vietnam's time: "22/11/2026 14:05:09"; "" for 0."""
    try:
        return wall(seconds).strftime("%d/%m/%Y %H:%M:%S") if seconds else ""
    except (ValueError, OverflowError, OSError):
        return str(seconds)


def minute(seconds: float) -> str:
    """The same without seconds."""
    return moment(seconds)[:16]


def day(date: datetime.date | None) -> str:
    """22/11/2026; "" for None."""
    return date.strftime("%d/%m/%Y") if date else ""
