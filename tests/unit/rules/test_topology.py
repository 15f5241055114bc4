"""What a gateway sees depends on where it stands."""

from __future__ import annotations

import pytest

from gateway.model import Direction
from gateway.rules.catalogue import BY_NAME, CATALOGUE, Flow
from gateway.rules.topology import WHY, Topology


@pytest.mark.parametrize(
    ("directions", "blind", "partly"),
    [
        (("inbound",), ("leaving", "inside"), ()),
        (("outbound",), ("arriving", "inside"), ()),
        (("submission",), ("arriving",), ("leaving", "inside")),
        (("inbound", "submission", "outbound"), (), ("inside",)),
        (("proxy-filter",), (), ()),
        ((), ("arriving", "leaving", "inside"), ()),
    ],
)
def test_what_the_attachment_cap_does_not_see(
    directions: tuple[str, ...], blind: tuple[str, ...], partly: tuple[str, ...]
) -> None:
    topology = Topology.of(Direction(direction) for direction in directions)
    assert topology.blind(BY_NAME["attachment-cap"]) == blind
    assert topology.half_blind(BY_NAME["attachment-cap"]) == partly


def test_an_edge_gateway_is_blind_to_a_unit_writing_to_its_office() -> None:
    assert Topology.of([Direction.INBOUND]).blind(BY_NAME["request-content"]) == (Flow.INSIDE,)


def test_only_submission_sees_logins() -> None:
    every = [direction for direction in Direction if direction is not Direction.SUBMISSION]
    assert Topology.of(every).blind(BY_NAME["password-policy"]) == (Flow.LOGINS,)
    assert Topology.of([Direction.SUBMISSION]).blind(BY_NAME["password-policy"]) == ()


def test_every_rule_needs_a_flow_and_every_flow_has_advice() -> None:
    assert all(entry.flows for entry in CATALOGUE)
    assert WHY.keys() == set(Flow)
