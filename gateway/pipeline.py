"""From a received message to its verdict, its record and its reply. The order of things here is the product's promise.

- A rule's refusal is committed to the journal before its reply leaves; without a record the reply is 451.
- 250 is said only after the next hop has said it, and between the two there is no await, database or log.
- Trouble of ours is temporary, never a refusal and never a pass.

Knows no sockets: the session hands in a transaction with the next hop and a function that tells the client.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway import replies
from gateway.accounts import Account
from gateway.charging import ListenerTariff
from gateway.contents import NOTHING
from gateway.copying import Copier, Kept
from gateway.errors import JournalError, UpstreamDown, UpstreamError, UpstreamUnsure
from gateway.journal.decision import Decision, new_reference
from gateway.logs import get_logger
from gateway.looks import Looks
from gateway.lookup import Lookup
from gateway.message.result import ScannedMessage, SpooledMessage
from gateway.metrics import ListenerMetrics, MessageVerdict, UpstreamFailure, UpstreamMetrics
from gateway.model import Action, Address, Envelope, Finding, Message, Mode, Recipient, Reply, Session, Stage, Verdict
from gateway.passing import Passages
from gateway.passwords.watch import Glance, Watch
from gateway.proving import NOT_ASKED, Origins, Proved
from gateway.rates import NO_RATES
from gateway.recording import ACTIONS, decision_of, summarise
from gateway.repeats import Repeats
from gateway.rules.bounces import is_report
from gateway.rules.crash import TempfailWatch
from gateway.rules.policy import ListenerPolicy
from gateway.rules.reply_text import with_reference
from gateway.trace import (
    OURS,
    PassMarks,
    received,
    tag_field,
)
from gateway.upstream.base import Transaction
from gateway.who import PasswordSigns, Sender

MAX_RECEIVED = 50  # RFC 5321 6.3: a loop has more; ordinary mail has far fewer
ACCEPTED = Verdict(Action.ACCEPT)
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
    sender: Sender | None = None  # who was proved; None where it was judged at an earlier passage, or is not yet
    judged: bool = False  # at an earlier passage
    uncopied: bool = False  # it goes on without the copy that is configured


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
        passwords: Watch | None = None,
        on_delivered: Callable[[Envelope, Message, Sender], None] | None = None,
        on_refused: Callable[[Decision, Envelope, Message, Sender], None] | None = None,
        copier: Copier | None = None,
        lookup: Lookup | None = None,
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
        self._passages = Passages(marks, origins)
        self.add_mark = add_mark
        self.tempfails = tempfails
        self.contact = contact
        self.looks = looks
        self.origins = origins
        self.tariff = tariff
        self.passwords = passwords
        self._repeats = Repeats()
        self.on_accepted = on_accepted  # hears of mail that was delivered and about which a rule had something to say
        self.on_delivered = on_delivered  # hears of mail that was delivered, at its first passage only
        self.on_refused = on_refused  # hears of messages that were refused, on record, and told so
        self.copier = copier
        self._lookup = lookup  # where a refused sender reads why

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

    def look_at_password(self, mechanism: str, login: str, response: bytes) -> Glance | None:
        """What is left of a SASL response once it was looked at; None where passwords are not watched."""
        return None if self.passwords is None else self.passwords.look(mechanism, login, response)

    async def logged_in(self, session: Session, glance: Glance) -> Reply | None:
        """Judge a login that the next hop took; a refusal, on record, or None. `session.user` is the login."""
        if self.passwords is None:
            return None
        signs = await self.passwords.signs(glance)
        envelope, governs = Envelope(session), Envelope(session, Address(glance.who))
        verdict = self.check(Stage.AUTH, envelope, self.policy.mail_class(governs), who=Sender(password=signs))
        if verdict.action is not Action.ACCEPT:
            return await self.refuse(Stage.AUTH, envelope, verdict)
        self._observe_login(envelope, verdict, signs)
        return None

    def _observe_login(self, envelope: Envelope, verdict: Verdict, signs: PasswordSigns) -> None:
        """One record a day of each password: a telephone logs in with every message."""
        if not verdict.findings or not signs.first_today:
            return
        decision = decision_of(envelope, new_reference(), Stage.AUTH, verdict)
        with contextlib.suppress(JournalError):
            self.journal.append(decision)
        self._count(verdict.findings)
        summarise(decision)

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
        return self._with_reference(verdict.reply, reference)

    def _with_reference(self, reply: Reply, reference: str) -> Reply:
        """With what finds the record, whom to call, and where to read why."""
        link = "" if self._lookup is None else self._lookup.url(reference)
        return with_reference(reply, reference, self.contact, link)

    def _watch(self, verdict: Verdict, envelope: Envelope, message: Message | None = None) -> None:
        """Count messages that our own trouble turns away, so that somebody looks before their senders give up."""
        for finding in verdict.findings if verdict.action is Action.TEMPFAIL else ():
            if finding.rule == "unscannable" or not finding.evidence.keys().isdisjoint(_OURS):
                self.tempfails.note(finding, envelope, message)

    # The message

    async def conclude(self, arrival: Arrival) -> Reply:
        """Judge, record, deliver and tell the client. Returns what the client was told."""
        message, origins, content = arrival.message, self.origins, arrival.content
        skip: Sequence[tuple[int, int]] = ()
        judged = False
        if message.has_field_like(OURS):
            skip, judged = await self._passages.ours_of(arrival.envelope, message, content)
        if not judged and origins is not None and origins.may_have_forged(message):
            skip = await origins.with_forged(message, skip)
        if skip and not message.header_whole:
            # Where the forged field ends is not known, and what is delivered must be what was judged.
            return self._tell_only(arrival, replies.HEADER_TOO_LARGE)
        plain = _ends_plainly(message, content)
        if not plain and await self._passages.hides_ours(message, content):
            return self._tell_only(arrival, replies.HIDDEN_FIELD)
        if _may_loop(message) and message.count("received") > MAX_RECEIVED:
            return self._tell_only(arrival, replies.LOOP)
        if judged or origins is None:
            proved = NOT_ASKED
        else:
            proved = await origins.prove(arrival.envelope, message, content, plain)
        if not proved.keys:
            return await self._settle(arrival, proved, skip, judged=judged)
        reply: Reply | None = None
        try:
            reply = await self._settle(arrival, proved, skip, judged=judged)
            arrival.concluded = True
        finally:
            await self._remember(arrival, proved, delivered=reply is not None and reply.action is Action.ACCEPT)
        return reply

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
        arrival.sender, arrival.judged = None if judged else proved.sender, judged
        if judged and arrival.account is not None:
            arrival.account.waived = True
        verdict = ACCEPTED if judged else await self._judge(arrival, proved)
        checked = time.monotonic()
        if verdict.action is not Action.ACCEPT:
            return await self._refuse_message(arrival, verdict, checked)
        if not self.journal.room():
            return self._tell_only(arrival, replies.NO_RECORD)
        added, origins = b"", self.origins
        if origins is not None and (proved.asked or origins.signs):
            added = await origins.added(arrival.envelope, arrival.content, proved, skip)
        if self.copier is not None and not judged and (held := await self._copy(arrival, skip)) is not None:
            return self._tell_only(arrival, held)
        if arrival.gone():
            return self._abandon(arrival)
        return await self._deliver(arrival, verdict, skip, added, checked)

    async def _copy(self, arrival: Arrival, skip: Sequence[tuple[int, int]]) -> Reply | None:
        """Have a copy kept (AG 8.9); why the message has to wait where none is, and one must be."""
        assert self.copier is not None
        try:
            kept = await self.copier.copy(
                arrival.envelope, arrival.content, arrival.transaction, arrival.reference, skip
            )
        except UpstreamError as error:  # the transaction itself is over
            return self.upstream_failed(arrival.envelope, error)
        arrival.uncopied = kept is Kept.MISSING
        return replies.NOT_COPIED if kept is Kept.HELD else None

    async def _judge(self, arrival: Arrival, proved: Proved) -> Verdict:
        message, envelope, inspection = arrival.message, arrival.envelope, NOTHING
        account, rates = arrival.account, NO_RATES
        if account is not None:
            rates = await account.weigh(message, _author(envelope, message, proved))
        if self.looks is not None:
            request = self.origins is not None and self.origins.reaches_channel(envelope)
            if request or self.looks.reads or self.looks.wanted(message):
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
        _identify(decision, arrival.sender)
        self._watch(verdict, arrival.envelope, arrival.message)
        known = self._repeats.find(verdict)
        if known:
            reply = self._again(verdict, known)
        else:
            reply = await self._commit(verdict, decision)
            if reply is not replies.NO_RECORD:
                self._repeats.keep(verdict, decision.reference)
        arrival.tell(reply)
        if self.on_refused is not None and arrival.sender is not None and reply.action is Action.REJECT and not known:
            self.on_refused(decision, arrival.envelope, arrival.message, arrival.sender)
        outcome: MessageVerdict = "reject" if reply.action is Action.REJECT else "tempfail"
        now = time.monotonic()
        self.metrics.message(
            outcome, arrival.message.size, arrival.received - arrival.started, checked - arrival.received, now - checked
        )
        return reply

    async def _commit(self, verdict: Verdict, decision: Decision) -> Reply:
        assert verdict.reply is not None
        reply = self._with_reference(verdict.reply, decision.reference)
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
        if arrival.sender is not None or arrival.judged:
            _identify(decision, arrival.sender)
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
        tags = [finding.tag for finding in verdict.findings if finding.tag is not None] if verdict.findings else []
        told = added + b"".join([tag_field(*tag) for tag in tags]) if tags else added
        if (arrival.message.header_block[:1] or arrival.content.read(0, 1)) in (b" ", b"\t"):
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
        decision.action = ACTIONS[action]
        decision.upstream = self.upstream
        decision.seconds = now - arrival.started
        _identify(decision, arrival.sender)
        if not told:
            decision.outcome = "delivered, client not told" if action is Action.ACCEPT else "not delivered, client gone"
        elif action is not Action.ACCEPT:
            decision.outcome = "upstream refused" if answer is not None else "upstream failed"
        elif arrival.uncopied:
            decision.outcome = "delivered, not copied"
        try:
            self.journal.append(decision)
        except JournalError as error:
            _log.error("journal.lost", reference=arrival.reference, error=str(error))
        self._count(verdict.findings)
        if verdict.findings and action is Action.ACCEPT and self.on_accepted is not None:
            self.on_accepted(decision)
        if action is Action.ACCEPT and arrival.sender is not None and self.on_delivered is not None:
            self.on_delivered(arrival.envelope, arrival.message, arrival.sender)
        metric: MessageVerdict = (
            "accept" if action is Action.ACCEPT else "upstream-reject" if action is Action.REJECT else "tempfail"
        )
        size = arrival.message.size
        self.metrics.message(
            metric, size, arrival.received - arrival.started, checked - arrival.received, -1.0, now - checked
        )
        summarise(decision)


def _ends_plainly(message: ScannedMessage, content: SpooledMessage) -> bool:
    """Whether an empty line follows the header, so that it ends where everybody says so: nearly always."""
    header = message.header_block
    return bool(header) and content.read(len(header), 2) == b"\r\n"


def _may_loop(message: ScannedMessage) -> bool:
    """Whether the header has enough lines for so many Received fields."""
    return message.header_block.count(b"\n") >= MAX_RECEIVED


def _identify(decision: Decision, sender: Sender | None) -> None:
    """Put into the row who was proved, and how; or that it was judged at an earlier passage."""
    if sender is None:
        decision.passed = True
        return
    identity = sender.identity
    decision.proved = identity.mailbox or identity.domain
    decision.proved_by = identity.how if decision.proved else ""


def _author(envelope: Envelope, message: Message, proved: Proved) -> str:
    """Who wrote a message that has no reverse-path and is no report of a mail system; "" for any other."""
    authors = proved.sender.fields.author
    if envelope.reverse_path or not authors:
        return ""
    if len(envelope.recipients) == 1 and is_report(message, authors[0].address):  # RFC 3464 2: it has one recipient
        return ""
    return authors[0].address


def _on_behalf_of(envelope: Envelope) -> str:
    """Who takes a turn where turns are shared out: a login, a sender behind our own server, else the client."""
    session = envelope.session
    return session.user or (envelope.reverse_path.key if session.trusted else "") or session.client_address
