"""rspamd over its HTTP protocol: a message as it came to `/checkv2`, bounded in number, in time and in what is read.

The bytes are streamed from wherever they are, never held whole. Each message has a connection of its own, for rspamd
ends it after its reply (3.4 does, whatever the client asks for). No redirect is followed; a reply that is compressed,
too long or not understood is no answer, and nothing of it is passed on but numbers and printable names.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Literal

import aiohttp

from gateway.contents import Spam
from gateway.model import Envelope
from gateway.spam.question import question
from gateway.spam.reply import read_reply

Failure = Literal["", "down", "time", "size", "error"]
"""Why there is no answer: no connection, no time, a message larger than `max_size`, anything else."""
Content = Callable[[], AsyncIterator[bytes]]
"""Gives the bytes from the beginning, each time it is called."""

_LONGEST_REPLY = 8 * 2**20  # bytes: rspamd lists the hosts of up to 10,240 links, 253 octets each
_LONG_REPLY = 2**18  # bytes from which on a reply is read in a thread
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0  # seconds in which a filter that is down is not asked
_PING = 5.0  # seconds
_NO_AUTO_HEADERS = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the filter said, or why it said nothing."""

    spam: Spam | None = None
    failed: Failure = ""


class Rspamd:
    """One rspamd. `check` never raises but for cancellation; at most `connections` are asked at once, others wait.

    `url`: "unix:/path", "http://host:port" or "https://host:port", of a normal worker or a proxy (a controller where
    there is a `password`). `timeout`: seconds for one message, waiting included. `max_size`: bytes of a message.
    """

    def __init__(self, url: str, *, connections: int, timeout: float, max_size: int, password: str = "") -> None:
        self.url = url
        self.healthy = True
        self.timeout = timeout
        self._max_size = max_size
        self._headers = [("Password", password)] if password else []
        self._path = url.removeprefix("unix:") if url.startswith("unix:") else ""
        self._base = "http://rspamd" if self._path else url.rstrip("/")
        self._places = asyncio.Semaphore(connections)
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None
        self._pause = 0.0
        self._down_until = 0.0

    async def check(self, content: Content, size: int, envelope: Envelope, reference: str = "") -> Answer:
        """Ask about a message of `size` bytes. `reference`: what rspamd's log calls it."""
        if size > self._max_size:
            return Answer(failed="size")
        headers = [*self._headers, *question(envelope, reference), ("Content-Length", str(size))]
        try:
            async with asyncio.timeout(self.timeout), self._places:
                return self._note(await self._ask(content, headers))
        except TimeoutError:
            return self._note(Answer(failed="time"))

    async def ping(self) -> bool:
        """Whether it answers; `healthy` afterwards says the same."""
        try:
            async with (
                asyncio.timeout(min(self.timeout, _PING)),
                self._open().get(f"{self._base}/ping", headers=self._headers, allow_redirects=False) as response,
            ):
                answers = response.status == 200 and await response.content.read(64) != b""
        except (aiohttp.ClientError, OSError, ValueError, TimeoutError):
            answers = False
        if answers:
            self._note(Answer())
        else:
            self._pause_asking()
        return answers

    async def close(self) -> None:
        """End the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _ask(self, content: Content, headers: list[tuple[str, str]]) -> Answer:
        if time.monotonic() < self._down_until:
            return Answer(failed="down")
        try:
            async with self._open().post(
                f"{self._base}/checkv2", data=content(), headers=headers, allow_redirects=False
            ) as response:
                if response.status != 200 or "Content-Encoding" in response.headers:
                    return Answer(failed="error")
                body = await _bounded(response.content)
        except aiohttp.ClientConnectorError:
            return Answer(failed="down")
        except (aiohttp.ClientError, OSError, ValueError):  # it ended in the middle: perhaps of this very message
            return Answer(failed="error")
        if len(body) > _LONGEST_REPLY:
            return Answer(failed="error")
        spam = await asyncio.to_thread(read_reply, body) if len(body) > _LONG_REPLY else read_reply(body)
        return Answer(spam) if spam is not None else Answer(failed="error")

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=self._connector(),
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=_NO_AUTO_HEADERS,
                auto_decompress=False,
                trust_env=False,
            )
        return self._session

    def _connector(self) -> aiohttp.BaseConnector:
        limit = self._connections + 1  # and one to see whether it is there
        if self._path:
            return aiohttp.UnixConnector(self._path, limit=limit, force_close=True)
        return aiohttp.TCPConnector(limit=limit, force_close=True)

    def _note(self, answer: Answer) -> Answer:
        if answer.failed == "down":
            self._pause_asking()
        elif answer.failed == "time":
            self.healthy = False  # slow is not gone: whoever comes next may ask
        elif not answer.failed:
            self.healthy, self._pause, self._down_until = True, 0.0, 0.0
        return answer

    def _pause_asking(self) -> None:
        self.healthy = False
        now = time.monotonic()
        if now >= self._down_until:
            self._pause = min(max(_FIRST_PAUSE, 2 * self._pause), _LONGEST_PAUSE)
            self._down_until = now + self._pause


async def _bounded(content: aiohttp.StreamReader) -> bytes:
    """The body, or a little more than `_LONGEST_REPLY` bytes of one that is longer."""
    pieces, size = [], 0
    while size <= _LONGEST_REPLY and (piece := await content.read(65536)):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)
