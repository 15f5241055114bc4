"""The embedded store against the reference."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.unit.throttle.contract_machine import check
from tests.unit.throttle.test_sqlite import MadeSqlite


def test_answers_like_the_reference(tmp_path: Path) -> None:
    made = MadeSqlite(tmp_path)
    with asyncio.Runner() as runner:
        try:
            check(made, runner.run)
        finally:
            for store in made.opened:
                runner.run(store.close())
