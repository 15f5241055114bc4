"""Since when a mailbox can be proved unused: evidence and coverage in, the latest possible access out. Pure.

Nothing seen is not silence. A time counts as silent only where it is proved: a source that sees every way into the
mailbox watched without a gap, or a message stayed unclaimed from one poll to the next. Any access, however weak its
evidence, ends a silence; weak evidence of silence counts as none.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from gateway.access import Coverage, Evidence, Kind, Sign, Source, Strength
from gateway.lifecycle.profile import Proof
from gateway.lifecycle.spans import Span, common, join

_SURE: Final = frozenset({Strength.EXACT, Strength.STRONG})
CERTAIN: Final = _SURE | {Strength.MEDIUM}
"""Strengths of which a use is no mere hint."""
SKEW: Final = 300.0  # seconds by which clocks of sources may differ from ours


class Doubt(StrEnum):
    """Why nothing can be told, or not for longer. Stable names."""

    NONE = ""
    NO_EVIDENCE = "no-evidence"  # nobody looked
    STALE = "stale"  # nobody looked lately
    GAP = "gap-in-polling"
    RESET = "baseline-reset"  # the mailbox was made anew, or its index was
    NOTHING_WAITING = "nothing-waiting"  # no unclaimed message: who opens the inbox leaves no trace
    WEAK_SILENCE = "weak-evidence"  # that it is unused rests on dates only
    WEAK_USE = "hint-of-use"
    DISAGREE = "sources-disagree"  # a source that should see everything missed an access
    CLOCK = "clock"  # evidence from the future, or times that cannot be
    POLLING_ONLY = "polling-only"  # polling says so, and it does not see clients that only ever look (EXAMINE)
    WATCHED_SINCE = "watched-since"  # silence is proved from the first look on; it has to last


_NOTHING: Final = frozenset({Doubt.NOTHING_WAITING, Doubt.WEAK_SILENCE})  # that is said where there is no silence


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a mailbox's use. Moments in seconds since the epoch, None: there is none.

    `silent`: the silence that goes on until the last observation; its beginning is the latest possible access. `used`:
    the evidence of the last access that is certain, which was not before `used.not_before`. `doubt`: why the silence
    does not begin earlier, or is none. `seen`: when somebody looked last. `basis`: who proves the silence. `supposed`:
    there is no silence but by polling alone, which the office does not take for proof: no lock follows from it.
    `hint`: until when it may have been used by evidence that is not certain; infinite where its time cannot be.
    """

    silent: Span | None = None
    used: Evidence | None = None
    doubt: Doubt = Doubt.NO_EVIDENCE
    seen: float | None = None
    basis: tuple[Source, ...] = ()
    supposed: Span | None = None
    hint: float | None = None


def known_of(evidence: Iterable[Evidence], coverage: Iterable[Coverage], proof: Proof, now: float) -> Known:
    """Weigh everything that is kept of one mailbox. Any values: what cannot be is left out, and told as a doubt."""
    told, watched = list(evidence), list(coverage)
    real = [one for one in told if _possible(one.not_before, one.not_after, now)]
    covered = [one for one in watched if _possible(one.since, one.until, now)]
    uses = [one for one in real if is_use(one, proof)]
    silent, basis = _last_silence(real, covered, uses, proof)
    hint = max((one.not_after for one in uses if one.strength not in CERTAIN), default=None)
    if len(real) < len(told) and sum(is_use(one, proof) for one in told) > len(uses):
        silent, basis, hint = None, (), math.inf  # it was used, and nobody can say when: perhaps just now
    bad_clock = silent is None and (len(real) < len(told) or len(covered) < len(watched))
    seen = max([one.until for one in covered] + [one.not_after for one in real], default=None)
    doubt = Doubt.CLOCK if bad_clock else _doubt(silent, seen, real, covered, uses, proof, now)
    supposed = _supposed(real, covered, uses, proof, now) if doubt in _NOTHING else None
    return Known(
        silent,
        max((one for one in uses if one.strength in CERTAIN), key=lambda one: one.not_before, default=None),
        Doubt.POLLING_ONLY if supposed is not None else doubt,
        seen,
        basis,
        supposed,
        hint,
    )


def _supposed(
    real: Sequence[Evidence], covered: Sequence[Coverage], uses: Sequence[Evidence], proof: Proof, now: float
) -> Span | None:
    """The silence that polling alone would prove, if the office took it for proof."""
    if proof.polling_suffices:
        return None
    span, _ = _last_silence(real, covered, uses, replace(proof, polling_suffices=True, complete=frozenset()))
    return span if span is not None and now - span.until <= proof.fresh else None


def is_use(one: Evidence, proof: Proof) -> bool:
    """Whether this evidence says that the mailbox was used."""
    return one.kind is Kind.ACCESS or (one.kind is Kind.AUTOMATIC and proof.automatic_is_use)


def supposed(evidence: Iterable[Evidence], coverage: Iterable[Coverage], proof: Proof) -> list[Span]:
    """The times for which polling says that nobody opened the mailbox, be that proof for the office or not."""
    alone = replace(proof, polling_suffices=True, complete=frozenset())
    return silences(evidence, coverage, alone)[Source.IMAP]


def silences(evidence: Iterable[Evidence], coverage: Iterable[Coverage], proof: Proof) -> dict[Source, list[Span]]:
    """The times for which each source proves that nobody used the mailbox, but for the accesses that it tells of."""
    told, covered = list(evidence), list(coverage)
    found = {source: _watched(covered, source) for source in proof.complete if not _missed(told, covered, source)}
    polled = join((Span(c.since, c.until) for c in covered if c.source is Source.IMAP), proof.gap)
    unused = join(Span(e.not_before, e.not_after) for e in told if e.kind is Kind.UNUSED and e.strength in _SURE)
    trusted = proof.polling_suffices and not _unseen(told, unused)
    found[Source.IMAP] = list(common(unused, polled)) if trusted else []
    return found


def _unseen(told: Iterable[Evidence], unused: Sequence[Span]) -> bool:
    """Whether this mailbox is used in a way that polling cannot see: an exact source told a use in a silence of it."""
    return any(
        one.strength is Strength.EXACT
        and one.kind in (Kind.ACCESS, Kind.AUTOMATIC)
        and any(span.holds(Span(one.not_before - SKEW, one.not_after + SKEW)) for span in unused)
        for one in told
    )


def _watched(covered: Sequence[Coverage], source: Source) -> list[Span]:
    return join(Span(one.since, one.until) for one in covered if one.source is source)


def _last_silence(
    real: Sequence[Evidence], covered: Sequence[Coverage], uses: Sequence[Evidence], proof: Proof
) -> tuple[Span | None, tuple[Source, ...]]:
    """The silence that reaches furthest, less all accesses."""
    by_source = silences(real, covered, proof)
    runs = join(span for spans in by_source.values() for span in spans)
    if not runs:
        return None, ()
    run = runs[-1]
    since = max([run.since] + [_last_moment(one, proof) for one in uses])
    if since >= run.until:
        return None, ()
    silent = Span(since, run.until)
    return silent, tuple(sorted(source for source, spans in by_source.items() if any(map(silent.meets, spans))))


def _last_moment(one: Evidence, proof: Proof) -> float:
    """Until when this use may have gone on."""
    return one.not_after if one.source is Source.IMAP else one.not_after + proof.session


def _missed(told: Sequence[Evidence], covered: Sequence[Coverage], source: Source) -> bool:
    """Whether a source that should see every access missed one that another is sure of, and saw none since."""
    spans = _watched(covered, source)
    if not spans:
        return False
    own = [one.not_after for one in told if one.source is source and one.kind in (Kind.ACCESS, Kind.AUTOMATIC)]
    last = max(own, default=-math.inf) + SKEW
    return any(
        one.kind is Kind.ACCESS
        and one.source is not source
        and one.sign not in (Sign.SELECT, Sign.IDLE)  # of a session whose login was told already
        and one.strength in _SURE
        and one.not_before > last
        and any(span.holds(Span(one.not_before - SKEW, one.not_after + SKEW)) for span in spans)
        for one in told
    )


def _possible(since: float, until: float, now: float) -> bool:
    """Whether an interval is one, and not of the future."""
    return math.isfinite(since) and math.isfinite(until) and since <= until <= now + SKEW


def _doubt(
    silent: Span | None,
    seen: float | None,
    real: Sequence[Evidence],
    covered: Sequence[Coverage],
    uses: Sequence[Evidence],
    proof: Proof,
    now: float,
) -> Doubt:
    if seen is None:
        return Doubt.NO_EVIDENCE
    if now - (silent.until if silent else seen) > proof.fresh:
        return Doubt.STALE
    if _disagree(real, covered, proof):
        return Doubt.DISAGREE
    if silent is None:
        return _nothing(real, covered)
    return _beginning(silent.since, real, covered, uses, proof)


def _disagree(real: Sequence[Evidence], covered: Sequence[Coverage], proof: Proof) -> bool:
    unused = join(Span(e.not_before, e.not_after) for e in real if e.kind is Kind.UNUSED and e.strength in _SURE)
    return _unseen(real, unused) or any(_missed(real, covered, source) for source in proof.complete)


def _nothing(real: Sequence[Evidence], covered: Sequence[Coverage]) -> Doubt:
    if any(one.kind is Kind.UNUSED and one.strength not in _SURE for one in real):
        return Doubt.WEAK_SILENCE
    if covered and all(one.since >= one.until for one in covered):
        return Doubt.WATCHED_SINCE  # after a first look: it takes a second to see whether anything changed
    return Doubt.NOTHING_WAITING


def _beginning(
    since: float, real: Sequence[Evidence], covered: Sequence[Coverage], uses: Sequence[Evidence], proof: Proof
) -> Doubt:
    """Why a silence does not begin earlier than at `since`."""
    at_end = [one for one in uses if _last_moment(one, proof) >= since]
    if at_end:
        return Doubt.NONE if any(one.strength in CERTAIN for one in at_end) else Doubt.WEAK_USE
    if any(one.kind is Kind.RESET and one.not_before <= since <= one.not_after + SKEW for one in real):
        return Doubt.RESET
    begins = [one.since for one in covered if one.since - SKEW <= since <= one.since + SKEW]
    if not begins:
        return Doubt.NOTHING_WAITING
    earlier = any(one.until <= since for one in covered)
    return Doubt.GAP if earlier else Doubt.WATCHED_SINCE
