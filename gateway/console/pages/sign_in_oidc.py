"""Signing in through an OpenID provider: to it, and back. Nobody comes in without an account here or a group's role."""

from __future__ import annotations

import base64
import binascii

from starlette.responses import RedirectResponse, Response

from gateway.console.accounts import OIDC, Role, User, clean_name
from gateway.console.brakes import network_key
from gateway.console.errors import AccountRefused, Refused
from gateway.console.oidc import Begun, OidcClient
from gateway.console.oidc_provider import OidcAway, OidcError
from gateway.console.oidc_roles import Person
from gateway.console.pages.sign_in import begun, wanted
from gateway.console.sessions import same
from gateway.console.visit import Visit
from gateway.logs import get_logger

_COOKIE = "oidc"
_BY = "(oidc)"  # who made or changed an account, on record: no account has this name
_SECONDS = 600  # for which a sign-in may be on its way
_log = get_logger("console")


def leave(visit: Visit) -> Response:
    """To the provider."""
    client = _client(visit)
    made = Begun.new()
    try:
        address = client.address(made, visit.now)
    except OidcError as error:
        raise _away(error) from None
    path = base64.urlsafe_b64encode(wanted(visit.asked("toi")).encode()).decode().rstrip("=")
    response = RedirectResponse(address, 303)
    visit.keep(response, _COOKIE, f"{made.state}.{made.nonce}.{made.verifier}.{path}", seconds=_SECONDS)
    return response


def come_back(visit: Visit) -> Response:
    """From the provider: who is it, and may he come in?"""
    client = _client(visit)
    held = visit.request.cookies.get(visit.cookie(_COOKIE), "").split(".")
    if len(held) != 4 or not held[0] or not same(visit.asked("state"), held[0]):
        raise Refused(400, "This sign-in was not begun here; begin again.", "Hãy đăng nhập lại từ đầu.")
    person = _person(visit, client, Begun(*held[:3]))
    user = admitted(visit, person) if person is not None else None
    if user is not None:
        visit.record("sign-in", user.name, "oidc", by=user.name)
        response = begun(visit, user, wanted(_path(held[3])) or "/")
    else:
        response = _refused(visit, person)
    visit.forget(response, _COOKIE)
    return response


def _person(visit: Visit, client: OidcClient, held: Begun) -> Person | None:
    """Whom the provider names; None where it names nobody, or is not to be believed. Refused where it is away."""
    code = visit.asked("code")
    if not code:
        return None
    try:
        return client.person(code, held, visit.now)
    except OidcAway as error:
        raise _away(error) from None
    except OidcError as error:
        _log.warning("console.oidc", error=str(error))
        return None


def admitted(visit: Visit, person: Person) -> User | None:
    """The open account of this person, made or changed as the groups say; None where there is none.

    An account that was made here keeps the role that it was given here. What is done is on record first.
    """
    accounts = visit.services.accounts
    user = accounts.find(person.name)
    if user is not None and (user.disabled or user.way != OIDC):
        return None if user.disabled else user
    if person.role is None:
        if user is not None:
            visit.services.sessions.end_all(user.name)
        return None
    said = f"{person.role.label}, oidc: {', '.join(person.by)}"
    if user is None:
        return _made(visit, person, person.role, said)
    if user.role is not person.role:
        visit.record("user-role", user.name, f"{user.role.label} -> {said}", by=_BY)
        accounts.set_role(user.name, person.role, provider=True)
    return accounts.find(user.name)


def _made(visit: Visit, person: Person, role: Role, said: str) -> User | None:
    """A new account; None where the name is none."""
    try:
        name = clean_name(person.name)
        visit.record("user-add", name, said, by=_BY)
        return visit.services.accounts.add(name, None, role, person.full_name, way=OIDC)
    except AccountRefused as error:
        visit.record("not-done", person.name, f"user-add: {error}", by=_BY)
        return None


def _refused(visit: Visit, person: Person | None) -> Response:
    name = person.name if person is not None else ""
    visit.record("sign-in-failed", name or "?", "oidc", by=name or "?")
    if person is None:
        return visit.page("sign-in.html", 401, wanted="", name="", wrong=False, unproved=True)
    return visit.page("sign-in.html", 403, wanted="", name="", wrong=False, stranger=name)


def _path(text: str) -> str:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, ValueError):
        return ""


def _away(error: OidcError) -> Refused:
    _log.warning("console.oidc", error=str(error))
    return Refused(
        503,
        "The sign-in service does not answer; try again in a minute, or sign in with a password.",
        "Dịch vụ đăng nhập không trả lời; hãy thử lại sau một phút, hoặc đăng nhập bằng mật khẩu.",
    )


def _client(visit: Visit) -> OidcClient:
    """The provider's; as often as a password may be tried."""
    client = visit.services.oidc
    if client is None:
        raise Refused(404, "There is no such page.", "Không có trang này.")
    if not visit.services.sign_in_brake.allows(network_key(visit.client), visit.now):
        raise Refused(429, "Too many attempts; wait five minutes.", "Quá nhiều lần thử; hãy đợi năm phút.")
    return client
