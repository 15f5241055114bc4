"""What the table of answers promises, on whatever database: asked of SQLite here, of PostgreSQL in services."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from gateway.answers.schema import VERSION_TABLE, metadata
from gateway.answers.store import AnswerTable
from gateway.directory.database import Database
from gateway.lifecycle.answers import AnswerStore, Item, Passing, key_of

UNIT, OTHER, PERSON = "pnv@tinh.example", "pyt@tinh.example", "an@tinh.example"
NOW = 1_780_000_000.0


def came(number: int, *boxes: str, at: float = NOW) -> Passing:
    """A citizen's message."""
    return Passing(at, f"<{number}@khac.example>", boxes or (UNIT,))


def reply(number: int, at: float, by: str = UNIT) -> Passing:
    """An answer to it."""
    return Passing(at, f"<r{number}@tinh.example>", sent_by=by, in_reply_to=(f"<{number}@khac.example>",))


class AnswersContract:
    """Each test has a database of its own. A subclass gives the fixture `url`."""

    @pytest.fixture
    def database(self, url: str, tmp_path: Path) -> Database:
        return Database(url, tmp_path)

    @pytest.fixture
    def table(self, database: Database) -> AnswerTable:
        made = AnswerTable(database, b"key")
        made.prepare()
        return made

    @pytest.mark.bare
    def test_before_there_is_a_table(self, database: Database) -> None:
        table: AnswerStore = AnswerTable(database, b"key")
        assert table.items("", 0, NOW) == []
        assert table.prune(NOW) == 0
        made = AnswerTable(database, b"key")
        made.keep([came(1)])  # it is made where it is needed first
        assert len(table.items("", 0, NOW)) == 1

    def test_the_schema_is_the_migrations(self, table: AnswerTable, database: Database) -> None:
        table.prepare()
        with database.reading() as connection:
            ours = {"include_name": lambda name, kind, _: kind != "table" or name in metadata.tables}
            context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, **ours})
            assert compare_metadata(context, metadata) == []

    def test_one_batch_has_the_message_and_its_answer_in_any_order(self, table: AnswerTable) -> None:
        table.keep([reply(1, NOW + 60, OTHER), came(1, UNIT, OTHER), came(2)])
        found = {(one.mailbox, one.answered, one.by) for one in table.items("", 0, NOW)}
        assert found == {(UNIT, NOW + 60, OTHER), (OTHER, NOW + 60, OTHER), (UNIT, None, "")}

    def test_the_first_answer_that_is_later_counts(self, table: AnswerTable) -> None:
        table.keep([came(1), reply(1, NOW + 90), reply(1, NOW - 5), reply(1, NOW + 30, PERSON)])
        table.keep([reply(1, NOW + 31), came(1, at=NOW + 40)])  # it passes a second time
        [one] = table.items(UNIT, 0, NOW + 99)
        assert (one.came, one.answered, one.by) == (NOW, NOW + 30, PERSON)

    def test_how_many_were_answered(self, table: AnswerTable) -> None:
        table.keep([came(1, UNIT, OTHER), came(2)])
        keys = [key_of("<1@khac.example>"), key_of("<2@khac.example>"), key_of("<3@khac.example>")]
        assert table.answer(keys, NOW - 1, PERSON) == 0
        assert table.answer(keys, NOW, PERSON) == 3
        assert table.answer(keys, NOW, PERSON) == 0

    def test_a_period_and_a_mailbox(self, table: AnswerTable) -> None:
        table.keep([came(n, UNIT if n % 2 else OTHER, at=NOW + n) for n in range(10)])
        assert [one.came - NOW for one in table.items("", NOW + 2, NOW + 5)] == [3, 4, 5]
        assert [one.came - NOW for one in table.items(UNIT.upper(), NOW, NOW + 9)] == [1, 3, 5, 7, 9]
        assert table.prune(NOW + 8) == 8
        assert len(table.items("", 0, NOW + 99)) == 2

    def test_neither_identifiers_nor_their_plain_digests_are_kept(self, table: AnswerTable, database: Database) -> None:
        table.keep([came(1)])
        [one] = table.items("", 0, NOW)
        assert one.key != key_of("<1@khac.example>")
        other = AnswerTable(database, b"another key")
        assert other.answer([key_of("<1@khac.example>")], NOW, UNIT) == 0

    def test_a_mailbox_keeps_its_newest(self, database: Database) -> None:
        table = AnswerTable(database, b"key", most=50)
        for start in range(0, 400, 40):
            table.keep([came(n, at=NOW + n) for n in range(start, start + 40)])
        table.keep([came(n, OTHER, at=NOW + n) for n in range(3)])
        kept = table.items(UNIT, 0, NOW + 999)
        assert 50 <= len(kept) <= 50 + 80
        assert max(one.came for one in kept) == NOW + 399
        assert table.dropped == 400 - len(kept)
        assert len(table.items(OTHER, 0, NOW + 999)) == 3

    def test_hostile_text_holds_nothing_up(self, table: AnswerTable, database: Database) -> None:
        wild = "A\x00b\udc80\n'; DROP TABLE answer_items; --" + "Đ" * 5000
        table.keep([Passing(NOW, wild, (UNIT,)), Passing(NOW + 1, "<r@x>", sent_by=UNIT, references=(wild,)), came(2)])
        assert [one.answered for one in table.items("", 0, NOW + 9)] in ([NOW + 1, None], [None, NOW + 1])
        with database.reading() as connection:
            assert connection.execute(sa.select(sa.func.count()).select_from(metadata.tables["answer_items"])).scalar()

    def test_nodes_write_at_once(self, table: AnswerTable, url: str, tmp_path: Path) -> None:
        raised: list[Exception] = []

        def write(start: int) -> None:
            other = AnswerTable(Database(url, tmp_path), b"key")
            try:
                for first in range(0, 60, 20):
                    numbers = range(first, first + 20)[:: -1 if start % 2 else 1]
                    other.keep([came(n, UNIT, OTHER) for n in numbers])
                    other.keep([reply(n, NOW + 1 + start) for n in numbers])
            except Exception as error:
                raised.append(error)

        threads = [threading.Thread(target=write, args=(n,)) for n in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert raised == []
        kept = table.items("", 0, NOW)
        assert len(kept) == 120
        assert all(one.answered is not None for one in kept)

    def test_an_item_is_added_once(self, table: AnswerTable) -> None:
        table.add([Item(UNIT, "k", NOW), Item(UNIT, "k", NOW + 5)])
        assert len(table.items("", 0, NOW + 9)) == 1
