"""How a decision looks to a person at a terminal. Every value of a stranger goes through `safe`."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any, Final

import click

from gateway.cli.output import hang, safe
from gateway.journal.query import Found

HEADING: Final = ("time", "reference", "action", "from", "to", "size", "rules", "reply")
WHOLE: Final = ("time", "reference", "action")  # never cut, so that a reference can be copied
_INDENT: Final = 16  # so that a SHA-256 fits into 80 columns
_COLOURS: Final = {"accept": "green", "tempfail": "yellow", "reject": "red"}
_ENVELOPE: Final = (
    ("client_address", "client"),
    ("client_name", "client name"),
    ("helo", "helo"),
    ("tls", "tls"),
    ("user", "user"),
    ("session", "session"),
    ("message_id", "message-id"),
    ("sha256", "sha256"),
    ("checked", "checked"),
    ("exempted", "exempted"),
)
_OUTCOME: Final = (
    ("reply", "reply"),
    ("upstream", "upstream"),
    ("upstream_reply", "upstream said"),
    ("outcome", "outcome"),
    ("late", "late"),
    ("error_digest", "error digest"),
)


def local(moment: int) -> str:
    """Microseconds since the epoch in this machine's zone, to the second."""
    return datetime.datetime.fromtimestamp(moment / 1e6).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def size(count: int) -> str:
    """Bytes for people: 4.0 KiB, 15.2 MiB."""
    if count < 1024:
        return f"{count} B"
    return f"{count / 1024:.1f} KiB" if count < 1024 * 1024 else f"{count / 1024 / 1024:.1f} MiB"


def table_row(found: Found) -> tuple[str, ...]:
    """The cells under HEADING."""
    record = found.record
    people = record.get("recipients", ())
    first = str(people[0]) if people else ""
    more = len(people) - 1 + record.get("recipients_more", 0)
    rules = dict.fromkeys(item["rule"] for item in record.get("findings", ()))
    return (
        local(found.time),
        str(record.get("reference", "")),
        str(record.get("action", "")),
        str(record.get("reverse_path", "")) or "<>",
        f"{first} +{more}" if more > 0 else first,
        size(record.get("size", 0)),
        " ".join(rules),
        str(record.get("reply", ""))[:120],
    )


def clause_texts(found: Found) -> dict[str, str]:
    """The Vietnamese text of every clause that the findings cite; empty for one that no regulation has (any more)."""
    cited = dict.fromkeys(clause for item in found.record.get("findings", ()) for clause in item["clauses"])
    if not cited:
        return {}
    from gateway import regulations

    known = {id_: clause.text for regulation in regulations.all() for id_, clause in regulation.clauses.items()}
    return {clause: known.get(clause, "") for clause in cited}


def tell(found: Found, notes: Sequence[Found], texts: dict[str, str]) -> None:
    """The whole story on stdout."""
    title, *lines = _story(found.record, found, notes, texts)
    click.echo(title)
    for line in lines:
        click.echo(hang(line, _INDENT))


def _story(record: dict[str, Any], found: Found, notes: Sequence[Found], texts: dict[str, str]) -> Iterator[str]:
    action = safe(record.get("action", ""))
    title = f"{safe(record.get('reference', ''))}  {click.style(action, fg=_COLOURS.get(action), bold=True)}"
    yield f"{title}  at {safe(record.get('stage', ''))}, {local(found.time)}, {record.get('seconds', 0):.3f} s"
    yield f"  listener      {safe(record.get('listener', ''))} ({safe(record.get('direction', ''))})"
    yield f"  from          {safe(record.get('reverse_path') or '<>')}"
    for address in record.get("recipients", ()):
        yield f"  to            {safe(address)}"
    if more := record.get("recipients_more"):
        yield f"  to            … and {more} more"
    yield f"  size          {size(record.get('size', 0))}, attachments {size(record.get('attachment_bytes', 0))}"
    yield from _fields(record, _ENVELOPE)
    yield from _attachments(record)
    for item in record.get("findings", ()):
        yield from _finding(item, texts)
    yield from _fields(record, _OUTCOME)
    for note in notes:
        text = note.record
        yield f"  {safe(text['kind']):<13} {local(note.time)} {safe(text['by'])}: {safe(text['text'])}"


def _fields(record: dict[str, Any], fields: Sequence[tuple[str, str]]) -> Iterator[str]:
    for name, label in fields:
        if value := record.get(name):
            shown = value if isinstance(value, str) else ", ".join(map(str, value))
            yield f"  {label:<13} {safe(shown)}"


def _attachments(record: dict[str, Any]) -> Iterator[str]:
    for item in record.get("attachments", ()):
        declared, sniffed = item["declared_type"], item["sniffed_type"]
        kind = declared if sniffed in ("", declared) else f"{declared}, in truth {sniffed}"
        yield f"  attachment    {safe(item['filename'] or '(no name)')}  {size(item['decoded_size'])}  {safe(kind)}"
        yield f"                part {safe(item['part'])} sha256 {safe(item['sha256'])}"
    if more := record.get("attachments_more"):
        yield f"  attachment    … and {more} more"


def _uttered(item: dict[str, Any]) -> str:
    """What became of a finding's reply: a warning's is never said, in whatever mode the rule runs."""
    if item["action"] == "accept":
        return "warning, never said"
    return "would say" if item["mode"] == "observe" else "said"


def _finding(item: dict[str, Any], texts: dict[str, str]) -> Iterator[str]:
    yield f"  finding       {safe(item['rule'])} ({safe(item['mode'])}): {safe(item['action'])}"
    for clause in item["clauses"]:
        yield f"                {safe(clause)}: {safe(' '.join(texts.get(clause, '').split()))}".rstrip(": ")
    yield f"                {_uttered(item)}: {safe(item['reply'])}"
    for name, value in item["evidence"].items():
        for line in _evidence(name, value):
            yield f"                {line}"


def _evidence(name: str, value: object) -> Iterator[str]:
    """A value of the evidence; of a list of rows each on lines of its own, "files 1: file bao-cao.zip; bytes 120"."""
    if not (isinstance(value, list) and value and all(isinstance(row, dict) for row in value)):
        yield f"{safe(name)} = {safe(value)}"
        return
    for number, row in enumerate(value, 1):
        inner = [key for key, part in row.items() if isinstance(part, list) and part and isinstance(part[0], dict)]
        plain = "; ".join(f"{safe(key)} {safe(part)}" for key, part in row.items() if key not in inner)
        yield f"{safe(name)} {number}: {plain}"
        for key in inner:
            yield from (f"  {line}" for line in _evidence(key, row[key]))
