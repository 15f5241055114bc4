"""A short text is judged once and remembered: what is said of it is what is said of any text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.contents import Source
from gateway.documents.document import Unit
from gateway.vietnamese.detect import detect
from gateway.wording.judge import Origin, legacy_of

HERE = Origin(Source.HEADER, where="From")
TEXTS = st.sampled_from(
    (
        *("Nguyễn Văn An", "NguyÔn V¨n An", "Céng hßa x· héi chñ nghÜa ViÖt Nam", "Co^.ng ho`a xa~ ho^.i", "", "An"),
        *("Cộng hòa xã hội chủ nghĩa Việt Nam " * 5, "Céng hßa x· héi chñ nghÜa ViÖt Nam " * 5),
    )
) | st.text(max_size=200)
RAW = st.one_of(
    st.just(b""),
    TEXTS.map(lambda text: text.encode("utf-8", "replace")),
    TEXTS.map(lambda text: text.encode("latin-1", "replace")),
)
UNIT = st.builds(
    lambda text, raw, fonts: Unit("", raw.decode("latin-1") if raw else text, fonts, raw=raw),
    TEXTS,
    RAW,
    st.sampled_from(((), (), (".VnTime",))),
)


@given(UNIT, st.sampled_from(("", "utf-8", "viscii", "windows-1258", "x-unknown")))
def test_a_text_by_itself_is_judged_as_any(unit: Unit, declared: str) -> None:
    """Where there may be no time left, nothing is told beforehand."""
    for label in (declared, (declared,)):
        assert legacy_of([unit], HERE, label) == legacy_of([unit], HERE, label, late=lambda: False)


@given(UNIT, UNIT, st.sampled_from(("", "utf-8", "viscii")))
def test_it_is_clean_only_where_nothing_is_detected(unit: Unit, other: Unit, declared: str) -> None:
    for one in (unit, other, unit):
        found = detect(one.raw or one.text, (declared or None) if one.raw else None, fonts=one.fonts)
        clean = found.family is None and not found.notes and not found.spans
        assert (legacy_of([one], HERE, declared)[0] is None) == clean
