"""The pure parts: text, charts, evidence, brakes, whose address it is, the tables' schema."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st

from gateway.config_values import network
from gateway.console import migrations, words
from gateway.console.brakes import Brake, network_key
from gateway.console.charts import Bar, bars, ceiling, share
from gateway.console.client import address_of, secure
from gateway.console.evidence import shown
from gateway.console.evidence_words import spoken
from gateway.console.figures import count
from gateway.console.migrate import HEAD
from gateway.console.rendering import render
from gateway.console.schema import VERSION_TABLE, metadata
from gateway.console.text import clean, clip, day, moment, number, size
from gateway.rules.natures import Nature
from gateway.rules.request_proof import Flaw
from gateway.vietnamese.marking_lines import Form
from gateway.vietnamese.verdict import Verdict
from tests.unit.console.support import NOW, Running

JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=25,
)


class TestText:
    def test_numbers_and_times_as_vietnam_writes_them(self) -> None:
        assert number(1_234_567) == "1.234.567"
        assert (size(999), size(1536), size(15 * 2**20), size(3 * 2**30)) == ("999 B", "1,5 KiB", "15,0 MiB", "3,0 GiB")
        assert moment(1_795_000_000) == "18/11/2026 18:06:40"
        assert day(datetime.date(2026, 1, 2)) == "02/01/2026"

    @pytest.mark.parametrize("seconds", [float("inf"), float("nan"), -1e30, 1e30])
    def test_no_moment_is_too_odd(self, seconds: float) -> None:
        assert isinstance(moment(seconds), str)

    @given(st.text())
    def test_what_is_cleaned_has_nothing_hidden(self, text: str) -> None:
        made = clean(text)
        assert len(made) == len(text)
        assert not any((ord(c) < 32 and c not in "\t\n\r") or 0x202A <= ord(c) <= 0x202E for c in made)
        made.encode()

    def test_vietnamese_stays(self) -> None:
        assert clean("Quyết định số 03/2013/QĐ-UBND — “Điều 8”") == "Quyết định số 03/2013/QĐ-UBND — “Điều 8”"
        assert clip("Quyết định", 6) == "Quyết…"


class TestCharts:
    @given(st.floats(0, 1e9))
    def test_the_scale_reaches_the_value_in_whole_steps(self, value: float) -> None:
        top = ceiling(value)
        assert top >= value and (top / 4) == int(top / 4)

    def test_bars_are_drawn_from_the_bottom_up(self) -> None:
        text = str(bars([Bar("a<b", (("main", 3), ("bad", 1)), "t&t")], "chart"))
        assert text.count("<rect") == 2 and "a&lt;b" in text and "t&amp;t" in text and "style=" not in text

    @pytest.mark.parametrize("items", [[], [Bar("x", (("main", 0),))]])
    def test_nothing_to_show(self, items: list[Bar]) -> None:
        assert "<svg" in bars(items, "")

    def test_a_share_is_never_beyond_its_track(self) -> None:
        assert 'width="100.0"' in share(7, 5) and 'class="fill-main"' not in share(0, 5) and share(1, 0)


class TestEvidence:
    @given(st.dictionaries(st.text(max_size=10), JSON, max_size=5))
    def test_any_json(self, evidence: dict[str, Any]) -> None:
        rows = list(shown(evidence))
        assert len(rows) <= 61
        assert all(isinstance(row.value, str) and len(row.value) <= 1300 for row in rows)

    def test_deep_and_wide(self) -> None:
        deep: dict[str, Any] = {"a": 1}
        for _ in range(200):
            deep = {"a": [deep], "b": "x"}
        assert list(shown({"x": deep, **{str(n): n for n in range(500)}}))

    def test_passages_stand_side_by_side(self) -> None:
        passages = [{"place": "dòng 1", "sent": "Céng hoµ", "understood": "Cộng hoà"}]
        (row,) = [one for one in shown({"passages": passages}) if one.heads]
        assert [head.vi for head in row.heads] == ["Vị trí", "Như đã gửi", "Đọc đúng là"]
        assert row.cells == (("dòng 1", "Céng hoµ", "Cộng hoà"),)

    @pytest.mark.parametrize(("language", "said"), [("vi", "vi phạm"), ("en", "violation")])
    def test_stable_names_are_said_in_words(self, language: str, said: str) -> None:
        evidence = {"verdict": "violation", "confidence": 0.5, "tricks": ["bidi-name", "x"], "how": "login", "why": "y"}
        found = [row.value for row in shown(evidence, language)]
        sign = "ký tự đảo chiều trong tên, x" if language == "vi" else "a name that reorders itself, x"
        how = "đăng nhập" if language == "vi" else "a login"
        assert found == [said, "0,5" if language == "vi" else "0.5", sign, how, "y"]

    @pytest.mark.parametrize(("key", "names"), [("verdict", Verdict), ("form", Form), ("why", Nature), ("flaws", Flaw)])
    def test_every_stable_name_has_words(self, key: str, names: Iterable[StrEnum]) -> None:
        for one in names:
            assert spoken(key, one.value, "vi") != one.value


class TestBrakes:
    def test_a_burst_and_then_by_the_rate(self) -> None:
        brake = Brake(2, 10.0)
        assert [brake.allows("a", 0.0) for _ in range(3)] == [True, True, False]
        assert brake.allows("b", 0.0)
        assert not brake.allows("a", 4.0)
        assert brake.allows("a", 5.1)

    def test_a_clock_that_goes_back_gives_nothing(self) -> None:
        brake = Brake(1, 10.0)
        assert brake.allows("a", 100.0) and not brake.allows("a", 0.0)

    def test_many_clients_are_forgotten_not_kept(self) -> None:
        brake = Brake(1, 10.0)
        for n in range(25_000):
            brake.allows(str(n), 0.0)
        assert len(brake._buckets) <= 20_000

    def test_one_who_has_a_whole_network(self) -> None:
        assert network_key("2001:db8::1") == network_key("2001:db8::ffff") != network_key("2001:db8:0:1::1")
        assert network_key("192.0.2.1") != network_key("192.0.2.2")
        assert network_key("unix" * 100) == ("unix" * 100)[:64]


class TestClient:
    PROXIES = (network("10.0.0.0/8"),)

    def _scope(self, peer: str, **headers: str) -> dict[str, Any]:
        pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        return {"client": (peer, 1), "headers": pairs, "scheme": "http"}

    @pytest.mark.parametrize(
        ("peer", "told", "address"),
        [
            ("192.0.2.1", "198.51.100.1", "192.0.2.1"),  # a stranger's word is nobody's
            ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),  # what the client wrote itself is not it
            ("10.0.0.1", "rubbish", "10.0.0.1"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("10.0.0.1", "10.0.0.9", "10.0.0.9"),
            ("10.0.0.1", ",".join(["10.0.0.3"] * 10_000), "10.0.0.3"),
        ],
    )
    def test_whose_address(self, peer: str, told: str, address: str) -> None:
        assert address_of(self._scope(peer, x_forwarded_for=told), self.PROXIES) == address

    def test_who_says_that_it_is_tls(self) -> None:
        assert secure(self._scope("10.0.0.1", x_forwarded_proto="https"), self.PROXIES)
        assert not secure(self._scope("192.0.2.1", x_forwarded_proto="https"), self.PROXIES)
        assert not secure(self._scope("10.0.0.1", x_forwarded_proto="http"), self.PROXIES)
        assert secure({"scheme": "https", "client": None, "headers": []}, ())


def test_every_rule_and_standing_has_words() -> None:
    from gateway.rates import Standing
    from gateway.rules.table import RULES

    assert {rule.name for rule in RULES} <= words.RULES.keys()
    assert {one.value for one in Standing} == words.STANDINGS.keys()


def test_a_name_without_words_is_shown_as_it_is() -> None:
    assert words.word("rule", "quite-new", "vi") == "quite-new"


def test_what_a_template_lacks_is_an_error() -> None:
    with pytest.raises(Exception, match="undefined"):
        render("sender.html", "vi")


def test_migrations_make_the_tables_of_the_schema(own: Running) -> None:
    def ours(_: Any, name: str | None, kind: str, *__: Any) -> bool:
        return kind != "table" or str(name).startswith("console_")

    with own.services.directory.database.reading() as connection:
        options = {"version_table": VERSION_TABLE, "include_object": ours}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
    assert ScriptDirectory(migrations.__path__[0]).get_current_head() == HEAD


def test_a_day_is_counted_from_the_rows_themselves(filled: Running) -> None:
    """Against a plain count over every row of the day."""
    from gateway.journal.query import Filter, search
    from gateway.lifecycle.days import day_of, start_of

    date = day_of(NOW)
    since = int(start_of(date) * 1e6)
    with filled.services.journal() as connection:
        made = count(connection, date)
        rows = [one.record for one in search(connection, Filter(since=since, until=since + 86400 * 10**6))]
    assert made.total == len(rows) > 50
    assert (made.reject, made.tempfail) == tuple(sum(r["action"] == a for r in rows) for a in ("reject", "tempfail"))
    wanted: dict[str, int] = {}
    for row in rows:
        for finding in row.get("findings", ()) if row["action"] == "reject" else ():
            wanted[finding["rule"]] = wanted.get(finding["rule"], 0) + (finding["mode"] == "enforce")
    assert made.rules == wanted
