"""A server that talks like Redis until it misbehaves: the test gives each answer, byte for byte. For faults."""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType

import hiredis

from tests.support.ports import HOST

OK = b"+OK\r\n"


class FaultyRedis:
    """Answers the greeting's commands with OK and any script with `answer`; nothing where that is None.

    `greeting`: what AUTH, SELECT and CLIENT get. `closes`: hang up after a script's answer. `asked`: scripts so far;
    `connections`: how many came.
    """

    def __init__(self, answer: bytes | None = OK) -> None:
        self.answer = answer
        self.greeting: bytes | None = OK
        self.closes = False
        self.asked = 0
        self.connections = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """With a password, so that there is a greeting."""
        assert self._server is not None
        return f"redis://:chia-khoa@{HOST}:{self._server.sockets[0].getsockname()[1]}/0"

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        parser = hiredis.Reader()
        while data := await reader.read(65536):
            parser.feed(data)
            while command := parser.gets():
                script = command[0] in (b"EVALSHA", b"EVAL")
                self.asked += script
                if (answer := self.answer if script else self.greeting) is not None:
                    writer.write(answer)
                    await writer.drain()
                if script and self.closes:
                    return

    async def __aenter__(self) -> FaultyRedis:
        self._server = await asyncio.start_server(self._met, HOST, 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()
