"""The words by which Vietnamese written without its marks is told from everything else.

Particles and pairs that stand in any Vietnamese page, counted in Debian's Vietnamese catalogues and manuals (their
marks taken away) and kept where Debian's catalogues in other languages and the Declaration of Human Rights in about 300
do not have them; the administrative ones are from the two regulations. Knows words only.
"""

from __future__ import annotations

import re
from functools import cache

from gateway.vietnamese.syllables import bare, syllables
from gateway.vietnamese.unmarked import folded, table

_SHAPE = re.compile(r"uo[cnit]|ieu|ngh|uye")

PARTICLES = table(
    """
    anh ban boi bang cac can chi cho chua chung co con cua cung dang de den do du duoc gi hay hoac hon khac khi khong la
    lai lam len luc moi mot nao nay neu ngay nguoi nhat nhieu nhu nhung no noi o phai qua ra rang rat roi sau se so tai
    tat theo thi toi trong truoc tu tung va van vao ve vi viec voi xin
    """
)
"""May be words of other languages too: they add up, but prove nothing."""

TELLING = table(
    """
    boi chua chung cua cung dinh duoc giua hoac khac khong luong muon nghi ngoai nguoi nhat nhieu nhung nguyen nuoc phai
    phuong quy quyet thanh thay thoi thong thuc thuong tieng toan trinh trong truoc truong tuong viec voi vuong
    """
)
"""In no other language's text that was counted, or nearly."""

PAIRS = table(
    """
    anh-chi anh-em ap-dung ban-hanh bao-cao bao-gom bao-ve ben-canh boi-vi cac-anh cac-ban cac-co cac-don cac-em
    cac-phong cac-so cac-van cai-dat cam-on can-bo can-cu can-phai can-thiet cap-nhat chi-dao chi-duoc chi-tiet
    cho-biet cho-cac cho-den cho-nguoi cho-phep cho-toi chua-co chua-duoc chung-ta chung-toi chuyen-doi co-cac co-gi
    co-khong co-mot co-nhieu co-quan co-the con-nguoi cong-tac cong-van cong-viec cua-anh cua-ban cua-cac cua-chung
    cua-co cua-minh cua-mot cua-nguoi cua-toi cung-cap cung-co cung-khong cung-nhu da-co da-duoc dam-bao danh-sach
    dau-tien de-cac de-co de-duoc de-nghi de-xuat den-nay dia-chi dia-phuong doi-voi don-vi dong-thoi du-an du-lieu
    dung-de dung-dinh duoc-cac duoc-cap duoc-dung duoc-gui duoc-su duoc-thuc em-da giai-quyet gui-cho hang-nam
    he-thong hien-nay hien-tai hoac-cac hoac-khong hoat-dong hom-nay hop-tac hop-thu huong-dan ke-hoach ket-qua
    ket-thuc khac-nhau khi-co khi-nao khong-can khong-co khong-con khong-duoc khong-phai khong-the kiem-tra kinh-gui
    ky-thuat la-mot la-nguoi lam-viec lien-he lien-quan mat-khau may-tinh moi-nguoi mot-cach mot-so nam-nay neu-ban
    neu-co neu-khong ngay-mai ngay-nay nghi-dinh nguoi-dan nguoi-dung nguoi-lao nha-nuoc nham-muc nhan-dan nhan-duoc
    nhan-vien nhu-cau nhu-sau nhu-the nhu-vay nhung-nguoi noi-dung phai-co phai-duoc phat-trien phong-ban phu-hop
    phuc-vu quan-huyen quan-ly quy-che quy-dinh quyen-han quyet-dinh sau-khi se-co se-duoc se-khong so-luong su-dung
    tai-khoan tai-lieu tai-sao tat-ca tham-gia thanh-pho thay-doi the-nao theo-doi theo-quy thoi-gian thong-bao
    thong-qua thong-tin thu-truong thu-tu thuc-hien thuoc-tinh to-chuc toi-da toi-khong toi-la tra-loi trach-nhiem
    trong-cac trong-do trong-khi trong-nam trong-qua trong-thoi trong-viec truoc-khi truong-hop tu-dong tung-nguoi
    tuy-nhien uy-ban va-cac va-khong van-ban van-de van-phong vao-cac ve-viec vi-du vi-vay viec-lam viec-su
    viec-thuc viet-nam voi-cac voi-nhau vui-long xin-cam xin-chao xin-loi xu-ly y-kien yeu-cau
    """
)
"""Two words in a row, with a hyphen between: "khong-the", "cua-cac", "theo-quy"."""


@cache
def pairs() -> frozenset[tuple[str, str]]:
    """`PAIRS`, cut in two."""
    return frozenset((first, second) for first, _, second in (pair.partition("-") for pair in PAIRS))


@cache
def plain_syllables() -> frozenset[str]:
    """Every Vietnamese syllable without its marks, lower case: about 2,500."""
    return frozenset(map(folded, bare()))


@cache
def telling_syllables() -> frozenset[str]:
    """`TELLING`, and the syllables of shapes that are as good as Vietnamese only: -uong, -uoc, -ieu, ngh-, -uye-."""
    return TELLING | {syllable for syllable in plain_syllables() if _SHAPE.search(syllable)}


@cache
def marked_syllables() -> frozenset[str]:
    """Every Vietnamese syllable that has a mark, NFC, lower case."""
    return frozenset(syllable for syllable in syllables() if not syllable.isascii())
