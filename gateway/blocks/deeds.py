"""What may become of a sender's standing: pure decisions, from how it stands and what is asked to how it then stands.

A manual lock (AG 10.2a: control of the mailbox was lost) is stronger than anything that conduct says, and ends only
with the number of the written confirmation. What conduct did may be undone for a reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.blocks.errors import BlockRefused
from gateway.blocks.standings import key_of, plain
from gateway.blocks.values import bounded
from gateway.rates import Block, Standing

SUSPICION: Final = 7 * 86400.0  # seconds: after this time a suspicion is forgotten, and a new one is told anew
_LATE: Final = 3600.0  # seconds by which a judgement may be older than the release that it came too late for
_MOST_REASONS: Final = 16
_REASON: Final = (3, 500)  # characters
_CONFIRMATION: Final = (1, 200)
_BLANKS: Final = re.compile(r"\s+")
_STOPPED: Final = frozenset({Standing.BLOCKED, Standing.LOCKED})


@dataclass(frozen=True, slots=True)
class Case:
    """What speaks against a sender. `reasons`: stable names, heaviest first; `evidence`: JSON-able, for a person."""

    reasons: tuple[str, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deed:
    """A decided change: how the sender stood, how it stands now, and why by hand."""

    before: Block | None
    after: Block
    reason: str = ""
    confirmation: str = ""


def by_conduct(before: Block | None, who: str, case: Case, at: float, *, block: bool) -> Deed | None:
    """Its conduct is past the threshold: `block` it, or only suspect it. None where that changes nothing.

    `at`: when it was judged, seconds since the epoch. A judgement from before a release comes too late.
    """
    if before is not None:
        if before.standing in _STOPPED:
            return None
        if before.standing is Standing.SUSPECT and not block and at - before.since < SUSPICION:
            return None
        if before.standing is Standing.RELEASED and 0 <= before.since - at <= _LATE:
            return None
    standing = Standing.BLOCKED if block else Standing.SUSPECT
    names = (plain("_".join(reason.split()), 64) for reason in case.reasons[:_MOST_REASONS])
    reasons = tuple(filter(None, names))
    return Deed(before, Block(key_of(who), standing, at, reasons, bounded(case.evidence)))


def lock(before: Block | None, who: str, by: str, reason: str, at: float) -> Deed | None:
    """Stop it by hand. None where it is locked already. BlockRefused without a reason.

    What conduct had found stays with it, for whoever judges later.
    """
    text = _text(reason, _REASON, "say why: a reason of 3 to 500 characters")
    if before is not None and before.standing is Standing.LOCKED:
        return None
    known = before if before is not None and before.standing is not Standing.RELEASED else None
    reasons, evidence = (known.reasons, known.evidence) if known is not None else ((), {})
    return Deed(before, Block(key_of(who), Standing.LOCKED, at, reasons, evidence, plain(by, 200), text), text)


def release(before: Block | None, who: str, by: str, confirmation: str, reason: str, at: float) -> Deed:
    """Let it send again. BlockRefused where nothing stops it, or where what must be said is not.

    `confirmation`: number of the written confirmation of the sender's office; a manual lock asks for it (AG 10.2a).
    """
    if before is None or before.standing is Standing.RELEASED:
        raise BlockRefused(f"{who} is not blocked")
    number = _number(confirmation) if confirmation.strip() else ""
    if before.standing is Standing.LOCKED and not number:
        raise BlockRefused(
            f"{who} was locked by hand: it is released only with the number of the written confirmation (AG 10.2a)"
        )
    wanted = "say the confirmation's number, or a reason of 3 to 500 characters"
    text = _text(reason, _REASON, wanted) if reason.strip() or not number else ""
    after = Block(key_of(who), Standing.RELEASED, at, before.reasons, {}, plain(by, 200), number or text)
    return Deed(before, after, text, number)


def _number(confirmation: str) -> str:
    text = _text(confirmation, _CONFIRMATION, "a confirmation's number has at most 200 characters")
    if not any(letter.isdigit() for letter in text):
        raise BlockRefused(f"{text!r} is no number of a written confirmation: write it as it stands, '12/CV-SNV'")
    return text


def _text(given: str, bounds: tuple[int, int], wanted: str) -> str:
    text = plain(_BLANKS.sub(" ", given[:10_000]).strip(), bounds[1] + 1)
    if not bounds[0] <= len(text) <= bounds[1]:
        raise BlockRefused(wanted)
    return text
