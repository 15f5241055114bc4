"""What can be done to mailboxes, what happens to them, and what they are called. Only phrases live here.

`trouble_…`: what calls for that. A kind of request each: `reissue`, `unlock`, `remove`, `change`, `create`. `provide`:
creates a mailbox, but tells an address. `mailbox`: surely one; `account`: one where a mailbox was spoken of.
"""

from __future__ import annotations

from gateway.wording.requests_phrases import ADDRESS

DEEDS = {
    "trouble_reissue": """
        quên/mất/lộ/thất mật khẩu
        quên/mất pass/password
        không/ko/hổng ai? nhớ/biết được? mật khẩu/mã
        quên/mất mk/pw/mật mã?
        quên mất mật/pass khẩu?
        báo? sai mật khẩu
        mật khẩu bị/đã? sai/hết/lộ
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
        ko vào/mở được/dc
        bị chặn/ngưng/dừng
        không hoạt động
        không thể mở/vào/truy
        is/was/been blocked/suspended/disabled
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
        resets
        phát/ban hành lại
        reissue
        re issue
        recover
        restore
    """,
    "unlock": """
        mở lại
        mở khóa
        mở giúp/giùm/dùm/hộ
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
        ngắt
        thu/rút lại
        không/ko dùng nữa
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
        thay tên/người/đổi
        thay thế
        sang tên
        sửa tên/thông/chữ/giúp/giùm/dùm
        viết sai
        bị? sai tên/họ/chữ
        reassign
        hand over
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
        vào/vô hệ thống thư/mail/email điện? tử? công? vụ?
        zimbra
        email/mail id/ids
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
        mật mã
        mk
        account
        accounts
        acc
        user
        username
        login
    """,
}
"""Phrases, by concept; see `requests_phrases`."""
