"""Where a mailbox stands, in words: every phase, step, wait, lock and verdict has words in both languages."""

from __future__ import annotations

import datetime
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.lifecycle.days import moment
from gateway.lifecycle.plan import Act, Wait
from gateway.lifecycle.silence import Doubt
from gateway.lifecycle.stages import Assessment, Phase
from gateway.lifecycle.standing import ACTS, LOCKS, WAITS, standing
from gateway.lifecycle.subject import Lock
from gateway.lifecycle.window_words import VERDICTS, WHYS, WINDOWS, verdict, window_name
from gateway.lifecycle.windows import Checked, Verdict, Why, Window, reading_of
from gateway.regulations import all as regulations

DAY = datetime.date(2026, 6, 2)
AT = moment(datetime.date(2026, 3, 2), datetime.time(7, 45))


def told(phase: Phase, **changes: object) -> Assessment:
    return Assessment("an@x", phase, **changes)  # type: ignore[arg-type]


def test_a_silence_that_is_due_says_since_when_until_when_and_by_which_clause() -> None:
    made = standing(
        told(Phase.TO_LOCK, idle_since=AT, proved_until=AT + 90, deadline=DAY, due=DAY, clause="Q4 8.1a"),
    )
    assert made.vi == (
        "Đến hạn tạm khóa: chắc chắn không ai dùng từ 07:45 02/03/2026 đến 07:46 02/03/2026; "
        "thời hạn đến hết ngày 02/06/2026; được tạm khóa từ ngày 02/06/2026 (Q4 8.1a)."
    )
    assert made.en == (
        "To be locked: surely not used from 07:45 02/03/2026 to 07:46 02/03/2026; "
        "the period ends with 02/06/2026; it may be locked from 02/06/2026 (Q4 8.1a)."
    )


def test_what_cannot_be_told_says_why() -> None:
    made = standing(told(Phase.CANNOT_TELL, doubt=Doubt.NOTHING_WAITING))
    assert made.vi.startswith("Chưa xác định được: không có thư mới nào chờ")
    assert made.en.startswith("Cannot tell: no new mail was waiting")


def test_what_only_polling_says_seems_due() -> None:
    made = standing(told(Phase.CANNOT_TELL, idle_since=AT, doubt=Doubt.POLLING_ONLY, deadline=DAY))
    assert "có vẻ không ai mở từ ngày 02/03/2026; nếu đúng vậy, thời hạn đến hết ngày 02/06/2026" in made.vi
    assert "it seems that nobody opened it since 02/03/2026; if so, the period ends with 02/06/2026" in made.en


def test_active_counts_from_a_certain_use_and_claims_no_silence() -> None:
    made = standing(told(Phase.ACTIVE, idle_since=AT, deadline=DAY, due=DAY))
    assert "tính từ ngày 02/03/2026" in made.vi
    assert "không ai dùng" not in made.vi


def test_a_lock_says_why_and_an_exemption_too() -> None:
    assert standing(told(Phase.LOCKED, reason=Lock.SECURITY.value)).vi == "Đang tạm khóa: mất quyền kiểm soát."
    assert standing(told(Phase.EXEMPT, reason="đi học\x1b[31m", due=DAY)).vi == (
        "Được miễn: đi học [31m; hết miễn, xét lại ngày 02/06/2026."
    )
    assert "dịch vụ" in standing(told(Phase.EXEMPT, reason="service")).vi
    assert standing(told(Phase.RECLAIMED)).vi == "Đã thu hồi."


@pytest.mark.parametrize(
    ("words", "names"), [(ACTS, Act), (WAITS, Wait), (LOCKS, Lock), (VERDICTS, Verdict), (WHYS, Why)]
)
def test_every_name_has_words(words: dict[StrEnum, tuple[str, str]], names: type[StrEnum]) -> None:
    assert set(words) == set(names)
    for name in names:
        if name.value:
            assert all(words[name])


def test_every_usual_window_has_a_name() -> None:
    for regulation in regulations():
        for window in reading_of(regulation).windows:
            assert window.name in WINDOWS
    assert window_name("giờ trưa") == ("giờ trưa", "giờ trưa")
    assert Window("x", datetime.time(1), datetime.time(2)).name not in WINDOWS


def test_a_verdict_says_why_it_is_none() -> None:
    made = verdict(Checked(DAY, "x", Verdict.NOT_OBSERVABLE, Why.NOTHING_WAITING))
    assert made == ("không quan sát được (không có thư mới nào chờ)", "not observable (no new mail was waiting)")
    assert verdict(Checked(DAY, "x", Verdict.CHECKED)).vi == "có kiểm tra"


@given(
    st.sampled_from(Phase),
    st.floats() | st.none(),
    st.floats() | st.none(),
    st.dates() | st.none(),
    st.sampled_from(Doubt),
    st.text(max_size=300),
)
def test_any_assessment_has_words(
    phase: Phase, since: float | None, until: float | None, day: datetime.date | None, doubt: Doubt, reason: str
) -> None:
    made = standing(
        told(phase, idle_since=since, proved_until=until, deadline=day, due=day, doubt=doubt, reason=reason)
    )
    assert made.vi.isprintable()
    assert made.en.isprintable()
    assert len(made.vi) < 1000
