"""Dates that servers wrote down: as they write them, and what they prove."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.access import Coverage, Source, Strength
from gateway.directory.ldap import LdapServer
from gateway.directory.ldap_entries import RawEntry
from gateway.sources.dates import filetime, generalized
from gateway.sources.last_login import LastLoginFailed, LastLogins, Table
from gateway.sources.ldap_times import LdapTimes
from gateway.sources.stamps import DAY, STAMPS, PasswordDate
from gateway.sources.told import SKEW, last_login

NOW = 1_795_366_940.0


class TestDates:
    @pytest.mark.parametrize(
        ("said", "at"),
        [
            ("20261122170212Z", 1_795_366_932.0),
            ("20261123000212+0700", 1_795_366_932.0),
            ("20261122170212.5Z", 1_795_366_932.5),
            ("202611221702.5Z", 1_795_366_950.0),
            ("2026112217Z", 1_795_366_800.0),
            ("20261122120212-05", 1_795_366_932.0),
        ],
    )
    def test_generalized(self, said: str, at: float) -> None:
        assert generalized(said) == at

    @pytest.mark.parametrize(
        "said", ["", "20261122", "20261322170212Z", "20261122170212", "20261122170212+2500", "٢٠٢٦١١٢٢١٧٠٢١٢Z"]
    )
    def test_not_generalized(self, said: str) -> None:
        with pytest.raises(ValueError, match=r"."):
            generalized(said)

    def test_filetime(self) -> None:
        assert filetime("116444736000000000") == 0.0
        assert filetime("0") is None and filetime(str(2**63 - 1)) is None
        for said in ("-1", "x", "", str(2**63), "9" * 30):
            with pytest.raises(ValueError, match=r"."):
                filetime(said)

    @given(st.text(max_size=24), st.sampled_from([generalized, filetime]))
    def test_anything(self, said: str, reader: Callable[[str], float | None]) -> None:
        with contextlib.suppress(ValueError, OverflowError):
            reader(said)


class TestEvidence:
    def test_the_interval_holds_the_truth_by_either_clock(self) -> None:
        one = last_login("an", Source.LAST_LOGIN, NOW - 1000, NOW)
        assert (one.not_before, one.not_after) == (NOW - 1000 - SKEW, NOW - 1000 + SKEW)

    def test_a_coarse_record(self) -> None:
        assert last_login("an", Source.ZIMBRA, NOW - 1000, NOW, coarse=600.0).not_after == NOW - 400 + SKEW
        assert last_login("an", Source.ZIMBRA, NOW - 1000, NOW, coarse=6000.0).not_after == NOW

    @given(st.floats(0, 4e9), st.floats(0, 1e7))
    def test_it_is_an_interval(self, at: float, coarse: float) -> None:
        one = last_login("an", Source.ZIMBRA, at, NOW, coarse=coarse)
        assert one.not_before <= one.not_after <= NOW + 300

    def test_from_the_future(self) -> None:
        one = last_login("an", Source.LAST_LOGIN, NOW + 5000, NOW)
        assert (one.not_before, one.not_after, one.strength) == (0.0, NOW, Strength.MEDIUM)


class TestTable:
    @pytest.fixture
    def base(self, tmp_path: Path) -> Path:
        path = tmp_path / "last login.sqlite"
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE last_logins (username, auth_user, last_login)")
        return path

    def read(
        self, base: Path, *rows: tuple[object, object, object], before: Coverage | None = None, **changes: Any
    ) -> tuple[list[tuple[str, float]], list[tuple[str, float, float]], dict[str, int]]:
        with sqlite3.connect(base) as connection:
            connection.executemany("INSERT INTO last_logins VALUES (?, ?, ?)", rows)
        connection.close()
        reader = LastLogins(
            Table(f"sqlite:///{base}", **changes), frozenset({"poller"}), lambda user: user if "@" in user else ""
        )
        told = reader.read({before.mailbox: before} if before else {}, NOW)
        return (
            [(one.mailbox, one.not_before + SKEW) for one in told.evidence],
            [(one.mailbox, one.since, one.until) for one in told.coverage],
            dict(told.problems),
        )

    def test_the_pollers_rows_are_no_use(self, base: Path) -> None:
        rows = [("an@x", "an@x", 1000), ("an@x", "AN@x", 2000), ("an@x", "Poller", 3000), ("binh@x", "poller", 3000)]
        assert self.read(base, *rows) == ([("an@x", 2000.0)], [("an@x", 2000, 3000), ("binh@x", 3000, 3000)], {})

    def test_silence_goes_from_visit_to_visit(self, base: Path) -> None:
        before = Coverage("an@x", Source.LAST_LOGIN, 500.0, 900.0)
        assert self.read(base, ("an@x", "poller", 3000), before=before)[1] == [("an@x", 500, 3000)]

    def test_a_record_that_stood_still(self, base: Path) -> None:
        """The plugin was off for days: nothing is known of them."""
        before = Coverage("an@x", Source.LAST_LOGIN, 500.0, 900.0)
        assert self.read(base, ("an@x", "poller", 300_000), before=before)[1] == [("an@x", 300_000, 300_000)]

    def test_what_cannot_be_used_is_counted(self, base: Path) -> None:
        rows: list[tuple[object, object, object]] = [
            ("an@x", "an@x", "hôm qua"),
            ("an@x", None, 5),
            (None, "x", 5),
            ("kho", "kho", 5),
            ("an@x", "an@x", -1),
            ("an@x", "an@x", 1.5),
            ("an@x", "an@x", 2**62),
        ]
        found, covered, problems = self.read(base, *rows)
        assert problems == {"value": 4, "stranger": 2, "clock": 1}
        assert covered == [] and [mailbox for mailbox, _ in found] == ["an@x"]

    def test_other_units_and_text(self, base: Path) -> None:
        ((mailbox, at),), _, _ = self.read(base, ("an@x", "an@x", "1795000000123"), precision="ms")
        assert mailbox == "an@x" and at == pytest.approx(1_795_000_000.123)

    def test_a_table_that_is_not_there(self, tmp_path: Path) -> None:
        path = tmp_path / "none.sqlite"
        for url in (f"sqlite:///{path}", "postgresql://x:mat-khau-bi-mat@127.0.0.1:1/y"):
            with pytest.raises(LastLoginFailed) as caught:
                LastLogins(Table(url), frozenset(), str).read({}, NOW)
            assert "mat-khau-bi-mat" not in str(caught.value) and "\n" not in str(caught.value)
        assert not path.exists()
        assert "mat-khau" not in repr(Table("postgresql://x:mat-khau@h/y"))

    def test_it_cannot_write(self, base: Path) -> None:
        before = base.read_bytes()
        self.read(base)
        assert base.read_bytes() == before

    @pytest.mark.parametrize(
        "changes", [{"table": "x; drop table y"}, {"table": "a.b.c"}, {"at": ""}, {"user": 'a"b'}, {"precision": "h"}]
    )
    def test_names_that_are_none(self, changes: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match=r"."):
            Table("sqlite:///x", **changes)

    @pytest.mark.parametrize("url", ["", "x", "nosuch://h/x"])
    def test_urls_that_are_none(self, url: str) -> None:
        with pytest.raises(ValueError, match="last_login URL"):
            LastLogins(Table(url), frozenset(), str)


class TestLdapEntries:
    def understand(self, *entries: dict[str, list[bytes]], name: str = "zimbra") -> tuple[int, int, dict[str, int]]:
        reader = LdapTimes(LdapServer("ldap://h", "dc=x"), STAMPS[name], str.lower)
        raw = [RawEntry("cn=x", {key.lower(): value for key, value in one.items()}) for one in entries]
        told = reader.understand(raw, {}, NOW)
        return len(told.evidence), len(told.passwords), dict(told.problems)

    def test_silence_goes_on_from_reading_to_reading(self) -> None:
        """A mailbox without any logon: what was covered goes on to the newest logon of anybody."""
        reader = LdapTimes(LdapServer("ldap://h", "dc=x"), STAMPS["zimbra"], str.lower)
        entries = [
            RawEntry("cn=a", {"zimbramaildeliveryaddress": [b"an@x"]}),
            RawEntry(
                "cn=b", {"zimbramaildeliveryaddress": [b"binh@x"], "zimbralastlogontimestamp": [b"20261122170212Z"]}
            ),
        ]
        newest = NOW - 8
        for since, begins in ((newest - 13 * DAY, newest - 23 * DAY), (newest - 15 * DAY, newest)):
            before = Coverage("an@x", Source.ZIMBRA, newest - 23 * DAY, since)
            told = reader.understand(entries, {"an@x": before}, NOW)
            assert {(one.mailbox, one.since, one.until) for one in told.coverage} == {
                ("an@x", begins, newest),
                ("binh@x", newest, newest),
            }

    def test_a_password_that_was_never_set(self) -> None:
        reader = LdapTimes(LdapServer("ldap://h", "dc=x"), STAMPS["active-directory"], str.lower)
        told = reader.understand([RawEntry("cn=a", {"mail": [b"an@x"], "pwdlastset": [b"0"]})], {}, NOW)
        assert told.passwords == (PasswordDate("an@x", None, True),)

    def test_whatever_stands_there(self) -> None:
        for bad in (b"", b"\xff", b"20261399000000Z", b"00000101000000Z", b"x" * 10_000):
            entry = {
                "zimbraMailDeliveryAddress": [b"an@x"],
                "zimbraLastLogonTimestamp": [bad],
                "zimbraPasswordModifiedTime": [bad],
            }
            found, _, problems = self.understand(entry)
            assert found == 0 and problems.get("value", 0) in (0, 2)

    def test_without_an_address(self) -> None:
        assert self.understand({"zimbraLastLogonTimestamp": [b"20261122170212Z"]}) == (0, 0, {"stranger": 1})

    def test_a_wrong_clock(self) -> None:
        entry = {"zimbraMailDeliveryAddress": [b"an@x"], "zimbraLastLogonTimestamp": [b"20991122170212Z"]}
        assert self.understand(entry) == (1, 0, {"clock": 1})

    @given(st.binary(max_size=30), st.sampled_from(sorted(STAMPS)))
    def test_anything(self, value: bytes, name: str) -> None:
        stamps = STAMPS[name]
        self.understand(
            {one: [value] for one in stamps.wanted().split()} | {stamps.address: [b"an@x"]},  # every one of them
            name=name,
        )
