"""Two nodes behind HAProxy (deploy/cluster): one dies in mid-load, Redis and PostgreSQL come and go."""

from __future__ import annotations

import itertools
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.client import Answer, Client
from tests.support.cluster import Cluster
from tests.support.messages import SIMPLE
from tests.support.mta import Mta

pytestmark = [
    pytest.mark.service("haproxy", "redis", "postgresql", "prometheus"),
    pytest.mark.slow,
    pytest.mark.limit(240),
]

DOMAIN = "tphcm.gov.vn"
LIMITED, LOW, LATER = f"gioihan@{DOMAIN}", f"thap@{DOMAIN}", f"sau@{DOMAIN}"
EXACT = f"dung@{DOMAIN}"
LIMIT, SESSIONS = 250, 6
# Others are without limits here: what is counted is what the test says.
EXTRA = f"""
[limits]
unknown = {{ recipients = [], messages = [], new_recipients = [], size = [] }}

[[limit_override]]
address = "{LIMITED}"
reason = "the test"
expires = 2099-12-31
recipients = ["{LIMIT}/day"]

[[limit_override]]
address = "{EXACT}"
reason = "the test"
expires = 2099-12-31
recipients = ["60/day"]

[[limit_override]]
address = "{LOW}"
reason = "the test"
expires = 2099-12-31
recipients = ["20/day"]
"""
PROGRAM = (
    b"From: a@nguon.example\r\nSubject: tep\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n"
    b'Content-Disposition: attachment; filename="a.exe"\r\nContent-Transfer-Encoding: 8bit\r\n\r\nMZ\r\n'
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """One cluster for all of these; each test leaves it whole."""
    with Cluster(EXTRA) as made:
        yield made


def until(ready: Callable[[], object], what: str, seconds: float = 80.0) -> None:
    """Return once `ready()`; AssertionError after `seconds`."""
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def send(port: int, content: bytes = SIMPLE, sender: str = f"ai@{DOMAIN}", to: str = "ai@noikhac.example") -> Answer:
    """One message on a connection of its own."""
    with Client(port, timeout=30) as client:
        client.ehlo()
        return client.message(content, sender, to)


def refused(cluster: Cluster) -> Answer:
    """The reply to a message that a rule refuses, which takes a record."""
    return send(cluster.inbound, PROGRAM, "ai@noikhac.example", f"vanthu@{DOMAIN}")


def test_both_take_mail_and_keep_one_record(cluster: Cluster) -> None:
    for number in range(20):
        assert send(cluster.outbound, to=f"nguoi{number}@noikhac.example").code == 250
    assert refused(cluster).code == 550
    for node in ("gw1", "gw2"):  # counts are carried over once a second
        until(lambda node=node: cluster.metric(node, "congthu_messages_total") >= 5, node)  # type: ignore[misc]
    found = _listed(cluster)
    assert found == _listed(cluster, "gw2")
    assert len(found) == 21


def test_the_limit_is_one_over_both_nodes(cluster: Cluster) -> None:
    crowd = Mta(cluster.outbound, EXACT, "dung@noikhac.example", range(120), sessions=40, give_up="4.7.1").start()
    crowd.join(100)
    assert (len(crowd.acked), len(crowd.refused)) == (60, 60)
    assert sum(cluster.delivered(crowd.recipient).values()) == 60


def test_a_node_killed_in_mid_load_loses_nothing(cluster: Cluster) -> None:
    """The free sender's messages all arrive; the limited sender's, as many as the limit says over both nodes."""
    free = Mta(cluster.outbound, f"tudo@{DOMAIN}", "tu-do@noikhac.example", range(500), sessions=SESSIONS).start()
    tight = Mta(
        cluster.outbound, LIMITED, "gioi-han@noikhac.example", range(2 * LIMIT), sessions=SESSIONS, give_up="4.7.1"
    ).start()
    until(lambda: len(tight.acked) > 80 and len(free.acked) > 80, "the load does not begin")
    cluster.do("kill", "gw1")
    at = len(free.acked), len(tight.acked)
    until(lambda: len(free.acked) > at[0] + 100, "the other node does not take over")
    cluster.do("start", "gw1")
    for one in (free, tight):
        one.join(120)
    copies, limited = cluster.delivered(free.recipient), cluster.delivered(tight.recipient)
    twice = sum(copies.values()) - len(copies), sum(limited.values()) - len(limited)
    print(f"\nkilled at {at}: {len(free.acked)} and {len(tight.acked)} of {LIMIT} taken, {twice} delivered twice")
    assert (set(copies), free.acked, free.refused) == (set(range(500)), set(range(500)), {})
    assert at[1] < LIMIT, "the limit was reached before the node died"
    assert tight.acked <= set(limited)  # nothing that was answered 250 is missing
    assert sum(limited.values()) <= LIMIT  # never more than the limit, those that arrived twice counted
    assert len(tight.acked) >= LIMIT - SESSIONS  # less by at most what was under way when the node died
    assert max(twice) <= SESSIONS
    assert all("4.7.1" in text for text in tight.refused.values())


def test_one_node_after_the_other_is_renewed(cluster: Cluster) -> None:
    """As in an upgrade, with mail going through: nothing is lost, and nothing arrives twice."""
    sender, to = f"thay@{DOMAIN}", "thay@noikhac.example"
    load = Mta(cluster.outbound, sender, to, itertools.count(), pause=0.05).start()
    for node in ("gw1", "gw2"):
        so_far = len(load.acked)
        until(lambda so_far=so_far: len(load.acked) > so_far + 40, "no mail passes")  # type: ignore[misc]
        cluster.do("stop", node)
        cluster.do("start", node)
        until(lambda: cluster.standing(node) == "UP", f"HAProxy leaves {node} out")  # noqa: B023
    load.end()
    load.join(60)
    copies = cluster.delivered(to)
    assert load.acked == set(copies)
    assert (set(copies.values()), load.refused) == ({1}, {})


def _reload(cluster: Cluster, change: Callable[[str], str]) -> None:
    """Another configuration for both nodes, without a restart."""
    for node in ("gw1", "gw2"):
        config = cluster.config(node)
        config.write_text(change(config.read_text()))
        before = cluster.metric(node, "congthu_reloads_total")
        os.kill(int(cluster.pids()[node]), signal.SIGHUP)
        until(lambda: cluster.metric(node, "congthu_reloads_total") > before, f"{node} does not reload")  # noqa: B023


def _replies(cluster: Cluster, count: int, sender: str = LOW) -> list[int]:
    return [send(cluster.outbound, sender=sender, to=f"n{number}@noikhac.example").code for number in range(count)]


def test_redis_stops_and_comes_back(cluster: Cluster) -> None:
    """Mail passes uncounted, or waits, as `unavailable` says; what was counted before is still counted afterwards."""
    before = cluster.pids()
    assert _replies(cluster, 12) == [250] * 12
    cluster.do("stop", "redis")
    assert _replies(cluster, 6) == [250] * 6
    _reload(cluster, lambda text: f'{text}\n[rules]\noutbound-throttle = {{ unavailable = "tempfail" }}\n')
    assert _replies(cluster, 4) == [451] * 4
    assert cluster.ready("gw1")  # mail that nobody counts goes on: the node stays in the load balancer
    assert send(cluster.inbound, SIMPLE, "ai@noikhac.example", f"vanthu@{DOMAIN}").code == 250
    cluster.do("start", "redis")
    until(lambda: _replies(cluster, 1, LATER) == [250] and _replies(cluster, 1, LATER) == [250], "limits stay away")
    time.sleep(2)  # each node's own pause before it asks again
    codes = _replies(cluster, 12)
    assert (codes.count(250), codes.count(450)) == (8, 4), codes
    _reload(cluster, lambda text: text.replace('\n[rules]\noutbound-throttle = { unavailable = "tempfail" }\n', ""))
    assert _same_nodes(before, cluster.pids())


def test_postgres_dies_and_comes_back(cluster: Cluster) -> None:
    """Mail waits at its sender while nothing can be recorded, and all of it arrives and is on record afterwards."""
    before = cluster.pids()
    listed = len(_listed(cluster))
    load = Mta(cluster.outbound, f"luc@{DOMAIN}", "postgres@noikhac.example", range(400), pause=0.02).start()
    until(lambda: len(load.acked) > 50, "the load does not begin")
    cluster.do("kill", "postgres")
    assert [refused(cluster).code for _ in range(2)] == [451, 451]
    assert load.running, "all was sent before PostgreSQL died"
    cluster.do("start", "postgres")
    load.join(90)
    until(lambda: refused(cluster).code == 550, "refusals cannot be recorded again")
    until(lambda: cluster.ready("gw1") and cluster.ready("gw2"), "not ready again")
    copies = cluster.delivered(load.recipient)
    print(f"\n{sum(load.tries.values()) - 400} attempts in vain, {sum(copies.values()) - len(copies)} delivered twice")
    assert (set(copies), load.acked) == (set(range(400)), set(range(400)))
    until(lambda: len(_listed(cluster)) >= listed + 401, "what passed is not all on record")
    for node in ("gw1", "gw2"):
        assert "sound" in cluster.cli(node, "decisions", "verify", "--node", node)
    assert _same_nodes(before, cluster.pids())


def _same_nodes(before: dict[str, str], after: dict[str, str]) -> bool:
    """Whether both gateways are the processes that they were."""
    return all(before[node] == after[node] for node in ("gw1", "gw2"))


def _listed(cluster: Cluster, node: str = "gw1") -> list[dict[str, Any]]:
    """All decisions on record, as a node sees them."""
    return list(json.loads(cluster.cli(node, "decisions", "list", "--limit", "0", "--json")))


def test_nothing_is_left(cluster: Cluster) -> None:
    """Last: stopped by Ctrl-C, in the middle of its life, with a part that is dead."""
    assert send(cluster.outbound).code == 250
    cluster.do("kill", "gw2")
    cluster.stop()
    assert "stopped" in cluster.daemon.output()
