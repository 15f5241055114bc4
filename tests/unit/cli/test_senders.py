"""`congthu senders`, as a person and as a program use it."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

from gateway.blocks.deeds import Case
from gateway.blocks.store import BlockStore
from gateway.cli import main
from gateway.conduct.score import Judgement
from gateway.conduct.watch import Conduct
from gateway.directory.outbox import Outbox
from gateway.rates import Ask, Block, Charge, Deed, Limit, Measure, Scope, Standing
from gateway.throttle.sqlite import SqliteLimits
from tests.unit.directory.support_store import PERSON, UNIT_MAILBOX, filled
from tests.unit.journal.support import refusal, running

EVIDENCE: dict[str, Any] = {
    "score": 1.42,
    "signs": [{"sign": "new_recipients", "points": 0.8, "seen": 180, "usual": 12, "window": "hour"}],
}
CASE = Case(("new_recipients", "odd_hours"), EVIDENCE)
WHO = PERSON.address


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration with an empty data folder."""
    (tmp_path / "data").mkdir()
    path = tmp_path / "config.toml"
    path.write_text(
        f'[gateway]\nhostname = "gw.tinh.example"\ndata_dir = "{tmp_path / "data"}"\ndomains = ["tphcm.example"]\n'
        '[notices]\nsender = "q4@tphcm.example"\noffice = "Văn phòng"\n'
        '[senders]\nadministrators = ["quantri@tphcm.example"]\n'
        '[[limit_override]]\naddress = "nvan.q4@tphcm.example"\nreason = "gửi giấy mời"\nexpires = 2999-12-31\n'
        'recipients = ["5000/day"]\n'
    )
    return path


@pytest.fixture
def record(config: Path) -> BlockStore:
    """The same with a small directory, and a record in which nobody is stopped."""
    made = BlockStore(filled(config.parent / "data").database)
    made.prepare()
    return made


def _run(config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["senders", *arguments, "--config", str(config)])


def _json(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return orjson.loads(result.stdout)


def _found(record: BlockStore, who: str = WHO) -> Block:
    found = record.find(who)
    assert found is not None
    return found


def test_before_there_is_a_store(config: Path) -> None:
    result = _run(config, "list")
    assert (result.exit_code, result.stdout) == (0, "")
    assert _json(_run(config, "list", "--json")) == []
    assert _run(config, "show", WHO).exit_code == 1
    assert list((config.parent / "data").iterdir()) == [], "reading makes nothing"


@pytest.mark.parametrize("name", [WHO, WHO.upper(), "an.q4@tphcm.example", "nvan.q4"])
def test_one_is_locked_by_any_of_its_names(config: Path, record: BlockStore, name: str) -> None:
    result = _run(config, "block", name, "--reason", "mất mật khẩu")
    assert result.exit_code == 0, result.output
    assert f"{WHO} is locked; every gateway of this store knows within 5 s" in result.stdout
    assert "notices go to pnv.q4@tphcm.example, quantri@tphcm.example" in result.stdout
    found = _found(record)
    assert (found.standing, found.note) == (Standing.LOCKED, "mất mật khẩu")
    assert "@" in found.by
    mail = Outbox(record.database).list()
    assert {one.notice.recipient for one in mail} == {UNIT_MAILBOX.address, "quantri@tphcm.example"}
    again = _run(config, "block", name, "--reason", "mất mật khẩu")
    assert again.exit_code == 1
    assert "is locked already since" in again.stderr
    assert len(Outbox(record.database).list()) == 2


def test_a_lock_before_the_first_start(config: Path) -> None:
    told = _json(_run(config, "block", "la@tphcm.example", "--reason", "stolen", "--json"))
    assert told == {"who": "la@tphcm.example", "done": "locked", "notices": ["quantri@tphcm.example"]}


def test_a_typing_error_locks_nobody(config: Path, record: BlockStore) -> None:
    result = _run(config, "block", "nvann.q4@tphcm.example", "--reason", "stolen")
    assert result.exit_code == 2
    assert "the directory has no mailbox nvann.q4@tphcm.example; --unknown" in result.stderr
    assert _run(config, "block", "không phải địa chỉ", "--reason", "stolen").exit_code == 2
    assert _run(config, "block", WHO).exit_code == 2
    assert _run(config, "block", WHO, "--reason", " ").exit_code == 1
    assert record.blocks() == []
    assert _run(config, "block", "nvann.q4@tphcm.example", "--reason", "stolen", "--unknown").exit_code == 0
    assert len(record.blocks()) == 1


def test_a_login_that_is_nobodys_address(config: Path, record: BlockStore) -> None:
    """With several domains a bare login may be two people's: conduct keeps it as it is."""
    config.write_text(config.read_text().replace('["tphcm.example"]\n', '["tphcm.example", "khac.example"]\n', 1))
    assert _run(config, "show", "nvan").exit_code == 2
    record.block("nvan", CASE, time.time())
    assert "blocked since" in _run(config, "show", "NVAN").stdout
    assert _run(config, "release", "nvan", "--reason", "a mistake").exit_code == 0
    assert _run(config, "block", "nvan", "--reason", "stolen", "--unknown").exit_code == 0
    assert _found(record, "nvan").standing is Standing.LOCKED


def test_a_lock_is_released_only_with_the_number(config: Path, record: BlockStore) -> None:
    _run(config, "block", WHO, "--reason", "stolen")
    for arguments, code in (
        ((), 2),
        (("--reason", "he asked nicely"), 1),
        (("--confirmation", "ok"), 1),
        (("--confirmation", "", "--reason", "he asked"), 1),
    ):
        assert _run(config, "release", WHO, *arguments).exit_code == code
        assert _found(record).standing is Standing.LOCKED
    assert "written confirmation (AG 10.2a)" in _run(config, "release", WHO, "--reason", "he asked").stderr
    told = _json(_run(config, "release", "an.q4@tphcm.example", "--confirmation", "12/CV-SNV", "--json"))
    assert told == {"who": WHO, "done": "released", "notices": [UNIT_MAILBOX.address, "quantri@tphcm.example"]}
    assert (_found(record).standing, _found(record).note) == (Standing.RELEASED, "12/CV-SNV")
    again = _run(config, "release", WHO, "--confirmation", "12/CV-SNV")
    assert (again.exit_code, "is not blocked" in again.stderr) == (1, True)


def test_what_conduct_did_is_released_for_a_reason(config: Path, record: BlockStore) -> None:
    record.block(WHO, CASE, time.time())
    assert _run(config, "release", WHO, "--reason", "bản tin quý").exit_code == 0
    record.suspect("b@tphcm.example", CASE, time.time())
    assert _json(_run(config, "release", "b@tphcm.example", "--reason", "known", "--json"))["notices"] == []


def test_the_list(config: Path, record: BlockStore) -> None:
    now = time.time()
    record.suspect("a@tphcm.example", CASE, now - 100)
    record.block("b@tphcm.example", CASE, now - 50)
    record.lock("c@tphcm.example", "lan", "stolen")
    record.lock("d@tphcm.example", "lan", "stolen")
    record.release("d@tphcm.example", "lan", confirmation="1")
    rows = [line.split("\t") for line in _run(config, "list").stdout.splitlines()]
    assert rows[0] == ["sender", "standing", "since", "by", "reasons", "note"]
    assert [row[0][0] + row[1] for row in rows[1:]] == ["clocked", "bblocked", "asuspect"]
    assert [one["who"][0] for one in _json(_run(config, "list", "--all", "--json"))] == ["d", "c", "b", "a"]
    assert [one["who"][0] for one in _json(_run(config, "list", "--standing", "released", "--json"))] == ["d"]
    assert [one["who"][0] for one in _json(_run(config, "list", "--limit", "1", "--json"))] == ["c"]
    (blocked,) = _json(_run(config, "list", "--standing", "blocked", "--json"))
    assert (blocked["reasons"], blocked["evidence"], blocked["by"]) == (list(CASE.reasons), EVIDENCE, "gateway")


def test_show_tells_what_a_person_needs_to_judge(config: Path, record: BlockStore) -> None:
    record.block(WHO, CASE, time.time())
    text = _run(config, "show", "an.q4@tphcm.example").stdout
    for words in (
        "personal  pnv  Nguyễn Văn An",
        "blocked since 20",
        "new_recipients odd_hours",
        "180 người nhận mà hộp thư này chưa từng viết cho",
        "180 recipients that this mailbox had not written to",
        "well -> blocked  gateway  new_recipients odd_hours",
        "exception: gửi giấy mời (until 2999-12-31)",
        '--reason "WHY"  releases it',
    ):
        assert words in text
    told = _json(_run(config, "show", WHO, "--json"))
    assert (told["who"], told["standing"], told["evidence"]) == (WHO, "blocked", EVIDENCE)
    assert [(one["before"], one["standing"], one["told"]) for one in told["history"]] == [(None, "blocked", False)]
    assert (told["decisions"], told["conduct"]) == ([], None)


def test_show_names_what_was_refused_lately(config: Path, record: BlockStore) -> None:
    async def write() -> None:
        async with running(config.parent / "data") as journal:
            for number, (action, age) in enumerate(
                [("reject", 5), ("tempfail", 3), ("accept", 1), ("reject", 40 * 86400)]
            ):
                path, reference = WHO.upper() if number else WHO, f"1M80-NEG8-RHAW-AAA{number}"
                made = refusal(reference=reference, reverse_path=path, time=time.time() - age, action=action)
                await journal.commit(made)
            await journal.commit(refusal(reference="1M80-NEG8-RHAW-BBBB", time=time.time()))

    asyncio.run(write())
    told = _json(_run(config, "show", WHO, "--json"))["decisions"]
    assert [one["reference"][-4:] for one in told] == ["AAA1", "AAA0"]
    assert told[1]["rules"] == ["attachment-cap"]
    text = _run(config, "show", WHO).stdout
    assert "1M80-NEG8-RHAW-AAA0  552 5.3.4" in text
    assert "BBBB" not in text


def _charge(scope: Scope) -> Charge:
    limits = (
        Limit(Measure.RECIPIENTS, 86400, 5000),
        Limit(Measure.BYTES, 86400, 2**31),
        Limit(Measure.NEW, 86400, 500),
    )
    return Charge(scope, WHO, limits)


def _count(folder: Path) -> None:
    """What the running gateway would have counted: three recipients and 3 MiB on a mail server's word, and a deed."""

    async def count() -> None:
        store = SqliteLimits(folder / "limits.db", timeout=5.0)
        await store.start()
        names = ("a@x.example", "b@x.example", "c@x.example")
        await store.reserve(Ask((_charge(Scope.PATH),), names, 1, 3 * 2**20))
        conduct = Conduct(store, _nobody, gather=0.0)
        await conduct.start()
        conduct.note(Deed(WHO, time.time(), "192.0.2.1", recipients=3, new=3))
        await conduct.close(30.0)
        await store.close()

    asyncio.run(count())


async def _nobody(who: str, judgement: Judgement) -> None:
    raise AssertionError(who)


def test_show_tells_what_was_counted(config: Path, record: BlockStore) -> None:
    _count(config.parent / "data")
    told = _json(_run(config, "show", WHO, "--json"))
    used = {(one["account"], one["measure"], one["window"]): (one["used"], one["limit"]) for one in told["limits"]}
    assert used[f"path:{WHO}", "recipients", 86400] == (3, 5000)
    assert used[f"mailbox:{WHO}", "recipients", 86400] == (0, 5000), "the exception's limit"
    assert used[f"path:{WHO}", "size", 86400] == (3 * 2**20, 2 * 2**30)
    assert (told["limits_failed"], told["override"]) == ("", "gửi giấy mời (until 2999-12-31)")
    assert told["conduct"]["score"] >= 0
    text = _run(config, "show", WHO).stdout
    assert f"path:{WHO}: recipients 3 of 5,000 a day; " in text
    assert "KiB 3,072 of 2,097,152 a day" in text
    assert f"mailbox:{WHO}: recipients 0 of 5,000 a day; messages 0 of 60 a minute, 0 of 300 an hour" in text
    assert "conduct now: score 0." in text


def test_show_where_the_counters_are_away(config: Path, record: BlockStore) -> None:
    config.write_text(config.read_text() + '[store]\nshared = "redis://:geheim@127.0.0.1:1/0"\n')
    record.block(WHO, CASE, time.time())
    result = _run(config, "show", WHO)
    assert result.exit_code == 0, result.output
    assert "the limits' counters cannot be read" in result.stdout
    assert "geheim" not in result.output
    assert "blocked since" in result.stdout
    assert "cannot be read" in _json(_run(config, "show", WHO, "--json"))["limits_failed"]


def test_show_of_one_that_stands_well_and_of_nobody(config: Path, record: BlockStore) -> None:
    result = _run(config, "show", WHO)
    assert (result.exit_code, "stands well" in result.stdout) == (0, True)
    assert _json(_run(config, "show", WHO, "--json"))["standing"] is None
    result = _run(config, "show", "la@khac.example")
    assert (result.exit_code, "congthu: nothing is known of la@khac.example" in result.stderr) == (1, True)


def test_nothing_that_a_stranger_wrote_steers_the_terminal(config: Path, record: BlockStore) -> None:
    record.block("x\x1b[2Jy@tphcm.example", Case(("\x1b[1m",), {"networks": ["\x1b[2J\u202e"]}), time.time())
    record.lock(WHO, "\x1b[2J", "bad \x1b[2J\u202e news")
    for arguments in (("list",), ("show", WHO)):
        result = _run(config, *arguments)
        assert result.exit_code == 0
        assert "\x1b" not in result.output
        assert "\u202e" not in result.output


def test_a_wrong_administrator_is_said_in_one_line(config: Path) -> None:
    config.write_text(config.read_text().replace('"quantri@tphcm.example"', '"quan tri"'))
    result = _run(config, "block", WHO, "--reason", "stolen")
    assert result.exit_code == 2
    assert result.stderr.startswith("congthu: senders.administrators")


def test_a_name_that_servers_told_is_shown_and_released_with_its_mailbox(config: Path, record: BlockStore) -> None:
    told = f"{WHO}%10.0.0.0/24"
    assert record.block(told, CASE, time.time())
    assert _json(_run(config, "show", WHO, "--json"))["through_servers"][0]["who"] == told
    assert _json(_run(config, "show", told, "--json"))["standing"] == "blocked"
    assert told in _run(config, "show", WHO).output
    _json(_run(config, "release", WHO, "--reason", "đã hỏi người gửi", "--json"))
    assert _found(record, told).standing is Standing.RELEASED
    assert record.find(WHO) is None
    assert record.block(told, CASE, time.time() + 7200)
    _json(_run(config, "release", told, "--reason", "đã hỏi người gửi", "--json"))
    assert _found(record, told).standing is Standing.RELEASED
