"""What the journal and the log hear of a message: one decision, and one line that sums it up. No I/O of its own."""

from __future__ import annotations

import time

from gateway.journal.decision import Decision
from gateway.logs import put_bounded
from gateway.message.result import ScannedMessage
from gateway.model import Action, Direction, Envelope, Stage, Verdict

_STAGES = {stage: stage.name.lower() for stage in Stage}
# Asking an enum's member for its value costs ten times as much as a dict.
_DIRECTIONS = {direction: direction.value for direction in Direction}
ACTIONS = {action: action.label for action in Action}
"""An action's name in the journal."""
_MAX_ID = 255


def decision_of(
    envelope: Envelope,
    reference: str,
    stage: Stage,
    verdict: Verdict,
    message: ScannedMessage | None = None,
) -> Decision:
    """The decision as far as it is known before anybody is told."""
    session = envelope.session
    decision = Decision(
        time=time.time(),
        reference=reference,
        session_id=session.id,
        listener=session.listener,
        direction=_DIRECTIONS[session.direction],
        client_address=session.client_address,
        client_name=session.client_name,
        helo=session.helo,
        tls=session.tls,
        user=session.user,
        stage=_STAGES[stage],
        action=ACTIONS[verdict.action],
        reverse_path=envelope.reverse_path.text,
        recipients=[r.address.text for r in envelope.recipients],
        findings=verdict.findings,
        checked=verdict.checked,
    )
    if verdict.findings:
        decision.exempted = tuple(f.rule for f in verdict.findings if "exempted" in f.evidence)
        decision.error_digest = next((str(f.evidence["crash"]) for f in verdict.findings if "crash" in f.evidence), "")
    if message is not None:
        decision.size = message.size
        decision.sha256 = message.sha256
        decision.attachment_bytes = message.attachment_bytes
        decision.attachments = message.attachments
        decision.message_id = next(message.headers("message-id"), b"")[:_MAX_ID].strip().decode("utf-8", "replace")
    return decision


def summarise(decision: Decision) -> None:
    """The one log line of a message."""
    put_bounded(
        "congthu.message",
        "message",
        {
            "reference": decision.reference,
            "session": decision.session_id,
            "listener": decision.listener,
            "client": decision.client_address,
            "user": decision.user,
            "sender": decision.reverse_path,
            "recipients": len(decision.recipients),
            "size": decision.size,
            "action": decision.action,
            "rules": [f.rule for f in decision.findings],
            "reply": decision.reply[:300],
            "outcome": decision.outcome,
            "seconds": round(decision.seconds, 4),
        },
    )
