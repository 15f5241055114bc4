"""Text is made readable, and phrases are found in it, however it is written."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.wording.requests_phrases import ADDRESS, Lexicon, is_marked, phrase, readable
from gateway.wording.requests_words import LEXICON


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Đề nghị  CẤP\thộp thư", "đề nghị cấp hộp thư"),
        ("de\u0302\u0300 nghi\u0323", "đề nghị".replace("đ", "d")),
        ("hoà, hòa; huỷ, hủy", "hoà, hoà; huỷ, huỷ"),
        ("hộp\u200b thư\u00ad", "hộp thư"),
        ("hộp thư nva.q4@tphcm.gov.vn.", f"hộp thư {ADDRESS}."),
        ("h\u043e\u0440 thu, m\u0430il", "hop thu, mail"),
        ("ｅｍａｉｌ E-mail e mail", "email email email"),
        ("V/v cấp", "v v cấp"),
        ("xem https://example.com/mailbox?create=1 nhé", "xem nhé"),
        ("", ""),
    ],
)
def test_readable(written: str, read: str) -> None:
    assert readable(written) == read


@given(st.text(max_size=400))
def test_any_text_becomes_readable_and_stays_so_long(text: str) -> None:
    read = readable(text)
    assert len(read) <= 8 * len(text) + 8
    assert not re.search(r"[A-Z@]|  ", read) or "@" in read
    for _concept, start, end in LEXICON.finds(read):
        assert 0 <= start < end <= len(read)


@pytest.mark.parametrize(
    ("text", "marked"), [("hop thu", False), ("hộp thư", True), ("", False), (f"mail {ADDRESS}", False)]
)
def test_marks_are_written_or_not(text: str, marked: bool) -> None:
    assert is_marked(text) is marked


def test_the_little_language_of_phrases() -> None:
    pattern = re.compile(phrase("trân/kính? đề nghị #?", unmarked=False))
    for good in ("đề nghị", "kính đề nghị", "trân đề nghị 12"):
        assert pattern.fullmatch(good)
    assert not pattern.fullmatch("de nghi")
    assert re.fullmatch(phrase("thẻ! cấp", unmarked=True), "thẻ cap")
    assert not re.fullmatch(phrase("thẻ! cấp", unmarked=True), "the cap")


def test_the_earlier_concept_wins_and_words_are_whole() -> None:
    lexicon = Lexicon({"noise": "đào tạo\ncấp trên", "create": "cấp\ntạo"})
    assert [found[0] for found in lexicon.finds("đào tạo và cấp hộp thư, tạo cấp trên, tạoo")] == [
        "noise",
        "create",
        "create",
        "noise",
    ]


def test_a_word_with_marks_is_another_word_where_marks_are_written() -> None:
    assert "remove" in {found[0] for found in LEXICON.finds("nho anh khoa mail nay")}
    assert "remove" not in {found[0] for found in LEXICON.finds("đề nghị khoa Dược của bệnh viện gửi báo cáo")}
    assert "mailbox" not in {found[0] for found in LEXICON.finds("moi hop thu hai")}
    assert "mailbox" not in {found[0] for found in LEXICON.finds("mời họp thứ hai tuần tới")}
