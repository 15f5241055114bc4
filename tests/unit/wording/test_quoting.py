"""What a body quotes is told from what its sender wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.document import Unit
from gateway.wording.quoting import parted

REPLY = "Kính gửi anh,\nTôi đồng ý.\n"


def split(text: str) -> tuple[list[str], list[str]]:
    own, quoted = parted([Unit("", text)])
    return [unit.text for unit in own], [unit.text for unit in quoted]


def test_a_body_that_quotes_nothing_stays_one_unit() -> None:
    text = "Kính gửi: các đơn vị\r\nĐề nghị báo cáo --- trước ngày 20.\n"
    assert split(text) == ([text], [])


def test_lines_behind_a_mark_are_quoted_wherever_they_stand() -> None:
    own, quoted = split("> one\nanswer\n >two\n\t> three\nanswer 2 > 1")
    assert own == ["answer", "answer 2 > 1"]
    assert quoted == ["> one", " >two", "\t> three"]


@pytest.mark.parametrize(
    "line",
    [
        "-----Original Message-----",
        "----- Forwarded Message -----",
        "---------- Forwarded message ---------",
        "-----Thư gốc-----",
        "Begin forwarded message:",
        "From: Nguyễn Văn A\r\nSent: Monday, 1 January 2024 10:00",
        "*From:* A <a@example.com>\n*Date:* today",
        "Từ: Nguyễn Văn A\nĐã gửi: Thứ Hai",
        "Từ: Nguyễn Văn A\n\nNgày: 01/01/2024",
        "On Mon, 1 Jan 2024, A <a@example.com> wrote:",
        "Vào Th 2, 1 thg 1, 2024 vào lúc 10:00 Nguyễn Văn A <a@example.com> đã viết:",
        "Vào Th 2, 1 thg 1, 2024 vào lúc 10:00 Nguyễn Văn A\n<a@example.com> đã viết:",
    ],
)
def test_all_that_follows_these_lines_is_quoted(line: str) -> None:
    own, quoted = split(f"{REPLY}{line}\nViÖt Nam\nthe end")
    assert "\n".join(own) == REPLY.rstrip("\n")
    assert quoted[-2:] == ["ViÖt Nam", "the end"]


@pytest.mark.parametrize(
    "text",
    [
        "From: here on it gets better\nand better",
        "--- a ruler\n------------------\nmore",
        "On Monday he wrote: nothing\nmore",
        "As my mother wrote:\nmore",
        "Từ: điển\nlà sách",
    ],
)
def test_lines_that_only_look_a_little_like_it_quote_nothing(text: str) -> None:
    assert split(text)[1] == []


def test_an_answer_below_marked_lines_is_the_sender_s_own() -> None:
    own, quoted = split("On Monday A wrote:\n\n> ViÖt Nam\n\nMy answer")
    assert own == ["On Monday A wrote:", "", "", "My answer"]
    assert quoted == ["> ViÖt Nam"]


def test_places_say_the_line() -> None:
    own, quoted = parted([Unit("", "one\r\n> two\r\nthree")])
    assert [(unit.place, unit.text) for unit in own] == [("line 1", "one"), ("line 3", "three")]
    assert [unit.place for unit in quoted] == ["line 2"]


def test_bytes_stay_with_their_lines() -> None:
    text = "Đồng ý\n> Việt Nam"
    own, quoted = parted([Unit("", text, raw=text.encode())])
    assert (own[0].raw, quoted[0].raw) == ("Đồng ý".encode(), "> Việt Nam".encode())
    single = Unit("", "> ViÖt", raw="> ViÖt".encode("latin-1"))
    assert parted([single]) == ([], [single])


def test_paragraphs_of_a_page_by_their_place_and_by_what_they_say() -> None:
    page = [
        Unit("paragraph 1", "Answer"),
        Unit("quoted paragraph 2", "they said"),
        Unit("paragraph 3", "Answer"),
        Unit("paragraph 4", "From: A\nSent: Monday"),
        Unit("paragraph 5", "they wrote"),
    ]
    own, quoted = parted(page)
    assert [unit.place for unit in own] == ["paragraph 1", "paragraph 3"]
    assert [unit.place for unit in quoted] == ["quoted paragraph 2", "paragraph 4", "paragraph 5"]


@given(st.text(alphabet="> \n\t-_From:Sent:OnwroteÀế", max_size=300))
def test_every_line_is_in_one_of_both(text: str) -> None:
    own, quoted = split(text)
    if quoted:
        assert sorted(own + quoted) == sorted(line.rstrip("\r") for line in text.split("\n"))
    else:
        assert own == [text]
