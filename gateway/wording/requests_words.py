"""The words in which people speak of mailboxes, ask, tell and announce: Vietnamese and English. Only phrases live here.

The order counts: where two concepts have a phrase at one place, the earlier one is taken. Whatever only looks like one
of the later concepts stands in `noise` (`cấp huyện` is a level, `đào tạo` is training).
"""

from __future__ import annotations

from gateway.wording.requests_phrases import ADDRESS, Lexicon

CONCEPTS = {
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
        cấp trên/dưới/bộ/ủy/ngành/trung/tỉnh/thành/huyện/quận/xã/phường/thị/sở/phòng/cơ/thiết/bách/độ/học/bậc/hàm/thẩm/quản
        các/mọi/từng/hai/ba/# cấp
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
        tài khoản ngân/hệ/phần/quản/dịch/vneid/zalo/facebook/định/một/truy/wifi/mạng/trên/igate/thanh/kế/đăng/người/họp
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
        report/comment/comments/version/ticket/task/preferences/order/parcel/invoice/contract/meeting/document/presentation/license/passport/website/software/budget
    """,
    "trouble_reissue": """
        quên/mất/lộ/thất mật khẩu
        quên/mất pass/password
        không nhớ được? mật khẩu
        không nhớ pass/password
        mật khẩu không đúng/nhớ/còn
        forgot/forgotten/lost his/her/my/our/the/their? password
        bị mất/lộ mật khẩu
    """,
    "trouble_unlock": """
        bị tạm? khóa/treo/đóng/đình/vô
        đã? bị? tạm? khóa tài khoản/do
        không thể? đăng nhập được?
        đăng nhập không được
        không vào/truy/mở được
        chưa đăng nhập/vào được
        locked out
        has/have/is/was/got been? locked
        cannot/can't/unable login/access/to
    """,
    "reissue": """
        cấp lại
        cấp đổi/trả lại?
        lấy lại
        xin lại
        sử dụng/xài lại
        cấp mật/pass khẩu?
        cung cấp lại
        tìm lại
        gửi lại mật/pass khẩu?
        mật khẩu mới/khác
        new one? password
        password stopped/expired/invalid
        resetting
        khôi/phục phục/hồi
        phục hồi
        đặt lại
        thiết lập lại
        tạo lại
        làm lại
        đổi lại
        reset lại?
        phát/ban hành lại
        reissue
        re issue
        recover
        restore
    """,
    "unlock": """
        mở lại
        mở khóa
        gỡ/bỏ khóa
        kích hoạt lại?
        cho phép? hoạt/sử/dùng động/dụng? lại
        khôi phục hoạt động
        unlock
        unblock
        reopen
        re open
        reactivate
        reactivating
        unlocking
        reactivated
        unlocked
        tháo khóa
        re activate
        activate
        enable
        re enable
    """,
    "remove": """
        hủy bỏ?
        xóa bỏ/khỏi?
        thu hồi
        gỡ bỏ
        loại bỏ/khỏi
        khóa lại?
        tạm khóa/ngừng/ngưng/dừng
        vô hiệu hóa?
        ngừng/ngưng/dừng! sử/cung/hoạt dụng/cấp/động
        chấm dứt
        đóng!
        đóng hộp/hòm/tài/email/mail/#
        deleted
        deleting
        removing
        closing
        gỡ
        loại ra/bỏ/khỏi
        không còn? sử dụng nữa
        không còn/có sử dụng
        tạm dừng/ngắt
        removed
        closed
        disabled
        deactivated
        removal of
        delete
        remove
        close
        deactivate
        disable
        revoke
        cancel
        terminate
        suspend
    """,
    "change": """
        thay đổi
        thay!
        đổi tên/sang/chủ/người/thông?
        cập nhật lại?
        điều chỉnh
        chỉnh sửa
        sửa lại/đổi/chữa?
        đính chính
        chuyển giao/đổi/quyền/tên/sang/hộp/tài?
        bàn giao
        chuyển
        nâng/tăng/mở rộng/thêm? dung lượng
        tăng/nâng thêm? dung lượng
        gia hạn
        change
        rename
        renamed
        changing
        renaming
        updating
        ủy quyền
        cấp/phân quyền
        chuyển hướng/tiếp
        changed
        updated
        transferred to
        update
        modify
        correct
        transfer
        amend
        increase
    """,
    "create": """
        cấp mới/phát/bổ/thêm/cho?
        tạo mới/lập/thêm/dựng?
        mở mới/thêm/cho?
        làm
        lập
        arrange
        adding
        opening
        lập mới
        thiết lập
        khai báo
        khởi tạo
        đăng ký mới/cấp/sử/thêm? dụng?
        bổ sung
        thêm mới?
        làm mới/cho
        phát hành
        create
        created
        creating
        creation of
        set up
        setup
        setting up
        open
        provision
        register
        add
        issue
        allocate
        assign
        make
    """,
    "provide": """
        cung cấp
        provide
        give
        get
    """,
    "mailbox": f"""
        danh bạ hệ? thống? thư/hộp/email/mail điện/thư? tử/điện? tử?
        tài khoản hộp/hòm thư điện? tử?
        tài khoản thư điện/công/cá? tử/vụ/nhân? công? vụ?
        tài khoản email/mail/gmail công/cá/nội? vụ/nhân/bộ?
        tài khoản người? dùng? email/mail
        địa chỉ hộp/hòm thư
        địa chỉ thư điện/công? tử/vụ? công? vụ?
        địa chỉ email/mail công/cá? vụ/nhân?
        hộp/hòm thư điện/công/cá/đơn? tử/vụ/nhân/vị? công? vụ?
        hộp/hòm mail
        thư điện tử công? vụ?
        thư công vụ
        email/mail/user account/accounts/address/addresses
        email/mail công/cá/đơn/nội/cơ/của? vụ/nhân/vị/bộ/quan?
        mailbox
        mailboxes
        mail box
        webmail
        account email/mail
        acc email/mail
        user email/mail
        user thư
        {ADDRESS}
    """,
    "account": """
        tài khoản
        mật khẩu
        password
        passwords
        pass
        quyền truy/quản/sử cập/lý/dụng
        account
        accounts
        acc
        user
        username
        login
    """,
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
        đề/yêu nghị/cầu các/mọi/từng đơn/phòng/cơ/đồng/cán/ban/trường/xã/phường/sở/bộ/cá/công/thành/hộ/em vị/quan/chí/bộ?
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
        do đơn/cán/đồng/ông/bà/anh/chị/em/nhân/có/bị/quên/mới/không/hộp/tài/thay/nhu/chuyển/nghỉ/người/lâu/hiện/mật/số/yêu/trước/phòng/phường/đã/chưa/công
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
"""Phrases, by concept."""

# Without marks `hop thu` is also what the meeting on Monday is: họp thứ hai.
_UNMARKED = {"noise": "hop thu hai/ba/tu/nam/sau/bay/nhat/#\nthu tu/nam/sau/bay"}

KINDS = ("create", "change", "remove", "reissue", "unlock")
"""What is asked for; also the concepts of the words that ask for it."""

LEXICON = Lexicon(CONCEPTS, _UNMARKED)
