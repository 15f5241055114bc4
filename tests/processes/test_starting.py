"""A start that cannot succeed says why in one line and exits 2."""

import os
import socket
import stat
import sys

import pytest

from tests.processes.support import Client, Stub
from tests.support.ports import HOST
from tests.support.processes import run


def attempt(gateway: Stub) -> list[str]:
    """Start it, expect exit 2; the lines that it printed."""
    gateway.write_config()
    gateway.daemon.start()
    assert gateway.daemon.wait(30) == 2, gateway.daemon.output()
    lines = gateway.daemon.output().strip().splitlines()
    gateway.stop(clean=False)
    return lines


def test_a_port_in_use() -> None:
    gateway = Stub()
    with socket.create_server((HOST, gateway.port)):
        lines = attempt(gateway)
    assert len(lines) == 1
    assert lines[0].startswith(
        f"congthu: listener inbound: cannot listen on {HOST}:{gateway.port}: Address already in use"
    )


def test_the_http_port_in_use() -> None:
    gateway = Stub()
    with socket.create_server((HOST, gateway.http_port)):
        lines = attempt(gateway)
    assert len(lines) == 1
    assert lines[0].startswith("congthu: http: cannot listen on")


def test_a_data_folder_that_cannot_be_made() -> None:
    gateway = Stub(data_dir="/proc/congthu")
    (line,) = attempt(gateway)
    assert line.startswith("congthu: gateway.data_dir = /proc/congthu")


def test_a_bad_certificate() -> None:
    gateway = Stub()
    bad = gateway.folder / "bad.pem"
    bad.write_text("no certificate")
    bad.chmod(stat.S_IRUSR)
    gateway.listeners[0].update(tls="starttls", certificate=str(bad), key=str(bad))
    lines = attempt(gateway)
    assert all(line.startswith("congthu: listener[0].") for line in lines)
    assert str(bad) in lines[0]


def test_a_bad_configuration_lists_everything() -> None:
    gateway = Stub(workers=0, hostname="no host")
    lines = attempt(gateway)
    assert any("workers" in line for line in lines)
    assert all(line.startswith("congthu: ") for line in lines)


def test_two_daemons_on_one_data_folder() -> None:
    with Stub() as first:
        second = Stub(data_dir=str(first.folder / "data"))
        lines = attempt(second)
    assert lines == [f"congthu: {first.folder / 'data'}: another congthu is running on this data folder"]


def test_a_worker_that_cannot_start_gives_the_line() -> None:
    assert attempt(Stub(contact="refuse", workers=2)) == ["congthu: the stub was told to refuse"]


def test_a_worker_that_crashes_at_start() -> None:
    lines = attempt(Stub(contact="crash"))
    assert lines[-1] == "congthu: worker 0 ended with code 1 at start: see its log"


@pytest.mark.parametrize("named", [True, False])
def test_sockets_from_the_service_manager(named: bool) -> None:
    """sd_listen_fds(3): the socket called like a listener is used, whatever its address."""
    gateway = Stub()
    gateway.write_config()
    with socket.create_server((HOST, 0)) as held:
        names = "inbound" if named else "other"
        script = f'exec 3<&{held.fileno()}; LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES={names} exec "$@"'
        os.set_inheritable(held.fileno(), True)
        pid = os.posix_spawn("/bin/bash", ["bash", "-c", script, "-", *gateway.daemon.command], os.environ)
        try:
            port = held.getsockname()[1] if named else gateway.port
            gateway_is_up = lambda: gateway.status("/readyz") == 200  # noqa: E731
            for _ in range(1000):
                if gateway_is_up():
                    break
                os.sched_yield()
                run([sys.executable, "-c", "import time; time.sleep(0.02)"])
            with Client(port) as client:
                assert client.line().startswith("0 ")
        finally:
            os.kill(pid, 15)
            assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    gateway.stop(clean=False)
