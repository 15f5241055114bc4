"""Questions that come one by one and are answered together: while one is asked, those that come meanwhile wait.

For a store that is opened anew for each question: eight polls at once then open it once or twice, not eight times. It
must not know what is asked. For one event loop at a time.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class Gathering(Generic[T]):
    """`read`: the answers to some names, None for those that are left out; called in a thread, one call at a time."""

    def __init__(self, read: Callable[[Collection[str]], Mapping[str, T]]) -> None:
        self._read = read
        self._waiting: defaultdict[str, list[asyncio.Future[T | None]]] = defaultdict(list)
        self._task: asyncio.Task[None] | None = None

    async def ask(self, name: str) -> T | None:
        """The answer to one name, read after this call. Raises what `read` raises."""
        future: asyncio.Future[T | None] = asyncio.get_running_loop().create_future()
        self._waiting[name].append(future)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="gathered reading")
        return await future

    async def _run(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting, defaultdict(list)
            try:
                found = await asyncio.to_thread(self._read, asked.keys())
            except BaseException as error:
                _fail(asked, error)
                if not isinstance(error, Exception):
                    raise  # we are being ended
            else:
                _tell(asked, found)


def _tell(asked: Mapping[str, list[asyncio.Future[T | None]]], found: Mapping[str, T]) -> None:
    for name, futures in asked.items():
        for future in futures:
            if not future.done():  # whoever asked is gone
                future.set_result(found.get(name))


def _fail(asked: Mapping[str, list[asyncio.Future[T | None]]], error: BaseException) -> None:
    for future in (one for futures in asked.values() for one in futures):
        if future.done():
            continue
        if isinstance(error, Exception):
            future.set_exception(error)
        else:
            future.cancel()
