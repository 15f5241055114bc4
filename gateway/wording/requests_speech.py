"""How people ask, tell, announce, report and give reasons. Only phrases live here.

`done`: it is done already. `lacks`: somebody has none. `directs`: asks many others, as an office does. `via`: what
follows is only where something is sent.
"""

from __future__ import annotations

SPEECH = {
    "done": """
        đã được? hoàn? thành/tất? việc?
        vừa được? mới?
        has/have/had been?
        was/were
    """,
    "lacks": """
        chưa được/có
        không có
        còn thiếu
        does not have
        has no
        have no
        without a/an
    """,
    "directs": """
        đề/yêu nghị/cầu toàn/tất thể/cả
        đề/yêu nghị/cầu các/mọi/từng đơn/phòng/cơ/đồng/cán/ban/trường/xã vị/quan/chí/bộ?
        đề/yêu nghị/cầu các/mọi/từng phường/sở/bộ/cá/công/thành/hộ/em vị/quan/chí/bộ?
        đề/yêu nghị/cầu thủ/người trưởng/dùng/sử
        đề/yêu nghị/cầu cán bộ
        đề/yêu nghị/cầu quý phụ/đại/thầy
        all users/staff/employees/members
        toàn thể
        dear all
        your/you mailbox/account/email/password
    """,
    "ask": """
        gửi/chuyển/lập danh sách
        gửi/gởi/chuyển văn/quý/các? phòng/sở/anh/chị danh sách
        trân/kính? trọng? đề/kiến/đệ nghị
        xin? đề xuất
        yêu cầu
        kính/rất? mong
        xin được? phép?
        nhờ
        cho em/tôi/mình/cháu/chị/anh? xin
        giúp đỡ?
        giùm
        dùm
        hộ em/tôi/mình
        hỗ trợ
        nguyện vọng
        có? nhu cầu
        cần!
        cần cấp/tạo/mở/có/được/đổi/xóa/hủy/anh/chị/em/bạn
        để văn phòng
        để sở/quý/phòng/anh/chị/bộ
        kính báo
        phiền anh/chị/em/bạn/quý
        vui lòng
        được không
        nếu được
        giúp với
        i d like
        may/can i have/get
        is it possible
        nhé
        nha!
        cho em/tôi/mình/anh/chị/cháu/đơn/phường/phòng
        rồi nhắn/báo/gửi
        if? you/someone could/can/would
        would you mind
        would be grateful
        appreciate
        mong
        kiến nghị
        với ạ
        báo lại em/tôi/mình/cho
        làm ơn
        please
        kindly
        request
        requests
        requesting
        would like
        could/can/would you
        we/i/he/she need/needs
        we/i ask
        asks that/to/for
    """,
    "announce": """
        thông báo
        thông tin đến/tới
        triển khai
        hướng dẫn
        tập huấn
        kế hoạch
        kính mời
        trân trọng kính? mời
        thư mời
        giấy mời
        invite/invitation
        bồi dưỡng
        tuyên truyền
        khuyến cáo
        cảnh báo
        nhắc nhở
        lưu ý
        announce/announcement/notice
        quy trình
    """,
    "report": """
        báo cáo
        thống kê
        tổng hợp
        tình hình
        kết quả
        số liệu
        sơ kết
        tổng kết
        đánh giá
        rà soát
        report/reports/statistics/survey
        khảo sát
    """,
    "rules": """
        điều #
        khoản #
        chương #
        quy chế
        quy định
        nghị định
        thông tư
        luật
        trường hợp
        regulation/policy/article
    """,
    "via": """
        gửi/gởi/chuyển/trả/phản ánh/hồi/lời? kết? về/đến/vào/qua/tới/theo/bằng/sang? địa? chỉ?
        trên/theo/từ/vào/về/qua/tới/đến/bằng/tại địa chỉ
        về việc
        v v
        gửi
        gởi
        qua
        vào
        về
        bằng
        theo
        từ
        tới
        đến
        tại
        trên
        trong
        liên hệ
        liên lạc
        trao đổi
        via
        by
        to
        at
        from
        through
        in
        send
        contact
    """,
    "reason": """
        lý do
        lí do
        nguyên nhân
        vì!
        vì lý/lâu/đã/bị/không/quên/mất/các/cán/đồng/ông/bà/đơn/hiện
        bởi
        nhằm
        do đơn/cán/đồng/ông/bà/anh/chị/em/nhân/có/bị/quên/mới/không/hộp/tài
        do thay/nhu/chuyển/nghỉ/người/lâu/hiện/mật/số/yêu/trước/phòng/phường/đã/chưa/công
        để phục/đảm/bảo/thuận/tiện/thực/sử/dùng/phù
        phục vụ công/cho/nhu/việc
        căn cứ quyết/theo/vào/nghị/thông/công
        theo quyết định
        mới được? tuyển/tiếp/nhận/chuyển/bổ/về/điều/vào
        được? tuyển dụng
        tiếp nhận
        bổ nhiệm
        nghỉ hưu/việc/thai/sinh/công/chế
        thôi việc/công
        chuyển/thuyên/luân/thay/điều công/chuyển/động/đổi tác/công?
        điều động
        luân chuyển
        thay đổi nhân/thủ/cán/người/tổ/lãnh
        quá/hơn/trên # tháng
        sáp nhập
        chia tách
        because
        due to
        reason
        retired/retiring/retirement/resigned/transferred/joined/promoted
        new employee/staff/colleague
        so that
        in order to
    """,
    "list": """
        danh sách
        bảng/biểu danh/kê/tổng?
        đính kèm
        kèm theo
        gửi/đính kèm
        file kèm
        phụ lục
        ds
        attached
        list
        attachment
        following
    """,
}
"""Phrases, by concept; see `requests_phrases`."""
