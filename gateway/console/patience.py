"""When a failed sign-in is answered: late enough that the clock does not tell which accounts there are.

A name that nobody has costs an Argon2 hash, a closed account nothing, one whose password the mail server knows a
question to that server, which itself may take its time with a wrong one. So every failure is answered at the next tick
of a clock that began with the request, and a tick is as long as the slowest of the last failures took. The first
failure that is slower than all before it may still be told from others; the ones behind it may not. Whoever waits
holds no thread.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from typing import Final

import anyio
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

STEP: Final = 0.5  # seconds; ticks are of whole steps
LEAST = 1.0
"""Seconds of a tick, at least; tests wait less."""
_MOST: Final = 20.0
_REMEMBERED: Final = 100  # failures


class Patience:
    """How long failures take here; any thread may ask. `least`: seconds of a tick at least, 0 for none at all."""

    def __init__(self, least: float | None = None) -> None:
        self._least = LEAST if least is None else least
        self._lock = threading.Lock()
        self._took: deque[float] = deque(maxlen=_REMEMBERED)

    def until(self, began: float, now: float) -> float:
        """When a failure is answered that began then and is known now; all by one monotonic clock, in seconds."""
        took = max(0.0, now - began)
        with self._lock:
            tick = self._tick()
            self._took.append(took)
        return began + tick * max(1, math.ceil(took / tick)) if tick else now

    def _tick(self) -> float:
        if not self._least:
            return 0.0
        slowest = min(max(self._took, default=0.0), _MOST)
        return max(self._least, math.ceil(slowest / STEP) * STEP)


class Late(Response):
    """An answer that is sent at its time, and not before. `at`: by time.monotonic."""

    def __init__(self, answer: Response, at: float) -> None:
        super().__init__(status_code=answer.status_code)
        self._answer, self._at = answer, at

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, and send it."""
        await anyio.sleep(max(0.0, self._at - time.monotonic()))
        await self._answer(scope, receive, send)
