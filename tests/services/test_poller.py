"""The poller against a real Dovecot and real clients' sequences: what it claims is true, and it leaves no trace."""

from __future__ import annotations

import asyncio
import contextlib
import imaplib
import itertools
import os
import poplib
import shutil
from collections.abc import Callable, Iterator

import pytest

from gateway.access import Evidence, Failure, Kind, Sign, Strength, Use
from gateway.imap.baseline import Baseline
from gateway.imap.evidence import Findings, infer
from gateway.imap.failures import PollFailed
from gateway.imap.poll import Poller
from gateway.imap.ports import Outcome, Past
from gateway.imap.settings import Account, Asking, Server, Sweeping, Target, Way
from gateway.imap.sweep import Sweep
from tests.support.dovecot import DovecotImap
from tests.support.tls import Certificates

pytestmark = pytest.mark.service("dovecot-imap")

ACCOUNT = Account(DovecotImap.MASTER, DovecotImap.SECRET)
FORMATS = ["maildir:~/Maildir", "sdbox:~/sdbox", "mdbox:~/mdbox"]
ASKED = FORMATS if os.environ.get("CONGTHU_EVERY_FORMAT") else FORMATS[:1]  # the others take minutes and differ little
USERS = [f"hop{number}@tinh.example" for number in range(500)]
ODD = ['o"ng@x', "sao%?[a]@x", "sao*%@x", "nguyễn.đặng@x", "(ngoac){3}@x", "name with blank@x", "&ax-@x", "\\@x"]
_numbers = itertools.count()
_askers: dict[int, Poller] = {}


@pytest.fixture(scope="module", params=ASKED, ids=lambda name: name.partition(":")[0])
def stored(request: pytest.FixtureRequest) -> Iterator[DovecotImap]:
    """A Dovecot with each of its storage formats."""
    with DovecotImap(USERS, format=request.param) as made:
        yield made


@pytest.fixture(scope="module")
def dovecot(tls: Certificates) -> Iterator[DovecotImap]:
    """One with Maildir and TLS."""
    with DovecotImap([*USERS, *ODD], tls) as made:
        yield made


def poller(dovecot: DovecotImap, account: Account = ACCOUNT, **asking: object) -> Poller:
    return Poller(Server("127.0.0.1", dovecot.port, "loopback"), account, Asking(**asking))  # type: ignore[arg-type]


def asker(dovecot: DovecotImap) -> Poller:
    """The same for all polls of a Dovecot, as a sweep has it: after a mailbox's first poll it asks all in one go."""
    made = _askers.get(dovecot.port)
    if made is None:
        made = _askers[dovecot.port] = poller(dovecot)
    return made


def poll(dovecot: DovecotImap, user: str, before: Baseline | None = None) -> Findings:
    return infer(before, asyncio.run(asker(dovecot).poll(Target(user), before)))


def fresh(dovecot: DovecotImap, delivered: int = 2) -> str:
    user = USERS[next(_numbers)]
    dovecot.deliver(user, delivered)
    return user


@contextlib.contextmanager
def imap(dovecot: DovecotImap, user: str, *, select: bool = True) -> Iterator[imaplib.IMAP4]:
    """The owner's client."""
    client = imaplib.IMAP4("127.0.0.1", dovecot.port)
    client.login(user, DovecotImap.PASSWORD)
    if select:
        client.select()
    yield client
    client.logout()


@contextlib.contextmanager
def pop(dovecot: DovecotImap, user: str) -> Iterator[poplib.POP3]:
    """The owner's other client."""
    client = poplib.POP3("127.0.0.1", dovecot.pop)
    client.user(user)
    client.pass_(DovecotImap.PASSWORD)
    yield client
    client.quit()


Deed = Callable[[DovecotImap, str], None]


def login_only(dovecot: DovecotImap, user: str) -> None:
    with imap(dovecot, user, select=False):
        pass


def listing(dovecot: DovecotImap, user: str) -> None:
    with imap(dovecot, user, select=False) as client:
        client.list()
        client.status("INBOX", "(MESSAGES UNSEEN RECENT)")


def examine(dovecot: DovecotImap, user: str) -> None:
    with imap(dovecot, user, select=False) as client:
        client.select(readonly=True)
        client.fetch("1:*", "(FLAGS BODY.PEEK[HEADER])")


def select(dovecot: DovecotImap, user: str) -> None:
    with imap(dovecot, user):
        pass


def select_and_vanish(dovecot: DovecotImap, user: str) -> None:
    with imap(dovecot, user) as client:
        client.sock.shutdown(2)
        client.logout = lambda: None  # type: ignore[method-assign, assignment, return-value]
        client.shutdown()


def peek(dovecot: DovecotImap, user: str) -> None:
    with imap(dovecot, user) as client:
        client.fetch("1", "(BODY.PEEK[])")


def read(dovecot: DovecotImap, user: str) -> None:
    with imap(dovecot, user) as client:
        client.fetch("1", "(RFC822)")


def flag(dovecot: DovecotImap, user: str) -> None:
    with imap(dovecot, user) as client:
        client.store("1", "+FLAGS", "\\Flagged")


def expunge(dovecot: DovecotImap, user: str) -> None:
    with imap(dovecot, user) as client:
        client.store("1", "+FLAGS", "\\Deleted")
        client.expunge()


def move(dovecot: DovecotImap, user: str) -> None:
    with imap(dovecot, user) as client:
        client.create("Trash")
        client.uid("MOVE", "1", "Trash")


def idle(dovecot: DovecotImap, user: str) -> None:
    with imap(dovecot, user) as client:
        client.send(b"A1 IDLE\r\n")
        client.readline()
        client.send(b"DONE\r\n")
        client.readline()


def idle_and_get(dovecot: DovecotImap, user: str) -> None:
    with imap(dovecot, user) as client:
        client.send(b"A1 IDLE\r\n")
        client.readline()
        dovecot.deliver(user)
        while b"RECENT" not in client.readline():
            pass
        client.send(b"DONE\r\n")
        client.readline()


def sent(dovecot: DovecotImap, user: str) -> None:
    with imap(dovecot, user, select=False) as client:
        client.append("Sent", "\\Seen", None, b"Subject: gui di\r\n\r\nx\r\n")  # type: ignore[arg-type]


def pop_stat(dovecot: DovecotImap, user: str) -> None:
    with pop(dovecot, user) as client:
        client.stat()


def pop_read(dovecot: DovecotImap, user: str) -> None:
    with pop(dovecot, user) as client:
        client.retr(1)


def pop_fetch_all(dovecot: DovecotImap, user: str) -> None:
    with pop(dovecot, user) as client:
        for number in range(1, client.stat()[0] + 1):
            client.retr(number)
            client.dele(number)


def nothing(dovecot: DovecotImap, user: str) -> None:
    pass


def delivery(dovecot: DovecotImap, user: str) -> None:
    dovecot.deliver(user, 2)


def to_junk(dovecot: DovecotImap, user: str) -> None:
    dovecot.deliver(user, 1, "-m", "Junk", "-o", "lda_mailbox_autocreate=yes")


def polled(dovecot: DovecotImap, user: str) -> None:
    """Our own polls, the first kind too."""
    first = poll(dovecot, user)
    poll(dovecot, user, first.baseline)


def administrator_looks(dovecot: DovecotImap, user: str) -> None:
    dovecot.doveadm("fetch", "-u", user, "hdr flags text", "mailbox", "INBOX")
    dovecot.doveadm("mailbox", "status", "-u", user, "all", "INBOX")
    dovecot.doveadm("quota", "recalc", "-u", user)
    dovecot.doveadm("index", "-u", user, "INBOX")


def administrator_resyncs(dovecot: DovecotImap, user: str) -> None:
    dovecot.doveadm("force-resync", "-u", user, "INBOX")


def administrator_flags(dovecot: DovecotImap, user: str) -> None:
    dovecot.doveadm("flags", "add", "-u", user, "\\Flagged", "mailbox", "INBOX", "all")


def administrator_expunges(dovecot: DovecotImap, user: str) -> None:
    dovecot.doveadm("expunge", "-u", user, "mailbox", "INBOX", "uid", "1")


def colleague_reads(dovecot: DovecotImap, user: str) -> None:
    read(dovecot, fresh(dovecot))


STRONG = {Sign.RECENT_CLEARED: Strength.STRONG}
CHANGED, READ = {Sign.CHANGED: Strength.MEDIUM}, {Sign.READ: Strength.MEDIUM}
REMOVED, SENT = {Sign.REMOVED: Strength.MEDIUM}, {Sign.SENT: Strength.MEDIUM}

# What an owner does: what is seen where its mail was unclaimed, and where nothing was new.
ACCESSES: dict[Deed, tuple[dict[Sign, Strength], dict[Sign, Strength]]] = {
    select: (STRONG, {}),
    select_and_vanish: (STRONG, {}),
    peek: (STRONG, {}),
    idle: (STRONG, {}),
    idle_and_get: (STRONG, STRONG),
    read: (STRONG | READ, READ),
    flag: (STRONG | CHANGED, CHANGED),
    expunge: (STRONG | REMOVED, REMOVED),
    move: (STRONG | REMOVED, REMOVED),
    pop_stat: (STRONG, {}),
    pop_read: (STRONG | READ, READ),
    pop_fetch_all: (REMOVED, REMOVED),
    sent: (SENT, SENT),
    login_only: ({}, {}),
    listing: ({}, {}),
    examine: ({}, {}),
}
# What others do. An administrator's change of mail cannot be told from an owner's: that is why it is not strong.
OTHERS: dict[Deed, dict[Sign, Strength]] = {
    nothing: {},
    delivery: {},
    to_junk: {},
    polled: {},
    colleague_reads: {},
    administrator_looks: {},
    administrator_resyncs: {},  # with sdbox and mdbox MODSEQ rises: as if flags had changed
    administrator_flags: CHANGED,
    administrator_expunges: REMOVED,
}


def signs(found: Findings) -> dict[Sign, Strength]:
    return {one.sign: one.strength for one in found.evidence if one.kind is Kind.ACCESS}


def unused(found: Findings) -> list[Evidence]:
    return [one for one in found.evidence if one.kind is Kind.UNUSED and one.strength is Strength.STRONG]


@pytest.mark.parametrize("deed", ACCESSES, ids=lambda deed: deed.__name__)
class TestAccesses:
    def test_with_new_mail(self, stored: DovecotImap, deed: Deed) -> None:
        user = fresh(stored)
        before = poll(stored, user)
        deed(stored, user)
        found = poll(stored, user, before.baseline)
        assert signs(found) == ACCESSES[deed][0]
        selected = deed not in (sent, login_only, listing, examine)
        assert bool(unused(found)) is not selected

    def test_with_nothing_new(self, stored: DovecotImap, deed: Deed) -> None:
        user = fresh(stored)
        select(stored, user)
        before = poll(stored, user)
        deed(stored, user)
        found = poll(stored, user, before.baseline)
        assert signs(found) == ACCESSES[deed][1]
        assert not unused(found)  # nothing was waiting: silence proves nothing


@pytest.mark.parametrize("deed", OTHERS, ids=lambda deed: deed.__name__)
@pytest.mark.parametrize("claimed", [False, True], ids=["new", "old"])
def test_no_access(stored: DovecotImap, deed: Deed, claimed: bool) -> None:
    user = fresh(stored)
    if claimed:
        select(stored, user)
    before = poll(stored, user)
    deed(stored, user)
    found = poll(stored, user, before.baseline)
    rebuilt = deed is administrator_resyncs and stored.format != FORMATS[0]
    assert signs(found) == (CHANGED if rebuilt else OTHERS[deed])
    assert bool(unused(found)) is not claimed
    assert not [one for one in found.evidence if one.kind is Kind.RESET]


class TestFirstPoll:
    def test_never_opened(self, dovecot: DovecotImap) -> None:
        user = fresh(dovecot)
        found = poll(dovecot, user)
        seen = asyncio.run(poller(dovecot).poll(Target(user)))
        assert seen.dates is not None and seen.dates.newest_claimed is None and seen.dates.saved
        assert seen.dates.oldest_unclaimed is not None and abs(seen.dates.oldest_unclaimed - seen.at) < 3600
        assert not signs(found)

    def test_opened_between_two_messages(self, dovecot: DovecotImap) -> None:
        user = fresh(dovecot, 1)
        select(dovecot, user)
        dovecot.deliver(user)
        (access,) = [one for one in poll(dovecot, user).evidence if one.kind is Kind.ACCESS]
        assert access.sign is Sign.BETWEEN_DATES and access.strength is Strength.MEDIUM

    def test_an_import_with_old_dates_is_not_old_disuse(self, dovecot: DovecotImap) -> None:
        """INTERNALDATE says 2019; the message came today, and SAVEDATE says so."""
        user = fresh(dovecot, 0)
        with imap(dovecot, user, select=False) as client:
            client.append("INBOX", None, '"01-Feb-2019 07:00:00 +0700"', b"Subject: cu\r\n\r\nx\r\n")  # type: ignore[arg-type]
        seen = asyncio.run(poller(dovecot, old_days=180).poll(Target(user)))
        assert seen.dates is not None and seen.dates.oldest_unclaimed is not None
        assert abs(seen.dates.oldest_unclaimed - seen.at) < 3600
        assert seen.old_messages == 1


class TestIndexLost:
    @pytest.mark.parametrize("pattern", ["dovecot.index*", "dovecot*"])
    @pytest.mark.parametrize("claimed", [False, True])
    def test_is_a_reset_and_no_access(self, dovecot: DovecotImap, pattern: str, claimed: bool) -> None:
        user = fresh(dovecot, 3)
        if claimed:
            read(dovecot, user)
        before = poll(dovecot, user)
        for path in (dovecot.folder / "mail" / user / "Maildir").glob(pattern):
            path.unlink()
        found = poll(dovecot, user, before.baseline)
        assert [one.kind for one in found.evidence] == [Kind.RESET]

    def test_another_mailbox_of_that_name(self, dovecot: DovecotImap) -> None:
        user = fresh(dovecot, 3)
        before = poll(dovecot, user)
        shutil.rmtree(dovecot.folder / "mail" / user)
        dovecot.deliver(user, 1)
        assert next(one.kind for one in poll(dovecot, user, before.baseline).evidence) is Kind.RESET


class TestFolders:
    """Beside the inbox: Sent and Drafts that grew tell of use; what goes from Trash and Junk never does."""

    ASKER = Asking(uses=(Use.SENT, Use.DRAFTS, Use.TRASH, Use.JUNK))

    def polled(self, dovecot: DovecotImap, user: str, before: Baseline | None = None) -> Findings:
        asking = Poller(Server("127.0.0.1", dovecot.port, "loopback"), ACCOUNT, self.ASKER)
        return infer(before, asyncio.run(asking.poll(Target(user), before)))

    def test_they_are_known_by_their_marks_and_names(self, dovecot: DovecotImap) -> None:
        user = self.filled(dovecot)
        seen = self.polled(dovecot, user).baseline.seen
        assert {one.use for one in seen.folders} == {Use.INBOX, *self.ASKER.uses}

    def test_a_draft_is_a_use(self, dovecot: DovecotImap) -> None:
        user = self.filled(dovecot)
        before = self.polled(dovecot, user).baseline
        with imap(dovecot, user, select=False) as client:
            client.append("Drafts", "\\Draft", None, b"Subject: nhap\r\n\r\nx\r\n")  # type: ignore[arg-type]
        assert signs(self.polled(dovecot, user, before)) == {Sign.FILED: Strength.MEDIUM}

    @pytest.mark.parametrize("folder", ["Trash", "Junk"])
    def test_what_expires_is_no_use(self, dovecot: DovecotImap, folder: str) -> None:
        user = self.filled(dovecot)
        before = self.polled(dovecot, user).baseline
        dovecot.doveadm("expunge", "-u", user, "mailbox", folder, "all")
        found = self.polled(dovecot, user, before)
        assert not signs(found) and unused(found)

    @staticmethod
    def filled(dovecot: DovecotImap) -> str:
        user = fresh(dovecot)
        for folder in ("Trash", "Junk", "Drafts"):
            dovecot.deliver(user, 1, "-m", folder, "-o", "lda_mailbox_autocreate=yes")
        return user


class TestNoTrace:
    def test_all_is_asked_in_one_go(self, stored: DovecotImap) -> None:
        user = fresh(stored)
        poll(stored, user, poll(stored, user).baseline)
        assert asker(stored)._tries and {"SASL-IR", "QUOTA", "CONDSTORE"} <= asker(stored)._words

    def test_polls_change_nothing(self, stored: DovecotImap) -> None:
        user = fresh(stored)
        read(stored, user)
        stored.deliver(user, 2)
        before, logins = self._state(stored, user), self._own(stored, user)
        baseline = None
        for number in range(20):
            baseline = poll(stored, user, baseline if number % 2 else None).baseline
        assert self._state(stored, user) == before
        assert self._own(stored, user) == logins

    @staticmethod
    def _state(dovecot: DovecotImap, user: str) -> str:
        """Flags, \\Recent and MODSEQ of all that there is, by doveadm."""
        flags = dovecot.doveadm("fetch", "-u", user, "uid flags modseq date.saved", "mailbox", "INBOX")
        return flags + dovecot.doveadm("mailbox", "status", "-u", user, "messages recent unseen highestmodseq", "INBOX")

    @staticmethod
    def _own(dovecot: DovecotImap, user: str) -> list[str]:
        lines = dovecot.last_logins().splitlines()
        return [time for name, time in itertools.pairwise(lines) if name.endswith(f"/{user}/{user}")]


class TestLogin:
    # a name with the separator in it would be split elsewhere: the client refuses it
    @pytest.mark.parametrize(
        ("way", "name"),
        [
            (way, name)
            for way in ("plain-authzid", "separator")
            for name in ODD
            if way != "separator" or "*" not in name
        ],
    )
    async def test_odd_names(self, dovecot: DovecotImap, way: Way, name: str) -> None:
        account = Account(ACCOUNT.user, ACCOUNT.password, way)
        seen = await poller(dovecot, account).poll(Target("an@x", user=name))
        assert [one.use for one in seen.folders] == [Use.INBOX, Use.SENT] and seen.quota and seen.quota.limit == 2**30

    @pytest.mark.parametrize("how", ["implicit", "starttls"])
    async def test_tls(self, dovecot: DovecotImap, tls: Certificates, how: str) -> None:
        user = fresh(dovecot)
        implicit = how == "implicit"
        server = Server(
            "127.0.0.1",
            dovecot.imaps if implicit else dovecot.port,
            "implicit" if implicit else "starttls",
            name="mail.tinh.example",
            authority=tls.authority,
        )
        assert (await Poller(server, ACCOUNT).poll(Target(user))).folders[0].messages == 2

    async def test_our_password_is_wrong(self, dovecot: DovecotImap) -> None:
        with pytest.raises(PollFailed) as caught:
            await poller(dovecot, Account(ACCOUNT.user, "sai")).poll(Target(fresh(dovecot)))
        assert caught.value.kind is Failure.AUTH and not caught.value.own


class Kept:
    """Records in memory."""

    def __init__(self) -> None:
        self.baselines: dict[str, bytes] = {}
        self.outcomes: list[Outcome] = []

    async def past(self) -> dict[str, Past]:
        """Nothing was polled before."""
        return {}

    async def baseline(self, mailbox: str) -> bytes | None:
        """The last one."""
        return self.baselines.get(mailbox)

    async def keep(self, outcomes: list[Outcome]) -> None:  # type: ignore[override]
        """Keep them."""
        self.outcomes += outcomes
        self.baselines.update({one.mailbox: one.baseline.to_bytes() for one in outcomes if one.baseline})


class TestSweep:
    SWEEPING = Sweeping(rate=1000.0)

    async def test_a_mailbox_that_vanished_is_its_own_trouble(self, dovecot: DovecotImap) -> None:
        """Those that were polled before, and those that never were."""
        users = [fresh(dovecot) for _ in range(12)]
        records = Kept()
        sweep = Sweep(poller(dovecot), list, records, self.SWEEPING)
        for some in (users[3:6], users[:3]):  # the last login that worked is of one that stays
            await sweep.once([Target(user) for user in some])
        dovecot.remove(*users[3:9])
        outcomes = await sweep.once([Target(user) for user in users])
        failed = {one.mailbox: one.failure for one in outcomes if one.failure}
        assert failed == dict.fromkeys(users[3:9], Failure.VANISHED)
        assert records.baselines.keys() == {*users[:6], *users[9:]}

    async def test_our_own_wrong_password_is_tried_a_few_times_only(self, dovecot: DovecotImap) -> None:
        users = [fresh(dovecot, 0) for _ in range(10)]
        before = await self._refused(dovecot)
        sweep = Sweep(poller(dovecot, Account(ACCOUNT.user, "sai")), list, Kept(), self.SWEEPING)
        outcomes = await sweep.once([Target(user) for user in users])
        assert [one.failure for one in outcomes] == [Failure.AUTH, Failure.AUTH, Failure.MASTER]
        assert await self._refused(dovecot, before + 3) - before == 3

    @pytest.mark.parametrize("known", [2, 10], ids=["step by step", "in one go"])
    async def test_a_password_that_was_changed_stops_the_sweep_at_once(self, dovecot: DovecotImap, known: int) -> None:
        users = [fresh(dovecot, 0) for _ in range(10)]
        asker = poller(dovecot)
        sweep = Sweep(asker, list, Kept(), self.SWEEPING)
        await sweep.once([Target(user) for user in users[:known]])
        before = await self._refused(dovecot)
        asker._account = Account(ACCOUNT.user, "sai")
        outcomes = await sweep.once([Target(user) for user in users[2:]])
        assert {one.failure for one in outcomes} == {Failure.MASTER}
        assert await self._refused(dovecot, before + 1) - before <= Sweeping().concurrency + 1
        assert sweep.figures().stopped == "master-auth"

    @staticmethod
    async def _refused(dovecot: DovecotImap, least: int = 0) -> int:
        """Refused logins, once there are `least` and no more come."""
        seen = -1
        while (now := (dovecot.folder / "dovecot.log").read_text().count("auth failed")) < least or now != seen:
            seen = now
            await asyncio.sleep(0.3)
        return now
