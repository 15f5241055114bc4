"""Where legacy passages begin and end among good text, in long lines, columns and mixtures of families."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.vietnamese.codec import mojibake, to_hack
from gateway.vietnamese.family import Family
from gateway.vietnamese.passages import PRIOR, passages

GOOD = "Uỷ ban nhân dân tỉnh quy định việc quản lý, sử dụng hệ thống thư điện tử của các cơ quan. "
PLAIN = "Ha Noi is the capital; the cafe, naive résumé of Müller & Søren in Zürich costs 5 €. "
LEGACY = "Cộng hoà xã hội chủ nghĩa Việt Nam, độc lập, tự do, hạnh phúc của người dân"
FAMILIES = [family for family in Family if family is not Family.VIQR]


def hidden(text: str, family: Family) -> str:
    return mojibake(text) if family is Family.MOJIBAKE else to_hack(text, family)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("good", [GOOD, PLAIN])
@pytest.mark.parametrize("between", ["\n", " "])
def test_one_sentence_inside_much_good_text(family: Family, good: str, between: str) -> None:
    sentence = hidden(LEGACY, family)
    text = f"{good * 12}{between}{sentence}{between}{good * 12}"
    found = list(passages(text))
    assert {passage.family for passage in found} == {family}
    at = text.index(sentence)
    first, last = found[0].start, found[-1].end
    assert at <= first < at + 20 and at + len(sentence) - 20 < last <= at + len(sentence) + len(" Ha Noi")


@pytest.mark.parametrize("family", FAMILIES)
def test_a_whole_document_is_taken_line_by_line(family: Family) -> None:
    text = "\n".join([hidden(LEGACY, family)] * 400)
    found = list(passages(text))
    assert len(found) == 400
    assert all("\n" not in text[passage.start : passage.end] for passage in found)
    assert len({passage.damaged for passage in found}) == 1


def test_families_mix_in_one_document() -> None:
    used = [Family.TCVN3, Family.VNI, Family.MOJIBAKE, Family.VISCII]
    text = "\n".join(hidden(LEGACY, family) for family in used)
    assert [passage.family for passage in passages(text)] == used


def test_a_column_of_short_cells_adds_up() -> None:
    cells = to_hack("Số\nTên\nĐịa chỉ\nNgười nhận\nGhi chú\nNơi gửi\nTổng số", Family.TCVN3)
    assert sum(passage.damaged for passage in passages(cells)) >= 8


def test_a_good_line_amid_legacy_ones_is_left() -> None:
    legacy = hidden(LEGACY, Family.TCVN3)
    text = f"{legacy}\n{legacy}\nKính gửi: Văn phòng tỉnh\nCác phòng, ban, hội\n{legacy}"
    assert {text[passage.start : passage.end] for passage in passages(text)} == {legacy}


def test_a_font_tips_the_balance_and_no_more() -> None:
    assert list(passages("Sè 5")) == []
    assert [passage.family for passage in passages("Sè 5", {Family.TCVN3: 4.0})] == [Family.TCVN3]
    assert list(passages(GOOD, {Family.TCVN3: 4.0})) == []


def test_where_two_families_read_the_same_the_commoner_is_meant() -> None:
    assert [passage.family for passage in passages("ThiÕt lËp tËp tin")] == [Family.TCVN3]
    assert PRIOR.get(Family.TCVN3, 0.0) > PRIOR[Family.VIETWARE_F]


@pytest.mark.parametrize(
    "line",
    [
        "Thaï (Windows-874), fête, été, où, français, Müller, señor, coração, não, là, tú, más",
        "Das «für» – schön; größer, Tür, über: „C“, ‚D‘ »-l« und »-d«",
        "„Það er góð bók“, på svenska åren, når må få så, Łódź, čeština, İstanbul’da ığdır",
        "© 2024 Foo® Bar™ ±5 °C §3 ¶4 ½ × ÷ µm £5 ¥7 ¿qué? ¡no! │┌──┐ ≈ ∑ → ∞",
        "d8:é¬\x02\x13 Ã© Ã¼ Ã± Â© â‚¬ — FranÃ§ais, MÃ¼ller",
        "Nguyễn Văn Ánh; Đỗ Thị Hoà; phòng Hội nghị; 5 mét, 3 Mét",
        "§Âm thanh; ®Ông Địa®; ·Ảnh",
        "a\u0301 e\u0323\u0302 o\u031b\u0300",
    ],
)
def test_what_is_no_legacy_text(line: str) -> None:
    assert list(passages(line)) == []
    assert list(passages(f"{line}\n" * 50)) == []


@given(
    st.lists(st.sampled_from([*"aoung \n", "µ", "hoµ ", "nghÜa ", "Ã", "\x02", "ạ", "Vieät\n", "für "]), max_size=200)
)
def test_passages_are_apart_in_order_and_within_a_line(pieces: list[str]) -> None:
    text = "".join(pieces)
    last = 0
    for passage in passages(text):
        assert last <= passage.start < passage.end <= len(text)
        assert "\n" not in text[passage.start : passage.end]
        last = passage.end
