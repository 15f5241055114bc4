"""What `congthu poll` tells: a table of what was seen, and a summary. Values in, text out."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.access import Evidence, Kind, Quota
from gateway.cli.output import print_table, say
from gateway.cli.use_common import evidence_json, size, stamp
from gateway.imap.ports import Outcome
from gateway.lifecycle.words import SIGNS, STRENGTHS, Words, minute

_HEADING: Final = ("mailbox", "seen", "between", "sure", "used")
_SHOWN: Final = 40  # lines in a terminal, where not every mailbox was named
_USES: Final = (Kind.ACCESS, Kind.AUTOMATIC)
FAILURES: Final[dict[str, Words]] = {
    "connect": Words("không kết nối được máy chủ thư", "nobody listens there"),
    "tls": Words("TLS hoặc chứng thư của máy chủ", "the certificate or the TLS handshake"),
    "master-auth": Words("tài khoản của cổng bị từ chối", "the gateway's own account was refused"),
    "auth": Words("không được vào hộp thư này", "the login to this mailbox was refused"),
    "vanished": Words("không có hộp thư này", "there is no such mailbox"),
    "refused": Words("máy chủ từ chối lệnh", "the server refused a command"),
    "bye": Words("máy chủ kết thúc phiên", "the server ended the session"),
    "closed": Words("kết nối bị ngắt", "the connection ended in the middle"),
    "timeout": Words("quá thời gian chờ", "no answer in time"),
    "garbage": Words("câu trả lời không phải IMAP", "what came is not IMAP"),
    "limit": Words("câu trả lời quá dài", "the answer is longer than we take"),
    "clock": Words("đồng hồ sai", "dates that cannot be"),
    "name": Words("tên hộp thư không hỏi được", "a name that cannot be asked for"),
}


@dataclass(slots=True)
class Poll:
    """One mailbox's, without what is kept in the store only."""

    mailbox: str
    at: float
    failure: str
    detail: str
    evidence: tuple[Evidence, ...]
    first: bool
    quota: Quota | None
    old_messages: int | None


@dataclass(slots=True)
class Polls:
    """All of them. `wanted`: how many were to be polled; `stopped`: why nothing more was asked, "" for nothing."""

    wanted: int
    polls: list[Poll] = field(default_factory=list)
    stopped: str = ""
    seconds: float = 0.0

    def add(self, outcome: Outcome) -> None:
        """Take an outcome in."""
        self.polls.append(_poll(outcome))

    @property
    def failed(self) -> int:
        """How many gave nothing."""
        return sum(bool(one.failure) for one in self.polls)

    @property
    def untried(self) -> int:
        """How many were never asked."""
        return self.wanted - len(self.polls)

    @property
    def failures(self) -> Counter[str]:
        """By kind."""
        return Counter(one.failure for one in self.polls if one.failure)


def _poll(outcome: Outcome) -> Poll:
    findings = outcome.findings
    failure = outcome.failure.value if outcome.failure is not None else ""
    if findings is None:
        return Poll(outcome.mailbox, outcome.at, failure, outcome.detail, (), False, None, None)
    seen = findings.baseline.seen
    first = findings.coverage.since == seen.at
    return Poll(
        outcome.mailbox, outcome.at, failure, outcome.detail, findings.evidence, first, seen.quota, seen.old_messages
    )


def told_json(polls: Polls) -> dict[str, Any]:
    """All of it as JSON has it."""
    return {
        "mailboxes": polls.wanted,
        "polled": len(polls.polls) - polls.failed,
        "failed": polls.failed,
        "failures": dict(polls.failures),
        "not_asked": polls.untried,
        "stopped": polls.stopped,
        "seconds": round(polls.seconds, 3),
        "polls": [_json(one) for one in polls.polls],
    }


def _json(one: Poll) -> dict[str, Any]:
    return {
        "mailbox": one.mailbox,
        "at": stamp(one.at),
        "failure": one.failure or None,
        "detail": one.detail,
        "first_look": one.first,
        "evidence": [evidence_json(said) for said in one.evidence],
        "quota": None if one.quota is None else {"used": one.quota.used, "limit": one.quota.limit},
        "old_messages": one.old_messages,
    }


def show(polls: Polls, *, every: bool) -> None:
    """A table and the sum. In a terminal, unless `every`: failures and uses first, and no more than fit on a page."""
    rows = sorted(polls.polls, key=_weight)
    cut = len(rows) if every or not sys.stdout.isatty() else _SHOWN
    if rows:
        print_table(_HEADING, map(_cells, rows[:cut]), whole=("mailbox", "seen"))
    if len(rows) > cut:
        say(f"… and {len(rows) - cut:,} more; --json tells all", style="dim")
    _sum(polls)


def _weight(one: Poll) -> tuple[int, str]:
    used = any(said.kind in _USES for said in one.evidence)
    return (0 if one.failure else 1 if used else 2), one.mailbox


def _cells(one: Poll) -> tuple[object, ...]:
    if one.failure:
        return one.mailbox, f"{FAILURES[one.failure].vi} ({one.failure})", "", "", ""
    used = "" if one.quota is None else size(one.quota.used)
    said = _best(one.evidence)
    if said is None:
        return one.mailbox, "lần xem đầu tiên" if one.first else "không có dấu hiệu sử dụng", "", "", used
    since, until = minute(said.not_before), minute(said.not_after)
    times = until if since == until else f"{since} - {until}"
    return one.mailbox, SIGNS[said.sign].vi, times, STRENGTHS[said.strength].vi, used


def _best(evidence: Iterable[Evidence]) -> Evidence | None:
    """What says most: a use before silence, the surest first."""
    order = list(STRENGTHS)
    return min(evidence, key=lambda one: (one.kind not in _USES, order.index(one.strength)), default=None)


def _sum(polls: Polls) -> None:
    """What became of it all, in both languages."""
    good = len(polls.polls) - polls.failed
    used = sum(any(said.kind in _USES for said in one.evidence) for one in polls.polls)
    style = "good" if good == polls.wanted else "bad" if not good and polls.wanted else "doubt"
    rate = f"{len(polls.polls) / polls.seconds:.1f}/s" if polls.seconds > 0 and polls.polls else "0/s"
    say(
        f"đã xem {good:,} trên {polls.wanted:,} hộp thư trong {polls.seconds:.1f} giây ({rate}); có dùng: {used:,}"
        f" / {good:,} of {polls.wanted:,} mailboxes polled; used: {used:,}",
        style=style,
        err=True,
    )
    for kind, count in polls.failures.most_common():
        say(f"  {count:,} x {kind}: {FAILURES[kind].vi} / {FAILURES[kind].en}", style="bad", err=True)
    if polls.untried:
        why = FAILURES.get(polls.stopped)
        said = f": {why.vi} / {why.en}" if why else ""
        say(f"  {polls.untried:,} chưa hỏi / not asked{said}", style="bad", err=True)
    if not polls.wanted:
        say("the directory has no mailbox to poll; see `congthu mailboxes import`", style="doubt", err=True)
