"""windows-1258: a base letter, and behind it the tone as a combining mark.

Written by deploy/dev/vietnamese_tables.py, not by hand.

Source: glibc's iconv, charset CP1258. Any other split into base and mark is read too, by composing to NFC.
"""

LETTERS = """\
à=e0 ả=61d2 ã=61de á=e1 ạ=61f2
ă=e3 ằ=e3cc ẳ=e3d2 ẵ=e3de ắ=e3ec ặ=e3f2
â=e2 ầ=e2cc ẩ=e2d2 ẫ=e2de ấ=e2ec ậ=e2f2
è=e8 ẻ=65d2 ẽ=65de é=e9 ẹ=65f2
ê=ea ề=eacc ể=ead2 ễ=eade ế=eaec ệ=eaf2
ì=69cc ỉ=69d2 ĩ=69de í=ed ị=69f2
ò=6fcc ỏ=6fd2 õ=6fde ó=f3 ọ=6ff2
ô=f4 ồ=f4cc ổ=f4d2 ỗ=f4de ố=f4ec ộ=f4f2
ơ=f5 ờ=f5cc ở=f5d2 ỡ=f5de ớ=f5ec ợ=f5f2
ù=f9 ủ=75d2 ũ=75de ú=fa ụ=75f2
ư=fd ừ=fdcc ử=fdd2 ữ=fdde ứ=fdec ự=fdf2
ỳ=79cc ỷ=79d2 ỹ=79de ý=79ec ỵ=79f2
đ=f0
À=c0 Ả=41d2 Ã=41de Á=c1 Ạ=41f2
Ă=c3 Ằ=c3cc Ẳ=c3d2 Ẵ=c3de Ắ=c3ec Ặ=c3f2
Â=c2 Ầ=c2cc Ẩ=c2d2 Ẫ=c2de Ấ=c2ec Ậ=c2f2
È=c8 Ẻ=45d2 Ẽ=45de É=c9 Ẹ=45f2
Ê=ca Ề=cacc Ể=cad2 Ễ=cade Ế=caec Ệ=caf2
Ì=49cc Ỉ=49d2 Ĩ=49de Í=cd Ị=49f2
Ò=4fcc Ỏ=4fd2 Õ=4fde Ó=d3 Ọ=4ff2
Ô=d4 Ồ=d4cc Ổ=d4d2 Ỗ=d4de Ố=d4ec Ộ=d4f2
Ơ=d5 Ờ=d5cc Ở=d5d2 Ỡ=d5de Ớ=d5ec Ợ=d5f2
Ù=d9 Ủ=55d2 Ũ=55de Ú=da Ụ=55f2
Ư=dd Ừ=ddcc Ử=ddd2 Ữ=ddde Ứ=ddec Ự=ddf2
Ỳ=59cc Ỷ=59d2 Ỹ=59de Ý=59ec Ỵ=59f2
Đ=d0
"""
ALSO = ""
