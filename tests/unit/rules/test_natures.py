"""What a file is, its content says; its name counts where the content is silent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.contents import Trait
from gateway.rules.natures import Dangers, Nature, ending_of, nature_of, tricks_of

PE = "application/x-dosexec"


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("thu.exe", "exe"),
        ("THU.EXE", "exe"),
        ("bao cao.pdf.exe", "exe"),
        ("thu.exe. . ", "exe"),
        ("thu.exe\u00a0", "exe"),
        ("thu\u202efdp.exe", "exe"),
        ("thu.\u202dexe\u202c", "exe"),
        ("thu.ｅｘｅ", "exe"),
        ("thu.e\x00xe", "exe"),
        ("thu", ""),
        (".bashrc", "bashrc"),
        (".js", "js"),
        ("a.js\t", "js"),
        ("a.js\ufffd", "js"),  # a control character, as names are shown
        ("a.js::$DATA", "js"),
        ("a.js:", "js"),
        ("a.js/", "js"),
        ("x/y\\a.js", "js"),
        ('a.js"', "js"),
        ("a.js\u200b", "js"),
        ("a.j\u00ads", "js"),
        ("bao_cao.v1/ho_so", ""),
        ("", ""),
        ("..", ""),
    ],
)
def test_the_ending_that_counts(name: str, ending: str) -> None:
    assert ending_of(name) == ending


@pytest.mark.parametrize(
    ("ending", "kind", "traits", "nature"),
    [
        ("pdf", PE, (), Nature.EXECUTABLE),
        ("", "application/x-pie-executable", (), Nature.EXECUTABLE),
        ("jpg", "application/java-archive", (), Nature.EXECUTABLE),
        ("pdf", "application/pdf", (), None),
        ("exe", "application/pdf", (), None),  # a PDF under a wrong name opens in nothing that runs it
        ("exe", "application/octet-stream", (), Nature.EXECUTABLE),  # packed, encrypted, or without a magic number
        ("com", "text/plain", (), Nature.EXECUTABLE),
        ("js", "text/plain", (), Nature.SCRIPT),
        ("vbs", "text/x-c", (), Nature.SCRIPT),
        ("hta", "text/html", (), Nature.SCRIPT),
        ("txt", "text/x-msdos-batch", (), None),  # shown, not run
        ("csv", "text/javascript", (), None),
        ("pdf", "text/x-msdos-batch", (), Nature.SCRIPT),
        ("", "text/x-shellscript", (), Nature.SCRIPT),
        ("lnk", "application/octet-stream", (), Nature.SHORTCUT),
        ("pdf", "application/x-ms-shortcut", (), Nature.SHORTCUT),
        ("msi", "application/x-msi", (), Nature.INSTALLER),
        ("doc", "application/msword", (Trait.MACROS,), Nature.MACROS),
        ("docx", "application/msword", (Trait.ACTIVE,), Nature.ACTIVE),
        ("docx", "application/msword", (Trait.ENCRYPTED,), None),
        ("docx", "application/msword", (Trait.ACTIVE, Trait.REMOTE), Nature.REMOTE),
        ("iso", "application/x-iso9660-image", (), Nature.DISK_IMAGE),
        ("txt", "text/plain", (), None),
        ("zip", "application/zip", (Trait.CONTAINER,), None),
        # Interpreters pass over what they do not know, so a head that looks like a picture is no excuse.
        ("js", "image/gif", (), Nature.SCRIPT),
        ("hta", "image/jpeg", (), Nature.SCRIPT),
        ("bat", "application/pdf", (), Nature.SCRIPT),
        ("url", "image/gif", (), Nature.SHORTCUT),
        ("msc", "text/xml", (), Nature.SCRIPT),
        ("slk", "application/octet-stream", (), Nature.SCRIPT),
        ("jar", "application/zip", (), Nature.EXECUTABLE),
        ("mdb", "application/x-msaccess", (), Nature.MACROS),
        ("vhd", "application/octet-stream", (), Nature.DISK_IMAGE),
        ("com", "application/pdf", (), None),  # "ban_sao_cua_a@gmail.com"
        # A name that allows macros, over what nobody could read.
        ("docm", "application/zip", (), Nature.MACROS),
        ("xlam", "application/octet-stream", (), Nature.MACROS),
        ("docm", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (), None),
    ],
)
def test_natures(ending: str, kind: str, traits: tuple[Trait, ...], nature: Nature | None) -> None:
    assert nature_of(ending, kind, traits) is nature


def test_what_a_policy_adds_and_allows() -> None:
    dangers = Dangers(frozenset({Nature.SCRIPT}), frozenset({"image/gif"}), frozenset({"dwg"}), frozenset({"js", PE}))
    assert dangers.of("a.vbs", "text/plain", ()) == "script"
    assert dangers.of("a.js", "text/plain", ()) == ""
    assert dangers.of("a.exe", PE, ()) == ""
    assert dangers.of("a.exe", "application/octet-stream", ()) == ""  # executable is not among its natures
    assert dangers.of("a.gif", "image/gif", ()) == "image/gif"
    assert dangers.of("ban_ve.DWG", "image/vnd.dwg", ()) == ".dwg"


@pytest.mark.parametrize(
    ("name", "kind", "tricks"),
    [
        ("bao_cao.pdf.exe", PE, ["double-extension"]),
        ("bao\u202efdp.exe", PE, ["bidi-name"]),
        ("bao_cao.pdf", PE, ["name-mismatch"]),
        ("bao_cao.v2.exe", PE, []),
        ("cai_dat.exe", PE, []),
        ("", PE, []),
        ("anh.png", "image/png", []),
        ("x.doc\u202e.js", "text/plain", ["double-extension", "bidi-name"]),
    ],
)
def test_tricks(name: str, kind: str, tricks: list[str]) -> None:
    assert tricks_of(name, kind) == tricks


@given(st.text(max_size=60), st.text(max_size=40))
def test_any_name_has_an_answer(name: str, kind: str) -> None:
    assert isinstance(ending_of(name), str)
    assert isinstance(tricks_of(name, kind), list)
    assert nature_of(ending_of(name), kind) is None or isinstance(nature_of(ending_of(name), kind), Nature)
