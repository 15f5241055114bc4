"""The console's pages over a journal of a million decisions: time from the request to the last byte, without a network.

The rows go in by bulk insert (SQLite: one transaction; PostgreSQL: COPY), with payloads as the gateway writes them but
without a chain: this measures reading. The same people write and the same rules refuse as in benchmarks.decisions.

`--mailboxes` puts so many into the directory, too, in 500 units; `--only` asks the pages whose name has this word.

usage: python -m benchmarks.console [--rows 1000000] [--mailboxes 50000] [--folder DIR] [--url postgresql://…]
    [--runs 5] [--only WORD]
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import sqlalchemy as sa

from benchmarks.decisions import decision
from gateway.config_file import settings_from
from gateway.console.accounts import Role
from gateway.console.routes import PAGES
from gateway.console.services import Services
from gateway.console.web import Site
from gateway.directory.entry import Snapshot
from gateway.directory.plan import Wanted, diff
from gateway.journal.decision import new_reference
from gateway.journal.payload import encode, extract, record_of
from gateway.journal.schema import decisions, findings, recipients
from gateway.journal.store import make_engine, resolve_url
from gateway.who import Kind, Mailbox, State, Unit

DAYS = 90
_STEP = 20_000
_PASSWORD = "mat khau cho phep do"
_RARE = "khong-co-o-dau"
PATHS = {
    "overview, 14 days": "/",
    "overview, 90 days": "/?ngay=90",
    "newest 50": "/quyet-dinh",
    "page 2": "",
    "refused": "/quyet-dinh?action=reject",
    "by a rule": "/quyet-dinh?rule=attachment-cap",
    "by a clause, refused": "/quyet-dinh?clause=Q4+4.2&action=reject",
    "by a sender": "",
    "an address, sender or recipient": "",
    "by a pattern of senders": "/quyet-dinh?sender=*77@tinh.example",
    "one day, long ago": "",
    "not reviewed": "/quyet-dinh?action=reject&reviewed=no",
    "words that are there": "/quyet-dinh?q=b%C3%A1o+c%C3%A1o",
    "words that are nowhere (one step)": f"/quyet-dinh?q={_RARE}",
    "a reference": "",
    "a story": "",
    "a sender": "",
    "mailboxes": "/hop-thu",
    "mailboxes, far down": "",
    "mailboxes of a unit and those below": "/hop-thu?unit=D7",
    "mailboxes by a word": "/hop-thu?q=nguyen+van+77",
    "mailboxes, locked": "/hop-thu?state=locked",
    "a mailbox": "",
    "clauses": "/quy-che",
    "actions": "/nhat-ky",
}


def rows(count: int, until: float) -> Iterator[tuple[tuple[Any, ...], list[tuple[Any, ...]], list[tuple[Any, ...]]]]:
    """Each decision's rows in the three tables, oldest first."""
    chance, blank = random.Random(5), bytes(32)
    for number in range(count):
        moment = until - DAYS * 86400 * (count - number) / count
        made = decision(number, moment, chance)
        made.reference = new_reference(moment)
        payload, record = encode(record_of(made))
        columns, people, cited = extract(record)
        id_ = (4000 << 40) | number  # a chain that no writer has
        main = (id_, *columns, payload, blank, blank)
        yield main, [(p, columns.time, id_) for p in people], [(r, c, columns.time, id_) for r, c in cited]


def fill(engine: sa.Engine, count: int) -> None:
    """Put the rows in."""
    tables = (decisions, recipients, findings)
    held: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
    with engine.connect() as connection, connection.begin():
        raw = connection.connection.dbapi_connection
        assert raw is not None
        for main, people, cited in rows(count, time.time()):
            held[0].append(main)
            held[1].extend(people)
            held[2].extend(cited)
            if len(held[0]) == _STEP:
                _put(raw, tables, held)
        _put(raw, tables, held)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.exec_driver_sql("ANALYZE")


def _put(raw: Any, tables: tuple[sa.Table, ...], held: tuple[list[Any], ...]) -> None:
    for table, made in zip(tables, held, strict=True):
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        if hasattr(raw, "executemany"):
            marks = ", ".join("?" * len(table.columns))
            raw.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", made)
        else:
            with raw.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 0")
                with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
                    for row in made:
                        copy.write_row(row)
        made.clear()


def settings_of(folder: Path, url: str) -> Any:
    """A configuration whose store is this one."""
    return settings_from(
        {
            "gateway": {"hostname": "gw.tinh.example", "data_dir": str(folder), "domains": ["tinh.example"]},
            "store": {"url": url},
            "listener": [{"name": "inbound", "bind": "127.0.0.1:2525", "direction": "inbound", "upstream": "m"}],
            "upstream": {"m": {"maildir": "m"}},
            "http": {"bind": "127.0.0.1:1"},
            "console": {"bind": "127.0.0.1:9180"},
        }
    )


def fill_directory(services: Services, count: int) -> None:
    """So many mailboxes, one in a hundred of a unit, in 500 units under 20 others."""
    units = [Unit(f"D{n}", f"Sở số {n}", f"D{n % 20}" if n >= 20 else "") for n in range(520)]
    boxes = [_mailbox(number) for number in range(count)]
    services.directory.prepare()
    services.directory.apply(diff(Snapshot(), Wanted(tuple(units), tuple(boxes))), who="benchmark")


def _mailbox(number: int) -> Mailbox:
    own, unit = number % 100 == 0, f"D{number % 520}"
    address = f"so{number}@tinh.example" if own else f"nguyenvan{number}@tinh.example"
    state = State.LOCKED if number % 50 == 3 else State.ACTIVE
    holder = f"Nguyễn Văn {number}"
    return Mailbox(address, Kind.UNIT if own else Kind.PERSONAL, unit, holder, state=state)


async def measure(services: Services, runs: int, only: str) -> None:
    """Ask each page, print the first time and the median of the others."""
    app = Site(services, PAGES).application()
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://c", timeout=60) as client:
        await _sign_in(client)
        paths = {**PATHS, **await _found(client)}
        print(f"{'page':36} {'first':>8} {'median':>8} {'worst':>8}  ms")
        for name, path in ((name, path) for name, path in paths.items() if only in name and path):
            times = [await _timed(client, path) for _ in range(runs + 1)]
            rest = times[1:]
            print(f"{name:36} {times[0]:8.0f} {median(rest):8.0f} {max(rest):8.0f}")


async def _found(client: httpx.AsyncClient) -> dict[str, str]:
    """Addresses that depend on what is there."""
    text = (await client.get("/quyet-dinh?action=reject")).text
    reference = re.findall(r'href="/quyet-dinh/([0-9A-Z-]{19})"', text)[7]
    second = re.search(r'rel="next" href="([^"]+)"', (await client.get("/quyet-dinh")).text)
    sender = re.search(r"<td class=\"address\"[^>]*>([^<\s]+@[^<\s]+)", text.replace("<wbr>", ""))
    assert second is not None and sender is not None
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 60 * 86400))
    return {
        "page 2": second[1].replace("&amp;", "&"),
        "by a sender": f"/quyet-dinh?sender={sender[1]}",
        "an address, sender or recipient": f"/quyet-dinh?q={sender[1]}",
        "one day, long ago": f"/quyet-dinh?since={day}&until={day}",
        "mailboxes, far down": "/hop-thu?sau=nguyenvan30000@tinh.example",
        "a mailbox": "/hop-thu/xem?dia-chi=nguyenvan777@tinh.example",
        "a reference": f"/quyet-dinh?q={reference}",
        "a story": f"/quyet-dinh/{reference}",
        "a sender": f"/nguoi-gui/xem?dia-chi={sender[1]}",
    }


async def _timed(client: httpx.AsyncClient, path: str) -> float:
    began = time.perf_counter()
    found = await client.get(path)
    taken = (time.perf_counter() - began) * 1000
    assert found.status_code == 200, (path, found.status_code)
    return taken


async def _sign_in(client: httpx.AsyncClient) -> None:
    text = (await client.get("/dang-nhap")).text
    token = re.search(r'name="token" value="([0-9a-f]+)"', text)
    assert token is not None
    data = {"token": token[1], "name": "do", "password": _PASSWORD}
    assert (await client.post("/dang-nhap", data=data)).status_code == 303


def main() -> None:
    """Fill where it is empty, ask, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--mailboxes", type=int, default=1000)
    parser.add_argument("--only", default="")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--url", default="sqlite:///congthu.db")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="congthu-console-") as made:
        folder = arguments.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        services = Services(settings_of(folder, arguments.url))
        services.prepare()
        if not services.accounts.list():
            services.accounts.add("do", _PASSWORD, Role.ADMINISTRATOR)
            began = time.perf_counter()
            fill(make_engine(resolve_url(arguments.url, folder)), arguments.rows)
            fill_directory(services, arguments.mailboxes)
            print(f"{arguments.rows:,} rows put in, {time.perf_counter() - began:.0f} s")
        try:
            asyncio.run(measure(services, arguments.runs, arguments.only))
        finally:
            services.close()


if __name__ == "__main__":
    main()
