"""Evidence in words."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.access import Evidence, Kind, Sign, Source, Strength
from gateway.lifecycle.silence import Doubt, Known
from gateway.lifecycle.spans import Span
from gateway.lifecycle.stages import Phase
from gateway.lifecycle.words import DOUBTS, PHASES, SIGNS, SOURCES, STRENGTHS, explain, sentence, summary
from tests.unit.lifecycle.build import BOX, at, unused, used


@pytest.mark.parametrize(
    ("kind", "table"), [(Sign, SIGNS), (Source, SOURCES), (Strength, STRENGTHS), (Doubt, DOUBTS), (Phase, PHASES)]
)
def test_everything_has_words(kind: type[StrEnum], table: dict[StrEnum, object]) -> None:
    assert set(table) == set(kind)


def test_an_interval_is_told_as_one() -> None:
    told = sentence(used(at(6, 3, 7.5), at(6, 3, 9)))
    assert told.en == (
        "Used between 07:30 03/06/2026 and 09:00 03/06/2026: the inbox was opened: new mail was claimed "
        "(inferred over IMAP; sure)."
    )
    assert told.vi.startswith("Có truy cập trong khoảng từ 07:30 03/06/2026 đến 09:00 03/06/2026: thư mới")


def test_a_moment_and_an_actor() -> None:
    told = sentence(replace(used(at(6, 3), source=Source.LAST_LOGIN), actor="thunder\x1b[31mbird\n" + "x" * 500))
    assert "at 12:00 03/06/2026: a login (Dovecot's last_login table, thunder [31mbird xxx" in told.en
    assert told.en.isprintable() and len(told.en) < 400


def test_the_newest_come_first_and_not_too_many() -> None:
    told = explain([used(at(6, 1) + n) for n in range(100)])
    assert len(told) == 20 and told[0] == sentence(used(at(6, 1) + 99))


def test_summaries() -> None:
    silent = Known(Span(at(3, 2), at(6, 3)), used(at(3, 1)), Doubt.NONE, at(6, 3))
    assert summary(silent).en == "Surely not used from 12:00 02/03/2026 to 12:00 03/06/2026."
    seeming = replace(silent, silent=None, doubt=Doubt.POLLING_ONLY, supposed=silent.silent)
    assert "EXAMINE" in summary(seeming).en and "that is not sure" in summary(seeming).en
    assert summary(seeming).vi.startswith("Qua IMAP không thấy ai mở Hộp thư đến từ 12:00 02/03/2026")
    active = Known(None, used(at(3, 1)), Doubt.NOTHING_WAITING, at(6, 3))
    assert summary(active).vi.startswith("Chắc chắn có dùng lúc 12:00 01/03/2026. Từ đó đến nay chưa rõ: không có thư")
    within = replace(active, used=replace(used(at(3, 3)), not_before=at(3, 1)), doubt=Doubt.NONE)
    assert summary(within).vi == "Chắc chắn có dùng trong khoảng từ 12:00 01/03/2026 đến 12:00 03/03/2026."
    assert summary(within).en == "Certainly used between 12:00 01/03/2026 and 12:00 03/03/2026."
    assert summary(Known()).en == "Cannot tell. (nobody has looked at this mailbox yet)"


NUMBERS = st.floats(allow_nan=True, allow_infinity=True)


@given(
    st.builds(
        Evidence,
        st.just(BOX),
        st.sampled_from(Kind),
        st.sampled_from(Strength),
        NUMBERS,
        NUMBERS,
        st.sampled_from(Source),
        st.sampled_from(Sign),
        st.text(),
    )
)
def test_any_statement_has_printable_words(one: Evidence) -> None:
    told = sentence(one)
    assert told.vi.isprintable() and told.en.isprintable()


def test_silence_is_told_from_and_to() -> None:
    assert " from 12:00 01/06/2026 to 12:00 03/06/2026: " in sentence(unused(at(6, 1), at(6, 3))).en
