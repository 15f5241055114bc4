"""What the archive of an inspection says about itself, for who opens it: in Vietnamese, a few lines in English."""

from __future__ import annotations

from string import Template
from typing import Final

_TEXT: Final = Template("""\
TRÍCH XUẤT NHẬT KÝ QUYẾT ĐỊNH CỦA CỔNG THƯ
Kỳ: từ $since đến trước $until (giờ UTC). Số quyết định: $decisions.

Trong tệp nén này có:

  decisions.csv  Bảng các quyết định, mở bằng Excel hoặc LibreOffice. Thời gian theo giờ UTC (giờ Việt Nam là UTC+7).
  rows.jsonl     Nội dung nguyên văn từng dòng nhật ký, đúng từng byte như khi ghi, mỗi dòng một bản ghi JSON.
  chain.jsonl    Vị trí, mã băm nội dung (SHA-256) và mã băm chuỗi (HMAC-SHA256) của từng dòng trong rows.jsonl.
  manifest.json  Mã băm của các tệp trên, các chuỗi, dấu niêm phong bằng khóa của nhật ký.

Dòng trống trong rows.jsonl là dòng ngoài kỳ (không trích nội dung) hoặc dòng đã xóa nội dung theo thời hạn lưu giữ; mã
băm của chúng vẫn có trong chain.jsonl để chuỗi không bị đứt.

CÁCH KIỂM TRA

1. Mã SHA-256 của tệp manifest.json phải trùng với mã ghi trong biên bản giao nhận.
     Linux:    sha256sum manifest.json
     Windows:  certutil -hashfile manifest.json SHA256
2. Cài congthu trên một máy bất kỳ (không cần cổng thư, không cần mạng), rồi chạy:
     congthu decisions verify --archive TEN-TEP.zip
   Lệnh này kiểm tra từng tệp, từng dòng: không dòng nào bị sửa, thêm, bớt so với manifest.json.
3. Để chứng minh chính cổng thư đã ghi từng dòng vào lúc đó, cần khóa của nhật ký (tệp journal.key trong thư mục dữ liệu
   của cổng, do cơ quan vận hành giữ):
     congthu decisions verify --archive TEN-TEP.zip --key journal.key
   Ai có khóa này thì giả mạo được nhật ký: chỉ kiểm tra trước mặt hai bên, không giao khóa.

Không dùng congthu vẫn kiểm tra được: với mỗi dòng i, SHA-256 của dòng i trong rows.jsonl (không kể ký tự xuống dòng)
phải bằng "digest" của dòng i trong chain.jsonl; "seq" của mỗi "chain" tăng liên tục từ "first" đến "last" trong
manifest.json; "hash" bằng HMAC-SHA256 với khóa, trên chuỗi byte: "congthu row 1", byte 0, "hash" của dòng trước
("before" với dòng đầu), "seq" dạng 8 byte (big-endian), "digest".

IN ENGLISH: decisions.csv is for reading; rows.jsonl and chain.jsonl are the proof; check them with
"congthu decisions verify --archive FILE.zip", and with --key to prove that the gateway itself wrote each row.
""")


def readme(since: str, until: str, decisions: int) -> str:
    """The text. Times as RFC 3339."""
    return _TEXT.substitute(since=since, until=until, decisions=decisions)
