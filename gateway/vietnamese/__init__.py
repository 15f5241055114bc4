"""Vietnamese text: legacy charsets found and converted, missing marks, markings of secrecy. A library by itself.

Pure: no I/O, no clock, and nothing of ours but its own modules. What callers need is exported here. docs/vietnamese.md
tells of the charsets and where the tables come from.
"""

from __future__ import annotations

from gateway.vietnamese.codec import decode, encode, from_hack, to_hack
from gateway.vietnamese.convert import convert
from gateway.vietnamese.detect import detect
from gateway.vietnamese.detection import Detection, Span
from gateway.vietnamese.diacritics import Diacritics, diacritics
from gateway.vietnamese.family import Family
from gateway.vietnamese.fonts import family_of_font
from gateway.vietnamese.marking import Form, Level, Marking, find_markings
from gateway.vietnamese.verdict import Note, Verdict, verdict_of

__all__ = [
    "Detection",
    "Diacritics",
    "Family",
    "Form",
    "Level",
    "Marking",
    "Note",
    "Span",
    "Verdict",
    "convert",
    "decode",
    "detect",
    "diacritics",
    "encode",
    "family_of_font",
    "find_markings",
    "from_hack",
    "to_hack",
    "verdict_of",
]
