"""What may be forgotten changes no answer."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.access import Coverage, Evidence, Kind, Sign, Source, Strength
from gateway.lifecycle.days import DAY
from gateway.lifecycle.keeping import needed, needed_coverage
from gateway.lifecycle.profile import Proof
from gateway.lifecycle.silence import known_of
from tests.unit.lifecycle.build import BOX

NOW, SINCE = 400 * DAY, 200 * DAY
DAYS = st.integers(1, 400)


@st.composite
def statements(draw: st.DrawFn) -> Evidence:
    since, until = sorted((draw(DAYS), draw(DAYS)))
    source = draw(st.sampled_from([Source.IMAP, Source.DOVECOT_EVENTS, Source.SUBMISSION]))
    return Evidence(
        BOX,
        draw(st.sampled_from([Kind.ACCESS, Kind.AUTOMATIC])),
        draw(st.sampled_from(Strength)),
        since * DAY,
        until * DAY,
        source,
        draw(st.sampled_from([Sign.LOGIN, Sign.READ])),
    )


@given(st.lists(statements(), max_size=12), st.integers(200, 399), st.booleans())
def test_old_uses_are_kept_as_far_as_they_matter(uses: list[Evidence], begin: int, automatic: bool) -> None:
    coverage = [Coverage(BOX, Source.DOVECOT_EVENTS, begin * DAY, NOW), Coverage(BOX, Source.IMAP, 0, 150 * DAY)]
    proof = Proof(automatic_is_use=automatic)
    kept = known_of(needed(uses, SINCE), needed_coverage(coverage, SINCE), proof, NOW)
    whole = known_of(uses, coverage, proof, NOW)
    assert kept.silent == whole.silent
    assert (kept.used and kept.used.not_before) == (whole.used and whole.used.not_before)


def test_a_year_of_logins_is_a_handful() -> None:
    uses = [
        Evidence(BOX, Kind.ACCESS, Strength.EXACT, n * 60.0, n * 60.0, Source.SUBMISSION, Sign.LOGIN)
        for n in range(100_000)
    ]
    assert len(needed(uses, NOW)) == 1
