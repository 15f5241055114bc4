"""A new configuration for one part by itself, as a reload gives it to all of them."""

from __future__ import annotations

from typing import Protocol

from gateway.changing import Change
from gateway.config import Settings


class Taking(Protocol):
    """Whatever takes configurations."""

    async def prepare(self, settings: Settings) -> Change:
        """See `gateway.parts.Part`."""


async def put_in_force(part: Taking, settings: Settings) -> None:
    """Prepare it, and commit what was prepared."""
    await (await part.prepare(settings)).commit()
