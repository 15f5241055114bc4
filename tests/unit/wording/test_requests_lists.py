"""Lists of people and mailboxes, in the shapes that documents give them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.document import Unit
from gateway.wording.requests_cells import Shows, begins_with_name, shows
from gateway.wording.requests_lists import Table, lists_in

HEAD = ["STT", "Họ và tên", "Chức vụ", "Đơn vị", "Địa chỉ thư điện tử"]
ROWS = [
    ["1", "Nguyễn Văn Anh", "Chuyên viên", "Phòng Tư pháp", "nvanh.q4@tphcm.gov.vn"],
    ["2", "Trần Thị Bình", "Phó Trưởng phòng", "", "ttbinh.q4@tphcm.gov.vn"],
    ["3", "Lê Hoàng Cường", "Văn thư", "UBND phường 3", ""],
]


def found(units: list[Unit]) -> list[Table]:
    return list(lists_in(units, [unit.text for unit in units]))


def sheet(rows: list[list[str]], place: str = "sheet 'DS' {}{}") -> list[Unit]:
    return [
        Unit(place.format(chr(65 + column), number), text)
        for number, row in enumerate(rows, 1)
        for column, text in enumerate(row)
        if text
    ]


def test_a_sheet() -> None:
    (only,) = found(sheet([HEAD, *ROWS]))
    assert (only.where, only.rows, only.is_of_mailboxes) == ("sheet 'DS'", 3, True)


def test_a_file_of_commas() -> None:
    (only,) = found(sheet([HEAD, *ROWS], "cell {}{}"))
    assert (only.where, only.rows) == ("", 3)


def test_two_sheets_are_two_lists() -> None:
    both = sheet([HEAD, *ROWS]) + sheet([HEAD, *ROWS], "sheet 'Hai' {}{}")
    assert [(one.where, one.rows) for one in found(both)] == [("sheet 'DS'", 3), ("sheet 'Hai'", 3)]


def test_cells_that_only_follow_one_another() -> None:
    cells = [text for row in [HEAD, *ROWS] for text in row if text]
    units = [Unit(f"paragraph {number}", text) for number, text in enumerate(["DANH SÁCH", *cells, "Trân trọng"])]
    (only,) = found(units)
    assert (only.rows, only.is_of_mailboxes) == (3, True)


def test_lines() -> None:
    lines = "\n".join(" ".join(filter(None, row)) for row in [HEAD, *ROWS])
    (only,) = found([Unit("page 1", f"DANH SÁCH ĐỀ NGHỊ CẤP HỘP THƯ\n{lines}\nTrân trọng")])
    assert only.rows == 3


def test_a_list_in_a_letter() -> None:
    text = (
        "Đề nghị cấp hộp thư cho:\n1. Nguyễn Văn An - Chuyên viên Phòng Nội vụ\n2. Bà Trần Thị Bé, văn thư\nXin cảm ơn."
    )
    (only,) = found([Unit("", text)])
    assert (only.rows, only.is_of_mailboxes) == (2, True)  # the line above it is a heading


@pytest.mark.parametrize(
    "text",
    [
        "Kính gửi Văn phòng, tôi là Nguyễn Văn An.\nXin cảm ơn.",
        "Trân trọng,\nNguyễn Văn An\nChuyên viên Phòng Nội vụ\nEmail: nva@example.com",
        "Nội dung\tSố lượng\n1\tHộp thư đơn vị 1\n2\tHộp thư cá nhân 25",
        "Nơi nhận:\n- Như trên;\n- Lưu: VT.",
        "",
    ],
)
def test_no_list(text: str) -> None:
    assert found([Unit("", text)]) == []


def test_one_row_below_headings_is_a_list_and_one_without_is_none() -> None:
    assert [one.rows for one in found(sheet([HEAD, ROWS[0]]))] == [1]
    assert found(sheet([ROWS[0]])) == []


def test_prose_ends_a_list() -> None:
    prose = "Đoạn văn này dài hơn một ô trong bảng và không nói gì về ai cả, nên bảng hết ở đây."
    units = [*sheet(ROWS[:2], "line {}{}"), Unit("x", prose), *sheet(ROWS[:2], "line {}{}")]
    assert [one.rows for one in found(units)] == [2, 2]


@pytest.mark.parametrize(
    "name", ["Nguyễn Văn Anh", "NGUYỄN VĂN ANH", "Tran Thi Be", "Lê Lợi - chuyên viên", "Hồ Thị Kỷ, 1990"]
)
def test_names(name: str) -> None:
    assert begins_with_name(name)


@pytest.mark.parametrize(
    "text",
    ["Văn phòng Ủy ban", "VĂN PHÒNG", "Hồ Chí Minh", "Phòng Tư pháp", "Nguyễn", "Chuyên viên", "Lý do", "an", ""],
)
def test_no_names(text: str) -> None:
    assert not begins_with_name(text)


def test_what_cells_show() -> None:
    assert shows("12.") == {Shows.ORDER}
    assert shows("Họ và tên") == {Shows.HEADING}
    assert shows("Hộp thư đề nghị cấp") == {Shows.MAILBOXES}
    assert shows("nvanh.q4") == {Shows.ADDRESS}
    assert shows("0903123456") == {Shows.NUMBER}
    assert shows("x" * 5000) == frozenset()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["cell A1", "cell B1", "sheet '' C9", "line 1", "property title"]), st.text(max_size=40)
        )
    )
)
def test_any_cells(cells: list[tuple[str, str]]) -> None:
    for table in found([Unit(place, text) for place, text in cells]):
        assert 1 <= table.rows <= sum(text.count("\n") + 1 for _place, text in cells)
