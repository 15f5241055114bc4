"""All phrases that are looked for, in Vietnamese and English.

The order counts: where two concepts have a phrase at one place, the earlier one is taken.
"""

from __future__ import annotations

from gateway.wording.requests_deeds import DEEDS
from gateway.wording.requests_noise import NOISE
from gateway.wording.requests_phrases import Lexicon
from gateway.wording.requests_speech import SPEECH

KINDS = ("create", "change", "remove", "reissue", "unlock")
"""What is asked for; also the concepts of the words that ask for it."""

# Without marks `hop thu` is also what the meeting on Monday is: họp thứ hai.
_UNMARKED = {"noise": "hop thu hai/ba/tu/nam/sau/bay/nhat/#\nthu tu/nam/sau/bay"}

LEXICON = Lexicon({**NOISE, **DEEDS, **SPEECH}, _UNMARKED)
