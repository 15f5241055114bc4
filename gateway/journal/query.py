"""Finding decisions: filters, keyset paging, one decision's whole story. Reads only, in bounded memory."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from gateway.journal.payload import Record, decode, extract, storable
from gateway.journal.schema import NOT_ACCEPTED, decisions, findings, recipients

_PAGE: Final = 500
_TEXTS: Final = ("action", "rule", "clause", "sender", "recipient", "listener", "reference", "text")


@dataclass(frozen=True, slots=True)
class Filter:
    """What to look for; empty means anything. Times are microseconds since the epoch, `since` <= time < `until`.

    `sender` and `recipient` are addresses or patterns with `*`, without regard to case; `text` is looked for in every
    text of the record.
    """

    since: int = 0
    until: int = 0
    action: str = ""
    rule: str = ""
    clause: str = ""
    sender: str = ""
    recipient: str = ""
    listener: str = ""
    reference: str = ""
    text: str = ""

    def __post_init__(self) -> None:
        """What no database takes is in no row, either."""
        for name in _TEXTS:
            object.__setattr__(self, name, storable(getattr(self, name)))


@dataclass(frozen=True, slots=True)
class Found:
    """One row: its number in the database and its record."""

    number: int
    record: Record

    @property
    def time(self) -> int:
        """Microseconds since the epoch."""
        return int(self.record["time"])


def search(connection: sa.Connection, wanted: Filter, *, limit: int = 0, oldest_first: bool = False) -> Iterator[Found]:
    """Decisions that match, newest first; all of them where `limit` is 0. One page at a time is in memory."""
    words = folded(wanted.text)
    given, after = 0, None
    while True:
        page = _page(connection, wanted, after, oldest_first)
        for number, moment, payload in page:
            after = (moment, number)
            record = record_in(payload, moment)
            if words and not mentions(record, words):
                continue
            yield Found(number, record)
            given += 1
            if given == limit:
                return
        if len(page) < _PAGE:
            return


def story(connection: sa.Connection, reference: str) -> tuple[Found | None, list[Found]]:
    """A decision and every later word about it, oldest first. The reference's case does not matter."""
    columns = (decisions.c.id, decisions.c.time, decisions.c.payload)
    for name in dict.fromkeys(map(storable, (reference, reference.upper()))):
        own = sa.select(*columns).where(decisions.c.reference == name, decisions.c.payload.is_not(None))
        later = (
            sa.select(*columns)
            .where(decisions.c.about == name, decisions.c.payload.is_not(None))
            .order_by(decisions.c.time, decisions.c.id)
        )
        with connection.begin():
            row = connection.execute(own).first()
            notes = connection.execute(later).all()
        if row is not None:
            later_words = [Found(note[0], record_in(note[2], note[1])) for note in notes]
            return Found(row[0], record_in(row[2], row[1])), later_words
    return None, []


def _page(
    connection: sa.Connection, wanted: Filter, after: tuple[int, int] | None, oldest_first: bool
) -> list[tuple[int, int, object]]:
    with connection.begin():
        return [(row[0], row[1], row[2]) for row in connection.execute(_query(wanted, after, oldest_first))]


def record_in(payload: object, moment: int) -> Record:
    """What a row says; of one that was tampered with only that it cannot be read (`verify` says more)."""
    try:
        record = decode(bytes(payload) if isinstance(payload, memoryview) else payload)  # type: ignore[arg-type]
        extract(record)
    except (ValueError, KeyError, TypeError):
        return {
            "kind": "unreadable",
            "time": moment,
            "reply": "tampered with: run congthu decisions verify",
        }
    return record


def _query(wanted: Filter, after: tuple[int, int] | None, oldest_first: bool) -> sa.Select[Any]:
    """One page. Time and number come from the table whose index finds the rows, so that paging stays within it."""
    source, moment, number = _source(wanted)
    query = sa.select(decisions.c.id, decisions.c.time, decisions.c.payload).select_from(source)
    query = query.where(decisions.c.kind == "decision", *_conditions(wanted), *_spans(wanted, moment))
    if after is not None:
        key = sa.tuple_(moment, number)
        query = query.where(key > after if oldest_first else key < after)
    order = (moment.asc(), number.asc()) if oldest_first else (moment.desc(), number.desc())
    return query.order_by(*order).limit(_PAGE)


def _source(wanted: Filter) -> tuple[sa.FromClause, sa.ColumnElement[int], sa.ColumnElement[int]]:
    if wanted.recipient and "*" not in wanted.recipient:
        joined = recipients.join(decisions, decisions.c.id == recipients.c.decision)
        return joined, recipients.c.time, recipients.c.decision
    return decisions, decisions.c.time, decisions.c.id


def _spans(wanted: Filter, moment: sa.ColumnElement[int]) -> Iterator[sa.ColumnElement[bool]]:
    yield moment >= max(wanted.since, 1)  # 0: a row that retention has blanked
    if wanted.until:
        yield moment < wanted.until


def _conditions(wanted: Filter) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.action:
        yield decisions.c.action == wanted.action
        if wanted.action != "accept":
            yield sa.literal_column(f"decisions.{NOT_ACCEPTED.text}").self_group()  # names the partial index
    if wanted.listener:
        yield decisions.c.listener == wanted.listener
    if wanted.reference:
        yield decisions.c.reference.in_((wanted.reference, wanted.reference.upper()))
    if wanted.sender:
        yield matches(decisions.c.reverse_path, wanted.sender)
    yield from _by_recipient(wanted)
    yield from _by_finding(wanted)


def _by_recipient(wanted: Filter) -> Iterator[sa.ColumnElement[bool]]:
    if not wanted.recipient:
        return
    if "*" in wanted.recipient:
        inner = sa.select(recipients.c.decision).where(matches(recipients.c.address, wanted.recipient))
        yield decisions.c.id.in_(inner)
    else:
        yield recipients.c.address == wanted.recipient.lower()


def _by_finding(wanted: Filter) -> Iterator[sa.ColumnElement[bool]]:
    if not (wanted.rule or wanted.clause):
        return
    inner = sa.select(findings.c.decision)
    if wanted.rule:
        inner = inner.where(findings.c.rule == wanted.rule)
    if wanted.clause:
        inner = inner.where(findings.c.clause == wanted.clause)
    yield decisions.c.id.in_(inner)


def matches(column: sa.ColumnElement[str], pattern: str) -> sa.ColumnElement[bool]:
    """An address column against an address or a pattern with `*`; `<>` is the empty one."""
    lowered = pattern.lower()
    if "*" not in lowered:
        return column == ("" if lowered == "<>" else lowered)
    escaped = lowered.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("*", "%")
    return column.like(escaped, escape="\\")


def folded(text: str) -> str:
    """The form in which texts are compared: composed, without case."""
    return unicodedata.normalize("NFC", text).casefold()


def mentions(value: Any, words: str) -> bool:
    """Whether a text anywhere in the value contains the words, without regard to case or composition."""
    if isinstance(value, str):
        return words in folded(value)
    if isinstance(value, Mapping):
        return any(mentions(item, words) for item in value.values())
    if isinstance(value, list):
        return any(mentions(item, words) for item in value)
    return False
