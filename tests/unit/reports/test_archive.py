"""The archive of an inspection over SQLite: the same promises as over PostgreSQL."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from gateway.reports.archive_check import check
from tests.unit.reports.contract_archive import ArchiveContract, take
from tests.unit.reports.support import Office, decision


@pytest.fixture
def url() -> str:
    return "sqlite:///congthu.db"


class TestArchive(ArchiveContract):
    """Every promise."""


def test_no_damage_is_an_exception(tmp_path: Path, url: str) -> None:
    office = Office(tmp_path, url)
    office.usual()
    office.wrote([decision() for _ in range(5)])
    take(office, tmp_path / "a.zip")
    whole = (tmp_path / "a.zip").read_bytes()
    chance = random.Random(3)
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        (tmp_path / "b.zip").write_bytes(data[: chance.randint(1, len(data))])
        check(tmp_path / "b.zip", None)
