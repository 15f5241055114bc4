"""Questions that come within a moment go to the store's thread together. Belongs to one event loop; knows no store.

A transaction costs more than a question, and so does each time the thread is woken beside a busy loop: each takes the
GIL by force. So where many ask, the thread sleeps on while they gather here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_BUSY: Final = 0.1  # seconds since the last answers: then others may come soon
_LINGER: Final = 0.002  # by the loop's clock, which stands still in a turn: so it is less where there is much to do
_VAIN: Final = 3  # waits in a row for which nobody came
_ALONE: Final = 16  # questions after these for which nobody is waited for


class Gathering(Generic[T]):
    """`hand_over` gets those that came together, in their order, in `loop`; `most` at once.

    Whoever answers says so (`answered`): until then nothing more is handed over, unless there are too many.
    """

    __slots__ = ("_alone", "_came", "_ended", "_hand_over", "_owed", "_timer", "_vain", "loop", "most")

    def __init__(self, loop: asyncio.AbstractEventLoop, hand_over: Callable[[list[T]], None], most: int) -> None:
        self.loop, self.most, self._hand_over = loop, most, hand_over
        self._came: list[T] = []
        self._timer: asyncio.TimerHandle | None = None
        self._owed = 0  # answers that have not come
        self._ended = float("-inf")  # when answers came last, by the loop's clock
        self._vain = 0  # waits in a row for which nobody came
        self._alone = 0  # questions for which nobody is waited for any more

    def __len__(self) -> int:
        return len(self._came)

    def put(self, one: T) -> None:
        """It goes with others, or at once where others do not come."""
        came = self._came
        came.append(one)
        if len(came) >= self.most:
            self.flush()
        elif self._timer is None and not self._owed:
            if self._lingers():
                self._timer = self.loop.call_later(_LINGER, self._waited)
            else:
                self.flush()

    def answered(self, count: int) -> None:
        """So many answers came."""
        self._ended = self.loop.time()
        self._owed = max(self._owed - count, 0)
        if self._came and self._timer is None and not self._owed:
            self._timer = self.loop.call_later(_LINGER, self._waited)

    def flush(self) -> None:
        """Nobody is waited for any more."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        came, self._came = self._came, []
        if came:
            self._owed += len(came)
            self._hand_over(came)

    def _lingers(self) -> bool:
        if self._alone:
            self._alone -= 1
            return False
        return self.loop.time() - self._ended <= _BUSY

    def _waited(self) -> None:
        self._vain = self._vain + 1 if len(self._came) == 1 else 0
        if self._vain >= _VAIN:
            self._vain, self._alone = 0, _ALONE
        self.flush()
