"""Retention by class on SQLite, and what the classes are; tests/services asks the same of PostgreSQL."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.config_retention import Retention
from gateway.journal.retention import Sort, is_of, sort_of
from gateway.journal.schema import decisions, metadata
from tests.unit.journal.contract_retention import RetentionContract
from tests.unit.journal.support import URL


@pytest.fixture
def url() -> str:
    return URL


class TestSqlite(RetentionContract):
    """Every promise."""


def test_classes_are_those_of_the_settings() -> None:
    assert set(Retention.model_fields) == set(Sort)
    assert not any(Retention().model_dump().values())


def test_the_table_is_asked_what_the_code_says(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path}/x.db")
    metadata.create_all(engine)
    kinds = ("decision", "outcome", "review", "action", "genesis", "prune", "pruned", "")
    cases = list(itertools.product(kinds, ("accept", "reject", "tempfail", ""), ("", "spam")))
    with engine.begin() as connection:
        same = {
            "time": 1,
            "stage": "",
            "listener": "",
            "reverse_path": "",
            "size": 0,
            "payload_digest": b"",
            "hash": b"",
        }
        for number, (kind, action, rules) in enumerate(cases):
            row = {"id": number, "kind": kind, "action": action, "rules": rules, **same}
            connection.execute(sa.insert(decisions).values(row))
        for sort in Sort:
            found = set(connection.execute(sa.select(decisions.c.id).where(is_of(sort))).scalars())
            assert found == {number for number, case in enumerate(cases) if sort_of(*case) is sort} != set()
    engine.dispose()
