"""What a page says at its top after something was done: named in the address (`?xong=`), never written there."""

from __future__ import annotations

from typing import Final

from gateway.console.words import Words

NOTICES: Final = {
    "mat-khau": Words("Đã đổi mật khẩu.", "The password is changed."),
    "xem-xet": Words("Đã ghi nhận đánh giá.", "The review is on record."),
    "khoa": Words("Đã khóa người gửi.", "The sender is locked."),
    "da-khoa": Words("Người gửi đã bị khóa từ trước.", "The sender was locked already."),
    "go": Words("Đã gỡ chặn người gửi.", "The sender is released."),
    "khoa-hop-thu": Words("Đã khóa hộp thư.", "The mailbox is locked."),
    "mo-hop-thu": Words("Đã mở lại hộp thư.", "The mailbox is open again."),
    "tra-loi": Words("Đã ghi nhận trả lời yêu cầu.", "The request is marked as answered."),
    "tao": Words("Đã tạo tài khoản.", "The account is made."),
    "lenh": Words("Lệnh đã ghi; mọi máy theo trong vài giây.", "The order is kept; every gateway follows in seconds."),
    "thu-hoi-lenh": Words("Đã thu hồi lệnh.", "The order is withdrawn."),
    "doi": Words("Đã thay đổi tài khoản.", "The account is changed."),
}
