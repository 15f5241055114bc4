"""Words without their marks, for comparing what may be written either way, and tables of words. Knows nothing else."""

from __future__ import annotations

import unicodedata

_STROKE = str.maketrans({"đ": "d", "Đ": "D"})


def folded(text: str) -> str:
    """Lower case without marks: "Độ Mật" → "do mat"."""
    decomposed = unicodedata.normalize("NFD", text.translate(_STROKE).lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def table(words: str) -> frozenset[str]:
    """A set of words, written as a text of words."""
    return frozenset(words.split())
