"""How often words occur, in nats: "7 là" is e**-7 of all words. Two lists, each line "class word word …".

Written by deploy/dev/vietnamese_frequencies.py from the corpus's training split, not by hand.
"""

VIETNAMESE = """\
4 các có không tin tập được
5 bạn bị bộ cho chỉ chọn của dùng dụng hoặc hợp khi ký kết liệu là lại lỗi một mục này nếu phần ra số thư thể trong
5 trình tên tùy từ tự và vào với đã đầu đặt để định đổi
6 báo bản bảng bằng bỏ chuyển chuỗi chưa chạy chế chữ cuối cài cách công cảnh cần cập cỡ cửa danh dòng dạng dấu dẫn dữ
6 ghi gian giá gặp hay hiển hiện hiệu hình hệ hỗ in khác khóa khởi kiểm kiểu kích liên làm lý lưu lệ lệnh máy mã mật
6 mặc mới mở người như nhận nhập những nào nó nối nội phiên phân phép phím phải qua rộng sau sách sẽ sổ sử thay theo
6 thiết thành thêm thì thông thường thấy thị thống thời thực tra trên trước trường trị trợ tài tác tìm tính tương tượng
6 tại tạo tắt việc vùng về vị xem xuất xác đang điều đĩa đến địa đọc đối độ động ảnh ở ứng
7 a bao biến biết biểu biệt bàn bên bảo bất bật bắt bổ bởi cao chi chia chiếu chiều chung chuẩn chép chính chương chấm
7 chỉnh chủ chứa con cung cái câu còn cùng cũng cơ cả cấp cấu cầu cột cục di diện do dung dài dưới dịch e giao giúp giả
7 giải giống giới giờ giữa gì gói gắn gỡ hai hoàn hoạt hàm hành hãy hóa hơn hướng hạn hồ hữu i khiển kho khoá khoảng
7 khả khẩu khối khớp kiếm kê liệt loại lên lượng lấy lần lập lớn lục muốn mà màn màu mô mạng mẫu mềm mọi mỗi nghĩa
7 nguyên nguồn ngày ngược ngữ nhau nhiều nhân nhóm nhưng nhạc nhấn nhất nhật nhỏ nhớ nén nên nút năng nằm nền phát
7 phương phụ phục quy quyền quá quả quản riêng rõ sai sang sao sung sơ sắp sẵn sở sửa sự tham thanh thao thiếu thoát
7 thuộc thái thích thúc thẻ thế thứ thức thử tiên tiêu tiến tiếp tiết toàn trang truy trí trạng trắng trống tích tóm
7 tạm tả tải tất tố tối tồn tổng tới tử u vi viết vì văn vụ xóa xếp xử yêu âm đ đa đi điểm đánh đây đích đó đóng đúng
7 đăng đơn đưa đường đầy đặc đề đệm đồ đồng đủ
8 an biên buộc bài bày bình bí bù bấm bố chuột chèn chí chú chúng chơi chấp chắc chỗ chờ chụp chức chứng coi cuộc cuộn
8 cá cáo cây cú cũ cắm cắt cố cổng cộng cờ cụ cứng diễn duyệt dành dây dãy dõi dụ dứt dừng dự dựa dựng giây giảm giản
8 giấy giữ gõ gạch gần gọi gốc gồm gửi hiểu hoa hoá hàng hạng hậu hết hỏi hỏng hồi hộp hủy khoản khách khỏi kiện kéo kế
8 kỳ luôn luồng lòng lúc lược lạc lặp lẽ lịch lớp lời miền mong môi mảng mất mặt mức ngang ngay nghe ngoài ngoại ngôn
8 ngăn ngắn ngắt nhanh nhiên nhiệm nhà nhánh nhãn nhị no nâng năm nơi nạp nữa o phim pháp phóng phông phạm phản phẩy
8 pin quan quay quyết quét rác rãnh rất rằng rồi rỗng sinh siêu so soạn sàng sáng sánh sắc sẻ tay the thi thoại thu
8 tháng thước thập tiền tiện to toán trao trái trì trích trò trùng trúc trả trọng trỏ trộn trừ trữ trực tuyến tuỳ tách
8 tái tín tùychọn tăng tậptin tắc tốc tốt tổ tục từng viện vui vài ví vòng vô vấn vẫn vậy vẽ vỏ vừa xa xoá xung xuống
8 xây xạ xảy y án ánh áp ích ít ô ý đen điện điệp đo đoán đoạn đun đè đôi đương đại đẩy đếm đệ đột đợi đừng ưu ảo ẩn
8 ống ổ
9 ai ba ban bthức bán bát bây bít bóng băng bước bại bệ bội canh cha chu chéo chìa chùm chậm chắn chẵn chặn chịu chối
9 chứ chữa co cong cân cạc cạnh cảm cấm cậy cặp cụm cứ duy dán dáng dính dò dương dần dễ dọc gia gán gây góc hoán hát
9 hòa hưởng hạt họ họa học khai khung khuôn khó khảo kiến kèm két kênh kính kýtự kể lai lâu lõi lạ lẫn lắng lẻ lề lọc
9 lờ lửa lựa lực minh mình múi mũ mũi mẹ nay nghiêm nghệ nghỉ ngoặc ngưng ngẫu ngờ ngụ ngủ nhiêu nhiệt nhìn nhúng nhảy
9 nhấp nhắc nhắn ninh nói nước nổi on phá phía phòng phù phút phỏng phối quân rom run ràng rời song sum suốt sĩ sạch
9 sản sọt ta thiểu thiệu thuật tháo thân thô thôi thùng thăm thưmục thả thảo thấp thất thẩm thậm thận thật thẳng thủ
9 thừa tiếng tmục triển trung truyền tràn tránh tráo tròn trôi trăm trưng trở trục tuyệt tuần tình tô tôi tư tường tần
9 tẩy tế tệp tọa tức tựa tỷ viên ván vượt vật vệ xe xen xin xoay xuyên xâu yếu ép điền điển đào đáng đáp đúp đảm đảo
9 đấu đằng đều đống đổ độc đứng ưa ước ấn ổn ủy
10 anh bay be bung buổi bá bãi bíp băm bạ bạo bẫy bậc bận bề bọc bốn bụp bức can chiếm chiến chuyện chuông chào chát
10 chạm chất chẩn chết chếđộ chống chồng chớp com càng cáp cô côngsai căn cải cản cất cẩn cứu cực du dàn dàng dãn dù dư
10 dời ghép giác gián giãn giết gài gíc góp gấp gọn gộp gợi hao hiểm hoãn hoạch hè hôm hđh hơi hư hạ hại hầu hậutố hằng
10 hẹn hội ia im khay khe khoát khuyên khuyến khá khôi khăn khấc khấu kim kiệm kép kêu kì kí kýhiệu kẻ kẽ kỷ kỹ loa
10 long luận luật lát lãi lí lô lôgíc lùi lũy lưới lượt lắp lệch lồng lỗ lửng ma mang miếng miễn móc môđem môđun mười
10 mạch mạnh mạo mảnh mẩu mẹo mịn mồi mờ mừng mực mỹ neo nghiệm nghị nguy ngôi ngưỡng ngầm ngừng ngữcảnh nhu nháp nháy
10 nhạy nhả nhẹ non nét nóng nạ nảy nắp nửa pe phi phí phận phố phổ phủ phức po qui quát quên quạt quảng quốc ro rã rút
10 rải rẽ rối rủi si suy suất sâu sóng sưu sạc sớm sức tai thiếtbị thiện thuận thụt tinh tiếc tiểu toạ treo trạm trặc
10 trễ trụ tuy tuyên tuyển tuân tuỳchọn tâm tínhiệu túi tĩnh tơ tước tưởng tỉ tồi ui uỷ vai virút viền viễn vua vá vân
10 vé véc vĩ vĩnh vạch vận vẹn vẻ vết vọng vỡ xong xám xáo xén xét xô xả đtcv đtth đuôi đàm đáy đèn đêm đính đông đạt
10 đậm đỉnh đỏ đốisố đỡ ấy
11 am bin biển bo bom buông bánh bão bìa bó bút bảnghi bảy bắc bọt bớt ca che chen chuyên chân chênh chút chập chẳng
11 chặt chẽ chổi chữsố cu cà câm câulệnh cường cạn cầm cẩu cận cổ cụt cự diệt dong dè déjà dải dậy dặt dẻo dị dọn dốc
11 dội dở dục en gam ghim giành giátrị giêng giấu go gtrị gắng gột gởi hiệp hoà hoài huỷ hy hànhvi hảo hẳn hẹp họp hộ
11 insơ khiến khoa khu khuếch khái khám khán khí khích khít khô khẩn khắc khắng khẳng khổ khứ kia kinh kém kề la lam
11 lan lang le li linh liêt lo loang loạt ly làn lê lít lôga lúp lướt lượcđồ lấp lắm lặng lỏng lối lộn lợi man may mi
11 micrô min mát mâu mét mù mượt mắt mối mớ na nan ne nghi nghiệp nghìn nghĩ nguội ngón ngônngữ ngại ngột nha nho nhuận
11 nhé nhĩ nhầm nhắm nhắp nhịp nhọn nhờ nhở ni nón nắm nặng nếp pam pem pha phiền phê phơi phạmvi phạn phẩm phẳng phồn
11 pon quang quanh quán re ri rung rè rô rơi rập rộn soát sun sát sáu sê sót sườn sẵp sống sởhữu tam thang then thiếp
11 thoả thua thuẫn thù thú thương thầm thần thỏa thổ thụ thự ti tiềm tiềntố toả tranh truyện trách trông trú trơn trượt
11 trải trời tu tuổi ty tám tán tây tíc tạp tảng tầm tầng tệ tốn tờ vaitrò việt vuông vù vănlệnh vắng vệt vốn vực xanh
11 xkhông xoắn xuôi xách xóm xấp xấu xỉ yên âu é ê ăn đem đinh điểu điệu đá đâu đình đòi đắn đặctả đẹp địachỉ đội đời
11 đục ả ấm ốc ức
12 ben bi biếm bong bun báng bè búng bưu bạc bẩn bằn bặt bền bện bỉ bồ bờ bở chang chinh chiệu chon cháu chém chìm chòn
12 chóng chót chỉsố chốn chờn chở chục chừng cuốn cư cương cốt cợt dan dang doanh dom dày dánh dân dùm dường dược dẹp
12 dịp ghé ghế gi giai gieo giáp giọng gàng góm gẫu gập gốcmới gỗ hang hau he hi hiến hiệubài hoàng hoạ hoại huy huyền
12 huống hài hàn hãng hóc hông hổng keo khiện khoi khéo khỏa ki kiệu kĩ kẹt kếm kịch lau lin liênkết liền lkết loài
12 luân luỹ lá lót lôgic lăn lăng lĩnh lơi lười lạp lật lộ lỡ mai mau me mem miêu miến mo mom mua mày mái mãn mê mông
12 mùa múc mại mấu mấy mầu mắc mệnh mộ mời nghiêng nghịch ngoặt ngu nguyện nguồi ngàn ngã ngạc ngạch nhi nhạt nhằm nhẳn
12 niên niệm num nèn nêm nô nạn nặc nết nốt phầu pi pim quen quấy quẩn ranh ru rìa rạc rảnh rớt rụt se sim su sắt sẳn
12 sọc sốlượng sốlớn sốnhỏ sờ sụn sụp sụt sỹ tang tem them thiên thiệp thong thoạt thoải thuyết thuần thuế thuốc thuộm
12 thuỵ thác thí thăng thơ thưa thượng thắc thắng thọ thụy tinnhập toái tri trinh trán tróc trơ trương trận trẻ trừu
12 tua tuý tí tùng tĩu tươi tướng tận tị tịch tớ va ve viếng vu vàng vôn vải vắt vịtrí vựng xi xia xlỗi xoa xon xu
12 xuyệc xâm xã xê xích xơ xắp xẻ xứng ào ái è ôm úng đan đia điễn đàn đáo đô đùa đút đăt đạo đả đất đẫn đập đắp đắt
12 đẳng đế đỉa đọng đức đựng ẩm ối ồn ởỡa
13 ay bai bang bia biễu buột bành bót búa bơi bấn bế bịt bốt bồi bột bụi chiểu choi chuyến chuốt chín chói chúc chước
13 chược chảy chấn chầm chị chốt chới chớm chủng chửi coa cuất cuỗi cán cánh căm cưới cưỡng cạ cạch cống cợ củ dam dia
13 dinh diệu doi don duyện dâm dĩ dấn dầu dể dịnh dồn dộ dộng dới dựt em eng ga gianh giám giáo gió giấc giật giọt giời
13 goa gom gu gun gác gách gân gô gơ gư gắt gở han hinh hiêu hiếm hoành hoã hoạc hô hôn hơ hưu hảy hấp hệt hỗn hởi hứng
13 inh kha khau khiền khoán khuynh khôn khúc khước khải khản khảng khắp khếch khổng kiển ky kín kệ len liêm liêu lui
13 luyến luộm luộn lài lây lãnh lênh lình líu lóe lơn lường lạnh lắc lặt lồ lởi lợp lủi lứa lừa men mon muộn mành mác
13 máu mây méo mòn mó mơ mươi mạ mạt mầm nam nang nghia nghiên ngoan ngó ngói ngõ ngũ ngơi ngươi ngước ngạy ngốc ngừa
13 nhiếp nhiểu nhiễu nhã nhìm nhòm nhượng nhẽo nhỉ nhừng nhửng niềm nát nê nảu nều nỗ nộ nới nục nững oải oặc pa phan
13 phiêu phái pháo phúc phường pu pô quén quê quý quần quẹt quỹ ram ray rim rong rê rít rò rúp rơ rượu rấc rầy rắn rỉ
13 rống san say sin som séc síp súc sơn sư sỗ sứ sứng sữa tao thoái thoảng thui thàm thàng thách thâm thình thôn thơi
13 thưởng thảnh thằng thề thễ thỉnh thổng thớt thủy ton trau trim triều trìn trính tròi trùm trũng trầm trần trọ trọn
13 trộng tuệ tuốc tàu tánh táo têu túy tấn tấu tật tặc tẹn tống tộc um un uể vay vo vây vơi vương vả vất vẩn vắn vặt vớ
13 vời vở vởi xom xuyệt xuẩn xé xíu xó xăm xưa xưng xước xưởng xổ xộn à ác ân đam đe đoan đoạt đoặn đuổi đà đôn đùng
13 đạc đắc đặn đển đện địch đỗi đờ đợn đứt đựa ơn ướt ịnh ố ồ ỗi ột ủng
"""

FOREIGN = """\
3 dè pë rü thë të tî · ‘ ‘a ’ “ ”
4 bá b’a kò m’ nguê não nén në ní på rë sí sô tí tó « » în ñe – ‘i „
5 câ dê kí kö leù là lè ló l’a meã með moé mà máa mín ngâ nía nî nó pà pé pën pô sá sé së sì sía tá tâi té tê tõe tša
5 tše uê või än ña ñi ñu út — ‘e ’n … ‹ ›
6 boð bê bí bïn být b’ chè chën cuá cuê deù dë dí dïn dòn dü gï gïn hàn há kä kë kì kó lá lê lòt má må më mën mø mú mû
6 m” ngôi nà ná nê nû n’a n’i poñ pâ pè pê pòt pòu quæ quë rí sà sã são så sê sï só sú súa sún tà tä têm tëi tï tú tüm
6 tũ vê yâ yên © ân çı èn én ön •
7 beò bâa bèn bén bíi búa b’i choõ ché chê chõ ch’a dán dát dèu dóu dún d’a guí guï gêm heän häc iín kiín kãng kép kêm
7 kùn kún laâ làn lân lèi lìn l’ l’i mán mít mût nën nìn paï piò più può pãng pín pün què quê rêt rëng seù sæt sëy sìn
7 són sõng th’ tão tía tún t’a vám vâi × çò ın ‚
8 aún bán bãng bäng bäy bëc bôn bı cât cím côp cüt dàn dât día dòp d’ già guó gång gép gün häi hän hïn hún h” kèn két
8 köp luòc lén món naã ngué nuú nº níi peù poçt poé pât pãn pëi pôc queù qué rëo rùm saã seán soñ suç sèn sýn taâ thà
8 trè trí tròp tán tên tím tøm vòu vût yèn ñuy ñí ñõ
9 bën bûn chì cuí c» cão céu còp c“ d» d“ guía h» håp hét hóp høy h“ kön køa kým l» lán lång låt lèt lèu lép l“ meán
9 mãe mão mäng mío mùa mı m“ n» núm nún nın n“ peão puèi pušu p» pão p“ quán r» rén rép r“ suí s» séu sît sùm s’ s“ ta·
9 thú træ tây tîm tóm töm tüp tým t’ t“ uèi u“ vuê vão vše v” x» çin ’e “a “c
10 b» b“ b” châu chão chính chùm cuâi c’ d’e d” g“ g” k“ löng l” mišu m» nª n° n” pháp poço quão röng r” sång thái thìa
10 t» t” v» v“ x“ x” °c ’i ”a
11 bình bính caún cu“ cách diät do… dòng dùng giáp giây giãn giéc hình không mông ngày nhâm nuèch phân phép saíu teño
11 thân thìn troí trái tráng tánh vuông vùng xiên
"""
