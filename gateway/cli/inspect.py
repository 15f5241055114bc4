"""`congthu inspect FILE.eml`: the live pipeline's judgement of a file, without SMTP."""

from __future__ import annotations

import asyncio
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import click
import orjson

from gateway import config_file
from gateway.cli.options import config_option
from gateway.cli.output import safe
from gateway.config import Listener, Settings
from gateway.config_values import HostPort
from gateway.contents import NOTHING, Inspection, Words
from gateway.errors import StartError
from gateway.logs import configure
from gateway.looks import Looks, Tools
from gateway.message.result import ScannedMessage, SpooledMessage
from gateway.message.scan import Scanner
from gateway.message.sniff import Sniffer
from gateway.message.spool import Spool, SpoolPool
from gateway.model import Action, Address, Attachment, Direction, Envelope, Finding, Recipient, Session, Stage, Verdict
from gateway.rules.policy import ListenerPolicy, Policy
from gateway.smtp.dotstream import Normalizer

_CHUNK = 256 * 1024
_LONGEST_FROM = 4096  # characters
_EVERYTHING = 2**62  # bytes: nothing goes to disk
_ACCEPTED = {"code": 250, "enhanced": "2.0.0", "text": "OK"}


@click.command("inspect")
@config_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "sender", default=None, help="Reverse-path; <> is the null one. Default: the address in From.")
@click.option("--rcpt", "recipients", multiple=True, help="A recipient; may be repeated.")
@click.option("--listener", "name", default="", help="Judge as this listener would. Default: the first.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    config: Path | None, file: Path, sender: str | None, recipients: tuple[str, ...], name: str, as_json: bool
) -> None:
    """Judge a message FILE as the gateway would. Exit code 0: it would pass, 1: it would not."""
    configure("error", "console")  # to standard error; unconfigured, a warning would stand amid the answer
    settings = config_file.load(config) if config is not None else Settings()
    listener, rules = _rules(settings, name)
    session = Session("inspect", listener.name, listener.direction, "", 0)
    reverse_path = Address((sender or "").removeprefix("<").removesuffix(">"))
    envelope = Envelope(session, reverse_path, [Recipient(Address(text)) for text in recipients])
    found = asyncio.run(_inspect(file, settings, rules, envelope, by_header=sender is None))
    click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() if as_json else describe(found))
    raise SystemExit(0 if found["action"] == Action.ACCEPT.label else 1)


async def _inspect(
    file: Path, settings: Settings, rules: ListenerPolicy, envelope: Envelope, *, by_header: bool
) -> dict[str, Any]:
    tools = Tools()
    await tools.apply(settings, waits=False)
    content = await read(file)
    try:
        message = content.scan
        envelope.size = message.size
        if by_header:
            envelope.reverse_path = _author(message)
        inspection = await Looks(rules.needs, tools).look(content, message)
        return report(judge(rules, envelope, message, inspection), message, inspection)
    finally:
        content.spool.close()
        await tools.close()


def _author(message: ScannedMessage) -> Address:
    """The address in From, as a mail program would put it into the envelope; the null reverse-path without one."""
    value = next(message.headers("from"), b"").decode("utf-8", "replace")
    address = parseaddr(value[:_LONGEST_FROM])[1]
    return Address(address if "@" in address and address.isprintable() else "")


def _rules(settings: Settings, name: str) -> tuple[Listener, ListenerPolicy]:
    """The listener of this name, the first one, or an inbound one that nobody configured."""
    policy = Policy(settings)
    for listener in settings.listener:
        if name in ("", listener.name):
            return listener, policy.for_listener(listener.name)
    if name and settings.listener:
        known = ", ".join(listener.name for listener in settings.listener)
        raise StartError(f"there is no listener {name}; there is: {known}")
    direction = Direction(name) if name in set(Direction) else Direction.INBOUND
    made = Listener(name="inspect", bind=HostPort("127.0.0.1:25"), direction=direction, upstream="none")
    return made, policy.compile(made)


async def read(file: Path) -> SpooledMessage:
    """A file as if it had come in: its line ends become CRLF, as a client would have sent them. It stays in memory."""
    spool = SpoolPool(file.parent, _EVERYTHING, _EVERYTHING, _EVERYTHING).new()
    scanner, lines = Scanner(sniff=Sniffer()), Normalizer()
    with file.open("rb") as source:
        while chunk := source.read(_CHUNK):
            _take(lines.feed(chunk), spool, scanner)
    _take(lines.finish(), spool, scanner)
    await spool.finish()
    return SpooledMessage(spool, scanner.finish())


def _take(data: bytes, spool: Spool, scanner: Scanner) -> None:
    if data:
        spool.feed(data)
        scanner.feed(data)


def judge(
    rules: ListenerPolicy, envelope: Envelope, message: ScannedMessage, inspection: Inspection = NOTHING
) -> Verdict:
    """The stages in their order; the first that does not accept ends it, as it would in a session."""
    findings: list[Finding] = []
    checked: list[str] = []
    for stage, recipient in [
        (Stage.MAIL, None),
        *((Stage.RCPT, r) for r in envelope.recipients),
        (Stage.MESSAGE, None),
    ]:
        shown = message if stage is Stage.MESSAGE else None
        verdict = rules.check(stage, envelope, recipient=recipient, message=shown, inspection=inspection)
        findings += verdict.findings
        checked += [name for name in verdict.checked if name not in checked]
        if verdict.action is not Action.ACCEPT:
            return Verdict(verdict.action, verdict.reply, tuple(findings), tuple(checked))
    return Verdict(Action.ACCEPT, None, tuple(findings), tuple(checked))


def report(verdict: Verdict, message: ScannedMessage, inspection: Inspection = NOTHING) -> dict[str, Any]:
    """The judgement as plain data. What has nothing to say beyond the usual is left away."""
    reply = verdict.reply
    found: dict[str, Any] = {
        "action": verdict.action.label,
        "reply": {"code": reply.code, "enhanced": reply.enhanced, "text": reply.text} if reply else _ACCEPTED,
        "findings": [
            {
                "rule": f.rule,
                "clauses": list(f.clauses),
                "mode": f.mode.value,
                "action": f.action.label,
                "evidence": dict(f.evidence),
            }
            for f in verdict.findings
        ],
        "checked": list(verdict.checked),
        "message": {
            "size": message.size,
            "sha256": message.sha256,
            "attachment_bytes": message.attachment_bytes,
            "attachments": [_attachment(attachment) for attachment in message.attachments],
            "defects": [{"name": d.name, "where": d.where} for d in message.defects],
        },
    }
    if message.disputes:
        found["message"]["disputes"] = [{"name": d.name, "where": d.where} for d in message.disputes]
    return found | _looked_into(inspection)


def _attachment(attachment: Attachment) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "filename": attachment.filename,
        "declared_type": attachment.declared_type,
        "sniffed_type": attachment.sniffed_type,
        "decoded_size": attachment.decoded_size,
        "sha256": attachment.sha256,
    }
    return shown | ({"reading": attachment.reading} if attachment.reading else {})


def _looked_into(inspection: Inspection) -> dict[str, Any]:
    found: dict[str, Any] = {}
    inside = [file for file in inspection.files if len(file.names) > 1 or file.traits]
    if inside:
        found["files"] = [
            {"part": f.part, "names": list(f.names), "type": f.kind, "size": f.size, "traits": list(f.traits)}
            for f in inside
        ]
    if inspection.unchecked:
        found["unchecked"] = [
            {"part": u.part, "names": list(u.names), "reason": u.reason.value} for u in inspection.unchecked
        ]
    return found | _texts(inspection.words)


def _texts(words: Words) -> dict[str, Any]:
    """What stands in the texts. Nothing but places of markings: see `secret-marking`."""
    found: dict[str, Any] = {}
    if words.legacy:
        found["legacy"] = [
            {
                "source": text.source.value,
                "part": text.part,
                "names": list(text.names),
                "where": text.where,
                "charset": text.family,
                "damaged": text.damaged,
                "confidence": text.confidence,
                "notes": list(text.notes),
                "passages": [{"place": p.place, "sent": p.sent, "understood": p.understood} for p in text.passages],
            }
            for text in words.legacy
        ]
    if words.markings:
        found["markings"] = [
            {"source": m.source.value, "part": m.part, "where": m.where, "level": m.level, "form": m.form}
            for m in words.markings
        ]
    if words.unmarked:
        found["unmarked"] = [
            {"source": u.source.value, "part": u.part, "syllables": u.syllables, "unmarked": u.unmarked}
            for u in words.unmarked
        ]
    return found


def describe(found: dict[str, Any]) -> str:
    """The judgement for a terminal."""
    message, reply = found["message"], found["reply"]
    lines = [
        f"{found['action']}: {reply['code']} {reply['enhanced'] or ''} {reply['text']}",
        f"size {message['size']:,} bytes, attachments {message['attachment_bytes']:,} bytes decoded",
    ]
    lines += [
        f"  {a['filename'] or '(no name)'}  {a['sniffed_type']}  {a['decoded_size']:,} bytes"
        + (f"  (only as read by: {a['reading']})" if "reading" in a else "")
        for a in message["attachments"]
    ]
    lines += [
        f"  {' › '.join(f['names'])}  {f['type']}  {f['size']:,} bytes  {' '.join(f['traits'])}".rstrip()
        for f in found.get("files", ())
    ]
    lines += [f"not checked: {' › '.join(u['names']) or u['part']}: {u['reason']}" for u in found.get("unchecked", ())]
    lines += [
        f"{' › '.join(t['names']) or t['where'] or t['source']}{': ' if p['place'] else ''}{p['place']}: "
        f"{t['charset'] or ', '.join(t['notes'])}: {p['sent']} → {p['understood']}"
        for t in found.get("legacy", ())
        for p in t["passages"]
    ]
    lines += [
        f"marking: {m['level']} ({m['form']}) in {m['source']} {m['where'] or m['part']}".rstrip()
        for m in found.get("markings", ())
    ]
    lines += [
        f"without marks: {u['unmarked']} of {u['syllables']} syllables in {u['source']}"
        for u in found.get("unmarked", ())
    ]
    lines += [
        f"found: {f['rule']} ({', '.join(f['clauses']) or 'no clause'}) {f['mode']} {f['action']}"
        for f in found["findings"]
    ]
    lines += [f"defect: {d['name']} {d['where']}".rstrip() for d in message["defects"]]
    lines.append("checked: " + (", ".join(found["checked"]) or "nothing"))
    return "\n".join(safe(line) for line in lines)
