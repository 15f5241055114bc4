"""Changing rules at run time from the console: forms, figures, what is on record, and hostile input."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.console.accounts import Role
from gateway.journal.query import story
from gateway.lifecycle.days import day_of
from gateway.model import Mode
from gateway.orders.figures import Effect
from gateway.orders.values import Kind, Order
from tests.unit.console.support import Browser, Running, running, token_in

PATH = "/quy-che/lenh"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path, days=0) as made:
        yield made


def post(client: Browser, path: str, **data: str) -> tuple[int, str, str]:
    found = client.post(f"{PATH}/{path}", data={"token": token_in(client.get("/tai-khoan").text), **data})
    return found.status_code, found.headers.get("location", ""), found.text


def last(days: int = 30) -> str:
    import time

    return (day_of(time.time()) + datetime.timedelta(days=days)).isoformat()


def actions(made: Running) -> list[tuple[str, str, str]]:
    from gateway.journal.query import record_in
    from gateway.journal.schema import decisions

    with made.services.journal() as connection, connection.begin():
        rows = connection.execute(decisions.select().where(decisions.c.kind == "action").order_by(decisions.c.id))
        records = [record_in(row.payload, row.time) for row in rows]
    return [(one["what"], one["about"], one["text"]) for one in records if one["what"] not in ("sign-in",)]


def test_an_idle_order_says_why_in_the_readers_language(empty: Running) -> None:
    empty.services.orders.prepare()
    empty.services.orders.give(Order(Kind.MODE, "spam", "thử", "lan", "<b>gone", Mode.OBSERVE))
    client = empty.client(Role.VIEWER)
    assert "cấu hình không có listener &lt;b&gt;gone" in client.get(PATH).text
    client.cookies.set("congthu-language", "en")
    text = client.get(PATH).text
    assert "there is no listener &lt;b&gt;gone" in text and "cấu hình không có" not in text


def test_a_clause_says_what_software_cannot_in_the_readers_language(empty: Running) -> None:
    client = empty.client(Role.VIEWER)
    whole = client.get("/quy-che?tat-ca=1").text
    assert "Phần mềm không kiểm tra được: Đây là việc quản lý hành chính." in whole
    assert "An act of administration" not in whole
    client.cookies.set("congthu-language", "en")
    assert "Beyond software: An act of administration." in client.get("/quy-che?tat-ca=1").text


def test_a_mode_is_switched_shown_and_withdrawn(empty: Running) -> None:
    client = empty.client(Role.SECURITY)
    given = {"rule": "own-domain", "mode": "observe", "place": "", "reason": "thử <b>nghiệm</b>", "until": ""}
    assert post(client, "che-do", **given)[:2] == (303, f"{PATH}?xong=lenh")
    (order,) = empty.services.orders.standing()[1]
    assert (order.rule, order.mode, order.by) == ("own-domain", Mode.OBSERVE, "attt")
    text = client.get(PATH).text
    assert "thử &lt;b&gt;nghiệm&lt;/b&gt;" in text and "theo lệnh số 1" in text
    assert "Theo dõi" in client.get("/quy-che").text
    assert post(client, "thu-hoi", number="1", reason="xong rồi")[:2] == (303, f"{PATH}?xong=thu-hoi-lenh")
    assert empty.services.orders.standing()[1] == ()
    assert [one[:2] for one in actions(empty)] == [("rule-mode", "own-domain"), ("rule-withdraw", "own-domain")]
    assert post(client, "thu-hoi", number="1", reason="xong rồi")[0] == 400


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("che-do", {"rule": "spam", "mode": "enforce", "reason": "muốn"}),
        ("che-do", {"rule": "own-domain", "mode": "off", "reason": "muốn"}),
        ("che-do", {"rule": "own-domain", "mode": "observe", "reason": "x"}),
        ("che-do", {"rule": "own-domain", "mode": "observe", "reason": "muốn", "place": "../etc"}),
        ("che-do", {"rule": "<script>", "mode": "observe", "reason": "muốn"}),
        ("che-do", {"rule": "own-domain", "mode": "observe", "reason": "muốn", "until": "31/12/2026"}),
        ("mien-tru", {"rule": "own-domain", "reason": "muốn", "until": "2999-01-01", "sender": "a@x.example"}),
        ("mien-tru", {"rule": "own-domain", "reason": "muốn", "until": "", "sender": "a@x.example"}),
        ("mien-tru", {"rule": "own-domain", "reason": "muốn", "until": last(), "sender": "*@*"}),
        ("mien-tru", {"rule": "own-domain", "reason": "muốn", "until": last()}),
        ("thu-hoi", {"number": "１", "reason": "muốn"}),
        ("thu-hoi", {"number": "9" * 18, "reason": "muốn"}),
    ],
)
def test_what_cannot_be_ordered(empty: Running, path: str, given: dict[str, str]) -> None:
    status, _, text = post(empty.client(Role.SECURITY), path, **given)
    assert status == 400 and "<script>" not in text
    assert (empty.services.orders.standing()[1], actions(empty)) == ((), [])


def test_what_would_refuse_much_is_asked_twice(empty: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.console.pages.orders.effect", lambda *_: Effect(100, 90))
    client = empty.client(Role.ADMINISTRATOR)
    given = {"rule": "own-domain", "mode": "enforce", "reason": "muốn"}
    status, _, text = post(client, "che-do", **given)
    assert status == 409 and "<b>90</b> / 100" in text
    assert empty.services.orders.standing()[1] == ()
    assert post(client, "che-do", **given, sure="yes")[0] == 303


def test_nobody_may_where_the_configuration_forbids_it(empty: Running) -> None:
    settings = empty.services.settings
    console = settings.console.model_copy(update={"may_change_rules": False})
    empty.services.settings = settings.model_copy(update={"console": console})
    client = empty.client(Role.ADMINISTRATOR)
    assert "may_change_rules" in client.get(PATH).text and "Ra lệnh" not in client.get(PATH).text
    assert post(client, "che-do", rule="own-domain", mode="observe", reason="muốn")[0] == 400


def test_an_exemption_from_a_decision(filled: Running) -> None:
    client = filled.client(Role.SECURITY)
    listed = client.get("/quyet-dinh?action=reject").text
    references = [one.split('"')[0] for one in listed.split('href="/quyet-dinh/')[1:]]
    reference = next(one for one in references if PATH + "/mien-tru" in client.get(f"/quyet-dinh/{one}").text)
    text = client.get(f"/quyet-dinh/{reference}").text
    form = text[text.index(PATH + "/mien-tru") :]
    values = {
        name: form.split(f'name="{name}"', 1)[1].split('value="', 1)[1].split('"')[0] for name in ("rule", "sender")
    }
    assert PATH + "/mien-tru" not in filled.client(Role.VIEWER).get(f"/quyet-dinh/{reference}").text
    status, *_ = post(client, "mien-tru", **values, reference=reference, reason="Công văn 12/UBND", until=last())
    assert status == 303
    (order,) = filled.services.orders.standing()[1]
    assert (order.reference, order.rule, order.sender) == (reference, values["rule"], values["sender"])
    with filled.services.journal() as connection:
        _, notes = story(connection, reference)
    assert [note.record["what"] for note in notes if note.record["kind"] == "action"] == ["rule-exempt"]
    assert "Miễn trừ khỏi quy tắc" in client.get(f"/quyet-dinh/{reference}").text
    filled.services.orders.withdraw(order.number, "test", "done")
