"""When a password has to be changed (Q4 8.3b): at the first login, and every 3 months. From dates only. Pure."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum

from gateway.lifecycle.days import after_months, day_of


class Password(StrEnum):
    """Stable names, as in reports."""

    FINE = "fine"
    FIRST_DUE = "first-change-due"  # the password is still the one that was issued
    OLD = "change-due"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PasswordDates:
    """In seconds since the epoch, None where it is not known. `issued`: the office set it; `changed`: the last change
    as the server's directory tells it (pwdLastSet, pwdChangedTime, zimbraPasswordModifiedTime); `used`: a login after
    it was issued. `must_change`: the directory wants a new one at the next login, so this is the one that was issued.
    """

    issued: float | None = None
    changed: float | None = None
    used: float | None = None
    must_change: bool = False


def password_due(dates: PasswordDates, months: int, now: float, slack: float = 60.0) -> Password:
    """Judge a password's age. `slack`: seconds after the issue within which a change is the issue itself."""
    issued, changed, used = dates.issued, dates.changed, dates.used
    if dates.must_change:
        return Password.FIRST_DUE
    if changed is None or changed > now + slack:
        return Password.UNKNOWN
    if issued is not None and changed <= issued + slack and used is not None and used > issued:
        return Password.FIRST_DUE
    return Password.OLD if day_of(now) > last_day(changed, months) else Password.FINE


def last_day(changed: float, months: int) -> datetime.date:
    """The last day on which a password that was changed then is good."""
    return after_months(day_of(changed), months)
