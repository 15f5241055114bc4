"""A running gateway notes what units receive and answer, and `congthu mailboxes answers` tells it."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.client import Client
from tests.support.congthu import Gateway, listener

UNIT, PERSON, CITIZEN = "pnv@tinh.example", "an@tinh.example", "dan@khac.example"
CSV = f"loai,dia_chi,don_vi,ten_don_vi,chu_hop_thu\nunit,{UNIT},PNV,Phòng Nội vụ,Bình\npersonal,{PERSON},PNV,,An\n"


@pytest.fixture(scope="module")
def gate() -> Iterator[Gateway]:
    """Mail comes in at one listener and goes out at the other; two gateways' worth of passages in one process."""
    listeners = [listener("hop", "inbound", name="vao"), listener("hop", "outbound", name="ra")]
    made = Gateway(listeners, {"hop": {"maildir": "thu"}}, gateway={"trusted_networks": ["127.0.0.1"]})
    made.write_config()
    table = made.folder / "danh-ba.csv"
    table.write_text(CSV)
    made.cli("mailboxes", "import", str(table), "--yes")
    with made:
        yield made


def send(gate: Gateway, where: str, sender: str, to: str, fields: str) -> None:
    content = f"From: {sender}\r\nTo: {to}\r\nSubject: hoi\r\n{fields}\r\nChào.\r\n"
    with Client(gate.port_of(where)) as client:
        client.ehlo()
        assert client.message(content.encode(), sender, to).code == 250


def told(gate: Gateway, came: int) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while True:
        found = json.loads(gate.cli("mailboxes", "answers", "--json"))["mailboxes"]
        if found and found[0]["came"] >= came and found[0]["answered"]:
            return dict(found[0])
        assert time.monotonic() < deadline, f"it was not noted: {found}"
        time.sleep(0.1)


def test_from_the_wire_to_the_figures(gate: Gateway) -> None:
    send(gate, "vao", CITIZEN, UNIT, "Message-ID: <1@khac.example>\r\n")
    send(gate, "vao", CITIZEN, UNIT, "Message-ID: <1@khac.example>\r\n")
    send(gate, "vao", CITIZEN, UNIT, "Message-ID: <2@khac.example>\r\nList-Id: <tin.khac.example>\r\n")
    send(gate, "ra", PERSON, CITIZEN, "Message-ID: <r@tinh.example>\r\nIn-Reply-To: <1@khac.example>\r\n")
    send(gate, "vao", CITIZEN, UNIT, "Message-ID: <3@khac.example>\r\n")
    row = told(gate, 2)
    shown = {name: row[name] for name in ("mailbox", "unit", "came", "answered", "answered_by_others", "open")}
    assert shown == {"mailbox": UNIT, "unit": "PNV", "came": 2, "answered": 1, "answered_by_others": 1, "open": 1}
    assert gate.metric("congthu_answers_drops_total") == 0
    with contextlib.closing(sqlite3.connect(gate.folder / "data" / "congthu.db")) as store:
        rows = store.execute("SELECT * FROM answer_items").fetchall()
    assert len(rows) == 2
    assert not any(word in str(rows) for word in ("khac.example", "hoi", "<"))
