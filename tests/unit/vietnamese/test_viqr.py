"""VIQR and Telex: the two ways to type Vietnamese in ASCII, read and written."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from gateway.vietnamese.telex import from_telex, to_telex
from gateway.vietnamese.viqr import from_viqr, to_viqr
from tests.unit.vietnamese.published import ALPHABET

# How an address and an English double d look in VIQR; no Vietnamese word looks so.
FOREIGN = re.compile(r"[aeiouyAEIOUY]\.\w{3}|[a-z]dd")
LETTERS = " ".join(ALPHABET).split()
# RFC 1456, section 4.1: base, then breve, circumflex or horn, then the tone.
SPELLED = {
    "a": "a` a? a~ a' a. a( a(` a(? a(~ a(' a(. a^ a^` a^? a^~ a^' a^.",
    "e": "e` e? e~ e' e. e^ e^` e^? e^~ e^' e^. i` i? i~ i' i.",
    "o": "o` o? o~ o' o. o^ o^` o^? o^~ o^' o^. o+ o+` o+? o+~ o+' o+.",
    "u": "u` u? u~ u' u. u+ u+` u+? u+~ u+' u+. y` y? y~ y' y. dd",
}


class TestViqr:
    def test_every_letter_is_spelled_as_the_rfc_says(self) -> None:
        spelled = " ".join(SPELLED.values()).split()
        assert [to_viqr(letter) for letter in LETTERS] == [*spelled, *(word.upper() for word in spelled)]
        assert from_viqr(" ".join(spelled)) == " ".join(LETTERS[:67])

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("DDo^.c la^.p Tu+. do", "Độc lập Tự do"),
            ("Ddo^.c, dDo^.c", "Độc, độc"),
            ("ngu*o*`i", "người"),
            ("to\u2019i, to\xb4i", "tói, tói"),
            ("la\\. a\\? \\\\", "la. a? \\"),
            ("a\\dd", "add"),
            ("va... www.moha.gov.vn", "va... www.moha.gov.vn"),
            ("la`. ta.?", "là. tạ?"),
            ("C:\\Temp", "C:\\Temp"),
            ("ca??", "cả?"),
            ("HDDND, QDD-UBND, buildd, Siddall", "HĐND, QĐ-UBND, buildd, Siddall"),
        ],
    )
    def test_what_people_typed(self, typed: str, meant: str) -> None:
        assert from_viqr(typed) == meant

    @settings(deadline=None)
    @given(st.text(st.sampled_from([*LETTERS, *"aeiouyAEIOUYdDđĐbc `?~'.^(+*\\\n\u2019\xb4"])))
    @example("a.b")
    @example("...")
    def test_any_text_comes_back(self, text: str) -> None:
        assume(not FOREIGN.search(to_viqr(text)))
        assert from_viqr(to_viqr(text)) == text


class TestTelex:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("Coongj hoaf xax hooij chur nghiax Vieetj Nam", "Cộng hoà xã hội chủ nghĩa Việt Nam"),
            ("tieesng Vieejt ddaayf ddur", "tiếng Việt đầy đủ"),
            ("ngwowif nguwowif nguowif", "người người người"),
            ("thuowr huow", "thuở huơ"),
            ("DDOOCJ LAAPJ Tuwj do", "ĐỘC LẬP Tự do"),
            ("quys gif giuwax khuyur chuyeenj", "quý gì giữa khuỷu chuyện"),
            ("mias muas cuar", "mía múa của"),
            ("class, browser, x_as, don't, as1", "class, browser, x_as, don't, as1"),
        ],
    )
    def test_what_people_typed(self, typed: str, meant: str) -> None:
        assert from_telex(typed) == meant

    def test_it_is_written(self) -> None:
        assert to_telex("Cộng hoà ĐỘC LẬP Ủy Đỗ người") == "Coongj hoaf DDOOCJ LAAPJ Uyr Ddoox nguwowif"

    @settings(deadline=None)
    @given(st.text())
    def test_any_text_is_taken(self, text: str) -> None:
        from_telex(text)
        to_telex(text)
