"""*Tài khoản*: who may come in, kept by administrators."""

from __future__ import annotations

from starlette.responses import Response

from gateway.console.accounts import Role, User
from gateway.console.errors import ConsoleError, Refused
from gateway.console.visit import Visit


def page(visit: Visit) -> Response:
    """Every account, and the form for a new one."""
    return _page(visit)


def _page(visit: Visit, problem: str = "", status: int = 200) -> Response:
    values = {"users": visit.services.accounts.list(), "roles": [role.label for role in Role]}
    return visit.page("users.html", status, problem=problem, **values)


def add(visit: Visit) -> Response:
    """Make an account."""
    try:
        role = _role(visit)
        name = visit.sent("name", 64).lower()
        visit.record("user-add", name or "?", role.label)
        visit.services.accounts.add(name, visit.form.get("password", "")[:1000], role, visit.sent("full_name", 200))
    except ConsoleError as error:
        return _refused(visit, error)
    return visit.go("/nguoi-dung", "tao")


def change(visit: Visit) -> Response:
    """Close or open an account, change its role or password, end a lock-out."""
    user = visit.services.accounts.find(visit.sent("name", 64))
    if user is None:
        raise Refused(404, "There is no such account.", "Không có tài khoản này.")
    try:
        _change(visit, user, visit.sent("deed", 20))
    except ConsoleError as error:
        return _refused(visit, error)
    return visit.go("/nguoi-dung", "doi")


def _change(visit: Visit, user: User, deed: str) -> None:
    accounts = visit.services.accounts
    if deed == "role":
        role = _role(visit)
        visit.record("user-role", user.name, f"{user.role.label} -> {role.label}")
        accounts.set_role(user.name, role)
    elif deed == "password":
        visit.record("user-password", user.name)
        accounts.set_password(user.name, visit.form.get("password", "")[:1000])
    elif deed in ("disable", "enable"):
        visit.record(f"user-{deed}", user.name)
        accounts.disable(user.name, deed == "disable")
    elif deed == "unlock":
        visit.record("user-unlock", user.name)
        accounts.unlock(user.name)
    else:
        raise Refused(400, "Choose what to do.", "Hãy chọn việc cần làm.")


def _refused(visit: Visit, error: ConsoleError) -> Response:
    visit.record("not-done", visit.sent("name", 64) or "?", str(error))
    return _page(visit, str(error) if visit.language == "en" else error.vi, 400)


def _role(visit: Visit) -> Role:
    try:
        return Role.named(visit.sent("role", 20))
    except ValueError as error:
        raise Refused(400, "Choose a role.", "Hãy chọn vai trò.") from error
