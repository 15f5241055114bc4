"""What each source tells of a simulated mailbox: polling by the gateway's own inference, and exact records.

A watcher sees what its real counterpart sees, and loses what that loses. It never sees the truth itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from benchmarks.lifecycle_world import DAY, Counters, Weather
from gateway.access import Coverage, Evidence, Kind, Sign, Source, Strength
from gateway.imap.baseline import Baseline
from gateway.imap.evidence import infer
from gateway.lifecycle.keeping import needed, needed_coverage

_KEEP = 400 * DAY


@dataclass
class Notes:
    """What is kept of one mailbox, as a store keeps it: the same statement again replaces the earlier."""

    evidence: dict[object, Evidence] = field(default_factory=dict)
    coverage: dict[object, Coverage] = field(default_factory=dict)

    def add(self, evidence: Iterable[Evidence], coverage: Coverage | None = None) -> None:
        """Keep new statements."""
        for one in evidence:
            self.evidence[(one.source, one.kind, one.sign, one.not_before)] = one
        if coverage is not None:
            self.coverage[(coverage.source, coverage.since)] = coverage
        if len(self.evidence) > 60:
            self._forget()

    def _forget(self) -> None:
        """Keep the newest use of each sort: what the lifecycle asks for does not change by it."""
        latest = max(one.not_after for one in self.evidence.values())
        uses = [one for one in self.evidence.values() if one.kind in (Kind.ACCESS, Kind.AUTOMATIC)]
        others = [one for one in self.evidence.values() if one.kind not in (Kind.ACCESS, Kind.AUTOMATIC)]
        kept = [*needed(uses, latest + 1), *(one for one in others if one.not_after > latest - _KEEP)]
        self.evidence = {(one.source, one.kind, one.sign, one.not_before): one for one in kept}
        self.coverage = {
            (one.source, one.since): one for one in needed_coverage(self.coverage.values(), latest - _KEEP)
        }


class Poller:
    """Polls a mailbox over IMAP as gateway.imap does, by its own inference."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._baseline: Baseline | None = None

    def poll(self, address: str, counters: Counters, at: float, fails: bool) -> None:
        """One poll, or one that failed."""
        if fails:
            if self._baseline is not None:
                self._baseline = replace(self._baseline, cut=True)
            return
        found = infer(self._baseline, counters.observe(address, at, self._baseline is None))
        self._baseline = found.baseline
        self._notes.add(found.evidence, found.coverage)


class Events:
    """Dovecot's event exporter: every login at once, lost while the endpoint is away."""

    def __init__(self, notes: Notes, weather: Weather) -> None:
        self._notes = notes
        self._weather = weather
        self._since: float | None = None
        self._last = 0.0

    def used(self, address: str, at: float, automatic: bool) -> None:
        """The owner's session, or the device's."""
        if not self._weather.events_lost(at):
            kind, sign = (Kind.AUTOMATIC, Sign.IDLE) if automatic else (Kind.ACCESS, Sign.LOGIN)
            self._notes.add([Evidence(address, kind, Strength.EXACT, at, at, Source.DOVECOT_EVENTS, sign)])

    def control(self, address: str, at: float) -> None:
        """The poller's own login, whose event shows that events arrive; whoever runs the endpoint knows its outages."""
        spells = [*self._weather.sink, *self._weather.gateway]
        if any(begin < at and end > self._last for begin, end in spells):
            self._since = None
        self._last = at
        if self._weather.polls_fail(at):
            return  # no login, so no proof that events arrive: what is covered ends with the control before
        self._since = at if self._since is None else self._since
        self._notes.add((), Coverage(address, Source.DOVECOT_EVENTS, self._since, at))


class Records:
    """A server's own record of the last login, read once a day: last_login, or Zimbra's, written every 7 days."""

    def __init__(self, notes: Notes, source: Source, coarse: float = 0.0) -> None:
        self._notes = notes
        self._source = source
        self._coarse = coarse
        self._stored: float | None = None
        self._since: float | None = None

    def used(self, at: float) -> None:
        """The server writes the record, where the last one is old enough."""
        if self._stored is None or at - self._stored >= self._coarse:
            self._stored = at

    def look(self, address: str, at: float, fails: bool) -> None:
        """The record is read."""
        if fails:
            return
        if self._since is None:
            self._since = at if self._stored is None else self._stored
        evidence = []
        if self._stored is not None:
            end = min(self._stored + self._coarse, at)
            evidence.append(
                Evidence(
                    address,
                    Kind.ACCESS,
                    Strength.EXACT,
                    self._stored,
                    end,
                    self._source,
                    Sign.LAST_LOGIN,
                    coarse=self._coarse,
                )
            )
        self._notes.add(evidence, Coverage(address, self._source, self._since, at))
