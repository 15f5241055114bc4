"""What every store promises about text from strangers, on whatever database. A subclass gives the fixture `stores`.

Whatever a mail, a form or another server says, it is kept harmless and found again; nothing of it stops a statement.
"""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from gateway.access import Failure
from gateway.answers.store import AnswerTable
from gateway.blocks.deeds import Case
from gateway.console.accounts import Role, User
from gateway.directory.dialects import plain
from gateway.directory.outbox import Notice, Submitted, enqueue
from gateway.directory.request_store import RequestSeen
from gateway.journal import Decision, Note
from gateway.journal.paging import Wanted, page
from gateway.journal.query import Filter, search, story
from gateway.journal.reader import open_reader
from gateway.lifecycle.answers import Item, Passing
from gateway.lifecycle.effects import Way
from gateway.lifecycle.spans import Span
from gateway.model import Mode
from gateway.notifying.letter import SAMPLE
from gateway.orders.values import Kind, Order
from gateway.reports.presence import Present
from gateway.upkeep.passwords import PasswordKept
from gateway.upkeep.rows import Result
from tests.support.stores import Stores
from tests.unit.directory.support_store import whole
from tests.unit.journal.support import check, decision
from tests.unit.upkeep.build import NOW, failed, good, seen, step, use, watched

_CHANCE = random.Random(8)
LONG = "".join(_CHANCE.choices("đấếờữỵ漢𝔘😀", k=10_000))  # nothing that an index could make short
HOSTILE = {
    "refused by a database": "a\x00b\ud800c\udcff@tinh.example",
    "quoted": "'; DROP TABLE directory_state; -- \\ %s :x {0} \"$1\r\n\u2028\x1b[31m \u202emoc@na\u2066نص\u2069",
    "long": f"\x00\ud800%s{LONG}",
    "nothing": "",
}


@pytest.fixture(params=list(HOSTILE.values()), ids=list(HOSTILE))
def text(request: pytest.FixtureRequest) -> str:
    """One of them."""
    return str(request.param)


def same(kept: str, text: str) -> bool:
    """Whether this is what may be left of it: all of it, or its beginning."""
    return plain(text).startswith(kept) and (bool(kept) or not text)


class HostileContract:
    """Each store by itself."""

    def test_the_directorys_record(self, stores: Stores, text: str) -> None:
        """Its entries are judged before they come here; who brings them, and in which file, is not."""
        assert stores.directory.apply(whole(), who=text, source=text) == 1
        found = stores.directory.changes(limit=1)[0]
        assert (found.who, found.source) == (plain(text), plain(text))
        assert stores.directory.changes(key=text) == [] or not text

    def test_the_outbox(self, stores: Stores, text: str) -> None:
        notice = Notice(text, text, text, text, b"\x00\xff")
        with stores.database.writing() as connection:
            enqueue(connection, [notice], 1)
        [waiting] = stores.outbox.take(NOW)
        stores.outbox.settle(waiting, Submitted(False, reply=text), NOW)
        [found] = stores.outbox.list()
        assert (found.tries, found.notice.message) == (1, b"\x00\xff")
        assert same(found.reply, text) and same(found.notice.recipient, text)

    def test_requests(self, stores: Stores, text: str) -> None:
        one = RequestSeen(text, NOW, text, text, text, text, (text,), message_id=text)
        stores.requests.add([one, one])
        stores.requests.add([])
        [found] = stores.requests.find(text) or stores.requests.list()
        assert same(found.seen.channel, text)
        assert stores.requests.list(mailbox=text)
        if text:
            assert stores.requests.answer(text, by=text, answer=text, now=NOW) == 1

    async def test_signatures(self, stores: Stores, text: str) -> None:
        assert await stores.seen.claim([text], 1.0) == frozenset()
        await stores.seen.settle([text], delivered=True, now=2.0)
        assert await stores.seen.claim([text], 3.0) == {text}

    def test_standings(self, stores: Stores, text: str) -> None:
        assert stores.blocks.block(text, Case((text,), {text: text}), NOW)
        assert stores.blocks.lock(text, text, f"a reason {text}"[:400])
        found = stores.blocks.find(text)
        assert found is not None and found == stores.blocks.blocks()[0]
        assert len(stores.blocks.history(text)) == 2

    def test_orders(self, stores: Stores, text: str) -> None:
        kept = Order(Kind.EXEMPT, text, text, text, sender=text, recipient=text, network=text, reference=text)
        number = stores.orders.give(kept)
        stores.orders.give(Order(Kind.MODE, text, text, text, text, Mode.OBSERVE))
        found = stores.orders.find(number)
        assert found is not None and same(found.reason, text) and same(found.sender, text)
        assert len(stores.orders.history(text)) == 2
        stores.orders.withdraw(number, text, text)

    def test_answers(self, stores: Stores, text: str) -> None:
        stores.answers.keep([Passing(NOW, text, (text,)), Passing(NOW + 1, "", sent_by=text, references=(text,))])
        stores.answers.add([Item(text, text, NOW)])
        assert len(stores.answers.items(text, 0, NOW + 9)) in (1, 2)
        AnswerTable(stores.database, b"key", most=1).keep([Passing(NOW, f"{n}{text}", (text,)) for n in range(3)])

    def test_letters(self, stores: Stores, text: str) -> None:
        refusal = replace(SAMPLE, mailbox=text, reference=text)
        stores.book.keep([refusal, refusal], NOW)
        assert (stores.book.written, stores.book.repeated) == (1, 1)

    def test_mailings(self, stores: Stores, text: str) -> None:
        assert stores.mailings.post(text, [Notice(text, text, text, text, b"x")], NOW)
        assert not stores.mailings.post(text, (), NOW)
        assert stores.mailings.mailed(text[:100])

    def test_presence(self, stores: Stores, text: str) -> None:
        for until in (2.0, 3.0):
            stores.presence.keep([Present(text, text, Span(1.0, until))])
        assert stores.presence.last(text, text) == Span(1.0, 3.0)

    def test_accounts(self, stores: Stores, text: str) -> None:
        accounts = stores.accounts
        accounts.add("an", "mot mat khau dai", Role.ADMINISTRATOR, text)
        assert accounts.find(text) is None
        assert accounts.check(text, text, NOW) is None
        assert accounts.check("an", text, NOW) is None
        [user] = accounts.list()
        assert same(user.full_name, " ".join(text.split())[:200])

    def test_sessions(self, stores: Stores, text: str) -> None:
        stores.accounts.add("an", "mot mat khau dai", Role.VIEWER)
        made = stores.sessions.begin(User("an", "", Role.VIEWER), text, NOW)
        found = stores.sessions.find(made.id, NOW)
        assert found is not None and same(found.client, text[:100])
        assert stores.sessions.find(text, NOW) is None
        stores.sessions.end(text)
        stores.sessions.end_all(text, text)

    def test_use_and_life(self, stores: Stores, text: str) -> None:
        used, life = stores.upkeep.use, stores.upkeep.life
        used.keep_outcomes([good(seen(NOW, text)), failed(NOW + 1, text, detail=text)])
        used.keep([use(1, 2, text, actor=text)], [watched(1, 2, text)])
        assert used.polled([text]) and used.told([text]) and used.baseline(text) is not None
        assert next(iter(used.polled([text]).values())).failure is Failure.TIMEOUT
        [taken] = life.begin([step(mailbox=text)], Way.MAIL, NOW)
        assert life.finish(taken.number, Result.DONE, NOW, detail=text, work=lambda one: one)
        assert len(life.history(text)) == (1 if text else len(life.history()))
        stores.upkeep.passwords.put([PasswordKept(text, 1.0, False, 2.0)])
        assert stores.upkeep.passwords.of([text])

    def test_what_people_did(self, stores: Stores, text: str) -> None:
        stores.actions.record(Note("action", text, text, by=text, what=text, client=text))
        stores.actions.record(Note("review", text, text, by=text, what=text))
        stores.actions.close()
        assert check(stores.folder, stores.url).total == 0
        with open_reader(stores.url, stores.folder) as connection:
            assert story(connection, text) == (None, [])

    def test_decisions(self, stores: Stores, text: str) -> None:
        stores.actions.keep(hostile_decision(text))
        stores.actions.close()
        assert check(stores.folder, stores.url).total == 0
        with open_reader(stores.url, stores.folder) as connection:
            assert len(list(search(connection, Filter(listener="inbound")))) == 1
            for wanted in (
                Wanted(Filter(sender=f"{text}*", recipient=f"*{text}")),
                Wanted(Filter(action=text, rule=text, clause=text, listener=text, reference=text, text=text)),
                Wanted(anyone=text, addresses=(text, text), reviewed="no"),
            ):
                page(connection, wanted, limit=5)


def hostile_decision(text: str) -> Decision:
    """One with this text everywhere that mail has a word."""
    return decision(reverse_path=text, recipients=[text, text], helo=text, client_name=text, message_id=text, user=text)
