"""Names that people read as the same have a key in common, and others have none."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.directory.lookalikes import LOOKALIKES
from gateway.directory.names import holder_keys, search_keys, words


def meet(holder: str, shown: str) -> bool:
    return not set(holder_keys(holder)).isdisjoint(search_keys(shown))


@pytest.mark.parametrize(
    "shown",
    [
        "Nguyễn Văn Anh",
        "NGUYỄN VĂN ANH",
        "Nguyen Van Anh",
        "Anh Nguyễn Văn",
        "Anh, Nguyễn Văn",
        unicodedata.normalize("NFD", "Nguyễn Văn Anh"),
        "Nguyễn Vаn Аnh",  # Cyrillic а, А
        "Νguyễn Văn Anh",  # Greek Ν
        "Ｎｇｕｙｅｎ Ｖａｎ Ａｎｈ",
        "𝐍𝐠𝐮𝐲𝐞𝐧 𝑽𝒂𝒏 𝘈𝘯𝘩",
        "Ngu\u200byễn Văn\u202e Anh",
        "Nguyễn  Văn\u00a0Anh",
        "Nguyen.Van.Anh",
        "Nguyễn Văn Anh (Phòng Nội vụ)",
        "Nguyễn Văn Anh - UBND Quận 4",
        "Văn phòng | Nguyễn Văn Anh",
        "Ông Nguyễn Văn Anh",
        "ThS. Nguyễn Văn Anh",
        "Đồng chí Nguyễn Văn Anh",
        "Nguyễn Văn Anh 2",
        "NguyenVanAnh",
        "nguyenvananh",
        "anhnguyenvan",
        "N g u y ễ n V ă n A n h",
        "Nguyễn V\u0430n 4nh",
    ],
)
def test_spellings_of_one_name(shown: str) -> None:
    assert meet("Nguyễn Văn Anh", shown)


@pytest.mark.parametrize(
    ("holder", "shown"),
    [
        ("Lê Thị Lý", "Lê Thị Lí"),
        ("Trần Quý", "Trần Quí"),
        ("Đỗ Đức Đạt", "Do Duc Dat"),
        ("Lê Linh", "Ie Iinh"),
        ("Ông Ích Khiêm", "Ông Ích Khiêm"),
        ("Phạm Minh Hà", "Pharn Minh Hà"),
    ],
)
def test_names_that_are_drawn_or_spelled_alike(holder: str, shown: str) -> None:
    assert meet(holder, shown)


@pytest.mark.parametrize(
    ("holder", "shown"),
    [
        ("Nguyễn Văn Anh", "Nguyễn Văn An"),
        ("Nguyễn Văn Anh", "Nguyễn Anh"),
        ("Nguyễn Văn Anh", "Anh"),
        ("Nguyễn Văn Anh", ""),
        ("Nguyễn Văn Anh", "Trần Thị Bình"),
        ("Lê Thúy", "Lê Thúi"),
        ("Anh", "Anh"),
        ("", ""),
        ("12 34", "12 34"),
    ],
)
def test_other_names(holder: str, shown: str) -> None:
    assert not meet(holder, shown)


def test_words() -> None:
    assert words("  Đặng-Thị  HƯƠNG ") == ["dang", "thi", "huong"]


def test_the_table_names_letters_of_one_character() -> None:
    assert all(len(letter) == 1 and len(latin) == 1 and latin.isascii() for letter, latin in LOOKALIKES.items())
    assert not any(letter.isascii() for letter in LOOKALIKES)


@given(st.text(max_size=400))
def test_any_text(text: str) -> None:
    assert len(list(search_keys(text))) < 60
    assert len(list(holder_keys(text))) <= 4


@pytest.mark.parametrize("piece", ["a ", "(", "aA", " - ", "\u0301", "ﷺ", "đ,"])
def test_long_texts_are_bounded(piece: str) -> None:
    assert all(len(key) < 8192 for key in search_keys(piece * 100_000))
