"""DNS: right answers, and every way in which a server can fail: bounded, named, never raised."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address

import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as st

from gateway.authentication.answer import Answer, Budget
from gateway.authentication.resolver import Resolver, ResolverLimits, system_servers
from tests.lab_dns import Fault, LabDns
from tests.unit.authentication.conftest import HASTY

Make = Callable[..., Resolver]
NAME = "mail.example.vn"


class TestAnswers:
    async def test_every_type(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set("example.vn", "MX 20 b.example.vn", "MX 10 A.Example.vn", ("TXT", [b"v=spf1 ", b"-all"]))
        lab.set(NAME, "A 192.0.2.1", "AAAA 2001:db8::1")
        lab.reverse("192.0.2.1", "Mail.example.vn")
        assert (await resolver.a(NAME, Budget())).records == (IPv4Address("192.0.2.1"),)
        assert (await resolver.aaaa(NAME, Budget())).records == (IPv6Address("2001:db8::1"),)
        assert (await resolver.mx("example.vn", Budget())).records == ((10, "a.example.vn"), (20, "b.example.vn"))
        assert (await resolver.txt("example.vn", Budget())).records == (b"v=spf1 -all",)
        assert (await resolver.ptr("1.2.0.192.in-addr.arpa", Budget())).records == ("mail.example.vn",)

    async def test_a_null_mx_has_no_host(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set("example.vn", "MX 0 .")
        assert (await resolver.mx("example.vn", Budget())).records == ((0, ""),)

    async def test_a_cname_is_followed(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set("www.example.vn", "CNAME other.example.vn")
        lab.set("other.example.vn", f"CNAME {NAME}")
        lab.set(NAME, "A 192.0.2.1")
        assert (await resolver.a("www.example.vn", Budget())).records == (IPv4Address("192.0.2.1"),)

    async def test_no_records_and_no_name_differ(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set(NAME, "A 192.0.2.1")
        assert await resolver.txt(NAME, Budget()) == Answer()
        assert await resolver.txt("absent.vn", Budget()) == Answer(exists=False)
        assert (await resolver.txt(NAME, Budget())).void

    async def test_case_and_a_final_dot_do_not_matter(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set(NAME, "A 192.0.2.1")
        assert await resolver.a("MAIL.example.VN.", Budget()) == await resolver.a(NAME, Budget())
        assert lab.count(NAME) == 1

    async def test_a_large_answer_comes_over_tcp(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set(NAME, *[("TXT", b"%d" % n * 200) for n in range(20)])
        assert len((await resolver.txt(NAME, Budget())).records) == 20
        assert [asked.over for asked in lab.asked] == ["udp", "tcp"]

    @pytest.mark.parametrize(
        "name",
        ["", ".", "a..b", ".a", "x" * 64 + ".vn", "a." * 127 + "vn", "đồng.vn", "a\udcff.vn", "a" + ".b" * 130],
    )
    async def test_what_is_no_name_is_not_asked(self, lab: LabDns, resolver: Resolver, name: str) -> None:
        assert await resolver.a(name, Budget()) == Answer(exists=False)
        assert lab.asked == []

    async def test_names_are_not_read_as_escapes(self, lab: LabDns, resolver: Resolver) -> None:
        assert await resolver.a("a\\046b@c d.vn", Budget()) == Answer(exists=False)
        assert len(lab.asked) == 1


class TestFaults:
    @pytest.mark.parametrize(
        ("fault", "failed"),
        [
            (Fault.SERVFAIL, "servfail"),
            (Fault.REFUSED, "servfail"),
            (Fault.FORMERR, "servfail"),
            (Fault.TIMEOUT, "timeout"),
            (Fault.LOOP, "chain"),
            (Fault.LONG_CHAIN, "chain"),
            (Fault.TRUNCATED_NO_TCP, "refused"),
            (Fault.TRUNCATED_SLOW_TCP, "timeout"),
            (Fault.HUGE, "too-large"),
            (Fault.MANY, "too-large"),
            (Fault.GARBAGE, "timeout"),
            (Fault.EMPTY, "timeout"),
            (Fault.WRONG_ID, "timeout"),
            (Fault.WRONG_QUESTION, "timeout"),
            (Fault.FLOOD, "malformed"),
        ],
    )
    async def test_a_fault_is_named_and_nothing_is_raised(
        self, lab: LabDns, resolvers: Make, fault: Fault, failed: str
    ) -> None:
        resolver = resolvers(lab, limits=HASTY if failed == "timeout" else None)
        lab.set(NAME, "A 192.0.2.1")
        lab.misbehave(NAME, fault)
        assert await resolver.a(NAME, Budget()) == Answer(failed=failed)
        assert resolver.figures.failed == {failed: 1}

    @pytest.mark.parametrize("fault", [Fault.LOST_ONCE, Fault.TRUNCATED, Fault.WRONG_THEN_RIGHT])
    async def test_a_fault_that_is_overcome(self, lab: LabDns, resolvers: Make, fault: Fault) -> None:
        resolver = resolvers(lab, limits=ResolverLimits(attempt=1.5))
        lab.set(NAME, "A 192.0.2.1")
        lab.misbehave(NAME, fault)
        assert (await resolver.a(NAME, Budget())).records == (IPv4Address("192.0.2.1"),)

    async def test_records_of_another_name_are_no_answer(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set(NAME, "A 192.0.2.1")
        lab.misbehave(NAME, Fault.OTHER_NAME)
        assert (await resolver.a(NAME, Budget())).records == ()

    async def test_the_next_server_is_asked(self, lab: LabDns, resolvers: Make) -> None:
        lab.set(NAME, "A 192.0.2.1")
        with LabDns() as bad:
            bad.misbehave(NAME, Fault.SERVFAIL)
            resolver = resolvers(bad, lab)
            assert (await resolver.a(NAME, Budget())).records
            assert (bad.count(NAME), lab.count(NAME)) == (1, 1)

    async def test_a_silent_server_is_asked_last_for_a_while(self, lab: LabDns, resolvers: Make) -> None:
        lab.set(NAME, "A 192.0.2.1", "AAAA 2001:db8::1")
        with LabDns() as bad:
            bad.misbehave(NAME, Fault.TIMEOUT)
            resolver = resolvers(bad, lab, limits=ResolverLimits(attempt=1.5))
            assert (await resolver.a(NAME, Budget())).records
            assert (await resolver.aaaa(NAME, Budget())).records
            assert bad.count(NAME) == 1

    async def test_a_closed_port(self, resolvers: Make) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        assert (await resolvers(("127.0.0.1", port), limits=HASTY).a(NAME, Budget())).failed in ("refused", "timeout")

    async def test_no_server_at_all(self, resolvers: Make) -> None:
        assert (await resolvers().a(NAME, Budget())).failed == "timeout"


class TestCache:
    async def test_an_answer_is_kept_and_so_is_none(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set(NAME, "A 192.0.2.1")
        for _ in range(3):
            await resolver.a(NAME, Budget())
            await resolver.a("absent.vn", Budget())
        assert (lab.count(NAME), lab.count("absent.vn"), resolver.figures.cached) == (1, 1, 4)

    async def test_it_is_kept_for_its_ttl(self, lab: LabDns, resolvers: Make) -> None:
        lab.ttl, lab_ttl = 0, lab.ttl
        lab.set(NAME, "A 192.0.2.1")
        resolver = resolvers(lab, limits=ResolverLimits(shortest=0.05))
        await resolver.a(NAME, Budget())
        await asyncio.sleep(0.1)
        await resolver.a(NAME, Budget())
        lab.ttl = lab_ttl
        assert lab.count(NAME) == 2

    async def test_a_failure_is_kept_a_short_while(self, lab: LabDns, resolvers: Make) -> None:
        lab.set(NAME, "A 192.0.2.1")
        lab.misbehave(NAME, Fault.SERVFAIL)
        resolver = resolvers(lab, limits=ResolverLimits(failure=2.0))
        for _ in range(3):
            assert (await resolver.a(NAME, Budget())).failed == "servfail"
        assert lab.count(NAME) == 2  # both rounds of the first question
        lab.misbehave(NAME, None)
        await asyncio.sleep(2.0)
        assert (await resolver.a(NAME, Budget())).records

    async def test_the_same_question_at_once_is_sent_once(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set(NAME, "A 192.0.2.1")
        lab.misbehave(NAME, Fault.SLOW, seconds=0.05)
        answers = await asyncio.gather(*(resolver.a(NAME, Budget()) for _ in range(50)))
        assert len(set(answers)) == 1 and answers[0].records
        assert (lab.count(NAME), resolver.figures.joined) == (1, 49)

    async def test_whoever_gives_up_does_not_end_it_for_others(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set(NAME, "A 192.0.2.1")
        lab.misbehave(NAME, Fault.SLOW, seconds=1.0)
        first = asyncio.create_task(resolver.a(NAME, Budget()))
        second = asyncio.create_task(resolver.a(NAME, Budget()))
        await asyncio.sleep(0.02)
        first.cancel()
        assert (await second).records
        with pytest.raises(asyncio.CancelledError):
            await first


class TestBudget:
    async def test_questions_are_counted(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set(NAME, "A 192.0.2.1")
        budget = Budget(queries=2)
        assert [(await resolver.a(NAME, budget)).failed for _ in range(4)] == ["", "", "budget", "budget"]

    async def test_waiting_is_counted(self, lab: LabDns, resolver: Resolver) -> None:
        lab.misbehave(NAME, Fault.TIMEOUT)
        budget = Budget(seconds=0.1)
        assert (await resolver.a(NAME, budget)).failed == "budget"
        assert budget.left == 0
        assert (await resolver.aaaa(NAME, budget)).failed == "budget"

    async def test_a_spent_budget_is_not_kept_as_an_answer(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set(NAME, "A 192.0.2.1")
        lab.misbehave(NAME, Fault.SLOW, seconds=1.0)
        assert (await resolver.a(NAME, Budget(seconds=0.02))).failed == "budget"
        assert (await resolver.a(NAME, Budget())).records

    def test_time_at_once_counts_once_and_between_not(self) -> None:
        now = [100.0]
        budget = Budget(seconds=10, clock=lambda: now[0])
        with budget.waiting():
            now[0] += 2
            with budget.waiting():
                now[0] += 3
            assert budget.left == 5
        now[0] += 1000
        assert budget.left == 5

    async def test_too_many_at_once(self, lab: LabDns, resolvers: Make) -> None:
        lab.misbehave("slow.vn", Fault.TIMEOUT)
        resolver = resolvers(lab, limits=ResolverLimits(attempt=1.0, lookup=1.0, concurrent=1))
        slow = asyncio.create_task(resolver.a("slow.vn", Budget()))
        await asyncio.sleep(0.01)
        assert (await resolver.a(NAME, Budget())).failed == "busy"
        await slow


class TestClosing:
    async def test_questions_under_way_end(self, lab: LabDns, resolver: Resolver) -> None:
        lab.misbehave(NAME, Fault.TIMEOUT)
        waiting = asyncio.create_task(resolver.a(NAME, Budget()))
        await asyncio.sleep(0.02)
        await resolver.close()
        assert (await waiting).failed == "closed"
        assert (await resolver.a(NAME, Budget())).failed == "closed"


@given(st.text(max_size=300))
def test_any_text_may_be_asked_for(name: str) -> None:
    async def run() -> Answer[bytes]:
        resolver = Resolver([], ResolverLimits(lookup=0.01))
        return await resolver.txt(name, Budget())

    assert asyncio.run(run()).records == ()


def test_the_systems_servers_are_addresses() -> None:
    for host, port in system_servers():
        assert host and 0 < port < 65536


def test_it_works_on_the_loop_that_the_gateway_runs_on(lab: LabDns) -> None:
    async def run() -> tuple[Answer[IPv4Address], Answer[bytes], Answer[IPv4Address]]:
        resolver = Resolver([lab.server], ResolverLimits(attempt=1.0, lookup=1.0))
        try:
            small, large = await resolver.a(NAME, Budget()), await resolver.txt(NAME, Budget())
            return small, large, await resolver.a("silent.vn", Budget())
        finally:
            await resolver.close()

    lab.set(NAME, "A 192.0.2.1", *[("TXT", b"%d" % n * 200) for n in range(20)])
    lab.misbehave("silent.vn", Fault.TIMEOUT)
    small, large, none = uvloop.run(run())
    assert (len(small.records), len(large.records), none.failed) == (1, 20, "timeout")
