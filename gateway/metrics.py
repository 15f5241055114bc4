"""What is counted, for Prometheus. Every series is documented in docs/metrics.md.

This module knows names, labels and how to add up; it knows nothing of mail, of workers or of HTTP. Labels are bounded:
listeners, upstreams and rules of the configuration and fixed words, never an address or a text from a stranger.

A counter of prometheus_client costs about a microsecond and a half in multi-process mode, so the hot path adds to plain
integers and `flush` carries them over once a second and at exit. A worker that is killed by SIGKILL loses the counts of
its last second at most. All of it belongs to the event loop's thread.
"""

from __future__ import annotations

import os
import time
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Literal, Protocol, Self, get_args

import prometheus_client.values
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

MessageVerdict = Literal["accept", "reject", "tempfail", "upstream-reject", "aborted"]
ConnectionRefusal = Literal["total", "address", "proxy", "tls", "stopping", "other"]
ProtocolErrorKind = Literal[
    "syntax",
    "sequence",
    "early-talk",
    "bare-newline",
    "long-line",
    "too-big",
    "timeout",
    "slow",
    "surplus",
    "tls",
    "limit",
    "other",
]
UpstreamFailure = Literal["down", "broken", "unsure"]
ScanResult = Literal["clean", "found", "down", "time", "size", "error"]

VERDICTS: tuple[MessageVerdict, ...] = get_args(MessageVerdict)
REFUSALS: tuple[ConnectionRefusal, ...] = get_args(ConnectionRefusal)
ERRORS: tuple[ProtocolErrorKind, ...] = get_args(ProtocolErrorKind)
SCANS: tuple[ScanResult, ...] = get_args(ScanResult)
RESULTS = ("2xx", "4xx", "5xx", "down", "broken", "unsure")
LOOKS = ("done", "time", "died", "too-large", "busy", "unavailable", "other")
METHODS = ("spf", "dkim", "dmarc", "arc")
CHECKS = ("pass", "fail", "softfail", "neutral", "none", "policy", "temperror", "permerror", "other")
RESERVATIONS = ("granted", "refused", "failed", "other")
SCOPES = ("mailbox", "path", "null", "unit", "domain", "client", "other")
STANDINGS = ("suspect", "blocked", "locked")
FILTERINGS = ("ham", "greylist", "suspect", "later", "spam", "other", "down", "time", "size", "error")
_ACTIONS = {  # rspamd's actions, as a label
    "no action": "ham",
    "greylist": "greylist",
    "add header": "suspect",
    "rewrite subject": "suspect",
    "quarantine": "suspect",
    "soft reject": "later",
    "reject": "spam",
    "discard": "spam",
}
POLLED = (
    "ok",
    *("connect", "tls", "master-auth", "auth", "vanished", "refused", "bye", "closed", "timeout", "garbage", "limit"),
    *("clock", "name", "other"),
)
PHASES = (
    *("active", "cannot-tell", "exempt", "to-be-warned", "warned", "to-be-locked", "locked"),
    *("to-be-warned-of-reclaiming", "warned-of-reclaiming", "to-be-reclaimed", "reclaimed"),
)
ACTS = ("warn", "clear", "lock", "warn-of-reclaiming", "reclaim", "ask")
WAYS = ("list", "mail", "deny-file", "command", "webhook")
DEEDS = ("done", "failed")
ORDERED = ("enforce", "observe", "exempt")
WAITS = ("too-many", "outside-office-hours", "letter-not-delivered", "not-seen-lately")
STAGES = ("receive", "check", "journal", "upstream")
BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)
_BOUNDS = (*BUCKETS, float("inf"))
MAX_RULES = 100  # distinct rules a listener; beyond it "other": a guard, the registry is far smaller

# A worker writes into files named after its number, not its process id: a restarted worker continues its predecessor's
# counters, so the number of files stays bounded however often a worker dies.
WORKER_VARIABLE = "CONGTHU_WORKER"
FILE_KINDS = ("counter", "histogram", "gauge_livesum", "gauge_livemax")
FILE_SIZE = 1 << 20  # bytes a file; thousands of series, allocated at once

if "PROMETHEUS_MULTIPROC_DIR" in os.environ and WORKER_VARIABLE in os.environ:
    _identity = os.environ[WORKER_VARIABLE]
    prometheus_client.values.ValueClass = prometheus_client.values.MultiProcessValue(lambda: _identity)  # type: ignore[no-untyped-call]

WORKER = CollectorRegistry()


def _counter(name: str, text: str, *labels: str) -> Counter:
    return Counter(f"congthu_{name}", text, labels, registry=WORKER)


def _sum(name: str, text: str, *labels: str) -> Gauge:
    return Gauge(f"congthu_{name}", text, labels, registry=WORKER, multiprocess_mode="livesum")


def _max(name: str, text: str, *labels: str) -> Gauge:
    return Gauge(f"congthu_{name}", text, labels, registry=WORKER, multiprocess_mode="livemax")


def _histogram(name: str, text: str, *labels: str) -> Histogram:
    return Histogram(f"congthu_{name}", text, labels, buckets=BUCKETS, registry=WORKER)


MESSAGES = _counter("messages", "Messages by verdict.", "listener", "verdict")
BYTES = _counter("message_bytes", "Bytes of message content received.", "listener")
RULE_REFUSALS = _counter("refusals", "Messages and recipients refused by a rule.", "listener", "rule")
OBSERVED = _counter("observed", "What an observed rule would have refused.", "listener", "rule")
STAGE_SECONDS = _histogram("stage_seconds", "Time that a message spent in a stage.", "listener", "stage")
CONNECTIONS = _sum("connections", "Open client connections.", "listener")
CONNECTIONS_OPENED = _counter("connections_opened", "Client connections accepted.", "listener")
CONNECTION_REFUSALS = _counter("connection_refusals", "Client connections turned away.", "listener", "reason")
PROTOCOL_ERRORS = _counter("protocol_errors", "Protocol errors of clients.", "listener", "kind")
UPSTREAM_UP = _max("upstream_up", "1 while the next hop answers.", "upstream")
UPSTREAM_CONNECTIONS = _sum("upstream_connections", "Open connections to the next hop.", "upstream")
UPSTREAM_SECONDS = _histogram("upstream_seconds", "Time to the next hop's final reply to a message.", "upstream")
UPSTREAM_RESULTS = _counter("upstream_results", "Final replies and failures of the next hop.", "upstream", "result")
SPOOL_MEMORY = _sum("spool_memory_bytes", "Memory held by spooled messages.")
SPOOL_DISK = _sum("spool_disk_bytes", "Disk held by spooled messages.")
SPOOL_OPEN = _sum("spool_open", "Messages in the spool.")
JOURNAL_LAG = _max("journal_lag_seconds", "Age of the oldest decision that is not yet durable.")
JOURNAL_QUEUED = _sum("journal_queued", "Decisions that wait to be written.")
JOURNAL_WRITTEN = _counter("journal_written", "Decisions written.")
JOURNAL_FAILED = _counter("journal_failed", "Decisions that could not be written.")
SCANNER_UP = _max("scanner_up", "1 while the malware scanner answers.")
SCANNER_RESULTS = _counter("scanner_results", "Answers of the malware scanner.", "result")
SCANNER_SECONDS = _histogram("scanner_seconds", "Time to the malware scanner's answer.")
INSPECTIONS = _counter("inspections", "Messages whose files were looked into, by outcome.", "result")
INSPECTION_SECONDS = _histogram("inspection_seconds", "Time that a look into a message's files took.")
INSPECTION_CHILDREN = _sum("inspection_children", "Processes that look into files.", "state")
INSPECTION_WAITING = _sum("inspection_waiting", "Messages that wait for a process to look into them.")
INSPECTION_DEATHS = _counter("inspection_deaths", "Processes that ended while they looked, or were ended.")
AUTHENTICATION = _counter("authentication", "Checks of senders, by method and result.", "method", "result")
AUTHENTICATION_SECONDS = _histogram("authentication_seconds", "Time that the checks of a message's sender took.")
DIRECTORY_MAILBOXES = _max("directory_mailboxes", "Mailboxes of the directory in force.")
DIRECTORY_AGE = _max("directory_age_seconds", "Time since a worker last knew that its directory is the newest.")
ANSWERS_NOTED = _counter("answers_noted", "Messages noted for the times in which units answer.")
ANSWERS_DROPS = _counter("answers_drops", "Messages that were not noted, or forgotten early, for want of room.")
REFUSAL_NOTICES = _counter("refusal_notices", "Letters to our own senders about refused mail, by outcome.", "outcome")
REPORTS = _counter("reports", "Rounds of making and mailing reports that were due, by outcome.", "outcome")
ORDERS = _max("orders", "Orders of people over the rules that are in force, by what they do.", "what")
ORDERS_OLDEST = _max("orders_oldest_seconds", "Age of the oldest order in force, by what it does.", "what")
ORDERS_NEXT_END = _max("orders_next_end_seconds", "Time until the next order ends by itself.")
RETENTION_AGE = _max("retention_age_seconds", "Time since all that was over lost its content, where it is configured.")
RETENTION_ROWS = _counter("retention_rows", "Rows of the journal whose content was taken away.")
RETENTION_LOOKS = _counter("retention_looks", "Looks for what is over, by outcome.", "outcome")
COPIES = _counter("copies", "Copies of accepted mail for the archive, by outcome.", "outcome")
REQUEST_DROPS = _counter("request_drops", "Requests that passed and could not be kept for the office's list.")
LIMITS_UP = _max("limits_up", "1 while the store of the limits' counters answers.")
LIMITS_RESERVATIONS = _counter("limits_reservations", "Reservations of what senders may send.", "result")
LIMITS_SECONDS = _histogram("limits_seconds", "Time to the answer of the store of the limits' counters.")
LIMITS_EXCEEDED = _counter("limits_exceeded", "Limits that left no room, by whose account.", "scope")
LIMITS_UNSETTLED = _sum("limits_unsettled", "Ended transactions whose reservations are not settled yet.")
LIMITS_LOST = _counter("limits_lost", "Reservations that could not be settled; they count until their windows pass.")
SENDERS_STANDING = _max("senders_standing", "Senders that are not in good standing.", "standing")
CONDUCT_DROPPED = _counter("conduct_dropped", "Transactions that were not counted to a sender's conduct.")
SPAM_FILTER_UP = _max("spam_filter_up", "1 while the spam filter answers.")
SPAM_FILTER_RESULTS = _counter("spam_filter_results", "Answers of the spam filter.", "result")
SPAM_FILTER_SECONDS = _histogram("spam_filter_seconds", "Time to the spam filter's answer.")
SOURCES = _counter("sources", "What sources of mailboxes' use told, and readings of them.", "source", "result")
SOURCES_AGE = _max("sources_age_seconds", "Time since a source of mailboxes' use told something.", "source")
POLLS = _counter("polls", "Polls of mailboxes, by result.", "result")
POLL_SECONDS = _histogram("poll_seconds", "Time that the poll of a mailbox took.")
POLLER_MAILBOXES = _max("poller_mailboxes", "Mailboxes that are polled, where this node does it.")
POLLER_OLDEST = _max("poller_oldest_seconds", "Age of the last observation of the mailbox that waits longest.")
POLLER_LATE = _max("poller_late_seconds", "By how much the next poll is overdue.")
POLLER_STOPPED = _max("poller_stopped", "1 while no mailbox is polled, by reason.", "reason")
MAILBOXES = _max("mailboxes", "Mailboxes by where they stand in their lives.", "phase")
LIFECYCLE_STEPS = _counter("lifecycle_steps", "Steps taken on mailboxes, by way and result.", "act", "way", "result")
LIFECYCLE_WAITING = _max("lifecycle_waiting", "Steps that are due and wait, by reason.", "reason")
LIFECYCLE_CLOCK = _max("lifecycle_clock_off_seconds", "By how much the clock of the judging node is wrong.")
DENY_FILE_STALE = _max("deny_file_stale", "1 while a node's deny file does not say what the directory says.")
LIFECYCLE_AGE = _max("lifecycle_pass_age_seconds", "Time since all mailboxes were last judged.")
LOG_DROPS = _counter("log_drops", "Log lines dropped because the log's reader was too slow.")


class SpoolFigures(Protocol):
    """What a spool pool shows: bytes, bytes, messages."""

    @property
    def memory_used(self) -> int: ...
    @property
    def disk_used(self) -> int: ...
    @property
    def open_spools(self) -> int: ...


class JournalFigures(Protocol):
    """What a journal shows: seconds, then counts (`written` and `failed` since it was made)."""

    @property
    def lag_seconds(self) -> float: ...
    @property
    def queued(self) -> int: ...
    @property
    def written(self) -> int: ...
    @property
    def failed(self) -> int: ...


class PoolFigures(Protocol):
    """What a pool of inspection processes shows; `died` since it was made."""

    @property
    def running(self) -> int: ...
    @property
    def busy(self) -> int: ...
    @property
    def waiting(self) -> int: ...
    @property
    def died(self) -> int: ...


class _Tally:
    """A counter with one bounded label: plain integers until `flush`."""

    __slots__ = ("children", "counts")

    def __init__(self, metric: Counter, labels: Sequence[str], values: Sequence[str]) -> None:
        self.children = {value: metric.labels(*labels, value) for value in values}
        self.counts = dict.fromkeys(values, 0)

    def add(self, value: str) -> None:
        """Count one; a word that is not known counts as `other`."""
        counts = self.counts
        counts[value if value in counts else "other"] += 1

    def flush(self) -> None:
        for value, count in self.counts.items():
            if count:
                self.children[value].inc(count)
                self.counts[value] = 0


_UNSORTED = 8192  # observations, beyond which they do not wait for the second to end


class _Timing:
    """A histogram's child, and what was observed since `flush`: `seen` may be appended to, in seconds."""

    __slots__ = ("child", "seen")

    def __init__(self, child: Histogram) -> None:
        self.child = child
        self.seen: list[float] = []

    def observe(self, seconds: float) -> None:
        self.seen.append(seconds)
        if len(self.seen) >= _UNSORTED:  # whoever is no worker may have nobody that comes every second
            self.flush()

    def flush(self) -> None:
        if not self.seen:
            return
        seen, self.seen = sorted(self.seen), []
        self.child._sum.inc(sum(seen))
        # prometheus_client has no call to add many observations at once; tests hold these two attributes in place.
        below = 0
        for bucket, bound in zip(self.child._buckets, _BOUNDS, strict=True):
            upto = bisect_right(seen, bound, below)
            if upto > below:
                bucket.inc(upto - below)
                below = upto


class _RuleTally:
    """A counter by rule whose labels appear as rules first find something, at most MAX_RULES of them."""

    __slots__ = ("counts", "labels", "metric")

    def __init__(self, metric: Counter, listener: str) -> None:
        self.metric, self.labels = metric, listener
        self.counts: dict[str, int] = {}

    def add(self, rule: str) -> None:
        counts = self.counts
        if rule not in counts and len(counts) >= MAX_RULES:
            rule = "other"
        counts[rule] = counts.get(rule, 0) + 1

    def flush(self) -> None:
        for rule, count in self.counts.items():
            if count:
                self.metric.labels(self.labels, rule).inc(count)
                self.counts[rule] = 0


class ListenerMetrics:
    """A listener's counts. `ListenerMetrics(name)` gives the one object of that name, so a reload goes on counting."""

    __slots__ = (
        "_bytes",
        "_connections",
        "_connections_opened",
        "_errors",
        "_observed",
        "_refusals",
        "_rules",
        "_stages",
        "_verdicts",
        "bytes",
        "open_now",
        "opened",
    )
    _known: ClassVar[dict[str, ListenerMetrics]] = {}

    def __new__(cls, name: str) -> Self:
        """The object of this name, made at its first use."""
        if name not in cls._known:
            cls._known[name] = made = super().__new__(cls)
            made._bind(name)
        return cls._known[name]  # type: ignore[return-value]

    def _bind(self, name: str) -> None:
        self._verdicts = _Tally(MESSAGES, (name,), VERDICTS)
        self._refusals = _Tally(CONNECTION_REFUSALS, (name,), REFUSALS)
        self._errors = _Tally(PROTOCOL_ERRORS, (name,), ERRORS)
        self._rules = _RuleTally(RULE_REFUSALS, name)
        self._observed = _RuleTally(OBSERVED, name)
        self._stages = tuple(_Timing(STAGE_SECONDS.labels(name, stage)) for stage in STAGES)
        self._bytes, self._connections = BYTES.labels(name), CONNECTIONS.labels(name)
        self._connections_opened = CONNECTIONS_OPENED.labels(name)
        self.bytes = self.opened = self.open_now = 0

    def message(
        self,
        verdict: MessageVerdict,
        size: int,
        receive: float = -1.0,
        check: float = -1.0,
        journal: float = -1.0,
        upstream: float = -1.0,
    ) -> None:
        """Count one message: its content in bytes and the seconds of each stage; a negative time means not reached."""
        self._verdicts.counts[verdict] += 1
        self.bytes += size
        stages = self._stages
        if receive >= 0.0:
            stages[0].seen.append(receive)
            stages[1].seen.append(check)
        if journal >= 0.0:
            stages[2].seen.append(journal)
        if upstream >= 0.0:
            stages[3].seen.append(upstream)

    def refused(self, rule: str) -> None:
        """An enforced rule refused a message or a recipient."""
        self._rules.add(rule)

    def observed(self, rule: str) -> None:
        """An observed rule found something; the mail passed."""
        self._observed.add(rule)

    def connected(self) -> None:
        """A client connection was accepted; `disconnected` must follow once."""
        self.opened += 1
        self.open_now += 1

    def disconnected(self) -> None:
        """A client connection ended."""
        self.open_now -= 1

    def refused_connection(self, reason: ConnectionRefusal) -> None:
        """A client was turned away before its first command."""
        self._refusals.add(reason)

    def protocol_error(self, kind: ProtocolErrorKind) -> None:
        """A client broke the protocol or a limit."""
        self._errors.add(kind)

    def flush(self) -> None:
        """Carry the counts over to prometheus_client."""
        for tally in (self._verdicts, self._refusals, self._errors):
            tally.flush()
        self._rules.flush()
        self._observed.flush()
        for timing in self._stages:
            timing.flush()
        self._bytes.inc(self.bytes)
        self._connections_opened.inc(self.opened)
        self.bytes = self.opened = 0
        self._connections.set(self.open_now)


class UpstreamMetrics:
    """A next hop's counts. `UpstreamMetrics(name)` gives the one object of that name."""

    __slots__ = ("_connections", "_results", "_seconds", "_up", "connections", "up")
    _known: ClassVar[dict[str, UpstreamMetrics]] = {}

    def __new__(cls, name: str) -> Self:
        """The object of this name, made at its first use."""
        if name not in cls._known:
            cls._known[name] = made = super().__new__(cls)
            made._bind(name)
        return cls._known[name]  # type: ignore[return-value]

    def _bind(self, name: str) -> None:
        self._results = _Tally(UPSTREAM_RESULTS, (name,), RESULTS)
        self._seconds = _Timing(UPSTREAM_SECONDS.labels(name))
        self._up, self._connections = UPSTREAM_UP.labels(name), UPSTREAM_CONNECTIONS.labels(name)
        self.connections = 0
        self.up = False

    def replied(self, code: int, seconds: float) -> None:
        """The final reply to a message, `seconds` after it was handed over."""
        self._results.counts["2xx" if code < 400 else "4xx" if code < 500 else "5xx"] += 1
        self._seconds.observe(seconds)

    def failed(self, kind: UpstreamFailure) -> None:
        """No reply could be had."""
        self._results.counts[kind] += 1

    def flush(self) -> None:
        """Carry the counts over; `up` and `connections` are plain attributes that their owner sets."""
        self._results.flush()
        self._seconds.flush()
        self._up.set(self.up)
        self._connections.set(self.connections)


class ScannerMetrics:
    """The malware scanner's counts. `ScannerMetrics()` gives the one object; it is shown once it was made."""

    __slots__ = ("_results", "_seconds", "up")
    _results: _Tally
    _seconds: _Timing
    up: bool
    _made: ClassVar[ScannerMetrics | None] = None

    def __new__(cls) -> Self:
        """The object, made at its first use."""
        if cls._made is None:
            cls._made = made = super().__new__(cls)
            made._results, made._seconds = _Tally(SCANNER_RESULTS, (), SCANS), _Timing(SCANNER_SECONDS)
            made.up = False
            _samplers["scanner"] = made.flush
        return cls._made  # type: ignore[return-value]

    def scanned(self, result: ScanResult, seconds: float) -> None:
        """One message or one hidden content went through, or did not."""
        self._results.add(result)
        self._seconds.observe(seconds)

    def flush(self) -> None:
        """Carry the counts over; `up` is a plain attribute that its owner sets."""
        self._results.flush()
        self._seconds.flush()
        SCANNER_UP.set(self.up)


class AuthenticationMetrics:
    """The counts of checks of senders. `AuthenticationMetrics()` gives the one object."""

    __slots__ = ("_results", "_seconds")
    _results: dict[str, _Tally]
    _seconds: _Timing
    _made: ClassVar[AuthenticationMetrics | None] = None

    def __new__(cls) -> Self:
        """The object, made at its first use."""
        if cls._made is None:
            cls._made = made = super().__new__(cls)
            made._results = {method: _Tally(AUTHENTICATION, (method,), CHECKS) for method in METHODS}
            made._seconds = _Timing(AUTHENTICATION_SECONDS)
            _samplers["authentication"] = made.flush
        return cls._made  # type: ignore[return-value]

    def checked(self, method: str, result: str) -> None:
        """One check ended."""
        self._results[method].add(result)

    def took(self, seconds: float) -> None:
        """All checks of one message together."""
        self._seconds.observe(seconds)

    def flush(self) -> None:
        """Carry the counts over."""
        for tally in self._results.values():
            tally.flush()
        self._seconds.flush()


class LimitMetrics:
    """The counts of limits. `LimitMetrics()` gives the one object."""

    __slots__ = ("_results", "_scopes", "_seconds", "up")
    _results: _Tally
    _scopes: _Tally
    _seconds: _Timing
    up: bool
    _made: ClassVar[LimitMetrics | None] = None

    def __new__(cls) -> Self:
        """The object, made at its first use."""
        if cls._made is None:
            cls._made = made = super().__new__(cls)
            made._results = _Tally(LIMITS_RESERVATIONS, (), RESERVATIONS)
            made._scopes = _Tally(LIMITS_EXCEEDED, (), SCOPES)
            made._seconds, made.up = _Timing(LIMITS_SECONDS), True
            _samplers["limits"] = made.flush
        return cls._made  # type: ignore[return-value]

    def reserved(self, result: str, seconds: float) -> None:
        """The store answered, or did not (`RESERVATIONS`)."""
        self._results.add(result)
        self._seconds.observe(seconds)
        self.up = result != "failed"

    def exceeded(self, scope: str) -> None:
        """One account's limit left no room."""
        self._scopes.add(scope)

    def flush(self) -> None:
        """Carry the counts over."""
        self._results.flush()
        self._scopes.flush()
        self._seconds.flush()
        LIMITS_UP.set(self.up)


class PollerFigures(Protocol):
    """What is shown of the poller: `gateway.imap.sweep.Figures`."""

    @property
    def mailboxes(self) -> int:
        """How many are polled."""

    @property
    def oldest(self) -> float:
        """Age of the oldest last observation, in seconds."""

    @property
    def late(self) -> float:
        """By how much the next poll is overdue, in seconds."""

    @property
    def stopped(self) -> str:
        """Why nothing is asked (`POLLED`), "" where it goes on."""


class UseMetrics:
    """The counts of mailboxes' use and lives. `UseMetrics()` gives the one object; it is shown once it was made.

    `figures`: the poller's now; `age`: seconds since all mailboxes were judged. `phases` (`PHASES`) and `waiting`
    (`WAITS`): as the last pass found them, empty where another gateway does it. `stale`: the deny file cannot be kept.
    `clock_off`: seconds by which our clock is wrong, so that nothing is done; else 0.
    """

    __slots__ = ("_results", "_seconds", "_steps", "age", "clock_off", "figures", "phases", "stale", "waiting")
    _results: _Tally
    _seconds: _Timing
    _steps: dict[tuple[str, str], _Tally]
    figures: Callable[[], PollerFigures | None]
    age: Callable[[], float]
    clock_off: float
    phases: Mapping[str, int]
    stale: Callable[[], bool]
    waiting: Mapping[str, int]
    _made: ClassVar[UseMetrics | None] = None

    def __new__(cls) -> Self:
        """The object, made at its first use."""
        if cls._made is None:
            cls._made = made = super().__new__(cls)
            made._results, made._seconds = _Tally(POLLS, (), POLLED), _Timing(POLL_SECONDS)
            made._steps = {(act, way): _Tally(LIFECYCLE_STEPS, (act, way), DEEDS) for act in ACTS for way in WAYS}
            made.figures, made.age = (lambda: None), (lambda: 0.0)
            made.phases, made.waiting, made.stale, made.clock_off = {}, {}, (lambda: False), 0.0
            _samplers["use"] = made.flush
        return cls._made  # type: ignore[return-value]

    def polled(self, result: str, seconds: float) -> None:
        """One mailbox was polled: "ok", or why not (`POLLED`)."""
        self._results.add(result)
        self._seconds.observe(seconds)

    def stepped(self, act: str, way: str, result: str) -> None:
        """A step was done in one way, or was not (`ACTS`, `WAYS`, `DEEDS`)."""
        tally = self._steps.get((act, way))
        if tally is not None:
            tally.add(result)

    def flush(self) -> None:
        """Carry everything over."""
        self._results.flush()
        self._seconds.flush()
        for tally in self._steps.values():
            tally.flush()
        found = self.figures()
        POLLER_MAILBOXES.set(found.mailboxes if found else 0)
        POLLER_OLDEST.set(found.oldest if found else 0.0)
        POLLER_LATE.set(found.late if found else 0.0)
        for reason in POLLED[1:]:
            POLLER_STOPPED.labels(reason).set(found is not None and found.stopped == reason)
        for phase in PHASES:
            MAILBOXES.labels(phase).set(self.phases.get(phase, 0))
        for reason in WAITS:
            LIFECYCLE_WAITING.labels(reason).set(self.waiting.get(reason, 0))
        LIFECYCLE_AGE.set(self.age())
        LIFECYCLE_CLOCK.set(self.clock_off)
        DENY_FILE_STALE.set(self.stale())


class InspectionMetrics:
    """The counts of looks into messages' files. `InspectionMetrics()` gives the one object."""

    __slots__ = ("_results", "_seconds")
    _results: _Tally
    _seconds: _Timing
    _made: ClassVar[InspectionMetrics | None] = None

    def __new__(cls) -> Self:
        """The object, made at its first use."""
        if cls._made is None:
            cls._made = made = super().__new__(cls)
            made._results, made._seconds = _Tally(INSPECTIONS, (), LOOKS), _Timing(INSPECTION_SECONDS)
            _samplers["inspections"] = made.flush
        return cls._made  # type: ignore[return-value]

    def looked(self, result: str, seconds: float) -> None:
        """One message: `done`, or why it was not done to its end (`LOOKS`)."""
        self._results.add(result)
        self._seconds.observe(seconds)

    def flush(self) -> None:
        """Carry the counts over."""
        self._results.flush()
        self._seconds.flush()


_samplers: dict[str, Callable[[], None]] = {}


def watch_spool(pool: SpoolFigures) -> None:
    """Show this pool's figures from now on, read at each flush."""

    def sample() -> None:
        SPOOL_MEMORY.set(pool.memory_used)
        SPOOL_DISK.set(pool.disk_used)
        SPOOL_OPEN.set(pool.open_spools)

    _samplers["spool"] = sample


def watch_journal(journal: JournalFigures) -> None:
    """Show this journal's figures from now on, read at each flush."""
    written = counted(JOURNAL_WRITTEN)
    failed = counted(JOURNAL_FAILED)

    def sample() -> None:
        JOURNAL_LAG.set(journal.lag_seconds)
        JOURNAL_QUEUED.set(journal.queued)
        written(journal.written)
        failed(journal.failed)

    _samplers["journal"] = sample


def watch_inspection(pool: PoolFigures) -> None:
    """Show this pool's figures from now on, read at each flush."""
    died = counted(INSPECTION_DEATHS)
    idle, busy = (INSPECTION_CHILDREN.labels(state) for state in ("idle", "busy"))

    def sample() -> None:
        idle.set(pool.running - pool.busy)
        busy.set(pool.busy)
        INSPECTION_WAITING.set(pool.waiting)
        died(pool.died)

    _samplers["inspection"] = sample


def watch_directory(size: Callable[[], int], age: Callable[[], float], drops: Callable[[], int]) -> None:
    """Show how many mailboxes the directory in force has and how old it may be (seconds), read at each flush.

    `drops`: requests that could not be kept, a growing total.
    """
    dropped = counted(REQUEST_DROPS)

    def sample() -> None:
        dropped(drops())
        DIRECTORY_MAILBOXES.set(size())
        DIRECTORY_AGE.set(age())

    _samplers["directory"] = sample


def watch_answers(noted: Callable[[], int], drops: Callable[[], int]) -> None:
    """Show what is kept of times to answer: growing totals, read at each flush."""
    count, dropped = counted(ANSWERS_NOTED), counted(ANSWERS_DROPS)

    def sample() -> None:
        count(noted())
        dropped(drops())

    _samplers["answers"] = sample


def watch_refusal_notices(given: Mapping[str, Callable[[], int]]) -> None:
    """Show what became of letters about refusals: growing totals by outcome, read at each flush."""
    totals = [(counted(REFUSAL_NOTICES.labels(name)), total) for name, total in given.items()]

    def sample() -> None:
        for count, total in totals:
            count(total())

    _samplers["refusal notices"] = sample


class CopyMetrics:
    """Copies for the archive. `CopyMetrics()` gives the one object; it is shown once it was made."""

    __slots__ = ("_results",)
    _results: _Tally
    _made: ClassVar[CopyMetrics | None] = None

    def __new__(cls) -> Self:
        """The object, made at its first use."""
        if cls._made is None:
            cls._made = made = super().__new__(cls)
            made._results = _Tally(COPIES, (), ("done", "failed"))
            _samplers["copies"] = made._results.flush
        return cls._made  # type: ignore[return-value]

    def made(self, *, done: bool) -> None:
        """A copy was made, or was not."""
        self._results.add("done" if done else "failed")


class ReportMetrics:
    """Reports that were due. `ReportMetrics()` gives the one object; it is shown once it was made."""

    __slots__ = ("_results",)
    _results: _Tally
    _made: ClassVar[ReportMetrics | None] = None

    def __new__(cls) -> Self:
        """The object, made at its first use."""
        if cls._made is None:
            cls._made = made = super().__new__(cls)
            made._results = _Tally(REPORTS, (), ("done", "failed"))
            _samplers["reports"] = made._results.flush
        return cls._made  # type: ignore[return-value]

    def made(self, *, done: bool) -> None:
        """All that was due is in the outbox, or some of it is not."""
        self._results.add("done" if done else "failed")


class OrderMetrics:
    """What people ordered of the rules. `OrderMetrics()` gives the one object; it is shown once it was made.

    `begun`: when each order in force was given, by what it does (`ORDERED`); `next_end`: when the next one ends by
    itself, None: none does. Seconds since the epoch.
    """

    __slots__ = ("begun", "clock", "next_end")
    begun: Mapping[str, Sequence[float]]
    next_end: float | None
    clock: Callable[[], float]
    _made: ClassVar[OrderMetrics | None] = None

    def __new__(cls) -> Self:
        """The object, made at its first use."""
        if cls._made is None:
            cls._made = made = super().__new__(cls)
            made.begun, made.next_end, made.clock = {}, None, time.time
            _samplers["orders"] = made.flush
        return cls._made  # type: ignore[return-value]

    def flush(self) -> None:
        """Carry everything over."""
        now = self.clock()
        for what in ORDERED:
            begun = self.begun.get(what, ())
            ORDERS.labels(what).set(len(begun))
            ORDERS_OLDEST.labels(what).set(max(0.0, now - min(begun, default=now)))
        ORDERS_NEXT_END.set(0.0 if self.next_end is None else max(0.0, self.next_end - now))


class RetentionMetrics:
    """What retention did. `RetentionMetrics()` gives the one object; it is shown once it was made.

    `age`: seconds since all that was over lost its content, or since that is asked for; 0 where it is not.
    """

    __slots__ = ("_looks", "_rows", "_shown", "age")
    _looks: _Tally
    _rows: int
    _shown: int
    age: Callable[[], float]
    _made: ClassVar[RetentionMetrics | None] = None

    def __new__(cls) -> Self:
        """The object, made at its first use."""
        if cls._made is None:
            cls._made = made = super().__new__(cls)
            made._looks, made._rows, made._shown = _Tally(RETENTION_LOOKS, (), ("done", "failed")), 0, 0
            made.age = lambda: 0.0
            _samplers["retention"] = made.flush
        return cls._made  # type: ignore[return-value]

    def looked(self, *, done: bool) -> None:
        """One look for what is over ended, or failed."""
        self._looks.add("done" if done else "failed")

    def took(self, rows: int) -> None:
        """So many rows more lost their content. From one thread, which need not be the event loop's."""
        self._rows += rows

    def flush(self) -> None:
        """Carry everything over."""
        self._looks.flush()
        rows = self._rows
        RETENTION_ROWS.inc(rows - self._shown)
        self._shown = rows
        RETENTION_AGE.set(self.age())


class SpamFilterMetrics:
    """The spam filter's counts. `SpamFilterMetrics()` gives the one object; it is shown once it was made."""

    __slots__ = ("_results", "_seconds", "up")
    _results: _Tally
    _seconds: _Timing
    up: bool
    _made: ClassVar[SpamFilterMetrics | None] = None

    def __new__(cls) -> Self:
        """The object, made at its first use."""
        if cls._made is None:
            cls._made = made = super().__new__(cls)
            made._results, made._seconds = _Tally(SPAM_FILTER_RESULTS, (), FILTERINGS), _Timing(SPAM_FILTER_SECONDS)
            made.up = False
            _samplers["spam filter"] = made.flush
        return cls._made  # type: ignore[return-value]

    def answered(self, action: str, seconds: float) -> None:
        """It said what it would do, or (`action` is why it said nothing) it did not."""
        self._results.add(_ACTIONS.get(action, action))
        self._seconds.observe(seconds)

    def flush(self) -> None:
        """Carry the counts over; `up` is a plain attribute that its owner sets."""
        self._results.flush()
        self._seconds.flush()
        SPAM_FILTER_UP.set(self.up)


def watch_limits(waiting: Callable[[], int], lost: Callable[[], int]) -> None:
    """Show how many ended transactions wait to be settled, and how many never were, read at each flush."""
    given_up = counted(LIMITS_LOST)

    def sample() -> None:
        LIMITS_UNSETTLED.set(waiting())
        given_up(lost())

    _samplers["unsettled"] = sample


def watch_senders(standing: Callable[[str], int], drops: Callable[[], int]) -> None:
    """Show how many senders stand how (`STANDINGS`), and how many deeds were dropped, read at each flush."""
    dropped = counted(CONDUCT_DROPPED)

    def sample() -> None:
        dropped(drops())
        for name in STANDINGS:
            SENDERS_STANDING.labels(name).set(standing(name))

    _samplers["senders"] = sample


def watch_sources(counts: Callable[[], Mapping[tuple[str, str], int]], ages: Callable[[], Mapping[str, float]]) -> None:
    """Show what sources told, by source and result (growing totals), and how old each one's word is (seconds).

    Read at each flush. A source that is there no more shows 0 seconds.
    """
    counters: dict[tuple[str, str], Callable[[int], None]] = {}
    shown: set[str] = set()

    def sample() -> None:
        for labels, total in counts().items():
            if labels not in counters:
                counters[labels] = counted(SOURCES.labels(*labels))
            counters[labels](total)
        now = ages()
        for source in shown | now.keys():
            SOURCES_AGE.labels(source).set(now.get(source, 0.0))
        shown.update(now)

    _samplers["sources"] = sample


def watch_log(drops: Callable[[], int]) -> None:
    """Show how many log lines were dropped since the process began, read at each flush."""
    counter = counted(LOG_DROPS)
    _samplers["log"] = lambda: counter(drops())


def counted(counter: Counter) -> Callable[[int], None]:
    """A function that takes a growing total and counts what was added since its last call."""
    last = 0

    def update(total: int) -> None:
        nonlocal last
        counter.inc(max(total - last, 0))
        last = total

    return update


def flush() -> None:
    """Carry everything over to prometheus_client: once a second and at exit, in the event loop's thread."""
    for listener in ListenerMetrics._known.values():
        listener.flush()
    for upstream in UpstreamMetrics._known.values():
        upstream.flush()
    for sample in _samplers.values():
        sample()


def prepare(folder: Path, worker: str) -> None:
    """Make and allocate a worker's metric files. OSError when the disk is full.

    The files are memory-mapped: without their blocks a full disk would end a worker with SIGBUS in mid-count.
    """
    for kind in FILE_KINDS:
        with (folder / f"{kind}_{worker}.db").open("ab") as file:
            os.posix_fallocate(file.fileno(), 0, FILE_SIZE)
