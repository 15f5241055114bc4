"""What a file is in the hands of whoever opens it: a program, a script, a document with macros, or nothing special.

A program is one by its content, whatever its name. A script, a shortcut or an installer is one by its name, too,
whatever its first bytes look like: the machine that opens it goes by the name, and interpreters pass over what they do
not know. It must not know whether a nature is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from gateway.contents import Trait


class Nature(StrEnum):
    """What makes a file dangerous to open. Stable names: settings and the journal use them."""

    EXECUTABLE = "executable"  # machine code or byte code that runs when opened
    SCRIPT = "script"  # text that an interpreter of the recipient's machine runs when it is opened
    INSTALLER = "installer"  # a package that installs programs
    SHORTCUT = "shortcut"  # runs a command that is not seen
    MACROS = "macros"  # a document that carries macros
    ACTIVE = "active-content"  # a document that carries a program, or starts one by itself
    REMOTE = "remote-content"  # a document that loads a template or an object from another machine, and with it macros
    DISK_IMAGE = "disk-image"  # mounted when opened; what is in it loses the mark of its origin


_KINDS: dict[Nature, frozenset[str]] = {
    Nature.EXECUTABLE: frozenset(
        {
            "application/x-dosexec",
            "application/vnd.microsoft.portable-executable",
            "application/x-msdownload",
            "application/x-executable",
            "application/x-pie-executable",
            "application/x-sharedlib",
            "application/x-object",
            "application/x-mach-binary",
            "application/x-java-applet",
            "application/java-archive",
            "application/x-coredump",
            "application/x-wine-extension-ini",
            "application/vnd.android.package-archive",
            "application/vnd.ms-htmlhelp",
            "application/x-chm",
        }
    ),
    Nature.SCRIPT: frozenset(
        {
            "text/x-shellscript",
            "text/x-msdos-batch",
            "application/x-powershell",
            "text/x-powershell",
            "text/vbscript",
            "text/javascript",
            "application/javascript",
            "application/x-javascript",
            "application/hta",
        }
    ),
    Nature.INSTALLER: frozenset({"application/x-msi", "application/x-ms-installer", "application/vnd.ms-appx"}),
    Nature.SHORTCUT: frozenset({"application/x-ms-shortcut", "application/x-mswinurl"}),
    Nature.DISK_IMAGE: frozenset(
        {"application/x-iso9660-image", "application/x-virtualbox-vhd", "application/x-virtualbox-vhdx"}
    ),
}
_BY_KIND = {kind: nature for nature, kinds in _KINDS.items() for kind in kinds}

# Names that a desktop runs, mounts or lets act when opened: what Outlook blocks (its level 1 list, without certificates
# and mail folders), and what attackers took up since.
_NAMES: dict[Nature, str] = {
    Nature.EXECUTABLE: "exe com scr pif cpl dll sys ocx drv gadget jar class elf chm hlp xll wll shs shb app its hpj "
    "cnt",
    Nature.SCRIPT: "js jse vbs vbe vb vbp wsf wsh wsc ws sct hta htc bat cmd ps1 ps1xml ps2 ps2xml psc1 psc2 psm1 psd1 "
    "psdm1 msh msh1 msh2 mshxml msh1xml msh2xml reg inf ins isp sh bash csh ksh command tool py pyc pyo pyw pyz pyzw "
    "pl rb ahk applescript scpt cdxml settingcontent-ms appref-ms msc slk wsb jnlp prg fxp bas asp aspx osd theme "
    "themepack deskthemepack xbap xnk udl webpnp printerexport iqy oqy dqy rqy ops pcd plg prf grp mcf vsw vsmacros "
    "diagcab diagcfg diagpkg library-ms search-ms rdp",
    Nature.INSTALLER: "msi msp mst msu msix msixbundle appx appxbundle appinstaller application vsto apk deb rpm pkg",
    Nature.SHORTCUT: "lnk url scf website desktop",
    Nature.MACROS: "ade adp mda mdb mde mdt mdw mdz mad maf mag mam maq mar mas mat mau mav maw accdb accde accdr "
    "accda",
    Nature.DISK_IMAGE: "iso img vhd vhdx avhd avhdx udf dmg wim",
}
_BY_NAME = {ext: nature for nature, words in _NAMES.items() for ext in words.split()}

# Under these names a machine runs what the content is, and nothing else; a mail address at a name's end is one, too.
_OBEDIENT = "exe com dll sys ocx drv class elf app pl cnt its"
_CONTENT_DECIDES = frozenset(_OBEDIENT.split())
# Documents whose name alone allows macros: what nobody here could read may have them.
_WITH_MACROS = "docm dotm xlsm xltm xlam pptm potm ppsm ppam sldm"
_MACRO_NAMES = frozenset(_WITH_MACROS.split())
# Content about which libmagic says nothing that would contradict a name.
_VAGUE = frozenset({"", "application/octet-stream", "application/json", "application/xml", "message/rfc822"})
# Names of text that people read: a script under such a name is shown, not run.
_READ_NAMES = "txt md log csv tsv tex diff patch html htm xml json yml yaml ini cfg conf eml srt rtf svg"
_READ = frozenset(_READ_NAMES.split())
_DOCUMENT_NAMES = (
    "doc docx docm xls xlsx xlsm xlsb ppt pptx pptm odt ods odp rtf pdf txt csv jpg jpeg png gif bmp tif tiff mp3 mp4 "
    "avi zip rar 7z html htm"
)
_DOCUMENTS = frozenset(_DOCUMENT_NAMES.split())
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
# Characters that nobody sees, and that some program on the way drops: controls, joiners, marks of direction.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufffd]"
)
_TRAILING = ' .\u00a0\u3000<>"|?*'  # Windows drops them from a name's end, or programs that save it do


@dataclass(frozen=True, slots=True)
class Dangers:
    """What a policy calls dangerous: natures, and additional kinds and name endings; `allowed` ones never are."""

    natures: frozenset[Nature]
    kinds: frozenset[str] = frozenset()
    endings: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()  # kinds and endings

    def of(self, name: str, kind: str, traits: Iterable[Trait]) -> str:
        """Why a file is dangerous: a nature, a kind or ".ending", or "" where it is not."""
        ending = ending_of(name)
        if kind in self.allowed or (ending and ending in self.allowed):
            return ""
        nature = nature_of(ending, kind, traits)
        if nature is not None and nature in self.natures:
            return nature.value
        if kind in self.kinds:
            return kind
        return f".{ending}" if ending in self.endings else ""


def ending_of(name: str) -> str:
    """The last extension, lower-case, as a mail client's machine would read it: "exe" of "thu\u202efdp.exe ."."""
    # A compatibility form such as a full-width letter is not what Windows runs, but costs nothing to fold.
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", name))
    plain = plain.replace("\\", "/").rstrip(_TRAILING + "/").rpartition("/")[2]
    plain = (plain.partition(":")[0] or plain).rstrip(_TRAILING)  # "a.js::$DATA" is the file a.js
    _stem, dot, ending = plain.rpartition(".")
    return ending.strip().lower() if dot else ""


def nature_of(ending: str, kind: str, traits: Iterable[Trait] = ()) -> Nature | None:
    """What a file with this name ending, this kind by content and these traits is."""
    found = frozenset(traits)
    if Trait.MACROS in found:
        return Nature.MACROS
    if Trait.REMOTE in found:
        return Nature.REMOTE
    by_kind = _BY_KIND.get(kind)
    if by_kind is Nature.SCRIPT and ending in _READ:
        by_kind = None
    if by_kind is not None:
        return by_kind
    if ending in _BY_NAME and (ending not in _CONTENT_DECIDES or _is_vague(kind)):
        return _BY_NAME[ending]
    if ending in _MACRO_NAMES and (_is_vague(kind) or kind == "application/zip"):
        return Nature.MACROS
    return Nature.ACTIVE if Trait.ACTIVE in found else None


def _is_vague(kind: str) -> bool:
    return kind in _VAGUE or kind.startswith("text/")


def tricks_of(name: str, kind: str) -> list[str]:
    """What a name does to mislead, for the evidence: `double-extension`, `bidi-name`, `name-mismatch`."""
    found = []
    words = unicodedata.normalize("NFKC", _BIDI.sub("", name)).lower().split(".")
    if len(words) > 2 and words[-1].strip() in _BY_NAME and words[-2].strip() in _DOCUMENTS:
        found.append("double-extension")
    if _BIDI.search(name):
        found.append("bidi-name")
    ending = ending_of(name)
    if kind in _BY_KIND and ending and _BY_NAME.get(ending) is not _BY_KIND[kind]:
        found.append("name-mismatch")
    return found
