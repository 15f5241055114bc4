"""One filled console for the tests that only read, an empty one for those that change something."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.console.support import Running, running


@pytest.fixture(scope="package")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Two days of mail."""
    with running(tmp_path_factory.mktemp("console")) as made:
        made.services.pages_brake = made.services.sign_in_brake = _Free()  # type: ignore[assignment]
        yield made


@pytest.fixture(scope="package")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with its tables and accounts: migrations take a second, a copy takes none."""
    folder = tmp_path_factory.mktemp("empty")
    with running(folder, days=0):
        return folder


@pytest.fixture
def own(empty: Path, tmp_path: Path) -> Iterator[Running]:
    """No mail yet, and nobody else's."""
    folder = tmp_path / "data"
    shutil.copytree(empty, folder)
    with running(folder, days=0) as made:
        yield made


class _Free:
    def allows(self, _key: str, _now: float) -> bool:
        return True
