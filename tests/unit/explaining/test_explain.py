"""A refusal in a clerk's words: what was found and what to do, for every rule, whatever stands in the evidence."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.contents import Source
from gateway.explaining.explain import _ROWS, explain
from gateway.explaining.texts import in_english
from gateway.explaining.values import Words, plain, size
from gateway.regulations import load
from gateway.rules.natures import Nature
from gateway.rules.request_content import _LACKS
from gateway.rules.request_proof import Flaw
from gateway.rules.table import RULES
from gateway.rules.unscannable import Reason
from gateway.rules.words import text_in_vietnamese

HOSTILE = 'a\r\nBcc: x@y\x00\u202efdp.exe\u2028<script>alert(1)</script> "&"\ud800' + "Đ" * 5000
REAL: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "attachment-cap": (
        {"total": 19293798, "limit": 15728640, "largest": [{"filename": "bao-cao.pdf", "bytes": 19000000}]},
        ("18,4 MB", "15,0 MB", "bao-cao.pdf: 18,1 MB"),
    ),
    "dangerous-type": ({"files": [{"file": "ho_so.zip › a.exe", "why": "executable"}]}, ("a.exe – chương trình chạy",)),
    "malware": ({"threats": [{"signature": "Eicar-Test"}]}, ("Phát hiện mã độc: Eicar-Test",)),
    "unscannable": ({"blind": [{"reason": "encrypted", "where": "a.zip"}]}, ("a.zip: tệp có mật khẩu",)),
    "vietnamese-charset": (
        {
            "texts": [
                {
                    "text": "tệp don.doc",
                    "charset": "TCVN3 (ABC)",
                    "passages": [{"sent": "C«ng v¨n", "understood": "Công văn", "font": ".VnTime"}],
                }
            ]
        },
        ("tệp don.doc: bảng mã TCVN3 (ABC)", "“C«ng v¨n” đọc là “Công văn” (phông .VnTime)"),
    ),
    "vietnamese-diacritics": ({"texts": [{"text": "nội dung thư", "sample": "kinh gui"}]}, ("“kinh gui”",)),
    "secret-marking": (
        {"count": 1, "markings": [{"text": "tệp a.docx", "level": "tối mật"}]},
        ("TỐI MẬT ở tệp a.docx",),
    ),
    "own-address": ({"login": "an@x", "address": "binh@x"}, ("Tài khoản an@x gửi thư bằng địa chỉ binh@x",)),
    "request-channel": ({"channel": ["q4@x"], "flaws": ["personal-mailbox"]}, ("q4@x", "hộp thư cá nhân")),
    "request-content": ({"lacks": ["list-attached"]}, ("đính kèm thành tệp",)),
    "outbound-throttle": ({"limit": 100, "window": 3600}, ("giới hạn 100 người nhận",)),
}


@pytest.mark.parametrize("rule", REAL)
def test_what_was_found(rule: str) -> None:
    evidence, wanted = REAL[rule]
    told = " | ".join(one.vi for one in explain(rule, evidence, (), "the reply").found)
    for words in wanted:
        assert words in told
    assert "the reply" not in told


def test_every_rule_that_refuses_has_words_of_its_own() -> None:
    spoken = {rule.name for rule in RULES} - {"own-domain", "own-server", "blocked-sender", "mailbox-state"}
    assert spoken - {"password-policy"} <= _ROWS.keys()


def test_the_rules_words_are_known_here() -> None:
    from gateway.explaining.files import _BLIND, _WHY
    from gateway.explaining.people import _FLAWS
    from gateway.explaining.people import _LACKS as KNOWN

    assert set(_WHY) == {one.value for one in Nature}
    assert set(_BLIND) == {one.value for one in Reason} - {"unreached"}
    assert set(KNOWN) == set(_LACKS)
    assert set(_FLAWS) <= {one.value for one in Flaw}


def test_the_reply_stands_in_where_nothing_else_is_known() -> None:
    told = explain("something-new", {}, ("Q4 4.2", "Q4 4.2", "XX 9"), "550 5.7.1 Khong duoc / No\r\nX")
    assert told.found == (Words("550 5.7.1 Khong duoc / No X", "550 5.7.1 Khong duoc / No X"),)
    assert [one.id for one in told.clauses] == ["Q4 4.2", "XX 9"]
    assert told.clauses[0].text == load("tphcm-q4-03-2013").clauses["Q4 4.2"].text
    assert told.fix


def test_nothing_of_the_staffs_is_told() -> None:
    evidence = {"score": 17.3, "symbols": [{"symbol": "BAYES_SPAM", "points": 5}], "filter": "rspamd"}
    told = repr(explain("spam", evidence, ()))
    assert not any(word in told for word in ("17.3", "BAYES", "rspamd"))


_KEYS = sorted(
    {"passages", "sent", "understood", "font", "bytes", "filename", "file", "why", "where", "reason", "text", "level"}
    | {key for evidence, _ in REAL.values() for key in evidence}
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(HOSTILE),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_KEYS) | st.text(), inner, max_size=6),
    max_leaves=20,
)


@given(st.sampled_from([*_ROWS, "x"]), st.dictionaries(st.sampled_from(_KEYS), _JSON), st.text())
def test_any_evidence_is_safe(rule: str, evidence: dict[str, Any], reply: str) -> None:
    told = explain(rule, evidence, (reply, "Q4 4.2"), reply)
    lines = [line for one in (*told.found, *told.fix, told.title) for line in one]
    assert len(told.found) <= 12
    for line in lines:
        assert len(line) <= 1200
        assert not any(unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp") for one in line)


@given(st.text() | st.just(HOSTILE) | st.integers() | st.none())
def test_plain_text(value: object) -> None:
    made = plain(value, 50)
    assert len(made) <= 50
    assert made == " ".join(made.split())
    assert isinstance(made.encode(), bytes)


def test_sizes() -> None:
    assert [size(one).vi for one in (0, 1, 1024**2, 15 * 1024**2 + 52429)] == ["0 KB", "1 KB", "1,0 MB", "15,1 MB"]


def test_places_have_english_names() -> None:
    """The journal names texts in Vietnamese; the English half of a letter has to be English."""
    told = [in_english(f"{place} x".strip()) for place in ("nội dung thư", "tên tệp", "tệp", "tiêu đề thư (Subject)")]
    assert told == ["the body x", "file name x", "file x", "the subject x"]
    assert in_english("đoạn lạ") == "đoạn lạ"
    made = text_in_vietnamese(Source.HEADER, (), "X-Test")
    assert in_english(made) == "header field (X-Test)"
