"""The table of answers in a SQLite file."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.answers.store import AnswerTable
from gateway.directory.database import Database
from gateway.directory.errors import DirectoryUnavailable
from tests.unit.answers.contract import NOW, AnswersContract, came

URL = "sqlite:///congthu.db"


class TestAnswers(AnswersContract):
    """Every promise."""

    @pytest.fixture
    def url(self) -> str:
        return URL


def test_a_folder_without_a_file_is_read_and_not_filled(tmp_path: Path) -> None:
    assert AnswerTable(Database(URL, tmp_path)).items("", 0, NOW) == []
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "congthu.db").write_bytes(b"x" * 10_000)
    table = AnswerTable(Database(URL, tmp_path))
    for ask in (lambda: table.items("", 0, NOW), lambda: table.keep([came(1)]), lambda: table.prune(NOW)):
        with pytest.raises(DirectoryUnavailable):
            ask()
