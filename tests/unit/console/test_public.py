"""The pages that nobody signs in for: a refusal explained to whoever holds its bounce, and to nobody else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from gateway.console.brakes import Brake
from gateway.console.refusals import told
from gateway.console.routes import PUBLIC
from gateway.console.services import Services
from gateway.console.web import Site
from gateway.journal.decision import Decision
from gateway.model import Action, Finding, Mode, Reply
from tests.unit.console.support import Browser, Running, settings_in
from tests.unit.console.test_hostile import EVIL, check

_URL = "https://thu.tinh.example/tra-cuu"
_SECRETS = ("anh@tinh.example", "bi-mat@khac.example", "192.0.2.77", "SYMBOL_X", "Chuyện riêng", "an.tphcm")


@dataclass(frozen=True, slots=True)
class Public:
    """The public site over a store with a few decisions."""

    services: Services
    client: Browser

    def keep(self, decision: Decision) -> str:
        """Put it on record; the path of its explanation."""
        self.services.actions.keep(decision)
        return self.path(decision.reference)

    def path(self, reference: str) -> str:
        lookup = self.services.lookup
        assert lookup is not None
        return lookup.url(reference).removeprefix(_URL)


@pytest.fixture
def public(own: Running, tmp_path: Path) -> Iterator[Public]:
    services = Services(settings_in(tmp_path / "data", public_bind="127.0.0.1:9181", public_url=_URL))
    site = Site(services, PUBLIC, public=True, frame="public.html")
    yield Public(services, Browser(own.runner, site.application(), "http://testserver", "192.0.2.9"))
    services.close()


def refusal(number: int, *, action: str = "reject", days: float = 0.0, **more: Any) -> Decision:
    """A refusal for a charset, with much that its sender must not read."""
    made = Decision(time.time() - days * 86400 - number, f"01KB-{number:04d}-72QM-5D0R", "s", "inbound", "inbound")
    made.client_address, made.reverse_path, made.recipients = "192.0.2.77", "anh@tinh.example", ("bi-mat@khac.example",)
    made.action, made.user, made.reply = action, "an.tphcm", "550 5.7.1 <bi-mat@khac.example> refused"
    passage = {"sent": "C«ng v¨n", "understood": "Công văn"}
    header = {"text": "tiêu đề: Chuyện riêng", "source": "header", "charset": "VNI", "passages": [passage]}
    texts = [{"text": "nội dung thư", "source": "body", "charset": "TCVN3", "passages": [passage]}, header]
    reply = Reply(550, "5.7.1", "Chuyen sang Unicode")
    verdict = Action.REJECT if action == "reject" else Action.ACCEPT
    charset = Finding("vietnamese-charset", ("Q4 7.3",), verdict, reply, {"count": 2, "texts": texts})
    spam = Finding("spam", ("AG 10.2e",), Action.REJECT, reply, {"symbols": ["SYMBOL_X"]}, Mode.OBSERVE)
    made.findings = [charset, spam]
    for name, value in more.items():
        setattr(made, name, value)
    return made


def test_a_refusal_is_explained(public: Public) -> None:
    found = public.client.get(public.keep(refusal(1)))
    assert found.status_code == 200
    for words in ("Q4 7.3", "C«ng v¨n", "Công văn", "UniKey", "01KB-0001-72QM-5D0R", "bảng mã TCVN3"):
        assert words in found.text, words
    assert not [words for words in (*_SECRETS, "thư rác", "AG 10.2e") if words in found.text]
    assert found.headers["cache-control"] == "no-store" and "noindex" in found.headers["x-robots-tag"]
    public.client.get("/ngon-ngu/en")
    assert "What to do" in public.client.get(public.path("01KB-0001-72QM-5D0R")).text


def test_whatever_is_no_refusal_looks_alike(public: Public) -> None:
    right = public.keep(refusal(1))
    paths = [
        "/" + "0" * 42,
        "/01KB-0001-72QM-5D0R",  # without the code
        right[:-1] + ("0" if right[-1] != "0" else "1"),
        public.path("01KB-0009-72QM-5D0R"),  # of no decision
        public.keep(refusal(2, action="accept")),
        public.keep(refusal(3, days=200.0)),
        "/%00",
        "/" + "a" * 3000,
        "/%E1%BA%A5%3Cscript%3Ealert(1)",
    ]
    answers = [public.client.get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {404}
    bodies = {answer.text.partition("<main")[2] for answer in answers}
    assert len(bodies) == 1
    assert public.client.get("/..%2f..%2fetc%2fpasswd").status_code == 404


def test_what_was_pasted_leads_on(public: Public) -> None:
    path = public.keep(refusal(1))
    for pasted in (f"{_URL}{path}", path[1:].lower(), f" {path[1:]} ", path[1:].replace("-", " ")):
        found = public.client.get("/", params={"ma": pasted})
        assert found.status_code == 303 and found.headers["location"].startswith("/")
        assert public.client.get(found.headers["location"]).status_code == 200, pasted
    for evil in ("//evil.example", "https://evil.example/x", "\r\nSet-Cookie: a=b", "\\\\evil.example"):
        found = public.client.get("/", params={"ma": evil})
        location = found.headers.get("location", "/x")
        assert (
            not location.startswith(("//", "/\\", "http"))
            and "\n" not in location
            and "set-cookie" not in found.headers
        )


def test_strings_of_mail_stay_text(public: Public) -> None:
    for number, text in enumerate(EVIL):
        evidence = {
            "texts": [{"text": text, "charset": text, "source": text, "passages": [{"sent": text}]}],
            text: text,
        }
        findings = [
            Finding(rule, (text,), Action.REJECT, Reply(550, "5.7.1", "no"), evidence)
            for rule in ("vietnamese-charset", "x")
        ]
        found = public.client.get(public.keep(refusal(number, findings=findings)))
        assert found.status_code == 200
        check(found.text)
        asked = quote(text[:50].encode(errors="replace").decode(), safe="")
        assert public.client.get(f"/{asked}").status_code == 404


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, [1], [None], {"texts": 5}, {"texts": [1, {"passages": 3}]}])
def test_any_row_is_safe(value: Any) -> None:
    base = {"kind": "decision", "action": "reject", "time": 1_000_000, "reference": "r"}
    for key in ("findings", "time", "action", "reference"):
        told({**base, key: value}, 2.0)
    finding = {"rule": "vietnamese-charset", "mode": "enforce", "action": "reject", "evidence": value, "clauses": value}
    shown = told({**base, "findings": [finding]}, 2.0)
    assert shown is not None and shown.reasons[0].rule == "vietnamese-charset"


@pytest.mark.parametrize("rule", ["own-address", "request-channel", "outbound-throttle", "blocked-sender", "unknown"])
def test_nobodys_address_is_told(rule: str) -> None:
    evidence = {"login": "an.tphcm", "address": "anh@tinh.example", "channel": ["bi-mat@khac.example"], "limit": 100}
    finding = {"rule": rule, "mode": "enforce", "action": "reject", "evidence": evidence}
    finding["reply"] = "Gửi tới <bi-mat@khac.example> từ anh@tinh.example"
    shown = told({"kind": "decision", "action": "reject", "time": 1_000_000, "findings": [finding]}, 2.0)
    assert shown is not None and not [words for words in _SECRETS if words in str(shown)], shown


def test_one_client_and_all_clients_are_slowed_down(public: Public) -> None:
    path = public.keep(refusal(1))
    public.services.lookup_brake = Brake(3, 300.0)
    assert [public.client.get("/x").status_code for _ in range(4)] == [404, 404, 404, 429]
    public.services.lookup_brake, public.services.lookups_brake = Brake(99, 1.0), Brake(2, 300.0)
    assert [public.client.get(path).status_code for _ in range(3)] == [200, 200, 429]
    assert public.client.get("/x").status_code == 404  # guesses cost the others nothing


def test_without_a_public_address_nothing_is_found(own: Running) -> None:
    site = Site(own.services, PUBLIC, public=True, frame="public.html")
    client = Browser(own.runner, site.application(), "http://testserver", "192.0.2.9")
    assert client.get("/01KB-0001-72QM-5D0R").status_code == 404
    assert client.get("/").status_code == 200
    for path in ("/dang-nhap", "/quyet-dinh", "/nguoi-dung", "/bao-cao"):
        assert client.get(path).status_code == 404
