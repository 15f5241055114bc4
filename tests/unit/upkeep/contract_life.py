"""What the record of mailboxes' lives and of the steps taken promises, on whatever database."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.directory.database import Database
from gateway.directory.errors import DirectoryUnavailable
from gateway.lifecycle.days import start_of
from gateway.lifecycle.effects import Way
from gateway.lifecycle.plan import Act
from gateway.lifecycle.subject import Lock, Record
from gateway.upkeep.life import LifeStore
from gateway.upkeep.records import Upkeep
from gateway.upkeep.rows import Result
from tests.unit.upkeep.build import DAY, HOSTILE, NOW, A, B, step
from tests.unit.upkeep.contract import Prepared, at_once

RECORD = Record(NOW - 9 * DAY, NOW - 0.1, Lock.DORMANT, True, NOW - 90 * DAY, NOW / 3, NOW - 900 * DAY, 0.1 + 0.2)


class LifeContract(Prepared):
    """Records and steps."""

    @pytest.fixture
    def life(self, upkeep: Upkeep) -> LifeStore:
        return upkeep.life

    def test_a_record_comes_back_as_it_was(self, life: LifeStore) -> None:
        assert life.records([A, B]) == {}
        assert life.change(A.upper(), lambda before: replace(RECORD, asked=before.asked)) == replace(RECORD, asked=None)
        assert life.change(A, lambda before: replace(before, asked=RECORD.asked)) == RECORD
        assert life.records([A, B]) == {A: RECORD}
        life.change(A, lambda _: Record())
        assert life.records([A]) == {A: Record()}

    def test_changes_come_one_after_the_other(self, life: LifeStore, url: str, tmp_path: Path) -> None:
        def change(_: int) -> None:
            other = Upkeep(Database(url, tmp_path)).life
            for _ in range(5):
                other.change(A, lambda before: replace(before, warned=(before.warned or 0) + 1))

        assert at_once(change, 4) == []
        assert life.records([A])[A].warned == 20

    def test_a_change_that_raises_changes_nothing(self, life: LifeStore) -> None:
        with pytest.raises(ZeroDivisionError):
            life.change(A, lambda _: Record(warned=1 / 0))
        assert life.records([A]) == {}

    def test_a_step_is_on_record_before_it_is_done(self, life: LifeStore) -> None:
        (taken,) = life.begin([step()], Way.MAIL, NOW)
        assert (taken.mailbox, taken.act, taken.way, taken.day) == (A, Act.WARN, Way.MAIL, "2026-06-01")
        assert (taken.result, taken.began, taken.ended, taken.detail) == (Result.BEGUN, NOW, None, "")
        assert taken.step == step().row()
        assert life.begun() == [taken]
        assert life.finish(taken.number, Result.DONE, NOW + 5, detail="250", work=lambda r: replace(r, warned=NOW))
        assert life.records([A]) == {A: Record(warned=NOW)}
        assert life.begun() == []
        assert life.history(A) == [replace(taken, result=Result.DONE, ended=NOW + 5, detail="250")]

    def test_what_was_begun_is_not_begun_again(self, life: LifeStore) -> None:
        planned = [step(), step(mailbox=B), step(Act.LOCK)]
        first = life.begin(planned, Way.MAIL, NOW)
        assert life.begin(planned[::-1], Way.MAIL, NOW + DAY) == first[::-1]
        assert life.finish(first[1].number, Result.FAILED, NOW)
        again = life.begin([*planned, step(day=2)], Way.MAIL, NOW + DAY)
        assert [one.result for one in again] == [Result.BEGUN, Result.FAILED, Result.BEGUN, Result.BEGUN]
        assert again[3].number not in {one.number for one in first}
        assert life.begin([step()], Way.LIST, NOW)[0].number != first[0].number
        assert life.begin([step()], Way.MAIL, NOW)[0].number == first[0].number, "each way by itself"
        assert life.begin([], Way.LIST, NOW) == []

    def test_what_became_of_it_is_said_once(self, life: LifeStore) -> None:
        (taken,) = life.begin([step()], Way.MAIL, NOW)
        life.finish(taken.number, Result.FAILED, NOW)
        assert not life.finish(taken.number, Result.DONE, NOW, work=lambda r: replace(r, warned=NOW))
        assert not life.finish(taken.number + 99, Result.DONE, NOW, work=lambda r: replace(r, warned=NOW))
        assert life.records([A]) == {}
        assert life.history()[0].result is Result.FAILED

    def test_the_result_and_the_record_are_one(self, life: LifeStore) -> None:
        (taken,) = life.begin([step()], Way.MAIL, NOW)
        with pytest.raises(ZeroDivisionError):
            life.finish(taken.number, Result.DONE, NOW, work=lambda _: Record(warned=1 / 0))
        assert life.begun() == [taken]

    def test_many_that_begin_the_same(self, life: LifeStore, url: str, tmp_path: Path) -> None:
        planned = [step(mailbox=f"m{number}@x") for number in range(30)]

        def begin(number: int) -> None:
            Upkeep(Database(url, tmp_path)).life.begin(planned[:: (-1) ** number], Way.MAIL, NOW)

        assert at_once(begin, 4) == []
        assert len(life.history()) == 30

    def test_history_is_the_newest_first(self, life: LifeStore) -> None:
        for day in range(1, 6):
            life.begin([step(day=day), step(mailbox=B, day=day)], Way.MAIL, NOW)
        assert [one.day[-1] for one in life.history(A.upper())] == list("54321")
        assert [one.mailbox for one in life.history(limit=2)] == [B, A]

    def test_how_much_was_taken_away_on_a_day(self, life: LifeStore) -> None:
        taking = [step(Act.LOCK), step(Act.RECLAIM, B), step(Act.WARN, "c@x"), step(Act.LOCK, "d@x", day=2)]
        life.begin(taking, Way.LIST, NOW)
        day = datetime.date(2026, 6, 1)
        assert life.taken(day) == 0, "what is only listed takes nothing"
        begun = life.begin(taking, Way.DENY, NOW)
        life.begin(taking, Way.MAIL, NOW)
        assert life.taken(day) == 2, "begun counts: it may have been done"
        for one in [*begun, *life.begin([step(Act.LOCK)], Way.MAIL, NOW)]:
            life.finish(one.number, Result.FAILED, NOW)
        assert life.taken(day) == 1
        assert life.taken(datetime.date(2026, 6, 3)) == 0

    def test_what_was_done_a_day_later_counts_there_too(self, life: LifeStore) -> None:
        """A step keeps the day on which it was begun."""
        (taken,) = life.begin([step(Act.LOCK)], Way.DENY, NOW)
        later = start_of(datetime.date(2026, 6, 4)) + 9 * 3600
        life.finish(taken.number, Result.DONE, later)
        assert [life.taken(datetime.date(2026, 6, day)) for day in (1, 2, 4, 5)] == [1, 0, 1, 0]

    def test_what_failed_may_be_begun_again(self, life: LifeStore) -> None:
        planned = [step(), step(mailbox=B), step(Act.LOCK)]
        first = life.begin(planned, Way.MAIL, NOW)
        life.finish(first[0].number, Result.FAILED, NOW + 1, detail="answer 503")
        life.finish(first[1].number, Result.DONE, NOW + 1)
        again = life.begin(planned, Way.MAIL, NOW + DAY, again=True)
        assert again[0] == replace(first[0], began=NOW + DAY)
        assert [one.result for one in again] == [Result.BEGUN, Result.DONE, Result.BEGUN]
        assert again[2] == first[2], "who began it and did not say stands as it was"
        assert life.finish(again[0].number, Result.DONE, NOW + DAY)

    def test_what_is_only_listed_is_ended_at_once(self, life: LifeStore) -> None:
        life.note([step(), step(mailbox=B)], NOW)
        life.note([step(), step(Act.LOCK)], NOW + 1, "too-many")
        life.note([], NOW)
        assert life.begun() == []
        assert [(one.mailbox, one.act, one.detail) for one in life.history()[::-1]] == [
            (A, Act.WARN, "listed"),
            (B, Act.WARN, "listed"),
            (A, Act.LOCK, "listed: too-many"),
        ]
        assert life.listed([A.upper(), "nobody@x"]) == {
            (A, Act.WARN): step().row(),
            (A, Act.LOCK): step(Act.LOCK).row(),
        }
        life.note([step(day=2)], NOW)
        assert life.listed([A])[A, Act.WARN] == step(day=2).row(), "the newest"

    def test_what_was_only_listed_may_be_begun(self, life: LifeStore) -> None:
        life.note([step()], NOW)
        assert life.begin([step()], Way.LIST, NOW)[0].result is Result.DONE
        (taken,) = life.begin([step()], Way.LIST, NOW + 5, again=True)
        assert (taken.result, taken.began, taken.ended, taken.detail) == (Result.BEGUN, NOW + 5, None, "")
        life.finish(taken.number, Result.DONE, NOW + 6)
        assert life.begin([step()], Way.LIST, NOW + 7, again=True)[0].result is Result.DONE, "done is done"

    def test_what_is_not_done_in_every_way(self, life: LifeStore) -> None:
        since = datetime.date(2026, 6, 1)
        assert life.unfinished([A], since) == {}
        done = life.begin([step(), step(mailbox=B), step(Act.LOCK, day=3), step(Act.LOCK, day=4)], Way.LIST, NOW)
        failed = life.begin([step(mailbox=B)], Way.WEBHOOK, NOW)
        life.finish(done[0].number, Result.DONE, NOW)
        life.finish(done[1].number, Result.DONE, NOW)
        life.finish(failed[0].number, Result.FAILED, NOW)
        found = life.unfinished([A.upper(), B, "c@x"], since)
        assert found == {(B, Act.WARN): since, (A, Act.LOCK): datetime.date(2026, 6, 4)}
        assert life.unfinished([A, B], datetime.date(2026, 6, 2)) == {(A, Act.LOCK): datetime.date(2026, 6, 4)}

    def test_what_nobody_ended_in_time_has_failed(self, life: LifeStore) -> None:
        old, new = life.begin([step(), step(day=3)], Way.MAIL, NOW)
        assert life.give_up(datetime.date(2026, 6, 3), NOW + DAY) == 1
        assert life.begun() == [new]
        (found,) = [one for one in life.history() if one.number == old.number]
        assert (found.result, found.ended) == (Result.FAILED, NOW + DAY)

    def test_old_steps_are_forgotten_but_those_that_nobody_ended(self, life: LifeStore) -> None:
        taken = life.begin([step(), step(mailbox=B), step(day=3)], Way.MAIL, NOW)
        life.finish(taken[0].number, Result.DONE, NOW)
        life.finish(taken[2].number, Result.DONE, NOW)
        assert life.forget(datetime.date(2026, 6, 3)) == 1
        assert {one.number for one in life.history()} == {taken[1].number, taken[2].number}

    def test_hostile_names(self, life: LifeStore) -> None:
        (taken,) = life.begin([step(mailbox=HOSTILE)], Way.MAIL, NOW)
        life.finish(taken.number, Result.DONE, NOW, detail=HOSTILE * 99, work=lambda _: RECORD)
        assert list(life.records([HOSTILE]).values()) == [RECORD]
        assert len(life.history(HOSTILE)) == 1

    def test_a_row_of_a_newer_version_is_no_silence(self, life: LifeStore) -> None:
        life.change(A, lambda _: RECORD)
        with life.tables.database.writing() as connection:
            connection.exec_driver_sql("UPDATE upkeep_records SET lock = 'by-moonlight'")
        with pytest.raises(DirectoryUnavailable, match="cannot be read"):
            life.records([A])
