"""What a regulation asks of a mailbox's life, and what the office makes of its silence; values only.

Months and days come from the regulation's data file, table `lifecycle`; how much proof a lock needs is the office's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.access import Source
from gateway.errors import RegulationError
from gateway.lifecycle.days import DAY, HOUR
from gateway.regulations import Regulation
from gateway.who import Kind

COMPLETE: Final = frozenset({Source.DOVECOT_EVENTS, Source.DOVECOT_POLICY, Source.LAST_LOGIN, Source.ZIMBRA})
"""Sources that see every way into a mailbox, where they are set up as docs/lifecycle.md says.

Never polling (it misses 8 of 24 accesses on Dovecot), Cyrus' lastpop (POP3 only), Active Directory (the person's logon,
not the mailbox's) or our own listeners (they see senders only).
"""


@dataclass(frozen=True, slots=True)
class Proof:
    """How much proof the office asks for. Times in seconds.

    `complete`: the sources whose silence is silence. `polling_suffices`: whether polling alone may prove a silence:
    it sees every client that opens the inbox for writing, and none that only ever looks at it (EXAMINE), so that a lock
    on its word alone can take a mailbox away that is used every day. The office may say that it has no such client.
    `automatic_is_use`: whether IDLE and synchronisation keep a mailbox alive; `automatic_reads`: whether they satisfy
    a reading window. `fresh`: how old the last observation may be for anything to be said; `confirm`: for a warning or
    a lock. `gap`: how long polling may have failed in the middle of a silence that polling proves. `session`: how long
    a session may stay open: exact sources tell when one began, not when it ended.
    """

    complete: frozenset[Source] = COMPLETE
    polling_suffices: bool = False
    automatic_is_use: bool = True
    automatic_reads: bool = False
    fresh: float = 2 * DAY
    confirm: float = HOUR
    gap: float = 3 * DAY
    session: float = 7 * DAY


@dataclass(frozen=True, slots=True)
class Profile:
    """The periods of one regulation. Months are calendar months, 0: the text knows no such step.

    `kinds`: whose mailboxes it speaks of. `clauses`: "lock", "reclaim", "reopen", "notice" -> a clause's id.
    `ask`: send a letter to a mailbox of which nothing can be told for so long, so that something can (see `plan`).
    """

    regulation: str
    lock_months: int = 0
    reclaim_months: int = 0
    notice_days: int = 14
    unlock_days: int = 0  # Q4 8.3b: after a lock for the password
    kinds: frozenset[Kind] = frozenset({Kind.UNIT, Kind.PERSONAL})
    clauses: Mapping[str, str] = field(default_factory=dict)
    ask: bool = False
    proof: Proof = Proof()


_CLAUSES: Final[Mapping[str, Mapping[str, str]]] = {
    "Q4": {"lock": "Q4 8.1a", "reclaim": "Q4 8.1b", "reopen": "Q4 8.1a", "password": "Q4 8.3b", "notice": "Q4 6.2"},
    "AG": {"reclaim": "AG 6.4", "reopen": "AG 6.4", "security": "AG 10.2a", "notice": "AG 6"},
}


def profile_of(regulation: Regulation, proof: Proof | None = None, *, ask: bool = False) -> Profile:
    """Read a regulation's table `lifecycle`. RegulationError for numbers that cannot be."""
    table = regulation.parameters.get("lifecycle", {})
    reclaim = "delete_after_months" if "delete_after_months" in table else "reclaim_after_months"
    password = regulation.parameters.get("password-policy", {})
    return Profile(
        regulation.id,
        lock_months=_number(table, "lock_after_months", 0, 120),
        reclaim_months=_number(table, reclaim, 0, 120),
        notice_days=_number(table, "notice_days", 14, 366),
        unlock_days=_number(password, "unlock_after_days", 0, 366),
        clauses={**_CLAUSES.get(regulation.prefix, {}), **table.get("clauses", {})},
        ask=ask,
        proof=proof or Proof(),
    )


def _number(table: Mapping[str, Any], key: str, default: int, most: int) -> int:
    value = table.get(key, default)
    if type(value) is not int or not 0 <= value <= most:
        raise RegulationError(f"parameters.lifecycle.{key}: a whole number from 0 to {most}, not {value!r}")
    return value
