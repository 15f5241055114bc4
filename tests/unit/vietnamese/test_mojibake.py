"""UTF-8 read as windows-1252 or Latin-1: made with Python's own codecs, undone by ours, with the losses on the way."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.vietnamese.mojibake import mojibake, unmojibake
from tests.unit.vietnamese.published import ALPHABET

LETTERS = " ".join(ALPHABET).split()
TEXT = (
    "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM. Độc lập - Tự do - Hạnh phúc. Ủy ban nhân dân tỉnh là cơ quan hành chính; "
    "và người đứng đầu chịu trách nhiệm về “việc học” của mọi trường – tự nguyện, giữ gìn, hỏi, Ốc, Á, Í, Ý…"
)
UNDEFINED = str.maketrans(dict.fromkeys("\x81\x8d\x8f\x90\x9d", "\ufffd"))
DROPPED = str.maketrans("", "", "\x81\x8d\x8f\x90\x9d")


def latin(text: str) -> str:
    return text.encode().decode("latin-1")


@pytest.mark.parametrize("letter", LETTERS)
def test_every_letter(letter: str) -> None:
    assert unmojibake(latin(f"m {letter}n")) == f"m {letter}n"
    assert unmojibake(latin(latin(f"m {letter}n"))) == f"m {letter}n"
    assert unmojibake(mojibake(f"m {letter}n")) == f"m {letter}n"
    assert unmojibake(mojibake(f"m {letter}n", 2)) == f"m {letter}n"


def test_it_is_what_python_s_windows_1252_makes_of_it() -> None:
    whole = "".join(letter for letter in TEXT if not set(letter.encode()) & {0x81, 0x8D, 0x8F, 0x90, 0x9D})
    assert mojibake(whole) == whole.encode().decode("cp1252")
    assert mojibake(whole, 2) == whole.encode().decode("cp1252").encode().decode("cp1252")
    assert mojibake(TEXT, 0) == TEXT
    assert mojibake("Đ") == "Ä\x90"


@pytest.mark.parametrize("layers", [1, 2])
def test_text_comes_back(layers: int) -> None:
    assert unmojibake(mojibake(TEXT, layers)) == TEXT
    assert unmojibake(mojibake(unicodedata.normalize("NFD", TEXT), layers)) == TEXT


def test_only_what_is_mojibake_changes() -> None:
    good = "Đồng chí Nguyễn Văn Ã, “garçon” café naïve Ünlü ÀÉ… £5"
    assert unmojibake(good) == good
    assert unmojibake(f"{good} {mojibake('Việt')} {good}") == f"{good} Việt {good}"
    assert unmojibake(f"ĐÃ XONG\n{mojibake('là')}") == "ĐÃ XONG\nlà"


class TestLosses:
    def test_a_nbsp_that_became_a_blank(self) -> None:
        assert unmojibake(mojibake(TEXT).replace("\xa0", " ")) == TEXT

    def test_and_was_then_one_blank_with_the_next(self) -> None:
        kept = mojibake("Việt: đây là một hàng, và con; là.").replace("\xa0", " ").replace("  ", " ")
        assert unmojibake(kept) == "Việt: đây là một hàng, và con; là."

    def test_bytes_that_windows_1252_has_not(self) -> None:
        likeliest = TEXT.replace(" Á, Í", " Ý, Ý").replace("Ốc", "ọc")  # nobody can tell: what is used most is taken
        assert unmojibake(mojibake(TEXT).translate(UNDEFINED)) == likeliest

    def test_the_same_bytes_dropped(self) -> None:
        kept = mojibake("Người đứng đầu chịu trách nhiệm về “việc học” của mọi trường. Đoàn, SỐ").translate(DROPPED)
        assert unmojibake(kept) == "Người đứng đầu chịu trách nhiệm về “việc học” của mọi trường. Đoàn, SỐ"

    def test_more_spellings_than_can_be_tried_take_the_first(self) -> None:
        assert unmojibake("á»‡" + "á»\ufffd" * 5000) == "ệ" + "ề" * 5000


@settings(deadline=None)
@given(st.text(st.sampled_from([*LETTERS, *" aceghinot.,\n"])), st.sampled_from([1, 2]))
def test_any_vietnamese_text_comes_back(text: str, layers: int) -> None:
    assert unmojibake(mojibake(text, layers)) == text


@settings(deadline=None)
@given(
    st.text(
        st.characters(codec="latin-1") | st.sampled_from("Ãáºấ»Ä\ufffd €‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ\ud800\U0001f600")
    )
)
def test_any_text_is_taken(text: str) -> None:
    assert unicodedata.is_normalized("NFC", unmojibake(text))
