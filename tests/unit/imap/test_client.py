"""The client against a server that does what no server should: each is a named failure, soon, and of bounded size."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import tracemalloc

import pytest

from gateway.access import Failure, Observation, Quota, Use
from gateway.imap.evidence import infer
from gateway.imap.failures import PollFailed
from gateway.imap.poll import Poller
from gateway.imap.settings import Account, Asking, Server, Target, Tls, Way
from tests.support.imap import CLOSE, STALL, FakeImap
from tests.support.tls import Certificates, certificates

ACCOUNT = Account("poller", "mật khẩu")
ASKING = Asking(timeout=5.0, connect=2.0, old_days=180)


async def polled(fake: FakeImap, target: str = "an@tinh.example", **changes: object) -> Observation:
    account = dataclasses.replace(ACCOUNT, **{k: v for k, v in changes.items() if k in ("way", "password")})
    asking = dataclasses.replace(ASKING, **{k: v for k, v in changes.items() if k in ("timeout", "connect", "answer")})
    poller = Poller(Server("127.0.0.1", fake.port, "loopback"), account, asking, clock=lambda: 1_800_000_000.0)
    return await poller.poll(Target(target))


async def failure(answers: dict[str, bytes], **changes: object) -> PollFailed:
    async with FakeImap(answers) as fake:
        with pytest.raises(PollFailed) as caught:
            await polled(fake, **changes)
    return caught.value


FIRST = ["AUTHENTICATE", "LIST", "STATUS", "STATUS", "GETQUOTAROOT", "EXAMINE", "SEARCH", "FETCH", "SEARCH", "FETCH"]


class TestGood:
    @pytest.mark.parametrize("pieces", [0, 1, 7])
    async def test_a_poll(self, pieces: int) -> None:
        async with FakeImap(pieces=pieces) as fake:
            seen = await polled(fake)
        assert fake.names == [*FIRST, "SEARCH", "LOGOUT"]
        assert [(one.use, one.uidnext, one.recent, one.modseq) for one in seen.folders] == [
            (Use.INBOX, 4, 1, 5),
            (Use.SENT, 4, 1, 5),
        ]
        assert seen.quota == Quota(10 * 1024, 1024 * 1024)
        assert seen.dates and seen.dates.oldest_unclaimed == 1793836800.0 and not seen.dates.saved
        assert seen.old_messages == 1

    @pytest.mark.parametrize(
        ("way", "said"),
        [
            ("plain-authzid", ["bình@tinh.example", "poller", "mật khẩu"]),
            ("separator", ["", "bình@tinh.example*poller", "mật khẩu"]),
        ],
    )
    @pytest.mark.parametrize("initial", [True, False])
    async def test_who_logs_in(self, way: Way, said: list[str], initial: bool) -> None:
        answers = {} if initial else {"GREETING": b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n"}
        async with FakeImap(answers) as fake:
            await polled(fake, "bình@tinh.example", way=way)
        assert fake.secrets()[-1] == said

    async def test_names_are_quoted_where_only_login_is_offered(self) -> None:
        greeting = b"* OK [CAPABILITY IMAP4rev1] ready\r\n"
        async with FakeImap({"GREETING": greeting}) as fake:
            await polled(fake, 'q"uo\\te %*@x'.replace("*", ""), way="separator", password='pa"ss\\')
        assert fake.heard[0].split(b" ", 1)[1] == b'LOGIN "q\\"uo\\\\te %@x*poller" "pa\\"ss\\\\"\r\n'

    async def test_a_quoted_folder_name_with_stars_stays_as_it_is(self) -> None:
        listing = b'* LIST (\\Sent) "/" "th\\"u * \\\\gui"\r\nTAG OK done\r\n'
        async with FakeImap({"LIST": listing}) as fake:
            seen = await polled(fake)
        assert seen.folders[1].name == 'th"u * \\gui'
        assert fake.heard[3].split(b" ", 2)[2].startswith(b'"th\\"u * \\\\gui" (')

    async def test_a_literal(self) -> None:
        counters = b" (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 9)\r\n"
        status = b"* STATUS {6}\r\nd)(gui" + counters + b"* STATUS {5}\r\nInbox" + counters + b"TAG OK done\r\n"
        listing = b'* LIST (\\Sent) "/" {6}\r\nd)(gui\r\n* LIST (\\Sent) "/" {3}\r\na\nb\r\nTAG OK done\r\n'
        async with FakeImap({"STATUS": status, "LIST": listing}) as fake:
            seen = await polled(fake)
        assert [one.name for one in seen.folders] == ["INBOX", "d)(gui"]

    async def test_what_is_said_unasked_is_no_trouble(self) -> None:
        answers = {
            "GETQUOTAROOT": b'* OK [ALERT] full\r\n* 5 EXISTS\r\n* QUOTA "STORAGE 1 2" (STORAGE 10 0)\r\nTAG OK x\r\n'
        }
        async with FakeImap(answers) as fake:
            assert (await polled(fake)).quota == Quota(10240, 0)

    async def test_dates_from_a_wrong_clock_are_left_out(self) -> None:
        fetch = b'* 3 FETCH (UID 3 INTERNALDATE "05-Nov-2099 07:00:00 +0700")\r\nTAG OK done\r\n'
        async with FakeImap({"FETCH": fetch}) as fake:
            seen = await polled(fake)
        assert seen.doubts == (Failure.CLOCK,) and seen.dates is not None and seen.dates.oldest_unclaimed is None


class TestAtOnce:
    """The second poll, in one go."""

    @staticmethod
    async def twice(fake: FakeImap, spoil: dict[str, bytes]) -> tuple[Poller, Observation | PollFailed]:
        """Poll, then again with a server that has changed its answers."""
        poller = Poller(Server("127.0.0.1", fake.port, "loopback"), ACCOUNT, Asking(timeout=4.0))
        first = infer(None, await poller.poll(Target("an@x"))).baseline
        fake.heard.clear()
        fake.answers.update(spoil)
        try:
            return poller, await poller.poll(Target("an@x"), first)
        except PollFailed as failed:
            return poller, failed

    async def test_all_commands_are_written_together(self) -> None:
        async with FakeImap() as fake:
            _, seen = await self.twice(fake, {})
        assert fake.names == ["AUTHENTICATE", "STATUS", "STATUS", "GETQUOTAROOT", "LOGOUT"]
        assert isinstance(seen, Observation)
        assert [one.uidnext for one in seen.folders] == [4, 4] and seen.quota == Quota(10240, 1048576)

    async def test_a_folder_that_is_gone_is_looked_for_again(self) -> None:
        async with FakeImap({"LIST": b'* LIST (\\Sent) "/" Gui\r\nTAG OK x\r\n'}) as fake:
            _, seen = await self.twice(fake, {"Gui": b"TAG NO gone\r\n"})
        assert isinstance(seen, Observation) and len(seen.folders) == 1 and seen.listed == 0.0

    @pytest.mark.parametrize(
        ("spoil", "kind"),
        [
            ({"AUTHENTICATE": b"TAG NO [AUTHENTICATIONFAILED] no\r\n"}, Failure.AUTH),
            ({"AUTHENTICATE": b"TAG NO no\r\n" + CLOSE}, Failure.AUTH),
            ({"INBOX": b"TAG NO [NONEXISTENT] no\r\n"}, Failure.VANISHED),
            ({"STATUS": b"* BYE\r\n"}, Failure.BYE),
            ({"AUTHENTICATE": CLOSE}, Failure.CLOSED),
        ],
    )
    async def test_failures_keep_their_names(self, spoil: dict[str, bytes], kind: Failure) -> None:
        async with FakeImap() as fake:
            _, failed = await self.twice(fake, spoil)
        assert isinstance(failed, PollFailed) and failed.kind is kind

    @pytest.mark.parametrize("how", [STALL, CLOSE, b"TAG BAD one at a time\r\n"])
    async def test_a_proxy_that_cannot_take_it_is_asked_step_by_step(self, how: bytes) -> None:
        async with FakeImap() as fake:
            fake.hurried = how
            poller, seen = await self.twice(fake, {})
            assert isinstance(seen, Observation)
            fake.heard.clear()
            await poller.poll(Target("an@x"), infer(None, seen).baseline)
            assert fake.names == ["AUTHENTICATE", "STATUS", "STATUS", "GETQUOTAROOT", "LOGOUT"]  # with no haste


LINES = b"* X\r\n" * 5_000
STATUS = b"* STATUS NAME (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 9)\r\n"
BAD: list[tuple[dict[str, bytes], Failure]] = [
    ({"GREETING": STALL}, Failure.TIMEOUT),
    ({"GREETING": CLOSE}, Failure.CLOSED),
    ({"GREETING": b"* BYE go away\r\n"}, Failure.BYE),
    ({"GREETING": b"220 mail ESMTP\r\n"}, Failure.GARBAGE),
    ({"GREETING": b"HTTP/1.1 400 Bad Request\r\n\r\n"}, Failure.GARBAGE),
    ({"GREETING": b"\x16\x03\x01" * 100 + b"\r\n"}, Failure.GARBAGE),
    ({"GREETING": b"* OK " + b"x" * 2_000_000}, Failure.LIMIT),
    ({"GREETING": b"* PREAUTH hello somebody\r\n"}, Failure.GARBAGE),
    ({"GREETING": b"* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] no\r\n"}, Failure.REFUSED),
    ({"AUTHENTICATE": b"TAG NO [AUTHENTICATIONFAILED] no\r\n"}, Failure.AUTH),
    ({"AUTHENTICATE": b"TAG NO [AUTHORIZATIONFAILED] no\r\n"}, Failure.AUTH),
    ({"AUTHENTICATE": b"TAG NO no\r\n"}, Failure.AUTH),
    ({"AUTHENTICATE": b"TAG NO [UNAVAILABLE] later\r\n"}, Failure.REFUSED),
    ({"AUTHENTICATE": b"TAG NO [UNAVAILABLE] later\r\n" + CLOSE}, Failure.REFUSED),
    ({"AUTHENTICATE": b"* BYE [ALERT] too many\r\n"}, Failure.BYE),
    ({"AUTHENTICATE": b"+ \r\n" * 100}, Failure.TIMEOUT),
    ({"STATUS": STALL}, Failure.TIMEOUT),
    ({"STATUS": CLOSE}, Failure.CLOSED),
    ({"STATUS": STATUS + CLOSE}, Failure.CLOSED),
    ({"STATUS": b"* BYE shutting down\r\n" + CLOSE}, Failure.BYE),
    ({"STATUS": b"* bye\r\n"}, Failure.BYE),
    ({"STATUS": b"TAG NO [NONEXISTENT] no inbox\r\n"}, Failure.VANISHED),
    ({"STATUS": b"TAG NO no inbox\r\n"}, Failure.VANISHED),
    ({"STATUS": b"TAG NO [NOPERM] no\r\n"}, Failure.REFUSED),
    ({"STATUS": b"TAG BAD what\r\n"}, Failure.REFUSED),
    ({"STATUS": b"TAG OK nothing said\r\n"}, Failure.GARBAGE),
    ({"STATUS": b"TAG OKAY\r\n"}, Failure.GARBAGE),
    ({"STATUS": b"OTHER1 OK done\r\n"}, Failure.GARBAGE),
    ({"STATUS": b"* STATUS INBOX (MESSAGES x)\r\nTAG OK done\r\n"}, Failure.GARBAGE),
    ({"STATUS": b"* STATUS INBOX (MESSAGES -3 UIDNEXT 4)\r\nTAG OK done\r\n"}, Failure.GARBAGE),
    ({"STATUS": b"* STATUS INBOX (MESSAGES " + b"9" * 5000 + b")\r\nTAG OK done\r\n"}, Failure.GARBAGE),
    ({"STATUS": b"* STATUS INBOX (\xff \xfe)\r\nTAG OK done\r\n"}, Failure.GARBAGE),
    ({"STATUS": b"* STATUS INBOX (MESSAGES 3 RECENT 1)\r\nTAG OK done\r\n"}, Failure.GARBAGE),
    ({"STATUS": b"* STATUS {4000000000}\r\n" + b"x" * 2_000_000}, Failure.LIMIT),
    ({"STATUS": b"* STATUS {" + b"9" * 5000 + b"}\r\nxxx"}, Failure.GARBAGE),
    ({"STATUS": b"* STATUS " + b"x" * 2_000_000}, Failure.LIMIT),
    ({"STATUS": b"\r\n" * 1_000_000}, Failure.LIMIT),
    ({"STATUS": b"* X\r\n" * 1_000_000}, Failure.LIMIT),
    ({"STATUS": b"\0\0\0\r\nTAG OK \xff\r\n"}, Failure.GARBAGE),
    ({"LIST": b"* LIST\r\nTAG OK done\r\n"}, Failure.GARBAGE),
    ({"LIST": b"* LIST (((((\r\nTAG OK done\r\n"}, Failure.GARBAGE),
    ({"GETQUOTAROOT": b'* QUOTA "" (STORAGE 1 x)\r\nTAG OK done\r\n'}, Failure.GARBAGE),
    ({"SEARCH": b"* ESEARCH UID MIN x\r\nTAG OK done\r\n"}, Failure.GARBAGE),
    ({"FETCH": b'* 3 FETCH (INTERNALDATE "99-Nov-2026 07:00:00 +0700")\r\nTAG OK done\r\n'}, Failure.GARBAGE),
    ({"FETCH": b'* 3 FETCH (INTERNALDATE "05-Nov-9999 07:00:00 -9999")\r\nTAG OK done\r\n'}, Failure.CLOCK),
    ({"EXAMINE": b"* BYE\r\n"}, Failure.BYE),
]


class TestBad:
    @pytest.mark.parametrize(("answers", "kind"), BAD)
    async def test_each_by_its_name(self, answers: dict[str, bytes], kind: Failure) -> None:
        if kind is Failure.CLOCK:  # a date, if an odd one: left out, and the rest stands
            async with FakeImap(answers) as fake:
                assert (await polled(fake)).doubts == (Failure.CLOCK,)
            return
        patience = {"timeout": 1.0, "connect": 0.5} if kind is Failure.TIMEOUT else {"timeout": 30.0, "connect": 30.0}
        assert (await failure(answers, **patience)).kind is kind

    async def test_a_thousand_lines_at_once(self) -> None:
        async with FakeImap({"STATUS": LINES + STATUS + b"TAG OK done\r\n"}) as fake:
            assert (await polled(fake)).folders[0].uidnext == 4

    async def test_too_many_lines(self) -> None:
        assert (await failure({"STATUS": b"\r\n" * 60_000})).kind is Failure.LIMIT

    async def test_closed_at_the_login_is_doubtful(self) -> None:
        assert (await failure({"AUTHENTICATE": CLOSE})).entering
        assert (await failure({"AUTHENTICATE": b"TAG NO [UNAVAILABLE] x\r\n"})).entering
        assert not (await failure({"STATUS": CLOSE})).entering

    async def test_nobody_listens(self) -> None:
        async with FakeImap() as fake:
            pass
        with pytest.raises(PollFailed) as caught:
            await polled(fake)
        assert caught.value.kind is Failure.CONNECT

    @pytest.mark.parametrize("host", ["no.such.host.invalid", "x" * 300, "bad host", "", "\0"])
    async def test_a_host_that_is_none(self, host: str) -> None:
        poller = Poller(Server(host, 1, "loopback"), ACCOUNT, ASKING)
        with pytest.raises(PollFailed) as caught:
            await poller.poll(Target("an@x"))
        assert caught.value.kind in (Failure.CONNECT, Failure.TIMEOUT)

    @pytest.mark.parametrize("name", ["", "a\0b", "a\r\nA1 LOGOUT", "x" * 5000, "\ud800", "\x7f"])
    @pytest.mark.parametrize("way", ["plain-authzid", "separator"])
    async def test_names_that_cannot_be_asked_for(self, name: str, way: Way) -> None:
        async with FakeImap() as fake:
            with pytest.raises(PollFailed) as caught:
                await polled(fake, name or "\x01", way=way)
        assert caught.value.kind is Failure.NAME and caught.value.own
        assert fake.heard == []

    async def test_a_name_with_the_separator_is_not_somebody_elses(self) -> None:
        async with FakeImap() as fake:
            with pytest.raises(PollFailed) as caught:
                await polled(fake, "giamdoc*an@x", way="separator")
        assert caught.value.kind is Failure.NAME

    async def test_a_flood_takes_bounded_memory(self) -> None:
        async with FakeImap({"STATUS": b"* X\r\n" * 2_000_000}) as fake:
            tracemalloc.start()
            with pytest.raises(PollFailed):
                await polled(fake, answer=100_000)
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert peak < 60_000_000, peak  # the fake's own 10 MB answer is copied a few times in here

    async def test_cancelled_it_leaves_nothing_behind(self) -> None:
        async with FakeImap({"STATUS": STALL}) as fake:
            task = asyncio.create_task(polled(fake))
            while "STATUS" not in fake.names:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    async def test_no_secret_is_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        greeting = b"* OK [CAPABILITY IMAP4rev1] ready\r\n"
        async with FakeImap({"GREETING": greeting}) as fake:
            await polled(fake, way="separator", password='bi"mat')
        assert "bi" not in caplog.text and "bimat" not in repr(Account("poller", "bimat"))


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates(tmp_path_factory.mktemp("tls"))


class TestTls:
    @staticmethod
    async def poll(fake: FakeImap, server: Server) -> Observation:
        return await Poller(dataclasses.replace(server, port=fake.port), ACCOUNT, ASKING).poll(Target("an@x"))

    async def test_starttls(self, tls: Certificates) -> None:
        async with FakeImap(secure=tls.server()) as fake:
            await self.poll(fake, Server("127.0.0.1", tls="starttls", name="localhost", authority=tls.authority))
        assert fake.names[:3] == ["STARTTLS", "CAPABILITY", "AUTHENTICATE"]  # what was said in the clear is forgotten

    @pytest.mark.parametrize(
        ("answers", "kind"),
        [
            ({"STARTTLS": b"TAG OK go on\r\n* OK [CAPABILITY IMAP4rev1] injected\r\n"}, Failure.TLS),
            ({"STARTTLS": b"TAG OK go on\r\n* inje"}, Failure.TLS),
            ({"STARTTLS": b"TAG NO not now\r\n"}, Failure.REFUSED),
            ({"GREETING": b"* PREAUTH welcome\r\n"}, Failure.GARBAGE),
        ],
    )
    async def test_nothing_is_sent_in_the_clear(
        self, tls: Certificates, answers: dict[str, bytes], kind: Failure
    ) -> None:
        async with FakeImap(answers, secure=tls.server()) as fake:
            with pytest.raises(PollFailed) as caught:
                await self.poll(fake, Server("127.0.0.1", tls="starttls", name="localhost", authority=tls.authority))
        assert caught.value.kind is kind
        assert "AUTHENTICATE" not in fake.names

    @pytest.mark.parametrize("how", ["starttls", "implicit"])
    @pytest.mark.parametrize("fault", ["authority", "name"])
    async def test_a_certificate_that_is_not_the_servers(self, tls: Certificates, how: Tls, fault: str) -> None:
        name, authority = ("localhost", None) if fault == "authority" else ("khac.example", tls.authority)
        async with FakeImap(secure=tls.server(), implicit=how == "implicit") as fake:
            with pytest.raises(PollFailed) as caught:
                await self.poll(fake, Server("127.0.0.1", tls=how, name=name, authority=authority))
        assert caught.value.kind is Failure.TLS
        assert "AUTHENTICATE" not in fake.names

    async def test_tls_from_the_beginning(self, tls: Certificates) -> None:
        async with FakeImap(secure=tls.server(), implicit=True) as fake:
            await self.poll(fake, Server("127.0.0.1", name="localhost", authority=tls.authority))
        assert fake.names[0] == "AUTHENTICATE"

    async def test_a_server_without_tls(self, tls: Certificates) -> None:
        async with FakeImap() as fake:
            with pytest.raises(PollFailed) as caught:
                await self.poll(fake, Server("127.0.0.1", name="localhost", authority=tls.authority))
        assert caught.value.kind is Failure.TLS

    async def test_plain_goes_to_this_machine_only(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gateway.imap.dial._local", lambda _: False)
        async with FakeImap() as fake:
            with pytest.raises(PollFailed) as caught:
                await self.poll(fake, Server("127.0.0.1", tls="loopback"))
        assert caught.value.kind is Failure.TLS and fake.heard == []
