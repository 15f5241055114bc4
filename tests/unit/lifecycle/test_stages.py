"""From active to reclaimed, day by day, under both regulations."""

from __future__ import annotations

import datetime
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.lifecycle.days import DAY, after_days, after_months, day_of, start_of
from gateway.lifecycle.plan import seems_due
from gateway.lifecycle.profile import Profile
from gateway.lifecycle.silence import Doubt, Known
from gateway.lifecycle.spans import Span
from gateway.lifecycle.stages import Assessment, Phase, assess, resting
from gateway.lifecycle.subject import Lock, Record, Spared, Subject
from gateway.who import Kind as MailboxKind
from gateway.who import State
from tests.unit.lifecycle.build import AG, CALENDAR, Q4, at, silent, subject, used

D = datetime.date
# last possible access: 2 March 2026, a Monday. Three months: 2 June, a Tuesday; 14 days before: 19 May.
LAST = at(3, 2)


def judge(now: float, who: Subject | None = None, known: Known | None = None, profile: Profile = Q4) -> Assessment:
    return assess(who or subject(), known or silent(LAST, now), profile, CALENDAR, now)


@pytest.mark.parametrize(
    ("now", "phase"),
    [
        (at(3, 3), Phase.ACTIVE),
        (at(5, 18, 23.9), Phase.ACTIVE),
        (at(5, 19, 0), Phase.TO_WARN),
        (at(6, 10), Phase.TO_WARN),  # never locked without a warning
    ],
)
def test_to_be_warned_fourteen_days_before(now: float, phase: Phase) -> None:
    told = judge(now)
    assert told.phase is phase and told.deadline == D(2026, 6, 2)


@pytest.mark.parametrize(
    ("warned", "now", "phase", "due"),
    [
        (at(5, 19), at(5, 20), Phase.WARNED, D(2026, 6, 3)),
        (at(5, 19), at(6, 2, 23.9), Phase.WARNED, D(2026, 6, 3)),  # "quá 03 tháng": more than three months
        (at(5, 19), at(6, 3, 0.1), Phase.TO_LOCK, D(2026, 6, 3)),
        (at(5, 28), at(6, 11, 23.9), Phase.WARNED, D(2026, 6, 12)),  # warned late: the fourteen days are given
        (at(5, 28), at(6, 12, 0.1), Phase.TO_LOCK, D(2026, 6, 12)),
        (at(2, 20), at(6, 12), Phase.TO_WARN, D(2026, 6, 12)),  # a warning from before the last use
        (at(7, 1), at(6, 12), Phase.TO_WARN, D(2026, 6, 12)),  # from the future: a clock ran back
    ],
)
def test_locked_after_the_period_and_the_notice(warned: float, now: float, phase: Phase, due: D) -> None:
    told = judge(now, subject(State.WARNED, Record(warned=warned)))
    assert (told.phase, told.due) == (phase, due)
    assert told.clause == "Q4 8.1a"


def test_a_period_ends_on_a_working_day() -> None:
    told = judge(at(5, 1), known=silent(at(1, 31), at(5, 1)))
    assert told.deadline == D(2026, 5, 4)  # 30 April and 1 May are free, then comes a weekend


def test_silence_has_to_reach_over_the_whole_period() -> None:
    seen = silent(LAST, at(6, 2, 20))
    told = judge(at(6, 3, 9), subject(State.WARNED, Record(warned=at(5, 19))), seen)
    assert told.phase is Phase.WARNED and told.doubt is Doubt.STALE


def test_without_a_recent_look_nothing_is_told() -> None:
    told = judge(at(6, 10), subject(State.WARNED, Record(warned=at(5, 19))), silent(LAST, at(6, 7)))
    assert told.phase is Phase.CANNOT_TELL and told.doubt is Doubt.STALE


def test_between_surely_used_and_surely_unused_nobody_can_tell() -> None:
    known = Known(Span(at(5, 1), at(6, 20)), used(at(2, 1), at(2, 2)), Doubt.GAP, at(6, 20))
    told = judge(at(6, 20), known=known)
    assert told.phase is Phase.CANNOT_TELL and told.doubt is Doubt.GAP
    assert told.due == D(2026, 7, 20)  # the warning's day, should the silence go on (1 August is a Saturday)


def test_a_certain_use_is_enough_to_be_active() -> None:
    known = Known(None, used(at(6, 1), at(6, 2)), Doubt.NOTHING_WAITING, at(6, 20))
    assert judge(at(6, 20), known=known).phase is Phase.ACTIVE


def test_new_mailboxes_count_from_creation() -> None:
    nothing = Known(seen=at(6, 20), doubt=Doubt.NOTHING_WAITING)
    assert judge(at(6, 20), subject(created=D(2026, 5, 1)), nothing).phase is Phase.ACTIVE
    assert judge(at(6, 20), subject(created=D(2026, 1, 1)), nothing).phase is Phase.CANNOT_TELL
    told = judge(at(6, 20), subject(created=D(2026, 4, 10)), silent(at(1, 5), at(6, 20)))
    assert told.deadline == D(2026, 7, 10) and told.phase is Phase.ACTIVE


def test_reopening_begins_the_period_anew() -> None:
    told = judge(at(6, 20), subject(record=Record(reopened=at(6, 10))))
    assert told.phase is Phase.ACTIVE and told.deadline == D(2026, 9, 10)


@pytest.mark.parametrize("until", [None, D(2026, 6, 20)])
def test_a_reason_that_was_told_spares_a_mailbox(until: D | None) -> None:
    told = judge(at(6, 20), subject(spared=Spared("nghỉ thai sản", until)))
    assert told.phase is Phase.EXEMPT and told.reason == "nghỉ thai sản"


def test_after_its_last_day_the_period_begins() -> None:
    told = judge(at(6, 21), subject(spared=Spared("nghỉ thai sản", D(2026, 6, 20))))
    assert told.phase is Phase.ACTIVE and told.deadline == D(2026, 9, 21)  # 20 September is a Sunday


def test_devices_mailboxes_are_not_spoken_of() -> None:
    assert judge(at(6, 20), subject(kind=MailboxKind.SERVICE)).phase is Phase.EXEMPT


LOCKED = Record(locked=at(6, 3), lock=Lock.DORMANT, held=True, idle_since=LAST)


def test_a_locked_mailbox_goes_on_towards_reclaiming() -> None:
    lost = Known(doubt=Doubt.STALE)  # behind the lock nobody polls
    locked = subject(State.LOCKED, LOCKED)
    assert judge(at(8, 18), locked, lost).phase is Phase.LOCKED
    told = judge(at(8, 20), locked, lost)
    assert told.phase is Phase.TO_REWARN and told.deadline == D(2026, 9, 3)  # 1 and 2 September are free
    warned = subject(State.LOCKED, replace(LOCKED, rewarned=at(8, 20)))
    assert judge(at(9, 3), warned, lost).phase is Phase.REWARNED
    told = judge(at(9, 4), warned, lost)
    assert told.phase is Phase.TO_RECLAIM and told.clause == "Q4 8.1b"


def test_without_our_own_lock_silence_has_to_be_proved_further() -> None:
    by_hand = subject(State.LOCKED, Record(locked=at(6, 3), lock=Lock.DORMANT, idle_since=LAST))
    told = judge(at(9, 20), by_hand, Known(doubt=Doubt.STALE))
    assert told.phase is Phase.LOCKED and told.doubt is Doubt.STALE
    assert judge(at(9, 20), by_hand).phase is Phase.TO_REWARN


def test_use_behind_our_lock_is_believed() -> None:
    known = Known(None, used(at(8, 1), at(8, 2)), Doubt.NONE, at(9, 20))
    assert judge(at(9, 20), subject(State.LOCKED, LOCKED), known).phase is Phase.LOCKED


@pytest.mark.parametrize("hint", [at(8, 2), math.inf])
def test_a_hint_of_use_behind_our_lock_holds_the_reclaiming(hint: float) -> None:
    known = Known(doubt=Doubt.STALE, seen=at(8, 2), hint=hint)
    for now, record in ((at(8, 20), LOCKED), (at(9, 20), replace(LOCKED, rewarned=at(8, 20)))):
        told = judge(now, subject(State.LOCKED, record), known)
        assert (told.phase, told.doubt, told.due) == (Phase.LOCKED, Doubt.WEAK_USE, None)
        assert (told.idle_since, told.deadline) == (LAST, D(2026, 9, 3))
    assert seems_due(told, at(9, 20)) and not seems_due(told, at(9, 3))
    before = replace(known, hint=LOCKED.locked)
    assert judge(at(8, 20), subject(State.LOCKED, LOCKED), before).phase is Phase.TO_REWARN


@pytest.mark.parametrize("lock", [Lock.SECURITY, Lock.PASSWORD, Lock.HAND, Lock.NONE])
def test_other_locks_lead_nowhere(lock: Lock) -> None:
    record = Record(locked=at(1, 1, year=2020), lock=lock, held=True, idle_since=at(1, 1, year=2020))
    assert judge(at(9, 20), subject(State.LOCKED, record)).phase is Phase.LOCKED


def test_an_giang_reclaims_without_a_lock() -> None:
    # 2 September is free: the period ends on the 3rd
    assert judge(at(8, 19), profile=AG).phase is Phase.ACTIVE
    assert judge(at(8, 20), profile=AG).phase is Phase.TO_WARN
    warned = subject(State.WARNED, Record(warned=at(8, 20)))
    assert judge(at(9, 3), warned, profile=AG).phase is Phase.WARNED
    told = judge(at(9, 4), warned, profile=AG)
    assert told.phase is Phase.TO_RECLAIM and told.clause == "AG 6.4"


def test_reclaimed_is_the_end() -> None:
    assert judge(at(9, 20), subject(State.RECLAIMED)).phase is Phase.RECLAIMED


def test_a_regulation_without_periods_asks_nothing() -> None:
    assert judge(at(9, 20), profile=Profile("none")).phase is Phase.ACTIVE


MOMENTS = st.none() | st.floats(at(1, 1), at(12, 31))


@given(
    now=st.floats(at(1, 10), at(12, 31)),
    since=st.floats(at(1, 1, year=2025), at(12, 31)),
    until=MOMENTS,
    warned=MOMENTS,
    reopened=MOMENTS,
    created=st.none() | st.dates(D(2024, 1, 1), D(2026, 12, 31)),
    profile=st.sampled_from([Q4, AG]),
)
def test_taken_away_only_after_proved_months_and_a_warning_of_fourteen_days(
    now: float,
    since: float,
    until: float | None,
    warned: float | None,
    reopened: float | None,
    created: D | None,
    profile: Profile,
) -> None:
    until = now if until is None else min(until, now)
    known = Known(Span(since, until) if since < until else None, None, Doubt.NONE, until)
    who = subject(State.WARNED, Record(warned=warned, reopened=reopened), created=created)
    told = assess(who, known, profile, CALENDAR, now)
    if told.phase not in (Phase.TO_LOCK, Phase.TO_RECLAIM):
        return
    months = profile.lock_months or profile.reclaim_months
    last = max(since, reopened or 0.0, start_of(created) if created else 0.0)
    assert after_months(day_of(last), months) < day_of(now)
    assert until >= start_of(after_days(after_months(day_of(last), months), 1))
    assert now - until <= profile.proof.fresh
    assert warned is not None and last < warned and now - warned >= 14 * DAY


@given(st.floats(allow_nan=True, allow_infinity=True), st.floats(allow_nan=True, allow_infinity=True))
def test_any_clock_gives_an_answer(now: float, moment: float) -> None:
    record = Record(warned=moment, locked=moment, lock=Lock.DORMANT, held=True, idle_since=moment, reopened=moment)
    for state in State:
        for known in (Known(), silent(LAST, at(9, 1))):
            assert assess(subject(state, record), known, Q4, CALENDAR, now).phase in Phase


@given(
    now=st.floats(at(1, 10), at(12, 31)),
    last=MOMENTS,
    silence=MOMENTS,
    reopened=MOMENTS,
    created=st.none() | st.dates(D(2024, 1, 1), D(2026, 12, 31)),
    until=st.none() | st.dates(D(2026, 1, 1), D(2026, 12, 31)),
    state=st.sampled_from(State),
    lock=st.sampled_from(Lock),
    profile=st.sampled_from([Q4, AG, Profile("none")]),
)
def test_who_rests_is_judged_the_same_without_its_silence(
    now: float,
    last: float | None,
    silence: float | None,
    reopened: float | None,
    created: D | None,
    until: D | None,
    state: State,
    lock: Lock,
    profile: Profile,
) -> None:
    spared = None if until is None else Spared("nghỉ", until)
    who = subject(state, Record(reopened=reopened, lock=lock, locked=reopened), created=created, spared=spared)
    told = resting(who, last, profile, CALENDAR, now)
    use = None if last is None else used(last)
    silent = None if silence is None or silence >= now else Span(silence, now)
    if told is not None:
        assert told == assess(who, Known(silent, use, Doubt.NONE, now), profile, CALENDAR, now)


class TestPollingAlone:
    """What only polling says is listed with its days, in the phase in which nothing is done."""

    KNOWN = Known(None, used(LAST), Doubt.POLLING_ONLY, at(7, 1), supposed=Span(LAST, at(7, 1)))

    @pytest.mark.parametrize("state", [State.ACTIVE, State.WARNED])
    def test_seems_due_and_nothing_follows(self, state: State) -> None:
        told = judge(at(7, 1), subject(state, Record(warned=at(5, 19))), self.KNOWN)
        assert (told.phase, told.doubt) == (Phase.CANNOT_TELL, Doubt.POLLING_ONLY)
        assert (told.idle_since, told.deadline) == (LAST, D(2026, 6, 2))
        assert told.proved_until is None and told.due is None

    def test_counts_from_the_creation(self) -> None:
        told = judge(at(7, 1), subject(created=D(2026, 4, 1)), self.KNOWN)
        assert told.deadline == D(2026, 7, 1)

    def test_locked_it_stays_locked(self) -> None:
        who = subject(State.LOCKED, Record(lock=Lock.DORMANT, locked=at(6, 3)))
        told = judge(at(12, 1), who, replace(self.KNOWN, supposed=Span(LAST, at(12, 1))))
        assert (told.phase, told.doubt, told.deadline) == (Phase.LOCKED, Doubt.POLLING_ONLY, D(2026, 9, 3))
