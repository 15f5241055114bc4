"""`congthu mailboxes show` and `list` with what is known of use, and `windows`: as people and as programs read them."""

from __future__ import annotations

import time
from pathlib import Path

import orjson
import pytest

from gateway.access import Coverage, Evidence, Kind, Sign, Source, Strength
from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.days import after_days, day_of, moment
from gateway.lifecycle.effects import Way
from gateway.lifecycle.plan import Act
from gateway.lifecycle.windows import reading_of
from gateway.regulations import load
from gateway.upkeep.passwords import PasswordKept
from gateway.upkeep.records import Upkeep
from gateway.upkeep.rows import Result
from tests.unit.cli.support_use import IDLE, LOCKED, SPARED, UNIT, configured, directory, known, run
from tests.unit.upkeep.build import DAY, failed, step


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return configured(tmp_path)


@pytest.fixture
def upkeep(config: Path) -> Upkeep:
    return known(config)


def shown(config: Path, address: str) -> str:
    done = run(config, "mailboxes", "show", address)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_used_mailbox_says_between_when_and_when_by_what_and_how_sure(config: Path, upkeep: Upkeep) -> None:
    text = shown(config, UNIT)
    assert "Có truy cập trong khoảng " in text
    assert "thư mới trong Hộp thư đến đã được mở (suy ra qua IMAP; chắc chắn)" in text
    assert "Used between " in text
    assert "Đang sử dụng: tính từ ngày" in text


def test_an_unused_one_says_so_with_what_is_due_its_quota_and_old_mail(config: Path, upkeep: Upkeep) -> None:
    text = shown(config, IDLE.address)
    for part in ("Chắc chắn không ai dùng từ", "Surely not used from", "Cần cảnh báo", "(Q4 8.1a)", "gửi cảnh báo"):
        assert part in text
    assert "đã dùng 900.0 MiB / 1.0 GiB (88%); quá mức 80%" in text
    assert "3 messages of the inbox are older than 6 months (Q4 11.8)" in text
    found = orjson.loads(run(config, "mailboxes", "show", IDLE.address, "--json").stdout)
    assert found["address"] == IDLE.address
    assert (found["life"]["phase"], found["life"]["act"], found["life"]["clause"]) == (
        "to-be-warned",
        "warn",
        "Q4 8.1a",
    )
    assert (found["quota"]["fullness"], found["quota"]["threshold"], found["old_messages"]) == ("filling", 0.8, 3)
    assert found["use"]["silent_since"].endswith("+07:00")
    assert found["use"]["used"]["source"] == "last-login"


def test_one_of_which_nothing_is_known_says_why(config: Path, upkeep: Upkeep) -> None:
    directory_only = shown(config, LOCKED.address)
    assert "chưa xem hộp thư này lần nào" in directory_only
    assert "The unit asks for it from the unit's mailbox. (Q4 8.1a)" in directory_only
    assert "đi học" in shown(config, SPARED)


def test_failures_steps_and_passwords_are_told(config: Path, upkeep: Upkeep) -> None:
    now = time.time()
    upkeep.use.keep_outcomes([failed(now, IDLE.key)])
    (begun,) = upkeep.life.begin([step(Act.WARN, IDLE.key)], Way.MAIL, now)
    upkeep.life.finish(begun.number, Result.FAILED, now, detail="no upstream")
    upkeep.passwords.put([PasswordKept(IDLE.key, now - 200 * DAY, False, now)])
    text = shown(config, IDLE.address)
    assert "no answer in time (timeout)" in text
    assert "gửi cảnh báo (mail), không làm được: no upstream" in text
    assert "quá hạn đổi; đổi lần cuối ngày" in text
    found = orjson.loads(run(config, "mailboxes", "show", IDLE.address, "--json").stdout)
    assert (found["poll"]["failure"], found["password"]["due"]) == ("timeout", "change-due")
    assert [one["result"] for one in found["steps"]] == ["failed"]


def test_a_directory_without_any_record_of_use_is_shown_as_before(config: Path) -> None:
    store = directory(config)
    with store.database.writing() as connection:
        for (name,) in connection.exec_driver_sql("select name from sqlite_master where name like 'upkeep_%'").all():
            connection.exec_driver_sql(f'drop {"index" if name.startswith("ix") else "table"} if exists "{name}"')
    assert "cổng chưa xem hộp thư này lần nào" in shown(config, UNIT)
    assert run(config, "mailboxes", "list", "--use").exit_code == 0
    assert run(config, "lifecycle", "steps").exit_code == 0


def test_list_filters_by_phase_idleness_and_fullness(config: Path, upkeep: Upkeep) -> None:
    def found(*options: str) -> list[str]:
        done = run(config, "mailboxes", "list", *options, "--json")
        assert done.exit_code == 0, done.output
        return [one["address"] for one in orjson.loads(done.stdout)]

    assert found("--phase", "to-be-warned") == [IDLE.address]
    assert found("--phase", "active") == [UNIT]
    assert found("--idle-months", "6") == [IDLE.address]
    assert found("--idle-months", "12") == []
    assert found("--full") == [IDLE.address]
    assert len(found("--use")) == 6
    assert found("--use", "--limit", "1", "--kind", "unit") == [UNIT]
    assert found("--phase", "to-be-warned", "--unit", "q4") == []
    table = run(config, "mailboxes", "list", "--full").stdout.splitlines()
    assert table[0].startswith("address\tphase\tunused since")
    assert "cần cảnh báo" in table[1]
    assert "88%" in table[1]
    assert run(config, "mailboxes", "list", "--phase", "asleep").exit_code == 2


def _last_working_day() -> object:
    today = day_of(time.time())
    return next(one for back in range(1, 20) if Calendar().works(one := after_days(today, -back)))


def test_windows_tell_checked_not_checked_and_not_observable(config: Path, upkeep: Upkeep) -> None:
    day = _last_working_day()
    morning, _ = reading_of(load("tphcm-q4-03-2013")).windows
    at = moment(day, morning.opens)  # type: ignore[arg-type]
    login = Evidence(UNIT, Kind.ACCESS, Strength.EXACT, at + 60, at + 60, Source.DOVECOT_EVENTS, Sign.LOGIN)
    upkeep.use.keep([login], [])
    done = run(config, "mailboxes", "windows", "--unit", "pnv")
    assert done.exit_code == 0
    assert "đầu buổi sáng\tcó kiểm tra" in done.stdout
    assert "đầu buổi chiều\tkhông quan sát được" in done.stdout
    assert "1 có kiểm tra / checked" in done.stderr
    found = orjson.loads(run(config, "mailboxes", "windows", "--day", str(day), "--json").stdout)
    assert found["totals"] == {"checked": 1, "not-checked": 0, "not-observable": 1}
    month = run(config, "mailboxes", "windows", "--month", str(day)[:7], "--mailbox", UNIT)
    assert month.stdout.splitlines()[1].startswith(f"{UNIT}\tpnv\t1\t0\t")


def test_a_window_that_nobody_read_is_found(config: Path, upkeep: Upkeep) -> None:
    day = _last_working_day()
    start = moment(day, reading_of(load("tphcm-q4-03-2013")).windows[0].opens) - 20 * 3600  # type: ignore[arg-type]
    upkeep.use.keep([], [Coverage(UNIT, Source.DOVECOT_EVENTS, start - DAY, start + 2 * DAY)])
    with upkeep.use.tables.database.writing() as connection:
        connection.exec_driver_sql("delete from upkeep_evidence")
    done = run(config, "mailboxes", "windows", "--day", str(day))
    assert done.exit_code == 1
    assert "2 không kiểm tra / not checked" in done.stderr


def test_wrong_usage_of_windows(config: Path, upkeep: Upkeep) -> None:
    for options in (["--day", "2026-11-20", "--month", "2026-11"], ["--unit", "zz"], ["--mailbox", "no@x.example"]):
        assert run(config, "mailboxes", "windows", *options).exit_code == 2
    assert "no window" in run(config, "mailboxes", "windows", "--day", "2026-11-22").stderr
