"""VNI for Windows: a base letter and a mark letter, both from Latin-1.

Written by deploy/dev/vietnamese_tables.py, not by hand.

Source: VIETUNI, xvnkb, GNU recode and UniKey, compared.
Doubt: ỵ is one byte in these and y with the dot's mark elsewhere: both are read. recode swaps the capitals Ằ and Ắ.
"""

LETTERS = """\
à=61f8 ả=61fb ã=61f5 á=61f9 ạ=61ef
ă=61ea ằ=61e8 ẳ=61fa ẵ=61fc ắ=61e9 ặ=61eb
â=61e2 ầ=61e0 ẩ=61e5 ẫ=61e3 ấ=61e1 ậ=61e4
è=65f8 ẻ=65fb ẽ=65f5 é=65f9 ẹ=65ef
ê=65e2 ề=65e0 ể=65e5 ễ=65e3 ế=65e1 ệ=65e4
ì=ec ỉ=e6 ĩ=f3 í=ed ị=f2
ò=6ff8 ỏ=6ffb õ=6ff5 ó=6ff9 ọ=6fef
ô=6fe2 ồ=6fe0 ổ=6fe5 ỗ=6fe3 ố=6fe1 ộ=6fe4
ơ=f4 ờ=f4f8 ở=f4fb ỡ=f4f5 ớ=f4f9 ợ=f4ef
ù=75f8 ủ=75fb ũ=75f5 ú=75f9 ụ=75ef
ư=f6 ừ=f6f8 ử=f6fb ữ=f6f5 ứ=f6f9 ự=f6ef
ỳ=79f8 ỷ=79fb ỹ=79f5 ý=79f9 ỵ=ee
đ=f1
À=41d8 Ả=41db Ã=41d5 Á=41d9 Ạ=41cf
Ă=41ca Ằ=41c8 Ẳ=41da Ẵ=41dc Ắ=41c9 Ặ=41cb
Â=41c2 Ầ=41c0 Ẩ=41c5 Ẫ=41c3 Ấ=41c1 Ậ=41c4
È=45d8 Ẻ=45db Ẽ=45d5 É=45d9 Ẹ=45cf
Ê=45c2 Ề=45c0 Ể=45c5 Ễ=45c3 Ế=45c1 Ệ=45c4
Ì=cc Ỉ=c6 Ĩ=d3 Í=cd Ị=d2
Ò=4fd8 Ỏ=4fdb Õ=4fd5 Ó=4fd9 Ọ=4fcf
Ô=4fc2 Ồ=4fc0 Ổ=4fc5 Ỗ=4fc3 Ố=4fc1 Ộ=4fc4
Ơ=d4 Ờ=d4d8 Ở=d4db Ỡ=d4d5 Ớ=d4d9 Ợ=d4cf
Ù=55d8 Ủ=55db Ũ=55d5 Ú=55d9 Ụ=55cf
Ư=d6 Ừ=d6d8 Ử=d6db Ữ=d6d5 Ứ=d6d9 Ự=d6cf
Ỳ=59d8 Ỷ=59db Ỹ=59d5 Ý=59d9 Ỵ=ce
Đ=d1
"""
ALSO = "ỵ=79ef Ỵ=59cf"
