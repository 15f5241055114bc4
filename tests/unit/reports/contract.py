"""What reports promise over every store: the figures are those of the journal's rows. `url`: a fresh store's."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from gateway.journal import Decision, Note
from gateway.journal.prune import prune
from gateway.journal.writer import LATE
from gateway.lifecycle.spans import Span
from gateway.model import Action, Mode, Reply
from gateway.reports import directory_rows, gather, journal_rows
from gateway.reports.fates import Fate, Weight
from gateway.reports.mailings import MailingStore
from gateway.reports.make import NAMES, Asked, make
from gateway.reports.presence import GATEWAY, PresenceStore, Present, Pulse
from gateway.reports.quarters import Quarter, calendar_period
from gateway.reports.schema import VERSION_TABLE, metadata
from gateway.who import Unit
from tests.unit.reports.support import BOXES, INSIDE, NOW, PERIOD, Office, at, decision, finding, refusal

PEOPLE = ("an@tinh.example", "NVAN@tinh.example", "so-a@tinh.example", "phong-b@tinh.example", "x@ngoai.example", "")


def mixed(number: int = 400, seed: int = 4) -> list[Decision]:
    """Decisions of every sort, over five months around the quarter."""
    chance = random.Random(seed)
    begin, end = at("2026-06-01 00:00"), at("2026-10-31 00:00")
    return [_one(chance, begin + chance.random() * (end - begin)) for _ in range(number)]


def _one(chance: random.Random, moment: float) -> Decision:
    readers = chance.sample([*PEOPLE[:5], "y@ngoai.example"], chance.randint(1, 3))
    way = chance.choice(["inbound", "submission", "outbound"])
    identifier = f"<{chance.randint(1, 80)}@tinh.example>"
    made = decision(time=moment, reverse_path=chance.choice(PEOPLE), recipients=readers, direction=way)
    made = replace(made, message_id=identifier, size=chance.randint(1, 10_000))
    sort = chance.randint(0, 9)
    if sort == 0:
        return replace(made, action="reject", findings=[finding()])
    if sort == 1:
        return replace(made, action="reject", findings=[finding("spam", "Q4 11.7"), finding("x", mode=Mode.OBSERVE)])
    if sort == 2:
        later = replace(finding("outbound-throttle", "Q4 11.7"), action=Action.TEMPFAIL, reply=Reply(451, "4.7.1", "x"))
        return replace(made, action="tempfail", findings=[later])
    if sort == 3:
        return replace(made, passed=True, checked=())
    if sort == 4:
        return replace(made, findings=[finding("vietnamese-diacritics", "Q4 7.3", mode=Mode.OBSERVE)])
    if sort == 5:
        action = chance.choice(["reject", "tempfail"])
        return replace(made, action=action, outcome="upstream refused")
    return made


def recount(rows: Sequence[Mapping[str, Any]], since: float, until: float) -> Counter[str]:
    """The figures again, straight from the rows: written anew, on purpose without anything of gateway.reports."""
    found: Counter[str] = Counter()
    for row in rows:
        if not since * 1e6 <= row["time"] < until * 1e6:
            continue
        found["all"] += 1
        if row.get("passed"):
            found["again"] += 1
            continue
        enforced = [f for f in row.get("findings", []) if f["mode"] == "enforce"]
        if row["action"] == "accept":
            found["accepted"] += 1
            found["bytes"] += row["size"]
        elif enforced:
            found[{"reject": "refused", "tempfail": "delayed"}[row["action"]]] += 1
        else:
            found["behind"] += 1
        for rule in {f["rule"] for f in row.get("findings", [])}:
            found[f"rule {rule}"] += 1
        mine = row["reverse_path"].lower() in ("an@tinh.example", "nvan@tinh.example", "so-a@tinh.example")
        if row["action"] == "accept" and mine and row["direction"] != "inbound":
            found["sent so-a"] += 1
        if row["action"] == "accept":
            readers = {_box(address) for address in row["recipients"]}
            found["received so-a"] += len(readers & {"an", "so-a"})
    return found


def _box(address: str) -> str:
    return {"nvan": "an"}.get(address.lower().partition("@")[0], address.lower().partition("@")[0])


class FiguresContract:
    """Subclasses say which store."""

    @pytest.fixture
    def office(self, tmp_path: Path, url: str) -> Office:
        made = Office(tmp_path, url, notices={"office": "Văn phòng"})
        made.usual()
        return made

    @pytest.fixture
    def mail(self, office: Office) -> gather.Mail:
        office.wrote(mixed())
        return gather.mail(office.sources, office.sources.lived(PERIOD), PERIOD)

    def test_the_figures_are_those_of_the_rows(self, office: Office, mail: gather.Mail) -> None:
        again = recount(office.raw(), PERIOD.since, PERIOD.until)
        traffic = mail.traffic
        assert again["all"] == traffic.decisions > 150
        assert again["again"] == traffic.of(Fate.AGAIN) > 0
        assert again["accepted"] == traffic.of(Fate.ACCEPTED) > 0
        assert again["refused"] == traffic.of(Fate.REFUSED) > 0
        assert again["delayed"] == traffic.of(Fate.DELAYED) > 0
        assert again["behind"] == traffic.of(Fate.REFUSED_BEHIND, Fate.DELAYED_BEHIND, Fate.DELAYED_OURS) > 0
        assert again["bytes"] == traffic.octets
        for rule in ("attachment-cap", "spam", "x", "outbound-throttle", "vietnamese-diacritics"):
            assert again[f"rule {rule}"] == sum(traffic.rules[rule, weight] for weight in Weight) > 0
        use = mail.by_unit()["so-a"]
        assert (again["sent so-a"], again["received so-a"]) == (use.sent, use.received)

    def test_no_row_is_lost_or_told_twice_between_two_pages(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(journal_rows, "_PAGE", 7)
        monkeypatch.setattr(directory_rows, "_PAGE", 2)
        office.wrote([replace(one, time=INSIDE) for one in mixed(60)])  # all at one moment
        for name in ("Một", "Hai", "Ba", "Bốn", "Năm"):
            office.found(Unit("so-a", name), when=INSIDE)
        over = office.sources.lived(PERIOD)
        assert [(one.before, one.after) for one in over.renamed] == [("Sở An Toàn", "Năm")]
        found = gather.mail(office.sources, over, PERIOD).traffic
        assert (found.decisions, found.octets) == (60, recount(office.raw(), PERIOD.since, PERIOD.until)["bytes"])

    def test_the_figures_add_up_among_themselves(self, mail: gather.Mail) -> None:
        traffic = mail.traffic
        assert sum(traffic.fates.values()) == sum(traffic.days.values()) == traffic.decisions
        assert traffic.messages == sum(traffic.of(fate) for fate in Fate if fate is not Fate.AGAIN)
        by_unit = {weight: sum(n for (_, _, w), n in traffic.unit_rules.items() if w is weight) for weight in Weight}
        assert by_unit == {weight: sum(n for (_, w), n in traffic.rules.items() if w is weight) for weight in Weight}

    def test_three_quarters_make_the_whole(self, office: Office) -> None:
        office.wrote(mixed(120, 9))
        over = office.sources.lived(PERIOD)
        quarters = (Quarter(2026, 2), Quarter(2026, 3), Quarter(2026, 4))
        found = [gather.mail(office.sources, over, calendar_period(one)).traffic.decisions for one in quarters]
        assert sum(found) == len(office.raw()) == 120
        assert all(found)

    def test_the_quarter_ends_at_vietnams_midnight(self, office: Office) -> None:
        borders = ("2026-06-30 23:59", "2026-07-01 00:00", "2026-09-30 23:59", "2026-10-01 00:00")
        office.wrote([decision(time=at(text), size=10**place) for place, text in enumerate(borders)])
        found = gather.mail(office.sources, office.sources.lived(PERIOD), PERIOD).traffic
        assert (found.decisions, found.octets) == (2, 110)

    def test_one_units_figures_are_its_own_and_those_below(self, office: Office, mail: gather.Mail) -> None:
        sources, over = office.sources, office.sources.lived(PERIOD)
        whole = mail.by_unit()
        part = gather.mail(sources, over, PERIOD, over.below("so-a")).by_unit()
        assert part == {code: whole[code] for code in ("so-a", "phong-b")}
        assert gather.mail(sources, over, PERIOD, over.below("phong-b")).by_unit() == {"phong-b": whole["phong-b"]}

    def test_refused_then_sent_again(self, office: Office) -> None:
        office.wrote([refusal(message_id="<a@x>"), decision(message_id="<a@x>"), refusal(message_id="<b@x>")])
        found = gather.mail(office.sources, office.sources.lived(PERIOD), PERIOD).traffic
        assert (found.of(Fate.REFUSED), found.of(Fate.ACCEPTED), found.mended) == (2, 1, 1)

    def test_a_refusal_whose_client_heard_451(self, office: Office) -> None:
        late = refusal()
        office.wrote([late, refusal()], [Note("outcome", late.reference, LATE, time=INSIDE + 9)])
        found = gather.mail(office.sources, office.sources.lived(PERIOD), PERIOD).traffic
        assert (found.of(Fate.REFUSED), found.of(Fate.DELAYED_OURS)) == (1, 1)

    def test_observed_and_enforced_stay_apart(self, office: Office) -> None:
        office.wrote([refusal(), decision(findings=[finding(mode=Mode.OBSERVE)]), decision()])
        found = gather.mail(office.sources, office.sources.lived(PERIOD), PERIOD).traffic
        assert found.rules == {("attachment-cap", Weight.REFUSED): 1, ("attachment-cap", Weight.OBSERVED): 1}
        assert (found.boxes["an@tinh.example"].observed, found.boxes["an@tinh.example"].clean) == (1, 1)

    def test_units_renamed_and_mailboxes_deleted(self, office: Office) -> None:
        office.wrote([decision(time=at("2026-07-10 09:00")), decision(time=at("2026-09-10 09:00"))])
        office.found(Unit("so-a", "Sở Mới"), when=at("2026-08-01 08:00"))
        office.lose(BOXES[1], when=at("2026-08-02 08:00"))
        office.found(Unit("so-a", "Sở Mới Nữa"), when=at("2026-10-02 08:00"))
        over = office.sources.lived(PERIOD)
        assert over.unit_name("so-a") == "Sở Mới"
        assert [(one.before, one.after) for one in over.renamed] == [("Sở An Toàn", "Sở Mới")]
        assert [one.address for one in over.gone] == ["an@tinh.example"]
        assert gather.mail(office.sources, over, PERIOD).by_unit()["so-a"].sent == 2
        assert gather.counted(over).total.total == 3
        assert [one.how for one in over.moved] == ["removed"]

    def test_what_retention_took_is_told(self, office: Office) -> None:
        office.wrote([decision(time=at("2026-07-02 09:00")), decision(time=at("2026-09-02 09:00"))])
        assert gather.mail(office.sources, office.sources.lived(PERIOD), PERIOD).pruned_before == 0
        for _ in prune(office.url, office.folder, "gw1", int(at("2026-08-01 00:00") * 1e6)):
            pass
        found = gather.mail(office.sources, office.sources.lived(PERIOD), PERIOD)
        assert (found.traffic.decisions, found.pruned_before) == (1, at("2026-08-01 00:00"))
        document = make(Asked("quarterly", PERIOD), office.sources, NOW)
        assert "01/8/2026 đã được xóa" in str(document.blocks)

    def test_every_report_of_an_office_and_of_an_empty_one(self, office: Office) -> None:
        empty = Asked("quarterly", calendar_period(Quarter(2020, 1)))
        office.wrote([decision(), refusal()])
        assert make(empty, office.sources, NOW).figures["mail"]["decisions"] == 0
        for name in NAMES:
            assert make(Asked(name, PERIOD), office.sources, NOW).head.about

    @pytest.mark.bare
    def test_presence(self, office: Office) -> None:
        store = PresenceStore(office.store.database)
        assert (store.spans(0, 9e9), store.first()) == ([], None)
        store.prepare()
        pulse = Pulse(store, "gw1")
        for minute in range(3):
            pulse.beat(["m"], 1000.0 + 60 * minute)
        pulse.beat([], 1180.0)
        pulse.beat(["m"], 1240.0)
        Pulse(store, "gw1").beat(["m"], 1300.0)  # a quick restart
        Pulse(store, "gw1").beat(["m"], 9000.0)  # a long one
        kept = {(one.what, one.span) for one in store.spans(0, 9e9)}
        assert kept == {
            (GATEWAY, Span(1000, 1300)),
            ("upstream:m", Span(1000, 1120)),
            ("upstream:m", Span(1240, 1300)),
            (GATEWAY, Span(9000, 9000)),
            ("upstream:m", Span(9000, 9000)),
        }
        assert store.first() == 1000
        store.keep([Present("gw1", GATEWAY, Span(1000, 1010))])
        assert store.last("gw1", GATEWAY) == Span(9000, 9000)
        assert {one.span for one in store.spans(0, 2000) if one.what == GATEWAY} == {Span(1000, 1300)}
        assert store.forget(1200) == 1
        assert len(store.spans(0, 9e9)) == 4

    @pytest.mark.bare
    def test_a_mailing_is_on_record_once(self, office: Office) -> None:
        store = MailingStore(office.store.database)
        assert store.open("quarterly/2026Q3")
        store.prepare()
        assert store.post("quarterly/2026Q3", (), NOW)
        assert not store.post("quarterly/2026Q3", (), NOW)
        assert store.mailed("quarterly/2026") == {"quarterly/2026Q3"}
        assert not store.open("quarterly/2026Q3")
        assert store.mailed("quarterly%") == frozenset()

    def test_the_tables_are_those_of_the_migrations(self, office: Office) -> None:
        PresenceStore(office.store.database).prepare()
        with contextlib.ExitStack() as stack:
            connection = stack.enter_context(office.store.database.reading())
            ours = {"include_name": lambda name, kind, _: kind != "table" or name in metadata.tables}
            context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, **ours})
            assert compare_metadata(context, metadata) == []

    def test_below_a_unit(self, office: Office) -> None:
        assert office.sources.lived(PERIOD).below("so-a") == {"so-a", "phong-b"}
