"""An IMAP server that misbehaves by name, for faults only: what real servers do is asked of a real Dovecot."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
from collections import ChainMap
from collections.abc import Mapping
from typing import Final

STALL: Final = b"<stall>"
CLOSE: Final = b"<close>"
_GOOD: Mapping[str, bytes] = {
    "GREETING": b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n",
    "CAPABILITY": b"* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN\r\nTAG OK done\r\n",
    "AUTHENTICATE": b"TAG OK [CAPABILITY IMAP4rev1 ESEARCH CONDSTORE QUOTA SAVEDATE] in\r\n",
    "LOGIN": b"TAG OK [CAPABILITY IMAP4rev1] in\r\n",
    "LIST": b'* LIST (\\HasNoChildren \\Sent) "/" "Sent"\r\n* LIST () "/" INBOX\r\nTAG OK done\r\n',
    "STATUS": b"* STATUS NAME (MESSAGES 3 RECENT 1 UIDNEXT 4 UIDVALIDITY 9 UNSEEN 2 HIGHESTMODSEQ 5)\r\nTAG OK x\r\n",
    "GETQUOTAROOT": b'* QUOTAROOT INBOX ""\r\n* QUOTA "" (STORAGE 10 1024)\r\nTAG OK done\r\n',
    "EXAMINE": b"* 3 EXISTS\r\n* 1 RECENT\r\nTAG OK [READ-ONLY] done\r\n",
    "SEARCH": b'* ESEARCH (TAG "TAG") UID MIN 3 MAX 3 COUNT 1\r\nTAG OK done\r\n',
    "FETCH": b'* 3 FETCH (UID 3 INTERNALDATE "05-Nov-2026 07:00:00 +0700")\r\nTAG OK done\r\n',
    "LOGOUT": b"* BYE bye\r\nTAG OK done\r\n",
    "STARTTLS": b"TAG OK go on\r\n",
}


class FakeImap:
    """Answers as `_GOOD` does but for what `answers` says, by command: text with TAG and NAME in it, STALL, CLOSE.

    AUTHENTICATE without its secret gets a continuation. `pieces`: an answer is sent in so many bytes at a time.
    A folder's name in `answers` goes before STATUS. `hurried`: what commands sent with the login get, if they must not.
    `late`: the greeting waits for the client's first words. `by_user`: answers for those who log in as that mailbox.
    `secure`: for STARTTLS, or for TLS from the beginning (`implicit`). `heard` keeps every line.
    """

    def __init__(
        self,
        answers: Mapping[str, bytes] | None = None,
        *,
        pieces: int = 0,
        secure: ssl.SSLContext | None = None,
        implicit: bool = False,
    ) -> None:
        self.answers = {**_GOOD, **(answers or {})}
        self._pieces = pieces
        self._secure = secure
        self._implicit = implicit
        self.hurried = b""
        self.late = False
        self.by_user: dict[str, Mapping[str, bytes]] = {}
        self.heard: list[bytes] = []
        self.port = 0

    async def __aenter__(self) -> FakeImap:
        secure = self._secure if self._implicit else None
        self._open: list[asyncio.StreamWriter] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._accepted, "127.0.0.1", 0, limit=1 << 20, ssl=secure)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await asyncio.sleep(0.01)  # who was accepted a moment ago is a connection by then
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._open:
            writer.transport.abort()
        await asyncio.sleep(0.01)

    def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Not left to the task: one that is cancelled before it began closes nothing."""
        self._open.append(writer)
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def names(self) -> list[str]:
        """The commands' names, in order."""
        return [_name(line) for line in self.heard]

    def secrets(self) -> list[list[str]]:
        """What AUTHENTICATE PLAIN said, decoded."""
        lines = [line.split() for line in self.heard if _name(line) == "AUTHENTICATE" and len(line.split()) > 3]
        return [base64.b64decode(words[3]).decode().split("\0") for words in lines]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, ssl.SSLError):
            while self.late and not reader._buffer:  # type: ignore[attr-defined]
                await asyncio.sleep(0.001)
            answers: ChainMap[str, bytes] = ChainMap({}, self.answers)
            if await self._say(writer, answers["GREETING"]):
                while line := await reader.readline():
                    self.heard.append(line)
                    if self.hurried and _name(line) == "AUTHENTICATE" and reader._buffer:  # type: ignore[attr-defined]
                        await self._say(writer, self.hurried.replace(b"TAG", line.split()[0]))
                        break
                    if not await self._reply(writer, line, answers):
                        break
        writer.close()

    async def _reply(self, writer: asyncio.StreamWriter, line: bytes, answers: ChainMap[str, bytes]) -> bool:
        name, words = _name(line), line.split()
        if name == "AUTHENTICATE" and len(words) == 3:
            return await self._say(writer, b"+ \r\n")
        if len(words) == 1:  # the secret
            name, words = "AUTHENTICATE", [*self.heard[-2].split(), *words]
            self.heard[-1] = b" ".join(words)
        if name == "AUTHENTICATE":
            answers.maps[0].update(self.by_user.get(base64.b64decode(words[3]).split(b"\0")[0].decode(), {}))
        folder = line.split(b" ", 2)[-1].rpartition(b" (")[0]
        answer = answers.get(name, b"TAG BAD what\r\n")
        if name == "STATUS":
            answer = answers.get(folder.strip(b'"').decode("latin-1"), answer)
        good = await self._say(writer, answer.replace(b"TAG", words[0]).replace(b"NAME", folder))
        if name == "STARTTLS" and self._secure and good:
            await _start_tls(writer, self._secure)
        return good and name != "LOGOUT"

    async def _say(self, writer: asyncio.StreamWriter, answer: bytes) -> bool:
        if answer == STALL:
            await asyncio.sleep(3600)
        said, _, after = answer.partition(CLOSE)
        step = self._pieces or len(said) or 1
        for start in range(0, len(said), step):
            writer.write(said[start : start + step])
            await writer.drain()
            if self._pieces:
                await asyncio.sleep(0)
        return answer == said and not after


async def _start_tls(writer: asyncio.StreamWriter, secure: ssl.SSLContext) -> None:
    plain = writer.transport
    try:
        await writer.start_tls(secure)
    except (OSError, AttributeError) as error:  # the second: asyncio's own, where the client has gone
        writer._transport = plain  # type: ignore[attr-defined]
        raise ConnectionResetError from error


def _name(line: bytes) -> str:
    words = line.split()
    return (
        "?" if len(words) < 2 else words[2 if words[1] == b"UID" and len(words) > 2 else 1].decode("ascii", "replace")
    )
