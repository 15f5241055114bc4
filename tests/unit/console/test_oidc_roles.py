"""Roles by groups: who comes in without an account made here, as what, and what of it is on record."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config_console import Oidc
from gateway.console.accounts import Accounts, Role
from gateway.console.errors import AccountRefused
from gateway.console.oidc_roles import Person, gives_roles, groups_of, person_of
from gateway.console.routes import PAGES
from gateway.console.services import Services
from gateway.console.web import Site
from gateway.journal.query import record_in
from gateway.journal.schema import decisions
from tests.unit.console.provider import CLIENT, SECRET, Provider, provider
from tests.unit.console.support import PASSWORD, Running, settings_in, sign_in
from tests.unit.console.test_sign_in_oidc import come_in

GROUPS = {"viewer_groups": ["xem"], "security_groups": ["attt", "truc"], "administrator_groups": ["quantri"]}
TABLE = Oidc.model_validate(GROUPS)


@pytest.fixture
def there() -> Iterator[Provider]:
    with provider() as made:
        yield made


@pytest.fixture
def running(there: Provider, tmp_path: Path) -> Iterator[Running]:
    (tmp_path / "secret").write_text(SECRET)
    oidc = {"issuer": there.issuer, "client_id": CLIENT, "client_secret_file": str(tmp_path / "secret"), **GROUPS}
    services = Services(settings_in(tmp_path, url="https://congthu.tinh.example", oidc=oidc))
    services.prepare()
    services.accounts.add("quantri", PASSWORD, Role.ADMINISTRATOR)
    services.accounts.add("xem", PASSWORD, Role.VIEWER)
    with asyncio.Runner() as runner:
        yield Running(services, Site(services, PAGES), runner)
    services.close()


def rows(running: Running) -> list[tuple[str, str, str, str]]:
    with running.services.journal() as connection, connection.begin():
        found = connection.execute(decisions.select().where(decisions.c.about.is_not(None)).order_by(decisions.c.id))
        made = [record_in(row.payload, row.time) for row in found]
    return [(one["what"], one["about"], one.get("text", ""), one["by"]) for one in made]


def test_somebody_with_a_group_gets_an_account(running: Running, there: Provider) -> None:
    there.claims = {"preferred_username": "Lan", "name": "Trần Thị Lan", "groups": ["khác", "truc", "xem"]}
    client = running.client()
    assert come_in(client, there).status_code == 303
    assert client.get("/").status_code == 200
    user = running.services.accounts.find("lan")
    assert user is not None and (user.role, user.full_name, user.way) == (Role.SECURITY, "Trần Thị Lan", "oidc")
    assert rows(running) == [
        ("user-add", "lan", "security, oidc: truc", "(oidc)"),
        ("sign-in", "lan", "oidc", "lan"),
    ]
    assert "vai trò theo nhóm" in client.get("/tai-khoan").text


def test_another_group_counts_at_the_next_sign_in_and_ends_what_was(running: Running, there: Provider) -> None:
    there.claims = {"preferred_username": "lan", "groups": ["quantri"]}
    before, after = running.client(), running.client()
    come_in(before, there)
    assert before.get("/nguoi-dung").status_code == 200
    there.claims["groups"] = "xem"  # a single one need be no list
    assert come_in(after, there).status_code == 303
    assert after.get("/nguoi-dung").status_code == 403
    assert before.get("/").headers["location"] == "/dang-nhap"
    assert ("user-role", "lan", "administrator -> viewer, oidc: xem", "(oidc)") in rows(running)


@pytest.mark.parametrize("groups", [None, [], ["khác"], "XEM", {"xem": 1}, 7, [["xem"]]])
def test_without_a_group_nobody_comes_in_and_reads_why(running: Running, there: Provider, groups: Any) -> None:
    there.claims = {"preferred_username": "<b>lan", "groups": groups}
    client = running.client()
    found = come_in(client, there)
    assert found.status_code == 403
    assert "chưa được cấp quyền vào đây" in found.text and "&lt;b&gt;lan" in found.text
    assert client.get("/").status_code == 303
    assert running.services.accounts.find("lan") is None
    assert rows(running)[-1][0] == "sign-in-failed"


def test_whose_group_was_taken_away_is_out(running: Running, there: Provider) -> None:
    there.claims = {"preferred_username": "lan", "groups": ["attt"]}
    inside = running.client()
    come_in(inside, there)
    there.claims["groups"] = []
    assert come_in(running.client(), there).status_code == 403
    assert inside.get("/").status_code == 303


def test_an_account_of_the_office_keeps_its_own_role_and_password(running: Running, there: Provider) -> None:
    there.claims = {"preferred_username": "xem", "groups": ["quantri"]}
    client = running.client()
    assert come_in(client, there).status_code == 303
    assert client.get("/nguoi-dung").status_code == 403
    there.claims["groups"] = []
    assert come_in(running.client(), there).status_code == 303
    assert sign_in(running.client(), "xem") == 303
    assert {what for what, *_ in rows(running)} == {"sign-in"}


def test_no_password_opens_an_account_that_groups_made(running: Running, there: Provider) -> None:
    there.claims = {"preferred_username": "lan", "groups": ["attt"]}
    come_in(running.client(), there)
    for password in ("oidc", "", PASSWORD, *["x" * 12] * 9):
        assert running.services.accounts.check("lan", password, 1e9) is None
    user = running.services.accounts.find("lan")
    assert user is not None and (user.failures, user.locked_until) == (0, 0.0), "no stranger's tries close it"
    assert come_in(running.client(), there).status_code == 303


def test_closed_by_an_administrator_it_stays_closed(running: Running, there: Provider) -> None:
    there.claims = {"preferred_username": "lan", "groups": ["attt"]}
    come_in(running.client(), there)
    running.services.accounts.disable("lan")
    there.claims["groups"] = ["quantri"]
    assert come_in(running.client(), there).status_code == 403
    user = running.services.accounts.find("lan")
    assert user is not None and user.role is Role.SECURITY


def test_a_name_that_is_none(running: Running, there: Provider) -> None:
    there.claims = {"preferred_username": "Có Dấu", "groups": ["attt"]}
    assert come_in(running.client(), there).status_code == 403
    assert [what for what, *_ in rows(running)] == ["not-done", "sign-in-failed"]


def test_the_last_administrator_is_one_of_the_office(running: Running, there: Provider) -> None:
    accounts: Accounts = running.services.accounts
    there.claims = {"preferred_username": "lan", "groups": ["quantri"]}
    come_in(running.client(), there)
    with pytest.raises(AccountRefused, match="last administrator"):
        accounts.disable("quantri")
    with pytest.raises(AccountRefused, match="groups"):
        accounts.set_role("lan", Role.VIEWER)
    accounts.set_role("lan", Role.VIEWER, provider=True)


def test_where_no_group_gives_a_role_only_accounts_count() -> None:
    assert gives_roles(TABLE) and not gives_roles(Oidc())
    assert person_of("an", {"groups": ["", "viewer"], "name": ["x"]}, Oidc()) == Person("an")


def test_a_claim_in_a_claim() -> None:
    nested = {"realm_access": {"roles": ["a", 7, "b" * 999, "", "c"]}, "a.b": "d", "a": {"b": "e"}}
    assert list(groups_of(nested, "realm_access.roles")) == ["a", "c"]
    assert list(groups_of(nested, "a.b")) == ["d"], "the claim of that very name"
    assert list(groups_of(nested, "realm_access.no.roles")) == []


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.sampled_from(["xem", "groups"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["groups", "a", "name"]), inner),
    max_leaves=12,
)


@given(
    st.dictionaries(st.sampled_from(["groups", "name", "a"]), _JSON), st.sampled_from(["groups", "a.groups", ".", "a"])
)
def test_any_claims_are_taken(claims: dict[str, Any], claim: str) -> None:
    found = person_of("an", claims, TABLE.model_copy(update={"roles_claim": claim}))
    assert found.role is None or set(found.by) <= {"xem"}
