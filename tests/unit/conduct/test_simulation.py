"""A small province of `benchmarks.conduct`: the figures stand in docs/senders.md; here only that nothing went wrong."""

from __future__ import annotations

import pytest

from benchmarks.conduct import attacked, ordinary, report
from benchmarks.conduct_attacks import STYLES


@pytest.mark.slow
def test_thieves_are_found_and_officials_are_not_stopped() -> None:
    quiet = ordinary(24, seed=7, keep=2)
    assert quiet.blocks["official"] == 0
    assert quiet.largest <= 3014
    made = [attacked(style, quiet.moments["official"], 7, spam=False) for style in STYLES[:3]]
    assert [line.blocked for line in made] == [2, 2, 2]
    assert all(leaked <= 300 for line in made for leaked in line.leaked)
    assert all(alone >= 500 for line in made for alone in line.limits_only)
    assert "botnet" in report(quiet, made)
