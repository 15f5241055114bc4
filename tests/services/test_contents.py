"""A running gateway that looks into files and asks a real clamd: what it refuses, in which words, what it records."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.clamav import EICAR, SIGNATURE, Clamd
from tests.support.client import Client
from tests.support.congthu import Gateway, listener, upstream
from tests.support.messages import SIMPLE
from tests.support.mime import PROGRAM, attached, locked, zipped
from tests.support.recorder import Recorder


@pytest.fixture(scope="module")
def looking(recorder: Recorder) -> Iterator[Gateway]:
    """A gateway without a scanner."""
    with Gateway([listener()], {"mailserver": upstream(recorder.port)}) as made:
        yield made


def told(gateway: Gateway, content: bytes) -> tuple[str, dict[str, Any]]:
    """What the client heard, and the journal's newest row."""
    with Client(gateway.port) as client:
        client.ehlo()
        answer, row = gateway.judged(lambda: client.message(content))
    return answer.text, row


@pytest.mark.parametrize(
    "content",
    [
        SIMPLE,
        attached(("bao_cao.txt", b"Kinh gui quy co quan")),
        attached(("ho_so.zip", zipped({"a.txt": b"mot", "b/c.txt": b"hai"}))),
        attached(("anh.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(100))),
    ],
)
def test_ordinary_mail_passes(looking: Gateway, content: bytes) -> None:
    text, row = told(looking, content)
    assert text.startswith("250 ")
    assert row["action"] == "accept"
    assert not row.get("findings")


@pytest.mark.parametrize(
    ("content", "way"),
    [
        (attached(("bao_cao.pdf", PROGRAM)), "bao_cao.pdf"),
        (attached(("ho_so.zip", zipped({"x/bao_cao.pdf": PROGRAM}))), "ho_so.zip › x/bao_cao.pdf"),
        (attached(("a.zip", zipped({"b.zip": zipped({"c.exe": PROGRAM})}))), "a.zip › b.zip › c.exe"),
        (attached(("a.exe.gz", gzip.compress(PROGRAM))), "a.exe.gz"),
        (attached(("chay.js", b"var a = 1;\n")), "chay.js"),
        (
            attached(
                (
                    "hop.docm",
                    zipped(
                        {
                            "[Content_Types].xml": b"<Types/>",
                            "word/vbaProject.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
                        }
                    ),
                )
            ),
            "hop.docm",
        ),
    ],
)
def test_programs_scripts_and_macros_are_refused(looking: Gateway, content: bytes, way: str) -> None:
    text, row = told(looking, content)
    assert text.startswith("550-5.7.1 Tep ")
    (finding,) = [f for f in row["findings"] if f["rule"] == "dangerous-type"]
    assert finding["evidence"]["files"][0]["file"].startswith(way)
    assert finding["clauses"] == ["AG 8.6", "AG 8.7", "AG 10.2e"]
    assert row["reference"] in text


def test_a_password_is_refused_and_an_empty_archive_is_not(looking: Gateway) -> None:
    text, row = told(looking, attached(("mat.zip", locked({"a.txt": b"mot hai ba"}))))
    assert text.startswith('550-5.6.0 Tep "mat.zip')
    assert row["findings"][0]["evidence"]["blind"][0]["reason"] == "encrypted"
    assert told(looking, attached(("rong.zip", zipped({}))))[0].startswith("250 ")


def test_a_fragment_is_refused(looking: Gateway) -> None:
    content = SIMPLE.replace(b"\r\n\r\n", b'\r\nContent-Type: message/partial; id="a"; number=1; total=2\r\n\r\n', 1)
    text, row = told(looking, content)
    assert text.startswith("550-5.6.0 Thu bi chia manh")
    assert row["findings"][0]["rule"] == "unscannable"


def test_a_bomb_is_refused_within_the_limits(looking: Gateway) -> None:
    bomb = zipped({"a.bin": bytes(20 * 2**20)})
    text, row = told(looking, attached(("bom.zip", zipped({str(n): bomb for n in range(40)}))))
    assert text.startswith('550-5.6.0 Tep "bom.zip')
    assert row["findings"][0]["evidence"]["blind"][0]["reason"] == "bombs"


def test_a_program_that_only_another_reading_shows(looking: Gateway) -> None:
    """Two Content-Transfer-Encodings: one client decodes, another does not."""
    content = attached(("a.dat", PROGRAM)).replace(
        b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64"
    )
    text, row = told(looking, content)
    assert text.startswith("550-")
    assert "dangerous-type" in {f["rule"] for f in row["findings"]}


def test_the_cap_takes_the_largest_reading(looking: Gateway) -> None:
    """A boundary that never appears hides nothing."""
    content = attached(("a.bin", bytes(16 * 2**20))).replace(b'boundary="b1"', b'boundary="b2"')
    text, _row = told(looking, content)
    assert text.startswith(("552-5.3.4", "550-5.6.0"))


@pytest.mark.service("clamd")
def test_malware_wherever_it_hides_and_a_scanner_that_goes_and_comes(recorder: Recorder) -> None:
    with Clamd() as clamd:
        tables = {"clamd": {"address": clamd.address, "timeout": "60s"}}
        with Gateway([listener()], {"mailserver": upstream(recorder.port)}, **tables) as gateway:
            assert told(gateway, SIMPLE)[0].startswith("250 ")
            text, row = told(gateway, attached(("eicar.txt", EICAR)))
            assert text.startswith(f"550-5.7.1 Thu chua ma doc: {SIGNATURE}.UNOFFICIAL (AG 8.6, AG 8.7, AG 10.2e)")
            assert row["findings"][0]["evidence"]["threats"][0]["signature"] == f"{SIGNATURE}.UNOFFICIAL"
            assert told(gateway, _early_padding())[0].startswith("550-5.7.1 Thu chua ma doc")
            found = "congthu_scanner_results_total"  # carried over once a second
            gateway.daemon.wait_until(lambda: gateway.metric(found, result="found") >= 2, "counted")
            clamd.stop()
            assert told(gateway, SIMPLE)[0].startswith("451-4.7.1 Tam thoi chua quet duoc")
            gateway.daemon.wait_until(lambda: gateway.status("/readyz") == 503, "not ready")
            gateway.daemon.wait_until(lambda: gateway.metric("congthu_scanner_up") == 0, "said by the metric")
            clamd.start()
            gateway.daemon.wait_until(lambda: gateway.status("/readyz") == 200, "ready again")
            assert told(gateway, SIMPLE)[0].startswith("250 ")


def _early_padding() -> bytes:
    """The payload in base64 with padding in the middle: some decoders stop there, some go on."""
    body = base64.b64encode(EICAR[:20]) + b"\r\n" + base64.b64encode(EICAR[20:]) + b"\r\n"
    whole = base64.encodebytes(EICAR).replace(b"\n", b"\r\n")
    content = attached(("a.dat", EICAR))
    assert whole in content
    return content.replace(whole, body)


@pytest.mark.service("clamd")
def test_mail_passes_unscanned_where_that_is_configured(recorder: Recorder) -> None:
    tables: dict[str, Any] = {
        "clamd": {"address": "unix:/nonexistent/clamd.sock"},
        "rules": {"malware": {"unavailable": "pass"}},
    }
    with Gateway([listener()], {"mailserver": upstream(recorder.port)}, **tables) as gateway:
        text, row = told(gateway, SIMPLE)
        assert text.startswith("250 ")
        assert [(f["rule"], f["mode"]) for f in row["findings"]] == [("malware", "observe")]
