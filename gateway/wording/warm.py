"""What is known of Vietnamese is put together when it is first asked for: this asks, at a moment when nobody waits."""

from __future__ import annotations

from gateway.contents import Source
from gateway.wording.reader import ALL, Reader

# Vietnamese as it should be, with a marking of secrecy; without its marks; in TCVN3, also raw, and in VNI; in UTF-8
# read as windows-1252; in VIQR.
WRITTEN: tuple[str | bytes, ...] = (
    "Cộng hòa xã hội chủ nghĩa Việt Nam\nĐộc lập - Tự do - Hạnh phúc\nTỐI MẬT\n",
    "De nghi cac don vi bao cao ket qua thuc hien nhiem vu truoc ngay hai muoi thang nay cho uy ban nhan dan tinh\n",
    "Céng hoµ x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc",
    "Céng hoµ x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc".encode("latin-1"),
    "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, Ñoäc laäp - Töï do - Haïnh phuùc",
    "Cá»™ng hÃ²a xÃ£ há»™i chá»§ nghÄ©a Viá»‡t Nam",
    "Co^.ng ho`a xa~ ho^.i chu? nghi~a Vie^.t Nam, DDo^.c la^.p - Tu+. do - Ha.nh phu'c",
)


def warm() -> None:
    """Ask everything once. Takes about a fifth of a second."""
    reader = Reader(ALL)
    for text in WRITTEN:
        reader.text(Source.BODY, text)
