"""The application around the pages: who may see which, forms that are ours, bounded bodies, headers, errors.

Pages block (stores, Argon2), so each runs in a thread; there are few, and what waits, waits outside memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl, quote

import anyio
from starlette.applications import Starlette
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.console.assets import assets
from gateway.console.brakes import network_key
from gateway.console.errors import ConsoleError, Refused
from gateway.console.page import Page
from gateway.console.services import Services
from gateway.console.sessions import Session, same
from gateway.console.visit import Upload, Visit
from gateway.directory.errors import DirectoryError
from gateway.errors import JournalUnavailable
from gateway.logs import get_logger

_log = get_logger("console")
_Result = TypeVar("_Result")
_THREADS: Final = 8
_FIELDS: Final = 60
_UPLOADS: Final = 4  # large forms that are in memory at once
_SMALL: Final = 2**20  # bytes of a form that is none of them
_BODY_SECONDS: Final = 60.0
_HEADERS: Final = (
    ("content-security-policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
     "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
)  # fmt: skip
_STORE: Final = (("cache-control", "no-store"), ("x-robots-tag", "noindex, nofollow"))


@dataclass(slots=True)
class Site:
    """Some pages on one address. `public`: nobody signs in there; `frame`: the template around its pages."""

    services: Services
    pages: Sequence[Page]
    public: bool = False
    frame: str = "frame.html"
    threads: anyio.CapacityLimiter | None = field(default=None)
    uploading: int = 0

    def application(self) -> ASGIApp:
        """The ASGI application."""
        routes = [Route(page.path, self._endpoint(page), methods=list(page.methods)) for page in self.pages]
        routes.append(Route("/tinh/{tag}/{name}", _asset))
        handlers: Mapping[Any, Any] = {404: self._missing, 405: self._missing}
        app = Starlette(routes=routes, exception_handlers=handlers)
        app.router.redirect_slashes = False
        return _Headers(app, self)

    def _endpoint(self, page: Page) -> Any:
        async def endpoint(request: Request) -> Response:
            return await self._answer(request, page)

        return endpoint

    async def _answer(self, request: Request, page: Page | None) -> Response:
        visit = Visit(request, self.services, frame=self.frame)
        if page is None or request.method != "POST":
            return await self._run(lambda: self._guarded(visit, lambda: self._judged(visit, page)))
        stopped: Response | None = await self._run(lambda: self._guarded(visit, lambda: self._stopped(visit, page)))
        if stopped is not None:  # nothing is read of a form that its sender may not send
            return stopped
        large = page.uploads > 0 or page.most > _SMALL
        if large and self.uploading >= _UPLOADS:
            return await self._run(
                lambda: _problem(visit, 503, "Busy; try again.", "Đang bận; hãy thử lại sau ít phút.")
            )
        self.uploading += large
        try:
            return await self._sent(visit, page)
        finally:
            self.uploading -= large

    async def _sent(self, visit: Visit, page: Page) -> Response:
        """The answer to a form; it must be here within a minute."""
        try:
            with anyio.fail_after(_BODY_SECONDS):
                visit.form, visit.uploads = await _body(visit.request, page)
        except Refused as error:
            status, en, vi = error.status, str(error), error.vi
            return await self._run(lambda: _problem(visit, status, en, vi))
        except TimeoutError:
            return await self._run(lambda: _problem(visit, 408, "The form came too slowly.", "Biểu mẫu đến quá chậm."))
        except MultiPartException:
            return await self._run(
                lambda: _problem(visit, 400, "This form cannot be read.", "Không đọc được biểu mẫu.")
            )
        return await self._run(lambda: self._guarded(visit, lambda: self._done(visit, page)))

    async def _run(self, work: Callable[[], _Result]) -> _Result:
        if self.threads is None:
            self.threads = anyio.CapacityLimiter(_THREADS)
        return await anyio.to_thread.run_sync(work, limiter=self.threads)

    async def _missing(self, request: Request, _: Exception) -> Response:
        return await self._answer(request, None)

    def _guarded(self, visit: Visit, work: Callable[[], _Result]) -> _Result | Response:
        """A page's answer, or an error's page. What went wrong inside goes to the log and not to the reader."""
        try:
            return work()
        except Refused as error:
            return _problem(visit, error.status, str(error), error.vi)
        except ConsoleError as error:
            return _problem(visit, 400, str(error), error.vi)
        except (DirectoryError, JournalUnavailable) as error:
            _log.warning("console.store", path=visit.request.url.path[:200], error=str(error)[:300])
            vi = "Kho dữ liệu không trả lời; thư vẫn được xử lý. Hãy thử lại sau ít phút."
            return _problem(visit, 503, "The store does not answer; mail goes on. Try again in a few minutes.", vi)
        except Exception:
            _log.exception("console.failed", path=visit.request.url.path[:200])
            vi = "Trang này gặp lỗi; nhật ký hệ thống ghi chi tiết."
            return _problem(visit, 500, "This page failed; the log has the whole story.", vi)

    def _judged(self, visit: Visit, page: Page | None) -> Response:
        stopped = self._stopped(visit, page)
        if stopped is not None or page is None:
            return stopped or _to_sign_in(visit)
        return page.handler(visit)

    def _stopped(self, visit: Visit, page: Page | None) -> Response | None:
        """What is answered instead of the page; None for whoever may see it. Refused."""
        if not self.services.pages_brake.allows(network_key(visit.client), visit.now):
            raise Refused(429, "Too many requests; wait a minute.", "Quá nhiều yêu cầu; hãy đợi một phút.")
        if not self.public:
            visit.session = self._session(visit)
        visit.menu = self._menu(visit)
        if page is None:
            raise Refused(404, "There is no such page.", "Không có trang này.")
        if page.needs is not None and visit.session is None:
            return _to_sign_in(visit)
        if page.needs is not None and not visit.may(page.needs):
            raise Refused(403, "Your role may not do this.", "Vai trò của bạn không được phép làm việc này.")
        return None

    @staticmethod
    def _done(visit: Visit, page: Page) -> Response:
        _ours(visit)
        return page.handler(visit)

    def _session(self, visit: Visit) -> Session | None:
        held = visit.request.cookies.get(visit.cookie("session"), "")
        return self.services.sessions.find(held, visit.now) if held else None

    def _menu(self, visit: Visit) -> tuple[tuple[str, str, bool], ...]:
        path, found = visit.request.url.path, []
        for page in self.pages:
            if page.menu is not None and (page.needs is None or visit.may(page.needs)):
                here = path == page.path or (page.path != "/" and path.startswith(f"{page.path}/"))
                found.append((page.path, page.menu.of(visit.language), here))
        return tuple(found)


def _ours(visit: Visit) -> None:
    """A form that a page of ours made for this browser (OWASP: synchronizer token; Fetch metadata; Origin)."""
    headers = visit.request.headers
    origin = headers.get("origin", "")
    foreign = headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
    if origin and origin.partition("://")[2] != headers.get("host", ""):
        foreign = True
    if foreign or not same(visit.form.get("token", ""), visit.token):
        raise Refused(
            403,
            "The form has expired or came from elsewhere. Go back, load the page again and repeat.",
            "Biểu mẫu đã hết hạn hoặc đến từ nơi khác. Hãy quay lại, tải lại trang và làm lại.",
        )


def _to_sign_in(visit: Visit) -> Response:
    path = visit.request.url.path
    if visit.request.method == "GET" and visit.request.url.query:
        path += f"?{visit.request.url.query}"
    wanted = path if visit.request.method == "GET" and path != "/" else ""
    return visit.go(f"/dang-nhap?toi={quote(wanted[:400], safe='/')}" if wanted else "/dang-nhap")


def _problem(visit: Visit, status: int, en: str, vi: str) -> Response:
    return visit.page("problem.html", status, problem=en if visit.language == "en" else vi, code=status)


async def _body(request: Request, page: Page) -> tuple[dict[str, str], dict[str, Upload]]:
    """The form, at most `page.most` bytes of it. Refused."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data" and page.uploads:
        return await _multipart(request, page)
    if kind != "application/x-www-form-urlencoded":
        raise Refused(415, "This form cannot be read.", "Không đọc được biểu mẫu này.")
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        _bounded(len(content), page)
    try:
        text = content.decode("utf-8", "replace")
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS)), {}
    except ValueError as error:
        raise Refused(400, "This form cannot be read.", "Không đọc được biểu mẫu này.") from error


def _bounded(count: int, page: Page) -> None:
    if count > page.most:
        raise Refused(413, "Too much was sent.", "Dữ liệu gửi lên quá lớn.")


async def _multipart(request: Request, page: Page) -> tuple[dict[str, str], dict[str, Upload]]:
    seen, receive = 0, request.receive

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        _bounded(seen, page)
        return message

    bound = Request(request.scope, bounded)
    async with bound.form(max_files=page.uploads, max_fields=_FIELDS, max_part_size=page.most) as form:
        values: dict[str, str] = {}
        files: dict[str, Upload] = {}
        for name, value in form.multi_items():
            if isinstance(value, str):
                values[name] = value
            else:
                files[name] = Upload((value.filename or "")[:300], await value.read())
    return values, files


async def _asset(request: Request) -> Response:
    found = assets().get(request.path_params["name"])
    if found is None or found.tag != request.path_params["tag"]:
        return PlainTextResponse("not found\n", 404)
    for_ever = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(found.content, media_type=found.type, headers=for_ever)


class _Headers:
    """Puts the headers of security on every answer, of errors too; HEAD gets no body and a lost client no traceback."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app, self._site = app, site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._extra(scope, message["headers"])]
            await send(message)

        try:
            await self._app(scope, receive, guarded)
        except ClientDisconnect:
            return

    def _extra(self, scope: Scope, given: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        known = {name.lower() for name, _ in given}
        wanted = [*_HEADERS, *_STORE]
        if scope.get("scheme") == "https":
            wanted.append(("strict-transport-security", "max-age=31536000"))
        pairs = ((name.encode(), value.encode()) for name, value in wanted)
        return [(name, value) for name, value in pairs if name not in known]
