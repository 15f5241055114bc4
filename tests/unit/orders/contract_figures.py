"""What the count of an order's effect promises, on whatever database. A subclass gives the fixture `url`."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.journal.actions import Actions
from gateway.journal.reader import open_reader
from gateway.model import Action, Mode
from gateway.orders.figures import DAYS, Effect, effect
from tests.unit.journal.support import decision, finding, refusal

NOW = 1_795_000_000.0


class EffectContract:
    """What an order to enforce would have refused: counted once a message, from the record."""

    def test_only_what_was_let_pass_lately_for_this_rule(self, url: str, tmp_path: Path) -> None:
        noted = replace(finding(), mode=Mode.OBSERVE)
        remark = replace(noted, action=Action.ACCEPT)
        exempted = replace(noted, evidence={"exempted": {"reason": "x"}})
        other = replace(finding("malware"), mode=Mode.OBSERVE)
        actions = Actions(url, tmp_path, "n")
        findings = [[noted], [noted, noted], [remark], [exempted], [other], []]
        actions.keep(*(decision(time=NOW - 60, findings=one) for one in findings), refusal(time=NOW - 60))
        actions.keep(decision(time=NOW - DAYS * 86400 - 60, findings=[noted]))
        actions.close()
        with closing(open_reader(url, tmp_path)) as connection:
            assert effect(connection, "attachment-cap", NOW) == Effect(7, 2)
            assert effect(connection, "malware", NOW) == Effect(7, 1)
            assert effect(connection, "spam", NOW) == Effect(7, 0)

    def test_more_than_are_read(self, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gateway.orders.figures._MOST", 3)
        actions = Actions(url, tmp_path, "n")
        actions.keep(*(decision(time=NOW - 60, findings=[replace(finding(), mode=Mode.OBSERVE)]) for _ in range(9)))
        actions.close()
        with closing(open_reader(url, tmp_path)) as connection:
            assert effect(connection, "attachment-cap", NOW) == Effect(9, 3, more=True)
