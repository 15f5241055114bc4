"""Text and numbers as they stand in a report. Pure.

Everything that comes from mail, from a unit's table or from a mail server goes through `clean` before it is put into a
document, so that no format has to ask where a text came from.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MOST: Final = 2_000  # characters of one text
_HIDDEN: Final = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_PART: Final = re.compile("(;[ \u00a0\u3000]*)([-=+@|%\uff1d\uff0b\uff0d\uff20])")
_PLAIN: Final = re.compile(r"[ -~]*\Z")
_MARKS: Final = 4  # combining marks in a row; more would draw over the lines above
_LONG: Final = 60  # letters of a word that a page sets as it is
_PIECE: Final = 20
_UNITS: Final = ("byte", "KiB", "MiB", "GiB", "TiB")


def clean(text: str, most: int = MOST) -> str:
    """One line, NFC: controls, bidirectional marks and surrogates become U+FFFD, any run of blanks is one blank.

    A text that is cut ends with an ellipsis.
    """
    short = text[: most + 1]
    if _PLAIN.match(short) is None:
        short = _bounded_marks(unicodedata.normalize("NFC", short.encode("utf-8", "replace").decode("utf-8")))
        short = "".join(map(_visible, short))
    line = " ".join(short.split())
    return line if len(text) <= most else f"{_whole_words(line[: most - 1])}…"


def _whole_words(cut: str) -> str:
    """Without the beginning of a word at its end, where that is not much."""
    words, blank, _ = cut.rpartition(" ")
    return words if blank and len(words) > len(cut) * 0.8 else cut.rstrip()


def _visible(letter: str) -> str:
    if letter.isprintable() or letter == " ":
        return letter
    if letter in "\t\r\n\u2028\u2029\x0b\x0c" or unicodedata.category(letter) == "Zs":
        return " "
    return "\ufffd" if unicodedata.category(letter) in _HIDDEN else letter


def _bounded_marks(text: str) -> str:
    made, marks = [], 0
    for letter in text:
        marks = marks + 1 if unicodedata.category(letter) in ("Mn", "Me") else 0
        if marks <= _MARKS:
            made.append(letter)
    return "".join(made)


def broken(text: str) -> str:
    """The same with places to break (U+200B) in its very long words: laying out one of 2,000 letters is slow.

    For what is shown only: the places go along when somebody copies the text. A letter keeps its marks.
    """
    return " ".join(_pieces(word) if len(word) > _LONG else word for word in text.split(" "))


def _pieces(word: str) -> str:
    made = [word[:1]]
    for place, letter in enumerate(word[1:], 1):
        if place % _PIECE == 0 and not unicodedata.combining(letter):
            made.append("\u200b")
        made.append(letter)
    return "".join(made)


def unformula(text: str) -> str:
    """A text that no spreadsheet runs: an apostrophe stands before what would be a formula.

    Behind a semicolon, too: with a comma for decimals, it is what parts cells.
    """
    text = _PART.sub(r"\1'\2", text)
    return f"'{text}" if text.lstrip(" \u00a0\u3000").startswith(_FORMULA) else text


def count(number: int) -> str:
    """1234567 as 1.234.567: the full stop groups, in Vietnam."""
    return f"{number:,}".replace(",", ".")


def decimal(number: float, places: int = 1) -> str:
    """12.5 as 12,5."""
    return f"{number:,.{places}f}".replace(",", "_").replace(".", ",").replace("_", ".")


def share(part: float, whole: float) -> float | None:
    """`part` of `whole` as 0 to 1; None where there is no whole to be a part of."""
    return part / whole if whole > 0 else None


def percent(value: float | None, places: int = 1) -> str:
    """0.125 as 12,5%; a dash where there is nothing. Never rounds up to the whole or down to nothing."""
    if value is None:
        return "–"
    step = 10**-places / 100
    shown = value if value in (0.0, 1.0) else min(max(value, step), 1 - step)
    return f"{decimal(shown * 100, places)}%"


def size(octets: int) -> str:
    """Octets in the largest unit that leaves a whole figure before the comma."""
    value, unit = float(octets), 0
    while value >= 1024 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{count(octets)} {_UNITS[0]}" if unit == 0 else f"{decimal(value)} {_UNITS[unit]}"


def duration(seconds: float) -> str:
    """ "2 giờ 05 phút", "3 ngày 4 giờ"."""
    minutes = round(seconds / 60)
    days, rest = divmod(minutes, 1440)
    hours, minutes = divmod(rest, 60)
    if days:
        return f"{count(days)} ngày {hours} giờ"
    return f"{hours} giờ {minutes:02d} phút" if hours else f"{minutes} phút"
