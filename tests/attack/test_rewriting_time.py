"""A document whose one paragraph is the whole book: its words are put back in linear time."""

from __future__ import annotations

import time

from lxml import etree

from gateway.rewriting.segments import Piece, Segment


def _cost(words: int) -> float:
    text = "ab " * words
    piece = Piece(text, etree.Element("t"))
    before = time.process_time()
    assert Segment("", [piece]).put("cd " * words)
    return time.process_time() - before


def test_a_long_paragraph_takes_linear_time() -> None:
    _cost(1000)
    small, large = min(_cost(20_000) for _ in range(3)), _cost(320_000)
    assert large < 16 * 4 * small + 0.2, f"16 times the words took {large / small:.0f} times as long"
