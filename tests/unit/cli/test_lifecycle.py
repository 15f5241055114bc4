"""`congthu lifecycle plan` and `steps`: a dry run, and what was done."""

from __future__ import annotations

import time
from pathlib import Path

import orjson
import pytest

from gateway.access import Coverage, Evidence, Kind, Sign, Source, Strength
from gateway.directory.plan import change
from gateway.directory.store import DirectoryStore
from gateway.lifecycle.effects import Way
from gateway.lifecycle.plan import Act
from gateway.lifecycle.subject import Record
from gateway.upkeep.records import Upkeep
from gateway.upkeep.rows import Result
from gateway.who import Kind as MailboxKind
from gateway.who import Mailbox
from tests.unit.cli.support_use import IDLE, LOCKED, SPARED, UNIT, UNSEEN, configured, directory, known, run
from tests.unit.upkeep.build import DAY, step


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return configured(tmp_path)


def test_the_plan_says_what_is_due_and_why_and_does_nothing(config: Path) -> None:
    upkeep = known(config)
    done = run(config, "lifecycle", "plan")
    assert done.exit_code == 1
    line = next(line for line in done.stdout.splitlines() if line.startswith(IDLE.address))
    assert line.split("\t")[1:3] == ["gửi cảnh báo", "list"]
    assert line.endswith("\tQ4 8.1a\t")
    assert "1  cần cảnh báo / to be warned" in done.stderr
    assert "chưa xem hộp thư này lần nào" in done.stderr
    assert LOCKED.address not in done.stdout
    assert (upkeep.life.history(), upkeep.life.records([IDLE.key])) == ([], {})


def test_all_of_which_nothing_can_be_told_are_listed(config: Path) -> None:
    known(config)
    listed = run(config, "lifecycle", "plan", "--all").stdout
    assert f"{UNSEEN.address}\tno-evidence\t" in listed
    found = orjson.loads(run(config, "lifecycle", "plan", "--json").stdout)
    assert found["mailboxes"] == 6
    assert found["phases"]["exempt"] == 2
    assert {one["mailbox"]: one["act"] for one in found["steps"]} == {IDLE.key: "warn", SPARED: "clear"}
    assert found["cannot_tell"] == {"no-evidence": 1}
    assert [one["mailbox"] for one in found["unsure"]] == [UNSEEN.key]


def _many(config: Path, more: int) -> Upkeep:
    upkeep, now = known(config), time.time()
    store = DirectoryStore("sqlite:///congthu.db", config.parent / "data")
    made = [Mailbox(f"m{number}@tphcm.example", MailboxKind.PERSONAL, "q4") for number in range(more)]
    store.apply(change(store.snapshot(), *made), who="test")
    upkeep.use.keep([], [Coverage(one.key, Source.LAST_LOGIN, now - 220 * DAY, now) for one in made])
    for one in made:
        upkeep.life.change(one.key, lambda record: Record(warned=now - 30 * DAY))
    return upkeep


def test_too_many_at_once_wait_for_a_person(tmp_path: Path) -> None:
    always = '[lifecycle]\nleast = 2\nshare = 0\nopens = "00:00"\ncloses = "00:00"\n'
    config = configured(tmp_path, always)
    _many(config, 3)
    done = run(config, "lifecycle", "plan", "--unit", "q4")
    assert done.exit_code == 1
    assert "set lifecycle.allowed = 3 and reload" in done.stderr
    assert done.stdout.count("chờ người duyệt") == 3
    found = orjson.loads(run(config, "lifecycle", "plan", "--json").stdout)
    assert [one["waits"] for one in found["waiting"]] == ["too-many"] * 3


def test_what_is_allowed_is_due(tmp_path: Path) -> None:
    always = '[lifecycle]\nleast = 2\nshare = 0\nallowed = 3\nopens = "00:00"\ncloses = "00:00"\n'
    config = configured(tmp_path, always)
    _many(config, 3)
    found = orjson.loads(run(config, "lifecycle", "plan", "--unit", "q4", "--json").stdout)
    assert ([one["act"] for one in found["steps"]], found["waiting"]) == (["lock"] * 3, [])


def test_what_only_polling_says_is_listed_and_not_due(config: Path) -> None:
    upkeep, now = known(config), time.time()
    silent = Evidence(UNSEEN.key, Kind.UNUSED, Strength.STRONG, now - 200 * DAY, now, Source.IMAP, Sign.RECENT_KEPT)
    upkeep.use.keep([silent], [Coverage(UNSEEN.key, Source.IMAP, now - 200 * DAY, now)])
    done = run(config, "lifecycle", "plan")
    assert f"{UNSEEN.address}\tpolling-only\t" in done.stdout
    assert "1  có vẻ đến hạn, chưa chắc chắn" in done.stderr
    (found,) = orjson.loads(run(config, "lifecycle", "plan", "--json").stdout)["unsure"]
    assert (found["reason"], found["seems_due"]) == ("polling-only", True)
    shown = run(config, "mailboxes", "show", UNSEEN.address).stdout
    assert "có vẻ không ai mở từ ngày" in shown


def test_nothing_is_due(config: Path) -> None:
    directory(config)
    done = run(config, "lifecycle", "plan", "--unit", "q4")
    assert done.exit_code == 0
    assert "nothing is due" in done.stderr
    assert run(config, "lifecycle", "plan", "--unit", "zz").exit_code == 2


def test_steps_newest_first_and_filtered(config: Path) -> None:
    upkeep, now = known(config), time.time()
    upkeep.life.note([step(Act.WARN, IDLE.key)], now - 9 * DAY)
    (begun,) = upkeep.life.begin([step(Act.LOCK, UNIT)], Way.DENY, now)
    upkeep.life.finish(begun.number, Result.FAILED, now, detail="read-only")
    lines = run(config, "lifecycle", "steps").stdout.splitlines()
    assert [line.split("\t")[1] for line in lines[1:]] == [UNIT, IDLE.key]
    assert lines[1].split("\t")[2:] == ["tạm khóa", "deny-file", "failed", "read-only"]

    def found(*options: str) -> list[str]:
        return [one["mailbox"] for one in orjson.loads(run(config, "lifecycle", "steps", *options, "--json").stdout)]

    assert found("--act", "warn") == [IDLE.key]
    assert found("--result", "failed") == [UNIT]
    assert found("--mailbox", IDLE.address.upper()) == [IDLE.key]
    assert found("--limit", "1") == [UNIT]
    assert found("--since", "2099-01-01") == []
