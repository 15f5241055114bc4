"""How old a mailbox's password is, as an LDAP server told it (Q4 8.3b), for people and as JSON; never the password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from gateway.cli.use_common import Use, stamp, words_json
from gateway.lifecycle.days import day_of
from gateway.lifecycle.passwords import Password, last_day, password_due
from gateway.lifecycle.standing import date
from gateway.lifecycle.words import Words, minute
from gateway.upkeep.passwords import PasswordKept
from gateway.upkeep.rows import key
from gateway.who import Mailbox

_SAID: Final = {
    Password.FINE: Words("còn hạn", "fine"),
    Password.FIRST_DUE: Words("chưa đổi mật khẩu được cấp", "still the password that was issued"),
    Password.OLD: Words("quá hạn đổi", "to be changed"),
    Password.UNKNOWN: Words("chưa biết ngày đổi", "nobody knows when it was changed"),
}
_STYLES: Final = {Password.FIRST_DUE: "bad", Password.OLD: "bad", Password.UNKNOWN: "dim"}


@dataclass(frozen=True, slots=True)
class PasswordLine:
    """What is told of it. `due`: how it stands; None where the regulation sets no time."""

    kept: PasswordKept
    due: Password | None
    words: Words

    @property
    def style(self) -> str:
        """How the line is coloured."""
        return "" if self.due is None else _STYLES.get(self.due, "")

    def json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "changed": stamp(self.kept.changed),
            "must_change": self.kept.must_change,
            "told": stamp(self.kept.told),
            "due": None if self.due is None else self.due.value,
            **words_json(self.words),
        }


def password_of(use: Use, mailbox: Mailbox, now: float) -> PasswordLine | None:
    """What LDAP told of this mailbox's password; None where it told nothing. DirectoryUnavailable."""
    kept = use.upkeep.passwords.of([mailbox.key]).get(key(mailbox.key))
    if kept is None:
        return None
    months = use.password_months_of(mailbox)
    due = password_due(kept.dates(), months, now) if months or kept.must_change else None
    return PasswordLine(kept, due, _words(kept, due, months))


def _words(kept: PasswordKept, due: Password | None, months: int) -> Words:
    said = Words("", "") if due is None else _SAID[due]
    changed = Words("", "")
    if kept.changed is not None:
        when = date(day_of(kept.changed))
        changed = Words(f"đổi lần cuối ngày {when}", f"changed last on {when}")
        if months:
            last = date(last_day(kept.changed, months))
            changed = Words(
                f"{changed.vi}, dùng đến hết {last} (Q4 8.3b)", f"{changed.en}, good until {last} (Q4 8.3b)"
            )
    told = minute(kept.told)
    vi = "; ".join(filter(None, (said.vi, changed.vi, f"LDAP cho biết lúc {told}")))
    return Words(vi, "; ".join(filter(None, (said.en, changed.en, f"told by LDAP at {told}"))))
