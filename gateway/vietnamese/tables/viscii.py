"""VISCII 1.1.

Written by deploy/dev/vietnamese_tables.py, not by hand.

Source: RFC 1456, as glibc's iconv has it (charset VISCII).
"""

LETTERS = """\
à=e0 ả=e4 ã=e3 á=e1 ạ=d5
ă=e5 ằ=a2 ẳ=c6 ẵ=c7 ắ=a1 ặ=a3
â=e2 ầ=a5 ẩ=a6 ẫ=e7 ấ=a4 ậ=a7
è=e8 ẻ=eb ẽ=a8 é=e9 ẹ=a9
ê=ea ề=ab ể=ac ễ=ad ế=aa ệ=ae
ì=ec ỉ=ef ĩ=ee í=ed ị=b8
ò=f2 ỏ=f6 õ=f5 ó=f3 ọ=f7
ô=f4 ồ=b0 ổ=b1 ỗ=b2 ố=af ộ=b5
ơ=bd ờ=b6 ở=b7 ỡ=de ớ=be ợ=fe
ù=f9 ủ=fc ũ=fb ú=fa ụ=f8
ư=df ừ=d7 ử=d8 ữ=e6 ứ=d1 ự=f1
ỳ=cf ỷ=d6 ỹ=db ý=fd ỵ=dc
đ=f0
À=c0 Ả=c4 Ã=c3 Á=c1 Ạ=80
Ă=c5 Ằ=82 Ẳ=02 Ẵ=05 Ắ=81 Ặ=83
Â=c2 Ầ=85 Ẩ=86 Ẫ=06 Ấ=84 Ậ=87
È=c8 Ẻ=cb Ẽ=88 É=c9 Ẹ=89
Ê=ca Ề=8b Ể=8c Ễ=8d Ế=8a Ệ=8e
Ì=cc Ỉ=9b Ĩ=ce Í=cd Ị=98
Ò=d2 Ỏ=99 Õ=a0 Ó=d3 Ọ=9a
Ô=d4 Ồ=90 Ổ=91 Ỗ=92 Ố=8f Ộ=93
Ơ=b4 Ờ=96 Ở=97 Ỡ=b3 Ớ=95 Ợ=94
Ù=d9 Ủ=9c Ũ=9d Ú=da Ụ=9e
Ư=bf Ừ=bb Ử=bc Ữ=ff Ứ=ba Ự=b9
Ỳ=9f Ỷ=14 Ỹ=19 Ý=dd Ỵ=1e
Đ=d0
"""
ALSO = ""
