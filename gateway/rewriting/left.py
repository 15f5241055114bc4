"""What a rewritten document still has as it was, counted, so that whoever asked can look at it."""

from __future__ import annotations

from typing import Any

from gateway.rewriting.fonts import is_legacy
from gateway.rewriting.left_words import INSERTED, OBJECTS, SYMBOLS, WORDS
from gateway.rewriting.parts import Opened, name_of


def left_in(found: Opened) -> dict[str, int]:
    """How many of each kind are in a document; kinds that it has none of are not named."""
    counts = dict.fromkeys(WORDS, 0)
    counts[OBJECTS] = max(sum("embeddings/" in part.key for part in found.parts), int(found.embedded))
    for tree in found.trees.values():
        for element in tree.iter():
            name = name_of(element)
            if name == "w:sym":
                counts[SYMBOLS] += _of_legacy_font(element)
            elif name == "w:altChunk":
                counts[INSERTED] += 1
    return {kind: count for kind, count in counts.items() if count}


def _of_legacy_font(symbol: Any) -> bool:
    return any(key.rpartition("}")[2] == "font" and is_legacy(value) for key, value in symbol.attrib.items())


def kept(said: object) -> dict[str, int]:
    """The same from another process's answer: known kinds and whole counts, whatever it says. ValueError."""
    if not isinstance(said, dict):
        raise ValueError("no table")
    counts = {kind: int(said.get(kind, 0)) for kind in WORDS}
    return {kind: min(count, 10**9) for kind, count in counts.items() if count > 0}
