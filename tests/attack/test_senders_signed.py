"""A signature that names another user proves nobody, wherever that user is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.authentication import test_identity as known


@pytest.mark.parametrize("agent", ["q4@sub.tphcm.example", "Q4@sub.tphcm.example", "khac@tphcm.example"])
def test_a_namesake_of_a_subdomain(agent: str) -> None:
    assert known.prove(checks=[replace(known.GOOD, agent="Q4@tphcm.example")]).mailbox == "q4@tphcm.example"
    assert not known.prove(checks=[replace(known.GOOD, agent=agent)]).mailbox


def test_a_key_that_is_being_tested() -> None:
    assert not known.prove(checks=[replace(known.GOOD, testing=True)]).mailbox
