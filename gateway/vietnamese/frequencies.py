"""How often words occur, in nats: "7 là" is e**-7 of all words. Two lists, each line "class word word …".

Written by deploy/dev/vietnamese_frequencies.py from the corpus's training split, not by hand.
"""

VIETNAMESE = """\
4 có của không được định
5 bản bị bộ cho chỉ chọn các dùng dụng hiện hoặc hợp khi kết là lỗi một người này pháp phải phần quyết quyền ra số sự
5 theo thể tin trong tài tên tòa tập việc và với vụ án điều đã để
6 báo bên bạn bảo bằng bỏ chuyển chưa chạy chủ chứng cách công cơ cấp cần cầu danh di do dân dòng dạng dịch dữ ghi giao
6 giá giải gặp hay hiển hiệu hành hình hạn hệ hữu in khác khởi kiểm kiểu ký liên liệu luật làm lý lưu lại lệ lệnh mà
6 máy mã mặc mở mục nghĩa nhân như nhận nhập những nước nếu nội phiên phân qua quan quy sau sản sẽ sổ sở sử thay thiết
6 thành thêm thì thông thư thường thẩm thị thời thực trên trình trường trị trợ tìm tính tùy tại tạo tắt từ tự vi vào về
6 vị xem xuất xác xét xử yêu đang đó đơn đầu đặt đến địa đọc đối đồng đổi độ động ảnh ở ứng
7 a bao biến biết biểu biệt bảng bất bật bắt bố bồi bổ bởi cao chi chia chiều chung chuẩn chuỗi chính chương chấm chấp
7 chế chứa chức chữ con cung cuối cài cá cáo câu còn cùng cũng cả cảnh cấu cập cột cỡ cứ cửa diện dung dài dưới dấu dẫn
7 dứt gia gian giám giữ gỡ gửi hai hoàn hoạt hãy hơn hại họ hồ hỗ hộ hội hủy khiển kho khoá khoản khoảng kháng khóa
7 khẩu kiện kê kích kế kể loại lên lượng lấy lần lập lời lợi lực muốn màn màu mình mô mạng mẫu mật mặt mềm mọi mỗi mới
7 nam nghị ngoài nguyên nguồn ngày ngữ nhau nhiều nhiệm nhà nhóm nhưng nhất nhật nhớ nào nên nó năng nơi nối phán phát
7 phép phí phím phương phạm phụ phục quá quả quản rõ rộng sai sao sung sách sát sơ sắp sẵn sửa tham thanh thi thiệt
7 thoát thuận thuộc thái thích thấy thế thỏa thống thủ thứ thức thử tiêu tiến tiếp tiền toàn toán tra trang truy trí
7 trước trạng trả trừ tác tích tóm tương tượng tạm tả tải tất tố tối tổ tới tục tụng tử viên viện việt vì vùng văn vệ
7 xóa xếp áp ích ý đa đi điểm đánh đây đình đích đúng đăng đĩa đưa đương đường đại đảm đầy đặc đề đồ đủ ủy
8 an ba ban biên biện buộc bài bàn bày bán bí bù cha chiếm chiếu chuột chánh chép chú chúc chúng chất chậm chắc chết
8 chỉnh chịu chối chỗ chờ chụp chữa coi cuộc cái cú căn cũ cư cầm cắm cố cổng cộng cờ cụ cục cứng dành dây dõi dụ dừng
8 dự dựng e giây giúp giả giảm giản giấy giống giới giờ giữa gây gì gói gõ gắn gọi gốc gồm hiểu hoa hàm hàng hòa hóa
8 hôn hướng hưởng hạng hậu hết họp hỏi hỏng hồi hộp i khai khiếu khách khả khẩn khỏi khối khớp kiếm kiến kèm kỳ lao
8 liệt luôn luồng lãnh lòng lúc lược lạc lặp lịch lớn lớp lục minh miền mua môi mất mẹ mức ngay ngôn ngăn ngược ngắn
8 ngắt nhãn nhạc nhấn nhỏ no nuôi nén nút năm nại nạp nằm nền nộp o phòng phóng phông phúc phản pin quốc riêng rãnh rút
8 rồi rỗng sang sinh so sánh sẻ tay thao thiếu thoại thu thuê tháng thúc thước thập thẻ thụ thừa tiên tiết tiện to
8 tranh trung trách trái trích trú trúc trắng trọng trỏ trống trở trực tuyên tuyến tuỳ tái tình tín tùychọn tư tậptin
8 tắc tế tốc tồn tổng từng u viết vui ví vô vấn vẫn vận vật vắng vẽ vỏ xoá xuống xây xã xảy y yếu âm ít ô đ điện điệp
8 đoạn đè đóng đạt đất đếm đệm đốc đợi đừng ưu ẩn ổ
9 ai bthức bát bình bít băng bước bại bấm bề bệnh chèn chéo chìa chí chùm chơi chắn chặn chồng chứ co cuộn cân cây cạnh
9 cản cấm cắt cặp cụm cứu cử diễn doanh duy duyệt dán dáng dãy dò dưỡng dễ dọc dựa gán gạch gần gọn hiểm hoá hoãn hát
9 hư họa học khoán khung khuyết khó khăn khảo kia kinh kéo kênh kýtự kề lai liền luận ly lâu lãi lạ lẫn lẻ lẽ lề lọc
9 lựa miễn mong mười mượn mại mảng ngang nghe nghiêm nghiệp nghề nghệ ngoại ngoặc nguy ngưng ngẫu nhanh nhiên nhánh
9 nhảy nhấp nhắc nhằm nhị ninh niên nâng nêu nói nửa nữa phim phá phía phù phút phẩm phẩy phận phỏng phối quay quán
9 quân quét rom ràng rác rất rằng rời siêu soạn sum suất sàng sáng súc sĩ sắc sống sức the thiểu thuật thác tháo thân
9 thô thôi thương thả thảo thấp thất thậm thật tiếng tiểu trao triển triệu truyền tràn tránh trì trò trùng trăm trưng
9 trưởng trộn trụ trữ tuyệt tuân tuần tuổi tàu tách tô tôi tăng tặng tệp tỉnh tịch tọa tống tốt tộc tờ tức tựa tỷ vay
9 vài ván vòng vượt vậy vợ vừa xa xung xâm xạ ánh ép đen điển đo đoán đoạt đun đào đáng đáp đòi đôi đảo đấu đẩy đẻ đều
9 đệ đổ độc đột đứng ước ảo ống
10 anh bay biển buổi bác bây bãi bíp bó bóng băm bưu bạo bận bệ bốn bội cam canh chiến chu chuyên chuyện chuông chuộc
10 chào chát chăm chẩn chẵn chếđộ chống chớp com cong càng cáp cô cước cưỡng cạc cải cảm cẩn cận cậy cọc cực du dàng
10 dính dù dương dần dọa dối dục em gián giáo giãn giấu giết gìn góc góp gấp gộp gợi hao hiến hoán hoạch huyện hơi hạ
10 hạt hầu hậutố hằng hẹn hứa im khay khoát khuyên khuôn khám khí khôi khấc khắc khỏe kim kiệm két kêu kí kính kịp kỷ
10 kỹ loa long lô lôgíc lõi lăm lương lưới lượt lắng lắp lệch lối lồng lờ lừa lửa ma mang miếng mâu múi mũ mũi mạch mạo
10 mẩu mẹo mối mờ mời mừng mực mỹ nay neo nghiên nghiệm nghỉ nguyện ngân ngưỡng ngại ngầm ngờ ngụ ngủ ngừng ngữcảnh
10 nhiêu nhiệt nhu nhuận nháp nháy nhìn nhúng nhầm nhắn nhẹ nhờ niêm non nét nóng nạ nạn nảy nổi nợ on pe phi phong
10 phạt phố phổ phủ phức quanh qui quên quạt quỹ ro run ruột rã rơi rẽ rủi song suy suốt sáp sáu sóc sóng sút sư sưu
10 sạc sạch sọt sớm ta tai thiện thiệu thuẫn thù thùng thăm thưmục thưởng thần thận thẳng thổ thụt tinh tiếc tmục treo
10 tráo tròn trôi trông trặc trẻ trễ trục tuy tuyển ty tám tâm tôn tĩnh tước tường tưởng tạp tần tẩy tật tổn uy uỷ vai
10 virút viền viễn vua vá vân vé vĩ vĩnh vũ vạch vẻ vết vọng vốn vực xe xen xin xoay xong xuyên xám xâu xả yết đai đe
10 điền đtcv đuôi đàm đính đông đúp đạo đậm đằng đẳng đỉnh đỏ đống đới đức ưa ương ấn ổn
11 am be bin bung bà bá bánh bão bìa bút bạ bạc bảy bẫy bậc bọc bọt bớt bụp bức ca can che chen cháu chân chênh chìm
11 chôn chạm chảy chẳng chặt chẽ chị chổi chở chủng chữsố câm côngsai cúng cường cược cảng cất cối cổ diệt dàn dãn dè
11 dư dải dậy dội dời dỡ en gam ghim ghép giai giác giátrị go gtrị gài gíc gắng gởi hiệp hoại huy huỷ hè hôm hđh hải
11 hẳn ia khe khiến khoa khoẻ khu khuyến khá khái khán khích khít khô khấu khẳng khứ kép kì kín kýhiệu kẻ kẽ lan lang
11 le li linh loang lát lí lít lôga lùi lúp lĩnh lũy lượcđồ lạm lấp lặng lỗ lộ lửng mi miệng mét mòn móc môn môđem
11 môđun mươi mượt mạc mạnh mảnh mắc mắt mịn mốc mồi na nghĩ ngón ngôi ngônngữ nhiễm nhạy nhả nhắm nhắp nhở nom nắm nắp
11 nặng nếp pam pem pha phó phơi phường phẳng phồn po pon quang quát quý quảng ranh ri rung rè rải rập rối rộn sa si
11 soát sun sâu sót thai thang then thiên thiếtbị thiệp thua thuyết thuần thải thầu thờ ti tiềm tiềntố toạ toả truyện
11 trượt trạm trải trấn trật trốn trời tu tuệ tuỳchọn tán tây tínhiệu túi tơ tảng tầng tỉ tỏa tốn tồi tội ui vuông véc
11 vùi vẹn vỡ xanh xkhông xuôi xách xáo xén xô xúc xấp xấu xỉ ông ăn đem đoàn đtth đài đá đáy đâu đèn đêm đắm đắp đẹp
11 đền địachỉ đốisố đội đời đỡ đục ấm ấy
12 ao ben bi biêu biếm bo bom bong bun buôn buông bách báng bè bì búng bạch bảnghi bẩn bắc bằn bặt bến bền bện bỉ bồ bờ
12 bở cai chang chinh chiệu chon chuyến cháy chém chín chòn chóng chót chút chập chắt chỉsố chốn chờn chục chừng cu
12 cuốn cà cành cán cánh câulệnh cương cạn cẩu cậu cống cốt cợt cụt cự dan dang dom dong dày dánh déjà dì dôi dùm dường
12 dược dượng dặt dẹp dẻo dị dịp dọn dốc dở ghé ghế gi giam gieo giành giáp giêng giếm giọng gàng gánh góm gẫu gập
12 gốcmới gỗ gột hang hau he hi hiệubài hoà hoài hoàng hoạ hung huyết huyền huống hy hài hàn hànhvi hãng hóc hông hảo
12 hẹp hổng hỗn hụi insơ keo khiện khoi khoáng khuếch khéo khắng khỏa khổ ki kiệu kém kĩ kẹt kếm kịch la lam lau lin
12 liênkết liêt lkết lo loài loạt luân luỹ làn làng lá lâm lây lê lót lôgic lăn lăng lơi lướt lười lường lạp lầm lật
12 lắm lễ lỏng lộn lỡ lứa mai man mau may me mem micrô min miêu miến mo mom muộn mày mái mát mãn mê mông mù mùa múc mưa
12 mả mấu mấy mầu mẫn mệnh mồ mộ mớ nan ne nghi nghiêng nghiện nghìn nghịch ngoặt ngu nguồi nguội ngàn ngành ngã ngũ
12 ngạc ngạch ngồi ngột ngừa nha nhi nho nhé nhĩ nhượng nhạt nhẳn nhặt nhịp nhọn ni niệm num nèn nêm nón nô nặc nết nốt
12 nổ nữ phiền phum phê phạmvi phạn phầu pi pim quen quấy quẩn re ru ruộng rào rìa rô rông rượu rạc rảnh rễ rớt rụt
12 rừng se sim su sân sê sườn sắt sẳn sẵp sọc sốlượng sốlớn sốnhỏ sờ sởhữu sụn sụp sụt sỹ tam tang tem them thiếp thong
12 thoạt thoả thoải thuyền thuế thuốc thuộm thuỵ thí thôn thú thăng thơ thưa thượng thảm thầm thắc thắng thọ thụy thủy
12 thự tinnhập toái tri trinh truất trán tróc trơ trơn trương trần trận trồng trổ trừu tua tuý táng tí tíc tùng túy tĩu
12 tươi tưới tướng tầm tận tệ tị tớ tụ uống va vaitrò ve viếng vu vàng vây vôn vù vănlệnh vải vắt vệt vịtrí vựng xi xia
12 xlỗi xoa xon xoắn xu xuyệc xê xích xóm xơ xưởng xắp xẻ xứ xứng yên ào ái âu è é ê ðiều ôm úng đan đia đinh điểu điễn
12 điệu đoan đàn đáo đãi đô đôn đùa đút đăt đả đẫn đập đắn đắt đặctả đế đỉa đọng đựng ả ấp ẩm ốc ối ồn ởỡa ức
13 ay bai bang bia biễu buột bành bóc bót búa bơi bấn bầu bẩm bế bịt bốt bột bụi chiểu choi chuốt chói chước chược chấn
13 chầm chốt chới chớm chửi coa cuất cuỗi căm cưới cạ cạch cấy cắp cợ củ dam dia dinh diệu doi don doạ duyện dâm dĩ dấn
13 dầu dập dể dịnh dồn dộ dộng dới dựt eng ga gianh gió giấc giật giếng giềng giọt giời goa gom gu gun gác gách gân gô
13 gơ gư gắt gở han hinh hiêu hiếm hoành hoã hoạc hà hào hô hút hơ hưu hảy hấp hệt hởi hứng inh kha khau khiền khuynh
13 khôn khúc khước khải khản khảng khắp khếch khổng kiển ky kệ len liêm liêu lui luyến luộm luộn lài láng lênh lình líu
13 lóe lơn lạnh lấn lắc lặt lồ lởi lợp lủi men mon mành mác máu mây méo mó mơ mương mạ mạt mầm mổ nang nghia nghèo
13 ngoan ngó ngói ngõ ngơi ngươi ngước ngạy ngốc nhiếp nhiểu nhiễu nhã nhìm nhòm nhẽo nhỉ nhừng nhửng niềm nát nê núi
13 nương nảu nều nỗ nộ nới nục nững oải oặc pa phan phiêu phái pháo pu pô quyên quén quê quần quận quẹt ram ray rim
13 rong rãi rê rít rò rúp rơ rấc rầy rắn rỉ rống san say sin som séc síp sơn sập sỗ sứ sứng sữa tao thoái thoảng thui
13 thàm thàng thách thâm thình thói thơi thảnh thầy thằng thề thễ thỉnh thổng thớt thửa ton trau trim triều trìn trính
13 tròi trù trùm trũng trại trầm trọ trọn trộng tuốc tánh táo têu tù túc tấn tấu tẩu tặc tẹn tỉa tỏ um un uể vo vơi
13 vương vả vất vẩn vắn vặt vớ vời vở vởi xom xuyệt xuẩn xé xíu xó xăm xưa xưng xước xổ xộn à ác ân đam đeo đoặn đuổi
13 đà đùng đạc đắc đặn đển đện địch đỗi đờ đợn đứt đựa ơn ướt ịnh ố ồ ỗi ột ủng
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
