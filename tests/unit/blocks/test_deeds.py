"""In whatever order: a lock ends only with a number, conduct undoes nothing, and nobody is told twice."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from gateway.blocks import deeds
from gateway.blocks.deeds import SUSPICION, Case, Deed
from gateway.blocks.errors import BlockRefused
from gateway.rates import Block, Standing

WHO = "nvan@tinh.example"
CASE = Case(("spam",), {"score": 2})
STOPPED = (Standing.BLOCKED, Standing.LOCKED)


class Life(RuleBasedStateMachine):
    """One sender. The clock jumps either way."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_790_000_000.0
        self.block: Block | None = None

    @property
    def standing(self) -> Standing | None:
        return self.block.standing if self.block is not None else None

    def done(self, deed: Deed) -> None:
        assert deed.before is self.block
        assert deed.after.who == WHO
        self.block = deed.after

    @rule(seconds=st.floats(-SUSPICION, SUSPICION))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(block=st.booleans())
    def conduct(self, block: bool) -> None:
        deed = deeds.by_conduct(self.block, WHO, CASE, self.now, block=block)
        if self.standing in STOPPED:
            assert deed is None
        elif block and self.standing in (None, Standing.SUSPECT):
            assert deed is not None
        if deed is not None:
            assert deed.after.standing is (Standing.BLOCKED if block else Standing.SUSPECT)
            assert (deed.reason, deed.confirmation, deed.after.by) == ("", "", "gateway")
            self.done(deed)
            assert deeds.by_conduct(self.block, WHO, CASE, self.now, block=block) is None

    @rule(reason=st.text())
    def lock(self, reason: str) -> None:
        try:
            deed = deeds.lock(self.block, WHO, "lan", reason, self.now)
        except BlockRefused:
            assert len(" ".join(reason.split())) < 3
            return
        assert (deed is None) == (self.standing is Standing.LOCKED)
        if deed is not None:
            assert deed.after.note == deed.reason
            self.done(deed)

    @rule(confirmation=st.text() | st.just("12/CV-SNV"), reason=st.text())
    def release(self, confirmation: str, reason: str) -> None:
        stands = self.standing not in (None, Standing.RELEASED)
        try:
            deed = deeds.release(self.block, WHO, "lan", confirmation, reason, self.now)
        except BlockRefused:
            assert not stands or confirmation != "12/CV-SNV" or 0 < len(" ".join(reason.split())) < 3
            return
        assert stands
        if self.standing is Standing.LOCKED:
            assert any(letter.isdigit() for letter in deed.confirmation)
        assert deed.after.note in (deed.confirmation, deed.reason)
        assert deed.after.note
        self.done(deed)

    @precondition(lambda self: self.standing is Standing.LOCKED)
    @rule()
    def only_a_number_ends_a_lock(self) -> None:
        for confirmation in ("", "  ", "ok", "\n"):
            with pytest.raises(BlockRefused):
                deeds.release(self.block, WHO, "lan", confirmation, "a good reason", self.now)


TestLife = Life.TestCase


def test_a_judgement_that_a_release_overtook() -> None:
    released = Block(WHO, Standing.RELEASED, 1000.0)

    def judged(at: float) -> Any:
        return deeds.by_conduct(released, WHO, CASE, at, block=True)

    assert judged(1000.0) is None
    assert judged(900.0) is None
    assert judged(1001.0) is not None
    assert judged(1000.0 - 4000) is not None, "a clock that was put back does not shield a sender for ever"


@given(st.text(), st.lists(st.text()))
def test_names_of_reasons_stay_apart(by: str, reasons: list[str]) -> None:
    deed = deeds.by_conduct(None, WHO, Case(tuple(reasons)), 1.0, block=True)
    assert deed is not None
    assert all(reason and reason == "".join(reason.split()) and len(reason) <= 64 for reason in deed.after.reasons)
    locked = deeds.lock(deed.after, WHO, by, "stolen", 2.0)
    assert locked is not None
    assert (len(locked.after.by) <= 200, locked.after.reasons) == (True, deed.after.reasons)
