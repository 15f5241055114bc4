"""A real Chromium does every deed of the console once: each is seen on a page afterwards and is in the record.

And the pages as they are for those who use a keyboard, a phone, a screen reader, English, or paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import axe_core_python  # type: ignore[import-untyped]  # it has no types
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from gateway.console.accounts import Role
from gateway.console.routes import PAGES
from gateway.console.words import DEEDS
from tests.services.test_console import _LOOKED_AT, Office, chromium, office, page_of  # noqa: F401 -- two are fixtures

pytestmark = pytest.mark.service("chromium")

NOT_HERE = {"/dang-nhap/oidc", "/dang-nhap/oidc/xong"}
"""They need a provider: tests/unit/console/test_sign_in_oidc.py."""
NEW = "mat khau moi cua an"
TCVN3 = "Céng hßa x· héi chñ nghÜa ViÖt Nam"
BOX = "nvan.q4@tphcm.gov.vn"
PHONE = 375
_SENDER = "/nguoi-gui/xem?dia-chi=lkphuc.q4@tphcm.gov.vn"
HERE = ("/quyet-dinh", "/nguoi-gui", "/hop-thu", "/bao-cao", "/chuyen-ma", "/nhat-ky", "/tai-khoan")
"""In English, at a phone's width, all unfolded; the others are looked at in Vietnamese, in test_console.py."""
_AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text()
_UNFOLD = "document.querySelectorAll('details').forEach(one => { one.open = true })"
_FOUND = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'best-practice']})"
_FOCUSED = """() => {
  const one = document.activeElement, look = getComputedStyle(one);
  return {tag: one.tagName, name: one.name || one.getAttribute('href') || '', rim: look.outlineStyle};
}"""
_CONTROLS = "document.querySelectorAll('main input:not([type=hidden]), main select, main button, main textarea').length"


def fill(form: Locator, fields: dict[str, str]) -> None:
    """Write into a form, and choose."""
    for name, value in fields.items():
        field = form.locator(f"[name={name}]").first
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


class Walk:
    """Somebody's window. `asked`: the requests that it made, as (method, path)."""

    def __init__(self, where: Office, browser: Browser, role: Role, asked: set[tuple[str, str]]) -> None:
        self.page: Page = page_of(where, browser, role)
        asked |= {("GET", "/dang-nhap"), ("POST", "/dang-nhap")}
        self.page.on("request", lambda request: asked.add((request.method, urlsplit(request.url).path)))
        self.page.on("dialog", lambda dialog: dialog.accept())

    def form(self, action: str, path: str = "") -> Locator:
        """A form of a page, with all that is folded away in it unfolded."""
        if path:
            self.page.goto(path)
        self.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        return self.page.locator(f"form[action='{action}']").first

    def sends(self, form: Locator, button: str = "button", **fields: str) -> str:
        """Fill it in and send it; what the page then says."""
        fill(form, fields)
        with self.page.expect_navigation():
            form.locator(button).first.click()
        return self.page.inner_text("body")

    def gets(self, form: Locator, button: str = "button", **fields: str) -> bytes:
        """The same, for a form that gives a file."""
        fill(form, fields)
        with self.page.expect_download() as download:
            form.locator(button).first.click()
        return Path(download.value.path()).read_bytes()

    def recorded(self, deed: str, about: str = "") -> None:
        """The newest row of the record that a person made says so; the gateway's own passes come when they come."""
        self.page.goto("/nhat-ky")
        row = next(one for one in self.page.locator("tbody tr").all_inner_texts() if "\tcongthu\t" not in one)
        assert DEEDS[deed].vi in row and about in row, row

    def ends(self) -> None:
        """Nothing was wrong in the browser's eyes."""
        assert self.page.said == []  # type: ignore[attr-defined]
        self.page.context.close()


@pytest.fixture(scope="module")
def asked() -> set[tuple[str, str]]:
    return set()


@pytest.fixture(scope="module")
def walk(office: Office, chromium: Browser, asked: set[tuple[str, str]]) -> Iterator[Walk]:  # noqa: F811
    made = Walk(office, chromium, Role.ADMINISTRATOR, asked)
    yield made
    made.ends()


def test_a_decision_is_judged_and_exempted_and_the_list_exported(walk: Walk) -> None:
    walk.page.goto("/quyet-dinh?rule=vietnamese-charset&action=reject")
    reference = walk.page.inner_text("td a.mono >> nth=0")
    form = walk.form(f"/quyet-dinh/{reference}/danh-gia", f"/quyet-dinh/{reference}")
    form.locator("input[value=false-alarm]").check()
    assert "Phông chữ của máy quét" in walk.sends(form, note="Phông chữ của máy quét")
    walk.recorded("false-alarm", reference)
    said = walk.sends(walk.form("/quy-che/lenh/mien-tru", f"/quyet-dinh/{reference}"), reason="Công văn 12/CV-VP")
    assert "Công văn 12/CV-VP" in said and reference in said
    walk.recorded("rule-exempt")
    for kind, head in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        form = walk.form(f"/quyet-dinh/xuat/{kind}", "/quyet-dinh?rule=vietnamese-charset")
        assert walk.gets(form).startswith(head)
        walk.recorded("export")


def test_a_rule_is_switched_and_the_order_withdrawn(walk: Walk) -> None:
    form = walk.form("/quy-che/lenh/che-do", "/quy-che/lenh")
    assert "Thử tuần đầu" in walk.sends(form, rule="dangerous-type", mode="observe", reason="Thử tuần đầu")
    walk.recorded("rule-mode")
    form = walk.form("/quy-che/lenh/thu-hoi", "/quy-che/lenh")
    number = form.locator("[name=number]").input_value()
    assert "Xong thử nghiệm" in walk.sends(form, reason="Xong thử nghiệm")
    walk.recorded("rule-withdraw", number)


def test_a_rule_that_would_refuse_much_is_switched_on_only_when_seen(walk: Walk) -> None:
    form = walk.form("/quy-che/lenh/che-do", "/quy-che/lenh")
    said = walk.sends(form, rule="auto-forward", mode="enforce", reason="Bắt đầu áp dụng")
    if "Tôi đã xem" in said:
        form = walk.form("/quy-che/lenh/che-do")
        form.locator("[name=sure]").check()
        said = walk.sends(form, reason="Bắt đầu áp dụng")
    assert "Bắt đầu áp dụng" in said
    walk.recorded("rule-mode")


def test_a_sender_is_locked_and_released(walk: Walk) -> None:
    who = "tqminh.q4@tphcm.gov.vn"
    assert "Khóa" in walk.sends(walk.form("/nguoi-gui/khoa", "/nguoi-gui"), who=who, reason="Mất máy tính")
    walk.recorded("sender-lock", who)
    form = walk.form("/nguoi-gui/go", f"/nguoi-gui/xem?dia-chi={who}")
    assert "16/CV-PQLDT" in walk.sends(form, confirmation="16/CV-PQLDT")
    walk.recorded("sender-release", who)


def test_a_mailbox_is_locked_and_opened_again(walk: Walk) -> None:
    page = f"/hop-thu/xem?dia-chi={BOX}"
    walk.sends(walk.form("/hop-thu/khoa", page), because="hand", reason="Nghỉ hưu")
    walk.recorded("mailbox-lock", BOX)
    walk.sends(walk.form("/hop-thu/mo", page), number="17/CV-PQLDT")
    walk.recorded("mailbox-reopen", BOX)
    assert walk.page.goto("/hop-thu") is not None
    walk.form("/hop-thu/khoa", page)
    assert walk.page.locator("form[action='/hop-thu/khoa']").count() == 1


def test_a_request_is_answered(walk: Walk) -> None:
    form = walk.form("/yeu-cau/tra-loi", "/yeu-cau")
    reference = form.locator("[name=reference]").input_value()
    assert "Đã tạo hộp thư mới" in walk.sends(form, text="Đã tạo hộp thư mới")
    walk.recorded("request-answer", reference)


def test_reports_and_an_archive_are_made(walk: Walk) -> None:
    form = walk.form("/bao-cao/lap", "/bao-cao")
    kinds = [one.get_attribute("value") for one in form.locator("button[name=format]").all()]
    names = [str(one.get_attribute("value")) for one in form.locator("[name=name] option").all()]
    assert sorted(map(str, kinds)) == ["csv", "html", "pdf", "xlsx"] and len(names) == 8
    heads = {"csv": b"\xef\xbb\xbf", "pdf": b"%PDF", "xlsx": b"PK"}
    for kind, head in heads.items():
        assert walk.gets(walk.form("/bao-cao/lap", "/bao-cao"), f"button[value={kind}]").startswith(head)
        walk.recorded("report")
    form = walk.form("/bao-cao/thanh-tra", "/bao-cao")
    today = form.locator("[name=last]").get_attribute("max") or "2026-12-31"
    assert walk.gets(form, first="2026-01-01", last=today).startswith(b"PK")
    walk.recorded("inspection")


def test_a_report_is_read_in_the_browser(walk: Walk) -> None:
    said = walk.sends(walk.form("/bao-cao/lap", "/bao-cao"), "button[value=html]")
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in said
    walk.recorded("report")


def test_a_text_is_converted_and_taken_away(walk: Walk) -> None:
    form = walk.form("/chuyen-ma", "/chuyen-ma")
    walk.sends(form, "button[value=xem]", van_ban=TCVN3)
    assert "Cộng hòa xã hội".encode() in walk.gets(walk.form("/chuyen-ma/tai-ve"), "button:not([type=button])")


def test_accounts_are_made_changed_and_closed(walk: Walk) -> None:
    form = walk.form("/nguoi-dung/tao", "/nguoi-dung")
    assert "Lê Thị An" in walk.sends(form, name="an.le", full_name="Lê Thị An", password="mat khau dau tien")
    walk.recorded("user-add", "an.le")
    for deed, change in (("role", "user-role"), ("password", "user-password"), ("disable", "user-disable")):
        own = f"form[action='/nguoi-dung/sua']:has([name=name][value='an.le']):has(button[value={deed}])"
        walk.form("/nguoi-dung/sua", "/nguoi-dung")
        fields = {"role": {"role": "security"}, "password": {"password": NEW}}.get(deed, {})
        walk.sends(walk.page.locator(own), f"button[value={deed}]", **fields)
        walk.recorded(change, "an.le")


def test_who_is_signed_in_changes_language_and_password_and_leaves(
    office: Office,  # noqa: F811
    chromium: Browser,  # noqa: F811
    asked: set[tuple[str, str]],
) -> None:
    walk = Walk(office, chromium, Role.VIEWER, asked)
    walk.page.click("text=English")
    expect(walk.page.locator("nav.menu")).to_contain_text("Overview", timeout=60_000)
    walk.page.click("text=Tiếng Việt")
    expect(walk.page.locator("nav.menu")).to_contain_text("Tổng quan", timeout=60_000)
    form = walk.form("/tai-khoan", "/tai-khoan")
    walk.sends(form, old="mat khau du dai de thu", new=NEW, again=NEW)
    assert "mat-khau" in walk.page.url
    with walk.page.expect_navigation():
        walk.page.click("form[action='/dang-xuat'] button")
    assert walk.page.url.endswith("/dang-nhap") or "dang-nhap" in walk.page.url
    walk.ends()


def judged(page: Page) -> None:
    """Nothing wide, nothing that axe calls a fault."""
    page.evaluate(_UNFOLD)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} pixels too wide"
    page.evaluate(_AXE)
    found = page.evaluate(_FOUND)
    assert len(found["passes"]) > 10
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == [], page.url


def test_axe_looks_at_each_page_somewhere() -> None:
    seen = {path.partition("?")[0] for paths in (HERE, *_LOOKED_AT.values()) for path in paths}
    pages = {page.path for page in PAGES if "GET" in page.methods and page.needs is not None}
    assert pages - seen == {"/quyet-dinh/{reference}"}  # the test below opens one


def test_pages_in_english_on_a_phone(office: Office, chromium: Browser) -> None:  # noqa: F811
    page = page_of(office, chromium, Role.ADMINISTRATOR, PHONE)
    page.goto("/ngon-ngu/en")
    for path in HERE:
        page.goto(path)
        judged(page)
    page.goto("/quyet-dinh?action=reject")
    page.click("td a.mono >> nth=0")
    page.wait_for_selector("h1.mono")
    judged(page)
    assert page.said == []  # type: ignore[attr-defined]
    page.context.close()


def test_the_keyboard_reaches_everything_and_shows_where_it_is(office: Office, chromium: Browser) -> None:  # noqa: F811
    page = page_of(office, chromium, Role.ADMINISTRATOR)
    page.goto(_SENDER)
    page.keyboard.press("Tab")
    assert page.evaluate(_FOCUSED) == {"tag": "A", "name": "#noi-dung", "rim": "solid"}
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'noi-dung'")
    page.evaluate(_UNFOLD)
    controls, met = page.evaluate(_CONTROLS), 0
    for _ in range(80):
        page.keyboard.press("Tab")
        one = page.evaluate(_FOCUSED)
        if one["tag"] == "BODY":
            break
        assert one["rim"] == "solid", one
        met += one["tag"] in ("INPUT", "SELECT", "BUTTON", "TEXTAREA")
    assert met == controls > 4
    page.context.close()


def test_paper_shows_what_is_folded_away(office: Office, chromium: Browser) -> None:  # noqa: F811
    page = page_of(office, chromium, Role.SECURITY)
    page.goto("/quy-che")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0 < page.locator("details[open]").count()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0
    page.context.close()


def test_no_page_and_no_deed_was_left_out(walk: Walk, asked: set[tuple[str, str]]) -> None:
    """Runs last: it looks at what the tests above have asked for."""
    for page in PAGES:
        if "GET" in page.methods and "{" not in page.path and page.path not in NOT_HERE:
            walk.page.goto(page.path if not page.path.endswith("/xem") else f"{page.path}?dia-chi={BOX}")
    patterns = {
        (method, page.path): re.compile(re.sub(r"\{\w+\}", "[^/]+", page.path) + r"\Z")
        for page in PAGES
        for method in page.methods
        if page.path not in NOT_HERE
    }
    walked = {
        key for key, pattern in patterns.items() for method, path in asked if method == key[0] and pattern.match(path)
    }
    assert set(patterns) - walked == set()
