"""*Yêu cầu*: what units asked of the request channel, and what was answered (Q4 6.1, 6.2; AG 6)."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from gateway.console.errors import Refused
from gateway.console.letters import request_letters
from gateway.console.visit import Visit

_SHOWN: Final = 200


def page(visit: Visit) -> Response:
    """Requests, the newest first."""
    open_only, mailbox = visit.asked("mo") == "1", visit.asked("hop-thu")
    found = visit.services.requests.list(open_only=open_only, mailbox=mailbox, limit=_SHOWN)
    channels = visit.services.settings.request_channel
    return visit.page("requests.html", requests=found, open_only=open_only, mailbox=mailbox, channels=channels)


def answer(visit: Visit) -> Response:
    """Mark a request answered; the unit is told (Q4 6.2)."""
    reference, text = visit.sent("reference", 40).upper(), visit.sent("text", 500)
    if len(text) < 3:
        raise Refused(400, "Say what was done.", "Hãy ghi kết quả xử lý.")
    found = visit.services.requests.find(reference)
    if not found or found[0].answered:
        raise Refused(409, "The request is not open.", "Yêu cầu này không còn chờ trả lời.")
    notice = request_letters(visit.services.settings).completion(visit.services.directory.snapshot(), found, text)
    visit.record("request-answer", reference, text)
    by = visit.by
    if not visit.services.requests.answer(reference, by=by, answer=text, now=visit.now, notices=[notice]):
        visit.record("not-done", reference, "somebody answered it meanwhile")
        raise Refused(409, "Somebody answered it meanwhile.", "Người khác vừa trả lời yêu cầu này.")
    return visit.go("/yeu-cau", "tra-loi")
