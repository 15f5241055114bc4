"""What is posted to us, made sightings: good ones, and whatever else anybody may post."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.access import Sign, Source
from gateway.sources import events, policy
from gateway.sources.sight import MAX_NAME, MAX_TEXT, Sighting, client_name, text
from gateway.who import State

NOW = 1_795_366_940.0
LOGIN: dict[str, Any] = {
    "event": "auth_request_finished",
    "hostname": "mail1",
    "start_time": "2026-11-22T17:02:12.449066Z",
    "end_time": "2026-11-22T17:02:12.453893Z",
    "categories": ["service:auth", "auth"],
    "fields": {
        "success": "yes",
        "service": "imap",
        "session": "7AZAcOBgVuh/AAAB",
        "remote_ip": "10.0.0.7",
        "client_id": '"name" "Thunderbird" "version" "1"',
        "user": "an@tinh.example",
    },
}
COMMAND: dict[str, Any] = {
    "event": "imap_command_finished",
    "start_time": "2026-11-22T17:02:12.477449Z",
    "fields": {"user": "an@tinh.example", "session": "s1", "cmd_name": "SELECT", "tagged_reply_state": "OK"},
}
ASKED = {"login": "an@tinh.example", "master": "", "protocol": "imap", "success": True, "policy_reject": False}

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def event(base: dict[str, Any], fields: dict[str, Any] | None = None, **changes: Any) -> Sighting | None:
    made = {**base, **changes, "fields": {**base["fields"], **(fields or {})}}
    return events.read(json.dumps(made).encode(), NOW)


class TestEvents:
    def test_a_login(self) -> None:
        assert event(LOGIN) == Sighting(
            "an@tinh.example",
            Source.DOVECOT_EVENTS,
            Sign.LOGIN,
            1_795_366_932.449066,
            NOW,
            session="7AZAcOBgVuh/AAAB",
            master="",
            service="imap",
            client="Thunderbird",
            remote="10.0.0.7",
        )

    def test_a_masters_login_says_so(self) -> None:
        seen = event(LOGIN, {"master_user": "poller"})
        assert seen is not None and seen.master == "poller"

    @pytest.mark.parametrize("fields", [{"success": "no"}, {"success": None}, {"user": ""}, {"user": 7}])
    def test_no_login(self, fields: dict[str, Any]) -> None:
        assert event(LOGIN, fields) is None

    def test_a_command(self) -> None:
        seen = event(COMMAND)
        assert seen is not None and seen.master is None and seen.session == "s1" and seen.sign is Sign.SELECT
        idle = event(COMMAND, {"cmd_name": "idle", "tagged_reply_state": "BAD"})
        assert idle is not None and idle.sign is Sign.IDLE

    @pytest.mark.parametrize("fields", [{"tagged_reply_state": "NO"}, {"cmd_name": "EXAMINE"}, {"cmd_name": None}])
    def test_no_use(self, fields: dict[str, Any]) -> None:
        assert event(COMMAND, fields) is None

    def test_other_events_are_left(self) -> None:
        assert event(LOGIN, event="mail_opened") is None

    @pytest.mark.parametrize(
        ("said", "began"),
        [
            (1_795_366_900, 1_795_366_900.0),
            ("2026-11-23T00:00:00+07:00", 1_795_366_800.0),
            ("2026-11-22T17:00:00", NOW),  # of which zone?
            ("2099-01-01T00:00:00Z", NOW),  # a clock that goes ahead
            ("0001-01-01T00:00:00+23:59", NOW),
            (True, NOW),
            (-5, NOW),
            (None, NOW),
            ("x", NOW),
            ({}, NOW),
        ],
    )
    def test_its_time(self, said: object, began: float) -> None:
        seen = event(LOGIN, start_time=said)
        assert seen is not None and seen.began == began

    @pytest.mark.parametrize("body", [b"", b"x", b"[]", b"7", b'{"event":"auth_request_finished"}', b'{"fields":[]}'])
    def test_garbage(self, body: bytes) -> None:
        with pytest.raises(ValueError, match=r"."):
            events.read(body, NOW)

    @given(st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode()))
    def test_anything(self, body: bytes) -> None:
        for reader in (events.read, policy.read):
            with contextlib.suppress(ValueError):
                reader(body, NOW)

    @given(st.dictionaries(st.sampled_from([*LOGIN["fields"], "master_user", "cmd_name"]), JSON), JSON)
    def test_any_fields(self, fields: dict[str, Any], start: object) -> None:
        for base in (LOGIN, COMMAND):
            seen = events.read(
                json.dumps({**base, "start_time": start, "fields": {**base["fields"], **fields}}).encode(), NOW
            )
            if seen is not None:
                assert 0 < seen.began <= seen.arrived == NOW
                assert len(seen.user) <= MAX_NAME and seen.user.isprintable() and len(seen.client) <= MAX_TEXT


class TestPolicy:
    def test_a_report(self) -> None:
        asked = policy.read(json.dumps({**ASKED, "device_id": '"name" "K-9"', "remote": "10.0.0.7"}).encode(), NOW)
        assert asked.sighting == Sighting(
            "an@tinh.example",
            Source.DOVECOT_POLICY,
            Sign.LOGIN,
            NOW,
            NOW,
            master="",
            service="imap",
            client="K-9",
            remote="10.0.0.7",
        )

    @pytest.mark.parametrize("changes", [{"success": False}, {"policy_reject": True}, {"success": "true"}])
    def test_who_did_not_get_in_was_not_there(self, changes: dict[str, Any]) -> None:
        asked = policy.read(json.dumps({**ASKED, **changes}).encode(), NOW)
        assert asked.sighting is None and not asked.success

    @pytest.mark.parametrize("master", [None, 7])
    def test_without_the_master_it_proves_nothing(self, master: object) -> None:
        asked = policy.read(json.dumps({**ASKED, "master": master}).encode(), NOW)
        assert asked.master is None and asked.success and asked.sighting is None

    @pytest.mark.parametrize("body", [b"[]", b"{}", b'{"login":""}', b'{"login":["x"]}', b"null"])
    def test_garbage(self, body: bytes) -> None:
        with pytest.raises(ValueError, match=r"."):
            policy.read(body, NOW)

    def test_answers(self) -> None:
        messages = policy.Messages()
        assert messages.answer(None) == messages.answer(State.ACTIVE) == policy.ALLOWED
        for state in (State.LOCKED, State.RECLAIMED):
            said = json.loads(messages.answer(state))
            assert said["status"] == -1 and said["msg"].isascii() and said["msg"]

    @pytest.mark.parametrize("message", ["khoá", "a\r\nb", "", "x" * 201])
    def test_a_message_that_imap_cannot_carry(self, message: str) -> None:
        with pytest.raises(ValueError, match="printable ASCII"):
            policy.Messages({State.LOCKED: message})


class TestText:
    @pytest.mark.parametrize(
        ("said", "name"),
        [
            ('"name" "iPhone Mail" "version" "1"', "iPhone Mail"),
            ('"version" "1" "NAME" "a\\"b"', 'a"b'),
            ('"name" NIL', ""),
            ('"name" "unended', ""),
            ("", ""),
            (None, ""),
            ('"name" "x\ty"', "x y"),
        ],
    )
    def test_a_clients_name(self, said: object, name: str) -> None:
        assert client_name(said) == name

    def test_a_long_one_takes_no_time(self) -> None:
        assert client_name('"name" "' + "\\" * 100_000) == ""
        assert client_name('"' * 100_000) == ""

    def test_text_is_one_line(self) -> None:
        assert text("a\r\nb\0\u202e") == "a  b"
        assert len(text("x" * 10_000)) == MAX_TEXT
