"""Names at a provider that are no account's here, but come to one when they are folded."""

from __future__ import annotations

import pytest

from gateway.console.accounts import Role
from gateway.console.errors import AccountRefused
from tests.unit.console.provider import Provider
from tests.unit.console.support import PASSWORD, Running
from tests.unit.console.test_oidc_roles import running, there
from tests.unit.console.test_sign_in_oidc import come_in

__all__ = ["running", "there"]


@pytest.mark.parametrize("name", ["\u212aien", "kien ", "\tkien", "\u00a0kien"])
def test_a_name_that_folds_to_anothers_is_not_his(running: Running, there: Provider, name: str) -> None:
    running.services.accounts.add("kien", PASSWORD, Role.ADMINISTRATOR)
    there.claims = {"preferred_username": name, "groups": ["xem"]}
    assert come_in(running.client(), there).status_code in (401, 403)


def test_no_account_is_made_under_a_folded_name(running: Running, there: Provider) -> None:
    there.claims = {"preferred_username": "\u212aien", "groups": ["quantri"]}
    assert come_in(running.client(), there).status_code == 403
    assert running.services.accounts.find("kien") is None
    with pytest.raises(AccountRefused):
        running.services.accounts.add("\u212aien", PASSWORD, Role.VIEWER)
