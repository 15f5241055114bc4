"""What accounts and sessions promise, on whatever database. A subclass gives the fixture `stores`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gateway.console.accounts import Accounts, Lockout, Role, User
from gateway.console.errors import AccountRefused
from gateway.console.sessions import Sessions
from tests.support.stores import Stores

PASSWORD = "mot mat khau dai"
NOW = 1_790_000_000.0


@pytest.fixture
def accounts(stores: Stores) -> Accounts:
    """Two administrators and one who looks."""
    made = stores.accounts
    made.add("quantri", PASSWORD, Role.ADMINISTRATOR, "Trần Thị Quản Trị")
    made.add("Hoa@tinh.example", PASSWORD, Role.ADMINISTRATOR)
    made.add("xem", PASSWORD, Role.VIEWER, "  Nguyễn   Văn Xem ")
    return made


@pytest.fixture
def sessions(stores: Stores) -> Sessions:
    """Half an hour of idleness, an hour in all."""
    return stores.sessions


def looker(accounts: Accounts) -> User:
    """Who looks."""
    found = accounts.find("xem")
    assert found is not None
    return found


class AccountsContract:
    """Who may come in."""

    def test_what_was_made_is_found(self, accounts: Accounts) -> None:
        assert [one.name for one in accounts.list()] == ["hoa@tinh.example", "quantri", "xem"]
        found = accounts.find(" XEM ")
        assert found is not None
        assert (found.full_name, found.role, found.disabled, found.outside) == (
            "Nguyễn Văn Xem",
            Role.VIEWER,
            False,
            False,
        )
        assert accounts.find("khong") is None

    def test_a_name_is_given_once(self, accounts: Accounts) -> None:
        with pytest.raises(AccountRefused, match="there is an account xem already"):
            accounts.add("Xem", PASSWORD + "2", Role.ADMINISTRATOR)
        assert accounts.check("xem", PASSWORD, NOW) is not None
        assert looker(accounts).role is Role.VIEWER

    def test_the_right_password_only(self, accounts: Accounts) -> None:
        user = accounts.check(" Xem ", PASSWORD, NOW)
        assert user is not None and user.name == "xem"
        assert looker(accounts).last_login == NOW
        for name, password in (("xem", PASSWORD + "x"), ("khong", PASSWORD), ("", ""), ("xem", "")):
            assert accounts.check(name, password, NOW) is None
        assert looker(accounts).failures == 2

    def test_another_server_knows_it(self, stores: Stores) -> None:
        asked: list[tuple[str, str, str]] = []

        def outside(*told: str) -> bool:
            asked.append((told[0], told[1], told[2]))
            return told[2] == "đúng"

        accounts = Accounts(stores.database, Lockout(), outside)
        assert accounts.add("ngoai", None, Role.VIEWER, way="ldap").outside
        assert accounts.check("ngoai", "sai", NOW) is None
        assert accounts.check("ngoai", "đúng", NOW) is not None
        assert asked == [("ldap", "ngoai", "sai"), ("ldap", "ngoai", "đúng")]

    def test_a_lock_out_ends(self, accounts: Accounts) -> None:
        for _ in range(3):
            accounts.check("xem", "sai", NOW)
        assert looker(accounts).locked_until == NOW + 900
        assert accounts.check("xem", PASSWORD, NOW + 899) is None
        assert accounts.check("xem", PASSWORD, NOW + 899, known=True) is not None
        assert accounts.check("xem", PASSWORD, NOW + 901) is not None
        assert (looker(accounts).failures, looker(accounts).locked_until) == (0, 0)

    def test_it_is_unlocked_by_hand(self, accounts: Accounts) -> None:
        for _ in range(3):
            accounts.check("xem", "sai", NOW)
        accounts.unlock("xem")
        assert accounts.check("xem", PASSWORD, NOW) is not None

    def test_a_closed_account_is_closed(self, accounts: Accounts) -> None:
        accounts.disable("xem")
        assert accounts.check("xem", PASSWORD, NOW) is None
        accounts.disable("xem", False)
        assert accounts.check("xem", PASSWORD, NOW) is not None

    def test_the_last_administrator_stays(self, accounts: Accounts) -> None:
        accounts.set_role("quantri", Role.SECURITY)
        changes: tuple[Callable[[], None], ...] = (
            lambda: accounts.disable("hoa@tinh.example"),
            lambda: accounts.set_role("hoa@tinh.example", Role.VIEWER),
        )
        for change in changes:
            with pytest.raises(AccountRefused, match="last administrator"):
                change()
        assert accounts.check("hoa@tinh.example", PASSWORD, NOW) is not None

    def test_nobody_is_changed_who_is_not_there(self, accounts: Accounts) -> None:
        for change in (accounts.disable, accounts.unlock, lambda name: accounts.set_password(name, PASSWORD)):
            with pytest.raises(AccountRefused, match="there is no account"):
                change("khong")


class SessionsContract:
    """Who is in."""

    def test_it_is_found_by_its_id_alone(self, accounts: Accounts, sessions: Sessions) -> None:
        made = sessions.begin(looker(accounts), "192.0.2.7", NOW)
        found = sessions.find(made.id, NOW)
        assert found is not None
        assert (found.user.name, found.began, found.client) == ("xem", NOW, "192.0.2.7")
        assert sessions.find(made.id[::-1], NOW) is None

    def test_it_ends_by_idleness_and_by_age(self, accounts: Accounts, sessions: Sessions) -> None:
        used = sessions.begin(looker(accounts), "", NOW).id
        assert sessions.find(used, NOW + 1700) is not None  # alive for another half hour
        assert sessions.find(used, NOW + 3400) is not None
        assert sessions.find(used, NOW + 3700) is None
        idle = sessions.begin(looker(accounts), "", NOW).id
        assert sessions.find(idle, NOW + 1801) is None

    def test_it_ends_with_the_account_the_role_and_the_password(self, accounts: Accounts, sessions: Sessions) -> None:
        changes: tuple[Callable[[], None], ...] = (
            lambda: accounts.disable("xem"),
            lambda: accounts.disable("xem", False),
            lambda: accounts.set_role("xem", Role.SECURITY),
            lambda: accounts.set_password("xem", PASSWORD + "2"),
        )
        for change in changes:
            id_ = sessions.begin(looker(accounts), "", NOW).id
            change()
            assert sessions.find(id_, NOW) is None

    def test_one_or_all_are_ended(self, accounts: Accounts, sessions: Sessions) -> None:
        one, other, third = (sessions.begin(looker(accounts), "", NOW).id for _ in range(3))
        sessions.end(one)
        assert [sessions.find(id_, NOW) is not None for id_ in (one, other, third)] == [False, True, True]
        sessions.end_all("xem", other)
        assert [sessions.find(id_, NOW) is not None for id_ in (one, other, third)] == [False, True, False]

    def test_so_many_at_once(self, accounts: Accounts, sessions: Sessions) -> None:
        ids = [sessions.begin(looker(accounts), "", NOW + number).id for number in range(25)]
        alive = [sessions.find(id_, NOW + 30) is not None for id_ in ids]
        assert alive == [False] * 5 + [True] * 20, "the oldest ended"
