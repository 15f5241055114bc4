"""The canonical form: the columns follow from the payload alone."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.journal import Decision, Note
from gateway.journal.payload import (
    MAX_ATTACHMENTS,
    MAX_PAYLOAD,
    MAX_RECIPIENTS,
    decode,
    encode,
    extract,
    note_record,
    record_of,
)
from gateway.model import Attachment
from tests.unit.journal.support import decision, finding, refusal

_TEXT = st.text(st.characters(), max_size=400)  # with surrogates, NUL, everything
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXT | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=8,
)
_DECISIONS = st.builds(
    Decision,
    time=st.floats(0, 4e9),
    reference=_TEXT,
    listener=_TEXT,
    action=st.sampled_from(["accept", "tempfail", "reject"]),
    reverse_path=_TEXT,
    recipients=st.lists(_TEXT, max_size=6),
    size=st.integers(0, 2**40),
    helo=_TEXT,
    message_id=_TEXT,
    findings=st.lists(
        st.builds(
            lambda rule, clauses, evidence: finding(rule, tuple(clauses), x=evidence),
            st.sampled_from(["attachment-cap", "own-domain"]),
            st.lists(st.sampled_from(["Q4 4.2", "AG 10.2d"]), max_size=3),
            _VALUES,
        ),
        max_size=3,
    ),
)


@given(_DECISIONS)
def test_columns_of_a_record_are_those_of_its_payload(made: Decision) -> None:
    payload, record = encode(record_of(made))
    assert extract(record) == extract(decode(payload))
    assert encode(decode(payload))[0] == payload


@given(_DECISIONS)
def test_columns_can_be_stored_everywhere(made: Decision) -> None:
    extracted = extract(encode(record_of(made))[1])
    for text in (extracted.columns.reverse_path, *extracted.recipients):
        assert "\x00" not in text
        assert text == text.lower()
        assert len(text.encode()) < 2700  # PostgreSQL's index row


def test_what_is_written() -> None:
    record = record_of(refusal(time=1_790_000_000.25, helo="mx", error_digest=""))
    assert record["time"] == 1_790_000_000_250_000
    assert record["findings"][0] == {
        "rule": "attachment-cap",
        "clauses": ["Q4 4.2"],
        "mode": "enforce",
        "action": "reject",
        "reply": "552 5.3.4 Attachments are larger than 15 MiB",
        "evidence": {"bytes": 16777216},
    }
    assert record["helo"] == "mx"
    assert "error_digest" not in record
    extracted = extract(record)
    assert extracted.recipients == ("binh@tinh.example", "chi@tinh.example")
    assert extracted.clauses == (("attachment-cap", "Q4 4.2"),)
    assert extracted.columns.rules == "attachment-cap"
    assert extracted.columns.reverse_path == "an@so.tinh.example"


def test_every_field_of_a_decision_is_in_the_record() -> None:
    """A field that is added to Decision and forgotten here would be lost without a word."""
    values: dict[str, Any] = {}
    for name, kind in Decision.__annotations__.items():
        values[name] = {"float": 7.5, "int": 75, "str": f"<{name}>"}.get(kind, (f"<{name}>",))
    values["attachments"], values["findings"] = refusal().attachments, refusal().findings
    told = encode(record_of(Decision(**values)))[0].decode()
    for name, kind in Decision.__annotations__.items():
        if kind in ("str", "tuple[str, ...]", "Sequence[str]"):
            assert f"<{name}>" in told, name
    assert all(told.count(text) for text in ('"size":75', '"attachment_bytes":75', '"seconds":7.5', '"time":7500000'))


def test_the_same_recipient_twice_is_one() -> None:
    made = extract(record_of(decision(recipients=["a@b.example", "A@B.example"])))
    assert made.recipients == ("a@b.example",)


def test_a_rule_without_a_clause_is_still_found_by_its_name() -> None:
    assert extract(record_of(refusal(findings=[finding("own-domain", ())]))).clauses == (("own-domain", ""),)


@pytest.mark.parametrize("value", ["\ud800", 2**80, {1: {2}}, b"\xff", object()])
def test_strange_evidence_is_made_legible(value: object) -> None:
    payload, record = encode(record_of(refusal(findings=[finding(x=value)])))
    assert decode(payload)["reference"] == record["reference"]


def test_too_long_a_record_loses_its_evidence_first() -> None:
    made = refusal(findings=[finding(x="y" * MAX_PAYLOAD)])
    payload, record = encode(record_of(made))
    assert len(payload) <= MAX_PAYLOAD
    assert record["findings"][0]["evidence"] == {"left_out": True}
    assert record["attachments"][0]["filename"] == "báo cáo.docx"


def test_a_record_of_nothing_but_long_text_is_clipped() -> None:
    payload, record = encode(record_of(decision(recipients=["x" * 5000] * 1000, helo="h" * MAX_PAYLOAD)))
    assert len(payload) <= MAX_PAYLOAD
    assert record["shortened"] is True
    assert extract(record) == extract(decode(payload))


def test_long_lists_say_how_much_is_missing() -> None:
    parts = [Attachment(f"{i}", "", "", 1, "", f"{i}") for i in range(MAX_ATTACHMENTS + 7)]
    record = record_of(decision(attachments=parts, recipients=["a@b.example"] * (MAX_RECIPIENTS + 3)))
    assert (len(record["attachments"]), record["attachments_more"]) == (MAX_ATTACHMENTS, 7)
    assert (len(record["recipients"]), record["recipients_more"]) == (MAX_RECIPIENTS, 3)


def test_a_note_names_what_it_is_about() -> None:
    record = note_record(Note("review", "R1", "x" * 9000, by="cô Lan", time=2.0), "R2")
    columns = extract(record).columns
    assert (columns.kind, columns.reference, columns.about, columns.time) == ("review", "R2", "R1", 2_000_000)
    assert len(record["text"]) == 4000


@pytest.mark.parametrize("payload", [b"", b"[]", b"{", b'"x"'])
def test_what_is_no_record_is_an_error(payload: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        decode(payload)


def test_vietnamese_is_stored_as_it_is() -> None:
    payload, _ = encode(record_of(refusal()))
    assert "báo cáo.docx".encode() in payload
    assert orjson.loads(payload)["attachments"][0]["part"] == "2"
