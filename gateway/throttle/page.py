"""One transaction after the other over the cells, with what was read kept at hand while nobody else writes.

Belongs to one thread. After an error `forget`: what is in memory may not be in the file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
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
        self._version = -1
        self._written = 0
        self.now = 0.0

    @property
    def secret(self) -> bytes:
        """This store's."""
        return self._cells.secret

    def begin(self) -> None:
        """Take the lock. `now` is to be set after it."""
        version = self._cells.begin()
        if version != self._version or len(self._accounts) > _ACCOUNTS or len(self._values) > _VALUES:
            self.forget()
            self._version = version

    def forget(self) -> None:
        """Nothing is at hand, nothing is to be written."""
        self._accounts, self._values, self._changed, self._put = {}, {}, {}, {}
        self._version = -1

    def accounts(self, names: Sequence[int]) -> list[Account]:
        """See `ledger.Page`."""
        return [self._account(name) for name in names]

    def _account(self, name: int) -> Account:
        found = self._accounts.get(name)
        if found is None:
            cell = self._cells.read(name, second_of(self.now))
            found = self._accounts[name] = Account.read(cell[1] if cell else None)
        elif found.sums is None:
            found.add_up()
        return found

    def write(self, name: int, account: Account) -> None:
        """See `ledger.Page`."""
        self._changed[name] = account

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

    def finish(self) -> None:
        """Write what was changed, and commit."""
        second = second_of(self.now)
        cells: list[Cell] = [(name, second, one.last + KEEP, one.pack()) for name, one in self._changed.items()]
        for name, (value, ends) in self._put.items():
            if value is not None:
                cells.append((name, second, int(ends), value))
        if cells:
            self._cells.write(cells)
        if len(cells) < len(self._changed) + len(self._put):
            self._cells.remove([name for name, (value, _) in self._put.items() if value is None])
        self._cells.commit()
        self._written += len(cells)
        self._changed, self._put = {}, {}

    def tidy(self) -> None:
        """Remove some of what has ended, where enough was written since."""
        written = self._written
        if written >= _TIDY:
            self._written = 0
            self._cells.begin()
            self._cells.tidy(second_of(self.now), _LOOKED_AT * written)
            self._cells.commit()
