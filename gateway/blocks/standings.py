"""Who stands how, in memory: one unchanging snapshot, as the rules ask it (`gateway.rates.Blocks`). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from gateway.directory.addresses import address_key
from gateway.rates import Block, Standing

LONGEST: Final = 512  # characters of a sender's name that are kept; an address has at most 320 (RFC 5321 4.5.3.1)


def plain(text: str, longest: int = LONGEST) -> str:
    """Bounded, and without what a store cannot keep: NUL and lone surrogates."""
    return text[:longest].replace("\x00", "\ufffd").encode(errors="replace").decode()


def key_of(who: str) -> str:
    """The form in which senders are kept and compared; any text is fine."""
    return plain(address_key(who[:LONGEST]))


class Standings:
    """Everybody who is stopped or would be, and who was released, at one version. Evidence is left in the store."""

    __slots__ = ("_active", "_released", "version")

    def __init__(self, version: int = 0, blocks: Iterable[Block] = ()) -> None:
        self.version = version
        self._active: dict[str, Block] = {}
        self._released: dict[str, float] = {}
        for block in blocks:
            if block.standing is Standing.RELEASED:
                self._released[block.who] = block.since
            else:
                self._active[block.who] = block

    def __len__(self) -> int:
        """How many are stopped or would be."""
        return len(self._active)

    def find(self, address: str) -> Block | None:
        """The block of this sender, by its own address in any case; None for one that stands well."""
        return self._active.get(key_of(address)) if self._active else None

    def released(self, address: str) -> float:
        """When this sender was released last, in seconds since the epoch; 0 for never, or if it was stopped again."""
        return self._released.get(key_of(address), 0.0) if self._released else 0.0

    def counts(self) -> Mapping[Standing, int]:
        """How many stand how; every standing but RELEASED is there."""
        counted = Counter(block.standing for block in self._active.values())
        return {one: counted[one] for one in Standing if one is not Standing.RELEASED}


NOBODY: Final = Standings()
"""Nobody is stopped: before the first look into the store."""
