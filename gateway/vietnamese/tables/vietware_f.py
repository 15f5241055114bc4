"""Vietware F: a byte a letter.

Written by deploy/dev/vietnamese_tables.py, not by hand.

Source: UniKey, VBKey and a billing program's ConvertVietwareFToUnicode, compared: no disagreement.
"""

LETTERS = """\
à=aa ả=b6 ã=ba á=c0 ạ=c1
ă=9f ằ=c2 ẳ=c3 ẵ=c4 ắ=c5 ặ=c6
â=a1 ầ=c7 ẩ=c8 ẫ=c9 ấ=ca ậ=cb
è=cc ẻ=cd ẽ=ce é=cf ẹ=d1
ê=a3 ề=d2 ể=d3 ễ=d4 ế=d5 ệ=d6
ì=d8 ỉ=d9 ĩ=da í=db ị=dc
ò=df ỏ=e0 õ=e1 ó=e2 ọ=e3
ô=a4 ồ=e4 ổ=e5 ỗ=e6 ố=e7 ộ=e8
ơ=a5 ờ=e9 ở=ea ỡ=eb ớ=ec ợ=ed
ù=ee ủ=ef ũ=f1 ú=f2 ụ=f3
ư=a7 ừ=f4 ử=f5 ữ=f6 ứ=f7 ự=f8
ỳ=f9 ỷ=fa ỹ=fb ý=fc ỵ=ff
đ=a2
Ă=96
Â=97
Ê=99
Ô=9a
Ơ=9b
Ư=9c
Đ=98
"""
ALSO = ""
