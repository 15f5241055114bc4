"""One decision's whole story, and a person's word about it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from starlette.responses import Response

from gateway.console.errors import Refused
from gateway.console.evidence import Shown, shown
from gateway.console.reviews import said
from gateway.console.rows import Line, line_of, tables, text, texts
from gateway.console.visit import Visit
from gateway.console.words import RULES, VERDICTS
from gateway.journal.paging import Wanted
from gateway.journal.paging import page as page_of
from gateway.journal.query import Filter, Found, story
from gateway.lifecycle.days import day_of
from gateway.regulations import all as regulations

_ALIKE: Final = 6
_MOST: Final = 200  # recipients and attachments that are listed
_NOTE: Final = 2000


def page(visit: Visit) -> Response:
    """The page of one reference."""
    reference = visit.part("reference").upper()
    with visit.services.journal() as connection:
        found, notes = story(connection, reference)
        if found is None:
            raise Refused(404, "No decision has this reference.", "Không có quyết định nào mang mã này.")
        alike = list(_alike(connection, found))
    said_ = [said(note) for note in notes]
    record = found.record
    values: dict[str, Any] = {
        "record": record,
        "line": line_of(found),
        "recipients": texts(record.get("recipients"))[:_MOST],
        "attachments": tables(record.get("attachments"))[:_MOST],
        "findings": list(_findings(record, visit.language)),
        "technical": list(_technical(record)),
        "exemption": exemption_of(record, visit.now),
        "pardon": _pardon(record, visit.now),
        "reviews": [note for note in said_ if note.kind == "review"],
        "outcomes": [note for note in said_ if note.kind == "outcome"],
        "actions": [note for note in said_ if note.kind == "action"],
    }
    return visit.page("story.html", alike=alike, verdicts=tuple(VERDICTS), text=text, **values)


def review(visit: Visit) -> Response:
    """Put a verdict and a note on record."""
    reference, verdict = visit.part("reference").upper(), visit.sent("verdict", 20)
    if verdict not in VERDICTS:
        raise Refused(400, "Choose a verdict.", "Hãy chọn một đánh giá.")
    note = visit.sent("note", _NOTE)
    if verdict != "reviewed" and len(note) < 3:
        raise Refused(400, "Say why in a note.", "Hãy ghi rõ lý do vào ghi chú.")
    with visit.services.journal() as connection:
        found, _ = story(connection, reference)
    if found is None or found.record.get("kind") != "decision":
        raise Refused(404, "No decision has this reference.", "Không có quyết định nào mang mã này.")
    visit.record(verdict, reference, note, kind="review")
    return visit.go(f"/quyet-dinh/{reference}", "xem-xet")


def _findings(record: Mapping[str, Any], language: str) -> Iterator[dict[str, Any]]:
    """Each finding with the text of its clauses and its evidence in rows."""
    known = {id_: (clause.text, one.title) for one in regulations() for id_, clause in one.clauses.items()}
    for one in tables(record.get("findings")):
        evidence = one.get("evidence")
        rows: list[Shown] = list(shown(evidence, language)) if isinstance(evidence, Mapping) else []
        clauses = [(name, *known.get(name, ("", ""))) for name in texts(one.get("clauses"))]
        yield {
            "rule": text(one, "rule"),
            "mode": text(one, "mode"),
            "action": text(one, "action"),
            "reply": text(one, "reply"),
            "clauses": clauses,
            "evidence": rows,
        }


_TECHNICAL: Final = (
    ("client_address", "Địa chỉ máy gửi", "Client address"),
    ("client_name", "Tên máy gửi", "Client name"),
    ("helo", "HELO", "HELO"),
    ("tls", "Mã hóa đường truyền", "TLS"),
    ("session", "Phiên", "Session"),
    ("message_id", "Message-ID", "Message-ID"),
    ("sha256", "SHA-256 của thư", "SHA-256 of the message"),
    ("upstream", "Máy chủ kế tiếp", "Next hop"),
    ("error_digest", "Mã lỗi", "Error digest"),
    ("late", "Trễ", "Late"),
)


def _technical(record: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, vi, en in _TECHNICAL:
        if value := text(record, name):
            yield vi, en, value


_PLAIN: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}")
_HALF_A_YEAR: Final = 182


def exemption_of(record: Mapping[str, Any], now: float) -> str:
    """The exemption from the rule that refused this mail, as the configuration has it; "" where there is none."""
    sender, found = text(record, "reverse_path"), tables(record.get("findings"))
    rules = [text(one, "rule") for one in found if text(one, "mode") == "enforce" and text(one, "action") == "reject"]
    if not rules or not _PLAIN.fullmatch(sender) or rules[0] not in RULES:
        return ""
    last = day_of(now) + datetime.timedelta(days=_HALF_A_YEAR)
    lines = ("[[exemption]]", f'rule = "{rules[0]}"', 'reason = "Công văn số … ngày …"', f"expires = {last}")
    return "\n".join((*lines, f'sender = "{sender}"'))


def _pardon(record: Mapping[str, Any], now: float) -> dict[str, str]:
    """What the form of an exemption begins with; {} where no rule refused this mail, or its sender is odd."""
    if not exemption_of(record, now):
        return {}
    refused = [one for one in tables(record.get("findings")) if text(one, "mode") == "enforce"]
    rules = [text(one, "rule") for one in refused if text(one, "action") == "reject"]
    to = [one for one in texts(record.get("recipients")) if _PLAIN.fullmatch(one)]
    last = day_of(now) + datetime.timedelta(days=_HALF_A_YEAR)
    one = to[0] if len(to) == 1 else ""
    return {"rule": rules[0], "sender": text(record, "reverse_path"), "recipient": one, "until": last.isoformat()}


def _alike(connection: Any, found: Found) -> Iterator[Line]:
    """What was decided alike lately: the same sender, and with a finding the same rule."""
    line = line_of(found)
    rule = next(iter(line.rules or line.observed), "")
    sender = line.sender if line.sender != "<>" else ""
    if not (sender or rule):
        return
    wanted = Wanted(Filter(sender=sender, rule="" if sender else rule))
    near = page_of(connection, wanted, limit=_ALIKE + 1, budget=0.1)
    yield from [one for row in near.rows if (one := line_of(row)).reference != line.reference][:_ALIKE]
