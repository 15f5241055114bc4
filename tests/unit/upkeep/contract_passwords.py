"""What the record of passwords' dates promises, on whatever database."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from gateway.directory.database import Database
from gateway.lifecycle.passwords import Password, password_due
from gateway.upkeep.passwords import PasswordKept
from gateway.upkeep.records import Upkeep
from tests.unit.upkeep.build import HOSTILE, NOW, A, B
from tests.unit.upkeep.contract import Prepared


class PasswordContract(Prepared):
    """Dates of passwords."""

    def test_the_last_word_stands(self, upkeep: Upkeep) -> None:
        store = upkeep.passwords
        store.put([PasswordKept(A.upper(), NOW - 9, False, NOW), PasswordKept(B, None, True, NOW)])
        store.put([PasswordKept(A, NOW - 1, True, NOW + 1)])
        assert store.of([A]) == {A: PasswordKept(A, NOW - 1, True, NOW + 1)}
        assert store.all() == {A: PasswordKept(A, NOW - 1, True, NOW + 1), B: PasswordKept(B, None, True, NOW)}
        assert store.of(["khac@tinh.example"]) == {}

    @pytest.mark.bare
    def test_before_there_is_anything(self, url: str, tmp_path: Path) -> None:
        store = Upkeep(Database(url, tmp_path)).passwords
        assert (store.of([A]), store.all()) == ({}, {})

    async def test_whatever_a_server_says(self, upkeep: Upkeep) -> None:
        await upkeep.keep_passwords(
            [PasswordKept(HOSTILE, math.nan, False, NOW), PasswordKept(A, math.inf, False, NOW)]
        )
        assert {one.changed for one in upkeep.passwords.all().values()} == {None}

    def test_what_follows(self, upkeep: Upkeep) -> None:
        store = upkeep.passwords
        store.put([PasswordKept(A, NOW - 200 * 86400, False, NOW), PasswordKept(B, None, True, NOW)])
        found = {name: password_due(one.dates(), 3, NOW) for name, one in store.all().items()}
        assert found == {A: Password.OLD, B: Password.FIRST_DUE}
