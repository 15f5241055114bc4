"""Every store while its PostgreSQL is away, cut off in mid-sentence, or back again: one line, nothing half done."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.access import Source
from gateway.answers.store import AnswerTable
from gateway.blocks.store import BlockStore
from gateway.blocks.watch import Watch as BlocksWatch
from gateway.console.accounts import Accounts, Role, User
from gateway.console.sessions import Sessions
from gateway.directory.errors import DirectoryUnavailable
from gateway.directory.outbox import Notice, Outbox, Submitted, Waiting, enqueue
from gateway.directory.plan import change
from gateway.directory.request_store import RequestSeen, RequestStore
from gateway.directory.seen import SharedMemory
from gateway.directory.store import DirectoryStore
from gateway.errors import JournalUnavailable
from gateway.journal import Note
from gateway.journal.actions import Actions
from gateway.journal.prune import prune
from gateway.journal.reader import open_reader
from gateway.journal.store import make_engine, resolve_url
from gateway.lifecycle.answers import Item, Passing
from gateway.lifecycle.days import day_of
from gateway.lifecycle.effects import Way
from gateway.lifecycle.spans import Span
from gateway.model import Mode
from gateway.notifying.book import NoticeBook
from gateway.notifying.letter import SAMPLE
from gateway.orders.store import OrderStore
from gateway.orders.values import Kind, Order
from gateway.orders.watch import Watch as OrdersWatch
from gateway.reports.mailings import MailingStore
from gateway.reports.presence import PresenceStore, Present
from gateway.upkeep.leaving import forget_absent
from gateway.upkeep.life import LifeStore
from gateway.upkeep.passwords import PasswordKept, PasswordStore
from gateway.upkeep.pruning import prune as prune_use
from gateway.upkeep.rows import Result
from gateway.upkeep.store import UseStore
from tests.support.postgres import PostgresServer
from tests.support.stores import Stores, cheap_hashes, stores
from tests.unit.blocks.contract import CASE
from tests.unit.blocks.test_watch import until as until_soon
from tests.unit.directory.support_store import PERSON, whole
from tests.unit.journal.support import check, decision, held, refusal, running, until
from tests.unit.orders.contract import DAY
from tests.unit.orders.test_watch import Rules
from tests.unit.upkeep.build import NOW, A, failed, step, use, watched

__all__ = ["cheap_hashes", "stores"]
pytestmark = pytest.mark.service("postgresql")

NOTICE = Notice("change", "x", "a@b", "c@d", b"x")
TAKEN = Waiting(1, NOTICE, NOW, NOW, 0, 0, 0, "")
USER = User("an", "", Role.VIEWER)
EXEMPT = Order(Kind.EXEMPT, "spam", "thử", "lan", sender="a@b")
PASSWORD = "mot mat khau dai"
Call = Callable[[Stores], Any]

# What is asked of each, in an order in which all of it can be done.
CALLS: dict[str, Call] = {
    "DirectoryStore.prepare": lambda s: s.directory.prepare(),
    "DirectoryStore.version": lambda s: s.directory.version(),
    "DirectoryStore.snapshot": lambda s: s.directory.snapshot(),
    "DirectoryStore.apply": lambda s: s.directory.apply(whole(), who="x"),
    "DirectoryStore.changes": lambda s: s.directory.changes(),
    "Outbox.take": lambda s: s.outbox.take(NOW),
    "Outbox.settle": lambda s: s.outbox.settle(TAKEN, Submitted(True), NOW),
    "Outbox.list": lambda s: s.outbox.list(),
    "RequestStore.add": lambda s: s.requests.add([RequestSeen("R", NOW, "a@b", "c@d")]),
    "RequestStore.find": lambda s: s.requests.find("R"),
    "RequestStore.list": lambda s: s.requests.list(),
    "RequestStore.answer": lambda s: s.requests.answer("R", by="x", answer="", now=NOW, notices=[NOTICE]),
    "SharedMemory.claim": lambda s: s.seen.claim(["a"], 1.0),
    "SharedMemory.settle": lambda s: s.seen.settle(["a"], delivered=True, now=2.0),
    "BlockStore.prepare": lambda s: s.blocks.prepare(),
    "BlockStore.version": lambda s: s.blocks.version(),
    "BlockStore.snapshot": lambda s: s.blocks.snapshot(),
    "BlockStore.suspect": lambda s: s.blocks.suspect("a@b", CASE, NOW),
    "BlockStore.block": lambda s: s.blocks.block("a@b", CASE, NOW),
    "BlockStore.lock": lambda s: s.blocks.lock("a@b", "lan", "stolen"),
    "BlockStore.blocks": lambda s: s.blocks.blocks(),
    "BlockStore.find": lambda s: s.blocks.find("a@b"),
    "BlockStore.history": lambda s: s.blocks.history("a@b"),
    "BlockStore.release": lambda s: s.blocks.release("a@b", "lan", confirmation="12/CV", reason="a mistake"),
    "BlockStore.prune": lambda s: s.blocks.prune(NOW, NOW),
    "OrderStore.prepare": lambda s: s.orders.prepare(),
    "OrderStore.version": lambda s: s.orders.version(),
    "OrderStore.give": lambda s: s.orders.give(EXEMPT),
    "OrderStore.standing": lambda s: s.orders.standing(),
    "OrderStore.history": lambda s: s.orders.history(),
    "OrderStore.find": lambda s: s.orders.find(1),
    "OrderStore.withdraw": lambda s: s.orders.withdraw(s.orders.history()[0].number, "lan", "xong"),
    "AnswerTable.prepare": lambda s: s.answers.prepare(),
    "AnswerTable.keep": lambda s: s.answers.keep([Passing(NOW, "<1@x>", ("a@b",))]),
    "AnswerTable.add": lambda s: s.answers.add([Item("a@b", "k", NOW)]),
    "AnswerTable.answer": lambda s: s.answers.answer(["k"], NOW, "x"),
    "AnswerTable.items": lambda s: s.answers.items("", 0, NOW),
    "AnswerTable.prune": lambda s: s.answers.prune(NOW),
    "NoticeBook.prepare": lambda s: s.book.prepare(),
    "NoticeBook.keep": lambda s: s.book.keep([SAMPLE], NOW),
    "NoticeBook.forget": lambda s: s.book.forget(NOW),
    "MailingStore.prepare": lambda s: s.mailings.prepare(),
    "MailingStore.mailed": lambda s: s.mailings.mailed("q"),
    "MailingStore.open": lambda s: s.mailings.open("q"),
    "MailingStore.post": lambda s: s.mailings.post("q", [NOTICE], NOW),
    "PresenceStore.prepare": lambda s: s.presence.prepare(),
    "PresenceStore.keep": lambda s: s.presence.keep([Present("gw1", "gateway", Span(1, 2))]),
    "PresenceStore.spans": lambda s: s.presence.spans(0, 9),
    "PresenceStore.first": lambda s: s.presence.first(),
    "PresenceStore.last": lambda s: s.presence.last("gw1", "gateway"),
    "PresenceStore.forget": lambda s: s.presence.forget(1),
    "Accounts.prepare": lambda s: s.accounts.prepare(),
    "Accounts.add": lambda s: [s.accounts.add(name, PASSWORD, Role.ADMINISTRATOR) for name in ("an", "binh")],
    "Accounts.list": lambda s: s.accounts.list(),
    "Accounts.find": lambda s: s.accounts.find("an"),
    "Accounts.check": lambda s: s.accounts.check("an", "sai", NOW),
    "Accounts.set_password": lambda s: s.accounts.set_password("an", PASSWORD + "2"),
    "Accounts.set_role": lambda s: s.accounts.set_role("an", Role.SECURITY),
    "Accounts.disable": lambda s: s.accounts.disable("an"),
    "Accounts.unlock": lambda s: s.accounts.unlock("an"),
    "Sessions.begin": lambda s: s.sessions.begin(USER, "192.0.2.1", NOW),
    "Sessions.find": lambda s: s.sessions.find("x" * 43, NOW),
    "Sessions.end": lambda s: s.sessions.end("x"),
    "Sessions.end_all": lambda s: s.sessions.end_all("an"),
    "UseStore.prepare": lambda s: s.upkeep.use.prepare(),
    "UseStore.keep_outcomes": lambda s: s.upkeep.use.keep_outcomes([failed(NOW)]),
    "UseStore.keep": lambda s: s.upkeep.use.keep([use(1, 2)], [watched(1, 2)]),
    "UseStore.past": lambda s: s.upkeep.use.past(),
    "UseStore.baseline": lambda s: s.upkeep.use.baseline(A),
    "UseStore.baselines": lambda s: s.upkeep.use.baselines([A]),
    "UseStore.polled": lambda s: s.upkeep.use.polled([A]),
    "UseStore.used_since": lambda s: s.upkeep.use.used_since([A], NOW),
    "UseStore.told": lambda s: s.upkeep.use.told([A]),
    "UseStore.covered": lambda s: s.upkeep.use.covered(Source.IMAP),
    "LifeStore.records": lambda s: s.upkeep.life.records([A]),
    "LifeStore.change": lambda s: s.upkeep.life.change(A, lambda record: record),
    "LifeStore.begin": lambda s: s.upkeep.life.begin([step()], Way.MAIL, NOW),
    "LifeStore.finish": lambda s: s.upkeep.life.finish(1, Result.DONE, NOW),
    "LifeStore.listed": lambda s: s.upkeep.life.listed([A]),
    "LifeStore.note": lambda s: s.upkeep.life.note([step()], NOW),
    "LifeStore.unfinished": lambda s: s.upkeep.life.unfinished([A], day_of(NOW)),
    "LifeStore.begun": lambda s: s.upkeep.life.begun(),
    "LifeStore.history": lambda s: s.upkeep.life.history(),
    "LifeStore.taken": lambda s: s.upkeep.life.taken(day_of(NOW)),
    "LifeStore.forget": lambda s: s.upkeep.life.forget(day_of(NOW)),
    "LifeStore.give_up": lambda s: s.upkeep.life.give_up(day_of(NOW), NOW),
    "PasswordStore.put": lambda s: s.upkeep.passwords.put([PasswordKept(A, 1.0, False, 2.0)]),
    "PasswordStore.of": lambda s: s.upkeep.passwords.of([A]),
    "PasswordStore.all": lambda s: s.upkeep.passwords.all(),
    "forget_absent": lambda s: forget_absent(s.upkeep.use.tables, {A}, NOW),
    "prune_use": lambda s: prune_use(s.upkeep.use.tables, NOW),
    "Actions.prepare": lambda s: s.actions.prepare(),
    "Actions.record": lambda s: s.actions.record(Note("action", "a", "b", what="c")),
    "Actions.keep": lambda s: s.actions.keep(decision()),
    "prune": lambda s: list(prune(s.url, s.folder, "gw1", 1)),
    "open_reader": lambda s: open_reader(s.url, s.folder).close(),
}
STORES = (
    DirectoryStore,
    Outbox,
    RequestStore,
    SharedMemory,
    BlockStore,
    OrderStore,
    AnswerTable,
    NoticeBook,
    MailingStore,
    PresenceStore,
    Accounts,
    Sessions,
    UseStore,
    LifeStore,
    PasswordStore,
    Actions,
)


def ask(call: Call, on: Stores) -> Any:
    """A call, or a coroutine to its end."""
    made = call(on)
    return asyncio.run(made) if isinstance(made, Coroutine) else made


@contextlib.contextmanager
def away(server: PostgresServer) -> Iterator[None]:
    """Meanwhile there is no server."""
    server.stop()
    try:
        yield
    finally:
        server.start()


def test_no_method_is_forgotten() -> None:
    public = {
        f"{one.__name__}.{name}"
        for one in STORES
        for name, _ in inspect.getmembers(one, inspect.isfunction)
        if not name.startswith("_") and name != "close"
    }
    assert public - CALLS.keys() == set()


def test_each_says_so_in_one_line_and_works_when_the_server_is_back(postgres: PostgresServer, stores: Stores) -> None:
    stores.actions.record(Note("action", "a", "b", what="c"))  # it holds a connection
    stores.upkeep.use.past(), stores.mailings.mailed(""), stores.presence.first(), stores.answers.items("", 0, 1)
    silent = []
    with away(postgres):
        for name, call in CALLS.items():
            try:
                ask(call, stores)
                silent.append(name)
            except (DirectoryUnavailable, JournalUnavailable) as error:
                assert "\n" not in str(error) and len(str(error)) < 400, name
                assert not any(word in str(error) for word in ("SELECT", "INSERT", "UPDATE", "[SQL")), name
    assert silent == []
    for call in CALLS.values():
        ask(call, stores)
    stores.actions.close()
    assert check(stores.folder, stores.url).total == 0


def test_what_is_cut_off_leaves_nothing(postgres: PostgresServer, stores: Stores) -> None:
    told = r"^the directory's store: [^\n]+$"
    with pytest.raises(DirectoryUnavailable, match=told), stores.database.writing() as connection:
        enqueue(connection, [NOTICE], 1)
        postgres.cut(stores.url)  # and nothing is asked of it but to commit
    assert stores.outbox.list() == []
    version = stores.directory.apply(whole(), who="x")
    plan = change(stores.directory.snapshot(), replace(PERSON, holder="A"))
    with pytest.raises(DirectoryUnavailable):
        stores.directory.apply(plan, who="x", also=lambda _: postgres.cut(stores.url))
    assert (stores.directory.version(), len(stores.directory.changes(key=PERSON.key))) == (version, 2)


async def test_a_journal_cut_off_writes_each_row_once(postgres: PostgresServer, url: str, tmp_path: Path) -> None:
    async with running(tmp_path, url, commit_timeout=60) as journal:
        await journal.commit(refusal())
        await asyncio.to_thread(postgres.cut, url)  # while it is idle
        await journal.commit(refusal())
        with contextlib.suppress(sa.exc.DBAPIError), held(url, tmp_path):
            waiting = [asyncio.ensure_future(journal.commit(refusal())) for _ in range(5)]
            await asyncio.sleep(0.1)
            await asyncio.to_thread(postgres.cut, url)  # in the middle of its transaction, and ours with it
        await asyncio.gather(*waiting)
        assert journal.healthy
    report = check(tmp_path, url)
    assert (report.total, report.chains, report.rows) == (0, 1, 8)


async def test_a_journal_whose_server_dies_and_comes_back(postgres: PostgresServer, url: str, tmp_path: Path) -> None:
    async with running(tmp_path, url, commit_timeout=60) as journal:
        await journal.commit(refusal())
        journal._commit_timeout = 1
        with away(postgres):
            with pytest.raises(JournalUnavailable):
                await journal.commit(refusal())
            await until(lambda: not journal.room())
            journal.append(decision())
        await until(lambda: journal.healthy and journal.queued == 0)
        journal._commit_timeout = 60
        await journal.commit(refusal())
    report = check(tmp_path, url)
    assert report.total == 0
    assert report.rows >= 4


async def test_a_journal_whose_server_is_down_at_start(postgres: PostgresServer, url: str, tmp_path: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        with away(postgres):
            journal = await stack.enter_async_context(running(tmp_path, url))
            assert not journal.healthy
            assert not journal.room()
            with pytest.raises(JournalUnavailable, match=r"^PostgreSQL does not answer: [^\n]+$"):
                open_reader(url, tmp_path)
        await until(lambda: journal.healthy, 20.0)  # by itself, with no row that would wake it
        await journal.commit(refusal())


async def test_a_watch_over_senders_releases_nobody(
    postgres: PostgresServer, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.blocks.watch._SOON", 0.05)
    watch, late = (BlocksWatch(BlockStore(stores.database), every=0.05) for _ in range(2))
    await watch.start(remote=True)
    await asyncio.to_thread(stores.blocks.block, "a@x", CASE, time.time())
    await until_soon(lambda: watch.current.find("a@x") is not None)
    with away(postgres):
        await late.start(remote=True)
        assert late.missing
        assert watch.current.find("a@x") is not None
    await until_soon(lambda: not late.missing)
    assert late.current.find("a@x") is not None
    await asyncio.to_thread(lambda: stores.blocks.release("a@x", "lan", reason="a mistake"))
    await until_soon(lambda: watch.current.find("a@x") is None and late.current.find("a@x") is None)
    await watch.close()
    await late.close()


async def test_a_watch_over_orders_changes_nothing(postgres: PostgresServer, stores: Stores) -> None:
    rules, late_rules = Rules(), Rules()
    watch = OrdersWatch(OrderStore(stores.database), rules.put, lambda: DAY, every=0.05)
    late = OrdersWatch(OrderStore(stores.database), late_rules.put, lambda: DAY, every=0.05)
    await watch.start(remote=True)
    number = await asyncio.to_thread(stores.orders.give, Order(Kind.MODE, "spam", "thử", "lan", "", Mode.OBSERVE))
    await until_soon(lambda: bool(watch.current))
    with away(postgres):
        await late.start(remote=True)
        assert not late.seen
        await asyncio.sleep(0.2)
        assert [order.number for order in watch.current] == [number]
    await until_soon(lambda: late.seen)
    assert [order.number for order in late.current] == [number]
    await asyncio.to_thread(stores.orders.withdraw, number, "hoa", "no more needed")
    await until_soon(lambda: not watch.current and not late.current)
    assert (rules.made, late_rules.made) == (2, 2)
    await watch.close()
    await late.close()


def test_a_server_behind_a_dead_line_is_given_up_in_seconds(url: str, tmp_path: Path) -> None:
    """libpq's own watch: what is sent and never acknowledged, and what is awaited from a machine that is off."""
    with make_engine(resolve_url(url, tmp_path)).connect() as connection:
        given = connection.connection.driver_connection.info.get_parameters()  # type: ignore[union-attr]
    for name, least, most in (("keepalives_idle", 1, 30), ("keepalives_count", 1, 6), ("tcp_user_timeout", 1, 30_000)):
        assert least <= int(given[name]) <= most
