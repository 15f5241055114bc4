"""A lab DNS, and resolvers that ask it and are closed afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from gateway.authentication.resolver import Resolver, ResolverLimits
from tests.lab_dns import LabDns

HASTY = ResolverLimits(attempt=0.15, lookup=0.4)
"""For questions that nobody will answer."""


@pytest.fixture(scope="module")
def _lab() -> Iterator[LabDns]:
    with LabDns() as server:
        yield server


@pytest.fixture
def lab(_lab: LabDns) -> LabDns:
    """An empty DNS."""
    _lab.clear()
    return _lab


@pytest.fixture
async def resolvers() -> AsyncIterator[Callable[..., Resolver]]:
    """Makes resolvers."""
    made: list[Resolver] = []

    def make(*servers: LabDns | tuple[str, int], limits: ResolverLimits | None = None) -> Resolver:
        made.append(Resolver([s.server if isinstance(s, LabDns) else s for s in servers], limits))
        return made[-1]

    yield make
    for resolver in made:
        await resolver.close()


@pytest.fixture
async def resolver(lab: LabDns, resolvers: Callable[..., Resolver]) -> Resolver:
    """One that asks the lab."""
    return resolvers(lab)


@pytest.fixture
async def hasty(lab: LabDns, resolvers: Callable[..., Resolver]) -> Resolver:
    """One that does not wait long."""
    return resolvers(lab, limits=HASTY)
