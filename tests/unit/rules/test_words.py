"""Places in documents in Vietnamese."""

from __future__ import annotations

import pytest

from gateway.contents import Source
from gateway.rules.words import place_in_vietnamese, text_in_english, text_in_vietnamese


@pytest.mark.parametrize(
    ("place", "vietnamese"),
    [
        ("paragraph 12", "đoạn 12"),
        ("sheet 'page 1' B7", "trang tính 'page 1' B7"),
        ("header 2 paragraph 1", "đầu trang 2 đoạn 1"),
        ("slide 3 notes", "trang chiếu 3 ghi chú trang chiếu"),
        ("property title", "thuộc tính tiêu đề"),
        ("paragraphs 3", "paragraphs 3"),
        ("sheet 'it''s' A1", "trang tính 'it''s' A1"),
        ("", ""),
    ],
)
def test_places(place: str, vietnamese: str) -> None:
    assert place_in_vietnamese(place) == vietnamese


def test_texts() -> None:
    assert text_in_vietnamese(Source.HEADER, (), "Subject") == "tiêu đề thư (Subject)"
    assert text_in_vietnamese(Source.HEADER, (), "From") == "phần đầu thư (From)"
    assert text_in_english(Source.HEADER, (), "Subject") == "header field Subject"
    assert text_in_vietnamese(Source.DOCUMENT, ("a.zip", "b.doc"), "") == 'tệp "a.zip › b.doc"'
    assert text_in_vietnamese(Source.DOCUMENT, ("",), "", "1.2") == 'tệp "part 1.2"'
    assert text_in_english(Source.NAME, ("b.doc",), "") == 'file name "b.doc"'
    assert len(text_in_vietnamese(Source.DOCUMENT, ("x" * 500,), "")) < 150
