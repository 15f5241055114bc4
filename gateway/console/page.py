"""What a page is to the frame: where it stands, who may see it, what makes its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from gateway.console.accounts import Role
from gateway.console.visit import Visit
from gateway.console.words import Words

Handler = Callable[[Visit], Response]
"""Runs in a thread of its own, so it may block. `Refused` and `ConsoleError` become a page that says so."""


@dataclass(frozen=True, slots=True)
class Page:
    """One row of routes.py.

    `needs`: the least role, None for a page that is open to everybody. `menu`: its name where the frame lists it.
    `most`: bytes that a form may have; `uploads`: files that may come with it.
    """

    path: str
    handler: Handler
    needs: Role | None
    methods: tuple[str, ...] = ("GET",)
    menu: Words | None = None
    most: int = 64 * 1024
    uploads: int = 0
