"""A small simulated year: what benchmarks/lifecycle.py shows at full size has to hold at any size."""

from __future__ import annotations

import pytest

from benchmarks.lifecycle import lives, office_of, unused
from benchmarks.lifecycle_office import VARIANTS, live
from gateway import regulations
from gateway.lifecycle.profile import profile_of


@pytest.mark.parametrize("variant", VARIANTS)
def test_nobody_who_uses_a_mailbox_in_time_loses_it(variant: str) -> None:
    profile = profile_of(regulations.load("tphcm-q4-03-2013"), ask=variant == "imap+letters")
    office = office_of(profile, 11)
    outcomes = [live(one, office, variant) for one in lives(40, 11, office)]
    assert sum(out.wrong_locks + out.wrong_reclaims + out.early_warnings for out in outcomes) == 0
    assert all(out.warnings and out.locks[0] - out.warnings[0] >= 14 * 86_400 for out in outcomes if out.locks)
    wanted = [out for out in outcomes if unused(out, office)]
    assert wanted and sum(bool(out.locks) for out in wanted) >= 0.5 * len(wanted)


def test_an_giang_reclaims_without_locks() -> None:
    office = office_of(profile_of(regulations.load("angiang-50-2009")), 11)
    outcomes = [live(one, office, "last-login") for one in lives(60, 11, office)]
    assert sum(out.wrong_reclaims for out in outcomes) == 0
    assert any(out.reclaims for out in outcomes) and not any(out.locks for out in outcomes)
