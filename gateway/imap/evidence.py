"""What two polls of a mailbox prove. Pure: counters in, evidence out; no clock, no server.

The rules were measured on Dovecot 2.3 and 2.4 (maildir, sdbox, mdbox) and Cyrus 3.6 (docs/poller.md). With new = the
rise of UIDNEXT, gone = MESSAGES before + new - MESSAGES now, claimed = RECENT before + new - RECENT now:

- claimed > gone: a session of the owner selected the inbox, or read it by POP3. Strong.
- RECENT now > new: a message that was \\Recent before is so still, so nobody selected the inbox in between. Strong.
- UNSEEN fell by more than went, messages went, flags changed while nothing came, Sent grew: medium, for an
  administrator's job can do each.
- Counters that run backwards, or another UIDVALIDITY: what was known is void, and nothing is said of use.

That HIGHESTMODSEQ rose by more than what came proves nothing and is never used.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gateway.access import Coverage, Dates, Evidence, Folder, Kind, Observation, Sign, Source, Strength, Use
from gateway.imap.baseline import Baseline

_SKEW = 86400.0  # seconds by which a server's dates may differ from our clock, either way
_GROWN = {Use.SENT: Sign.SENT, Use.DRAFTS: Sign.FILED}


@dataclass(frozen=True, slots=True)
class Job:
    """A known job of the administrators that ran in (since, until].

    `signs`: what it may have caused: in an interval that meets it these are no access.
    """

    since: float
    until: float
    signs: frozenset[Sign] = frozenset({Sign.READ, Sign.CHANGED, Sign.REMOVED})


@dataclass(frozen=True, slots=True)
class Findings:
    """What a poll adds to what is known, and what to remember for the next."""

    baseline: Baseline
    coverage: Coverage
    evidence: tuple[Evidence, ...] = ()


def infer(
    before: Baseline | None, seen: Observation, jobs: Sequence[Job] = (), longest_gap: float = math.inf
) -> Findings:
    """Compare an observation with what is remembered.

    Between two observations lies (began of the first, end of the second]: an access may be as early as the one and as
    late as the other. A failed poll in between, or more than `longest_gap` seconds, leaves that true, and begins a new
    coverage. Without anything to compare with, `seen.dates` bound what was before.
    """
    if before is None or seen.began < before.seen.at:  # the second: a clock of ours went back
        return _first(seen)
    if seen.began - before.seen.at > longest_gap:
        before = replace(before, cut=True)
    was, now = before.seen.folders[0], seen.folders[0]
    if (sign := reset(was, now)) is not None:
        return _void(before, seen, sign)
    signs = dict(_inbox(was, now))
    signs.update((sign, Strength.MEDIUM) for sign in _others(before.seen.folders[1:], seen.folders[1:]))
    excused = {sign for job in jobs if _overlap(job, before.seen.began, seen.at) for sign in job.signs}
    accesses = tuple(
        _access(seen, strength, before.seen.began, sign) for sign, strength in signs.items() if sign not in excused
    )
    baseline = _kept(before, seen, was, now)
    return Findings(baseline, _covered(baseline), (*accesses, *_unused(baseline)))


def reset(was: Folder, now: Folder) -> Sign | None:
    """Why the two cannot be compared; None where they can.

    Counters that cannot be: fewer UIDs, an older HIGHESTMODSEQ, one that stood still while something came, more
    messages or more \\Recent ones than came.
    """
    if was.uidvalidity != now.uidvalidity:
        return Sign.UIDVALIDITY
    new = now.uidnext - was.uidnext
    backwards = new < 0 or now.messages > was.messages + new or now.recent > was.recent + new
    if was.modseq and now.modseq:
        backwards |= now.modseq < was.modseq or (new > 0 and now.modseq == was.modseq)
    return Sign.INDEX_LOST if backwards else None


def _inbox(was: Folder, now: Folder) -> Iterator[tuple[Sign, Strength]]:
    new = now.uidnext - was.uidnext
    gone = was.messages + new - now.messages
    rise = now.modseq - was.modseq if was.modseq and now.modseq else 0
    if was.recent + new - now.recent > gone:
        # An index that was rebuilt counts from one again: where it may have overtaken its old count, be careful.
        yield Sign.RECENT_CLEARED, Strength.MEDIUM if 0 < rise < new else Strength.STRONG
    if was.unseen - now.unseen > gone:
        yield Sign.READ, Strength.MEDIUM
    if gone > 0:
        yield Sign.REMOVED, Strength.MEDIUM
    elif rise > 0 and not new and was.unseen <= now.unseen:
        yield Sign.CHANGED, Strength.MEDIUM


def _others(before: Sequence[Folder], seen: Sequence[Folder]) -> Iterator[Sign]:
    """Sent and Drafts that grew. What went from other folders says nothing: they are expired by the server."""
    known = {folder.name: folder for folder in before}
    for now in seen:
        was = known.get(now.name)
        if was and now.use in _GROWN and was.uidvalidity == now.uidvalidity and now.uidnext > was.uidnext:
            yield _GROWN[now.use]


def _overlap(job: Job, since: float, until: float) -> bool:
    return job.since < until and since < job.until


def _kept(before: Baseline, seen: Observation, was: Folder, now: Folder) -> Baseline:
    """Which message is \\Recent still. A SELECT claims all that are: one that was there before says that none came."""
    new = now.uidnext - was.uidnext
    gone = was.messages + new - now.messages
    survives = now.recent > new and was.recent + new - now.recent <= gone
    kept = before.kept if survives else None
    return Baseline(
        replace(seen, dates=None) if seen.dates else seen,
        since=seen.at if before.cut else before.since,
        kept=kept if kept is not None else _from_now(seen),
        dated=before.dated if survives else None,
        dated_saved=before.dated_saved,
        counted=seen.at if seen.old_messages is not None else before.counted,
    )


def _from_now(seen: Observation) -> float | None:
    return seen.at if seen.folders[0].recent > 0 else None


def _first(seen: Observation) -> Findings:
    dates = seen.dates or Dates()
    oldest = dates.oldest_unclaimed
    baseline = Baseline(
        replace(seen, dates=None),
        since=seen.at,
        kept=_from_now(seen),
        dated=oldest + _SKEW if oldest is not None and oldest + _SKEW < seen.began else None,
        dated_saved=dates.saved,
        counted=seen.at if seen.old_messages is not None else 0.0,
    )
    return Findings(baseline, _covered(baseline), (*_between(seen, dates), *_unused(baseline)))


def _between(seen: Observation, dates: Dates) -> Iterator[Evidence]:
    """The last claiming access lies after the newest claimed message came and before the oldest unclaimed one did.

    A message that was copied in keeps its old INTERNALDATE: only a SAVEDATE says when it came. By INTERNALDATE alone
    the bound is weak. By the server's clock, so the interval is a day wider at each end.
    """
    begin, end = dates.newest_claimed, dates.oldest_unclaimed
    if begin is None:
        return
    if end is None or end < begin:
        end = seen.at
    strength = Strength.MEDIUM if dates.saved else Strength.WEAK
    until = min(end + _SKEW, seen.at)
    yield _access(seen, strength, min(begin - _SKEW, until), Sign.BETWEEN_DATES, until)


def _void(before: Baseline, seen: Observation, sign: Sign) -> Findings:
    """Begin anew. A reset says nothing of use, and neither do dates after it: it may have made all messages new."""
    void = Evidence(seen.mailbox, Kind.RESET, Strength.EXACT, before.seen.began, seen.at, Source.IMAP, sign)
    first = _first(replace(seen, dates=None))
    return replace(first, evidence=(void, *first.evidence))


def _unused(baseline: Baseline) -> Iterator[Evidence]:
    """That nobody selected the inbox: by what we saw ourselves, and by the dates of the first poll."""
    seen = baseline.seen
    if baseline.kept is not None and baseline.kept < seen.began:
        yield _unopened(seen, Strength.STRONG, baseline.kept, Sign.RECENT_KEPT)
    if baseline.dated is not None and baseline.dated < seen.began:
        strength = Strength.MEDIUM if baseline.dated_saved else Strength.WEAK
        yield _unopened(seen, strength, baseline.dated, Sign.OLDEST_UNCLAIMED)


def _unopened(seen: Observation, strength: Strength, since: float, sign: Sign) -> Evidence:
    return Evidence(seen.mailbox, Kind.UNUSED, strength, since, seen.began, Source.IMAP, sign)


def _access(seen: Observation, strength: Strength, since: float, sign: Sign, until: float | None = None) -> Evidence:
    end = seen.at if until is None else until
    return Evidence(seen.mailbox, Kind.ACCESS, strength, since, end, Source.IMAP, sign)


def _covered(baseline: Baseline) -> Coverage:
    return Coverage(baseline.seen.mailbox, Source.IMAP, baseline.since, baseline.seen.at)
