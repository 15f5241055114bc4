"""A next hop that misbehaves by name, and the small things that tests of the client need.

Behaviours are given a connection each (`FakeServer("drops_after_mail", "good")`; the last one serves all that follow).
What each does stands beside its name in `FakeServer`'s methods: a behaviour is looked for where it strikes.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from gateway.config import UpstreamConfig
from gateway.config_values import HostPort
from gateway.model import Address, Direction, Envelope, Recipient, Session

EXTENSIONS = ("PIPELINING", "SIZE 50000000", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES")


@dataclass
class Delivered:
    """One message that the fake took."""

    mail: str
    rcpts: list[str]
    data: bytes
    by: str


@dataclass
class Seen:
    """One connection as the server saw it: commands in order, and the blocks that they came in."""

    commands: list[str] = field(default_factory=list)
    blocks: list[bytes] = field(default_factory=list)
    ended: str = ""


class Gone(Exception):  # noqa: N818
    """The fake ends this connection."""


class FakeServer:
    """`async with FakeServer("drops_at_data", "good") as server`; `.delivered` and `.seen` tell the tale."""

    def __init__(
        self,
        *behaviours: str,
        extensions: Sequence[str] = EXTENSIONS,
        tls: ssl.SSLContext | None = None,
        implicit: bool = False,
    ) -> None:
        self.behaviours = behaviours or ("good",)
        self.extensions = tuple(extensions)
        self.tls = tls
        self.implicit = implicit
        self.delivered: list[Delivered] = []
        self.seen: list[Seen] = []
        self.tasks: set[asyncio.Task[None]] = set()
        self.writers: list[asyncio.StreamWriter] = []
        self.now_open = 0

    async def __aenter__(self) -> FakeServer:
        context = self.tls if self.implicit else None
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]
        self.endpoint = HostPort(f"127.0.0.1:{self.port}")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for _ in range(3):
            await asyncio.sleep(0)  # who was accepted a moment ago is a connection by then
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for writer in self.writers:  # not left to the tasks: one that is cancelled before it began closes nothing
            writer.transport.abort()
        await asyncio.sleep(0)

    def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = len(self.seen)
        behaviour = self.behaviours[min(number, len(self.behaviours) - 1)]
        seen = Seen()
        self.seen.append(seen)
        self.writers.append(writer)
        task = asyncio.create_task(self._converse(behaviour, seen, reader, writer))
        self.tasks.add(task)
        self.now_open += 1

    async def _converse(
        self, behaviour: str, seen: Seen, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        dialogue = Dialogue(self, behaviour, seen, reader, writer)
        try:
            await dialogue.run()
        except (Gone, OSError, asyncio.IncompleteReadError) as error:
            seen.ended = type(error).__name__
        finally:
            writer.transport.abort()
            self.now_open -= 1


class Dialogue:
    """One connection of the fake."""

    def __init__(
        self, server: FakeServer, behaviour: str, seen: Seen, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.server, self.behaviour, self.seen = server, behaviour, seen
        self.reader, self.writer = reader, writer
        self.buffer = b""
        self.mail, self.rcpts = "", []
        self.chunks = b""

    async def run(self) -> None:
        await self.strike("greeting")
        if self.behaviour == "refuses_at_greeting":
            await self.say("554 5.7.1 not you")
            raise Gone
        if self.behaviour == "421_at_greeting":
            await self.say("421 4.3.2 too many")
            raise Gone
        await self.say("220 fake ESMTP")
        while True:
            line = await self.line()
            self.seen.commands.append(line.decode("utf-8", "replace"))
            verb = line.split(b" ")[0].split(b":")[0].upper().decode()
            await getattr(self, f"do_{verb.lower()}", self.unknown)(line.decode("utf-8", "replace"))

    # -- what a server does ---------------------------------------------------------------------------------------

    async def do_ehlo(self, line: str) -> None:
        if self.behaviour == "no_ehlo":
            return await self.say("500 5.5.1 unknown")
        names = list(self.server.extensions)
        if self.server.tls and not self.server.implicit and not self.writer.get_extra_info("ssl_object"):
            names.append("STARTTLS")
        lines = ["fake", *names]
        return await self.say("\r\n".join(f"250{' ' if n == len(names) else '-'}{x}" for n, x in enumerate(lines)))

    async def do_helo(self, line: str) -> None:
        await self.say("250 fake")

    async def do_starttls(self, line: str) -> None:
        if self.behaviour == "injects_before_tls":
            return await self.say("220 go\r\n250 injected")
        if self.behaviour == "injects_a_part_before_tls":
            self.writer.write(b"220 2.0.0 go\r\n250-inj")
        else:
            await self.say("220 2.0.0 go")
        await self.writer.start_tls(self.server.tls)
        return None

    async def do_xclient(self, line: str) -> None:
        await self.say("550 5.7.0 not you" if self.behaviour == "refuses_xclient" else "220 fake again")

    async def do_xforward(self, line: str) -> None:
        await self.say("250 2.0.0 ok")

    async def do_mail(self, line: str) -> None:
        await self.strike("mail")
        if self.behaviour == "421_at_mail":
            await self.say("421 4.3.2 going down")
            raise Gone
        if self.behaviour == "rejects_mail":
            return await self.say("550 5.7.1 <sender>: refused")
        if self.behaviour == "nests_nothing" and self.mail:
            return await self.say("503 5.5.1 nested MAIL")
        self.mail, self.rcpts = line, []
        await self.say("250 2.1.0 sender ok")
        await self.strike_after("mail")
        return None

    async def do_rcpt(self, line: str) -> None:
        if not self.mail:
            return await self.say("503 5.5.1 need MAIL")
        await self.strike("rcpt")
        if self.behaviour == "421_at_rcpt":
            await self.say("421 4.3.2 going down")
            raise Gone
        if self.behaviour == "rejects_second_recipient" and "second" in line:
            return await self.say("550 5.1.1 user unknown")
        if self.behaviour == "rejects_all":
            return await self.say("550 5.1.1 user unknown")
        self.rcpts.append(line)
        await self.say("250 2.1.5 recipient ok")
        await self.strike_after("rcpt")
        return None

    async def do_rset(self, line: str) -> None:
        self.mail, self.rcpts = "", []
        await self.say("250 2.0.0 reset")

    async def do_data(self, line: str) -> None:
        await self.strike("data")
        if self.behaviour == "421_at_data":
            await self.say("421 4.3.2 going down")
            raise Gone
        if self.behaviour == "rejects_data":
            return await self.say("451 4.3.0 not now")
        if self.behaviour == "accepts_data_wrongly":
            return await self.say("250 2.0.0 what message?")
        await self.say("354 go ahead")
        if self.behaviour in ("drops_in_content", "refuses_in_content", "421_in_content"):
            await self.more()
            if self.behaviour == "421_in_content":
                await self.say("421 4.3.2 going down")
            if self.behaviour == "refuses_in_content":
                await self.say("552 5.3.4 too big")
            raise Gone
        if self.behaviour == "stops_reading":
            await asyncio.sleep(3600)
        data = await self.until_dot()
        return await self.finish(data, "DATA")

    async def do_bdat(self, line: str) -> None:
        words = line.split(" ")
        while len(self.buffer) < int(words[1]):
            await self.more()
        self.chunks += self.buffer[: int(words[1])]
        self.buffer = self.buffer[int(words[1]) :]
        if words[2:] == ["LAST"]:
            data, self.chunks = self.chunks, b""
            return await self.finish(data, "BDAT")
        return await self.say("250 2.0.0 chunk ok")

    async def do_auth(self, line: str) -> None:
        words = line.split(" ")
        if words[1] == "PLAIN":
            given = words[2].encode() if len(words) > 2 else await self.challenge("")
            secret = base64.b64decode(given).split(b"\0")[1:]
        else:
            user = words[2].encode() if len(words) > 2 else await self.challenge("VXNlcm5hbWU6")
            secret = [base64.b64decode(user), base64.b64decode(await self.challenge("UGFzc3dvcmQ6"))]
        good = secret == [b"an", b"bi mat"]
        await self.say("235 2.7.0 welcome" if good else "535 5.7.8 no")

    async def challenge(self, text: str) -> bytes:
        await self.say(f"334 {text}")
        answer = await self.line()
        if answer == b"*":
            await self.say("501 5.7.0 cancelled")
            answer = b""
            raise Gone
        return answer

    async def do_quit(self, line: str) -> None:
        if self.behaviour == "silent_at_quit":
            await asyncio.sleep(3600)
        await self.say("221 2.0.0 bye")
        raise Gone

    async def unknown(self, line: str) -> None:
        await self.say("500 5.5.1 unknown")

    # -- what a bad one does --------------------------------------------------------------------------------------

    async def finish(self, data: bytes, by: str) -> None:
        if self.behaviour == "drops_after_dot":
            raise Gone
        if self.behaviour == "silent_after_dot":
            await asyncio.sleep(3600)
        if self.behaviour in ("421_after_dot", "421_after_dot_and_stays"):
            await self.say("421 4.3.2 no")
            if self.behaviour == "421_after_dot":
                raise Gone
            return None
        if self.behaviour == "rejects_message":
            return await self.say("554 5.6.0 no such thing here")
        if self.behaviour == "keeps_the_envelope":  # of a message that it refuses, until RSET
            self.behaviour = "nests_nothing"
            return await self.say("452 4.3.1 no room for this one")
        if self.behaviour == "354_after_dot":
            return await self.say("354 more?")
        self.server.delivered.append(Delivered(self.mail, self.rcpts, data, by))
        self.mail, self.rcpts = "", []
        if self.behaviour == "surplus_after_dot":
            return await self.say("250 2.0.0 one\r\n250 2.0.0 two")
        if self.behaviour == "malformed_after_dot":
            return await self.say("fine, thanks")
        await self.say(f"250 2.0.0 queued as {len(self.server.delivered)}")
        if self.behaviour == "drops_when_idle":
            raise Gone
        if self.behaviour == "goodbye_when_idle":
            await asyncio.sleep(0.02)
            await self.say("421 4.4.2 idle too long")
            raise Gone
        if self.behaviour == "surplus_when_idle":
            await asyncio.sleep(0.02)
            await self.say("250 2.0.0 and another")
        return None

    async def strike(self, where: str) -> None:
        if self.behaviour == f"drops_at_{where}":
            raise Gone
        if self.behaviour == f"silent_at_{where}":
            await asyncio.sleep(3600)
        if self.behaviour == f"malformed_at_{where}":
            await self.say("hello there")
        if self.behaviour == f"bare_lf_at_{where}":
            self.writer.write(b"250 fine\n")
        if self.behaviour == f"endless_at_{where}":
            while True:
                self.writer.write(b"250 " + b"x" * 4000)
                await self.writer.drain()
        if self.behaviour == f"endless_lines_at_{where}":
            while True:
                self.writer.write(b"250-x\r\n" * 100)
                await self.writer.drain()
        if self.behaviour == f"pair_at_{where}":  # one more than is owed, in a block of as many as were asked for
            await asyncio.sleep(0.02)
            self.writer.write(b"250 2.1.5 ok\r\n250 2.1.5 ok\r\n")
            await asyncio.sleep(0.02)
        if self.behaviour == f"surplus_at_{where}":
            await self.say("250 2.0.0 surplus\r\n250 2.0.0 surplus\r\n250 2.0.0 surplus\r\n250 2.0.0 surplus")

    async def strike_after(self, where: str) -> None:
        if self.behaviour == f"drops_after_{where}":
            await asyncio.sleep(0.01)
            raise Gone

    # -- bytes ------------------------------------------------------------------------------------------------------

    async def more(self) -> None:
        block = await self.reader.read(65536)
        if not block:
            raise Gone
        self.seen.blocks.append(block)
        self.buffer += block

    async def line(self) -> bytes:
        while b"\r\n" not in self.buffer:
            await self.more()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line

    async def until_dot(self) -> bytes:
        taken = b"\r\n"
        while b"\r\n.\r\n" not in taken + self.buffer:
            await self.more()
        content, _, self.buffer = (taken + self.buffer).partition(b"\r\n.\r\n")
        return (content + b"\r\n").replace(b"\r\n.", b"\r\n")[2:]

    async def say(self, text: str) -> None:
        data = text.encode() + b"\r\n"
        if self.behaviour == "one_byte_at_a_time":
            for at in range(len(data)):
                self.writer.write(data[at : at + 1])
                await asyncio.sleep(0)
            return
        self.writer.write(data)


class Text:
    """A message as content: in memory, or streamed in the given chunks."""

    def __init__(self, data: bytes, *, chunks: Sequence[bytes] | None = None, size: int | None = None) -> None:
        self.data = data
        self.size = len(data) if size is None else size
        self.leading_dots = sum(line.startswith(b".") for line in data.split(b"\r\n"))
        self.ends_with_crlf = data.endswith(b"\r\n")
        self._chunks = chunks

    def in_memory(self) -> list[bytes] | None:
        return [self.data] if self._chunks is None else None

    async def chunks(self, size: int = 262144) -> AsyncIterator[bytes]:
        for chunk in self._chunks or ():
            await asyncio.sleep(0)
            yield chunk


class Listening:
    """An observer that remembers."""

    def __init__(self) -> None:
        self.connections: list[str] = []
        self.failures: list[str] = []
        self.codes: list[int] = []

    def connected(self, host: str) -> None:
        self.connections.append(host)

    def failed(self, host: str, kind: str) -> None:
        self.failures.append(kind)

    def replied(self, host: str, seconds: float, code: int) -> None:
        self.codes.append(code)


def config(*servers: FakeServer, **settings: object) -> UpstreamConfig:
    """Settings towards the fakes: no TLS and short time-outs unless said otherwise."""
    given: dict[str, object] = {"tls": "none", "connect_timeout": 2, "command_timeout": 2, "backoff": 60}
    hosts = tuple(server.endpoint for server in servers)
    return UpstreamConfig(**({"hosts": hosts} | given | settings))  # type: ignore[arg-type]


def session(address: str = "192.0.2.9", **more: object) -> Session:
    """An inbound session of a client at this address."""
    settings: dict[str, object] = {"helo": "client.example", "client_name": "host.example", "esmtp": True}
    return Session("s1", "inbound", Direction.INBOUND, address, 4321, **(settings | more))  # type: ignore[arg-type]


def envelope(*, client: Session | None = None, **more: object) -> Envelope:
    """An envelope from one sender."""
    return Envelope(client or session(), Address("from@example.org"), **more)  # type: ignore[arg-type]


def to(*names: str) -> list[Recipient]:
    """Recipients in one domain."""
    return [Recipient(Address(f"{name}@tinh.example")) for name in names]
