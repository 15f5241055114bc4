"""SIGTERM: no new clients, idle ones told, in flight finished, and an end in any case."""

import signal

from tests.processes.support import Client, Stub
from tests.support.ports import listening


def test_what_is_in_flight_is_finished() -> None:
    with Stub(workers=2) as gateway, Client(gateway.port) as busy, Client(gateway.port) as idle:
        busy.line()
        idle.line()
        busy.send("hold 1")
        idle.ask("x")
        gateway.daemon.signal(signal.SIGTERM)
        assert idle.line() == "421 closing"
        gateway.wait(lambda: not listening(gateway.port), "no new clients")
        assert busy.line() == "hold 1"
        assert gateway.daemon.wait(20) == 0
        assert not list((gateway.folder / "data" / "run").glob("metrics-*"))


def test_a_worker_that_does_not_drain_is_killed() -> None:
    gateway = Stub(shutdown_timeout=1)
    gateway.start()
    with Client(gateway.port) as client:
        client.line()
        client.send("block 60")
        gateway.daemon.signal(signal.SIGTERM)
        assert gateway.daemon.wait(20) == 0
    assert gateway.events("worker did not drain in time and is killed")
    gateway.stop()


def test_a_second_interrupt_does_not_wait() -> None:
    gateway = Stub(shutdown_timeout=60)
    gateway.start()
    with Client(gateway.port) as client:
        client.line()
        client.send("hold 50")
        gateway.daemon.signal(signal.SIGINT)
        gateway.wait(lambda: bool(gateway.events("stopping")), "stopping")
        gateway.daemon.signal(signal.SIGINT)
        assert gateway.daemon.wait(20) == 0
    gateway.stop()


def test_the_stop_does_not_wait_for_a_back_off() -> None:
    with Stub() as gateway:
        for _ in range(4):
            gateway.wait(lambda: len(gateway.workers()) == 1, "a worker")
            gateway.signal_worker(signal.SIGKILL)
            gateway.wait(lambda: not gateway.workers(), "none")
        gateway.daemon.signal(signal.SIGTERM)
        assert gateway.daemon.wait(10) == 0
