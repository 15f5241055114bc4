"""What the book of letters promises, on whatever database: asked of SQLite here, of PostgreSQL in services."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from gateway.directory.database import Database
from gateway.directory.outbox import Notice, Outbox, Submitted, enqueue
from gateway.notifying.book import DAY, HOUR, Limits, NoticeBook
from gateway.notifying.letter import SAMPLE
from gateway.notifying.refusal import KIND, Refusal
from gateway.notifying.schema import VERSION_TABLE, metadata

NOW = 1_780_000_000.0


class Plain:
    """Letters of one line."""

    def write(self, refusal: Refusal) -> Notice:
        return Notice(KIND, refusal.reference, "", refusal.mailbox, b"a letter\r\n")


def refusals(count: int, start: int = 0, mailbox: str = SAMPLE.mailbox) -> list[Refusal]:
    """Of different messages."""
    numbers = range(start, start + count)
    return [replace(SAMPLE, mailbox=mailbox, reference=f"R{n}", about=f"about {n}") for n in numbers]


class BookContract:
    """Each test has a database of its own. A subclass gives the fixture `url`."""

    @pytest.fixture
    def database(self, url: str, tmp_path: Path) -> Database:
        return Database(url, tmp_path)

    @pytest.fixture
    def book(self, database: Database) -> NoticeBook:
        made = NoticeBook(database, Plain(), Limits(hour=3, day=5))
        made.prepare()
        return made

    def outbox(self, database: Database) -> Sequence[str]:
        return [one.notice.about for one in reversed(Outbox(database).list())]

    def test_the_schema_is_the_migrations(self, book: NoticeBook, database: Database) -> None:
        book.prepare()
        with database.reading() as connection:
            ours = {"include_name": lambda name, kind, _: kind != "table" or name in metadata.tables}
            context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, **ours})
            assert compare_metadata(context, metadata) == []

    @pytest.mark.bare
    def test_tables_are_made_where_they_are_needed_first(self, database: Database) -> None:
        NoticeBook(database).keep(refusals(1), NOW)  # nobody is to be told
        assert not database.exists or database.remote
        NoticeBook(database, Plain()).keep(refusals(1), NOW)
        assert self.outbox(database) == ["R0"]

    def test_a_mailbox_gets_so_many_and_another_its_own(self, book: NoticeBook, database: Database) -> None:
        book.keep([*refusals(9), *refusals(1, mailbox="binh@tinh.example")], NOW)
        assert self.outbox(database) == ["R0", "R1", "R2", "R0"]
        book.keep(refusals(9, 20, SAMPLE.mailbox.upper()), NOW + HOUR)
        assert self.outbox(database)[4:] == ["R20", "R21"], "five a day"
        book.keep(refusals(9, 40), NOW + DAY - 1)
        assert len(self.outbox(database)) == 6
        book.keep(refusals(9, 60), NOW + DAY)
        assert self.outbox(database)[6:] == ["R60", "R61", "R62"]
        assert (book.written, book.limited, book.repeated) == (9, 6 + 7 + 9 + 6, 0)

    def test_all_mailboxes_together_get_so_many_an_hour(self, database: Database) -> None:
        book = NoticeBook(database, Plain(), Limits(hour=3, day=5, all=4))
        many = [one for n in range(8) for one in refusals(1, n, f"m{n}@tinh.example")]
        book.keep(many[:3], NOW)
        book.keep(many, NOW + 1)  # another batch knows of the first
        assert self.outbox(database) == ["R0", "R1", "R2", "R3"]
        assert (book.written, book.repeated, book.held, book.limited) == (4, 3, 4, 0)
        book.keep(many[4:], NOW + HOUR)  # what was held is told when the message comes again
        assert self.outbox(database)[4:] == ["R4", "R5", "R6"], "one of the second batch still counts"
        assert book.held == 5

    def test_the_last_letter_of_an_hour_or_day_says_so(self, database: Database) -> None:
        class Telling(Plain):
            def write(self, refusal: Refusal) -> Notice:
                said.append(refusal.last)
                return super().write(refusal)

        said: list[str] = []
        book = NoticeBook(database, Telling(), Limits(hour=2, day=3))
        book.keep(refusals(4), NOW)
        book.keep(refusals(4, 10), NOW + HOUR)
        assert said == ["", "hour", "day"]

    def test_the_same_message_is_told_once_a_day(self, book: NoticeBook, database: Database) -> None:
        book.keep(refusals(1) * 3, NOW)
        book.keep(refusals(1), NOW + HOUR)
        assert self.outbox(database) == ["R0"]
        assert (book.written, book.repeated) == (1, 3)
        book.keep(refusals(1), NOW + DAY + 1)
        assert self.outbox(database) == ["R0", "R0"]

    def test_a_letter_that_fails_is_no_letter_and_stops_no_other(self, book: NoticeBook, database: Database) -> None:
        class Broken(Plain):
            def write(self, refusal: Refusal) -> Notice:
                if refusal.reference == "R1":
                    raise ValueError("a bug")
                return super().write(refusal)

        book.letters = Broken()
        book.keep(refusals(3), NOW)
        assert (self.outbox(database), book.written) == (["R0", "R2"], 2)
        book.letters = Plain()
        book.keep(refusals(3), NOW)  # it was not counted as told
        assert sorted(self.outbox(database)) == ["R0", "R1", "R2"]

    def test_nodes_count_together(self, book: NoticeBook, database: Database, url: str, tmp_path: Path) -> None:
        raised: list[Exception] = []

        def write(start: int) -> None:
            try:
                other = NoticeBook(Database(url, tmp_path), Plain(), Limits(hour=3, day=5))
                for number in range(5):
                    other.keep(refusals(1, start * 100 + number), NOW)
            except Exception as error:
                raised.append(error)

        threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert raised == []
        assert len(self.outbox(database)) == 3

    def test_old_letters_are_forgotten_others_stay(self, book: NoticeBook, database: Database) -> None:
        book.keep(refusals(2), NOW)
        book.keep(refusals(1, 2), NOW + DAY + 1)
        outbox = Outbox(database)
        with database.writing() as connection:
            enqueue(connection, [Notice("creation", "another's", "a@b", "c@d", b"x")], int(NOW * 1e6))
        for waiting in outbox.take(NOW + 2 * DAY)[1:]:
            outbox.settle(waiting, Submitted(True), NOW + 2 * DAY)
        assert book.forget(NOW + DAY) == 1
        assert self.outbox(database) == ["R0", "R2", "another's"]
