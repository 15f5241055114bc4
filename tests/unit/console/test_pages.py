"""What the pages say and do: searching, stories, reviews, senders, requests, mailboxes, clauses, accounts."""

from __future__ import annotations

import asyncio
import re
import time

import pytest

from gateway.blocks.deeds import Case
from gateway.config_file import parse
from gateway.console.accounts import Role
from gateway.console.figures import count
from gateway.console.pages.story import exemption_of
from gateway.directory.outbox import Outbox
from gateway.directory.plan import change
from gateway.directory.request_store import RequestSeen
from gateway.journal.chain import load_key
from gateway.journal.verify import verify
from gateway.lifecycle.days import day_of
from gateway.lifecycle.effects import Way
from gateway.rates import Standing
from gateway.upkeep.rows import Result
from gateway.who import Kind, Mailbox, State
from tests.unit.console.support import NOW, PASSWORD, Running, post, sign_in
from tests.unit.upkeep.build import A, step

BASE = "[gateway]\ndomains = ['tinh.example']\n"
_OUTSIDE = "vanthu@so-noivu.example"
_TO = "SELECT decision FROM decision_recipients WHERE address ="
WHO = "lkphuc.q4@tphcm.gov.vn"


def references(text: str) -> list[str]:
    """The references of a page's rows, in order."""
    return re.findall(r'href="/quyet-dinh/([0-9A-Z-]{19})"', text)


class TestSearch:
    def test_paging_shows_each_once(self, filled: Running) -> None:
        client, seen = filled.client(Role.VIEWER), list[str]()
        path = "/quyet-dinh"
        for _ in range(40):
            text = client.get(path).text
            seen += references(text)
            more = re.search(r'rel="next" href="([^"]+)"', text)
            if more is None:
                break
            path = more[1].replace("&amp;", "&")
        with filled.services.journal() as connection, connection.begin():
            count = connection.exec_driver_sql("SELECT count(*) FROM decisions WHERE kind = 'decision'").scalar()
        assert len(seen) == len(set(seen)) == count

    @pytest.mark.parametrize(
        ("asked", "column"),
        [
            ("action=reject", "action = 'reject'"),
            ("rule=attachment-cap", "rules LIKE '%attachment-cap%'"),
            ("clause=Q4+4.2", "rules LIKE '%attachment-cap%'"),
            ("sender=*@so-noivu.example", "reverse_path LIKE '%@so-noivu.example'"),
            ("q=VanThu@so-noivu.example", f"(reverse_path = '{_OUTSIDE}' OR id IN ({_TO} '{_OUTSIDE}'))"),
            ("listener=inbound&action=reject", "listener = 'inbound' AND action = 'reject'"),
            ("rule=spam&action=reject", "rules = 'spam'"),
            ("q=Céng+hoµ", "rules = 'vietnamese-charset'"),
        ],
    )
    def test_each_filter(self, filled: Running, asked: str, column: str) -> None:
        text = filled.client(Role.VIEWER).get(f"/quyet-dinh?{asked}").text
        with filled.services.journal() as connection, connection.begin():
            query = f"SELECT reference FROM decisions WHERE kind = 'decision' AND {column} ORDER BY time DESC, id DESC"
            wanted = [row[0] for row in connection.exec_driver_sql(query)]
        assert wanted and references(text) == wanted[:50]

    def test_a_unit_has_all_its_mailboxes_mail(self, filled: Running) -> None:
        text = filled.client(Role.VIEWER).get("/quyet-dinh?unit=p13").text
        found = references(text)
        assert found
        for reference in found[:5]:
            assert re.search(r"(p13|btlan)\.q4@", filled.client(Role.VIEWER).get(f"/quyet-dinh/{reference}").text)
        assert not references(filled.client(Role.VIEWER).get("/quyet-dinh?unit=khong-co").text)

    def test_a_reference_is_found_in_any_case(self, filled: Running) -> None:
        client = filled.client(Role.VIEWER)
        reference = references(client.get("/quyet-dinh?action=reject").text)[3]
        assert references(client.get(f"/quyet-dinh?q={reference.lower()}").text) == [reference]

    @pytest.mark.parametrize("value", ["hom-nay", "2026-13-01", "0001-01-01", "9999-12-31"])
    def test_a_date_that_is_none(self, filled: Running, value: str) -> None:
        assert filled.client(Role.VIEWER).get(f"/quyet-dinh?since={value}").status_code == 400


class TestStory:
    def test_the_whole_story(self, filled: Running) -> None:
        client = filled.client(Role.VIEWER)
        reference = references(client.get("/quyet-dinh?rule=vietnamese-charset&action=reject").text)[0]
        text = client.get(f"/quyet-dinh/{reference}").text
        for part in (
            "Các loại văn bản trao đổi qua hệ thống thư điện tử",  # the clause's own words
            "KÝnh göi V¨n phßng",  # as sent
            "Kính gửi Văn phòng, đơn vị gửi báo cáo.",  # as understood
            "550 5.6.1 Chu Viet trong noi dung thu",  # what the sender was told
            "nhờ đăng nhập",
            "Quyết định tương tự",
        ):
            assert part in text, part

    def test_a_review_stands_in_the_story_in_the_list_and_on_record(self, own: Running) -> None:
        from tests.unit.console.test_hostile import hostile

        own.services.actions.keep(hostile("x", 1))
        client, path = own.client(Role.SECURITY), "/quyet-dinh/AAAA-0001-BBBB-CCCC"
        assert post(client, f"{path}/danh-gia", {"verdict": "false-alarm", "note": " "}).status_code == 400
        done = post(client, f"{path}/danh-gia", {"verdict": "false-alarm", "note": "Tệp CAD <b>của</b> nhà thầu"})
        assert done.headers["location"] == f"{path}?xong=xem-xet"
        text = client.get(f"{path}?xong=xem-xet").text
        assert "Đã ghi nhận đánh giá." in text and "Tệp CAD &lt;b&gt;của&lt;/b&gt; nhà thầu" in text
        assert 'class="badge false-alarm"' in client.get("/quyet-dinh").text
        assert references(client.get("/quyet-dinh?reviewed=yes").text) == ["AAAA-0001-BBBB-CCCC"]
        assert references(client.get("/quyet-dinh?reviewed=no").text) == []
        folder = own.services.settings.gateway.data_dir
        with own.services.journal() as connection:
            report = verify(connection, folder, load_key(folder))
        assert (report.total, report.chains) == (0, 1)

    def test_an_exemption_as_the_configuration_takes_it(self, filled: Running) -> None:
        client = filled.client(Role.SECURITY)
        reference = references(client.get("/quyet-dinh?rule=attachment-cap&action=reject").text)[0]
        text = client.get(f"/quyet-dinh/{reference}").text
        assert (
            "[[exemption]]" in text
            and "[[exemption]]" not in filled.client(Role.VIEWER).get(f"/quyet-dinh/{reference}").text
        )
        written = exemption_of(
            {
                "reverse_path": "an@so.example",
                "findings": [{"rule": "spam", "mode": "enforce", "action": "reject"}],
            },
            NOW,
        )
        (made,) = parse(BASE + written).exemption
        assert (made.rule, made.sender) == ("spam", "an@so.example")

    @pytest.mark.parametrize("sender", ['a"b@so.example', "a\nb@so.example", "", "ấ@so.example", 'x@so"\n[gateway]'])
    def test_no_exemption_is_written_for_an_odd_sender(self, sender: str) -> None:
        found = [{"rule": "spam", "mode": "enforce", "action": "reject"}]
        assert exemption_of({"reverse_path": sender, "findings": found}, NOW) == ""

    def test_a_viewer_has_no_form(self, filled: Running) -> None:
        reference = references(filled.client(Role.VIEWER).get("/quyet-dinh").text)[0]
        assert "/danh-gia" not in filled.client(Role.VIEWER).get(f"/quyet-dinh/{reference}").text
        assert "/danh-gia" in filled.client(Role.SECURITY).get(f"/quyet-dinh/{reference}").text


class TestSenders:
    def test_locked_by_hand_and_released_with_the_number_only(self, own: Running) -> None:
        client = own.client(Role.SECURITY)
        assert post(client, "/nguoi-gui/khoa", {"who": WHO, "reason": " "}).status_code == 400
        assert post(client, "/nguoi-gui/khoa", {"who": "không phải", "reason": "vì sao"}).status_code == 400
        done = post(client, "/nguoi-gui/khoa", {"who": WHO, "reason": "mất quyền kiểm soát"})
        assert done.headers["location"].endswith("xong=khoa")
        block = own.services.blocks.find(WHO)
        assert block is not None and (block.standing, block.by) == (Standing.LOCKED, "attt")
        without = post(client, "/nguoi-gui/go", {"who": WHO, "reason": "đã xong"})
        assert without.status_code == 400 and "số văn bản xác nhận" in without.text
        assert own.services.blocks.find(WHO) == block
        done = post(client, "/nguoi-gui/go", {"who": WHO, "confirmation": "12/CV-SNV"})
        assert done.headers["location"].endswith("xong=go")
        after = own.services.blocks.find(WHO)
        assert after is not None and after.standing is Standing.RELEASED
        text = own.client(Role.ADMINISTRATOR).get("/nhat-ky").text
        assert (
            text.index("văn bản số 12/CV-SNV") < text.index("Không thực hiện được") < text.index("mất quyền kiểm soát")
        )

    def test_blocked_by_conduct_and_released_with_a_reason(self, own: Running) -> None:
        signs = {"signs": [{"sign": "burst", "seen": 188, "usual": 6, "window": "10min"}]}
        own.services.blocks.block(WHO, Case(("burst",), signs), time.time())
        client = own.client(Role.SECURITY)
        text = client.get("/nguoi-gui").text.replace("<wbr>", "")
        assert WHO in text and "Tự động chặn" in text
        assert "188 thư trong 10 phút" in client.get("/nguoi-gui/xem", params={"dia-chi": WHO}).text
        assert post(client, "/nguoi-gui/go", {"who": WHO, "reason": "gửi giấy mời họp"}).status_code == 303

    def test_limits_are_shown(self, filled: Running) -> None:
        text = filled.client(Role.VIEWER).get("/nguoi-gui/xem", params={"dia-chi": "p13.q4@tphcm.gov.vn"}).text
        assert "Ủy ban nhân dân Phường 13" in text and "Chưa có gì được đếm." in text


class TestRequests:
    def test_answered_once_and_the_unit_is_told(self, own: Running) -> None:
        now = time.time()
        asked = ("REF1-0000-0000-0001", now, "capthu.q4@tphcm.gov.vn", "p13.q4@tphcm.gov.vn", "", "login", ("create",))
        own.services.requests.add([RequestSeen(*asked)])
        client, data = own.client(Role.SECURITY), {"reference": "REF1-0000-0000-0001", "text": "Đã cấp hộp thư"}
        assert "p13.q4@<wbr>tphcm.gov.vn" in client.get("/yeu-cau?mo=1").text
        assert post(client, "/yeu-cau/tra-loi", {**data, "text": ""}).status_code == 400
        assert post(client, "/yeu-cau/tra-loi", data).headers["location"] == "/yeu-cau?xong=tra-loi"
        assert post(client, "/yeu-cau/tra-loi", data).status_code == 409
        assert "p13.q4@<wbr>" not in client.get("/yeu-cau?mo=1").text
        (notice,) = Outbox(own.services.directory.database).list()
        assert notice.notice.recipient == "p13.q4@tphcm.gov.vn"
        (request,) = own.services.requests.find("REF1-0000-0000-0001")
        assert (request.answered_by, request.answer) == ("attt", "Đã cấp hộp thư")


class TestMailboxes:
    def test_the_directory_in_words(self, filled: Running) -> None:
        client = filled.client(Role.VIEWER)
        text = client.get("/hop-thu").text
        assert "Chắc chắn có dùng lúc" in text and "Chắc chắn không ai dùng" in text
        assert "Từ đó đến nay chưa rõ" not in text  # of who is in use that is on the mailbox's own page
        assert "Nguyễn Văn An" in client.get("/hop-thu?q=nguyen+van").text  # marks apart
        assert "nvan.q4@" not in client.get("/hop-thu?state=locked").text
        one = client.get("/hop-thu/xem?dia-chi=NVAN.Q4@tphcm.gov.vn").text
        assert "đăng nhập (Dovecot báo, Thunderbird; chính xác)" in one and "Từ đó đến nay chưa rõ: " in one

    def test_what_was_done_is_in_words(self, own: Running) -> None:
        store, life = own.services.directory, own.services.upkeep.life
        store.apply(change(store.snapshot(), Mailbox(A, Kind.PERSONAL)), who="test")
        asyncio.run(own.services.upkeep.prepare())
        for way, result in ((Way.LIST, Result.DONE), (Way.COMMAND, Result.FAILED), (Way.DENY, None)):
            (begun,) = life.begin([step()], way, NOW)
            if result is not None:
                life.finish(begun.number, result, NOW, detail="<b>exit</b> code 3")
        text = own.client(Role.VIEWER).get(f"/hop-thu/xem?dia-chi={A}").text
        assert "Cảnh báo hộp thư không sử dụng, ghi vào danh sách: xong" in text
        assert "bằng lệnh của đơn vị" in text and "không thành công" in text and "chưa rõ kết quả" in text
        assert "&lt;b&gt;exit&lt;/b&gt; code 3" in text
        assert not any(f"· {raw}" in text for raw in ("list", "command", "deny-file", "done", "begun", "failed"))

    def test_locked_and_opened_again_as_the_regulation_asks(self, own: Running) -> None:
        store, who = own.services.directory, "p13.q4@tphcm.gov.vn"
        store.apply(change(store.snapshot(), Mailbox(who, Kind.UNIT)), who="test")
        client, page = own.client(Role.SECURITY), f"/hop-thu/xem?dia-chi={who}"
        lock = {"address": who, "because": "security", "reason": "Lộ mật khẩu"}
        assert post(client, "/hop-thu/khoa", {**lock, "reason": " "}).status_code == 400
        assert post(client, "/hop-thu/khoa", {**lock, "because": "x"}).status_code == 400
        assert post(client, "/hop-thu/khoa", {**lock, "address": "x@y.example"}).status_code == 404
        assert post(client, "/hop-thu/khoa", lock).status_code == 303
        text = client.get(page).text
        assert "cơ quan xác nhận bằng văn bản" in text
        assert "Khung giờ đọc thư" in text and "đầu buổi chiều" in text and "không quan sát được" in text
        assert post(client, "/hop-thu/khoa", lock).status_code == 400  # it is locked
        by_letter = post(client, "/hop-thu/mo", {"address": who, "by": "official-letter", "number": "1/CV"})
        assert by_letter.status_code == 400
        found = store.snapshot().mailbox(who)
        assert found is not None and found.state is State.LOCKED
        opened = {"address": who, "by": "written-confirmation", "number": "12/CV-P13"}
        assert post(client, "/hop-thu/mo", opened).status_code == 303
        found = store.snapshot().mailbox(who)
        assert found is not None and found.state is State.ACTIVE
        text = own.client(Role.ADMINISTRATOR).get("/nhat-ky").text
        assert "Khóa hộp thư" in text and "Mở lại hộp thư" in text and "Không thực hiện được" in text

    def test_paging(self, filled: Running) -> None:
        client = filled.client(Role.VIEWER)
        text = client.get("/hop-thu?sau=nvan.q4@tphcm.gov.vn").text.replace("<wbr>", "")
        assert "p01.q4@tphcm.gov.vn" in text and "btlan.q4@" not in text


def test_clauses_with_their_modes_and_figures(filled: Running) -> None:
    client = filled.client(Role.VIEWER)
    text = client.get("/quy-che").text
    assert "Dung lượng tối đa của mỗi hộp thư điện tử là 1 Gigabyte" in text
    assert 'class="badge enforce"' in text and "Q4 QD 1" not in text
    assert "Q4 QD 1" in client.get("/quy-che?tat-ca=1").text


def test_the_overview_counts_what_the_journal_has(filled: Running) -> None:
    """The invented mail ends at a fixed moment; the page's own day is today's."""
    text = filled.client(Role.VIEWER).get("/").text
    assert "Tổng quan" in text and "<svg" in text
    assert "Cổng thư không trả lời" in text  # nobody listens on port 1


def test_mail_over_a_limit_is_counted(filled: Running) -> None:
    with filled.services.journal() as connection:
        days = [count(connection, day_of(NOW - back * 86400)) for back in range(4)]
        found = connection.exec_driver_sql(
            "SELECT count(DISTINCT decision) FROM decision_findings WHERE rule = 'outbound-throttle'"
        ).scalar_one()
    assert sum(day.throttled for day in days) == found > 0


class TestAccounts:
    def test_made_changed_and_closed(self, own: Running) -> None:
        client = own.client(Role.ADMINISTRATOR)
        made = {"name": "Moi.Toanh", "full_name": "Lê  Mới", "role": "viewer", "password": PASSWORD}
        assert post(client, "/nguoi-dung/tao", made).headers["location"] == "/nguoi-dung?xong=tao"
        assert post(client, "/nguoi-dung/tao", made).status_code == 400  # there is one already
        assert post(client, "/nguoi-dung/tao", {**made, "name": "x", "password": "ngắn"}).status_code == 400
        assert sign_in(own.client(), "moi.toanh") == 303
        changes = ({"deed": "role", "role": "security"}, {"deed": "password", "password": "mat khau khac han"})
        for more in (*changes, {"deed": "disable"}):
            assert post(client, "/nguoi-dung/sua", {"name": "moi.toanh", **more}).status_code == 303
        assert sign_in(own.client(), "moi.toanh", "mat khau khac han") == 401
        assert post(client, "/nguoi-dung/sua", {"name": "moi.toanh", "deed": "enable"}).status_code == 303
        assert sign_in(own.client(), "moi.toanh", "mat khau khac han") == 303

    def test_not_the_last_administrator(self, own: Running) -> None:
        client = own.client(Role.ADMINISTRATOR)
        found = post(client, "/nguoi-dung/sua", {"name": "quantri", "deed": "disable"})
        assert found.status_code == 400 and "quản trị viên cuối cùng" in found.text

    def test_no_password_is_on_record_or_on_a_page(self, own: Running) -> None:
        client = own.client(Role.ADMINISTRATOR)
        secret = "day la mot mat khau bi mat"
        post(client, "/nguoi-dung/tao", {"name": "mot", "role": "viewer", "password": secret})
        post(client, "/nguoi-dung/sua", {"name": "mot", "deed": "password", "password": secret + "2"})
        with own.services.journal() as connection, connection.begin():
            rows = connection.exec_driver_sql("SELECT payload FROM decisions").all()
        assert rows and not any(secret.encode() in (row[0] or b"") for row in rows)
        assert secret not in client.get("/nguoi-dung").text
