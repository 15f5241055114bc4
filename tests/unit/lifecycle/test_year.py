"""A small simulated year: what benchmarks/lifecycle.py shows at full size has to hold at any size."""

from __future__ import annotations

import pytest

from benchmarks.lifecycle import lives, office_of, unused
from benchmarks.lifecycle_office import VARIANTS, Outcome, live, profile_for
from gateway import regulations

Q4 = regulations.load("tphcm-q4-03-2013")


@pytest.mark.parametrize("variant", VARIANTS)
def test_nobody_who_uses_a_mailbox_in_time_loses_it(variant: str) -> None:
    office = office_of(profile_for(variant, Q4), 11)
    outcomes = [live(one, office, variant) for one in lives(40, 11, office)]
    assert sum(map(wrong, outcomes)) == 0
    assert all(out.warnings and out.locks[0] - out.warnings[0] >= 14 * 86_400 for out in outcomes if out.locks)
    wanted = [out for out in outcomes if unused(out, office)]
    found = [bool(out.listings if variant == "imap" else out.locks) for out in wanted]
    assert wanted and sum(found) >= 0.5 * len(wanted)


@pytest.mark.parametrize("variant", ["imap", "imap+events"])
def test_nobody_loses_a_mailbox_whose_client_polling_cannot_see(variant: str) -> None:
    """Every client only looks (EXAMINE): what polling alone says is listed, and nothing follows from it."""
    office = office_of(profile_for(variant, Q4), 11)
    outcomes = [live(one, office, variant) for one in lives(0, 11, office, examining=24)]
    assert sum(map(wrong, outcomes)) == 0
    if variant == "imap":
        assert any(out.wrong_listings for out in outcomes), "the world has such clients"
        assert not any(out.locks or out.warnings for out in outcomes)


def wrong(out: Outcome) -> int:
    """What was done to somebody who used the mailbox in time."""
    return out.wrong_locks + out.wrong_reclaims + out.early_warnings


def test_an_giang_reclaims_without_locks() -> None:
    office = office_of(profile_for("last-login", regulations.load("angiang-50-2009")), 11)
    outcomes = [live(one, office, "last-login") for one in lives(60, 11, office)]
    assert sum(out.wrong_reclaims for out in outcomes) == 0
    assert any(out.reclaims for out in outcomes) and not any(out.locks for out in outcomes)
