"""Whole texts to Unicode, of a family that is known and of none: mixed documents, bytes of any kind, capital fonts."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.vietnamese import convert as exported
from gateway.vietnamese.codec import encode, to_hack
from gateway.vietnamese.convert import convert
from gateway.vietnamese.family import Family

TEXT = (
    "Ủy ban nhân dân tỉnh yêu cầu các sở, ban, ngành, Ủy ban nhân dân các huyện, thị xã, thành phố nghiêm túc thực "
    "hiện việc gửi, nhận văn bản điện tử qua hệ thống thư điện tử công vụ theo đúng quy định của pháp luật."
)
SMALL = TEXT.replace("Ủy", "ủy")  # TCVN3 and Vietware F have no capital Ủ
LEGACY = [family for family in Family if family not in (Family.TCVN3, Family.VIETWARE_F)]


@pytest.mark.parametrize("family", LEGACY)
def test_a_text_of_one_family_that_nobody_named(family: Family) -> None:
    assert convert(to_hack(TEXT, family)) == TEXT
    assert convert(encode(TEXT, family)) == TEXT


@pytest.mark.parametrize("family", [Family.TCVN3, Family.VIETWARE_F])
def test_a_text_without_capitals(family: Family) -> None:
    assert convert(to_hack(TEXT, family)) == SMALL
    assert convert(encode(TEXT, family)) == SMALL


@pytest.mark.parametrize("family", LEGACY)
def test_a_family_that_is_known(family: Family) -> None:
    assert convert(to_hack("Đỗ", family), family) == "Đỗ"
    assert convert(encode("Đỗ", family), family) == "Đỗ"


def test_each_paragraph_is_judged_for_itself() -> None:
    lines = [SMALL, to_hack(SMALL, Family.TCVN3), "Plain English stands here, too.", to_hack(SMALL, Family.VNI)]
    lines += [to_hack(SMALL, Family.MOJIBAKE), "Kính gửi: Văn phòng Ủy ban nhân dân tỉnh", ""]
    expected = [SMALL, SMALL, lines[2], SMALL, SMALL, lines[5], ""]
    assert convert("\n".join(lines)) == "\n".join(expected)
    assert convert("\r\n".join(lines)) == "\r\n".join(expected)


def test_a_sentence_within_a_line_of_good_unicode() -> None:
    assert convert(f"{SMALL} {to_hack(SMALL, Family.TCVN3)} {SMALL}") == f"{SMALL} {SMALL} {SMALL}"


class TestBesideAPassage:
    def test_words_that_are_syllables_as_they_stand_are_read_with_their_line(self) -> None:
        for text in ("là giả; chưa bị xóa bỏ", "thời gian âm. Hủy bỏ.", "RAM rời (thẻ nhớ nhớ)"):
            assert convert(to_hack(text, Family.TCVN3)) == text

    def test_but_not_beside_good_unicode(self) -> None:
        legacy = to_hack("chủ nghĩa xã hội", Family.TCVN3)
        assert convert(f"cá bể, {legacy}, bá") == "cá bể, chủ nghĩa xã hội, bá"

    def test_foreign_words_stay(self) -> None:
        legacy = to_hack("cộng hoà xã hội chủ nghĩa", Family.TCVN3)
        assert convert(f"café Müller: {legacy}") == "café Müller: cộng hoà xã hội chủ nghĩa"

    def test_viqr_to_the_line_s_ends(self) -> None:
        assert convert("Bo? qua: mo^.t ngu+o+`i ddu+o+.c ddu+a dde^'n nha`\\.") == "Bỏ qua: một người được đưa đến nhà."

    def test_capitals_of_bk_hcm_1_among_ascii_s_signs(self) -> None:
        text = "Điều 302. Quỹ bảo đảm bồi thường thiệt hại; Đảng uỷ"
        assert convert(to_hack(text, Family.BKHCM1)) == text
        assert convert(to_hack(text, Family.BKHCM1) + " {a} ^ ~") == text + " {a} ^ ~"
        text = "VIỆC HUỶ BỎ QUYẾT ĐỊNH Ý Yên"
        assert convert(to_hack(text, Family.BKHCM1)).replace("{", "Ý") == text

    def test_a_no_break_space_in_viscii_is_one_but_behind_a_capital(self) -> None:
        legacy = to_hack("Ông VÕ Văn Kiệt dự hội nghị", Family.VISCII)
        assert convert(legacy.replace("d\u00f1 hµi", "d\u00f1\xa0hµi")) == "Ông VÕ Văn Kiệt dự\xa0hội nghị"

    def test_other_lines_stay(self) -> None:
        legacy = to_hack("cộng hoà xã hội chủ nghĩa", Family.TCVN3)
        good = "cộng hoà xã hội chủ nghĩa"
        assert convert(f"cá bá nhí\n\n{legacy}\ncá\n{legacy} bá\n\ncá") == f"cá bá nhí\n\n{good}\ncá\n{good} bỏ\n\ncá"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_bytes_of_unicode(codec: str) -> None:
    assert convert(TEXT.encode(codec)) == TEXT
    assert convert(to_hack(SMALL, Family.TCVN3).encode(codec)) == SMALL


def test_good_text_stays_and_becomes_nfc() -> None:
    assert convert(unicodedata.normalize("NFD", TEXT)) == TEXT
    for text in (
        "",
        "\n",
        "Cr\xe8me br\xfbl\xe9e, garçon!",
        "Größe: 5 µm ± 2 °C – “ja”",
        "中文，日本語",
        "for (i = 0; i < n; i++)",
    ):
        assert convert(text) == text
    assert convert("Größe – “ja”".encode("cp1252")) == "Größe – “ja”"


class TestFonts:
    def test_a_capital_font(self) -> None:
        assert convert("céng hoµ x· héi", Family.TCVN3, font=".VnTimeH") == "CỘNG HOÀ XÃ HỘI"
        assert convert(to_hack(SMALL, Family.TCVN3), font=".VnTimeH") == TEXT.upper()
        assert (
            convert("A. céng hoµ x· héi chñ nghÜa viÖt nam", font=".VnTimeH") == "A. CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM"
        )

    def test_a_font_of_another_family_raises_nothing(self) -> None:
        assert convert("Vieät Nam", Family.VNI, font=".VnTimeH") == "Việt Nam"
        assert convert(TEXT, font=".VnTimeH") == TEXT


@settings(deadline=None)
@given(st.binary() | st.text(), st.none() | st.sampled_from(Family), st.sampled_from(["", ".VnTimeH", "VNI-Times"]))
def test_anything_is_taken(data: bytes | str, family: Family | None, font: str) -> None:
    assert unicodedata.is_normalized("NFC", convert(data, family, font=font))


def test_the_room_exports_it() -> None:
    assert exported is convert
