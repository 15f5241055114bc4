"""BK HCM 2, of the polytechnic of Hồ Chí Minh City: a base letter and a mark letter.

Written by deploy/dev/vietnamese_tables.py, not by hand.

Source: UniKey and VBKey, which agree and may be one source.
Doubt: Both sources write Ệ with the small letter's mark (cfe5) and every other capital with the capital's: both are
read.
"""

LETTERS = """\
à=61e2 ả=61e3 ã=61e4 á=61e1 ạ=61e5
ă=f9 ằ=f9e7 ẳ=f9e8 ẵ=f9e9 ắ=f9e6 ặ=f9e5
â=ea ầ=eaec ẩ=eaed ẫ=eaee ấ=eaeb ậ=eae5
è=65e2 ẻ=65e3 ẽ=65e4 é=65e1 ẹ=65e5
ê=ef ề=efec ể=efed ễ=efee ế=efeb ệ=efe5
ì=f2 ỉ=f3 ĩ=f4 í=f1 ị=f5
ò=6fe2 ỏ=6fe3 õ=6fe4 ó=6fe1 ọ=6fe5
ô=f6 ồ=f6ec ổ=f6ed ỗ=f6ee ố=f6eb ộ=f6e5
ơ=fa ờ=fae2 ở=fae3 ỡ=fae4 ớ=fae1 ợ=fae5
ù=75e2 ủ=75e3 ũ=75e4 ú=75e1 ụ=75e5
ư=fb ừ=fbe2 ử=fbe3 ữ=fbe4 ứ=fbe1 ự=fbe5
ỳ=79e2 ỷ=79e3 ỹ=79e4 ý=79e1 ỵ=79e5
đ=e0
À=41c2 Ả=41c3 Ã=41c4 Á=41c1 Ạ=41c5
Ă=d9 Ằ=d9c7 Ẳ=d9c8 Ẵ=d9c9 Ắ=d9c6 Ặ=d9c5
Â=ca Ầ=cacc Ẩ=cacd Ẫ=cace Ấ=cacb Ậ=cac5
È=45c2 Ẻ=45c3 Ẽ=45c4 É=45c1 Ẹ=45c5
Ê=cf Ề=cfcc Ể=cfcd Ễ=cfce Ế=cfcb Ệ=cfc5
Ì=d2 Ỉ=d3 Ĩ=d4 Í=d1 Ị=d5
Ò=4fc2 Ỏ=4fc3 Õ=4fc4 Ó=4fc1 Ọ=4fc5
Ô=d6 Ồ=d6cc Ổ=d6cd Ỗ=d6ce Ố=d6cb Ộ=d6c5
Ơ=da Ờ=dac2 Ở=dac3 Ỡ=dac4 Ớ=dac1 Ợ=dac5
Ù=55c2 Ủ=55c3 Ũ=55c4 Ú=55c1 Ụ=55c5
Ư=db Ừ=dbc2 Ử=dbc3 Ữ=dbc4 Ứ=dbc1 Ự=dbc5
Ỳ=59c2 Ỷ=59c3 Ỹ=59c4 Ý=59c1 Ỵ=59c5
Đ=c0
"""
ALSO = "Ệ=cfe5"
