"""Reading windows: three verdicts, never an accusation without proof."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import regulations
from gateway.access import Coverage, Evidence, Kind, Sign, Source, Strength
from gateway.errors import RegulationError
from gateway.lifecycle.days import HOUR
from gateway.lifecycle.profile import Proof
from gateway.lifecycle.spans import Span
from gateway.lifecycle.windows import Checked, Reading, Verdict, Why, Window, edges, next_edge, reading_of, verdicts
from gateway.who import Kind as MailboxKind
from tests.unit.lifecycle.build import BOX, CALENDAR, at, unused, used, watched

D = datetime.date
DAY = D(2026, 6, 3)  # a Wednesday
MORNING = Reading((Window("morning", datetime.time(6, 30), datetime.time(9)),), clause="Q4 8.2a")
BEGIN, END = at(6, 3, 6.5), at(6, 3, 9)
EVENTS = Source.DOVECOT_EVENTS
PROOF = Proof(polling_suffices=True)


def judge(evidence: list[Evidence], coverage: list[Coverage], proof: Proof | None = None) -> Checked:
    (found,) = verdicts(MORNING, evidence, coverage, proof or PROOF, CALENDAR, (DAY, DAY), at(6, 3, 23))
    return found


def login(moment: float, kind: Kind = Kind.ACCESS, source: Source = EVENTS) -> Evidence:
    return used(moment, strength=Strength.EXACT, source=source, kind=kind)


@pytest.mark.parametrize(
    ("evidence", "why"),
    [
        (used(BEGIN, END), None),
        (used(BEGIN - 600, END + 600), None),  # polled at the edges
        (used(BEGIN - 601, END), Why.WIDE),
        (used(BEGIN, END + 601), Why.WIDE),
        (used(BEGIN, END, Strength.MEDIUM), None),
        (used(BEGIN, END, Strength.WEAK), Why.WEAK),
        (login(BEGIN + 60), None),
        (login(END), None),
        (login(BEGIN + 60, Kind.AUTOMATIC), Why.AUTOMATIC),
    ],
)
def test_used_in_the_window(evidence: Evidence, why: Why | None) -> None:
    found = judge([evidence], [watched(at(6, 1), at(6, 4))])
    assert found.verdict is (Verdict.CHECKED if why is None else Verdict.NOT_OBSERVABLE)
    assert found.why is (why or Why.NONE) and found.window == "morning" and found.day == DAY


def test_devices_check_where_the_office_says_so() -> None:
    assert judge([login(BEGIN + 60, Kind.AUTOMATIC)], [], Proof(automatic_reads=True)).verdict is Verdict.CHECKED


@pytest.mark.parametrize(
    ("evidence", "coverage", "verdict", "why"),
    [
        # a message waited unclaimed over the whole window
        ([unused(BEGIN - 60, END + 60)], [watched(BEGIN - 60, END + 60)], Verdict.NOT_CHECKED, Why.NONE),
        # it came in the middle of it
        ([unused(BEGIN + 60, END + 60)], [watched(BEGIN - 60, END + 60)], Verdict.NOT_OBSERVABLE, Why.NOTHING_WAITING),
        ([], [watched(BEGIN - 60, END + 60)], Verdict.NOT_OBSERVABLE, Why.NOTHING_WAITING),
        ([], [watched(BEGIN + 60, END + 60)], Verdict.NOT_OBSERVABLE, Why.NOBODY_LOOKED),
        ([], [], Verdict.NOT_OBSERVABLE, Why.NOBODY_LOOKED),
        # dates are no proof
        ([unused(0, END + 60, Strength.MEDIUM)], [watched(0, END + 60)], Verdict.NOT_OBSERVABLE, Why.NOTHING_WAITING),
        # the events say nothing, and would have
        ([], [watched(BEGIN - 60, END, EVENTS)], Verdict.NOT_CHECKED, Why.NONE),
        ([login(BEGIN - HOUR)], [watched(at(6, 1), END, EVENTS)], Verdict.NOT_OBSERVABLE, Why.SESSION),
        ([login(BEGIN - 13 * HOUR)], [watched(at(6, 1), END, EVENTS)], Verdict.NOT_CHECKED, Why.NONE),
        # a record of logins does not tell who reads in an open session
        ([], [watched(at(6, 1), at(6, 4), Source.LAST_LOGIN)], Verdict.NOT_OBSERVABLE, Why.NOBODY_LOOKED),
    ],
)  # fmt: skip
def test_not_used_or_not_seen(evidence: list[Evidence], coverage: list[Coverage], verdict: Verdict, why: Why) -> None:
    found = judge(evidence, coverage)
    assert (found.verdict, found.why) == (verdict, why)


def test_only_windows_that_are_over_on_working_days() -> None:
    reading = reading_of(regulations.load("angiang-50-2009"))
    found = verdicts(reading, [], [], Proof(), CALENDAR, (D(2026, 9, 1), D(2026, 9, 4)), at(9, 4, 12))
    assert [(one.day.day, one.window) for one in found] == [
        (3, "morning-start"),
        (3, "morning-middle"),
        (3, "afternoon-start"),
        (3, "afternoon-middle"),
        (4, "morning-start"),
        (4, "morning-middle"),
    ]


def test_days_are_bounded() -> None:
    assert len(verdicts(MORNING, [], [], Proof(), CALENDAR, (D(2000, 1, 1), D(2030, 1, 1)), at(6, 3))) < 400
    assert verdicts(MORNING, [], [], Proof(), CALENDAR, (D(2026, 1, 2), D(2026, 1, 1)), at(6, 3)) == []


@given(
    moments=st.lists(st.floats(at(6, 3, 0), at(6, 3, 23)), max_size=4),
    polls=st.lists(st.floats(at(6, 2, 22), at(6, 4, 1)), min_size=2, max_size=8, unique=True),
)
def test_a_verdict_is_true(moments: list[float], polls: list[float]) -> None:
    """Whatever is told of true polls: who is said not to have checked did not, and who is said to have did."""
    polls.sort()
    evidence = []
    for before, after in itertools.pairwise(polls):
        inside = [one for one in moments if before < one <= after]
        evidence.append(used(before, after) if inside else unused(before, after))
    found = judge(evidence, [watched(polls[0], polls[-1])])
    if found.verdict is Verdict.CHECKED:
        assert any(BEGIN - 600 <= one <= END + 600 for one in moments)
    if found.verdict is Verdict.NOT_CHECKED:
        assert not any(BEGIN < one <= END for one in moments)


def test_both_regulations() -> None:
    office = reading_of(regulations.load("tphcm-q4-03-2013"))
    assert [window.name for window in office.windows] == ["morning-start", "afternoon-start"]
    assert office.kinds == {MailboxKind.UNIT} and office.clause == "Q4 8.2a"
    province = reading_of(regulations.load("angiang-50-2009"))
    assert len(province.windows) == 4 and province.clause == "AG 10.1"
    assert province.kinds == {MailboxKind.UNIT, MailboxKind.PERSONAL}


def with_reading(**table: object) -> regulations.Regulation:
    return replace(regulations.load("tphcm-q4-03-2013"), parameters={"reading": table})


def test_hours_of_the_data_file() -> None:
    made = reading_of(
        with_reading(kinds=["personal"], clause="X 1", windows=[{"name": "a", "from": "07:00", "to": "08:00"}])
    )
    assert made == Reading((Window("a", datetime.time(7), datetime.time(8)),), frozenset({MailboxKind.PERSONAL}), "X 1")


@pytest.mark.parametrize(
    "table",
    [
        {"windows": [{"name": "a", "from": "09:00", "to": "08:00"}]},
        {"windows": [{"name": "a", "from": "07:00", "to": "09:00"}, {"name": "b", "from": "08:00", "to": "10:00"}]},
        {"windows": [{"name": "a", "from": "7 o'clock", "to": "08:00"}]},
        {"windows": [{"name": "a"}]},
        {"windows": 5},
        {"kinds": ["nobody"]},
    ],
)
def test_wrong_hours_are_refused(table: dict[str, object]) -> None:
    with pytest.raises(RegulationError, match=r"parameters\.reading"):
        reading_of(with_reading(**table))


def test_polls_stand_at_the_edges() -> None:
    reading = reading_of(regulations.load("angiang-50-2009"))
    found = edges(reading, CALENDAR, DAY)
    # 9:00 and 9:10, and 14:30 and 14:40, are near enough for one poll each
    hours = [6.5 - 1 / 6, 9, 11.5, 12.5 - 1 / 6, 14.5, 17]
    assert found == [Span(pytest.approx(at(6, 3, hour)), pytest.approx(at(6, 3, hour) + 600)) for hour in hours]
    assert edges(reading, CALENDAR, D(2026, 9, 2)) == []


@pytest.mark.parametrize("name", regulations.IDS)
def test_polls_at_the_edges_decide_every_window(name: str) -> None:
    reading = reading_of(regulations.load(name))
    polls = [span.until for span in edges(reading, CALENDAR, DAY)]
    silent = [unused(before, after) for before, after in itertools.pairwise(polls)]
    spell = [watched(polls[0], polls[-1])]
    found = verdicts(reading, silent, spell, PROOF, CALENDAR, (DAY, DAY), at(6, 3, 23))
    assert {one.verdict for one in found} == {Verdict.NOT_CHECKED}
    busy = [used(before, after) for before, after in itertools.pairwise(polls)]
    found = verdicts(reading, busy, spell, PROOF, CALENDAR, (DAY, DAY), at(6, 3, 23))
    assert {one.verdict for one in found} == {Verdict.CHECKED}


def test_polling_alone_reproaches_nobody_unless_the_office_says_so() -> None:
    found = judge([unused(BEGIN - 60, END + 60)], [watched(at(6, 1), at(6, 4))], Proof())
    assert (found.verdict, found.why) == (Verdict.NOT_OBSERVABLE, Why.POLLING_ONLY)


def test_the_next_edge() -> None:
    assert next_edge(MORNING, CALENDAR, at(6, 3, 6)) == Span(BEGIN - 600, BEGIN)
    assert next_edge(MORNING, CALENDAR, BEGIN - 5) == Span(BEGIN - 600, BEGIN)
    assert next_edge(MORNING, CALENDAR, BEGIN) == Span(END, END + 600)
    assert next_edge(MORNING, CALENDAR, at(6, 5, 20)) == Span(at(6, 8, 6.5) - 600, at(6, 8, 6.5))  # over a weekend
    assert next_edge(Reading(), CALENDAR, at(6, 3)) is None


def test_other_evidence_is_no_reading() -> None:
    reset = Evidence(BOX, Kind.RESET, Strength.EXACT, BEGIN, END, Source.IMAP, Sign.UIDVALIDITY)
    assert judge([reset], []).verdict is Verdict.NOT_OBSERVABLE
