"""Makes the copy of a message that is about to be delivered, before the next hop has it (AG 8.9: journaling).

    kept = await copier.copy(envelope, content, transaction, reference, skip)

Either the archive is one more recipient of the same transaction, so that it has the message if and only if the next
hop has it; or it is another host, which gets a report with the envelope and has said 250 before our final dot goes out:
a message may then be in the archive and not delivered, never the other way round. It must not know SMTP or stores.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum

from gateway.config import Listener, Settings
from gateway.copies.report import Enclosed, report_of
from gateway.errors import UpstreamError
from gateway.logs import get_logger
from gateway.message.result import SpooledMessage
from gateway.metrics import CopyMetrics
from gateway.model import Action, Address, Direction, Envelope, Recipient, Reply, Session
from gateway.upstream.base import Transaction, Upstream

_log = get_logger("congthu.copies")


class Kept(Enum):
    """What became of a copy, and so of the message."""

    DONE = "done"
    MISSING = "missing"  # the message goes on without one, which is noted
    HELD = "held"  # the message is not taken now


class Copier:
    """One listener's. `archive`: another host; None: the archive is a recipient at the listener's own next hop."""

    def __init__(
        self, address: str, archive: Upstream | None, *, hostname: str, passes: bool = False, timeout: float = 15.0
    ) -> None:
        self._recipient = Recipient(Address(address), notify="NEVER")  # nobody's sender is to hear of an archive
        self._archive, self._hostname, self._timeout = archive, hostname, timeout
        self._failed = Kept.MISSING if passes else Kept.HELD
        self._counts = CopyMetrics()

    async def copy(
        self,
        envelope: Envelope,
        content: SpooledMessage,
        transaction: Transaction,
        reference: str,
        skip: Sequence[tuple[int, int]] = (),
    ) -> Kept:
        """Make the copy. UpstreamError: the message's own transaction is over, whatever the archive says."""
        if any(one.address == self._recipient.address for one in envelope.recipients):
            reply = "a recipient already"
        elif self._archive is None:
            (answer,) = await transaction.rcpt([self._recipient])
            reply = _accepted(answer, reference)
        else:
            reply = await self._deliver(self._archive, envelope, content, reference, skip)
        self._counts.made(done=bool(reply))
        if reply:
            return Kept.DONE
        _log.error("copies.failed", reference=reference, passes=self._failed is Kept.MISSING)
        return self._failed

    async def _deliver(
        self,
        archive: Upstream,
        envelope: Envelope,
        content: SpooledMessage,
        reference: str,
        skip: Sequence[tuple[int, int]],
    ) -> str:
        """The archive's 250, "" for anything else."""
        report = report_of(
            envelope,
            content.scan,
            reference=reference,
            to=self._recipient.address.text,
            hostname=self._hostname,
            now=datetime.now().astimezone(),
            eight_bit=content.scan.has_8bit,
        )
        session = Session("copies", "copies", Direction.OUTBOUND, "127.0.0.1", 0, helo=self._hostname, esmtp=True)
        ours = Envelope(session, recipients=[self._recipient], body=envelope.body, smtputf8=envelope.smtputf8)
        transaction = archive.begin(ours)
        try:
            async with asyncio.timeout(self._timeout):
                (reply,) = await transaction.rcpt([self._recipient])
                if reply.action is Action.ACCEPT:
                    reply = await transaction.send(report.head, Enclosed(content, report.tail), skip=skip)
        except (UpstreamError, TimeoutError) as error:
            _log.warning("copies.unreachable", reference=reference, error=type(error).__name__)
            return ""
        finally:
            transaction.abort()
        return _accepted(reply, reference)


def _accepted(reply: Reply, reference: str) -> str:
    if reply.action is Action.ACCEPT:
        return reply.line
    _log.warning("copies.refused", reference=reference, reply=reply.line[:300])
    return ""


def copier_of(settings: Settings, listener: Listener, upstreams: Mapping[str, Upstream]) -> Copier | None:
    """Who makes the copies of a listener's mail; None where none are wanted."""
    CopyMetrics()  # shown, as zeros, where no copies are wanted
    given = settings.copies
    if not given.address or (given.listeners and listener.name not in given.listeners):
        return None
    elsewhere = given.upstream not in ("", listener.upstream)
    return Copier(
        given.address,
        upstreams[given.upstream] if elsewhere else None,
        hostname=settings.gateway.hostname,
        passes=given.failure == "note",
        timeout=given.timeout,
    )
