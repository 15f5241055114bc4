"""What control words of RTF mean to a reader of text (Rich Text Format 1.9.1). Only names live here."""

from __future__ import annotations

# Characters that stand as words or symbols. `\-` is the letter ư where the font is a TCVN3 one.
CHARACTERS = {
    b"tab": "\t",
    b"line": "\n",
    b"softline": "\n",
    b"emdash": "\u2014",
    b"endash": "\u2013",
    b"emspace": "\u2003",
    b"enspace": "\u2002",
    b"qmspace": "\u2005",
    b"bullet": "\u2022",
    b"lquote": "\u2018",
    b"rquote": "\u2019",
    b"ldblquote": "\u201c",
    b"rdblquote": "\u201d",
    b"zwj": "\u200d",
    b"zwnj": "\u200c",
    b"zwbo": "\u200b",
    b"zwnbo": "\u2060",
    b"ltrmark": "\u200e",
    b"rtlmark": "\u200f",
}
SYMBOLS = {b"-": "\u00ad", b"~": "\u00a0", b"\t": "\t"}

BREAKS = frozenset({b"par", b"sect", b"page", b"column", b"cell", b"nestcell", b"row", b"nestrow"})

# Destinations whose text is read by itself: word -> what it is called. A number follows but for properties.
FLOWS = {
    **dict.fromkeys((b"header", b"headerl", b"headerr", b"headerf"), "header"),
    **dict.fromkeys((b"footer", b"footerl", b"footerr", b"footerf"), "footer"),
    b"footnote": "footnote",
    b"annotation": "comment",
    b"atnauthor": "comment author",
    b"fldinst": "field",
    b"ffdeftext": "form field",
    b"ffhelptext": "form field",
    b"ffstattext": "form field",
    b"ffl": "form field",
    b"shptxt": "text box",
    b"dptxbxtext": "text box",
    b"sn": "drawing name",
    b"sv": "drawing",
}
PROPERTIES = {
    b"title": "title",
    b"subject": "subject",
    b"author": "author",
    b"operator": "last author",
    b"manager": "manager",
    b"company": "company",
    b"category": "category",
    b"keywords": "keywords",
    b"comment": "comment",
    b"doccomm": "comments",
    b"hlinkbase": "link base",
    b"propname": "name",
    b"staticval": "value",
    b"docvar": "variable",
    b"template": "template",
}
PAGES = {b"mac": 10000, b"pc": 437, b"pca": 850}
SHAPE_TEXTS = frozenset({"gtextunicode", "wzdescription", "wztooltip"})

# Destinations with no text of the document.
SKIPPED = frozenset(
    b"colortbl stylesheet listtable listoverridetable rsidtbl generator themedata colorschememapping datastore"
    b" latentstyles xmlnstbl filetbl revtbl atrfstart atrfend atnref atndate atnid atnicn atntime atnparent ftnsep"
    b" ftnsepc ftncn aftnsep aftnsepc aftncn panose fname falt fontemb fontfile listtext pntext pntxta pntxtb pn"
    b" bkmkstart bkmkend blipuid picprop pict creatim revtim printim buptim ffname ffentrymcr ffexitmcr objclass"
    b" objname objalias objsect objtime mctrlPr mtype mchr mbegChr mendChr msepChr mlimLoc mdegHide msubHide msupHide"
    b" mgrow mpos mvertJc mjc mmcJc mcount mbaseJc password passwordhash wgrffmtfilter defchp defpap upr".split()
)
# Ignorable destinations (\*) that are nevertheless read through: their groups hold text.
TRANSPARENT = frozenset(b"shpinst shpgrp do shppict nesttableprops moMath ud info userprops background".split())

# An object that is linked, embedded or fetched. `\objdata` is one whatever surrounds it.
OBJECTS = frozenset(b"object objdata objemb objlink objautlink objupdate objocx objpub objsub objicemb objhtml".split())
