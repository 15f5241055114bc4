"""TCVN 5712:1993 VN3, which the ABC fonts (.VnTime and its family) draw.

Written by deploy/dev/vietnamese_tables.py, not by hand.

Source: glibc's iconv, charset TCVN5712-1, without VN1's capitals that carry a tone mark: .VnTimeH and its like draw
the small letters' codes as capitals. The same 74 codes stand in xvnkb, VIETUNI and UniKey.
"""

LETTERS = """\
à=b5 ả=b6 ã=b7 á=b8 ạ=b9
ă=a8 ằ=bb ẳ=bc ẵ=bd ắ=be ặ=c6
â=a9 ầ=c7 ẩ=c8 ẫ=c9 ấ=ca ậ=cb
è=cc ẻ=ce ẽ=cf é=d0 ẹ=d1
ê=aa ề=d2 ể=d3 ễ=d4 ế=d5 ệ=d6
ì=d7 ỉ=d8 ĩ=dc í=dd ị=de
ò=df ỏ=e1 õ=e2 ó=e3 ọ=e4
ô=ab ồ=e5 ổ=e6 ỗ=e7 ố=e8 ộ=e9
ơ=ac ờ=ea ở=eb ỡ=ec ớ=ed ợ=ee
ù=ef ủ=f1 ũ=f2 ú=f3 ụ=f4
ư=ad ừ=f5 ử=f6 ữ=f7 ứ=f8 ự=f9
ỳ=fa ỷ=fb ỹ=fc ý=fd ỵ=fe
đ=ae
Ă=a1
Â=a2
Ê=a3
Ô=a4
Ơ=a5
Ư=a6
Đ=a7
"""
ALSO = ""
