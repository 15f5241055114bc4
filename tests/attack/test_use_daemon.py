"""Attacks on what runs beside mail: a bug in a part, reloads in the middle of a pass, a deny file that nobody keeps."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Collection
from pathlib import Path
from typing import Any, cast

import pytest

from gateway.acting.deny import DenyRefused
from gateway.changing import Change, quick
from gateway.directory.errors import DirectoryUnavailable
from gateway.errors import StartError
from gateway.imap.ports import Outcome
from gateway.lifecycle.plan import Act
from gateway.parts import Part, Parts
from gateway.tending import Tending
from gateway.who import State
from tests.support.changes import put_in_force
from tests.unit.acting.build import A, B, C, Office, person, told
from tests.unit.test_tending import put, settings, tended, until
from tests.unit.upkeep.build import good, seen

DENY = {"do": {"lock": ["deny-file"]}}


class _Broken:
    """A part with a bug wherever it is touched."""

    def __init__(self, error: Exception, heard: list[str]) -> None:
        self.error, self.heard = error, heard

    def __getattr__(self, name: str) -> Any:
        def raises(*_: object, **__: object) -> None:
            self.heard.append(name)
            raise self.error

        return raises

    async def start(self) -> None:
        self.heard.append("start")
        raise self.error

    async def prepare(self, _: object) -> Change:
        self.heard.append("prepare")
        raise self.error

    async def close(self) -> None:
        self.heard.append("close")
        raise self.error


class _Fine:
    def __init__(self, heard: list[str]) -> None:
        self.heard = heard

    async def start(self) -> None:
        self.heard.append("fine start")

    async def prepare(self, _: object) -> Change:
        return quick(lambda: self.heard.append("fine commit"))

    async def close(self) -> None:
        self.heard.append("fine close")


def _parts(error: Exception, heard: list[str]) -> Parts:
    broken = _Broken(error, heard)
    made = Parts.__new__(Parts)
    made._answering = made._sourcing = made._notifier = cast(Any, broken)
    made._parts = [cast(Part, broken), _Fine(heard)]
    return made


class TestBugs:
    """Mail goes on, whatever a part beside it does."""

    @pytest.mark.parametrize("error", [RuntimeError("bug"), OSError(errno.EADDRINUSE, "in use"), KeyError("x")])
    async def test_of_a_part_stop_neither_the_others_nor_mail(self, error: Exception) -> None:
        heard: list[str] = []
        parts, nothing = _parts(error, heard), cast(Any, None)
        await parts.start()
        await put_in_force(parts, nothing)
        await parts.close()
        assert [one for one in heard if one.startswith("fine")] == ["fine start", "fine commit", "fine close"]
        parts.logged_in("an", "10.0.0.1")
        parts.delivered(nothing, nothing, nothing)
        parts.refused(nothing, nothing, nothing, nothing)
        parts._polled(good(seen(1.0)))
        assert {"logged_in", "note", "refused", "expect"} <= set(heard)

    async def test_a_configuration_that_cannot_be_is_told(self) -> None:
        parts = _parts(StartError("lifecycle.deny_file: not set"), [])
        with pytest.raises(StartError):
            await parts.start()
        with pytest.raises(StartError):
            await put_in_force(parts, cast(Any, None))

    async def test_in_following_the_directory_does_not_end_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Once it ended nobody's lock would ever be lifted in the deny file again."""
        monkeypatch.setattr("gateway.tending._AGAIN", 0.05)
        put(tmp_path, person(state=State.LOCKED))
        file = tmp_path / "denied"
        real, failed = Tending._rolled, [0]

        def rolled(self: Tending, given: Any) -> Any:
            failed[0] += 1
            if failed[0] == 1:
                raise ZeroDivisionError
            return real(self, given)

        monkeypatch.setattr(Tending, "_rolled", rolled)
        async with tended(settings(tmp_path, lifecycle={"deny_file": str(file), **DENY}), tmp_path):
            await until(lambda: file.exists() and A in file.read_text())
            put(tmp_path, person())
            await until(lambda: A not in file.read_text())


class TestReloads:
    async def test_what_was_forbidden_meanwhile_is_not_done(self, tmp_path: Path) -> None:
        """The operator sees locks that he does not want, sets `lock` to list and reloads: the pass under way stops."""
        given = settings(tmp_path, lifecycle={"deny_file": str(tmp_path / "denied"), **DENY})
        async with tended(given, tmp_path) as (tending, _):
            await until(lambda: tending._passes.held)
            assert tending._parts is not None
            running = tending._parts.round
            assert running._allowed()
            await put_in_force(tending, settings(tmp_path))
            assert not running._allowed()
            assert not running._doer._allowed()
            assert tending._parts.round._allowed()

    async def test_a_pass_that_a_reload_ended_is_made_again_soon(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("gateway.tending._AGAIN", 0.05)
        put(tmp_path, person())
        real, passes = Tending._round, list[int]()

        async def a_pass(self: Tending) -> bool:
            passes.append(1)
            if len(passes) == 1:
                await put_in_force(self, settings(tmp_path, lifecycle={"every": 3599.0}))
            return await real(self)

        monkeypatch.setattr(Tending, "_round", a_pass)
        monkeypatch.setattr("gateway.tending._LOOK", 0.02)
        given = settings(tmp_path, lifecycle={"every": 3600.0})
        async with tended(given, tmp_path, first=0.05):
            await until(lambda: len(passes) > 1)
            await asyncio.sleep(0.3)
            assert len(passes) == 2, "the one that was ended, and its second try"

    async def test_who_is_let_in_is_let_in_after_the_way_was_taken_away(self, tmp_path: Path) -> None:
        """Dovecot reads the file for as long as it is configured there, whatever `lifecycle.do` says now."""
        put(tmp_path, person(state=State.LOCKED), person(B, state=State.LOCKED))
        file = tmp_path / "denied"
        given = settings(tmp_path, lifecycle={"deny_file": str(file), **DENY})
        async with tended(given, tmp_path) as (tending, _):
            await until(lambda: file.exists() and A in file.read_text())
            await put_in_force(tending, settings(tmp_path, lifecycle={"deny_file": str(file)}))
            put(tmp_path, person(), person(C, state=State.LOCKED))
            await until(lambda: A not in file.read_text())
            assert B in file.read_text()

    async def test_a_file_that_was_never_ours_is_not_begun(self, tmp_path: Path) -> None:
        put(tmp_path, person(state=State.LOCKED))
        file = tmp_path / "denied"
        async with tended(settings(tmp_path, lifecycle={"deny_file": str(file)}), tmp_path) as (tending, _):
            await until(lambda: tending._roll.version >= 0)
            assert tending._denying is None
        assert not file.exists()


class TestDenyFile:
    async def test_a_link_is_not_followed_and_not_replaced(self, tmp_path: Path) -> None:
        office = Office(tmp_path)
        target, link = tmp_path / "secret", tmp_path / "denied"
        target.write_text("# Written by congthu: not really\n")
        link.symlink_to(target)
        with pytest.raises(DenyRefused):
            await office.denying().add([person()])
        assert (link.is_symlink(), target.read_text()) == (True, "# Written by congthu: not really\n")

    @pytest.mark.parametrize("mode", [0o600, 0o640, 0o604])
    async def test_it_is_never_opened_to_others(self, tmp_path: Path, mode: int) -> None:
        office, file = Office(tmp_path), tmp_path / "denied"
        file.touch()
        file.chmod(mode)
        for address in (A, B):
            await office.denying().add([person(address)])
            assert file.stat().st_mode & 0o7777 == mode

    async def test_hostile_names_make_no_lines_of_their_own(self, tmp_path: Path) -> None:
        office, file = Office(tmp_path), tmp_path / "denied"
        bad = [
            person("x\nb@tinh.example"),
            person("#b@tinh.example"),
            person("b:@tinh.example"),
            person("b\u2028@t.example"),
        ]
        refused = await office.denying().add([*bad, person()])
        assert refused == frozenset(one.key for one in bad)
        assert file.read_text().splitlines()[1:] == ["an", A]

    async def test_a_store_that_goes_away_takes_nobody_out_of_it(self, tmp_path: Path) -> None:
        office, file = Office(tmp_path), tmp_path / "denied"
        office.put(person(state=State.LOCKED))
        denying = office.denying()
        assert await denying.follow()
        before = file.read_text()

        def away() -> Any:
            raise DirectoryUnavailable("away")

        denying._read = away
        assert not await denying.follow()
        assert (file.read_text(), bool(denying.failed)) == (before, True)


async def test_a_lease_that_is_lost_in_a_pass_ends_its_deeds(tmp_path: Path) -> None:
    """Of two gateways with different clocks only the one that holds the lease does anything."""
    office = Office(tmp_path)
    office.silent(person(), person(B))
    ours = [True]

    def allowed() -> bool:
        return ours[0]

    async def look(_: Collection[str]) -> None:
        ours[0] = False

    found = await office.passes({Act.WARN: ()}, looks=[look], allowed=allowed)
    assert found.steps == []
    ours[0] = False
    assert told((await office.passes(allowed=allowed)).steps) == []


def test_an_outcome_is_what_parts_hear() -> None:
    assert isinstance(good(seen(1.0)), Outcome)
