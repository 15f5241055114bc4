"""What is proved of a mailbox's use. The rule above all: no true use ever lies in a silence that is told."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.access import Coverage, Evidence, Kind, Sign, Source, Strength
from gateway.lifecycle.days import DAY
from gateway.lifecycle.profile import Proof
from gateway.lifecycle.silence import Doubt, known_of, supposed
from gateway.lifecycle.spans import Span
from tests.unit.lifecycle.build import BOX, unused, used, watched

PROOF = Proof(session=0.0, fresh=10 * DAY, polling_suffices=True)
NOW = 100 * DAY


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[float], list[Evidence], list[Coverage]]:
    """True uses, and true statements about them: some seen, some not."""
    uses = sorted(draw(st.sets(st.integers(1, 99), max_size=6)))
    moments = [one * DAY for one in uses]
    evidence: list[Evidence] = []
    coverage: list[Coverage] = []
    for _ in range(draw(st.integers(0, 5))):
        since, until = sorted((draw(st.integers(0, 99)) * DAY + 3600, draw(st.integers(1, 100)) * DAY - 3600))
        inside = [one for one in moments if since <= one <= until]
        choice = draw(st.sampled_from(["poll", "events", "hint", "reset", "weak"]))
        if choice == "poll" and not inside and since < until:
            evidence.append(unused(since, until))
            coverage.append(watched(since, until))
        elif choice == "events":
            coverage.append(watched(since, until, Source.DOVECOT_EVENTS))
            evidence += [used(one, source=Source.DOVECOT_EVENTS, strength=Strength.EXACT) for one in inside]
        elif choice == "hint" and inside:
            strength = draw(st.sampled_from([Strength.STRONG, Strength.MEDIUM, Strength.WEAK]))
            evidence.append(used(since, until, strength))
        elif choice == "reset":
            evidence.append(Evidence(BOX, Kind.RESET, Strength.EXACT, since, until, Source.IMAP, Sign.INDEX_LOST))
        elif choice == "weak":  # may be untrue: a date of a migrated message
            evidence.append(unused(since, until, draw(st.sampled_from([Strength.MEDIUM, Strength.WEAK]))))
            coverage.append(watched(since, until))
    return moments, draw(st.permutations(evidence)), draw(st.permutations(coverage))


@given(worlds())
def test_no_use_lies_in_a_silence(world: tuple[list[float], list[Evidence], list[Coverage]]) -> None:
    moments, evidence, coverage = world
    known = known_of(evidence, coverage, PROOF, NOW)
    if known.silent is not None:
        assert not [one for one in moments if known.silent.since < one <= known.silent.until]
    if known.used is not None:
        assert any(one >= known.used.not_before for one in moments)


FLOATS = st.floats(allow_nan=True, allow_infinity=True) | st.floats(0, 2 * NOW)


@given(
    st.lists(
        st.builds(
            Evidence,
            st.just(BOX),
            st.sampled_from(Kind),
            st.sampled_from(Strength),
            FLOATS,
            FLOATS,
            st.sampled_from(Source),
            st.sampled_from(Sign),
        ),
        max_size=6,
    ),
    st.lists(st.builds(Coverage, st.just(BOX), st.sampled_from(Source), FLOATS, FLOATS), max_size=4),
    FLOATS,
)
def test_any_values_are_weighed(evidence: list[Evidence], coverage: list[Coverage], now: float) -> None:
    known = known_of(evidence, coverage, Proof(), now)
    if known.silent is not None:
        assert known.silent.since < known.silent.until <= now + 301
        assert known.doubt is not Doubt.CLOCK


def test_a_message_that_stays_unclaimed_proves_silence_while_polls_went_on() -> None:
    known = known_of([unused(10 * DAY, 99 * DAY)], [watched(5 * DAY, 99 * DAY)], PROOF, NOW)
    assert known.silent == Span(10 * DAY, 99 * DAY)
    assert known.basis == (Source.IMAP,)
    assert known.doubt is Doubt.NOTHING_WAITING  # why it does not begin earlier


@pytest.mark.parametrize("strength", [Strength.MEDIUM, Strength.WEAK])
def test_dates_alone_prove_nothing(strength: Strength) -> None:
    known = known_of([unused(10 * DAY, 99 * DAY, strength)], [watched(5 * DAY, 99 * DAY)], PROOF, NOW)
    assert known.silent is None and known.doubt is Doubt.WEAK_SILENCE


@pytest.mark.parametrize("strength", [Strength.STRONG, Strength.MEDIUM, Strength.WEAK])
def test_any_hint_of_use_ends_a_silence(strength: Strength) -> None:
    evidence = [unused(10 * DAY, 99 * DAY), used(50 * DAY, 51 * DAY, strength)]
    known = known_of(evidence, [watched(5 * DAY, 99 * DAY)], PROOF, NOW)
    assert known.silent == Span(51 * DAY, 99 * DAY)
    assert known.doubt is (Doubt.WEAK_USE if strength is Strength.WEAK else Doubt.NONE)


class TestPollingAlone:
    """It does not see clients that only ever look: unless the office says so it proves nothing."""

    SILENCE = (unused(10 * DAY, 99 * DAY),)
    COVER = (watched(5 * DAY, 99 * DAY),)

    def test_is_told_and_is_no_proof(self) -> None:
        known = known_of(self.SILENCE, self.COVER, Proof(), NOW)
        assert known.silent is None and known.basis == ()
        assert known.doubt is Doubt.POLLING_ONLY and known.supposed == Span(10 * DAY, 99 * DAY)
        assert supposed(self.SILENCE, self.COVER, Proof()) == [Span(10 * DAY, 99 * DAY)]

    def test_suffices_where_the_office_says_so(self) -> None:
        known = known_of(self.SILENCE, self.COVER, Proof(polling_suffices=True), NOW)
        assert known.silent == Span(10 * DAY, 99 * DAY) and known.supposed is None

    def test_is_not_needed_beside_an_exact_source(self) -> None:
        known = known_of(self.SILENCE, [*self.COVER, watched(20 * DAY, 99 * DAY, Source.LAST_LOGIN)], Proof(), NOW)
        assert known.silent == Span(20 * DAY, 99 * DAY) and known.supposed is None

    @pytest.mark.parametrize(
        ("more", "doubt"),
        [
            (used(50 * DAY, source=Source.DOVECOT_EVENTS, strength=Strength.EXACT), Doubt.DISAGREE),
            (used(50 * DAY, math.inf), Doubt.CLOCK),
        ],
    )
    def test_is_not_even_supposed_where_it_is_wrong(self, more: Evidence, doubt: Doubt) -> None:
        known = known_of([*self.SILENCE, more], self.COVER, Proof(), NOW)
        assert known.supposed is None and known.doubt is doubt

    def test_of_long_ago_is_not_supposed(self) -> None:
        known = known_of([unused(10 * DAY, 40 * DAY)], self.COVER, Proof(), NOW)
        assert known.supposed is None and known.doubt is Doubt.NOTHING_WAITING


def test_after_a_long_gap_silence_begins_anew() -> None:
    watched_twice = [watched(0, 40 * DAY), watched(44 * DAY, 99 * DAY)]
    known = known_of([unused(1 * DAY, 99 * DAY)], watched_twice, PROOF, NOW)
    assert known.silent == Span(44 * DAY, 99 * DAY) and known.doubt is Doubt.GAP


def test_a_short_gap_does_not_matter_while_the_same_message_waits() -> None:
    watched_twice = [watched(0, 40 * DAY), watched(42 * DAY, 99 * DAY)]
    assert known_of([unused(1 * DAY, 99 * DAY)], watched_twice, PROOF, NOW).silent == Span(1 * DAY, 99 * DAY)


def test_a_gap_of_an_exact_source_always_matters() -> None:
    spells = [watched(0, 40 * DAY, Source.DOVECOT_EVENTS), watched(40 * DAY + 1, 99 * DAY, Source.DOVECOT_EVENTS)]
    known = known_of([], spells, PROOF, NOW)
    assert known.silent == Span(40 * DAY + 1, 99 * DAY) and known.doubt is Doubt.GAP


@pytest.mark.parametrize("source", [Source.LASTPOP, Source.ACTIVE_DIRECTORY, Source.SUBMISSION, Source.IMAP])
def test_sources_that_do_not_see_everything_prove_no_silence(source: Source) -> None:
    known = known_of([], [watched(0, 99 * DAY, source)], PROOF, NOW)
    assert known.silent is None and known.doubt is Doubt.NOTHING_WAITING


def test_a_session_may_stay_open_after_its_login() -> None:
    login = used(10 * DAY, source=Source.LAST_LOGIN, strength=Strength.EXACT)
    known = known_of([login], [watched(0, 99 * DAY, Source.LAST_LOGIN)], Proof(), 99 * DAY)
    assert known.silent == Span(17 * DAY, 99 * DAY)


def test_a_source_that_missed_an_access_is_not_believed() -> None:
    evidence = [used(50 * DAY, 51 * DAY)]  # polling is sure, the events say nothing
    known = known_of(evidence, [watched(0, 99 * DAY, Source.DOVECOT_EVENTS)], PROOF, NOW)
    assert known.silent is None and known.doubt is Doubt.DISAGREE
    seen_later = [*evidence, used(60 * DAY, source=Source.DOVECOT_EVENTS, strength=Strength.EXACT)]
    assert known_of(seen_later, [watched(0, 99 * DAY, Source.DOVECOT_EVENTS)], PROOF, NOW).silent is not None


def test_a_source_of_logins_misses_nothing_that_a_session_does_later() -> None:
    """Dovecot's events tell SELECT and IDLE, too, days after the login that last_login and the policy tell."""
    spells = [watched(0, 99 * DAY, source) for source in (Source.LAST_LOGIN, Source.DOVECOT_EVENTS)]
    login = used(60 * DAY, source=Source.LAST_LOGIN, strength=Strength.EXACT)
    told = replace(login, source=Source.DOVECOT_EVENTS)
    for sign in (Sign.SELECT, Sign.IDLE):
        later = replace(told, not_before=62 * DAY, not_after=62 * DAY, sign=sign)
        known = known_of([login, told, later], spells, PROOF, NOW)
        assert known.silent == Span(62 * DAY, 99 * DAY) and known.doubt is Doubt.NONE


def test_polling_is_not_believed_where_it_cannot_see_the_client() -> None:
    evidence = [unused(0, 99 * DAY), used(50 * DAY, source=Source.DOVECOT_EVENTS, strength=Strength.EXACT)]
    known = known_of(evidence, [watched(0, 99 * DAY)], PROOF, NOW)
    assert known.silent is None and known.doubt is Doubt.DISAGREE


def test_devices_count_as_the_office_says() -> None:
    phone = used(60 * DAY, source=Source.DOVECOT_EVENTS, strength=Strength.EXACT, kind=Kind.AUTOMATIC)
    spell = [watched(0, 99 * DAY, Source.DOVECOT_EVENTS)]
    kept = known_of([phone], spell, PROOF, NOW)
    assert kept.silent == Span(60 * DAY, 99 * DAY) and kept.used == phone
    dropped = known_of([phone], spell, replace(PROOF, automatic_is_use=False), NOW)
    assert dropped.silent == Span(0, 99 * DAY) and dropped.used is None


@pytest.mark.parametrize("until", [NOW + DAY, math.inf, math.nan])
def test_a_use_at_an_impossible_time_may_have_been_just_now(until: float) -> None:
    evidence = [unused(0, 99 * DAY), used(50 * DAY, until)]
    known = known_of(evidence, [watched(0, 99 * DAY)], PROOF, NOW)
    assert known.silent is None and known.doubt is Doubt.CLOCK


def test_silence_from_the_future_is_none() -> None:
    known = known_of([unused(0, NOW + DAY)], [watched(0, NOW + DAY)], PROOF, NOW)
    assert known.silent is None and known.doubt is Doubt.CLOCK


def test_nothing_and_stale() -> None:
    assert known_of([], [], PROOF, NOW).doubt is Doubt.NO_EVIDENCE
    known = known_of([unused(0, 50 * DAY)], [watched(0, 50 * DAY)], PROOF, NOW)
    assert known.doubt is Doubt.STALE


def test_a_reset_is_named() -> None:
    reset = Evidence(BOX, Kind.RESET, Strength.EXACT, 29 * DAY, 30 * DAY, Source.IMAP, Sign.UIDVALIDITY)
    known = known_of([reset, unused(30 * DAY, 99 * DAY)], [watched(30 * DAY, 99 * DAY)], PROOF, NOW)
    assert known.silent == Span(30 * DAY, 99 * DAY) and known.doubt is Doubt.RESET


def test_one_look_tells_nothing_yet() -> None:
    known = known_of([], [watched(99 * DAY, 99 * DAY)], PROOF, NOW)
    assert known.silent is None and known.doubt is Doubt.WATCHED_SINCE


def test_watched_since_the_first_look() -> None:
    known = known_of([unused(30 * DAY, 99 * DAY)], [watched(30 * DAY, 99 * DAY)], PROOF, NOW)
    assert known.doubt is Doubt.WATCHED_SINCE


@pytest.mark.parametrize(
    ("strength", "until", "hint"),
    [
        (Strength.WEAK, 60 * DAY, 60 * DAY),
        (Strength.MEDIUM, 60 * DAY, None),
        (Strength.STRONG, 60 * DAY, None),
        (Strength.EXACT, math.inf, math.inf),
        (Strength.WEAK, NOW + 9 * DAY, math.inf),
    ],
)
def test_until_when_a_use_is_hinted_at(strength: Strength, until: float, hint: float | None) -> None:
    assert known_of([used(50 * DAY, until, strength)], [], PROOF, NOW).hint == hint
