"""Letters of other scripts that look like a Latin one, as names are forged with. A table of facts, pure.

Source: the Unicode Consortium's confusables (Unicode Technical Standard #39, https://www.unicode.org/reports/tr39/,
Unicode License v3), of the letters that have no Latin compatibility form of their own those in living scripts and those
that fonts draw alike; and small Cyrillic and Greek letters that look like small capitals, by eye.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_ROWS: Final = {
    "a": "аАαΑɑᎪꓮ",
    "b": "ЬВвΒƄᏏᏴꓐ",
    "c": "сСϲϹᴄⲥⲤᏟꮯꓚ",
    "d": "ԁđĐðÐɖƉᎠᏧꓒꓓ",
    "e": "еЕҽΕεᎬꓰ",
    "f": "Ϝքẝꞙꓝ",
    "g": "ԌɡᶃցᏀᏻꓖ",
    "h": "һНнΗհⲎᎻᏂꓧ",
    "i": "іӏꙇІӀιΙıɪɩƖǀⲒⳐꓲᎥꭵ",
    "j": "јЈϳͿᎫꓙ",
    "k": "КкκΚⲔᏦꓗ",
    "l": "ᏞꓡłŁ",
    "m": "МмΜϺⲘᎷꓟ",
    "n": "Νηոռ\u2c9aꓠ",
    "o": "оОοσΟօՕᴏᴑøØⲟⲞꓳ",
    "p": "рРρϱΡⲣⲢᏢꓑ",
    "q": "ԛգզ",
    "r": "гᴦⲅꓣᎡᏒꮁʀ",
    "s": "ѕЅՏꜱƽᏕᏚꮪꓢ",
    "t": "ТтΤτⲦᎢꓔŧŦ",
    "u": "υսՍʋᴜꞟμꓴ",
    "v": "ѵѴνᴠꮩᏙꓦ",
    "w": "ѡԝԜաωɯᴡᎳᏔꮃꓪ",
    "x": "хХΧχⲬꓫ",
    "y": "уУүҮγΥϒʏɣⲨᎩᎽꓬ",
    "z": "ΖзᴢꮓᏃꓜ",
}

LOOKALIKES: Final[Mapping[str, str]] = {letter: latin for latin, letters in _ROWS.items() for letter in letters}
"""A small Latin letter for each letter that looks like it."""
