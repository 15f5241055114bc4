"""last_login records in a real PostgreSQL: in a schema, read only, by a login that may do no more."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gateway.sources.last_login import LastLoginFailed, LastLogins, Table
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.service("postgresql")

NOW = 1_795_366_940.0


@pytest.fixture(scope="module")
def url(postgres: PostgresServer) -> str:
    """A server with the table and 20,000 rows."""
    made = postgres.database(bare=True)
    postgres.sql(
        "CREATE SCHEMA thu",
        'CREATE TABLE thu."LastLogins" (username text, auth_user text, last_login bigint)',
        "INSERT INTO thu.\"LastLogins\" SELECT 'hop' || n || '@x', 'hop' || n || '@x', 1000 + n"
        " FROM generate_series(1, 20000) n",
        "INSERT INTO thu.\"LastLogins\" VALUES ('hop1@x', 'poller', 50000), (NULL, NULL, NULL)",
        url=made,
    )
    return made


def logins(url: str, **table: str) -> LastLogins:
    made = Table(url, **{"table": "thu.LastLogins", **table})  # type: ignore[arg-type]
    return LastLogins(made, frozenset({"poller"}), lambda user: user)


def test_reading(url: str) -> None:
    told = logins(url).read({}, NOW)
    assert len(told.evidence) == 20_000 and told.problems == {"value": 1}
    assert {(one.since, one.until) for one in told.coverage if one.mailbox == "hop1@x"} == {(1001, 50_000)}


def test_it_cannot_write(url: str) -> None:
    reader = logins(url)
    with reader._engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="read-only"):
        connection.execute(sa.text('DELETE FROM thu."LastLogins"'))


@pytest.mark.parametrize("table", [{"table": "thu.none"}, {"at": "none"}, {"at": "username"}])
def test_what_is_not_there(url: str, table: dict[str, str]) -> None:
    if table == {"at": "username"}:
        assert logins(url, **table).read({}, NOW).problems == {"value": 20_002}
        return
    with pytest.raises(LastLoginFailed, match="does not exist") as caught:
        logins(url, **table).read({}, NOW)
    assert "\n" not in str(caught.value)
