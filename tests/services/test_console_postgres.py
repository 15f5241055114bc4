"""The console on a real PostgreSQL: the same pages over the same mail, the same record of what people did."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from gateway.console.accounts import Role
from gateway.console.routes import PAGES
from gateway.console.schema import VERSION_TABLE, metadata
from gateway.console.services import Services
from gateway.console.web import Site
from gateway.journal.chain import load_key
from gateway.journal.schema import VERSION_TABLE as JOURNAL_TABLE
from gateway.journal.schema import metadata as journal
from gateway.journal.verify import verify
from gateway.rates import Standing
from tests.support.postgres import PostgresServer
from tests.unit.console.support import NAMES, NOW, PASSWORD, Running, fill, post, settings_in, sign_in

pytestmark = pytest.mark.service("postgresql")


@pytest.fixture(scope="module")
def office(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("console")
    services = Services(settings_in(folder, store={"url": postgres.database(bare=True)}))
    services.prepare()
    fill(services.settings, NOW, 2)
    for role, name in NAMES.items():
        services.accounts.add(name, PASSWORD, role)
    with asyncio.Runner() as runner:
        yield Running(services, Site(services, PAGES), runner)
    services.close()


def test_every_page(office: Running) -> None:
    client = office.client(Role.ADMINISTRATOR)
    for page in PAGES:
        if "GET" in page.methods and "{" not in page.path and page.path not in ("/nguoi-gui/xem", "/hop-thu/xem"):
            assert client.get(page.path).status_code < 500, page.path
    for path in ("/nguoi-gui/xem", "/hop-thu/xem"):
        assert client.get(f"{path}?dia-chi=p13.q4@tphcm.gov.vn").status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "action=reject",
        "rule=spam",
        "clause=Q4+4.2",
        "q=vanthu@so-noivu.example",
        "unit=p13",
        "sender=*@tphcm.gov.vn",
    ],
)
def test_paging_ends_and_shows_each_once(office: Running, asked: str) -> None:
    client, seen, path = office.client(Role.VIEWER), list[str](), f"/quyet-dinh?{asked}"
    for _ in range(30):
        text = client.get(path).text
        seen += re.findall(r'href="/quyet-dinh/([0-9A-Z-]{19})"', text)
        more = re.search(r'rel="next" href="([^"]+)"', text)
        if more is None:
            break
        path = more[1].replace("&amp;", "&")
    assert seen and len(seen) == len(set(seen))


def test_what_people_did_is_on_record_and_verifies(office: Running) -> None:
    client, who = office.client(Role.SECURITY), "ptdung.q4@tphcm.gov.vn"
    assert post(client, "/nguoi-gui/khoa", {"who": who, "reason": "Lộ mật khẩu"}).status_code == 303
    block = office.services.blocks.find(who)
    assert block is not None and block.standing is Standing.LOCKED
    assert "Lộ mật khẩu" in office.client(Role.ADMINISTRATOR).get("/nhat-ky").text
    folder = office.services.settings.gateway.data_dir
    with office.services.journal() as connection:
        assert verify(connection, folder, load_key(folder)).total == 0


def test_accounts_are_locked_out(office: Running) -> None:
    now = time.time()
    assert [office.services.accounts.check("xem", "sai sai sai sai", now) for _ in range(8)] == [None] * 8
    assert sign_in(office.client(peer="192.0.2.77"), "xem") == 401
    office.services.accounts.unlock("xem")
    assert sign_in(office.client(peer="192.0.2.77"), "xem") == 303


def test_migrations_make_the_tables_of_the_schema(office: Running) -> None:
    with office.services.directory.database.reading() as connection:
        for table, made, prefix in (
            (VERSION_TABLE, metadata, ("console_",)),
            (JOURNAL_TABLE, journal, ("decision", "journal_")),
        ):

            def ours(_: object, name: str | None, kind: str, *__: object, mine: tuple[str, ...] = prefix) -> bool:
                return kind != "table" or str(name).startswith(mine)

            options = {"version_table": table, "include_object": ours}
            assert compare_metadata(MigrationContext.configure(connection, opts=options), made) == []
