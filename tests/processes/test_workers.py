"""Workers die, hang and are replaced; clients, counters and the other workers do not notice."""

import os
import signal

import psutil

from tests.processes.support import Client, Stub


def test_clients_in_the_queue_outlive_the_worker() -> None:
    with Stub() as gateway:
        dead = gateway.signal_worker(signal.SIGSTOP)
        clients = [Client(gateway.port) for _ in range(30)]
        os.kill(dead, signal.SIGKILL)
        greetings = [client.line() for client in clients]
        assert {int(greeting.split()[1]) for greeting in greetings}.isdisjoint({dead, 0})
        assert [client.ask(f"m{i}") for i, client in enumerate(clients)] == [f"m{i}" for i in range(30)]
        for client in clients:
            client.close()
        gateway.wait(lambda: bool(gateway.events("worker ended")), "the line about it")
        assert gateway.events("worker ended")[0]["how"] == "was ended by SIGKILL"


def test_the_other_worker_serves_while_one_is_dead() -> None:
    with Stub(workers=2) as gateway:
        dead = gateway.signal_worker(signal.SIGKILL)
        for _ in range(10):
            with Client(gateway.port) as client:
                assert client.ask("x") or client.line()
        gateway.wait(lambda: len(gateway.workers()) == 2 and dead not in gateway.workers(), "a new worker")
        gateway.wait(lambda: gateway.metric("congthu_worker_restarts_total") == 1, "the restart is counted")


def test_metrics_are_summed_over_workers_and_outlive_them() -> None:
    with Stub(workers=2) as gateway:
        served: dict[str, int] = {}
        while len(served) < 2:
            with Client(gateway.port) as client:
                number = client.line().split()[0]
                served[number] = served.get(number, 0) + 1
                assert client.ask("hello") == "hello"
        total = sum(served.values())
        labels = {"listener": "inbound", "verdict": "accept"}
        gateway.wait(lambda: gateway.metric("congthu_messages_total", **labels) == total, "both workers' sum")
        stage = {"listener": "inbound", "stage": "upstream"}  # each has a place of its own, which is read meanwhile
        gateway.wait(lambda: gateway.metric("congthu_stage_seconds_count", **stage) == total, "the stage's")
        gateway.wait(lambda: gateway.metric("congthu_message_bytes_total") == total * 6, "the bytes")
        for pid in gateway.workers():
            os.kill(pid, signal.SIGKILL)
        gateway.wait(lambda: len(gateway.events("worker ended")) == 2 and len(gateway.workers()) == 2, "two new ones")
        gateway.wait(lambda: gateway.status("/readyz") == 200, "ready again")
        assert gateway.metric("congthu_messages_total", **labels) == total
        with Client(gateway.port) as client:
            client.line()
            client.ask("one more")
        gateway.wait(lambda: gateway.metric("congthu_messages_total", **labels) == total + 1, "one more")


def test_open_connections_of_a_dead_worker_are_not_counted() -> None:
    with Stub() as gateway, Client(gateway.port) as client:
        client.line()
        gateway.wait(lambda: gateway.metric("congthu_connections", listener="inbound") == 1, "one connection")
        gateway.signal_worker(signal.SIGKILL)
        gateway.wait(lambda: gateway.metric("congthu_worker_restarts_total") == 1, "a restart")
        gateway.wait(lambda: gateway.metric("congthu_connections", listener="inbound") == 0, "none")


def test_a_stuck_worker_is_ended_with_its_stack_in_the_log() -> None:
    gateway = Stub(env={"TEST_STALE": "3", "TEST_STUCK": "8"})
    try:
        gateway.start()
        with Client(gateway.port) as client:
            client.line()
            client.send("block 60")
            gateway.wait(lambda: gateway.status("/healthz") == 503, "sick while the loop is blocked")
            assert gateway.status("/readyz") == 503
            assert client.line() == ""
        gateway.wait(lambda: gateway.status("/healthz") == 200, "healthy again")
        # The log has a thread of its own, and faulthandler writes as it likes: late, and into the middle of a line.
        gateway.wait(lambda: '"worker is stuck"' in gateway.daemon.output(), "the line about it")
        gateway.wait(lambda: "stub.py" in gateway.daemon.output(), "faulthandler's word about where it hung")
    finally:
        gateway.stop(clean=False)


def test_a_worker_told_to_end_drains_and_is_replaced() -> None:
    with Stub() as gateway, Client(gateway.port) as client:
        client.line()
        assert client.ask("x") == "x"
        old = gateway.signal_worker(signal.SIGTERM)
        assert client.line() == "421 closing"
        gateway.wait(lambda: gateway.workers() not in ([], [old]), "a new worker")


def test_workers_end_when_the_supervisor_is_killed() -> None:
    gateway = Stub(workers=2)
    gateway.start()
    workers = [psutil.Process(pid) for pid in gateway.workers()]
    gateway.daemon.signal(signal.SIGKILL)
    _, alive = psutil.wait_procs(workers, timeout=20)
    gateway.stop(clean=False)
    assert not alive


def test_the_terminals_ctrl_c_is_the_supervisors_alone() -> None:
    gateway = Stub(workers=2)
    gateway.start()
    with Client(gateway.port) as client:
        client.line()
        client.send("hold 0.5")
        for pid in gateway.workers():
            os.kill(pid, signal.SIGINT)
            os.kill(pid, signal.SIGHUP)
        assert client.line() == "hold 0.5"
        gateway.daemon.signal(signal.SIGINT)
        assert client.line() in ("421 closing", "")
    assert gateway.daemon.wait(20) == 0
    gateway.stop()
