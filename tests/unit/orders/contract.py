"""What the record of orders promises, on whatever database: of SQLite here, of PostgreSQL in tests/services."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from gateway.directory.database import Database
from gateway.model import Mode
from gateway.orders.errors import OrderRefused
from gateway.orders.schema import VERSION_TABLE, metadata
from gateway.orders.store import OrderStore
from gateway.orders.values import Kind, Order, holding

DAY = datetime.date(2026, 11, 22)
HOSTILE = "Công văn 12 <script>\"'; DROP TABLE rule_orders; --" + "đ" * 400


def mode(rule: str = "attachment-cap", to: Mode = Mode.OBSERVE, place: str = "", **more: object) -> Order:
    return Order(Kind.MODE, rule, "trial", "lan", place, to, **more)  # type: ignore[arg-type]


def exemption(rule: str = "attachment-cap", sender: str = "q4@tinh.example", **more: object) -> Order:
    return Order(Kind.EXEMPT, rule, HOSTILE, "lan", sender=sender, until=DAY, reference="A-1", **more)  # type: ignore[arg-type]


class Contract:
    """The promises. A subclass gives the fixtures `url` and `tmp_path`; each test has a database of its own."""

    @pytest.fixture
    def record(self, url: str, tmp_path: Path) -> OrderStore:
        made = OrderStore(Database(url, tmp_path))
        made.prepare()
        return made

    def test_the_migration_makes_what_the_module_says(self, record: OrderStore) -> None:
        ours = set(metadata.tables)
        options = {
            "version_table": VERSION_TABLE,
            "include_name": lambda name, kind, _: kind != "table" or name in ours,
        }
        with record.database.reading() as connection:
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, metadata) == []

    def test_an_order_comes_back_as_it_was_given(self, record: OrderStore) -> None:
        before = record.version()
        number = record.give(exemption())
        version, standing = record.standing()
        assert version > before
        assert record.find(number) == standing[0]
        one = standing[0]
        assert (one.kind, one.rule, one.reason, one.sender) == (
            Kind.EXEMPT,
            "attachment-cap",
            HOSTILE,
            "q4@tinh.example",
        )
        assert (one.until, one.reference, one.by, one.number) == (DAY, "A-1", "lan", number)
        assert one.time > 1e9

    def test_a_newer_mode_of_the_same_place_replaces_and_history_keeps_both(self, record: OrderStore) -> None:
        first = record.give(mode())
        elsewhere = record.give(mode(place="inbound"))
        other = record.give(mode("malware"))
        exempted = record.give(exemption())
        last = record.give(mode(to=Mode.ENFORCE))
        assert [one.number for one in record.standing()[1]] == [elsewhere, other, exempted, last]
        assert [one.number for one in record.history()] == [last, exempted, other, elsewhere, first]
        assert [one.number for one in record.history("malware")] == [other]
        past = record.find(first)
        assert past is not None and past.ended and (past.ended_by, past.ended_why) == ("lan", f"replaced by {last}")

    def test_withdrawn_once_and_by_whom(self, record: OrderStore) -> None:
        number = record.give(mode())
        version = record.version()
        record.withdraw(number, "hoa", "no more needed")
        assert record.version() > version and record.standing()[1] == ()
        past = record.find(number)
        assert past is not None and (past.ended_by, past.ended_why) == ("hoa", "no more needed")
        with pytest.raises(OrderRefused, match=f"no order {number} is in force"):
            record.withdraw(number, "hoa", "again")

    def test_too_many(self, record: OrderStore, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gateway.orders.store.MOST", 2)
        record.give(exemption())
        record.give(exemption())
        with pytest.raises(OrderRefused, match="withdraw some"):
            record.give(exemption())
        assert len(record.standing()[1]) == 2

    def test_the_last_day_is_included(self, record: OrderStore) -> None:
        record.give(exemption())
        standing = record.standing()[1]
        assert len(holding(standing, DAY)) == 1
        assert holding(standing, DAY + datetime.timedelta(days=1)) == ()
