"""A block's words, found two ways, are the words that words.py finds."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.vietnamese.blocks import Block, part
from gateway.vietnamese.codec import mojibake, to_hack
from gateway.vietnamese.family import Family
from gateway.vietnamese.words import WORD

TEXT = "Cộng hoà xã hội chủ nghĩa Việt Nam\nĐộc lập - Tự do - “Hạnh phúc” 100% của %s\n\nĐiều 1. Hà Nội"
PIECES = [
    *"aZ1 \n%\\-_.\xa0\x85\x93\x02\u00ad",
    "%s",
    "\\n",
    "Ã",
    "Æ",
    "á»",
    "áº",
    "Ã¡Â»Å",
    "ÃƒÂ",
    "’",
    "ơ",
    "中",
    "é",
    "hµ",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


def marked(words: Iterable[str]) -> set[str]:
    return {word for word in words if word and not word.isascii()}


@pytest.mark.parametrize("family", [family for family in Family if family is not Family.MOJIBAKE])
def test_words_of_a_legacy_text(family: Family) -> None:
    text = to_hack(TEXT, family)
    assert Block(text, 0, len(text)).marked == marked(WORD.findall(text))


@given(TEXTS, TEXTS)
def test_words_are_those_between_the_offsets(before: str, text: str) -> None:
    whole = f"{before}\n{text}"
    block = Block(whole, len(before) + 1, len(whole))
    assert block.marked == marked(WORD.findall(text))
    rows = [word for row in block.rows for word in row.words]
    assert marked(rows) == block.marked
    assert marked(block.words) == block.marked
    again = Block(whole, len(before) + 1, len(whole))
    again.cut()
    assert again.marked == block.marked


@given(TEXTS)
def test_rows_are_lines_in_order(text: str) -> None:
    for row in Block(text, 0, len(text)).rows:
        line = text[row.start : row.end]
        assert line and "\n" not in line
        assert marked(row.words) == marked(WORD.findall(line))


def test_only_the_places_that_are_asked_for() -> None:
    text = to_hack("Việt\nNgười\nHuế", Family.TCVN3)
    lines = text.split("\n")
    block = Block(text, 0, len(text), [(0, len(lines[0])), (len(text) - len(lines[2]), len(text))])
    assert block.marked == {lines[0], lines[2]}


def test_a_part_has_its_rows_only() -> None:
    text = to_hack("Việt\nNgười\nHuế", Family.TCVN3)
    block = Block(text, 0, len(text))
    some = part(block, block.rows[1:])
    assert some.rows == block.rows[1:]
    assert some.marked == marked(text.split("\n")[1:])


def test_a_blank_that_is_a_letters_last_byte() -> None:
    once, twice = mojibake("là Việt"), mojibake("hàng trịnh LỊCH LỆNH", 2)
    assert mojibake("là") in Block(once, 0, len(once)).marked
    assert Block(twice, 0, len(twice)).marked == {mojibake(word, 2) for word in ("hàng", "trịnh", "LỊCH", "LỆNH")}
