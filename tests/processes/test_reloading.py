"""SIGHUP: a good configuration is put in force without dropping a session, a bad one is refused with the reason."""

import signal

import pytest

from tests.processes.support import Client, Stub
from tests.support.congthu import listener
from tests.support.ports import listening

REFUSED = "reload refused, the old configuration stays"


def reload(gateway: Stub, result: str) -> None:
    """Send SIGHUP and wait for the outcome, `done` or `refused`."""
    before = gateway.metric("congthu_reloads_total", result=result)
    gateway.daemon.signal(signal.SIGHUP)
    gateway.wait(lambda: gateway.metric("congthu_reloads_total", result=result) == before + 1, result)
    if result == "refused":  # the log has a thread of its own, so its line may come after the count
        gateway.wait(lambda: bool(gateway.events(REFUSED)), REFUSED)


def greeting(port: int) -> list[str]:
    with Client(port) as client:
        return client.line().split()


def test_sessions_and_workers_stay() -> None:
    with Stub(workers=2) as gateway, Client(gateway.port) as client:
        client.line()
        workers = gateway.workers()
        gateway.change(contact="new")
        reload(gateway, "done")
        assert client.ask("still here") == "still here"
        assert gateway.workers() == workers
        assert {greeting(gateway.port)[2] for _ in range(20)} == {"new"}


def test_a_worker_that_starts_meanwhile_takes_it_too() -> None:
    """One that died begins again with what is in force, while another is still being asked about what comes."""
    with Stub(workers=2, contact="old") as gateway:
        dead = gateway.signal_worker(signal.SIGKILL)
        gateway.wait(lambda: bool(gateway.events("worker ended")), "the worker ended")
        gateway.change(contact="slow")
        reload(gateway, "done")
        gateway.wait(lambda: len(gateway.workers()) == 2 and dead not in gateway.workers(), "a new worker")
        gateway.wait(lambda: gateway.status("/readyz") == 200, "ready")
        seen: dict[str, str] = {}
        while len(seen) < 2:
            number, _, contact = greeting(gateway.port)
            seen[number] = contact
        assert seen == {"0": "slow", "1": "slow"}


def test_a_file_that_is_no_toml_is_refused() -> None:
    with Stub(contact="old") as gateway:
        gateway.config.write_text("[gateway\n")
        reload(gateway, "refused")
        assert greeting(gateway.port)[2] == "old"
        (line,) = gateway.events(REFUSED)
        assert str(gateway.config) in line["reason"]
        gateway.signal_worker(signal.SIGKILL)  # a new worker gets what is in force, not what is on the disk
        gateway.wait(lambda: bool(gateway.events("worker ended")), "the worker ended")
        assert greeting(gateway.port)[2] == "old"


@pytest.mark.parametrize("contact", ["refuse", "crash"])
def test_a_configuration_that_a_worker_refuses(contact: str) -> None:
    gateway = Stub(contact="old", workers=2)
    gateway.start()
    gateway.change(contact=contact)
    gateway.listeners.append(listener(direction="outbound"))
    gateway.write_config()
    reload(gateway, "refused")
    assert {greeting(gateway.port)[2] for _ in range(10)} == {"old"}
    assert not listening(gateway.port_of("outbound"))
    assert gateway.events(REFUSED)
    gateway.stop(clean=contact != "crash")


def test_listeners_come_go_and_move() -> None:
    with Stub() as gateway:
        first = gateway.port
        gateway.listeners.append(listener(direction="outbound"))
        gateway.write_config()
        reload(gateway, "done")
        assert greeting(gateway.port_of("outbound"))[0] == greeting(first)[0] == "0"
        gateway.listeners[0]["bind"] = listener()["bind"]
        del gateway.listeners[1:]
        gateway.write_config()
        reload(gateway, "done")
        assert greeting(gateway.port)[0] == "0"
        assert not listening(first)


def test_a_port_in_use_is_refused() -> None:
    with Stub() as gateway:
        gateway.listeners.append({**listener(direction="outbound"), "bind": f"127.0.0.1:{gateway.http_port}"})
        gateway.write_config()
        reload(gateway, "refused")
        assert greeting(gateway.port)[0] == "0"


def test_the_number_of_workers() -> None:
    with Stub() as gateway:
        for count in (3, 1, 2):
            gateway.change(workers=count)
            reload(gateway, "done")
            gateway.wait(lambda count=count: len(gateway.workers()) == count, f"{count} workers")  # type: ignore[misc]
            assert greeting(gateway.port)


def test_what_only_a_restart_changes_is_refused() -> None:
    with Stub() as gateway:
        gateway.change(data_dir=str(gateway.folder))
        reload(gateway, "refused")
        (line,) = gateway.events(REFUSED)
        assert "only a restart can change it" in line["reason"]


def test_nor_is_the_store_changed_under_the_workers() -> None:
    with Stub() as gateway:
        gateway.settings["store"] = {"url": "sqlite:///geheim.db"}
        gateway.change()
        reload(gateway, "refused")
        (line,) = gateway.events(REFUSED)
        assert line["reason"] == "store.url: only a restart can change it"
