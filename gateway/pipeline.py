"""From a received message to its verdict, its record and its reply. The order of things here is the product's promise.

- A rule's refusal is committed to the journal before its reply leaves; without a record the reply is 451.
- 250 is said only after the next hop has said it, and between the two there is no await, database or log.
- Trouble of ours is temporary, never a refusal and never a pass.

Knows no sockets: the session hands in a transaction with the next hop and a function that tells the client.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway import replies
from gateway.charging import Account, ListenerTariff
from gateway.contents import NOTHING
from gateway.errors import JournalError, UpstreamDown, UpstreamError, UpstreamUnsure
from gateway.journal.decision import Decision, new_reference
from gateway.logs import get_logger
from gateway.looks import Looks
from gateway.message.result import ScannedMessage, SpooledMessage
from gateway.metrics import ListenerMetrics, MessageVerdict, UpstreamFailure, UpstreamMetrics
from gateway.model import Action, Envelope, Finding, Message, Mode, Recipient, Reply, Stage, Verdict
from gateway.proving import NOT_ASKED, Origins, Proved
from gateway.rates import NO_RATES
from gateway.recording import decision_of, summarise
from gateway.repeats import Repeats
from gateway.rules.bounces import is_report
from gateway.rules.crash import TempfailWatch
from gateway.rules.policy import ListenerPolicy
from gateway.rules.reply_text import with_reference
from gateway.trace import (
    MARK,
    OURS,
    Mark,
    PassMarks,
    hides_ours,
    only_trace_above,
    received,
    tag_field,
    tags_digest,
    until_empty,
)
from gateway.upstream.base import Content, Transaction

MAX_RECEIVED = 50  # RFC 5321 6.3: a loop has more; ordinary mail has far fewer
ACCEPTED = Verdict(Action.ACCEPT)
_BEHIND = 256 * 1024  # bytes behind a line that is no field in which others may still see a header
_OURS = ("crash", "undecided")  # evidence that trouble of ours, not the sender's, kept a rule from judging
_FAILURES: dict[UpstreamFailure, type[UpstreamError]] = {
    "down": UpstreamDown,
    "unsure": UpstreamUnsure,
    "broken": UpstreamError,
}
_FAILURE_REPLIES: dict[UpstreamFailure, Reply] = {
    "down": replies.UPSTREAM_DOWN,
    "unsure": replies.UPSTREAM_UNSURE,
    "broken": replies.UPSTREAM_BROKEN,
}
_log = get_logger("congthu.pipeline")


class Record(Protocol):
    """The journal, as the pipeline uses it."""

    def room(self) -> bool:
        """Whether a decision can be taken now."""

    def append(self, decision: Decision) -> None:
        """Take a decision; it is durable soon."""

    async def commit(self, decision: Decision) -> None:
        """Take a decision; durable on return. JournalError otherwise."""


@dataclass(slots=True)
class Arrival:
    """A whole message as the session hands it over. Times are of time.monotonic, in seconds."""

    envelope: Envelope
    message: ScannedMessage
    content: SpooledMessage
    transaction: Transaction
    reference: str
    started: float
    received: float
    tell: Callable[[Reply], bool]  # writes the reply to the client; False when the client is gone
    gone: Callable[[], bool]  # whether the client is gone already
    account: Account | None = None  # whom it is counted to
    concluded: bool = False  # it has its record and its reply
    told: bool = True  # the client heard what became of it


class Pipeline:
    """Decides, records and delivers for one listener. Used by many sessions at once, from one event loop."""

    def __init__(
        self,
        *,
        hostname: str,
        listener: str,
        upstream: str,
        policy: ListenerPolicy,
        journal: Record,
        metrics: ListenerMetrics,
        marks: PassMarks,
        add_mark: bool,
        tempfails: TempfailWatch,
        contact: str = "",
        looks: Looks | None = None,
        origins: Origins | None = None,
        on_accepted: Callable[[Decision], None] | None = None,
        tariff: ListenerTariff | None = None,
    ) -> None:
        self.hostname = hostname
        self.listener = listener
        self.upstream = upstream
        self._upstream_metrics = UpstreamMetrics(upstream)
        self.policy = policy
        self.check = policy.check  # for the stages before MESSAGE
        self.journal = journal
        self.metrics = metrics
        self.marks = marks
        self.add_mark = add_mark
        self.tempfails = tempfails
        self.contact = contact
        self.looks = looks
        self.origins = origins
        self.tariff = tariff
        self._repeats = Repeats()
        self.on_accepted = on_accepted  # hears of mail that was delivered and about which a rule had something to say

    # Before the message

    @property
    def ready(self) -> bool:
        """Whether mail can be judged: not before the directory was read once."""
        return self.origins is None or self.origins.ready

    def account(self, envelope: Envelope) -> Account | None:
        """Whom a transaction that begins is counted to; None where nothing is."""
        return None if self.tariff is None else self.tariff.account(envelope)

    def login_failed(self, login: str, client: str) -> None:
        """Somebody gave a wrong password for this login."""
        if self.tariff is not None:
            self.tariff.login_failed(login, client)

    async def refuse(
        self,
        stage: Stage,
        envelope: Envelope,
        verdict: Verdict,
        recipient: Recipient | None = None,
    ) -> Reply:
        """Record what a stage before MESSAGE found; return the reply that may now be uttered.

        A sender that is stopped goes on trying: what it is told again within a minute refers to the first record.
        """
        known = self._repeats.find(verdict)
        if known:
            return self._again(verdict, known)
        decision = decision_of(envelope, new_reference(), stage, verdict)
        if recipient is not None:
            decision.recipients = [recipient.address.text]
        self._watch(verdict, envelope)
        reply = await self._commit(verdict, decision)
        if reply is not replies.NO_RECORD:
            self._repeats.keep(verdict, decision.reference)
        return reply

    def _again(self, verdict: Verdict, reference: str) -> Reply:
        """What a stopped sender is told again."""
        assert verdict.reply is not None
        self._count(verdict.findings)
        return with_reference(verdict.reply, reference, self.contact)

    def _watch(self, verdict: Verdict, envelope: Envelope, message: Message | None = None) -> None:
        """Count messages that our own trouble turns away, so that somebody looks before their senders give up."""
        for finding in verdict.findings if verdict.action is Action.TEMPFAIL else ():
            if finding.rule == "unscannable" or not finding.evidence.keys().isdisjoint(_OURS):
                self.tempfails.note(finding, envelope, message)

    # The message

    async def conclude(self, arrival: Arrival) -> Reply:
        """Judge, record, deliver and tell the client. Returns what the client was told."""
        skip, judged = await self._ours_of(arrival) if arrival.message.has_field_like(OURS) else ((), False)
        if not judged and self.origins is not None:
            skip = await self.origins.with_forged(arrival.message, skip)
        if skip and not arrival.message.header_whole:
            # Where the forged field ends is not known, and what is delivered must be what was judged.
            return self._tell_only(arrival, replies.HEADER_TOO_LARGE)
        if await self._hides_ours(arrival):
            return self._tell_only(arrival, replies.HIDDEN_FIELD)
        if arrival.message.count("received") > MAX_RECEIVED:
            return self._tell_only(arrival, replies.LOOP)
        if judged or self.origins is None:
            proved = NOT_ASKED
        else:
            proved = await self.origins.prove(arrival.envelope, arrival.message, arrival.content)
        if not proved.keys:
            return await self._settle(arrival, proved, skip, judged=judged)
        reply: Reply | None = None
        try:
            reply = await self._settle(arrival, proved, skip, judged=judged)
            arrival.concluded = True
        finally:
            await self._remember(arrival, proved, delivered=reply is not None and reply.action is Action.ACCEPT)
        return reply

    async def _hides_ours(self, arrival: Arrival) -> bool:
        """Whether a field of ours stands in a header that others read further than we do: it could not be taken out."""
        content, end = arrival.content, len(arrival.message.header_block)
        if end == content.size or (end and content.read(end, 2) == b"\r\n"):
            return False  # it ends where everybody says so
        return await asyncio.to_thread(self._speaks_for_us, content, end)

    def _speaks_for_us(self, content: SpooledMessage, start: int) -> bool:
        """The same of what stands from `start` on. In a thread: a stranger may make reading it long."""
        behind = content.read(start, _BEHIND)
        return hides_ours(behind) or (self.origins is not None and self.origins.hides_results(until_empty(behind)))

    async def _remember(self, arrival: Arrival, proved: Proved, *, delivered: bool) -> None:
        """Tell the memory of signatures. The client has its answer by now: what fails here does not change it.

        One that was not told sends again: its claim is left to run out, so that it hears 451 meanwhile, and no refusal
        of a request that the office has.
        """
        assert self.origins is not None
        if delivered and not arrival.told:
            return
        try:
            await self.origins.settle(proved, delivered=delivered)
        except Exception as error:
            _log.error(
                "signatures.unsettled",
                reference=arrival.reference,
                delivered=delivered,
                error=f"{type(error).__name__}: {error}"[:300],
            )

    async def _settle(
        self, arrival: Arrival, proved: Proved, skip: Sequence[tuple[int, int]], *, judged: bool
    ) -> Reply:
        """Judge, then refuse or deliver."""
        if judged and arrival.account is not None:
            arrival.account.waived = True
        verdict = ACCEPTED if judged else await self._judge(arrival, proved)
        checked = time.monotonic()
        if verdict.action is not Action.ACCEPT:
            return await self._refuse_message(arrival, verdict, checked)
        if not self.journal.room():
            return self._tell_only(arrival, replies.NO_RECORD)
        added = (
            b"" if self.origins is None else await self.origins.added(arrival.envelope, arrival.content, proved, skip)
        )
        if arrival.gone():
            return self._abandon(arrival)
        return await self._deliver(arrival, verdict, skip, added, checked)

    async def _judge(self, arrival: Arrival, proved: Proved) -> Verdict:
        message, envelope, inspection = arrival.message, arrival.envelope, NOTHING
        account, rates = arrival.account, NO_RATES
        if account is not None:
            rates = await account.weigh(message, _author(envelope, message, proved))
        if self.looks is not None:
            request = self.origins is not None and self.origins.reaches_channel(envelope)
            inspection = await self.looks.look(
                arrival.content,
                message,
                _on_behalf_of(envelope),
                request=request,
                envelope=envelope,
                reference=arrival.reference,
            )
        verdict = self.check(
            Stage.MESSAGE, envelope, message=message, inspection=inspection, who=proved.sender, rates=rates
        )
        if account is not None:
            account.saw(message, verdict)
        return verdict

    async def _refuse_message(self, arrival: Arrival, verdict: Verdict, checked: float) -> Reply:
        arrival.transaction.abort()
        decision = decision_of(arrival.envelope, arrival.reference, Stage.MESSAGE, verdict, arrival.message)
        decision.seconds = time.monotonic() - arrival.started
        self._watch(verdict, arrival.envelope, arrival.message)
        if known := self._repeats.find(verdict):
            reply = self._again(verdict, known)
        else:
            reply = await self._commit(verdict, decision)
            if reply is not replies.NO_RECORD:
                self._repeats.keep(verdict, decision.reference)
        arrival.tell(reply)
        outcome: MessageVerdict = "reject" if reply.action is Action.REJECT else "tempfail"
        now = time.monotonic()
        self.metrics.message(
            outcome, arrival.message.size, arrival.received - arrival.started, checked - arrival.received, now - checked
        )
        return reply

    async def _commit(self, verdict: Verdict, decision: Decision) -> Reply:
        assert verdict.reply is not None
        reply = with_reference(verdict.reply, decision.reference, self.contact)
        decision.reply = reply.line
        try:
            await self.journal.commit(decision)
        except JournalError as error:
            _log.error("journal.unavailable", reference=decision.reference, error=str(error))
            return replies.NO_RECORD
        self._count(verdict.findings)
        summarise(decision)
        return reply

    def _count(self, findings: Sequence[Finding]) -> None:
        for finding in findings:
            if finding.mode is Mode.ENFORCE:
                self.metrics.refused(finding.rule)
            elif finding.action is not Action.ACCEPT:  # a warning would be none in any mode
                self.metrics.observed(finding.rule)

    def _tell_only(self, arrival: Arrival, reply: Reply) -> Reply:
        """A reply that is no rule's: counted and logged, not a row."""
        arrival.transaction.abort()
        arrival.tell(reply)
        self.metrics.message("reject" if reply.action is Action.REJECT else "tempfail", arrival.message.size)
        envelope = arrival.envelope
        _log.warning(
            "message.refused",
            session=envelope.session.id,
            client=envelope.session.client_address,
            sender=envelope.reverse_path.text,
            size=arrival.message.size,
            reply=reply.line,
        )
        return reply

    def failed(self, arrival: Arrival, reply: Reply, digest: str, outcome: str) -> None:
        """Record that trouble of ours, or the lack of time, ended a message that was already here. Never raises."""
        if arrival.concluded:
            return  # what ended is only what came after it
        verdict = Verdict(Action.TEMPFAIL, reply)
        decision = decision_of(arrival.envelope, arrival.reference, Stage.MESSAGE, verdict, arrival.message)
        decision.reply, decision.error_digest, decision.outcome = reply.line, digest, outcome
        decision.upstream, decision.seconds = self.upstream, time.monotonic() - arrival.started
        with contextlib.suppress(JournalError):
            self.journal.append(decision)
        self.metrics.message("tempfail", arrival.message.size)
        summarise(decision)

    def _abandon(self, arrival: Arrival) -> Reply:
        """The client left before it was told anything: it keeps the message, so nobody else may have it."""
        arrival.transaction.abort()
        self.metrics.message("aborted", arrival.message.size)
        _log.info("message.abandoned", session=arrival.envelope.session.id, reference=arrival.reference)
        return replies.TROUBLE

    # Delivery

    async def _deliver(
        self, arrival: Arrival, verdict: Verdict, skip: Sequence[tuple[int, int]], added: bytes, checked: float
    ) -> Reply:
        answer: Reply | None = None
        perhaps = False
        try:
            prefix = self._prefix(arrival, verdict, added, marked=not skip)
            answer = reply = await arrival.transaction.send(prefix, arrival.content, skip=skip)
        except UpstreamError as error:
            reply = self.upstream_failed(arrival.envelope, error)
            perhaps = isinstance(error, UpstreamUnsure)
        except asyncio.CancelledError:
            if arrival.account is not None:
                arrival.account.delivered = True  # perhaps: nobody is to send more than the limit by being slow
            raise
        told = arrival.told = arrival.tell(reply)
        if arrival.account is not None:
            arrival.account.delivered = perhaps or reply.action is Action.ACCEPT
        # From here on the client knows, and nothing that follows may tell it anything else.
        try:
            self._after(arrival, verdict, reply, answer, told, checked, time.monotonic())
        except Exception:
            _log.exception("record.failed", reference=arrival.reference)
        return reply

    def _prefix(self, arrival: Arrival, verdict: Verdict, added: bytes, *, marked: bool) -> bytes:
        """What stands above the message: trace, what was proved, signatures, tags; the mark last, right above it."""
        now = time.time()
        trace = received(arrival.envelope, self.hostname, arrival.reference, now)
        tags = [finding.tag for finding in verdict.findings if finding.tag is not None]
        told = added + b"".join(tag_field(*tag) for tag in tags)
        if arrival.content.read(0, 1) in (b" ", b"\t"):
            return told + trace  # the first line goes on with the field above it: with none that anybody believes
        prefix = trace + told
        # What a rule has observed, another listener may enforce; what is no refusal in any mode, none will.
        if self.add_mark and marked and all(finding.action is Action.ACCEPT for finding in verdict.findings):
            prefix += self.marks.field(arrival.envelope, arrival.message.sha256, now, tags)
        return prefix

    def upstream_failed(self, envelope: Envelope, error: UpstreamError) -> Reply:
        """Count and log what the next hop did; return what the client is told."""
        kind = next(name for name, types in _FAILURES.items() if isinstance(error, types))
        self._upstream_metrics.failed(kind)
        _log.warning(
            "upstream.failed", session=envelope.session.id, upstream=self.upstream, kind=kind, error=str(error)
        )
        return _FAILURE_REPLIES[kind]

    def _after(
        self,
        arrival: Arrival,
        verdict: Verdict,
        reply: Reply,
        answer: Reply | None,
        told: bool,
        checked: float,
        now: float,
    ) -> None:
        action = reply.action
        decision = decision_of(arrival.envelope, arrival.reference, Stage.MESSAGE, verdict, arrival.message)
        decision.reply = reply.line
        decision.upstream_reply = decision.reply if answer is not None else ""
        decision.action = action.label
        decision.upstream = self.upstream
        decision.seconds = now - arrival.started
        if not told:
            decision.outcome = "delivered, client not told" if action is Action.ACCEPT else "not delivered, client gone"
        elif action is not Action.ACCEPT:
            decision.outcome = "upstream refused" if answer is not None else "upstream failed"
        try:
            self.journal.append(decision)
        except JournalError as error:
            _log.error("journal.lost", reference=arrival.reference, error=str(error))
        self._count(verdict.findings)
        if verdict.findings and action is Action.ACCEPT and self.on_accepted is not None:
            self.on_accepted(decision)
        metric: MessageVerdict = (
            "accept" if action is Action.ACCEPT else "upstream-reject" if action is Action.REJECT else "tempfail"
        )
        size = arrival.message.size
        self.metrics.message(
            metric, size, arrival.received - arrival.started, checked - arrival.received, -1.0, now - checked
        )
        summarise(decision)

    # Marks and tags of an earlier passage, or of a forger

    async def _ours_of(self, arrival: Arrival) -> tuple[Sequence[tuple[int, int]], bool]:
        """Byte ranges of fields to leave out, and whether a genuine mark spares the judgement.

        Left out are forged marks, and every tag: what is true of it will be said anew.
        """
        fields = [f for f in arrival.message.header_fields if f[0].startswith(OURS)]
        skip: list[tuple[int, int]] = []
        tags: list[tuple[bytes, bytes]] = []
        envelope, judged = arrival.envelope, False
        for name, value, start, end in fields:
            mark = self.marks.read(value, start, end) if name == MARK else None
            if mark is None or not envelope.session.trusted or not self.marks.genuine(mark, envelope):
                tags.append((name, value))
                skip.append((start, end))
            elif not judged and self._spares(mark, arrival, tags):
                judged = await _digest_after(arrival.content, mark) == mark.digest
                if judged:
                    skip.clear()  # what stands above is ours: the mark says so
        return skip, judged

    def _spares(self, mark: Mark, arrival: Arrival, tags: Sequence[tuple[bytes, bytes]]) -> bool:
        """Whether a genuine mark is for this envelope, and nothing above it changes how the message is read."""
        return (
            tags_digest(tags) == mark.tags
            and self.marks.covers(mark, arrival.envelope, time.time())
            and only_trace_above(arrival.message.header_fields, mark.end)
        )


def _author(envelope: Envelope, message: Message, proved: Proved) -> str:
    """Who wrote a message that has no reverse-path and is no report of a mail system; "" for any other."""
    authors = proved.sender.fields.author
    if envelope.reverse_path or not authors or is_report(message, authors[0].address):
        return ""
    return authors[0].address


def _on_behalf_of(envelope: Envelope) -> str:
    """Who takes a turn where turns are shared out: a login, a sender behind our own server, else the client."""
    session = envelope.session
    return session.user or (envelope.reverse_path.key if session.trusted else "") or session.client_address


async def _digest_after(content: Content, mark: Mark) -> str:
    """SHA-256 (hex) of the content's bytes after the mark's field."""
    digest = hashlib.sha256()
    at = 0
    async for chunk in content.chunks():
        if at + len(chunk) > mark.end:
            digest.update(chunk[max(0, mark.end - at) :])
        at += len(chunk)
    return digest.hexdigest()
