"""Several processes on one file, a process killed at random, a disk without room, a folder that may not be written."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.errors import JournalUnavailable, StartError
from gateway.journal import Journal
from tests.unit.journal.support import check, decision, references, refusal, running, until

_WORKER = """
import asyncio, sys
from pathlib import Path
from gateway import logs
from gateway.journal import Journal
from tests.unit.journal.support import URL, decision, refusal

logs.configure("warning")

async def main(folder, worker, count):
    journal = Journal(URL, Path(folder), node="gw1", worker=worker, commit_interval=0.01)
    await journal.start()
    for number in range(count):
        while not journal.room():
            await asyncio.sleep(0.005)
        if number % 10:
            journal.append(decision())
        else:
            one = refusal()
            await journal.commit(one)
            print(one.reference, flush=True)
    await journal.close()

asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
"""


def _start(folder: Path, worker: int, count: int) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", _WORKER, str(folder), str(worker), str(count)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_processes_share_a_file(tmp_path: Path) -> None:
    workers = [_start(tmp_path, number, 1000) for number in range(4)]
    for worker in workers:
        _, errors = worker.communicate(timeout=100)
        assert worker.returncode == 0, errors
    report = check(tmp_path)
    assert (report.total, report.chains, report.rows) == (0, 4, 4004)
    assert len(references(tmp_path)) == 4000


@pytest.mark.slow
def test_what_was_committed_survives_sigkill(tmp_path: Path) -> None:
    chance = random.Random(7)
    told: set[str] = set()
    for number in range(12):
        worker = _start(tmp_path, number % 2, 10**6)
        assert worker.stdout is not None
        told.add(worker.stdout.readline().strip())  # it runs
        time.sleep(chance.uniform(0, 0.15))
        worker.kill()
        said, _ = worker.communicate()
        told.update(line for line in said.splitlines() if len(line) == 19)  # the last may be cut
    assert len(told) > 12
    assert told - references(tmp_path) == set()
    report = check(tmp_path)
    assert (report.total, report.chains) == (0, 12), report.problems


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with room for 1 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1M", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("no right to mount a tmpfs")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


async def test_a_full_disk_is_451_until_there_is_room(tiny_disk: Path) -> None:
    filler = tiny_disk / "filler"
    async with running(tiny_disk, commit_timeout=5) as journal:
        first = refusal()
        await journal.commit(first)
        with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
            while True:
                file.write(b"x" * 4096)
        with pytest.raises(JournalUnavailable):
            for _ in range(300):
                await journal.commit(refusal(helo="x" * 3000))
        await until(lambda: not journal.healthy)
        assert not journal.room()
        kept = decision()
        journal.append(kept)
        filler.unlink()
        await until(lambda: journal.healthy and journal.queued == 0)
        assert {first.reference, kept.reference} <= references(tiny_disk)
    assert check(tiny_disk).total == 0


_LIMITED = """
import asyncio, resource, sys
from pathlib import Path
from gateway.errors import JournalUnavailable
from gateway.journal import Journal
from tests.unit.journal.support import URL, decision, refusal, until

async def main(folder):
    journal = Journal(URL, Path(folder), node="gw1", commit_interval=0.01, commit_timeout=2)
    await journal.start()
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
    try:
        for _ in range(300):
            await journal.commit(refusal(helo="x" * 3000))
    except JournalUnavailable:
        pass
    else:
        sys.exit("the limit was not felt")
    await until(lambda: not journal.room())
    kept = decision()
    journal.append(kept)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await until(lambda: journal.healthy and journal.queued == 0)
    await journal.close()
    print(kept.reference)

asyncio.run(main(sys.argv[1]))
"""


def test_a_file_that_may_not_grow_is_451_until_it_may(tmp_path: Path) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    assert hard == resource.RLIM_INFINITY
    done = subprocess.run([sys.executable, "-c", _LIMITED, str(tmp_path)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] in references(tmp_path)
    assert check(tmp_path).total == 0


_UNPRIVILEGED = """
import asyncio, concurrent.futures.thread, os, sqlite3, sys
from pathlib import Path
from gateway.errors import StartError
from gateway.journal import Journal

if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    asyncio.run(Journal("sqlite:///congthu.db", Path(sys.argv[1]), node="gw1").start())
except StartError as error:
    print(error)
"""


@pytest.mark.parametrize("begun", [False, True])
def test_a_folder_that_may_not_be_written_is_one_line(tmp_path: Path, begun: bool) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    if begun:

        async def begin() -> None:
            async with running(folder) as journal:
                await journal.commit(refusal())

        asyncio.run(begin())
    folder.chmod(0o555)
    for parent in (tmp_path, *tmp_path.parents):
        if parent.stat().st_uid == os.geteuid() and str(parent).startswith("/tmp/pytest"):
            parent.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", _UNPRIVILEGED, str(folder)], capture_output=True, text=True, timeout=60
    )
    assert len(done.stdout.splitlines()) == 1, (done.stdout, done.stderr)
    assert "data_dir must" in done.stdout
    folder.chmod(0o755)


async def test_a_folder_that_is_gone_breaks_the_journal_until_it_is_back(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    async with running(folder) as journal:
        await journal.commit(refusal())
        journal._commit_timeout = 0.5
        folder.rename(tmp_path / "aside")
        with pytest.raises(JournalUnavailable):
            await journal.commit(refusal())
        await until(lambda: not journal.room())
        (tmp_path / "aside").rename(folder)
        await until(lambda: journal.healthy)
        assert journal.written == 2
    assert check(folder).total == 0


async def test_a_start_that_failed_leaves_no_thread(tmp_path: Path) -> None:
    import threading

    with pytest.raises(StartError):
        await Journal("sqlite:///none/here.db", tmp_path, node="gw1").start()
    assert "journal" not in {thread.name for thread in threading.enumerate()}
