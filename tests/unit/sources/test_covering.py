"""How far silence counts: never over a time in which nothing shows that the source would have spoken."""

from __future__ import annotations

import itertools
import math

from hypothesis import given
from hypothesis import strategies as st

from gateway.access import Coverage, Source
from gateway.sources.chain import extend
from gateway.sources.watch import Watch

AN = "an@tinh.example"
MOMENTS = st.floats(0, 1e6, allow_nan=False)


def chain(before: Coverage | None, *signs: float, since: float | None = None) -> tuple[float, float] | None:
    made = extend(AN, Source.LAST_LOGIN, before, signs, 100.0, since)
    return (made.since, made.until) if made else None


def kept(since: float, until: float) -> Coverage:
    return Coverage(AN, Source.LAST_LOGIN, since, until)


class TestChain:
    def test_nothing_shows_that_it_works(self) -> None:
        assert chain(None) is None
        assert chain(kept(0, 50)) is None
        assert chain(None, math.nan, math.inf) is None

    def test_from_sign_to_sign(self) -> None:
        assert chain(None, 10) == (10, 10)
        assert chain(kept(10, 10), 90) == (10, 90)
        assert chain(None, 90, 10) == (10, 90)

    def test_over_a_gap_nothing_hangs_together(self) -> None:
        assert chain(kept(10, 50), 151) == (151, 151)
        assert chain(kept(10, 50), 150) == (10, 150)
        assert chain(None, 10, 500, 550) == (500, 550)

    def test_an_old_sign_changes_nothing(self) -> None:
        assert chain(kept(10, 90), 20) == (10, 90)

    def test_the_offices_word(self) -> None:
        assert chain(None, 500, since=3) == (3, 500)
        assert chain(kept(1, 450), 500, since=3) == (1, 500)
        assert chain(None, 500, since=600) == (500, 500)  # of the future

    @given(st.lists(MOMENTS, min_size=1, max_size=6), st.none() | st.tuples(MOMENTS, MOMENTS))
    def test_it_ends_at_a_sign_and_has_no_holes(self, signs: list[float], span: tuple[float, float] | None) -> None:
        before = kept(min(span), max(span)) if span else None
        made = extend(AN, Source.LAST_LOGIN, before, signs, 100.0)
        assert made is not None and made.since <= made.until
        ends = sorted([*signs, *(span or ())])
        assert made.since in ends and made.until in ends
        marks = sorted({one for one in ends if made.since <= one <= made.until})
        holes = [(a, b) for a, b in itertools.pairwise(marks) if b - a > 100.0]
        assert all(before and before.since <= a and b <= before.until for a, b in holes)


class TestWatch:
    def spans(self, watch: Watch, *signs: float, mailbox: str = AN) -> list[tuple[float, float] | None]:
        made = [watch.sign(mailbox, at) for at in signs]
        return [(one.since, one.until) if one else None for one in made]

    def test_from_sign_to_sign(self) -> None:
        assert self.spans(Watch(Source.DOVECOT_EVENTS), 10, 20, 3000) == [None, (10, 20), (10, 3000)]

    def test_a_quiet_time_ends_it_for_everybody(self) -> None:
        watch = Watch(Source.DOVECOT_EVENTS, beat=100)
        self.spans(watch, 10, 50)
        assert self.spans(watch, 200, mailbox="binh") == [None]
        assert self.spans(watch, 210, 220) == [None, (210, 220)]
        assert watch.broken == 1

    def test_others_keep_it_beating(self) -> None:
        watch = Watch(Source.DOVECOT_EVENTS, beat=100)
        self.spans(watch, 10)
        self.spans(watch, 100, 190, 280, mailbox="binh")
        assert self.spans(watch, 300) == [(10, 300)]

    def test_a_mailbox_not_seen_for_long(self) -> None:
        watch = Watch(Source.DOVECOT_EVENTS, beat=1e9, longest=100)
        assert self.spans(watch, 10, 111, 120) == [None, None, (111, 120)]

    def test_a_loss(self) -> None:
        watch = Watch(Source.DOVECOT_EVENTS)
        self.spans(watch, 10, 20)
        watch.lost()
        assert self.spans(watch, 30, 40) == [None, (30, 40)]

    def test_the_clock_goes_back(self) -> None:
        watch = Watch(Source.DOVECOT_EVENTS)
        assert self.spans(watch, 1000, 1010, 500, 510) == [None, (1000, 1010), None, (500, 510)]

    def test_a_poll_that_was_not_seen(self) -> None:
        watch = Watch(Source.DOVECOT_EVENTS)
        self.spans(watch, 1000)
        watch.expect(AN, 1010)
        watch.check(1140)
        assert watch.broken == 0  # it was seen
        watch.expect(AN, 2000)
        watch.check(2100)
        assert watch.broken == 0  # it may still come
        watch.check(2121)
        assert watch.broken == 1
        assert self.spans(watch, 2200, 2300) == [None, (2200, 2300)]

    def test_a_mailbox_that_was_never_seen(self) -> None:
        watch = Watch(Source.DOVECOT_EVENTS)
        watch.expect("binh", 1000)
        watch.check(1200)
        assert watch.broken == 1
