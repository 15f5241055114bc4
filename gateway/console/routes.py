"""Every page of the console, who may see it, and its place in the menu: one ordered table.

A test holds the table of what each role gets: a row added here fails it until it is there too. Addresses are Vietnamese
without marks. `PUBLIC` are the pages that nobody signs in for; they are served on an address of their own.
"""

from __future__ import annotations

from typing import Final

from gateway.console.accounts import Role
from gateway.console.converter import LARGEST
from gateway.console.page import Page
from gateway.console.pages import (
    audit,
    conversion,
    decisions,
    exports,
    lookup,
    mailbox_deeds,
    mailboxes,
    orders,
    overview,
    regulations,
    reports,
    requests,
    senders,
    sign_in,
    sign_in_oidc,
    story,
    users,
)
from gateway.console.words import Words

_V, _S, _A = Role.VIEWER, Role.SECURITY, Role.ADMINISTRATOR
_POST: Final = ("POST",)


def _conversion(needs: Role | None) -> tuple[Page, ...]:
    """Chuyển mã, which stands on both sites."""
    return (
        Page("/chuyen-ma", conversion.form, needs, menu=Words("Chuyển mã", "Conversion")),
        Page("/chuyen-ma", conversion.work, needs, _POST, most=LARGEST + 2**20, uploads=1),
        Page("/chuyen-ma/tai-ve", conversion.download, needs, _POST, most=conversion.BACK),
    )


PAGES: Final = (
    Page("/dang-nhap", sign_in.form, None),
    Page("/dang-nhap", sign_in.sign_in, None, _POST),
    Page("/dang-nhap/oidc", sign_in_oidc.leave, None),
    Page("/dang-nhap/oidc/xong", sign_in_oidc.come_back, None),
    Page("/dang-xuat", sign_in.sign_out, _V, _POST),
    Page("/ngon-ngu/{language}", sign_in.language, None),
    Page("/", overview.page, _V, menu=Words("Tổng quan", "Overview")),
    Page("/quyet-dinh", decisions.page, _V, menu=Words("Quyết định", "Decisions")),
    Page("/quyet-dinh/xuat/{kind}", exports.export, _S, _POST),
    Page("/quyet-dinh/{reference}", story.page, _V),
    Page("/quyet-dinh/{reference}/danh-gia", story.review, _S, _POST),
    Page("/nguoi-gui", senders.page, _V, menu=Words("Người gửi", "Senders")),
    Page("/nguoi-gui/xem", senders.one, _V),
    Page("/nguoi-gui/khoa", senders.lock, _S, _POST),
    Page("/nguoi-gui/go", senders.release, _S, _POST),
    Page("/hop-thu", mailboxes.page, _V, menu=Words("Hộp thư", "Mailboxes")),
    Page("/hop-thu/xem", mailboxes.one, _V),
    Page("/hop-thu/khoa", mailbox_deeds.lock, _S, _POST),
    Page("/hop-thu/mo", mailbox_deeds.reopen, _S, _POST),
    Page("/yeu-cau", requests.page, _V, menu=Words("Yêu cầu", "Requests")),
    Page("/yeu-cau/tra-loi", requests.answer, _S, _POST),
    Page("/quy-che", regulations.page, _V, menu=Words("Quy chế", "Regulations")),
    Page("/quy-che/lenh", orders.page, _V),
    Page("/quy-che/lenh/che-do", orders.set_mode, _S, _POST),
    Page("/quy-che/lenh/mien-tru", orders.exempt, _S, _POST),
    Page("/quy-che/lenh/thu-hoi", orders.end, _S, _POST),
    Page("/bao-cao", reports.page, _V, menu=Words("Báo cáo", "Reports")),
    Page("/bao-cao/lap", reports.report, _V, _POST),
    Page("/bao-cao/thanh-tra", reports.archive, _S, _POST),
    *_conversion(_V),
    Page("/nhat-ky", audit.page, _S, menu=Words("Nhật ký thao tác", "Actions")),
    Page("/tai-khoan", sign_in.account, _V),
    Page("/tai-khoan", sign_in.change_password, _V, _POST),
    Page("/nguoi-dung", users.page, _A, menu=Words("Tài khoản", "Accounts")),
    Page("/nguoi-dung/tao", users.add, _A, _POST),
    Page("/nguoi-dung/sua", users.change, _A, _POST),
)

PUBLIC: Final = (
    Page("/", lookup.form, None, menu=Words("Thư bị từ chối", "Refused mail")),
    Page("/ngon-ngu/{language}", sign_in.language, None),
    *_conversion(None),
    Page("/{text}", lookup.one, None),
)
