"""detect(): bytes and text in; family, damage, places, sample and notes out. Samples are literal, or Python's."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.vietnamese.codec import encode, mojibake, to_hack
from gateway.vietnamese.detect import SAMPLE, SPANS, detect
from gateway.vietnamese.detection import NOTHING
from gateway.vietnamese.excerpts import WIDE
from gateway.vietnamese.family import Family
from gateway.vietnamese.verdict import Note, Verdict

GOOD = "Cộng hoà xã hội chủ nghĩa Việt Nam"
# As they stand in documents; none of it comes out of our own tables.
SEEN = {
    Family.TCVN3: "Céng hoµ x· héi chñ nghÜa ViÖt Nam",
    Family.VNI: "Coäng hoaø xaõ hoäi chuû nghóa Vieät Nam",
    Family.VIQR: "Co^.ng hoa` xa~ ho^.i chu? nghi~a Vie^.t Nam",
    Family.MOJIBAKE: GOOD.encode().decode("latin-1"),
}


def windows_1258(text: str) -> bytes:
    """As Windows encodes it: tones apart, ă â ê ô ơ ư in one."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    split = (unicodedata.normalize("NFD", letter) for letter in text)
    forms = (
        ("".join(sign for sign in form if sign not in tones), [tone for tone in form if tone in tones])
        for form in split
    )
    return "".join(unicodedata.normalize("NFC", base) + "".join(tone) for base, tone in forms).encode("cp1258")


@pytest.mark.parametrize("family", list(SEEN))
def test_a_font_hack_is_found_and_read(family: Family) -> None:
    found = detect(SEEN[family])
    assert (found.family, found.damaged, found.verdict) == (family, 7, Verdict.VIOLATION)
    assert found.confidence > 0.9
    assert found.sample.startswith("Cộng hoà xã hội chủ nghĩa Việt")
    assert found.spans[0].sent == SEEN[family]
    assert found.spans[0].understood == GOOD
    assert (found.spans[0].start, found.spans[0].paragraph) == (0, 1)


@pytest.mark.parametrize("family", [Family.TCVN3, Family.VNI])
def test_raw_bytes_are_found(family: Family) -> None:
    found = detect(SEEN[family].encode("latin-1"))
    assert (found.family, found.damaged, found.notes) == (family, 7, (Note.UNDECLARED,))


@pytest.mark.parametrize("declared", ["windows-1258", "viscii", "iso-8859-1", "utf-8", "x-unknown", "windows-1251", ""])
def test_the_text_belies_the_declaration(declared: str) -> None:
    found = detect(SEEN[Family.TCVN3].encode("latin-1"), declared)
    assert (found.family, found.verdict) == (Family.TCVN3, Verdict.VIOLATION)
    assert Note.UNDECLARED in found.notes


def test_a_declared_windows_1258_that_decodes_cleanly_is_a_warning() -> None:
    found = detect(windows_1258(GOOD), "windows-1258")
    assert (found.family, found.damaged, found.notes) == (Family.CP1258, 0, (Note.DECLARED,))
    assert (found.sample, found.verdict) == (GOOD, Verdict.WARNING)


def test_the_same_undeclared_is_a_violation() -> None:
    found = detect(windows_1258(f"{GOOD}, độc lập tự do"))
    assert (found.family, found.verdict, found.notes) == (Family.CP1258, Verdict.VIOLATION, (Note.UNDECLARED,))


def test_french_declared_as_windows_1258_is_none_of_our_business() -> None:
    assert detect("déjà vu à Noël, garçon".encode("cp1258", "ignore"), "windows-1258") == NOTHING


@pytest.mark.parametrize("declared", [None, "utf-8", "UTF8", "us-ascii"])
def test_good_unicode_is_ok(declared: str | None) -> None:
    assert detect(GOOD.encode(), declared) == NOTHING


def test_utf8_under_a_wrong_name() -> None:
    assert detect(GOOD.encode(), "iso-8859-1").notes == (Note.UNDECLARED,)
    assert detect("déjà".encode(), "iso-8859-1") == NOTHING


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_offsets_are_bytes_of_bytes(codec: str) -> None:
    data = f"được: {GOOD}\n{SEEN[Family.TCVN3]}\nhết".encode(codec)
    (span,) = detect(data, codec.removesuffix("-sig")).spans
    plain = codec.removesuffix("-sig")
    exact = "utf-16-le" if codec == "utf-16" else "utf-32-le" if codec == "utf-32" else plain
    assert data[span.start : span.end].decode(exact) == SEEN[Family.TCVN3]
    assert span.paragraph == 2


def test_a_raw_paragraph_inside_utf8() -> None:
    legacy = SEEN[Family.TCVN3].encode("latin-1")
    data = b"\n".join([f"{GOOD}, độc lập".encode()] * 20 + [legacy] + [GOOD.encode()])
    found = detect(data, "utf-8")
    assert (found.family, found.damaged, found.notes) == (Family.TCVN3, 7, (Note.UNDECLARED,))
    assert data[found.spans[0].start :].startswith(legacy[:20])
    assert found.spans[0].paragraph == 21


def test_several_families_are_named_and_the_most_damaged_leads() -> None:
    text = "\n".join([SEEN[Family.VNI], GOOD, SEEN[Family.TCVN3], SEEN[Family.VNI]])
    found = detect(text)
    assert [(span.paragraph, span.family) for span in found.spans] == [
        (1, Family.VNI),
        (3, Family.TCVN3),
        (4, Family.VNI),
    ]
    assert (found.family, found.damaged) == (Family.VNI, 21)


@pytest.mark.parametrize(
    ("text", "damaged", "verdict"),
    [
        ("B¸o c¸o th¸ng", 3, Verdict.WARNING),
        ("Th«ng b¸o häp giao ban", 3, Verdict.WARNING),
        ("C«ng v¨n cña së Y tÕ", 5, Verdict.VIOLATION),
        ("bao-cao_th¸ng-3_chÝnh-thøc.doc", 3, Verdict.WARNING),
        ("Há»\x8dp giao ban", 1, Verdict.VIOLATION),
        ("Báo cáo tháng", 0, Verdict.OK),
        ("Bao cao thang 3.doc", 0, Verdict.OK),
    ],
)
def test_subjects_and_names(text: str, damaged: int, verdict: Verdict) -> None:
    found = detect(text)
    assert (found.damaged, found.verdict) == (damaged, verdict)


def test_a_soft_hyphen_is_a_letter() -> None:
    assert detect("ng\xadêi d©n n\xadíc ta").sample == "người dân nước ta"


def test_a_capital_font_reads_as_capitals() -> None:
    found = detect("céng hoµ x· héi", fonts=[".VnTimeH"])
    assert (found.sample, found.spans[0].understood) == ("CỘNG HOÀ XÃ HỘI", "CỘNG HOÀ XÃ HỘI")
    assert detect(SEEN[Family.VNI], fonts=[".VnTimeH"]).family is Family.VNI


def test_a_legacy_font_over_good_unicode_is_a_note() -> None:
    assert detect(GOOD, fonts=[".VnTime", "Arial"]).notes == (Note.LEGACY_FONT,)
    assert detect(GOOD, fonts=["Arial"]) == NOTHING
    assert detect("Plain text", fonts=[".VnTime"]) == NOTHING
    assert detect(SEEN[Family.TCVN3], fonts=[".VnTime"]).notes == ()


@pytest.mark.parametrize(
    ("text", "note", "understood"),
    [
        ("x\nÐảng cộng sản", Note.ETH, "Đảng cộng sản"),
        (unicodedata.normalize("NFD", GOOD), Note.NFD, GOOD),
        (GOOD.encode("ascii", "replace").decode(), Note.LOSSY, "C?ng ho? x? h?i ch? ngh?a Vi?t Nam"),
    ],
)
def test_a_note_has_a_place(text: str, note: Note, understood: str) -> None:
    found = detect(text)
    assert (found.family, found.damaged, found.notes) == (None, 0, (note,))
    assert found.spans[0].understood == found.sample == understood
    assert (found.spans[0].family, found.spans[0].paragraph) == (None, text[: found.spans[0].start].count("\n") + 1)


def test_good_words_beside_a_passage_stay_as_they_are() -> None:
    (span,) = detect(f"Hội nghị được mở: {SEEN[Family.TCVN3]} (đã họp)").spans
    assert span.understood == f"Hội nghị được mở: {GOOD} (đã họp)"


def test_answers_are_bounded() -> None:
    found = detect("\n".join([SEEN[Family.VNI] * 40] * 300))
    assert found.damaged == 300 * 40 * 7
    assert len(found.spans) == SPANS
    assert len(found.sample) <= SAMPLE
    assert all(len(span.sent) <= WIDE and len(span.understood) <= WIDE for span in found.spans)
    assert found.spans[0].sent.endswith(("Vieät", "Coäng", "Nam"))  # cut between words


@pytest.mark.parametrize("family", list(Family))
def test_every_family_is_told_from_every_other(family: Family) -> None:
    text = "Uỷ ban nhân dân tỉnh yêu cầu các sở, ban, ngành thực hiện nghiêm túc quy định về thư điện tử"
    assert detect(to_hack(text, family)).family is family
    if family is not Family.MOJIBAKE:
        assert detect(encode(text, family)).family is family


def test_noise_is_ok() -> None:
    noise = random.Random(4).randbytes(2_000_000)
    assert detect(noise) == NOTHING
    assert detect(noise.decode("latin-1")) == NOTHING
    assert detect(bytes(range(256)) * 4_000) == NOTHING


@pytest.mark.parametrize("piece", ["aø", "µ", "Ã ", "o+a^", "o+ a^'c ", "\xad", "ộ", "hµ ", "\x02", "Ð", "´a", "a\n"])
def test_hostile_repetition_is_answered(piece: str) -> None:
    assert len(detect(piece * 100_000).spans) <= SPANS
    assert len(detect((piece * 100_000).encode()).spans) <= SPANS


TEXTS = st.text(st.sampled_from("aeoung thc\n µ·¸ÃÄ\x91º»\xa0\xad\x02?.^+'dÐđạ\u0301\ufffd😀\ud800 "), max_size=120)


@given(TEXTS, st.sampled_from([(), (".VnTimeH",), ("VNI-Times", "Arial")]))
@settings(max_examples=150)
def test_any_text_is_answered(text: str, fonts: tuple[str, ...]) -> None:
    found = detect(text, fonts=fonts)
    assert found == detect(text, fonts=fonts)
    assert 0.0 <= found.confidence <= 1.0
    assert (found.damaged > 0) == (found.family is not None)
    for span in found.spans:
        assert 0 <= span.start < span.end <= len(text)


@given(st.binary(max_size=150), st.sampled_from([None, "utf-8", "windows-1258", "viscii", "gb2312", "utf-16", "tcvn"]))
@settings(max_examples=150)
def test_any_bytes_are_answered(data: bytes, declared: str | None) -> None:
    for span in detect(data, declared).spans:
        assert 0 <= span.start < span.end <= len(data)


@pytest.mark.parametrize(
    "text", ["đã được", "đầy đủ", "để đọc.", "hàng và trả hàng", "khách và hành lý", "tràn hàng đợi"]
)
def test_two_words_of_mojibake_read_twice(text: str) -> None:
    found = detect(mojibake(text, 2))
    assert (found.family, found.verdict) == (Family.MOJIBAKE, "violation")


@pytest.mark.parametrize("text", ["hoặc « true » (đúng) hoặc « false »", "“3” đã được", "độ đã…"])
def test_quotation_marks_do_not_speak_against_mojibake(text: str) -> None:
    assert detect(mojibake(text)).family is Family.MOJIBAKE


@pytest.mark.parametrize("family", [Family.TCVN3, Family.VNI])
@pytest.mark.parametrize("code", ["%s", "%d", "\\n"])
def test_words_glued_to_a_code(family: Family, code: str) -> None:
    found = detect(to_hack(f"{code}những luồng tạm thời: {code}", family))
    assert (found.family, found.damaged) == (family, 4)


@pytest.mark.parametrize(
    "text",
    ["Maxêđôni (loại bỏ phím chết)", "Tiếng Serbo-Crô-oát (Mỹ)", "Kilômét trên giờ"],
)
def test_loan_words_do_not_speak_against_vni(text: str) -> None:
    found = detect(to_hack(text, Family.VNI))
    assert (found.family, found.verdict) == (Family.VNI, "violation")


@pytest.mark.parametrize("family", [Family.TCVN3, Family.VNI])
def test_quoted_words_of_other_languages_do_not_break_a_sentence(family: Family) -> None:
    hidden = to_hack("đầu “Last-modified” -- time-stamp bị tắt “3” thư mục “3”", family)
    for form in (hidden, hidden.encode("cp1252")):
        assert detect(form).verdict == "violation"


def test_two_words_without_an_ascii_letter() -> None:
    assert detect(to_hack("độ để", Family.TCVN3)).family is Family.TCVN3
    assert detect(to_hack("độ để", Family.TCVN3).encode("cp1252")).family is Family.TCVN3
