"""What retention tells apart: the classes of rows, and up to when each is over. Pure; prune.py does it.

The chain's own rows (genesis, prune) are of no class: they prove the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import sqlalchemy as sa

from gateway.journal.schema import decisions

_DAY: Final = 86_400_000_000  # microseconds


class Sort(StrEnum):
    """A class of rows, named as its setting is."""

    ACCEPTED = "accepted"
    OBSERVED = "observed"
    REFUSED = "refused"
    ACTIONS = "actions"


Cutoffs = Mapping[Sort, int]
"""Rows of a class that are older than this (microseconds since the epoch) are over; a class that is absent is kept."""


def everything(before: int) -> Cutoffs:
    """The same moment for every class."""
    return dict.fromkeys(Sort, before)


def cutoffs(days: Mapping[str, int], now: float) -> Cutoffs:
    """From days by class; 0: kept. `now`: seconds since the epoch."""
    return {sort: int(now * 1e6) - days[sort] * _DAY for sort in Sort if days.get(sort, 0) > 0}


def sort_of(kind: str, action: str, rules: str) -> Sort | None:
    """The class of a row by its columns; None: it is kept for good."""
    if kind == "decision":
        if action != "accept":
            return Sort.REFUSED
        return Sort.OBSERVED if rules else Sort.ACCEPTED
    return {"outcome": Sort.OBSERVED, "action": Sort.ACTIONS, "review": Sort.ACTIONS}.get(kind)


def is_of(sort: Sort) -> sa.ColumnElement[bool]:
    """`sort_of` as a condition on the table."""
    columns = decisions.c
    decided = columns.kind == "decision"
    return {
        Sort.ACCEPTED: sa.and_(decided, columns.action == "accept", columns.rules == ""),
        Sort.OBSERVED: sa.or_(
            columns.kind == "outcome", sa.and_(decided, columns.action == "accept", columns.rules != "")
        ),
        Sort.REFUSED: sa.and_(decided, columns.action != "accept"),
        Sort.ACTIONS: columns.kind.in_(("action", "review")),
    }[sort]
