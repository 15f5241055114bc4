"""The regulations' periods."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway import regulations
from gateway.access import Source
from gateway.errors import RegulationError
from gateway.lifecycle.profile import COMPLETE, Proof, profile_of


def test_quan_4() -> None:
    """Q4 8.1a, 8.1b, 8.3b."""
    made = profile_of(regulations.load("tphcm-q4-03-2013"))
    assert (made.lock_months, made.reclaim_months, made.notice_days, made.unlock_days) == (3, 6, 14, 5)


def test_an_giang() -> None:
    """AG 6.4: no lock."""
    made = profile_of(regulations.load("angiang-50-2009"), Proof(gap=0), ask=True)
    assert (made.lock_months, made.reclaim_months, made.unlock_days, made.ask) == (0, 6, 0, True)
    assert made.proof.gap == 0


@pytest.mark.parametrize("name", regulations.IDS)
def test_clauses_exist(name: str) -> None:
    regulation = regulations.load(name)
    clauses = profile_of(regulation).clauses
    assert clauses["reclaim"] and set(clauses.values()) <= set(regulation.clauses)


@pytest.mark.parametrize("value", [-1, 121, "3", 3.0, True, None])
def test_numbers_that_cannot_be(value: object) -> None:
    broken = replace(regulations.load("tphcm-q4-03-2013"), parameters={"lifecycle": {"lock_after_months": value}})
    with pytest.raises(RegulationError, match=r"parameters\.lifecycle\.lock_after_months"):
        profile_of(broken)


def test_sources_that_miss_something_are_not_complete() -> None:
    assert not COMPLETE & {Source.IMAP, Source.LASTPOP, Source.ACTIVE_DIRECTORY, Source.SUBMISSION}
