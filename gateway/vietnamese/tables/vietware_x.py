"""Vietware X: a base letter and a mark letter.

Written by deploy/dev/vietnamese_tables.py, not by hand.

Source: UniKey and the table VIETWARE_X of a converter that circulates in PHP and Python, compared: no disagreement.
"""

LETTERS = """\
à=61ec ả=61ed ã=61ee á=61ef ạ=61fb
ă=e0 ằ=e0f2 ẳ=e0f3 ẵ=e0f4 ắ=e0f5 ặ=e0fb
â=e1 ầ=e1f6 ẩ=e1f8 ẫ=e1f9 ấ=e1fa ậ=e1fb
è=65ec ẻ=65ed ẽ=65ee é=65ef ẹ=65fb
ê=e3 ề=e3f6 ể=e3f8 ễ=e3f9 ế=e3fa ệ=e3fb
ì=e7 ỉ=e8 ĩ=e9 í=ea ị=eb
ò=6fec ỏ=6fed õ=6fee ó=6fef ọ=6ffc
ô=e4 ồ=e4f6 ổ=e4f8 ỗ=e4f9 ố=e4fa ộ=e4fc
ơ=e5 ờ=e5ec ở=e5ed ỡ=e5ee ớ=e5ef ợ=e5fc
ù=75ec ủ=75ed ũ=75ee ú=75ef ụ=75fb
ư=e6 ừ=e6ec ử=e6ed ữ=e6ee ứ=e6ef ự=e6fb
ỳ=79ec ỷ=79ed ỹ=79ee ý=79ef ỵ=79f1
đ=e2
À=41cc Ả=41cd Ã=41ce Á=41cf Ạ=41db
Ă=c0 Ằ=c0d2 Ẳ=c0d3 Ẵ=c0d4 Ắ=c0d5 Ặ=c0db
Â=c1 Ầ=c1d6 Ẩ=c1d8 Ẫ=c1d9 Ấ=c1da Ậ=c1db
È=45cc Ẻ=45cd Ẽ=45ce É=45cf Ẹ=45db
Ê=c3 Ề=c3d6 Ể=c3d8 Ễ=c3d9 Ế=c3da Ệ=c3db
Ì=c7 Ỉ=c8 Ĩ=c9 Í=ca Ị=cb
Ò=4fcc Ỏ=4fcd Õ=4fce Ó=4fcf Ọ=4fdc
Ô=c4 Ồ=c4d6 Ổ=c4d8 Ỗ=c4d9 Ố=c4da Ộ=c4dc
Ơ=c5 Ờ=c5cc Ở=c5cd Ỡ=c5ce Ớ=c5cf Ợ=c5dc
Ù=55cc Ủ=55cd Ũ=55ce Ú=55cf Ụ=55db
Ư=c6 Ừ=c6cc Ử=c6cd Ữ=c6ce Ứ=c6cf Ự=c6db
Ỳ=59cc Ỷ=59cd Ỹ=59ce Ý=59cf Ỵ=59d1
Đ=c2
"""
ALSO = ""
