"""Refusals that are said again and again: one record a minute for each sender, to which the others refer.

A mailbox that somebody sends spam from tries fifty thousand times a night. The first refusal is on record before it is
uttered; those of the next minute cite the same record, so that neither the journal nor the person who reads it drowns.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from gateway.model import Finding, Mode, Verdict

_RULES = frozenset({"outbound-throttle", "blocked-sender"})
_SECONDS = 60.0
_MOST = 10_000
_SAME = (
    "mailbox",
    "account",
    "measure",
    "window",
    "standing",
    "uncounted",
)  # evidence that makes two refusals the same
_Key = tuple[object, ...]


class Repeats:
    """References of the last minute's refusals, of a bounded number of senders."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[_Key, tuple[str, float]] = {}

    def find(self, verdict: Verdict) -> str:
        """The record of the same refusal of this sender, "" for none."""
        if not self._known or (key := _key(verdict)) is None:
            return ""
        reference, until = self._known.get(key, ("", 0.0))
        return reference if self._clock() < until else ""

    def keep(self, verdict: Verdict, reference: str) -> None:
        """A refusal was recorded under this reference."""
        if (key := _key(verdict)) is None:
            return
        self._known.pop(key, None)
        while len(self._known) >= _MOST:
            del self._known[next(iter(self._known))]  # the oldest
        self._known[key] = (reference, self._clock() + _SECONDS)


def _key(verdict: Verdict) -> _Key | None:
    """What makes two refusals the same; None where each has a record of its own."""
    stopped = [finding for finding in verdict.findings if finding.rule in _RULES and finding.mode is Mode.ENFORCE]
    if not any(finding.action is verdict.action for finding in stopped):
        return None  # it is refused for something else
    return tuple(_what(finding) for finding in stopped)


def _what(finding: Finding) -> tuple[object, ...]:
    return finding.rule, finding.action, *(finding.evidence.get(name, "") for name in _SAME)
