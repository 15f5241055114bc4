"""Phrases that only look as if they were about mailboxes, and things that are none. Only phrases live here.

`settled`: it works now. `noise`: has a word in it that elsewhere is one of a request's (`cấp huyện` is a level,
`đào tạo` is training). `newsletter`: what bulk mail says. `other`: things that one asks an office for, but no mailbox.
"""

from __future__ import annotations

NOISE = {
    "settled": """
        đã nhận được/đủ
        nhận được rồi
        đã? vào được mail? rồi
        đã đăng nhập thành? công/được
        đăng nhập được rồi
        được rồi
        dùng tốt
        works/working now
        have/has received
    """,
    "noise": """
        theo yêu/đề cầu/nghị
        nâng/phân/trung/sơ/cao/khẩn/đẳng/trợ/bao/thứ cấp
        cấp/các/mọi/từng cấp trên/dưới/bộ/cơ/ủy/ngành/sở/ban
        cấp trên/dưới/bộ/ủy/ngành/trung/tỉnh/thành/huyện/quận/xã/phường
        cấp thị/sở/phòng/cơ/thiết/bách/độ/học/bậc/hàm/thẩm/quản
        các/mọi/từng/hai/ba cấp
        đào/cải/chế/sáng/nhân tạo
        tạo điều/sự/thuận/động/ra/thành/nên/môi/việc/nguồn
        làm việc/rõ/thủ/theo/giàu/tốt/căn/cơ/đúng/hồ/đơn/bài/báo/thẻ/gì/sao
        hộp/hòm thư góp/tố/dân/bạn/đường ý/giác/nguyện/đọc/dây?
        mở hộp/hòm thư ra/để/xem/đọc/kiểm/thấy
        mở đầu/màn/cửa/mang/hội/đường/thầu/lớp/phiên/cuộc/chi
        mở khóa học/đào/tập/bồi
        đồng chí/bào/ý/thời/hồ/nghiệp/thuận
        chuyên viên/môn/đề/trách/gia
        huy động/hiệu/chương
        khoa học/nội/ngoại/dược/nhi/sản
        đổi mới
        tự do
        mới đây
        thu hồi đất
        cập nhật tình/tiến/kiến/số/kết/dữ/phần/văn/tin/báo/nội/quy/chính
        chuyển biến/động/tải/khoản/phát/nhượng/mục
        chuyển đổi số/cơ/mục/vị
        nhận được
        update you/on/meeting/about
        open to/for/air/source/letter
        registered mail/post/letter
        mail merge
        junk/spam mail/email
        mail/email lại/qua/sang/về
        mail/email them/it/me/us/him/her/you/back
        mail/email/thư này/kia đã/vừa
        gửi/gởi mail/email
        lập hồ/kế/biên/phương/dự/đơn/báo/tờ
        thành/độc/đối/biệt/trung lập
        làm đơn/việc
        đổi tiền/đất/hàng
        bỏ qua
        tăng cường/trưởng/giảm/tốc/lương
        sắp/sẽ bị tạm? khóa/xóa/thu/hủy/đóng
        đóng dấu/góp/cửa/phí/học/bảo/tiền/vai/thuế
    """,
    "newsletter": """
        unsubscribe
        hủy/ngừng/bỏ đăng ký
        hủy/ngừng/không/dừng/ngưng nhận email/mail/thư/tin/bản
        đăng ký nhận bản/tin/thông
        newsletter
        bản tin
        khuyến mãi/mại
        ưu đãi
        giảm giá
        view in browser
        xem trên trình duyệt
    """,
    "other": """
        thư đó/này
        thư/mail/email cũ/rác/nhầm/trước
        giấy phép/chứng/khai/tờ/mời/giới/xác/ủy/đi/ra
        chứng chỉ/thư/minh/nhận
        chữ ký số?
        căn cước
        hộ chiếu/khẩu/tịch
        sổ đỏ/hồng/bảo/hộ/tiết
        thẻ!
        làm thẻ
        kinh phí
        ngân sách
        biên chế
        phần mềm
        máy tính/in/chủ/vi/scan/photo
        thiết bị
        văn phòng phẩm
        con dấu
        vật tư
        tài khoản ngân/hệ/phần/quản/dịch/vneid/zalo/facebook/định/một
        tài khoản truy/wifi/mạng/trên/igate/thanh/kế/đăng/người/họp
        account bank/number
        bank account
        dịch vụ công
        hồ sơ
        lớp học/tập/bồi?
        cuộc họp
        lịch họp/công/làm/tiếp
        dự án/toán/thảo
        đất!
        thửa/lô/mảnh đất
        quyền sử dụng đất
        bồi thường
        lương!
        nâng lương
        bản đồ/sao/vẽ/án
        chế độ
        chính sách
        trang thông? tin?
        trang web
        website
        cổng thông tin
        danh sách cử/trúng/cử tri
        số điện thoại
        điện thoại
        hợp đồng
        khen thưởng
        nhà ở
        xe
        phòng họp
        camera
        mã số/định
        vị trí
        chức danh/vụ/năng
        quy chế/trình/hoạch
        quyết định
        nghị quyết/định
        công việc
        nhiệm vụ
        con người
        báo cáo
        kế hoạch
        văn bản
        công văn
        report/comment/comments/version/ticket/task/preferences/order/parcel
        invoice/contract/meeting/document/presentation/license/passport/website/software/budget
    """,
}
"""Phrases, by concept; see `requests_phrases`."""
