"""The console's vocabulary: stable names in Vietnamese and English. A name that is missing here is shown as it is.

Sentences of a page stand in its template, in both languages side by side: `{{ t("Đăng nhập", "Sign in") }}`.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Words(NamedTuple):
    """The same in both languages."""

    vi: str
    en: str

    def of(self, language: str) -> str:
        """In this one; Vietnamese where it is another."""
        return self.en if language == "en" else self.vi


ACTIONS: Final = {
    "accept": Words("Đã chuyển", "Delivered"),
    "tempfail": Words("Hoãn lại", "Put off"),
    "reject": Words("Từ chối", "Refused"),
}
MODES: Final = {
    "enforce": Words("Áp dụng", "Enforced"),
    "observe": Words("Theo dõi", "Observed"),
    "off": Words("Tắt", "Off"),
    "on": Words("Đang phục vụ", "Served"),
    "planned": Words("Phiên bản sau", "Later version"),
    "cannot": Words("Ngoài khả năng phần mềm", "Beyond software"),
}
DIRECTIONS: Final = {
    "inbound": Words("Thư đến", "Inbound"),
    "outbound": Words("Thư đi", "Outbound"),
    "submission": Words("Người dùng gửi", "Submission"),
    "proxy-filter": Words("Lọc nội bộ", "Proxy filter"),
}
STAGES: Final = {
    "connect": Words("khi kết nối", "at connection"),
    "auth": Words("khi đăng nhập", "at login"),
    "mail": Words("khi báo người gửi", "at MAIL"),
    "rcpt": Words("khi báo người nhận", "at RCPT"),
    "message": Words("khi nhận toàn bộ thư", "at the message"),
}
RULES: Final = {
    "attachment-cap": Words("Dung lượng tệp đính kèm", "Attachment size"),
    "request-channel": Words("Kênh tiếp nhận yêu cầu", "Request channel"),
    "request-content": Words("Nội dung yêu cầu", "Content of a request"),
    "vietnamese-charset": Words("Bộ mã tiếng Việt", "Vietnamese charset"),
    "vietnamese-diacritics": Words("Tiếng Việt không dấu", "Missing diacritics"),
    "secret-marking": Words("Dấu độ mật", "Secrecy marking"),
    "outbound-throttle": Words("Giới hạn gửi thư", "Sending limits"),
    "blocked-sender": Words("Người gửi bị chặn", "Blocked sender"),
    "spam": Words("Thư rác", "Spam"),
    "malware": Words("Mã độc", "Malware"),
    "dangerous-type": Words("Loại tệp nguy hiểm", "Dangerous file type"),
    "own-domain": Words("Giả mạo tên miền", "Forged own domain"),
    "own-server": Words("Máy chủ thư riêng", "A unit's own server"),
    "auto-forward": Words("Tự động chuyển tiếp", "Automatic forwarding"),
    "own-address": Words("Gửi bằng địa chỉ người khác", "Another's address"),
    "private-mailbox": Words("Hộp thư cá nhân bên ngoài", "Private mailbox"),
    "mailbox-state": Words("Trạng thái hộp thư", "Mailbox state"),
    "password-policy": Words("Mật khẩu", "Password policy"),
    "unscannable": Words("Không kiểm tra được", "Cannot be scanned"),
}
STANDINGS: Final = {
    "suspect": Words("Nghi vấn", "Suspect"),
    "blocked": Words("Tự động chặn", "Blocked"),
    "locked": Words("Khóa", "Locked"),
    "released": Words("Đã gỡ", "Released"),
}
VERDICTS: Final = {
    "reviewed": Words("Đã xem xét", "Reviewed"),
    "false-alarm": Words("Chặn nhầm", "False alarm"),
    "incident": Words("Sự cố", "Incident"),
}
KINDS: Final = {
    "unit": Words("Đơn vị", "Unit"),
    "personal": Words("Cá nhân", "Personal"),
    "service": Words("Dịch vụ", "Service"),
}
STATES: Final = {
    "active": Words("Đang sử dụng", "Active"),
    "warned": Words("Đã cảnh báo", "Warned"),
    "locked": Words("Tạm khóa", "Locked"),
    "reclaimed": Words("Đã thu hồi", "Reclaimed"),
}
ROLES: Final = {
    "viewer": Words("Xem", "Viewer"),
    "security": Words("An toàn thông tin", "Security"),
    "administrator": Words("Quản trị", "Administrator"),
}
PROOFS: Final = {
    "login": Words("đăng nhập", "a login"),
    "network": Words("mạng tin cậy", "a trusted network"),
    "device": Words("thiết bị đã khai báo", "a declared device"),
    "dkim": Words("chữ ký DKIM của hộp thư", "a mailbox's DKIM signature"),
    "aligned-dkim": Words("DKIM khớp tên miền", "aligned DKIM"),
    "aligned-spf": Words("SPF khớp tên miền", "aligned SPF"),
    "none": Words("không chứng minh được", "not proved"),
}
DEEDS: Final = {
    "sign-in": Words("Đăng nhập", "Signed in"),
    "sign-in-failed": Words("Đăng nhập không thành công", "Failed sign-in"),
    "sign-out": Words("Đăng xuất", "Signed out"),
    "export": Words("Xuất dữ liệu", "Exported"),
    "report": Words("Lập báo cáo", "Made a report"),
    "inspection": Words("Xuất hồ sơ thanh tra", "Made an archive for an inspection"),
    "sender-lock": Words("Khóa người gửi", "Locked a sender"),
    "sender-release": Words("Gỡ chặn người gửi", "Released a sender"),
    "not-done": Words("Không thực hiện được", "Was not done"),
    "user-add": Words("Tạo tài khoản", "Made an account"),
    "user-disable": Words("Đóng tài khoản", "Closed an account"),
    "user-enable": Words("Mở lại tài khoản", "Opened an account again"),
    "user-role": Words("Đổi vai trò", "Changed a role"),
    "user-password": Words("Đổi mật khẩu", "Changed a password"),
    "user-unlock": Words("Mở khóa đăng nhập", "Ended a lock-out"),
    "mailbox-lock": Words("Khóa hộp thư", "Locked a mailbox"),
    "mailbox-reopen": Words("Mở lại hộp thư", "Opened a mailbox again"),
    "lifecycle-due": Words("Hộp thư đến hạn (chỉ ghi nhận)", "A step is due (only listed)"),
    "lifecycle-warn": Words("Cảnh báo hộp thư không sử dụng", "Warned of an unused mailbox"),
    "lifecycle-clear": Words("Hủy cảnh báo hộp thư", "Took a warning back"),
    "lifecycle-lock": Words("Khóa hộp thư không sử dụng", "Locked an unused mailbox"),
    "lifecycle-warn-of-reclaiming": Words("Cảnh báo sắp thu hồi hộp thư", "Warned of reclaiming"),
    "lifecycle-reclaim": Words("Thu hồi hộp thư", "Reclaimed a mailbox"),
    "lifecycle-ask": Words("Gửi thư hỏi hộp thư", "Asked a mailbox by letter"),
    "rule-mode": Words("Đổi chế độ quy tắc", "Switched a rule"),
    "rule-exempt": Words("Miễn trừ khỏi quy tắc", "Made an exemption"),
    "rule-withdraw": Words("Thu hồi lệnh về quy tắc", "Withdrew an order"),
    "request-answer": Words("Trả lời yêu cầu", "Answered a request"),
    "reviewed": VERDICTS["reviewed"],
    "false-alarm": VERDICTS["false-alarm"],
    "incident": VERDICTS["incident"],
}
LOCKS: Final = {
    "hand": Words("lý do khác", "another reason"),
    "security": Words("mất quyền kiểm soát (AG 10.2a)", "control was lost (AG 10.2a)"),
    "dormant": Words("không sử dụng (Q4 8.1a)", "not used (Q4 8.1a)"),
    "password": Words("chưa đổi mật khẩu đầu (Q4 8.3b)", "first password kept (Q4 8.3b)"),
}
ASKINGS: Final = {
    "official-letter": Words("công văn của đơn vị", "the unit's official letter"),
    "written-confirmation": Words("văn bản xác nhận của cơ quan", "the office's written confirmation"),
    "office-list": Words("danh sách của văn phòng", "the office's list"),
}
ACTS: Final = {
    "warn": Words("Cảnh báo hộp thư không sử dụng", "Warned of disuse"),
    "clear": Words("Hủy cảnh báo", "Took the warning back"),
    "check": Words("Xem lại hộp thư", "Looked again"),
    "lock": Words("Khóa hộp thư", "Locked"),
    "warn-of-reclaiming": Words("Cảnh báo sắp thu hồi", "Warned of reclaiming"),
    "reclaim": Words("Thu hồi hộp thư", "Reclaimed"),
    "ask": Words("Gửi thư hỏi hộp thư", "Asked by letter"),
}
WAYS: Final = {
    "list": Words("ghi vào danh sách", "on the list"),
    "mail": Words("bằng thư", "by letter"),
    "deny-file": Words("bằng tệp chặn đăng nhập", "by the deny file"),
    "command": Words("bằng lệnh của đơn vị", "by the office's command"),
    "webhook": Words("bằng webhook", "by webhook"),
}
RESULTS: Final = {
    "begun": Words("đã bắt đầu, chưa rõ kết quả", "begun, its end is not known"),
    "done": Words("xong", "done"),
    "failed": Words("không thành công", "failed"),
}
FAILURES: Final = {
    "connect": Words("không kết nối được máy chủ", "nobody answers"),
    "tls": Words("chứng thư hoặc TLS không hợp lệ", "TLS failed"),
    "master-auth": Words("tài khoản theo dõi bị từ chối", "the poller's account was refused"),
    "auth": Words("đăng nhập vào hộp thư này bị từ chối", "this mailbox's login was refused"),
    "vanished": Words("không có hộp thư trên máy chủ", "it is not on the server"),
    "refused": Words("máy chủ từ chối lệnh", "the server refused a command"),
    "bye": Words("máy chủ ngắt phiên", "the server ended the session"),
    "closed": Words("kết nối bị đứt giữa chừng", "the connection ended in the middle"),
    "timeout": Words("quá thời gian chờ", "it took too long"),
    "garbage": Words("câu trả lời không phải IMAP", "the answer is not IMAP"),
    "limit": Words("câu trả lời quá dài", "the answer is too long"),
    "clock": Words("ngày giờ không thể có", "times that cannot be"),
    "name": Words("tên hộp thư không hỏi được", "a name that cannot be asked for"),
}
FLOWS: Final = {
    "arriving": Words("thư từ bên ngoài", "mail from outside"),
    "leaving": Words("thư gửi ra ngoài", "mail to outside"),
    "inside": Words("thư nội bộ", "internal mail"),
    "logins": Words("đăng nhập của người dùng", "logins"),
}
CHECKS: Final = {
    "workers": Words("Tiến trình xử lý", "Workers"),
    "upstream": Words("Máy chủ thư kế tiếp", "Next mail server"),
    "journal": Words("Nhật ký quyết định", "Record of decisions"),
    "directory": Words("Danh bạ", "Directory"),
    "scanner": Words("Bộ quét tệp", "File inspection"),
    "spam filter": Words("Bộ lọc thư rác", "Spam filter"),
    "senders": Words("Người gửi bị chặn", "Blocked senders"),
    "limits": Words("Bộ đếm mức gửi", "Counters of limits"),
    "clamd": Words("Bộ quét mã độc", "Malware scanner"),
    "poller": Words("Theo dõi hộp thư", "Poller"),
    "orders": Words("Lệnh về quy tắc", "Orders about rules"),
}
SIGNS: Final = {
    "new_recipients": Words("nhiều người nhận mới", "many new recipients"),
    "first_letters": Words("nhiều thư tới người chưa từng viết", "many first letters"),
    "many_recipients": Words("nhiều người nhận", "many recipients"),
    "burst": Words("gửi dồn dập", "a burst"),
    "unknown_users": Words("nhiều địa chỉ không tồn tại", "many unknown addresses"),
    "same_content": Words("một nội dung gửi nhiều nơi", "the same content to many"),
    "spam": Words("thư rác", "spam"),
    "throttled": Words("vượt mức gửi", "beyond its limits"),
    "odd_hours": Words("gửi ngoài giờ", "odd hours"),
    "new_network": Words("mạng lạ", "a new network"),
    "many_networks": Words("nhiều mạng cùng lúc", "many networks at once"),
    "failed_logins": Words("đăng nhập sai nhiều lần", "failed logins"),
}
ROOMS: Final = {
    "directory": Words("danh bạ", "directory"),
    "journal": Words("nhật ký quyết định", "record of decisions"),
    "poller": Words("theo dõi hộp thư", "poller"),
    "lifecycle": Words("vòng đời hộp thư", "lifecycle"),
    "reports": Words("báo cáo", "reports"),
    "notices": Words("thông báo", "notices"),
    "metrics": Words("số liệu vận hành", "metrics"),
    "access": Words("ghi nhận truy cập", "access"),
    "answers": Words("thời gian trả lời", "answers"),
    "console": Words("bảng điều khiển", "console"),
    "senders": Words("người gửi", "senders"),
}
TABLES: Final = {
    "check": CHECKS,
    "sign": SIGNS,
    "room": ROOMS,
    "action": ACTIONS,
    "mode": MODES,
    "direction": DIRECTIONS,
    "stage": STAGES,
    "rule": RULES,
    "standing": STANDINGS,
    "verdict": VERDICTS,
    "kind": KINDS,
    "state": STATES,
    "role": ROLES,
    "proof": PROOFS,
    "deed": DEEDS,
    "flow": FLOWS,
    "lock": LOCKS,
    "asking": ASKINGS,
    "act": ACTS,
    "way": WAYS,
    "result": RESULTS,
    "failure": FAILURES,
    "reason": KINDS | LOCKS,
}


def word(table: str, name: str, language: str) -> str:
    """A stable name in this language; itself where the table has none."""
    found = TABLES[table].get(str(name))
    return found.of(language) if found is not None else str(name)
