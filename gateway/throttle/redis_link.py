"""Connections to one Redis or Valkey server: scripts in, replies out, bounded in number, in time and in what waits.

Everything that waits goes out together, each script in its turn, so that many sessions cost few round trips. A server
that is away is not asked again for a moment; then whoever comes next asks, and with an answer all is as before. What is
counted, and how, is not known here.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import hiredis
from redis.asyncio import Connection
from redis.exceptions import NoScriptError, RedisError, ResponseError

from gateway.errors import LimitsUnavailable
from gateway.logs import get_logger
from gateway.throttle.redis_url import place, pool

_BATCH = 64  # scripts that go out together
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 4.0  # seconds in which a server that is away is not asked
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,30}\Z")
# What a server says that is of no use to anybody now, whoever asks. Of other errors each asker is told his own.
_USELESS = frozenset(
    ["LOADING", "READONLY", "MISCONF", "OOM", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "NOAUTH", "NOREPLICAS"]
)
_log = get_logger("congthu.limits")


class Unsure(LimitsUnavailable):
    """The question went out and no answer came: perhaps it was done, perhaps not."""


@dataclass(frozen=True, slots=True)
class Script:
    """Lua that runs as one step on the server. `sha`: the name under which the server keeps it."""

    text: bytes
    sha: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha", hashlib.sha1(self.text, usedforsecurity=False).hexdigest())

    def named(self, call: _Call) -> tuple[Any, ...]:
        """The command, where the server has the script."""
        return ("EVALSHA", self.sha, len(call.keys), *call.keys, *call.args)

    def whole(self, call: _Call) -> tuple[Any, ...]:
        """The command for a server that has it not (any more)."""
        return ("EVAL", self.text, len(call.keys), *call.keys, *call.args)


@dataclass(slots=True)
class _Call:
    script: Script
    keys: Sequence[bytes]
    args: Sequence[bytes | int]
    answer: asyncio.Future[Any]
    since: float
    unwanted: Callable[[Any], None] | None
    sent: bool = False

    def end(self, reply: Any) -> None:
        """Tell who waits, where he still does."""
        if self.answer.done():
            if self.unwanted is not None and not isinstance(reply, BaseException):
                self.unwanted(reply)
            return
        if isinstance(reply, BaseException):
            self.answer.set_exception(reply)
            self.answer.exception()  # nobody may be there to hear it
        else:
            self.answer.set_result(reply)

    def missed(self) -> None:
        """Who waited was cancelled, perhaps in the very turn in which the answer came."""
        answer = self.answer
        if answer.done() and not answer.cancelled() and answer.exception() is None and self.unwanted is not None:
            self.unwanted(answer.result())


class Link:
    """At most `connections` to one server. `timeout`: seconds for one call, half of them to wait and half to be served.

    `queue`: calls that may wait. Belongs to one event loop. ValueError for a URL that is none, which is not repeated.
    """

    def __init__(self, url: str, *, timeout: float, connections: int = 2, queue: int = 4096) -> None:
        self.place = place(url)
        self._share = timeout / 2
        self._pool = pool(url, self._share)
        self._most, self._longest_queue = connections, queue
        self._idle: list[Connection] = []
        self._waiting: deque[_Call] = deque()
        self._talks: set[asyncio.Task[None]] = set()
        self._talking = 0  # of these tasks, those that will look again whether somebody waits
        self._pause = self._away_until = 0.0
        self._closed = False
        self.asked = 0

    async def call(
        self,
        script: Script,
        keys: Sequence[bytes],
        args: Sequence[bytes | int],
        unwanted: Callable[[Any], None] | None = None,
    ) -> Any:
        """What the script returns: bytes, int, or a list of such. LimitsUnavailable; Unsure where it may be done.

        `unwanted` gets what the script returns for a caller that was cancelled meanwhile.
        """
        if self._closed or time.monotonic() < self._away_until:
            raise LimitsUnavailable(f"{self.place} is away")
        if len(self._waiting) >= self._longest_queue:
            raise LimitsUnavailable(f"{self.place}: too many wait")
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        call = _Call(script, keys, args, answer, time.monotonic(), unwanted)
        self._waiting.append(call)
        self.asked += 1
        if self._talking < self._most:
            self._talking += 1
            talk = asyncio.create_task(self._talk(), name="redis")
            self._talks.add(talk)
            talk.add_done_callback(self._talks.discard)
        try:
            return await answer
        except asyncio.CancelledError:
            call.missed()
            raise

    async def close(self) -> None:
        """End the connections; what waits is told so."""
        self._closed = True
        talks = list(self._talks)
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        self._fail(LimitsUnavailable("closed"))
        while self._idle:
            await _end(self._idle.pop())

    async def _talk(self) -> None:
        try:
            while self._waiting:
                if batch := self._take():
                    await self._ask(batch)
        finally:
            self._talking -= 1

    async def _ask(self, batch: Sequence[_Call]) -> None:
        try:
            await self._serve(batch)
        except asyncio.CancelledError:
            _tell(batch, "closed")
            raise
        except Exception as error:  # whatever a server, or the library over its answers, may come up with
            self._is_away(_why(error), batch)

    def _take(self) -> list[_Call]:
        batch: list[_Call] = []
        earliest = time.monotonic() - self._share
        while self._waiting and len(batch) < _BATCH:
            call = self._waiting.popleft()
            if call.since < earliest:
                call.end(LimitsUnavailable(f"{self.place} is too slow"))
            elif not call.answer.done():
                batch.append(call)
        return batch

    async def _serve(self, batch: Sequence[_Call]) -> None:
        connection: Connection | None = None
        try:
            async with asyncio.timeout(self._share):
                connection = await self._connected()
                replies = await _exchange(connection, batch, [call.script.named(call) for call in batch])
                unknown = [call for call, reply in zip(batch, replies, strict=True) if isinstance(reply, NoScriptError)]
                again = await _exchange(connection, unknown, [call.script.whole(call) for call in unknown])
        except BaseException:
            if connection is not None:
                await _end(connection)
            raise
        self._idle.append(connection)
        late = iter(again)
        for call, reply in zip(batch, replies, strict=True):
            self._answer(call, next(late) if isinstance(reply, NoScriptError) else reply)

    async def _connected(self) -> Connection:
        while self._idle:
            kept = self._idle.pop()
            if kept.is_connected and not await kept.can_read():  # else it was closed, or says what nobody asked
                return kept
            await _end(kept)
        made: Connection = self._pool.make_connection()  # type: ignore[no-untyped-call]  # the library's
        try:
            await made.connect()  # type: ignore[no-untyped-call]
        except BaseException:
            await _end(made)
            raise
        return made

    def _answer(self, call: _Call, reply: Any) -> None:
        if not isinstance(reply, ResponseError):
            self._pause = self._away_until = 0.0
            call.end(reply)
        elif (code := _code(reply)) in _USELESS:
            call.sent = False  # it was answered: nothing was done
            self._is_away(code, [call])
        else:
            call.end(LimitsUnavailable(f"{self.place}: {code}"))

    def _is_away(self, why: str, batch: Sequence[_Call]) -> None:
        """Nothing comes of it: these are told, and who waits; nobody asks for a moment."""
        now = time.monotonic()
        if now >= self._away_until:
            self._pause = min(max(_FIRST_PAUSE, 2 * self._pause), _LONGEST_PAUSE)
            self._away_until = now + self._pause
            _log.warning("limits.redis", server=self.place, reason=why)
        _tell(batch, f"{self.place}: {why}")
        self._fail(LimitsUnavailable(f"{self.place}: {why}"))

    def _fail(self, error: LimitsUnavailable) -> None:
        while self._waiting:
            self._waiting.popleft().end(error)


async def _exchange(connection: Connection, batch: Sequence[_Call], commands: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Send them all, then read one reply each; errors that the server tells are replies."""
    if not commands:
        return []
    for call in batch:
        call.sent = True
    await connection.send_packed_command([b"".join(map(hiredis.pack_command, commands))], check_health=False)
    replies: list[Any] = []
    for _ in commands:
        try:
            replies.append(await connection.read_response(disable_decoding=True))
        except ResponseError as error:
            replies.append(error)
    return replies


def _tell(batch: Sequence[_Call], why: str) -> None:
    for call in batch:
        call.end(Unsure(why) if call.sent else LimitsUnavailable(why))


async def _end(connection: Connection) -> None:
    await connection.disconnect(nowait=True)


def _code(error: BaseException) -> str:
    """The first word of a server's error, which names its kind; the rest may quote keys."""
    word = getattr(error, "status_code", None) or str(error).partition(" ")[0]
    return word if isinstance(word, str) and _CODE.match(word) else type(error).__name__


def _why(error: BaseException) -> str:
    """An error in words that hold nothing secret."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return _code(error) if isinstance(error, RedisError | OSError) else f"unexpected {type(error).__name__}"
