"""From a table to a plan: units found and made, rows at fault left out, and an export that changes nothing."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from gateway.directory.columns import score
from gateway.directory.entry import Exemption, Snapshot
from gateway.directory.export import as_json, csv_lines, write_xlsx
from gateway.directory.intake import Import, plan_import
from gateway.directory.plan import after
from gateway.directory.sheet import read_sheets
from gateway.directory.table import read_table, table_of
from gateway.who import Group, Kind, Mailbox, State, Unit
from tests.unit.directory.support_store import DAY, GROUP, PERSON, SCANNER, UNIT_MAILBOX, UNITS, whole

_STATE = after(Snapshot(), whole().steps)


def _import(text: str, current: Snapshot = _STATE, *, remove_missing: bool = False) -> Import:
    return plan_import(current, table_of(read_sheets(text.encode(), score)), DAY, remove_missing=remove_missing)


def _after(made: Import, current: Snapshot = _STATE) -> Snapshot:
    assert made.faults == ()
    return after(current, made.plan.steps)


def _said(made: Import) -> Sequence[str]:
    return [str(fault) for fault in made.faults]


@pytest.mark.parametrize("english", [False, True])
@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_what_was_exported_changes_nothing(tmp_path: Path, format_: str, english: bool) -> None:
    path = tmp_path / f"a.{format_}"
    if format_ == "csv":
        path.write_bytes(b"".join(csv_lines(_STATE, english=english)))
    else:
        with path.open("wb") as stream:
            write_xlsx(_STATE, stream, english=english)
    table = read_table(path)
    assert table.faults == ()
    assert plan_import(_STATE, table, DAY, remove_missing=True).plan.steps == ()
    fresh = plan_import(Snapshot(), table, DAY)
    dated = tuple(replace(one, created=DAY) for one in _STATE.mailboxes)
    assert after(Snapshot(), fresh.plan.steps) == replace(_STATE, mailboxes=dated, exemptions=())


def test_an_export_runs_nothing_in_a_spreadsheet() -> None:
    hostile = replace(_STATE, mailboxes=(replace(SCANNER, holder="=HYPERLINK(1)", note="@SUM(A1)"),), groups=())
    text = b"".join(csv_lines(hostile)).decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
    assert "'@SUM(A1)" in text
    stream = io.BytesIO()
    write_xlsx(hostile, stream)
    cells = [cell for row in openpyxl.load_workbook(stream).active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert "=HYPERLINK(1)" in [cell.value for cell in cells]


def test_json_has_everything() -> None:
    made = as_json(_STATE)
    assert made["version"] == 1
    assert [len(made[name]) for name in ("units", "mailboxes", "groups", "exemptions")] == [2, 3, 1, 1]


def test_what_a_row_does_not_say_stays() -> None:
    made = _after(_import(f"địa chỉ;người sử dụng\n{PERSON.address.upper()};Trần Văn An\n"))
    assert made.mailbox(PERSON.address) == replace(PERSON, holder="Trần Văn An")


def test_an_empty_cell_empties_but_for_kind_state_and_date() -> None:
    made = _after(_import(f"address;kind;state;created;aliases;holder;unit\n{PERSON.address};;;;;;\n"))
    assert made.mailbox(PERSON.address) == replace(PERSON, aliases=(), holder="", unit="")


def test_a_new_mailbox_is_of_today_and_personal() -> None:
    made = _after(_import("address\nNEW@X.example\n"))
    assert made.mailbox("new@x.example") == Mailbox("NEW@x.example", Kind.PERSONAL, created=DAY)


def test_units_are_named_by_code_or_name_and_made_with_both() -> None:
    made = _after(
        _import(
            "address;unit;unit name;parent unit\n"
            "a@x.example;PHONG NOI VU;;\n"
            "b@x.example;;Phòng Nội vụ;\n"
            "c@x.example;pyt;;\n"
            "d@x.example;pyt;Phòng Y tế;q4\n"
            ";pgd;Phòng Giáo dục;pyt\n"
        )
    )
    assert [one.unit for one in made.mailboxes if one.address.endswith("x.example")] == ["pnv", "pnv", "pyt", "pyt"]
    assert made.unit("pyt") == Unit("pyt", "Phòng Y tế", "q4")
    assert made.unit("pgd") == Unit("pgd", "Phòng Giáo dục", "pyt")
    assert made.unit("pnv") == UNITS[0]


def test_a_whole_domain_is_a_group() -> None:
    made = _after(_import("address;kind;members\n@cu.example;group;@moi.example\n"))
    group = Group("@cu.example", ("@moi.example",))
    assert group in made.groups
    table = table_of(read_sheets(b"".join(csv_lines(made)), score))
    assert plan_import(made, table, DAY, remove_missing=True).plan.steps == ()
    assert _said(_import("address\n@cu.example\n")) == ["line 2: not an address: write name@domain"]


def test_groups() -> None:
    made = _after(_import("address;kind;members\nall@x.example;nhóm;a@x.example, b@y.example\n"))
    assert Group("all@x.example", ("a@x.example", "b@y.example")) in made.groups


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("a@x.example;;zz;\n", "line 2, column 'unit': there is no unit 'zz'; to make it, give its name"),
        ("a@x.example;;;Phòng Lạ\n", "line 2, column 'unit name': there is no unit 'Phòng Lạ'; to make it, give it a"),
        (";An;pnv;\n", "line 2, column 'address': no address"),
        ("a@x.example;;;\nA@X.example;;;\n", "line 3, column 'address': A@x.example stands on line 2 already"),
        ("a@x.example;;n;N\nb@x.example;;n;M\n", "line 3, column 'unit name': unit n is described in another way on"),
        ("an.q4@tphcm.example;;;\n", "line 2: an.q4@tphcm.example"),
        (f"{GROUP.address};;;\n", f"line 2: {GROUP.address}"),
    ],
)
def test_faults_that_only_the_whole_shows(rows: str, fault: str) -> None:
    made = _import(f"address;holder;unit;unit name\n{rows}good@x.example;;;\n")
    assert len(made.faults) == 1
    assert _said(made)[0].startswith(fault)
    rest = after(_STATE, made.plan.steps)
    assert rest.mailbox("good@x.example")
    assert made.plan.flaws == ()
    assert made.rows == made.total - 1


def test_rows_that_do_not_fit_together_are_all_named() -> None:
    made = _import("address;aliases\na@x.example;c@x.example\nb@x.example;c@x.example\nd@x.example;\n")
    assert [fault.line for fault in made.faults] == [2, 3]
    assert [step.key for step in made.plan.steps] == ["d@x.example"]


def test_a_unit_above_that_nobody_has_is_named_at_its_row() -> None:
    made = _import("address;unit;unit name;parent unit\na@x.example;n;N;nowhere\n")
    assert _said(made) == ["line 2: there is no unit nowhere above it"]
    assert made.plan.steps == ()


def test_missing_ones_go_only_when_asked() -> None:
    text = f"address;kind\n{UNIT_MAILBOX.address};unit\n"
    assert _import(text).plan.steps == ()
    made = _import(text, remove_missing=True)
    assert made.plan.counts() == {"add": 0, "change": 0, "remove": 4}
    left = after(_STATE, made.plan.steps)
    assert (left.mailboxes, left.groups, left.exemptions, left.units) == ((UNIT_MAILBOX,), (), (), UNITS)


def test_faults_are_in_the_order_of_the_file() -> None:
    made = _import("address;unit\nb@x.example;zz\nwrong;\nc@x.example;yy\n")
    assert [fault.line for fault in made.faults] == [2, 3, 4]
    assert (made.rows, made.total) == (0, 3)


def test_twenty_thousand_rows() -> None:
    lines = [
        f"m{number}@x.example;Nguyễn Văn {number % 50};u{number % 300};Đơn vị {number % 300}"
        for number in range(20_000)
    ]
    made = _import("address;holder;unit;unit name\n" + "\n".join(lines), Snapshot())
    assert made.faults == ()
    assert made.plan.counts() == {"add": 20_300, "change": 0, "remove": 0}


def test_states_and_exemptions_survive_an_import() -> None:
    made = _import(f"address;state\n{PERSON.address};thu hồi\n")
    state = after(_STATE, made.plan.steps)
    assert state.mailbox(PERSON.address) == replace(PERSON, state=State.RECLAIMED)
    assert state.exemptions == (Exemption(PERSON.address, "đi học", _STATE.exemptions[0].until),)
