"""What every store promises where two nodes do the same at one moment. A subclass gives the fixtures `url`, `stores`.

Each node has connections of its own; on PostgreSQL their transactions run beside each other, and neither waits for the
other to see what it did.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.access import Source
from gateway.console.accounts import Role, User
from gateway.console.errors import AccountRefused
from gateway.directory.errors import DirectoryStale
from gateway.directory.outbox import Notice, enqueue
from gateway.directory.plan import change
from gateway.directory.request_store import RequestSeen
from gateway.errors import InFlight
from gateway.journal import Note
from gateway.journal.prune import prune
from gateway.lifecycle.answers import Passing
from gateway.lifecycle.effects import Way
from gateway.lifecycle.spans import Span
from gateway.lifecycle.subject import Record
from gateway.model import Mode
from gateway.notifying.letter import SAMPLE
from gateway.orders.values import Kind, Order
from gateway.reports.presence import Present
from gateway.upkeep.passwords import PasswordKept
from gateway.upkeep.rows import Result
from tests.support.stores import Stores
from tests.unit.blocks.contract import CASE
from tests.unit.directory.support_store import PERSON, whole
from tests.unit.journal.support import check, decision
from tests.unit.upkeep.build import NOW, A, B, failed, good, seen, step, use, watched

PASSWORD = "mot mat khau dai"
NODES = 4


class TogetherContract:
    """Whoever comes second sees what the first did, or is told so."""

    @pytest.fixture
    def nodes(self, stores: Stores) -> list[Stores]:
        """Each as one process has it; the tables are made."""
        return [Stores(stores.url, stores.folder, f"gw{number}") for number in range(NODES)]

    @staticmethod
    def at_once(nodes: list[Stores], deed: Callable[[Stores, int], Any]) -> list[Any]:
        """What it gave each, or the kind of what it raised."""
        told: list[Any] = [None] * len(nodes)
        ready = threading.Barrier(len(nodes))

        def run(number: int) -> None:
            ready.wait(30)
            try:
                told[number] = deed(nodes[number], number)
            except Exception as error:
                told[number] = type(error)

        threads = [threading.Thread(target=run, args=(number,)) for number in range(len(nodes))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return told

    @pytest.mark.bare
    def test_they_start(self, url: str, tmp_path: Path) -> None:
        nodes = [Stores(url, tmp_path / f"gw{number}") for number in range(NODES)]
        for node in nodes:
            node.folder.mkdir()
        one_file = nodes if url.startswith("postgresql") else [Stores(url, tmp_path) for _ in nodes]
        rooms = ("directory", "blocks", "orders", "answers", "book", "mailings", "presence", "accounts", "actions")

        def start(node: Stores, number: int) -> None:
            for turn in range(len(rooms)):
                getattr(node, rooms[(turn + 3 * number) % len(rooms)]).prepare()
            node.upkeep.use.prepare()

        assert self.at_once(one_file, start) == [None] * NODES
        assert one_file[0].directory.apply(whole(), who="x") == 1

    def test_a_plan(self, nodes: list[Stores]) -> None:
        nodes[0].directory.apply(whole(), who="x")
        plans = [change(nodes[0].directory.snapshot(), _holder(f"H{number}")) for number in range(NODES)]
        told = self.at_once(nodes, lambda node, number: node.directory.apply(plans[number], who="x"))
        assert sorted(map(str, told)) == sorted(map(str, [2, *[DirectoryStale] * (NODES - 1)]))
        assert len(nodes[0].directory.changes(key=PERSON.key)) == 3

    def test_the_outbox(self, nodes: list[Stores]) -> None:
        with nodes[0].database.writing() as connection:
            enqueue(connection, [Notice("change", str(n), "a@b", "c@d", b"x") for n in range(40)], 1)
        told = self.at_once(nodes, lambda node, _: [one.number for one in node.outbox.take(NOW, 10)])
        taken = [number for one in told for number in one]
        assert len(taken) == len(set(taken)) >= 10
        left = [one.number for node in nodes for one in node.outbox.take(NOW, 40)]
        assert sorted(taken + left) == sorted(one.number for one in nodes[0].outbox.list())

    def test_requests(self, nodes: list[Stores]) -> None:
        asked = RequestSeen("R1", NOW, "q4@x", "pnv@x")
        notice = Notice("completion", "R1", "q4@x", "pnv@x", b"x")
        assert self.at_once(nodes, lambda node, _: node.requests.add([asked])) == [None] * NODES
        told = self.at_once(
            nodes, lambda node, number: node.requests.answer("R1", by=str(number), answer="", now=NOW, notices=[notice])
        )
        assert sorted(told) == [0] * (NODES - 1) + [1]
        assert len(nodes[0].outbox.list()) == len(nodes[0].requests.find("R1")) == 1

    def test_signatures(self, nodes: list[Stores]) -> None:
        told = self.at_once(
            nodes, lambda node, n: asyncio.run(node.seen.claim(["b", str(n), "a"][:: 1 - n % 2 * 2], 1))
        )
        assert [one for one in told if one is not InFlight] == [frozenset()]

    def test_a_block(self, nodes: list[Stores]) -> None:
        told = self.at_once(nodes, lambda node, _: node.blocks.block("a@b", CASE, NOW))
        assert sorted(told) == [False] * (NODES - 1) + [True]
        assert len(nodes[0].blocks.history()) == 1

    def test_a_lock_and_conduct(self, nodes: list[Stores]) -> None:
        def deed(node: Stores, number: int) -> bool:
            return node.blocks.lock("a@b", "lan", "stolen") if number % 2 else node.blocks.block("a@b", CASE, NOW)

        self.at_once(nodes, deed)
        found = nodes[0].blocks.find("a@b")
        assert found is not None and found.standing == "locked", "what a person did stands"

    def test_orders(self, nodes: list[Stores]) -> None:
        def give(node: Stores, number: int) -> int:
            orders = [Order(Kind.MODE, "spam", "thử", str(number), "", Mode.OBSERVE)] * 5
            return max(map(node.orders.give, orders))

        numbers = self.at_once(nodes, give)
        version, standing = nodes[0].orders.standing()
        assert [one.number for one in standing] == [max(numbers)], "each replaced the one before"
        assert version == len(nodes[0].orders.history()) + 1 == 5 * NODES + 1
        told = self.at_once(nodes, lambda node, _: node.orders.withdraw(max(numbers), "lan", "xong"))
        assert told.count(None) == 1
        assert nodes[0].orders.version() == version + 1

    def test_answers(self, nodes: list[Stores]) -> None:
        mail = [Passing(NOW + n, f"<{n}@x>", (A, B)) for n in range(20)]
        self.at_once(nodes, lambda node, number: node.answers.keep(mail[:: 1 - number % 2 * 2]))
        assert len(nodes[0].answers.items("", 0, NOW + 99)) == 40
        keys = [one.key for one in nodes[0].answers.items("", 0, NOW + 99)]
        assert len(keys) == 40
        replies = [Passing(NOW + 99, f"<r{n}@x>", sent_by=A, in_reply_to=(f"<{n}@x>",)) for n in range(20)]
        assert self.at_once(nodes, lambda node, n: node.answers.keep(replies[:: 1 - n % 2 * 2])) == [None] * NODES
        assert all(one.answered == NOW + 99 for one in nodes[0].answers.items("", 0, NOW + 99))

    def test_letters(self, nodes: list[Stores]) -> None:
        assert self.at_once(nodes, lambda node, _: node.book.keep([SAMPLE], NOW)) == [None] * NODES
        assert len(nodes[0].outbox.list()) == 1

    def test_a_mailing(self, nodes: list[Stores]) -> None:
        notice = Notice("report", "x", "a@b", "c@d", b"x")
        told = self.at_once(nodes, lambda node, _: node.mailings.post("quarterly/2026Q3", [notice], NOW))
        assert sorted(told) == [False] * (NODES - 1) + [True]
        assert len(nodes[0].outbox.list()) == 1

    def test_presence(self, nodes: list[Stores]) -> None:
        def here(node: Stores, number: int) -> None:
            for until in range(5):
                whats = ["gateway", *(f"upstream:{n}" for n in range(20))][:: 1 - number % 2 * 2]
                node.presence.keep([Present("gw1", what, Span(1, 10 * number + until)) for what in whats])

        assert self.at_once(nodes, here) == [None] * NODES
        assert nodes[0].presence.last("gw1", "gateway") == Span(1, 10 * (NODES - 1) + 4)

    def test_an_account(self, nodes: list[Stores]) -> None:
        told = self.at_once(nodes, lambda node, n: node.accounts.add("an", PASSWORD, Role.VIEWER, str(n)).full_name)
        assert told.count(AccountRefused) == NODES - 1
        [user] = nodes[0].accounts.list()
        assert user.full_name in told

    def test_somebody_stays_administrator(self, nodes: list[Stores]) -> None:
        for number in range(NODES):
            nodes[0].accounts.add(f"a{number}", PASSWORD, Role.ADMINISTRATOR)

        def close(node: Stores, number: int) -> None:
            if number % 2:
                node.accounts.disable(f"a{number}")
            else:
                node.accounts.set_role(f"a{number}", Role.VIEWER)

        told = self.at_once(nodes, close)
        assert told.count(AccountRefused) == 1
        able = [one for one in nodes[0].accounts.list() if one.role is Role.ADMINISTRATOR and not one.disabled]
        assert len(able) == 1

    def test_wrong_passwords_are_all_counted(self, nodes: list[Stores]) -> None:
        nodes[0].accounts.add("an", PASSWORD, Role.VIEWER)
        assert self.at_once(nodes, lambda node, _: node.accounts.check("an", "sai", NOW)) == [None] * NODES
        assert nodes[0].accounts.check("an", PASSWORD, NOW) is None, "three are enough"

    def test_sessions(self, nodes: list[Stores]) -> None:
        user = nodes[0].accounts.add("an", PASSWORD, Role.VIEWER)
        old = [nodes[0].sessions.begin(user, "", NOW - 9000).id for _ in range(5)]

        def sign_in(node: Stores, _: int) -> list[str]:
            return [node.sessions.begin(User("an", "", Role.VIEWER), "", NOW).id for _ in range(3)]

        told = self.at_once(nodes, sign_in)
        assert all(nodes[0].sessions.find(one, NOW) is not None for ids in told for one in ids)
        assert all(nodes[0].sessions.find(one, NOW) is None for one in old)

    def test_use(self, nodes: list[Stores]) -> None:
        boxes = [A, B, *(f"{number}@tinh.example" for number in range(20))]
        outcomes = [good(seen(NOW, box)) for box in boxes] + [failed(NOW + 1, box) for box in boxes]

        def keep(node: Stores, number: int) -> None:
            turn = 1 - number % 2 * 2
            node.upkeep.use.keep_outcomes(outcomes[::turn])
            node.upkeep.use.keep([use(1, 2 + number, box) for box in boxes][::turn], [watched(1, 2), watched(1, 3, B)])
            node.upkeep.passwords.put([PasswordKept(box, 1.0, False, 2.0) for box in boxes][::turn])

        assert self.at_once(nodes, keep) == [None] * NODES
        told = nodes[0].upkeep.use.told([A, B])
        assert {one.not_after for box in (A, B) for one in told[box].evidence if one.not_before == 1} == {1 + NODES}
        assert set(nodes[0].upkeep.use.covered(Source.IMAP)) == set(boxes)

    def test_a_step_is_taken_once(self, nodes: list[Stores]) -> None:
        steps = [step(mailbox=box) for box in (A, B)]

        def take(node: Stores, number: int) -> list[bool]:
            taken = node.upkeep.life.begin(steps[:: 1 - number % 2 * 2], Way.MAIL, NOW)
            return [node.upkeep.life.finish(one.number, Result.DONE, NOW, work=_counted) for one in taken]

        told = self.at_once(nodes, take)
        assert sum(sum(one) for one in told) == 2
        assert {one.warned for one in nodes[0].upkeep.life.records([A, B]).values()} == {1.0}

    def test_a_record(self, nodes: list[Stores]) -> None:
        for _ in range(2):
            assert Record not in self.at_once(nodes, lambda node, _: node.upkeep.life.change(A, _counted))
        assert nodes[0].upkeep.life.records([A])[A].warned == 2.0 * NODES, "none was lost"

    def test_what_people_did(self, nodes: list[Stores]) -> None:
        def act(node: Stores, number: int) -> None:
            for _ in range(5):
                node.actions.record(Note("action", str(number), "", what="x"))
            node.actions.close()

        assert self.at_once(nodes, act) == [None] * NODES
        report = check(nodes[0].folder, nodes[0].url)
        assert (report.total, report.chains, report.rows) == (0, NODES, 6 * NODES)

    def test_retention(self, nodes: list[Stores]) -> None:
        nodes[0].actions.keep(*(decision(time=1_790_000_000.0 + n, recipients=[A, B]) for n in range(300)))
        nodes[0].actions.close()
        two = nodes[:2]
        told = self.at_once(two, lambda node, _: list(prune(node.url, node.folder, node.node, 1_790_000_200_000_000)))
        assert all(isinstance(one, list) for one in told)
        report = check(nodes[0].folder, nodes[0].url)
        assert (report.total, report.pruned) == (0, 200)


def _holder(name: str) -> Any:
    return replace(PERSON, holder=name)


def _counted(record: Record) -> Record:
    return replace(record, warned=(record.warned or 0.0) + 1.0)
