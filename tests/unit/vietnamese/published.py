"""The codes of every letter as programs published them, typed from sources that the tables were not made from.

A row of ALPHABET and the same row of a family belong together; characters are windows-1252's, `-` is a letter that the
family lacks or that the source is in doubt about. The names of the sources stand beside the families.
"""

from __future__ import annotations

from gateway.vietnamese.family import Family

ALPHABET = (
    "à ả ã á ạ  ă ằ ẳ ẵ ắ ặ  â ầ ẩ ẫ ấ ậ",
    "è ẻ ẽ é ẹ  ê ề ể ễ ế ệ  ì ỉ ĩ í ị",
    "ò ỏ õ ó ọ  ô ồ ổ ỗ ố ộ  ơ ờ ở ỡ ớ ợ",
    "ù ủ ũ ú ụ  ư ừ ử ữ ứ ự",
    "ỳ ỷ ỹ ý ỵ  đ",
    "À Ả Ã Á Ạ  Ă Ằ Ẳ Ẵ Ắ Ặ  Â Ầ Ẩ Ẫ Ấ Ậ",
    "È Ẻ Ẽ É Ẹ  Ê Ề Ể Ễ Ế Ệ  Ì Ỉ Ĩ Í Ị",
    "Ò Ỏ Õ Ó Ọ  Ô Ồ Ổ Ỗ Ố Ộ  Ơ Ờ Ở Ỡ Ớ Ợ",
    "Ù Ủ Ũ Ú Ụ  Ư Ừ Ử Ữ Ứ Ự",
    "Ỳ Ỷ Ỹ Ý Ỵ  Đ",
)

CODES: dict[Family, tuple[str, ...]] = {
    # VIETUNI (vumaps.js, 2002), decimal codes.
    Family.TCVN3: (
        "µ ¶ · ¸ ¹  ¨ » ¼ ½ ¾ Æ  © Ç È É Ê Ë",
        "Ì Î Ï Ð Ñ  ª Ò Ó Ô Õ Ö  × Ø Ü Ý Þ",
        "ß á â ã ä  « å æ ç è é  ¬ ê ë ì í î",
        "ï ñ ò ó ô  \xad õ ö ÷ ø ù",
        "ú û ü ý þ  ®",
        "- - - - -  ¡ - - - - -  ¢ - - - - -",
        "- - - - -  £ - - - - -  - - - - -",
        "- - - - -  ¤ - - - - -  ¥ - - - - -",
        "- - - - -  ¦ - - - - -",
        "- - - - -  §",
    ),
    # xvnkb (vni.h, 2002).
    Family.VNI: (
        "aø aû aõ aù aï  aê aè aú aü aé aë  aâ aà aå aã aá aä",
        "eø eû eõ eù eï  eâ eà eå eã eá eä  ì æ ó í ò",
        "oø oû oõ où oï  oâ oà oå oã oá oä  ô ôø ôû ôõ ôù ôï",
        "uø uû uõ uù uï  ö öø öû öõ öù öï",
        "yø yû yõ yù î  ñ",
        "AØ AÛ AÕ AÙ AÏ  AÊ AÈ AÚ AÜ AÉ AË  AÂ AÀ AÅ AÃ AÁ AÄ",
        "EØ EÛ EÕ EÙ EÏ  EÂ EÀ EÅ EÃ EÁ EÄ  Ì Æ Ó Í Ò",
        "OØ OÛ OÕ OÙ OÏ  OÂ OÀ OÅ OÃ OÁ OÄ  Ô ÔØ ÔÛ ÔÕ ÔÙ ÔÏ",
        "UØ UÛ UÕ UÙ UÏ  Ö ÖØ ÖÛ ÖÕ ÖÙ ÖÏ",
        "YØ YÛ YÕ YÙ Î  Ñ",
    ),
    # Mozilla (vps.ut), by code.
    Family.VPS: (
        "à ä ã á å  æ ¢ £ ¤ ¡ ¥  â À Ä Å Ã Æ",
        "è È ë é Ë  ê Š ‹ Í ‰ Œ  ì Ì ï í Î",
        "ò Õ õ ó †  ô Ò ° ‡ Ó ¶  Ö © ª « § ®",
        "ù û Û ú ø  Ü Ø º » Ù ¿",
        "ÿ › Ï š œ  Ç",
        "€ \x81 ‚ Á \x02  ˆ Ž \x8f ð \x8d \x04  Â „ … \x1c ƒ \x03",
        "× Þ þ É \x05  Ê “ ” • \x90 \x06  µ · ¸ ´ \x10",
        "¼ ½ ¾ ¹ \x11  Ô — ˜ ™ – \x12  ÷ ž Ÿ ¦ \x9d \x13",
        "¨ Ñ ¬ Ú \x14  Ð ¯ ± \x1d \xad \x15",
        "² ý ³ Ý \x19  ñ",
    ),
    # A billing client's converter, after UniKey; without Ặ and Ỵ, which it gives the codes of Ụ and Ị.
    Family.BKHCM1: (
        "¿ À Á ¾ Â  × Ù Ú Û Ø Ü  Ý ß à á Þ â",
        "Ä Å Æ Ã Ç  ã å æ ç ä è  É Ê Ë È Ì",
        "Î Ï Ð Í Ñ  é ë ì í ê î  ï ñ ò ó ð ô",
        "Ó Ô Õ Ò Ö  õ ÷ ø ù ö ú",
        "ü ý þ û ÿ  ½",
        "\x81 ‚ ƒ € „  ™ › œ \x9d š -  Ÿ ¡ ¢ £ ~ ¤",
        "† ‡ ˆ … ‰  ¥ § ¨ © ¦ ª  ‹ Œ \x8d Š Ž",
        "\x90 ‘ ’ \x8f “  « \xad ® ¯ ¬ °  ± ³ ´ µ ² ¶",
        "• – — ” ˜  · ¹ º » ¸ ¼",
        "^ ` | { -  }",
    ),
    # The same; without Ệ, which it gives the small letter's mark.
    Family.BKHCM2: (
        "aâ aã aä aá aå  ù ùç ùè ùé ùæ ùå  ê êì êí êî êë êå",
        "eâ eã eä eá eå  ï ïì ïí ïî ïë ïå  ò ó ô ñ õ",
        "oâ oã oä oá oå  ö öì öí öî öë öå  ú úâ úã úä úá úå",
        "uâ uã uä uá uå  û ûâ ûã ûä ûá ûå",
        "yâ yã yä yá yå  à",
        "AÂ AÃ AÄ AÁ AÅ  Ù ÙÇ ÙÈ ÙÉ ÙÆ ÙÅ  Ê ÊÌ ÊÍ ÊÎ ÊË ÊÅ",
        "EÂ EÃ EÄ EÁ EÅ  Ï ÏÌ ÏÍ ÏÎ ÏË -  Ò Ó Ô Ñ Õ",
        "OÂ OÃ OÄ OÁ OÅ  Ö ÖÌ ÖÍ ÖÎ ÖË ÖÅ  Ú ÚÂ ÚÃ ÚÄ ÚÁ ÚÅ",
        "UÂ UÃ UÄ UÁ UÅ  Û ÛÂ ÛÃ ÛÄ ÛÁ ÛÅ",
        "YÂ YÃ YÄ YÁ YÅ  À",
    ),
    # A weighing program's ConvertVietwareFToUnicode, decimal codes.
    Family.VIETWARE_F: (
        "ª ¶ º À Á  Ÿ Â Ã Ä Å Æ  ¡ Ç È É Ê Ë",
        "Ì Í Î Ï Ñ  £ Ò Ó Ô Õ Ö  Ø Ù Ú Û Ü",
        "ß à á â ã  ¤ ä å æ ç è  ¥ é ê ë ì í",
        "î ï ñ ò ó  § ô õ ö ÷ ø",
        "ù ú û ü ÿ  ¢",
        "- - - - -  – - - - - -  — - - - - -",
        "- - - - -  ™ - - - - -  - - - - -",
        "- - - - -  š - - - - -  › - - - - -",
        "- - - - -  œ - - - - -",
        "- - - - -  ˜",
    ),
    # The table VIETWARE_X of a PHP and Python converter.
    Family.VIETWARE_X: (
        "aì aí aî aï aû  à àò àó àô àõ àû  á áö áø áù áú áû",
        "eì eí eî eï eû  ã ãö ãø ãù ãú ãû  ç è é ê ë",
        "oì oí oî oï oü  ä äö äø äù äú äü  å åì åí åî åï åü",
        "uì uí uî uï uû  æ æì æí æî æï æû",
        "yì yí yî yï yñ  â",
        "AÌ AÍ AÎ AÏ AÛ  À ÀÒ ÀÓ ÀÔ ÀÕ ÀÛ  Á ÁÖ ÁØ ÁÙ ÁÚ ÁÛ",
        "EÌ EÍ EÎ EÏ EÛ  Ã ÃÖ ÃØ ÃÙ ÃÚ ÃÛ  Ç È É Ê Ë",
        "OÌ OÍ OÎ OÏ OÜ  Ä ÄÖ ÄØ ÄÙ ÄÚ ÄÜ  Å ÅÌ ÅÍ ÅÎ ÅÏ ÅÜ",
        "UÌ UÍ UÎ UÏ UÛ  Æ ÆÌ ÆÍ ÆÎ ÆÏ ÆÛ",
        "YÌ YÍ YÎ YÏ YÑ  Â",
    ),
}


def published(family: Family) -> dict[str, str]:
    """Letter → its characters."""
    letters, codes = (" ".join(rows).split(" ") for rows in (ALPHABET, CODES[family]))
    pairs = zip(filter(None, letters), filter(None, codes), strict=True)
    return {letter: code for letter, code in pairs if code != "-"}
