"""A new configuration in two halves: all that may be refused comes first, everywhere; then it is put in force at once.

Whoever takes configurations makes a `Change`. It must not know what changes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


def _nothing() -> None:
    """Where nothing was opened nothing has to be closed."""


@dataclass(frozen=True, slots=True)
class Change:
    """One of both is called, once. `commit`: put it in force, which nothing refuses any more; `discard`: close what was
    opened for it, all stays as it was.
    """

    commit: Callable[[], Awaitable[None]]
    discard: Callable[[], None] = _nothing


def quick(work: Callable[[], None]) -> Change:
    """A change that is one call, for which nothing is opened."""

    async def commit() -> None:
        work()

    return Change(commit)


def together(changes: list[Change]) -> Change:
    """Several as one, in their order."""

    async def commit() -> None:
        for one in changes:
            await one.commit()

    def discard() -> None:
        for one in reversed(changes):
            one.discard()

    return Change(commit, discard)
