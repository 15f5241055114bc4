"""One message's texts go in; what is remarkable comes out, each in its place, bounded."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.contents import NO_WORDS, SecretMarking, Source, Words
from gateway.documents.document import Unit
from gateway.vietnamese.codec import encode, to_hack
from gateway.vietnamese.family import Family
from gateway.wording.judge import PASSAGES, Origin
from gateway.wording.kept import LEGACY
from gateway.wording.reader import CHARSET, DIACRITICS, MARKING, WANTS, Reader
from tests.unit.wording.mail import GOOD, TCVN3, UNDERSTOOD, UNMARKED, VNI


def words_of(units: list[Unit], wants: frozenset[str] = WANTS) -> Words:
    reader = Reader(wants)
    reader.document("1.2", ("a.docx",), units)
    return reader.words


def test_good_texts() -> None:
    reader = Reader(WANTS)
    for text in ("", "hello", GOOD, "Meeting at 10:00, été, Straße, 日本語", GOOD.encode()):
        reader.text(Source.BODY, text, declared="utf-8")
        reader.text(Source.NAME, text, part="1.2", names=("a",))
    assert reader.words == NO_WORDS


def test_a_header_field() -> None:
    reader = Reader(WANTS)
    reader.text(Source.HEADER, TCVN3, where="Subject")
    (found,) = reader.words.legacy
    assert (found.source, found.part, found.names, found.where) == (Source.HEADER, "", (), "Subject")
    assert (found.family, found.damaged >= 10, found.confidence > 0.5) == ("tcvn3", True, True)
    assert (found.passages[0].place, found.passages[0].family) == ("", "tcvn3")
    assert found.passages[0].sent in TCVN3
    assert found.passages[0].understood in UNDERSTOOD


def test_bytes_with_and_without_a_charset() -> None:
    for declared in ("", "x-viet-tcvn", "us-ascii"):
        reader = Reader(WANTS)
        reader.text(Source.BODY, TCVN3.encode("latin-1"), declared=declared)
        assert [one.family for one in reader.words.legacy] == ["tcvn3"]


def test_damage_is_summed_over_a_document_and_told_by_its_units() -> None:
    units = [Unit(f"cell A{row}", "ViÖt Nam", (".VnTime",)) for row in range(1, 31)]
    units.insert(10, Unit("cell B1", TCVN3, (".VnTime",)))
    (found,) = words_of(units).legacy
    assert (found.part, found.names, found.family) == ("1.2", ("a.docx",), "tcvn3")
    single = words_of([Unit("cell B1", TCVN3, (".VnTime",))]).legacy[0]
    assert found.damaged == 30 + single.damaged
    assert len(found.passages) == PASSAGES
    assert found.passages[0].place == "cell B1"
    assert {passage.font for passage in found.passages} == {".VnTime"}
    assert found.passages[1].place.startswith("cell A")


def test_one_legacy_paragraph_amid_good_ones() -> None:
    units = [Unit(f"paragraph {number}", GOOD) for number in range(1, 40)]
    units[11] = Unit("paragraph 12", TCVN3)
    units[20] = Unit("paragraph 21", VNI)
    (found,) = words_of(units).legacy
    assert {(passage.place, passage.family) for passage in found.passages} == {
        ("paragraph 12", "tcvn3"),
        ("paragraph 21", "vni"),
    }


def test_lines_of_a_body_are_places() -> None:
    reader = Reader(WANTS)
    reader.body(Origin(Source.BODY, "1"), [Unit("", f"{GOOD}\n{GOOD}\n{TCVN3}\n{GOOD}")])
    assert [passage.place for passage in reader.words.legacy[0].passages] == ["line 3"]


def test_raw_units_beside_text() -> None:
    raw = TCVN3.encode("latin-1")
    units = [Unit("line 1", GOOD), Unit("line 2", raw.decode("latin-1"), raw=raw), Unit("line 3", GOOD)]
    (found,) = words_of(units).legacy
    assert (found.family, found.passages[0].place) == ("tcvn3", "line 2")


def test_a_quotation_is_a_text_of_its_own() -> None:
    reader = Reader(WANTS)
    reader.body(Origin(Source.BODY, "1"), [Unit("", f"{GOOD}\n\n> {TCVN3}\n")])
    assert [(one.source, one.passages[0].place) for one in reader.words.legacy] == [(Source.QUOTED, "line 3")]
    reader = Reader(WANTS)
    reader.body(Origin(Source.BODY, "1"), [Unit("", f"{TCVN3}\n\n> {GOOD}\n")])
    assert [(one.source, one.passages[0].place) for one in reader.words.legacy] == [(Source.BODY, "line 1")]


def test_the_sender_s_own_prose_is_judged_without_what_it_quotes() -> None:
    reader = Reader(WANTS)
    reader.body(Origin(Source.BODY, "1"), [Unit("", UNMARKED + "\n" + f"> {GOOD}\n" * 20)])
    (found,) = reader.words.unmarked
    assert (found.source, found.part) == (Source.BODY, "1")
    assert found.unmarked > 0.7 * found.syllables > 20
    assert 0 < len(found.sample) <= 80


def test_a_marking_and_its_place_but_not_the_words_around_it() -> None:
    units = [Unit("header 1", "TUYỆT MẬT"), Unit("paragraph 1", "UBND TỈNH"), Unit("paragraph 2", GOOD)]
    assert words_of(units).markings == (
        SecretMarking(Source.DOCUMENT, "1.2", ("a.docx",), "header 1", "tuyệt mật", "stamp"),
    )


def test_a_marking_in_a_legacy_charset() -> None:
    sent = to_hack(f"TỐI MẬT\n{GOOD}", Family.TCVN3)
    units = [Unit(f"paragraph {number}", line) for number, line in enumerate(sent.split("\n"), 1)]
    found = words_of(units)
    assert [(one.where, one.level) for one in found.markings] == [("paragraph 1", "tối mật")]


def test_markings_beside_other_charsets_in_one_text() -> None:
    text = f"{to_hack('TUYỆT MẬT', Family.TCVN3)}\n{TCVN3}\n{VNI}\n{VNI}"
    (found,) = words_of([Unit("text box 1", text)]).markings
    assert (found.where, found.level) == ("text box 1", "tuyệt mật")


def test_markings_behind_more_passages_than_are_told() -> None:
    field = to_hack("Độ mật: TỐI MẬT", Family.TCVN3)
    units = [Unit(f"paragraph {number}", TCVN3 if number != 70 else field) for number in range(1, 80)]
    units[30] = Unit("paragraph 31", f"{TCVN3}\n{TCVN3}")
    found = words_of(units)
    assert [(one.where, one.level) for one in found.markings] == [("paragraph 70", "tối mật")]


def test_a_declared_charset_is_read_for_markings_too() -> None:
    reader = Reader(WANTS)
    reader.text(Source.BODY, encode(f"TỐI MẬT\n{GOOD}", Family.VISCII), declared="VISCII")
    (found,) = reader.words.legacy
    assert (found.family, found.damaged, found.notes) == ("viscii", 0, ("declared",))
    assert [(one.where, one.level) for one in reader.words.markings] == [("line 1", "tối mật")]


def test_headers_of_a_document_are_read_as_titles() -> None:
    lines = ["UBND TỈNH", "Tài liệu TUYỆT MẬT", GOOD]
    assert words_of([Unit(f"paragraph {number}", line) for number, line in enumerate(lines, 1)]).markings == ()
    found = words_of([Unit(f"header {number}", line) for number, line in enumerate(lines, 1)])
    assert [one.where for one in found.markings] == ["header 2"]


@pytest.mark.parametrize(("want", "kind"), [(CHARSET, "legacy"), (MARKING, "markings"), (DIACRITICS, "unmarked")])
def test_only_what_is_wanted_is_found(want: str, kind: str) -> None:
    units = [Unit("header 1", "TUYỆT MẬT"), Unit("paragraph 1", TCVN3), Unit("paragraph 2", (UNMARKED + "\n") * 5)]
    found = words_of(units, frozenset((want,)))
    everything = words_of(units)
    assert getattr(found, kind) == getattr(everything, kind) != ()
    assert [bool(one) for one in (found.legacy, found.markings, found.unmarked)].count(True) == 1


def test_findings_and_characters_are_bounded() -> None:
    reader = Reader(WANTS, characters=100_000)
    for number in range(2000):
        reader.text(Source.NAME, TCVN3, part=f"1.{number}", names=("a",))
    assert len(reader.words.legacy) == LEGACY
    reader = Reader(WANTS, characters=1000)
    reader.document(
        "1", ("a",), [Unit("paragraph 1", "x" * 900), Unit("paragraph 2", GOOD), Unit("paragraph 3", TCVN3)]
    )
    reader.text(Source.BODY, TCVN3)
    assert reader.words == NO_WORDS


def test_nothing_is_read_once_the_time_is_over() -> None:
    reader = Reader(WANTS, late=lambda: True)
    reader.text(Source.BODY, TCVN3)
    assert reader.words == NO_WORDS
    assert reader.out_of_time


def test_the_time_may_end_amid_a_document() -> None:
    ticks = iter([False, False] + [True] * 100)
    reader = Reader(WANTS, late=lambda: next(ticks))
    reader.document("1", ("a",), [Unit(f"line {number}", TCVN3 * 1000) for number in range(100)])
    assert reader.out_of_time
    assert reader.words.legacy == ()


_UNITS = st.builds(
    Unit,
    st.sampled_from(["", "line 1", "header 2", "quoted paragraph 3"]),
    st.one_of(st.text(max_size=60), st.sampled_from([TCVN3, VNI, GOOD, "MẬT", "> x"])),
    st.sampled_from([(), (".VnTime",), ("VNI-Times", "Arial")]),
)


@given(
    st.lists(_UNITS, max_size=8), st.lists(st.binary(max_size=60), max_size=3), st.sampled_from(["", "viscii", "utf-8"])
)
@settings(deadline=None)
def test_anything_is_read(units: list[Unit], raws: list[bytes], declared: str) -> None:
    units = units + [Unit("line 9", raw.decode("latin-1"), raw=raw) for raw in raws]
    reader = Reader(WANTS)
    reader.document("1.2", ("a",), units, declared)
    reader.body(Origin(Source.BODY, "1"), units, declared)
    for found in reader.words.legacy:
        assert len(found.passages) <= PASSAGES
        assert all(len(passage.sent) <= 80 and len(passage.understood) <= 80 for passage in found.passages)
