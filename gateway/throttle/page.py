"""One transaction after the other over the cells, with what was read kept at hand while nobody else writes.

Belongs to one thread. After an error `forget`: what is in memory may not be in the file.

Where nobody else has written for a while the lock is not taken before, but asked for at the end (`finish`): what was
read is the file's as long as its turn is, and where it is not, all of it is done once more, with the lock.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

from gateway.throttle.account import KEEP, Account
from gateway.throttle.cells import Cell, Cells
from gateway.throttle.slots import second_of

_ACCOUNTS: Final = 2048  # at hand
_VALUES: Final = 1024
_TIDY: Final = 256  # cells written, then a stretch of the table is looked at
_LOOKED_AT: Final = 3  # rows for one that was written: faster than a flood of new ones fills the table

Value = tuple[bytes | None, float]


class SqlitePage:
    """A `ledger.Page` over SQLite."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._accounts: dict[int, Account] = {}
        self._values: dict[int, Value] = {}
        self._changed: dict[int, Account] = {}
        self._put: dict[int, Value] = {}
        self._turn: int | None = None  # of the file when all this was read or written
        self._locked = False
        self._written = 0
        self.now = 0.0

    @property
    def secret(self) -> bytes:
        """This store's."""
        return self._cells.secret

    def begin(self, *, alone: bool = False) -> None:
        """Take the lock, or where the page may be `alone` only look at the end. `now` is to be set after it."""
        if len(self._accounts) > _ACCOUNTS or len(self._values) > _VALUES:
            self.forget()
        self._locked = not alone or self._turn is None
        if self._locked:
            turn = self._cells.begin()
            if turn != self._turn:
                self.forget()
                self._turn = turn

    def forget(self) -> None:
        """Nothing is at hand, nothing is to be written."""
        self._accounts, self._values, self._changed, self._put = {}, {}, {}, {}
        self._turn = None

    def accounts(self, names: Sequence[int]) -> list[Account]:
        """See `ledger.Page`."""
        known = self._accounts
        return [known.get(name) or self._read(name) for name in names]

    def _read(self, name: int) -> Account:
        cell = self._cells.read(name, second_of(self.now))
        found = self._accounts[name] = Account.read(cell[1] if cell else None)
        return found

    def write(self, names: Iterable[int], accounts: Iterable[Account]) -> None:
        """See `ledger.Page`."""
        self._changed.update(zip(names, accounts, strict=True))

    def value(self, name: int) -> bytes | None:
        """See `ledger.Page`."""
        found = self._values.get(name)
        if found is None:
            ends, value = self._cells.read(name, second_of(self.now)) or (math.inf, None)
            found = self._values[name] = (value, ends)
        return found[0] if second_of(self.now) <= found[1] else None

    def put(self, name: int, value: bytes | None, keep: float) -> None:
        """See `ledger.Page`."""
        self._values[name] = self._put[name] = (value, math.ceil(self.now + keep))

    def finish(self) -> bool:
        """Write what was changed, and commit. False: somebody else wrote meanwhile, nothing was done."""
        second = second_of(self.now)
        cells: list[Cell] = [(name, second, one.last + KEEP, one.pack()) for name, one in self._changed.items()]
        gone = []
        for name, (value, ends) in self._put.items():
            if value is None:
                gone.append(name)
            else:
                cells.append((name, second, int(ends), value))
        if not self._commit(cells, gone, second):
            self.forget()
            return False
        self._written += len(cells)
        self._changed, self._put = {}, {}
        return True

    def _commit(self, cells: Sequence[Cell], gone: Sequence[int], second: int) -> bool:
        turn = self._turn
        if turn is None:
            return False
        if not cells and not gone:
            if not self._locked:
                return self._cells.turn() == turn
            self._cells.commit()
            return True
        if self._locked:
            self._cells.write(cells)
            self._cells.remove(gone)
            self._cells.commit(turn + 1, second)
        elif gone or not self._cells.swap(cells, turn, second):
            return False
        self._turn = turn + 1
        return True

    def tidy(self) -> None:
        """Remove some of what has ended, where enough was written since."""
        written = self._written
        if written >= _TIDY:
            self._written = 0
            second, turn = second_of(self.now), self._cells.begin()
            self._cells.tidy(second, _LOOKED_AT * written)
            self._cells.commit(turn + 1, second)
            if turn == self._turn:  # what was removed and is at hand has ended, or is the oldest of too many
                self._turn = turn + 1
