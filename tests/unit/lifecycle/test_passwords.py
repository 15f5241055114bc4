"""Dates of passwords (Q4 8.3b)."""

from __future__ import annotations

import math

import pytest

from gateway.lifecycle.passwords import Password, PasswordDates, password_due
from tests.unit.lifecycle.build import at

ISSUED = at(3, 2)


@pytest.mark.parametrize(
    ("dates", "now", "verdict"),
    [
        (PasswordDates(ISSUED, ISSUED + 5), at(3, 3), Password.FINE),  # not used yet
        (PasswordDates(ISSUED, ISSUED + 5, at(3, 3)), at(3, 3), Password.FIRST_DUE),
        (PasswordDates(ISSUED, at(3, 3), at(3, 3)), at(3, 4), Password.FINE),
        (PasswordDates(changed=at(3, 2)), at(6, 2, 23), Password.FINE),
        (PasswordDates(changed=at(3, 2)), at(6, 3, 0), Password.OLD),
        (PasswordDates(ISSUED), at(3, 3), Password.UNKNOWN),
        (PasswordDates(changed=at(9, 1)), at(3, 3), Password.UNKNOWN),  # from the future
    ],
)
def test_verdicts(dates: PasswordDates, now: float, verdict: Password) -> None:
    assert password_due(dates, 3, now) is verdict


def test_impossible_dates() -> None:
    assert password_due(PasswordDates(changed=math.inf), 3, at(3, 3)) is Password.UNKNOWN
    assert password_due(PasswordDates(changed=math.nan), 3, at(3, 3)) in Password
