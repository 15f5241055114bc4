"""AUTH passed through: mechanisms, steps, and what is never said without TLS."""

from __future__ import annotations

import asyncio
import base64
import gc

import pytest

from gateway.errors import UpstreamBroken
from gateway.upstream import dial, login
from gateway.upstream.smtp import SmtpUpstream
from tests.unit.upstream.conftest import Connect
from tests.unit.upstream.fake import FakeServer, Text, envelope, session, to

OFFERS = ("PIPELINING", "AUTH PLAIN LOGIN")
GOOD = base64.b64encode(b"\0an\0bi mat")
BAD = base64.b64encode(b"\0an\0sai")
BODY = Text(b"Subject: x\r\n\r\nhello\r\n")


class Client:
    """The client's half of the exchange."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)
        self.asked: list[bytes] = []

    async def __call__(self, challenge: bytes) -> bytes | None:
        self.asked.append(challenge)
        return self.answers.pop(0)


async def plain(upstream: SmtpUpstream, initial: bytes | None = GOOD, *answers: bytes | None) -> login.LoginResult:
    return await upstream.login(session(), "PLAIN", initial, Client(*answers))


async def test_plain_with_an_initial_response_and_a_message(connect: Connect) -> None:
    async with FakeServer(extensions=OFFERS) as server:
        upstream = connect(server)
        result = await plain(upstream)
        assert result.reply.code == 235
        assert result.connection is not None
        for _ in range(2):
            transaction = result.connection.begin(envelope())
            await transaction.rcpt(to("a"))
            transaction.hold()
            assert (await transaction.send(b"", BODY)).code == 250
        assert len(server.seen) == 1
        assert upstream.owned.used_connections == 1
        result.connection.close()
        result.connection.close()
        while server.now_open:
            await asyncio.sleep(0.001)
        assert upstream.owned.open_connections == 0


async def test_challenges_are_relayed(connect: Connect) -> None:
    async with FakeServer(extensions=OFFERS) as server:
        upstream = connect(server)
        client = Client(base64.b64encode(b"an"), base64.b64encode(b"bi mat"))
        result = await upstream.login(session(), "login", None, client)
        assert result.reply.code == 235
        assert client.asked == [b"VXNlcm5hbWU6", b"UGFzc3dvcmQ6"]
        assert (await plain(upstream, None, GOOD)).reply.code == 235


async def test_the_refusal_is_the_next_hops_and_no_connection_stays(connect: Connect) -> None:
    async with FakeServer(extensions=OFFERS) as server:
        upstream = connect(server)
        result = await plain(upstream, BAD)
        assert (result.reply.code, result.reply.enhanced, result.connection) == (535, "5.7.8", None)
        assert upstream.owned.open_connections == 0


@pytest.mark.parametrize("answer", [None, b"an\r\nMAIL FROM:<x>", b"not base64!", b"A" * 20000])
async def test_cancelled_or_malformed(connect: Connect, answer: bytes | None) -> None:
    async with FakeServer(extensions=OFFERS) as server:
        result = await plain(connect(server), None, answer)
        assert (result.reply.code, result.connection) == (501, None)
        assert server.seen[0].commands[1:2] == ["AUTH PLAIN"]
        assert not any("MAIL" in c for c in server.seen[0].commands)


async def test_a_malformed_initial_response_is_not_sent(connect: Connect) -> None:
    async with FakeServer(extensions=OFFERS) as server:
        assert (await plain(connect(server), b"x\r\nDATA")).reply.code == 501
        assert not any(c.startswith("AUTH") for c in server.seen[0].commands)


@pytest.mark.parametrize("mechanism", ["CRAM-MD5", "PLAIN"])
async def test_what_is_not_offered_is_not_tried(connect: Connect, mechanism: str) -> None:
    async with FakeServer(extensions=("AUTH LOGIN",)) as server:
        assert (await connect(server).login(session(), mechanism, GOOD, Client())).reply.code == 504


async def test_no_password_without_tls_off_loopback(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "encrypted_or_local", lambda connection: False)
    async with FakeServer(extensions=OFFERS) as server:
        upstream = connect(server)
        result = await plain(upstream)
        assert (result.reply.code, result.reply.enhanced, result.connection) == (454, "4.7.0", None)
        assert not any(c.startswith("AUTH") for c in server.seen[0].commands)
        assert upstream.owned.open_connections == 0


@pytest.mark.parametrize(
    ("peer", "encrypted", "allowed"),
    [
        (("127.0.0.1", 25), None, True),
        (("::1", 25, 0, 0), None, True),
        (("10.0.0.5", 25), None, False),
        (("fe80::1%eth0", 25, 0, 2), None, False),
        (None, None, False),
        (("10.0.0.5", 25), object(), True),
    ],
)
def test_where_a_password_may_go(peer: object, encrypted: object, allowed: bool) -> None:
    class Wire:
        transport: Wire

        def get_extra_info(self, name: str) -> object:
            return {"peername": peer, "ssl_object": encrypted}[name]

    wire = Wire()
    wire.transport = wire
    assert dial.encrypted_or_local(wire) is allowed  # type: ignore[arg-type]


@pytest.mark.parametrize("behaviour", ["drops_at_greeting", "drops_after_auth"])
async def test_a_next_hop_that_fails_is_temporary(connect: Connect, behaviour: str) -> None:
    async with FakeServer(behaviour, extensions=OFFERS) as server:
        upstream = connect(server)
        client = Client(b"*")
        initial = GOOD if behaviour == "drops_at_greeting" else None
        result = await upstream.login(session(), "PLAIN", initial, client)
        assert result.connection is None
        assert upstream.owned.open_connections == 0
        assert result.reply.code == (454 if behaviour == "drops_at_greeting" else 501)


async def test_the_clients_address_is_told_before_the_password(connect: Connect) -> None:
    async with FakeServer(extensions=(*OFFERS, "XCLIENT ADDR PORT")) as server:
        assert (await plain(connect(server, xclient=True))).reply.code == 235
        verbs = [c.split(" ")[0] for c in server.seen[0].commands]
        assert verbs == ["EHLO", "XCLIENT", "EHLO", "AUTH"]
        assert "XCLIENT ADDR=192.0.2.9 PORT=4321" in server.seen[0].commands


async def test_a_lost_connection_of_a_session_is_not_replaced(connect: Connect) -> None:
    async with FakeServer("drops_at_mail", "good", extensions=OFFERS) as server:
        result = await plain(connect(server))
        assert result.connection is not None
        assert result.connection.alive
        for _ in range(2):
            with pytest.raises(UpstreamBroken):
                await result.connection.begin(envelope()).rcpt(to("a"))
        assert not result.connection.alive
        assert len(server.seen) == 1


async def test_the_password_stays_nowhere(connect: Connect) -> None:
    async with FakeServer(extensions=OFFERS) as server:
        upstream = connect(server)
        secret = base64.b64encode(b"\0an\0" + b"bi mat")
        result = await upstream.login(session(), "PLAIN", secret, Client())
        gc.collect()
        seen: list[object] = [upstream, result]
        known: set[int] = set()
        while seen:
            thing = seen.pop()
            if id(thing) in known or type(thing).__module__.partition(".")[0] not in ("gateway", "builtins"):
                continue
            known.add(id(thing))
            assert not (isinstance(thing, bytes | str) and thing and bytes(str(thing), "utf-8").find(secret) >= 0)
            if not isinstance(thing, type) and not callable(thing) and type(thing).__name__ not in ("module", "dict"):
                seen += gc.get_referents(thing)
            elif isinstance(thing, dict) and "__builtins__" not in thing:
                seen += list(thing.values())
