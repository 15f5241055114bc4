"""*Người gửi*: who is stopped or suspect, what a sender has used of its limits, locking and releasing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from gateway.blocks.errors import BlockRefused
from gateway.blocks.store import BlockStore
from gateway.conduct.words import sentences
from gateway.console.book import Book
from gateway.console.errors import Refused
from gateway.console.letters import block_letters
from gateway.console.rows import line_of
from gateway.console.visit import Visit
from gateway.directory.entry import clean_address
from gateway.journal.paging import Wanted
from gateway.journal.paging import page as page_of
from gateway.journal.query import Filter
from gateway.rates import Block, Standing, told_by
from gateway.usage import counted
from gateway.who import Mailbox

_SHOWN: Final = 500
_HISTORY: Final = 30
_DECISIONS: Final = 12


def page(visit: Visit) -> Response:
    """Everybody who is stopped or suspect, the newest first."""
    everybody, standing = visit.services.blocks.blocks(), visit.asked("dang")
    counts = {one.value: sum(block.standing is one for block in everybody) for one in Standing}
    chosen = [b for b in everybody if (b.standing == standing if standing else b.standing is not Standing.RELEASED)]
    address = visit.asked("q")
    if address:
        return visit.go(_path(address))
    return visit.page(
        "senders.html", blocks=chosen[:_SHOWN], more=max(len(chosen) - _SHOWN, 0), counts=counts, standing=standing
    )


def one(visit: Visit) -> Response:
    """Everything about one sender."""
    return _one(visit, visit.asked("dia-chi"))


def _one(visit: Visit, given: str, problem: str = "", status: int = 200) -> Response:
    if not given:
        raise Refused(404, "Say which sender.", "Hãy cho biết người gửi nào.")
    book = visit.services.book
    who, mailbox = _named(book, given)
    record = visit.services.blocks
    block = record.find(who)
    usage = counted(visit.services.settings, who, mailbox)
    with visit.services.journal() as connection:
        found = page_of(connection, Wanted(Filter(sender=who)), limit=_DECISIONS)
    unit = book.unit(mailbox.unit) if mailbox is not None else None
    values: dict[str, Any] = {"block": block, "history": record.history(who, limit=_HISTORY), "usage": usage}
    values |= {"ways": _ways(record, who)}
    values |= {"lines": [line_of(row) for row in found.rows], "unit": unit, "problem": problem}
    stopped = block is not None and block.standing in (Standing.BLOCKED, Standing.LOCKED)
    signs = _sentences(visit, block.evidence) if block is not None else []
    now = _sentences(visit, usage.conduct.evidence) if usage.conduct is not None else []
    return visit.page(
        "sender.html", status, who=who, mailbox=mailbox, stopped=stopped, signs=signs, now_signs=now, **values
    )


def _sentences(visit: Visit, evidence: Mapping[str, Any]) -> list[str]:
    return [english if visit.language == "en" else vietnamese for vietnamese, english in sentences(evidence)]


def _named(book: Book, given: str) -> tuple[str, Mailbox | None]:
    found = book.mailbox(given)
    if found is not None:
        return found.address, found
    try:
        return clean_address(given), None
    except ValueError:
        return given, None  # a login that is nobody's address may stand in the record


def lock(visit: Visit) -> Response:
    """Stop a sender at once (AG 10.2a). It must be in the directory, or the record, or be an address at least."""
    given, reason = visit.sent("who", 320), visit.sent("reason", 500)
    try:
        who, _ = _named(visit.services.book, clean_address(given))
    except ValueError as error:
        raise Refused(400, f"{given}: {error}", "Đây không phải là một địa chỉ thư điện tử.") from error
    if len(reason) < 3:
        return _one(visit, who, "Say why." if visit.language == "en" else "Hãy ghi lý do khóa.", 400)
    visit.record("sender-lock", who, reason)
    record = visit.services.blocks
    record.prepare()
    done = record.lock(who, visit.by, reason, block_letters(visit.services.settings))
    return visit.go(_path(who), "khoa" if done else "da-khoa")


def release(visit: Visit) -> Response:
    """Let a sender send again: with a reason, and after a lock by hand with the written confirmation's number."""
    who, reason, number = visit.sent("who", 320), visit.sent("reason", 500), visit.sent("confirmation", 200)
    record = visit.services.blocks
    wanted = _stopped(record, who)
    if not wanted:
        raise Refused(404, "Nothing stops this sender.", "Người gửi này không bị chặn.")
    visit.record("sender-release", who, "; ".join(filter(None, (reason, number and f"văn bản số {number}"))))
    try:
        letters = block_letters(visit.services.settings)
        for one in wanted:
            record.release(one, visit.by, confirmation=number, reason=reason, letters=letters)
    except BlockRefused as error:
        visit.record("not-done", who, str(error))
        vi = "Chưa gỡ chặn: người gửi bị khóa bằng tay cần số văn bản xác nhận; trường hợp khác cần lý do."
        return _one(visit, who, str(error) if visit.language == "en" else vi, 400)
    return visit.go(_path(who), "go")


def _stopped(record: BlockStore, who: str) -> list[str]:
    """What is to be released: the sender, and its name wherever servers of ours tell it."""
    found, others = record.find(who), [block.who for block in _ways(record, who)]
    stands = found is not None and (found.standing is not Standing.RELEASED or not others)
    return [who, *others] if stands else others


def _ways(record: BlockStore, who: str) -> list[Block]:
    """What stands against this sender's name as servers of ours tell it, and not against its mailbox."""
    named = [block for block in record.blocks() if block.standing is not Standing.RELEASED]
    return [block for block in named if block.who != who and told_by(block.who)[0] == who]


def _path(who: str) -> str:
    from urllib.parse import urlencode

    return f"/nguoi-gui/xem?{urlencode({'dia-chi': who})}"
