"""The canonical form of a row: a decision becomes JSON, and the indexed columns follow from that JSON alone.

`columns` is applied to the record before it is written and again by the verification to the payload that was stored,
so a column that was edited does not match. It must therefore give the same answer for a record and for its JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson

from gateway.journal.decision import Decision, Note
from gateway.model import Attachment, Finding

MAX_PAYLOAD: Final = 256 * 1024  # bytes; beyond it evidence is left out, then everything that can be long
MAX_ATTACHMENTS: Final = 256
MAX_RECIPIENTS: Final = 4096
_MAX_ADDRESS: Final = 320  # characters in a column; RFC 5321 4.5.3.1: 64 + 1 + 255
_MAX_TEXT: Final = 4000
_MAX_ABOUT: Final = 512  # characters; it stands in an index, of which PostgreSQL takes 2,704 bytes
_LARGEST: Final = 2**63 - 1
_DUMPS: Final = orjson.dumps

Record = dict[str, Any]


class Columns(NamedTuple):
    """The indexed columns of one row. Times are microseconds since the epoch."""

    kind: str
    time: int
    reference: str | None
    about: str | None
    action: str
    stage: str
    listener: str
    reverse_path: str
    size: int
    rules: str


class Extracted(NamedTuple):
    """Everything that a payload says about the indexes."""

    columns: Columns
    recipients: tuple[str, ...]  # lower case, each once
    clauses: tuple[tuple[str, str], ...]  # (rule, clause), sorted, each once; clause "" where a rule cites none


def record_of(decision: Decision) -> Record:
    """The decision as JSON-able values; what is empty is left out."""
    record: Record = {
        "kind": "decision",
        "time": int(decision.time * 1e6),
        "reference": decision.reference,
        "action": decision.action,
        "stage": decision.stage,
        "listener": decision.listener,
        "direction": decision.direction,
        "session": decision.session_id,
        "client_address": decision.client_address,
        "reverse_path": decision.reverse_path,
        "recipients": decision.recipients,
        "size": decision.size,
        "seconds": round(decision.seconds, 6),
    }
    for name in _OPTIONAL:
        if value := getattr(decision, name):
            record[name] = value
    if len(decision.recipients) > MAX_RECIPIENTS:
        record["recipients"] = decision.recipients[:MAX_RECIPIENTS]
        record["recipients_more"] = len(decision.recipients) - MAX_RECIPIENTS
    if decision.attachments:
        record["attachments"] = [_attachment(item) for item in decision.attachments[:MAX_ATTACHMENTS]]
        if len(decision.attachments) > MAX_ATTACHMENTS:
            record["attachments_more"] = len(decision.attachments) - MAX_ATTACHMENTS
    if decision.findings:
        record["findings"] = [_finding(item) for item in decision.findings]
    return record


_OPTIONAL: Final = (
    "client_name",
    "helo",
    "tls",
    "user",
    "sha256",
    "attachment_bytes",
    "checked",
    "exempted",
    "reply",
    "upstream_reply",
    "upstream",
    "outcome",
    "error_digest",
    "message_id",
    "proved",
    "proved_by",
    "passed",
)


def _attachment(item: Attachment) -> Record:
    return {
        "filename": item.filename,
        "declared_type": item.declared_type,
        "sniffed_type": item.sniffed_type,
        "decoded_size": item.decoded_size,
        "sha256": item.sha256,
        "part": item.part,
    }


def _finding(item: Finding) -> Record:
    reply = item.reply
    return {
        "rule": item.rule,
        "clauses": list(item.clauses),
        "mode": str(item.mode),
        "action": item.action.label,
        "reply": " ".join(filter(None, (str(reply.code), reply.enhanced, reply.text))),
        "evidence": dict(item.evidence),
    }


def note_record(note: Note, reference: str) -> Record:
    """A note as JSON-able values under a reference of its own."""
    record: Record = {
        "kind": note.kind,
        "time": int(note.time * 1e6),
        "reference": reference,
        "about": storable(note.about[:_MAX_ABOUT]),
        "by": note.by[:200],
        "text": note.text[:_MAX_TEXT],
    }
    if note.what:
        record["what"] = note.what[:100]
    if note.client:
        record["client"] = note.client[:100]
    return record


def storable(text: str) -> str:
    """Text that a column of every database takes, and a question to it: no NUL, no lone surrogate."""
    return text.replace("\x00", "\ufffd").encode(errors="replace").decode()


def encode(record: Record) -> tuple[bytes, Record]:
    """The record's canonical bytes (UTF-8 JSON) and the record that they say.

    What JSON cannot hold (lone surrogates, huge integers, strange types in evidence) is made legible first; what is too
    long loses its evidence, then every long text. Raises only for a record that is no dict of values.
    """
    try:
        payload = _DUMPS(record)
    except TypeError:
        record = _legible(record)
        payload = _DUMPS(record)
    if len(payload) > MAX_PAYLOAD:
        record = _shortened(record)
        payload = _DUMPS(record)
    return payload, record


def decode(payload: bytes) -> Record:
    """The record of canonical bytes. ValueError where they are none."""
    record = orjson.loads(payload)
    if not isinstance(record, dict):
        raise ValueError("the payload is no object")
    return record


def _legible(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**64 else str(value)
    if isinstance(value, Mapping):
        return {_legible(str(key)): _legible(item) for key, item in value.items()}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes | bytearray):
        return [_legible(item) for item in value]
    return _legible(repr(value)[:_MAX_TEXT])


_LEAST_PAYLOAD: Final = 1000  # characters kept of a text in an oversized record


def _shortened(record: Record) -> Record:
    made = dict(record, shortened=True)
    made["findings"] = [{**item, "evidence": {"left_out": True}} for item in record.get("findings", ())]
    if len(_DUMPS(made)) > MAX_PAYLOAD:
        made = {key: _clipped(value) for key, value in made.items()}
    return made


def _clipped(value: Any) -> Any:
    if isinstance(value, str):
        return value[:_LEAST_PAYLOAD]
    if isinstance(value, dict):
        return {key: _clipped(item) for key, item in list(value.items())[:64]}
    if isinstance(value, list | tuple):
        return [_clipped(item) for item in value[:64]]
    return value


def extract(record: Mapping[str, Any]) -> Extracted:
    """The indexed columns, recipients and cited clauses of a record; the same for a record and for its decoded JSON.

    Raises KeyError, TypeError or ValueError for what `record_of` and `note_record` never make.
    """
    get = record.get
    findings = get("findings", ())
    columns = Columns(
        record["kind"],
        record["time"],
        get("reference"),
        get("about"),
        get("action", ""),
        get("stage", ""),
        get("listener", ""),
        _column(get("reverse_path", "")),
        get("size", 0),
        " ".join(dict.fromkeys(item["rule"] for item in findings)) if findings else "",
    )
    if not (0 <= columns.time <= _LARGEST and 0 <= columns.size <= _LARGEST):
        raise ValueError("a time or size that no database holds")
    people = get("recipients", ())
    if len(people) == 1:
        return Extracted(columns, (_column(people[0]),), _cited(findings) if findings else ())
    return Extracted(columns, tuple(dict.fromkeys(map(_column, people))), _cited(findings) if findings else ())


def _column(text: str) -> str:
    """An address as it is searched for; PostgreSQL stores no NUL and indexes no long value."""
    short = text[:_MAX_ADDRESS].lower()
    return short.replace("\x00", "\ufffd") if "\x00" in short else short


def _cited(findings: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({(item["rule"], clause) for item in findings for clause in item["clauses"] or ("",)}))
