"""A running gateway that asks a real rspamd, both ways: what it refuses, tags and records, and when rspamd is gone."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.client import Client
from tests.support.commands import invoke
from tests.support.congthu import Gateway, listener, upstream
from tests.support.ports import HOST, free_port
from tests.support.recorder import Recorder
from tests.support.rspamd import GTUBE, PASSWORD, Rspamd

pytestmark = pytest.mark.service("rspamd")

TRUSTED = {"trusted_networks": ["127.0.0.0/8"]}


@pytest.fixture(scope="module")
def rspamd() -> Iterator[Rspamd]:
    with Rspamd() as made:
        yield made


@pytest.fixture(scope="module")
def asking(recorder: Recorder, rspamd: Rspamd) -> Iterator[Gateway]:
    listeners = [listener(), listener(direction="outbound")]
    spam = {"url": rspamd.socket, "timeout": "60s"}
    with Gateway(listeners, {"mailserver": upstream(recorder.port)}, gateway=TRUSTED, rspamd=spam) as made:
        yield made


def message(subject: str = "Moi hop", body: bytes = b"Kinh gui quy co quan\r\n", *fields: str) -> bytes:
    head = f"From: ai@khac.example\r\nTo: bo@tinh.example\r\nSubject: {subject}\r\nMessage-ID: <a@b.example>\r\n"
    return "".join((head, *(f"{field}\r\n" for field in fields), "\r\n")).encode() + body


def told(gateway: Gateway, content: bytes, name: str = "inbound", *envelope: str) -> tuple[str, dict[str, Any]]:
    """What the client heard, and the journal's newest row."""
    with Client(gateway.port_of(name)) as client:
        client.ehlo()
        answer, row = gateway.judged(lambda: client.message(content, *envelope))
    return answer.text, row


def leaving(gateway: Gateway, content: bytes) -> tuple[str, dict[str, Any]]:
    return told(gateway, content, "outbound", "ai@tinh.example", "ban@khac.example")


def spam_of(row: dict[str, Any]) -> dict[str, Any]:
    (finding,) = [f for f in row["findings"] if f["rule"] == "spam"]
    return dict(finding)


def test_ham_passes_without_a_word(asking: Gateway, recorder: Recorder) -> None:
    for ask in (told, leaving):
        text, row = ask(asking, message())
        assert text.startswith("250 ")
        assert not row.get("findings")
        assert "spam" in row["checked"]
        assert b"x-congthu-spam" not in recorder.messages[-1].content.lower()


def test_spam_is_refused_both_ways(asking: Gateway) -> None:
    text, row = told(asking, message(body=GTUBE + b"\r\n"))
    assert text.startswith("550-5.7.1 Bo loc coi thu nay la thu rac (AG 8.7).")
    assert row["reference"] in text
    assert spam_of(row)["evidence"]["symbols"] == [{"symbol": "GTUBE", "points": 0.0}]
    text, row = leaving(asking, message("KHUYEN MAI"))
    assert text.startswith("550-5.7.1 Bo loc coi thu nay la thu rac (AG 8.6, AG 10.2e).")
    assert "doi mat khau ngay" in text
    assert spam_of(row)["evidence"]["symbols"][0] == {"symbol": "CONGTHU_SALE", "points": 20.0}
    assert spam_of(row)["clauses"] == ["AG 8.6", "AG 10.2e"]


def test_what_is_suspected_is_tagged_on_its_way_in_only(asking: Gateway, recorder: Recorder) -> None:
    forged = message("MUA NGAY", b"x\r\n", "X-Congthu-Spam: no; score=-99")
    text, row = told(asking, forged)
    assert text.startswith("250 ")
    assert (spam_of(row)["mode"], spam_of(row)["evidence"]["verdict"]) == ("observe", "suspect")
    tags = [line for line in recorder.messages[-1].content.split(b"\r\n") if line.lower().startswith(b"x-congthu-spam")]
    assert tags == [b"X-Congthu-Spam: suspect; score=8.2; action=add-header; symbols=CONGTHU_OFFER,CONGTHU_RAW"]
    text, row = leaving(asking, message("MUA NGAY"))
    assert text.startswith("250 ")
    assert spam_of(row)["evidence"]["verdict"] == "suspect"
    assert b"x-congthu-spam" not in recorder.messages[-1].content.lower()


def test_rspamd_is_told_who_sends(asking: Gateway, rspamd: Rspamd) -> None:
    _, row = told(asking, message("MUA NGAY"), "inbound", "ai@khac.example", "bo@tinh.example")
    line = rspamd.logged(f"qid: <{row['reference']}>")
    assert f"ip: {HOST}" in line
    assert "from: <ai@khac.example>" in line
    assert "rcpts: <bo@tinh.example>" in line


def test_a_large_message_goes_through_it_whole(asking: Gateway) -> None:
    body = b"x" * 70 + b"\r\n"
    text, row = told(asking, message("KHUYEN MAI", body * 150_000))
    assert text.startswith("550-5.7.1 Bo loc")
    assert spam_of(row)["evidence"]["verdict"] == "spam"


@pytest.fixture(scope="module")
def changing(recorder: Recorder) -> Iterator[Gateway]:
    """One gateway, begun without a filter, that each of these tests gives a configuration by a reload."""
    with Gateway([listener()], {"mailserver": upstream(recorder.port)}) as made:
        yield made


def reload(gateway: Gateway, **tables: Any) -> None:
    """Put these tables in force, and no others of theirs."""
    for name in ("rspamd", "rules"):
        gateway.settings[name] = tables.get(name, {})
    gateway.write_config()
    before = gateway.metric("congthu_reloads_total", result="done")
    gateway.daemon.signal(signal.SIGHUP)
    gateway.daemon.wait_until(lambda: gateway.metric("congthu_reloads_total", result="done") > before, "reloaded")


def test_without_a_filter_no_decision_claims_one(changing: Gateway) -> None:
    _, row = told(changing, message(body=GTUBE + b"\r\n"))
    assert "spam" not in row["checked"]
    states = {
        rule["rule"]: rule["state"]
        for clause in json.loads(changing.cli("compliance", "--json"))["regulations"][0]["clauses"]
        for rule in clause["rules"]
    }
    assert states["spam"] == "off"


def test_a_reload_puts_it_in_force_and_takes_it_away(changing: Gateway, rspamd: Rspamd) -> None:
    for table, begins in (({"url": rspamd.url, "timeout": "60s"}, "550-5.7.1 Bo loc"), ({}, "250 ")):
        reload(changing, rspamd=table)
        assert told(changing, message(body=GTUBE + b"\r\n"))[0].startswith(begins)


def test_mail_passes_unasked_by_default(changing: Gateway) -> None:
    reload(changing, rspamd={"url": f"http://{HOST}:{free_port()}"})
    text, row = told(changing, message(body=GTUBE + b"\r\n"))
    assert text.startswith("250 ")
    assert (spam_of(row)["mode"], spam_of(row)["evidence"]) == ("observe", {"filter": "rspamd", "unasked": "down"})
    assert changing.status("/readyz") == 200


def test_points_of_ones_own_and_gone_and_back(changing: Gateway) -> None:
    results = "congthu_spam_filter_results_total"
    with Rspamd() as rspamd:
        own = {"spam": {"refuse": 8, "unavailable": "tempfail"}}
        reload(changing, rspamd={"url": rspamd.url, "timeout": "60s"}, rules=own)
        down, ham, suspect = (changing.metric(results, result=name) for name in ("down", "ham", "suspect"))
        assert told(changing, message("MUA NGAY"))[0].startswith("550-5.7.1 Bo loc")
        rspamd.stop()
        text, row = told(changing, message())
        assert text.startswith("451-4.7.1 Tam thoi chua hoi duoc bo loc thu rac")
        assert spam_of(row)["evidence"]["unasked"] == "down"
        changing.daemon.wait_until(lambda: changing.status("/readyz") == 503, "not ready")
        changing.daemon.wait_until(lambda: changing.metric(results, result="down") > down, "counted")
        changing.daemon.wait_until(lambda: changing.metric("congthu_spam_filter_up") == 0, "said by the metric")
        rspamd.start()
        changing.daemon.wait_until(lambda: changing.status("/readyz") == 200, "ready again")
        assert told(changing, message())[0].startswith("250 ")
        changing.daemon.wait_until(lambda: changing.metric(results, result="ham") > ham, "counted")
        changing.daemon.wait_until(lambda: changing.metric(results, result="suspect") > suspect, "counted")


def test_inspect_asks_it_too(asking: Gateway) -> None:
    file = asking.folder / "spam.eml"
    file.write_bytes(message("KHUYEN MAI"))
    found = json.loads(asking.cli("inspect", str(file), "--json", "--rcpt", "bo@tinh.example"))
    assert found["action"] == "reject"
    assert [f["rule"] for f in found["findings"]] == ["spam"]


def test_check_config_says_whether_it_answers(asking: Gateway, rspamd: Rspamd) -> None:
    facts = _connect(asking, rspamd={"url": rspamd.url})["facts"]
    assert any(fact.startswith(f"rspamd {rspamd.url}: ") and "rejects from 15 points" in fact for fact in facts)
    secret = asking.folder / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o600)
    controller = {"url": rspamd.controller, "password_file": str(secret)}
    assert any(fact.startswith("rspamd ") for fact in _connect(asking, rspamd=controller)["facts"])
    for wrong, hint in (
        ({"url": rspamd.controller}, "a password that it does not take"),
        ({"url": f"http://{HOST}:{free_port()}"}, "nobody answers there"),
    ):
        (found,) = _connect(asking, rspamd=wrong)["found"]
        assert found["key"] == "rspamd.url"
        assert hint in found["hint"]


def _connect(gateway: Gateway, **changes: Any) -> dict[str, Any]:
    """`check-config --connect` on a copy of the gateway's configuration, on ports of its own."""
    made = Gateway([listener(upstream="m")], {"m": gateway.settings["upstream"]["mailserver"]}, **changes)
    made.write_config()
    return dict(json.loads(invoke("check-config", str(made.config), "--connect", "--json").stdout))
