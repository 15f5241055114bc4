"""People's names as they are compared: "Nguyễn Văn Anh", "NGUYEN VAN ANH" and "Anh Nguyễn Vаn" (Cyrillic а).

Pure; any text is fine, in linear time; only the first 256 characters of it are read. A Vietnamese name begins with the
family name and ends with the given name; mail clients and people turn that round.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from gateway.directory.lookalikes import LOOKALIKES

MAX_LENGTH: Final = 256  # characters of a name that are read; what people see of one is shorter
_MAX_PARTS = 12
_BREAK: Final = re.compile(r"[()\[\]{}<>|,;/:\u2013\u2014]|\s-+\s")
_CAMEL: Final = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-ZĐ])")
_DIGITS: Final = str.maketrans("013456", "oieasb")
_FINAL_Y: Final = re.compile(r"(?:(?<=[^aeou])|(?<=^qu))y\Z")  # Lý and Lí, Quý and Quí; never Thúy and Thúi
_LEAST_JOINED: Final = 6


class _Fold(dict[int, str]):
    """A letter for each code point: without marks, small, Latin where it looks so; a blank for what parts words."""

    def __missing__(self, code: int) -> str:
        made = _fold(chr(code))
        if len(self) < 4096:  # strangers choose the text: the memory of what was seen does not grow for ever
            self[code] = made
        return made


def _fold(letter: str) -> str:
    decomposed = unicodedata.normalize("NFKD", letter)
    made = "".join(LOOKALIKES.get(part, part) for part in decomposed if unicodedata.category(part) not in _IGNORED)
    made = made.casefold()
    return made if made.isalnum() or not made else " "


_IGNORED: Final = frozenset({"Mn", "Me", "Cf"})  # marks, and what nobody sees: zero-width and direction characters
_FOLD: Final = _Fold()


def words(text: str) -> list[str]:
    """The words of a name in ASCII where they are Latin at all, small, without marks: ["nguyen", "van", "anh"]."""
    return text[:MAX_LENGTH].translate(_FOLD).split()


def same_words(text: str) -> list[str]:
    """The words as they are compared: also what is drawn alike (l I 1, 0 O, rn m) and spelled both ways (y i)."""
    return [_skeleton(word) for word in words(text) if not word.isdigit()]


@lru_cache(maxsize=4096)  # names are made of few syllables
def _skeleton(word: str) -> str:
    word = _FINAL_Y.sub("i", word.translate(_DIGITS) if not word.isalpha() else word)
    return word.replace("rn", "m").replace("vv", "w").replace("cl", "d").replace("l", "i")


_TITLES: Final = frozenset(
    map(
        _skeleton,
        ("ong", "ba", "mr", "mrs", "ms", "miss", "dr", "ts", "ths", "gs", "pgs", "tskh", "bs", "ks", "cn", "ls"),
    )
) | {"dong", "chi"}


def holder_keys(name: str) -> Iterator[str]:
    """The keys that a holder is found by. None for a name of a single word: it names nobody."""
    found = _without_title(same_words(name))
    if len(found) < 2:
        return
    yield " ".join(sorted(found))
    joined = "".join(found)
    if len(joined) >= _LEAST_JOINED:
        yield f"={joined}"
        yield f"={found[-1]}{''.join(found[:-1])}"
        yield f"={''.join(reversed(found))}"


def search_keys(text: str) -> Iterator[str]:
    """The keys to look for when a text may show somebody's name: it, and each part of it ("… - Phòng Nội vụ")."""
    text = text[:MAX_LENGTH]
    for part in (text, *_BREAK.split(text, _MAX_PARTS)):
        found = same_words(part)
        if len(found) >= 2:
            yield " ".join(sorted(found))
            yield " ".join(sorted(_without_title(found)))
        if len(found) == 1 or (len(found) >= _LEAST_JOINED and all(len(word) == 1 for word in found)):
            yield f"={''.join(found)}"
            yield f"={''.join(_without_title(same_words(_CAMEL.sub(' ', part))))}"


def _without_title(found: list[str]) -> list[str]:
    """Without "Ông", "ThS.", "Đồng chí" in front, where a name remains."""
    start = 0
    while start < len(found) - 2 and found[start] in _TITLES:
        start += 1
    return found[start:]
