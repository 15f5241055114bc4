"""What `congthu inspect` tells of a message: plain data for programs, lines for people. It judges nothing."""

from __future__ import annotations

from typing import Any

from gateway.cli.output import safe
from gateway.contents import NOTHING, Inspection, Words
from gateway.message.result import ScannedMessage
from gateway.model import Attachment, Verdict
from gateway.who import NOBODY, Check, Sender

_ACCEPTED = {"code": 250, "enhanced": "2.0.0", "text": "OK"}


def report(
    verdict: Verdict, message: ScannedMessage, inspection: Inspection = NOTHING, sender: Sender = NOBODY
) -> dict[str, Any]:
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
    found["sender"] = _sender(sender)
    return found | _looked_into(inspection)


def _sender(sender: Sender) -> dict[str, Any]:
    """Who writes, as far as it was proved."""
    identity, fields = sender.identity, sender.fields
    found: dict[str, Any] = {
        "from": [one.address for one in fields.author],
        "mailbox": identity.mailbox,
        "domain": identity.domain,
        "proved_by": identity.how.value,
        "why": list(identity.why),
    }
    if sender.failed:
        found["failed"] = sender.failed
    if fields.disputes:
        found["disputes"] = list(fields.disputes)
    if sender.checks:
        found["checks"] = [_check(check) for check in sender.checks]
    return found


def _check(check: Check) -> dict[str, Any]:
    return {
        "method": check.method.value,
        "result": check.result.value,
        "domain": check.domain,
        "reason": check.reason,
    }


def _about_sender(sender: dict[str, Any]) -> list[str]:
    proved = sender["mailbox"] or (f"domain {sender['domain']} only" if sender["domain"] else "nobody")
    how = f" by {sender['proved_by']}" if sender["proved_by"] != "none" else ""
    lines = [f"proved: {proved}{how} ({', '.join(sender['why']) or 'nothing was asked'})"]
    if "failed" in sender:
        lines.append(f"not known now: {sender['failed']}")
    lines += [
        f"{c['method']}: {c['result']} {c['domain']}{': ' if c['reason'] else ''}{c['reason']}"
        for c in sender.get("checks", ())
    ]
    return lines


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
    lines += _about_sender(found["sender"])
    lines += [
        f"found: {f['rule']} ({', '.join(f['clauses']) or 'no clause'}) {f['mode']} {f['action']}"
        for f in found["findings"]
    ]
    lines += [f"defect: {d['name']} {d['where']}".rstrip() for d in message["defects"]]
    lines.append("checked: " + (", ".join(found["checked"]) or "nothing"))
    return "\n".join(safe(line) for line in lines)
