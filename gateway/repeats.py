"""Refusals that are said again and again: one record a minute for each sender, to which the others refer.

A mailbox that somebody sends spam from tries fifty thousand times a night. The first refusal is on record before it is
uttered; those of the next minute cite the same record, so that neither the journal nor the person who reads it drowns.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from gateway.charging import Account
from gateway.model import Envelope, Verdict

_RULES = frozenset({"outbound-throttle", "blocked-sender"})
_SECONDS = 60.0
_MOST = 10_000
_Key = tuple[object, ...]


class Repeats:
    """References of the last minute's refusals, of a bounded number of senders."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[_Key, tuple[str, float]] = {}

    def find(self, verdict: Verdict, envelope: Envelope, account: Account | None) -> str:
        """The record of the same refusal of this sender, "" for none."""
        if not self._known or (key := _key(verdict, envelope, account)) is None:
            return ""
        reference, until = self._known.get(key, ("", 0.0))
        return reference if self._clock() < until else ""

    def keep(self, verdict: Verdict, envelope: Envelope, account: Account | None, reference: str) -> None:
        """A refusal was recorded under this reference."""
        if (key := _key(verdict, envelope, account)) is None:
            return
        now = self._clock()
        if len(self._known) >= _MOST:
            self._known = {known: kept for known, kept in self._known.items() if now < kept[1]}
        if len(self._known) < _MOST:
            self._known[key] = (reference, now + _SECONDS)


def _key(verdict: Verdict, envelope: Envelope, account: Account | None) -> _Key | None:
    """What makes two refusals the same; None where each has a record of its own."""
    if not verdict.findings or any(finding.rule not in _RULES for finding in verdict.findings):
        return None
    session = envelope.session
    sender = account.name if account is not None else (session.user, envelope.reverse_path.key, session.client_address)
    said = ((f.rule, f.action, f.mode, f.evidence.get("measure"), f.evidence.get("window")) for f in verdict.findings)
    return sender, tuple(said)
