"""Signing in and out, one's own password, the language of the pages."""

from __future__ import annotations

import time

from starlette.responses import Response

from gateway.console.accounts import User
from gateway.console.brakes import network_key
from gateway.console.devices import SECONDS
from gateway.console.errors import AccountRefused, Refused
from gateway.console.patience import Late
from gateway.console.sessions import Session
from gateway.console.visit import LANGUAGES, Visit, is_local
from gateway.logs import get_logger

_log = get_logger("console")


def form(visit: Visit) -> Response:
    """The form; whoever is in already goes on."""
    if visit.session is not None:
        return visit.go("/")
    return visit.page("sign-in.html", wanted=wanted(visit.asked("toi")), name="", wrong=False)


def sign_in(visit: Visit) -> Response:
    """Take a name and a password. What was wrong with them is not told."""
    services, path, began = visit.services, wanted(visit.sent("toi", 500)), time.monotonic()
    name, password = visit.sent("name", 64).lower(), visit.form.get("password", "")[:1000]
    device = services.devices.name(visit.request.cookies.get(visit.cookie("device"), ""), services.accounts.find(name))
    if not services.sign_in_brake.allows(f"device {device}" if device else network_key(visit.client), visit.now):
        raise _slower()
    if not device and not services.names_brake.allows(name, visit.now):
        raise _slower()
    user = _checked(visit, name, password, known=bool(device))
    if user is None:
        visit.record("sign-in-failed", name or "?", by=name or "?")
        page = visit.page("sign-in.html", 401, wanted=path, name=name, wrong=True)
        return Late(page, services.patience.until(began, time.monotonic()))
    services.names_brake.give_back(name)
    visit.record("sign-in", user.name, by=user.name)
    return begun(visit, user, path or "/")


def _checked(visit: Visit, name: str, password: str, *, known: bool) -> User | None:
    """The account; None, too, where nobody could be asked about the password: that counts for nothing."""
    from gateway.console.outside import OutsideBusy

    try:
        return visit.services.accounts.check(name, password, visit.now, known=known)
    except OutsideBusy as error:
        _log.warning("console.sign_in", error=str(error))
        return None


def _slower() -> Refused:
    return Refused(429, "Too many attempts; wait five minutes.", "Quá nhiều lần thử; hãy đợi năm phút.")


def begun(visit: Visit, user: User, path: str) -> Response:
    """In, with a session that is new whatever the browser had before."""
    session = visit.services.sessions.begin(user, visit.client, visit.now)
    response = visit.go(path)
    visit.keep(response, "session", session.id, seconds=int(visit.services.settings.console.lifetime))
    visit.forget(response, "form")
    if (now := visit.services.accounts.find(user.name)) is not None:
        visit.keep(response, "device", visit.services.devices.cookie(now), seconds=SECONDS)
    return response


def sign_out(visit: Visit) -> Response:
    """End this session."""
    session = _session(visit)
    visit.record("sign-out", session.user.name)
    visit.services.sessions.end(session.id)
    response = visit.go("/dang-nhap")
    visit.forget(response, "session")
    return response


def account(visit: Visit) -> Response:
    """One's own account."""
    return visit.page("account.html", user=_session(visit).user, problem="")


def change_password(visit: Visit) -> Response:
    """A new password for oneself: the old one is asked for, and every other session ends."""
    user, accounts = _session(visit).user, visit.services.accounts
    if not visit.services.sign_in_brake.allows(f"password {user.name}", visit.now):
        raise _slower()
    old, new = visit.form.get("old", "")[:1000], visit.form.get("new", "")[:1000]
    try:
        if user.outside:
            raise AccountRefused("another server keeps this password", "Mật khẩu này do máy chủ khác giữ.")
        if new != visit.form.get("again", "")[:1000]:
            raise AccountRefused("the new passwords differ", "Hai lần nhập mật khẩu mới khác nhau.")
        if accounts.check(user.name, old, visit.now) is None:
            visit.record("not-done", user.name, "user-password: the old password is wrong")
            raise AccountRefused("the old password is wrong", "Mật khẩu cũ không đúng.")
        visit.record("user-password", user.name)
        accounts.set_password(user.name, new)
    except AccountRefused as error:
        problem = str(error) if visit.language == "en" else error.vi
        return visit.page("account.html", 400, user=user, problem=problem)
    return begun(visit, user, "/tai-khoan?xong=mat-khau")


def language(visit: Visit) -> Response:
    """Remember the language, and go back."""
    response = visit.go(wanted(visit.asked("toi")) or "/")
    chosen = visit.part("language")
    if chosen in LANGUAGES:
        response.set_cookie(
            "congthu-language", chosen, max_age=31_536_000, path="/", secure=visit.secure, httponly=True, samesite="lax"
        )
    return response


def wanted(path: str) -> str:
    """A page of ours that was asked for before the sign-in; "" for any other address."""
    return path if is_local(path) and not path.startswith("/dang-nhap") else ""


def _session(visit: Visit) -> Session:
    assert visit.session is not None  # the page's row asks for a role
    return visit.session
