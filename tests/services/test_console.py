"""The console as people meet it: `congthu run`, a real Chromium, every page walked; and what its death does to mail."""

from __future__ import annotations

import os
import re
import signal
import smtplib
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import axe_core_python  # type: ignore[import-untyped]  # it has no types
import psutil  # type: ignore[import-untyped]  # no stubs in the lock
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from gateway.cli.demo import sample
from gateway.cli.demo_weeks import fill
from gateway.config_file import load
from gateway.console.accounts import Accounts, Role
from gateway.directory.store import DirectoryStore
from tests.support.congthu import Gateway, listener
from tests.support.ports import HOST, free_port
from tests.support.processes import Daemon, run, words_of

pytestmark = pytest.mark.service("chromium")

_PASSWORD = "mat khau du dai de thu"
_PATIENCE = 90_000.0  # milliseconds for a page, an element, a file
_PATHS = (
    "/",
    "/?ngay=90",
    "/quyet-dinh",
    "/quyet-dinh?action=reject&period=30",
    "/nguoi-gui",
    "/nguoi-gui/xem?dia-chi=lkphuc.q4@tphcm.gov.vn",
    "/hop-thu",
    "/hop-thu/xem?dia-chi=nvan.q4@tphcm.gov.vn",
    "/yeu-cau",
    "/quy-che",
    "/quy-che/lenh",
    "/bao-cao",
    "/chuyen-ma",
    "/nhat-ky",
    "/nguoi-dung",
    "/tai-khoan",
    "/khong-co",
)
_LOOKED_AT = {  # by axe, at each width: it takes a second a page, and the others are made of the same parts
    1280: (
        "/",
        "/nguoi-gui/xem?dia-chi=lkphuc.q4@tphcm.gov.vn",
        "/yeu-cau",
        "/quy-che",
        "/quy-che/lenh",
        "/nguoi-dung",
    ),
    390: ("/", "/hop-thu/xem?dia-chi=nvan.q4@tphcm.gov.vn"),
}


class Office(Gateway):
    """A district's gateway with a console, over two weeks of invented mail."""

    def __init__(self) -> None:
        self.port_staff, self.port_public = free_port(), free_port()
        sites = {"bind": f"{HOST}:{self.port_staff}", "public_bind": f"{HOST}:{self.port_public}"}
        sites["public_url"] = f"http://{HOST}:{self.port_public}"
        own = {"domains": ["tphcm.gov.vn"], "regulation": "tphcm-q4-03-2013", "shutdown_timeout": "3s"}
        upstreams = {"m": {"maildir": "maildir"}}
        super().__init__([listener("m")], upstreams, gateway=own, console=sites)

    @property
    def url(self) -> str:
        """The console's address."""
        return f"http://{HOST}:{self.port_staff}"

    def prepare(self) -> None:
        """Mail, and an account for each role."""
        self.write_config()
        settings = load(self.config)
        fill(settings, time.time())
        accounts = Accounts(DirectoryStore(settings.store.url, settings.gateway.data_dir).database)
        accounts.prepare()
        for role in Role:
            accounts.add(role.label, _PASSWORD, role, f"Cán bộ {role.label}")

    def console(self) -> psutil.Process | None:
        """The console's process."""
        for child in psutil.Process(self.daemon.pid).children():
            if "gateway.console.app:App" in " ".join(words_of(child)):
                return child
        return None

    def answers_staff(self) -> bool:
        """Whether the console answers."""
        return run(["curl", "-sf", "-o", os.devnull, f"{self.url}/dang-nhap"]).returncode == 0

    def send(self, kind: str) -> int:
        """One of the demo's messages; the reply's code."""
        try:
            with smtplib.SMTP(HOST, self.port, timeout=60) as client:
                client.send_message(sample(kind), "vanthu@so.example", ["q4@tphcm.gov.vn"])
        except smtplib.SMTPResponseException as error:
            return error.smtp_code
        return 250


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    made = Office()
    made.prepare()
    with made:
        made.daemon.wait_until(made.answers_staff, "the console")
        yield made


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        yield browser
        browser.close()


def page_of(office: Office, chromium: Browser, role: Role, width: int = 1280) -> Page:
    """A page of somebody who signed in; whatever its console says is an error."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, base_url=office.url)
    context.set_default_timeout(_PATIENCE)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.said = said  # type: ignore[attr-defined]
    page.goto("/dang-nhap")
    page.fill("input[name=name]", role.label)
    page.fill("input[name=password]", _PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{office.url}/")
    return page


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_fits_and_is_accessible(office: Office, chromium: Browser, width: int) -> None:
    page = page_of(office, chromium, Role.ADMINISTRATOR, width)
    axe = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text()
    for path in _PATHS:
        answer = page.goto(path)
        assert answer is not None and answer.status == (404 if path == "/khong-co" else 200), path
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} pixels too wide"
        if path in _LOOKED_AT[width]:
            page.evaluate(axe)
            found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'best-practice']})")
            assert len(found["passes"]) > 10
            assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == [], path
    assert [text for text in page.said if "404" not in text] == []  # type: ignore[attr-defined]
    page.context.close()


def test_a_refusal_is_found_read_judged_and_on_record(office: Office, chromium: Browser) -> None:
    assert office.send("secret") == 550
    page = page_of(office, chromium, Role.SECURITY)
    page.keyboard.press("Escape")
    page.goto("/quyet-dinh")
    page.keyboard.press("/")
    page.keyboard.type("vanthu@so.example")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=vanthu**")
    assert "action=" not in page.url  # empty fields stay out of the address
    page.click("td a.mono >> nth=0")
    reference = page.inner_text("h1.mono")  # not the list's heading, which stands until the page has changed
    assert "TỐI MẬT" not in page.title() and re.fullmatch(r"[0-9A-Z-]{19}", reference)
    assert "Văn bản, tài liệu mật" in page.inner_text("main") or "mật" in page.inner_text("blockquote")
    page.check("input[value=incident]")
    page.fill("textarea[name=note]", "Đã báo cáo <script>lãnh đạo</script>")
    page.click("text=Ghi đánh giá")
    page.wait_for_url("**xong=xem-xet")
    assert "Đã báo cáo <script>lãnh đạo</script>" in page.inner_text(".timeline")
    page.goto("/nhat-ky")
    assert reference in page.inner_text("main")
    with page.expect_download() as download:
        page.goto("/quyet-dinh?rule=secret-marking")
        page.click("text=Xuất CSV")
    assert reference in Path(download.value.path()).read_text("utf-8-sig")
    page.context.close()
    verified = run([sys.executable, "-m", "gateway", "decisions", "verify", "--config", str(office.config)])
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_a_sender_is_locked_and_released_by_hand(office: Office, chromium: Browser) -> None:
    page = page_of(office, chromium, Role.SECURITY)
    page.goto("/nguoi-gui")
    form = page.locator("form[action='/nguoi-gui/khoa']")
    form.locator("input[name=who]").fill("ptdung.q4@tphcm.gov.vn")
    form.locator("input[name=reason]").fill("Lộ mật khẩu")
    page.once("dialog", lambda dialog: dialog.accept())
    form.locator("button").click()
    page.wait_for_url("**xong=khoa")
    assert "Khóa" in page.inner_text(".heading")
    page.fill("input[name=confirmation]", "15/CV-PQLDT")
    page.click("form[action='/nguoi-gui/go'] button")
    page.wait_for_url("**xong=go")
    assert "15/CV-PQLDT" in page.inner_text("main")
    page.context.close()


def test_it_prints_without_its_frame(office: Office, chromium: Browser) -> None:
    page = page_of(office, chromium, Role.VIEWER)
    page.goto("/quyet-dinh?action=reject")
    page.emulate_media(media="print")
    assert not page.is_visible("nav.menu") and not page.is_visible("form") and page.is_visible("table")
    page.context.close()


def test_a_bounce_leads_to_its_explanation(office: Office, chromium: Browser) -> None:
    with smtplib.SMTP(HOST, office.port, timeout=60) as client, pytest.raises(smtplib.SMTPDataError) as refused:
        client.send_message(sample("secret"), "vanthu@so.example", ["q4@tphcm.gov.vn"])
    address = re.search(rb"http://\S+", refused.value.smtp_error)  # type: ignore[arg-type]
    assert address is not None
    context = chromium.new_context(viewport={"width": 390, "height": 800})
    context.set_default_timeout(_PATIENCE)
    page = context.new_page()
    page.goto(f"http://{HOST}:{office.port_public}/")
    page.fill("input[name=ma]", address[0].decode())
    page.keyboard.press("Enter")
    page.wait_for_url(address[0].decode())
    assert "Q4 7.1" in page.inner_text("main") and "vanthu@so.example" not in page.content()
    page.goto(f"http://{HOST}:{office.port_public}/chuyen-ma")
    page.fill("textarea", "Céng hßa x· héi chñ nghÜa ViÖt Nam")
    page.click("button[value=xem]")
    assert page.input_value("#ket-qua").strip() == "Cộng hòa xã hội chủ nghĩa Việt Nam"
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    context.close()


def test_the_public_address_knows_no_staff_page(office: Office, chromium: Browser) -> None:
    context = chromium.new_context(base_url=f"http://{HOST}:{office.port_public}")
    page = context.new_page()
    for path in ("/dang-nhap", "/quyet-dinh", "/nguoi-dung"):
        answer = page.goto(path)
        assert answer is not None and answer.status == 404
    context.close()


class TestItsDeath:
    def test_mail_goes_on_and_it_comes_back(self, office: Office) -> None:
        before = office.console()
        assert before is not None
        before.send_signal(signal.SIGSTOP)  # it hangs
        assert office.send("good") == 250 and office.status("/readyz") == 200
        before.kill()
        assert office.send("good") == 250 and office.status("/readyz") == 200
        office.daemon.wait_until(office.answers_staff, "the console again")
        after = office.console()
        assert after is not None and after.pid != before.pid
        assert office.metric("congthu_beside_restarts_total") >= 1

    def test_a_new_configuration_begins_it_anew_and_sessions_last(self, office: Office, chromium: Browser) -> None:
        page = page_of(office, chromium, Role.VIEWER)
        before = office.console()
        assert before is not None
        office.settings["console"]["language"] = "en"
        office.write_config()
        os.kill(office.daemon.pid, signal.SIGHUP)
        office.daemon.wait_until(lambda: (now := office.console()) is not None and now.pid != before.pid, "a new one")
        office.daemon.wait_until(office.answers_staff, "the console again")
        page.goto("/")
        assert page.inner_text("h1") == "Overview"
        page.context.close()

    def test_its_memory_is_bounded(self, office: Office) -> None:
        office.daemon.wait_until(office.answers_staff, "the console")  # it bounds itself before it listens
        console = office.console()
        assert console is not None
        assert console.rlimit(psutil.RLIMIT_AS)[0] == 1024 * 2**20
        assert Path(f"/proc/{console.pid}/oom_score_adj").read_text().strip() == "500"


def test_it_runs_alone(office: Office, tmp_path: Path) -> None:
    port = free_port()
    config = tmp_path / "config.toml"
    config.write_text(office.config.read_text().replace(str(office.port_staff), str(port)))
    config.write_text(config.read_text().replace(str(office.port_public), str(free_port())))
    address = f"http://{HOST}:{port}/dang-nhap"
    with Daemon([sys.executable, "-m", "gateway.console", "--config", config], tmp_path / "log") as daemon:
        daemon.wait_until(lambda: run(["curl", "-sf", "-o", os.devnull, address]).returncode == 0, "the console alone")
        assert daemon.stop() == 0, daemon.output()


def test_an_address_that_is_taken_is_no_reason_for_mail_to_wait() -> None:
    made = Office()
    with socket.create_server((HOST, made.port_staff)), made:
        assert made.send("good") == 250
        made.daemon.wait_until(lambda: "cannot listen" in made.daemon.output(), "the log's word")
