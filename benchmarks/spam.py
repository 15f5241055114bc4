"""What rspamd's own rules, as Debian ships them, say of official letters and of spam; and what asking it costs.

Points: each letter as a client that logged in sends it, as our mail server does (by a private address and by a public
one), and as a stranger does. No network: no DNS, no block lists, no statistics, so these are the points of content and
form only. Speed: ours against bytes written to a socket with no HTTP library, 20 messages at once, in turn in each
round; CPU of this process and of rspamd's, medians over the rounds.

usage: python -m benchmarks.spam [--rounds 5] [--messages 400] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from benchmarks.spam_letters import SENDER, official, spam
from benchmarks.usage import cpu_seconds
from gateway.model import Address, Direction, Envelope, Recipient, Session
from gateway.spam.question import question
from gateway.spam.rspamd import Answer, Rspamd

_AT_ONCE = 20
_ROUTES = {
    "login": (Direction.SUBMISSION, "10.1.2.3", "an.nv"),
    "own server, private": (Direction.OUTBOUND, "10.1.2.3", ""),
    "own server, public": (Direction.OUTBOUND, "203.0.113.9", ""),
    "stranger": (Direction.INBOUND, "203.0.113.9", ""),
}
Once = Callable[[], Awaitable[object]]


@contextmanager
def rspamd() -> Iterator[tuple[str, int]]:
    """Debian's rspamd with Debian's configuration, in a folder: its socket and the head of its processes."""
    folder = Path(tempfile.mkdtemp(prefix="congthu-bench-rspamd-"))
    override = folder / "override.d"
    override.mkdir()
    (override / "worker-normal.inc").write_text(f'bind_socket = "{folder}/worker.sock mode=0600"; count = 1;\n')
    (override / "worker-controller.inc").write_text(f'bind_socket = "{folder}/controller.sock mode=0600";\n')
    (override / "worker-proxy.inc").write_text("enabled = false;\n")
    no_dns = 'dns { nameserver = ["127.0.0.1:1"]; timeout = 0.1s; retransmits = 1; }'
    (override / "options.inc").write_text(f'{no_dns} pidfile = "{folder}/pid";\n')
    places = [f"--var={name}={folder}" for name in ("DBDIR", "RUNDIR", "LOGDIR", "LOCAL_CONFDIR")]
    command = ["rspamd", "-f", "-i", "-c", "/etc/rspamd/rspamd.conf", *places]
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
    try:
        deadline = time.monotonic() + 120
        while not (folder / "worker.sock").exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"rspamd does not start:\n{(folder / 'output').read_text()[-2000:]}")
            time.sleep(0.2)
        yield f"unix:{folder}/worker.sock", process.pid
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _envelope(route: str) -> Envelope:
    direction, address, user = _ROUTES[route]
    session = Session(
        "b", "b", direction, address, 1, client_name="pc7.khac.example", helo="pc7.khac.example", user=user
    )
    return Envelope(session, Address(SENDER), [Recipient(Address("ban@khac.example"))])


async def _ask(client: Rspamd, content: bytes, route: str) -> Answer:
    async def pieces() -> AsyncIterator[bytes]:
        yield content

    return await client.check(pieces, len(content), _envelope(route))


async def points(url: str) -> dict[str, dict[str, dict[str, float]]]:
    """Kind → letter → route → points."""
    client = Rspamd(url, connections=1, timeout=60, max_size=2**25)
    found: dict[str, dict[str, dict[str, float]]] = {}
    for kind, letters in (("official", official()), ("spam", spam())):
        for name, content in letters.items():
            row = found.setdefault(kind, {}).setdefault(name, {})
            for route in _ROUTES:
                answer = await _ask(client, content, route)
                row[route] = answer.spam.score if answer.spam is not None else float("nan")
    await client.close()
    return found


def _bare(url: str, content: bytes) -> Once:
    """The same request by hand."""
    fields = "".join(f"{name}: {value}\r\n" for name, value in question(_envelope("login")))
    request = f"POST /checkv2 HTTP/1.1\r\nHost: x\r\n{fields}Content-Length: {len(content)}\r\n\r\n".encode() + content

    async def once() -> object:
        reader, writer = await asyncio.open_unix_connection(url.removeprefix("unix:"))
        writer.write(request)
        body = (await reader.read()).partition(b"\r\n\r\n")[2]
        writer.close()
        return json.loads(body)["score"]

    return once


async def _timed(once: Once, messages: int, head: int) -> dict[str, float]:
    """Milliseconds: CPU of ours and of rspamd's a message, the median time to an answer and the 99th percentile."""
    took: list[float] = []
    turns = iter(range(messages))

    async def work() -> None:
        for _ in turns:
            began = time.perf_counter()
            await once()
            took.append((time.perf_counter() - began) * 1000)

    mine, theirs, began = time.process_time(), cpu_seconds(head), time.perf_counter()
    await asyncio.gather(*(work() for _ in range(_AT_ONCE)))
    return {
        "a second": messages / (time.perf_counter() - began),
        "CPU": (time.process_time() - mine) * 1000 / messages,
        "rspamd's CPU": (cpu_seconds(head) - theirs) * 1000 / messages,
        "p50": median(took),
        "p99": quantiles(took, n=100)[98],
    }


async def speed(url: str, head: int, rounds: int, messages: int) -> dict[str, dict[str, float]]:
    """The medians over the rounds, of ours and of the bare socket."""
    content = official()["invitation"]
    content += b"Ghi ch=C3=BA.\r\n" * ((4096 - len(content)) // 14)
    client = Rspamd(url, connections=_AT_ONCE, timeout=60, max_size=2**25)
    ways: dict[str, Once] = {"ours": lambda: _ask(client, content, "login"), "bare socket": _bare(url, content)}
    lines: dict[str, list[dict[str, float]]] = {name: [] for name in ways}
    for once in ways.values():
        await _timed(once, _AT_ONCE, head)
    for _ in range(rounds):
        for name, once in ways.items():
            lines[name].append(await _timed(once, messages, head))
    await client.close()
    return {name: {key: median(one[key] for one in found) for key in found[0]} for name, found in lines.items()}


def _print(said: dict[str, dict[str, dict[str, float]]], costs: dict[str, dict[str, float]]) -> None:
    print(f"{'points':34}" + "".join(f"{route:>21}" for route in _ROUTES))
    for kind, letters in said.items():
        for name, row in letters.items():
            print(f"{kind:9}{name:25}" + "".join(f"{row[route]:21.1f}" for route in _ROUTES))
    print(f"\n{'4 KB, 20 at once; ms':24}" + "".join(f"{name:>15}" for name in next(iter(costs.values()))))
    for name, row in costs.items():
        print(f"{name:24}" + "".join(f"{value:15.2f}" for value in row.values()))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--messages", type=int, default=400, help="a round and way")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if shutil.which("rspamd") is None:
        sys.exit("rspamd is not installed: apt-get install --no-install-recommends rspamd")
    with rspamd() as (url, head):
        said = asyncio.run(points(url))
        costs = asyncio.run(speed(url, head, given.rounds, given.messages))
    if given.json:
        print(json.dumps({"points": said, "speed": costs}, indent=2, ensure_ascii=False))
    else:
        _print(said, costs)


if __name__ == "__main__":
    main()
