"""What the sender of a refused message may read on the public page, out of the journal's row. Pure.

Whoever holds the bounce knows what was sent and what the refusal said. Nothing else comes out of here: no addresses, no
subject, no client, nothing that was only observed, nothing of other messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway.console.rows import tables, text, texts
from gateway.explaining.explain import explain
from gateway.explaining.values import Explained

_OLDEST: Final = 180 * 86400.0  # seconds for which a refusal can be looked up
_MOST: Final = 4  # findings that are told
_REFUSALS: Final = ("reject", "tempfail")
_ADDRESS: Final = re.compile(r"<?[^\s<>@()\[\],;]{1,64}@[^\s<>@()\[\],;]{1,255}>?")
_PEOPLE: Final = frozenset({"own-address", "outbound-throttle", "blocked-sender", "mailbox-state"})
"""Rules of which the evidence is about somebody's account, who need not be the bounce's owner."""
_CHANNEL: Final = "kênh tiếp nhận yêu cầu / request channel"
_HEADERS: Final = frozenset({"header", "name"})


@dataclass(frozen=True, slots=True)
class Told:
    """`action`: "reject", or "tempfail" where it comes again by itself; `time`: seconds since the epoch."""

    reference: str
    time: float
    action: str
    reasons: tuple[Explained, ...]


def told(record: Mapping[str, Any], now: float) -> Told | None:
    """What its sender may read of a decision; None for what is none, went through, or is too old."""
    action, moment = text(record, "action"), record.get("time")
    if text(record, "kind") != "decision" or action not in _REFUSALS or not isinstance(moment, int):
        return None
    when = moment / 1e6
    if not now - _OLDEST < when < now + 86400.0:
        return None
    found = [one for one in tables(record.get("findings")) if _decided(one, action)][:_MOST]
    return Told(text(record, "reference"), when, action, tuple(map(_explained, found)))


def _decided(finding: Mapping[str, Any], action: str) -> bool:
    return text(finding, "mode") == "enforce" and text(finding, "action") == action


def _explained(finding: Mapping[str, Any]) -> Explained:
    rule, evidence = text(finding, "rule"), finding.get("evidence")
    known = dict(_known(rule, evidence)) if isinstance(evidence, Mapping) else {}
    reply = _ADDRESS.sub("…", text(finding, "reply"))
    return explain(rule, known, texts(finding.get("clauses")), reply)


def _known(rule: str, evidence: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The evidence that tells the sender nothing new."""
    if rule in _PEOPLE:
        yield from ((name, evidence[name]) for name in ("limit", "window") if name in evidence)
        return
    for name, value in evidence.items():
        if name == "channel":
            yield name, [_CHANNEL]
        elif name == "texts" and isinstance(value, list):
            yield name, [_unquoted(one) if isinstance(one, Mapping) else one for one in value]
        else:
            yield name, value


def _unquoted(one: Mapping[str, Any]) -> Mapping[str, Any]:
    """A text of the header without its words: the subject and the names in it are not for a page."""
    if one.get("source") not in _HEADERS:
        return one
    return {name: value for name, value in one.items() if name in ("charset", "source")} | {"text": "tiêu đề, tên tệp"}
