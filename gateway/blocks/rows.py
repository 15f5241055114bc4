"""Standings and their history as rows of the tables, and back. Runs no statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from gateway.blocks.deeds import Deed
from gateway.rates import Block, Standing


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a standing. `time`: seconds since the epoch; `before`: None for one that stood well.

    `after` has who did it (`by`) and the evidence; `told`: notices of it were written.
    """

    number: int
    time: float
    before: Standing | None
    after: Block
    reason: str = ""
    confirmation: str = ""
    told: bool = False


def standing_row(block: Block) -> dict[str, Any]:
    """The row of `sender_standings`."""
    return {
        "who": block.who,
        "standing": block.standing.value,
        "since": int(block.since * 1e6),
        "actor": block.by,
        "note": block.note,
        "reasons": " ".join(block.reasons),
        "evidence": orjson.dumps(block.evidence).decode(),
    }


def history_row(deed: Deed, moment: int, *, told: bool) -> dict[str, Any]:
    """The row of `sender_history`. `moment`: microseconds since the epoch."""
    after = deed.after
    return {
        "time": moment,
        "who": after.who,
        "before": deed.before.standing.value if deed.before is not None else "",
        "standing": after.standing.value,
        "actor": after.by,
        "reason": deed.reason,
        "confirmation": deed.confirmation,
        "reasons": " ".join(after.reasons),
        "evidence": orjson.dumps(after.evidence).decode(),
        "told": int(told),
    }


def block_of(row: sa.Row[Any]) -> Block:
    """The block of a row of `sender_standings`; without evidence where the row has none."""
    text = getattr(row, "evidence", "")
    return Block(
        row.who,
        Standing(row.standing),
        row.since / 1e6,
        tuple(row.reasons.split()),
        orjson.loads(text) if text else {},
        row.actor,
        row.note,
    )


def change_of(row: sa.Row[Any]) -> Change:
    """The change of a row of `sender_history`."""
    after = Block(
        row.who,
        Standing(row.standing),
        row.time / 1e6,
        tuple(row.reasons.split()),
        orjson.loads(row.evidence),
        row.actor,
        row.confirmation or row.reason,
    )
    before = Standing(row.before) if row.before else None
    return Change(row.number, row.time / 1e6, before, after, row.reason, row.confirmation, bool(row.told))
