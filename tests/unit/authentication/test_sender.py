"""Who the header says is writing: what real clients write is undisputed, what readers disagree about never is."""

from __future__ import annotations

import base64

import pytest

from gateway.authentication.sender import read_sender
from gateway.who import Named, SenderFields

OFFICE = "q4@tphcm.example"
EVIL = "ke@gian.example"


def read(*lines: str | bytes, after: bytes = b"\r\nbody\r\n") -> SenderFields:
    """The fields of a header with these lines, among others that every message has."""
    raw = [line.encode() if isinstance(line, str) else line for line in lines]
    return read_sender(b"Subject: x\r\n" + b"".join(line + b"\r\n" for line in raw) + b"To: a@b.example\r\n", after)


def b64(text: str, charset: str = "utf-8") -> str:
    return f"=?{charset}?B?{base64.b64encode(text.encode()).decode()}?="


NAME = "Văn phòng UBND Quận 4"
PASTED = "\ufeffVăn\u200b phòng"
B_WORD = b64(NAME)
Q_WORD = "=?UTF-8?Q?V=C4=83n_ph=C3=B2ng_UBND_Qu=E1=BA=ADn_4?="

GENUINE = [
    pytest.param(f"From: {OFFICE}", "", id="bare address"),
    pytest.param(f"From: <{OFFICE}>", "", id="brackets only"),
    pytest.param(f"From: Van phong <{OFFICE}>", "Van phong", id="Mutt, mailx"),
    pytest.param(f'From: "Nguyen, Van A" <{OFFICE}>', "Nguyen, Van A", id="Outlook, quoted comma"),
    pytest.param(f'From: "Nguyen Van A (P. Noi vu)" <{OFFICE}>', "Nguyen Van A (P. Noi vu)", id="quoted brackets"),
    pytest.param(f'From: "Nguyen \\"Tu\\" A" <{OFFICE}>', 'Nguyen "Tu" A', id="quoted pairs"),
    pytest.param(f"From: {B_WORD} <{OFFICE}>", NAME, id="Gmail, iOS, Zimbra: B"),
    pytest.param(f"From: {Q_WORD} <{OFFICE}>", NAME, id="Thunderbird, Roundcube: Q"),
    pytest.param(f"From: {Q_WORD}\r\n <{OFFICE}>", NAME, id="folded before the address"),
    pytest.param(f"From:\r\n {Q_WORD} <{OFFICE}>", NAME, id="Exchange: folded after the colon"),
    pytest.param(f"From: {B_WORD}\r\n\t<{OFFICE}>", NAME, id="folded with a tab"),
    pytest.param(
        "From: =?UTF-8?Q?V=C4=83n_ph=C3=B2ng_?=\r\n =?UTF-8?Q?UBND_Qu=E1=BA=ADn_4?=\r\n <" + OFFICE + ">",
        NAME,
        id="two words in two lines",
    ),
    pytest.param(
        "From: =?utf-8?B?VsSDbiBwaMOybmcgVUJORCBRdeG6?= =?utf-8?B?rW4gNA==?= <" + OFFICE + ">",
        NAME,
        id="a letter in two",
    ),
    pytest.param(f'From: "{B_WORD}" <{OFFICE}>', NAME, id="old Android, PHP: an encoded word in quotes"),
    pytest.param(
        f"From: =?UTF-8?Q?=22V=C4=83n_ph=C3=B2ng=2C_Qu=E1=BA=ADn_4=22?= <{OFFICE}>",
        '"Văn phòng, Quận 4"',
        id="a comma and quotes encoded",
    ),
    pytest.param(f"From: {b64('Phòng Nội vụ, Quận 4')} <{OFFICE}>", "Phòng Nội vụ, Quận 4", id="an encoded comma"),
    pytest.param(f"From: {NAME} <{OFFICE}>", NAME, id="SMTPUTF8: raw UTF-8"),
    pytest.param(f'From: "{NAME}" <{OFFICE}>', NAME, id="raw UTF-8 in quotes"),
    pytest.param(f'From: "Van phong {OFFICE}" <{OFFICE}>', f"Van phong {OFFICE}", id="its address behind words"),
    pytest.param(
        f'From: "{OFFICE} - Van phong" <{OFFICE}>', f"{OFFICE} - Van phong", id="its own address before words"
    ),
    pytest.param(
        f"From: {b64(f'{NAME} ({OFFICE}, máy 12)')} <{OFFICE}>",
        f"{NAME} ({OFFICE}, máy 12)",
        id="its own address and more in brackets",
    ),
    pytest.param(f"From: {b64(f'{NAME}: {OFFICE}')} <{OFFICE}>", f"{NAME}: {OFFICE}", id="behind a colon"),
    pytest.param(f"From: {b64(PASTED)} <{OFFICE}>", PASTED, id="pasted from a page"),
    pytest.param("From: =?windows-1258?Q?Pho=CCng?= <" + OFFICE + ">", "Phòng", id="old Outlook: windows-1258"),
    pytest.param("From: =?us-ascii?Q?Van_phong?= <" + OFFICE + ">", "Van phong", id="ASCII encoded"),
    pytest.param(f'From: "{OFFICE}" <{OFFICE}>', OFFICE, id="Outlook: the address as its name"),
    pytest.param(f"From: \"'{OFFICE}'\" <{OFFICE}>", f"'{OFFICE}'", id="Outlook: the address in apostrophes"),
    pytest.param(f"From: {OFFICE} <{OFFICE}>", OFFICE, id="phones: the address as its name, unquoted"),
    pytest.param(f"From: {b64(OFFICE)} <{OFFICE}>", OFFICE, id="the address as its name, encoded"),
    pytest.param(f'From: "Van phong ({OFFICE})" <{OFFICE}>', f"Van phong ({OFFICE})", id="the address in the name"),
    pytest.param(f"From: TS. Nguyen V. A <{OFFICE}>", "TS. Nguyen V. A", id="dots in an unquoted name"),
    pytest.param(f"from: {B_WORD} <{OFFICE}>", NAME, id="lower-case field name"),
    pytest.param(f"FROM:{OFFICE}", "", id="no blank after the colon"),
    pytest.param(
        f"From: Phong IT @ Q4 <{OFFICE}>".replace("Phong IT @ Q4", '"Phong IT @ Q4"'), "Phong IT @ Q4", id="@"
    ),
    pytest.param(f"From: =?UTF-8?Q?=F0=9F=93=A7_Ph=C3=B2ng?= <{OFFICE}>", "📧 Phòng", id="an emoji"),
]


@pytest.mark.parametrize(("line", "name"), GENUINE)
def test_what_real_clients_write_is_undisputed(line: str, name: str) -> None:
    fields = read(line)
    assert fields.disputes == ()
    assert fields.author == (Named(name, OFFICE),)
    assert fields.mentions == (OFFICE,)


def test_sender_reply_to_and_resent() -> None:
    fields = read(
        f"From: a <{OFFICE}>",
        "Sender: b@c.example",
        "Reply-To: d@e.example, F <f@g.example>",
        "Resent-From: h@i.example",
    )
    assert fields.disputes == ()
    assert [one.address for one in fields.sender] == ["b@c.example"]
    assert [one.address for one in fields.reply_to] == ["d@e.example", "f@g.example"]
    assert [one.address for one in fields.resent] == ["h@i.example"]
    assert fields.mentions == (OFFICE, "b@c.example", "d@e.example", "f@g.example")


def test_a_message_resent_twice() -> None:
    fields = read(
        f"From: {OFFICE}", "Resent-From: a@b.example", "Resent-Sender: s@b.example", "Resent-From: c@d.example"
    )
    assert fields.disputes == ()
    assert [one.address for one in fields.resent] == ["a@b.example", "c@d.example", "s@b.example"]


def test_a_file_with_unix_line_ends() -> None:
    fields = read_sender(f"Subject: x\nFrom: {Q_WORD}\n <{OFFICE}>\n".encode(), b"\nbody\n")
    assert (fields.disputes, fields.author) == ((), (Named(NAME, OFFICE),))


# What the published work on sender spoofing did to a header, each with the disputes that must be among those found.
FORGED = [
    # several From, and names that some readers take for From
    pytest.param([f"From: {EVIL}", f"From: {OFFICE}"], "several-from", id="two From"),
    pytest.param([f"From: {OFFICE}", f"From: {OFFICE}"], "several-from", id="the same From twice"),
    pytest.param([f"From: {OFFICE}", f"FROM: {EVIL}"], "several-from", id="two From in other case"),
    pytest.param([f"From : {OFFICE}"], "odd-name", id="a blank before the colon"),
    pytest.param([f"From : {OFFICE}", f"From: {EVIL}"], "several-from", id="two, one with a blank"),
    pytest.param([f"From\t: {OFFICE}"], "odd-name", id="a tab before the colon"),
    pytest.param([f" From: {OFFICE}", f"From: {EVIL}"], "folded-field", id="a From that is a continuation"),
    pytest.param([f"\tFrom : {OFFICE}", f"From: {EVIL}"], "folded-field", id="the same with a tab"),
    pytest.param(["From\x00: " + OFFICE, f"From: {EVIL}"], "control", id="NUL in the name"),
    pytest.param(["From\xa0: " + OFFICE, f"From: {EVIL}"], "odd-name", id="a no-break space in the name"),
    pytest.param(["\ufeffFrom: " + OFFICE, f"From: {EVIL}"], "odd-name", id="a byte order mark before it"),
    pytest.param(["From\uff1a " + OFFICE, f"From: {EVIL}"], "odd-name", id="a full-width colon"),
    pytest.param([f"From {OFFICE}", f"From: {EVIL}"], "no-colon", id="no colon"),
    pytest.param([f"X: y\rFrom: {OFFICE}", f"From: {EVIL}"], "line-ends", id="a bare CR"),
    pytest.param([f"X: y\nFrom: {OFFICE}", f"From: {EVIL}"], "line-ends", id="a bare LF"),
    pytest.param([f"X: y\x0bFrom: {OFFICE}", f"From: {EVIL}"], "control", id="a vertical tab"),
    pytest.param([f"X: y\x00From: {OFFICE}", f"From: {EVIL}"], "control", id="NUL for a line end"),
    pytest.param([" ", f"From: {OFFICE}"], "header-end", id="behind a line of blanks"),
    pytest.param(["Reply_To: a@b.example", f"From: {OFFICE}"], "odd-name", id="an underscore"),
    pytest.param([], "no-from", id="no From"),
    pytest.param([f"Sender: {OFFICE}"], "no-from", id="Sender only"),
    pytest.param([f"From: {OFFICE}", f"Sender: {OFFICE}", "Sender: a@b.example"], "several-sender", id="two Sender"),
    pytest.param([f"From: {OFFICE}", *["Reply-To: a@b.example"] * 2], "several-reply-to", id="two Reply-To"),
    # several addresses in one field
    pytest.param([f"From: {OFFICE}, {EVIL}"], "several-mailboxes", id="a list"),
    pytest.param([f"From: <{OFFICE}>,<{EVIL}>"], "several-mailboxes", id="a list in brackets"),
    pytest.param([f"From: {OFFICE},\r\n {EVIL}"], "several-mailboxes", id="a folded list"),
    pytest.param([f"From: {OFFICE};{EVIL}"], "group", id="a list with a semicolon"),
    pytest.param([f"From: <{OFFICE}> <{EVIL}>"], "syntax", id="two brackets"),
    pytest.param([f"From: {OFFICE} <{EVIL}>"], "address-in-name", id="an address as the name of another"),
    pytest.param([f"From: <{OFFICE}>ke<{EVIL}>"], "syntax", id="a word between two"),
    pytest.param([f"From: <{EVIL}>\\,<{OFFICE}>"], "syntax", id="an escaped comma"),
    pytest.param([f'From: <{EVIL}>"," <{OFFICE}>'], "syntax", id="a quoted comma"),
    pytest.param([f"From: {OFFICE},"], "syntax", id="an empty member"),
    pytest.param([f"From: ,{OFFICE}"], "syntax", id="an empty member first"),
    pytest.param([f"From: {OFFICE} {EVIL}"], "syntax", id="two with a blank"),
    pytest.param([f"From: Sender: {OFFICE};"], "group", id="a group"),
    pytest.param([f"From: a:{EVIL};,{OFFICE}"], "group", id="a group and a mailbox"),
    # display names that show an address
    pytest.param([f'From: "{OFFICE}" <{EVIL}>'], "address-in-name", id="an address in quotes"),
    pytest.param([f'From: "Van phong {OFFICE}" <{EVIL}>'], "address-in-name", id="an address in a name"),
    pytest.param([f'From: "<{OFFICE}>" <{EVIL}>'], "angle-in-name", id="brackets in quotes"),
    pytest.param([f'From: "q4 <q4>" <{EVIL}>'], "angle-in-name", id="a local part in brackets"),
    pytest.param([f"From: {b64(OFFICE)} <{EVIL}>"], "address-in-name", id="encoded"),
    pytest.param([f"From: {b64(f'<{OFFICE}>,')} <{EVIL}>"], "address-in-name", id="an encoded list"),
    pytest.param([f'From: {b64(f"""Q4" <{OFFICE}>, "a""")} <{EVIL}>'], "address-in-name", id="encoded quotes"),
    pytest.param([f'From: "{b64(OFFICE)}" <{EVIL}>'], "address-in-name", id="encoded in quotes"),
    pytest.param([f"From: =?utf-8?Q?q4=40tphcm=2Eexample?= <{EVIL}>"], "address-in-name", id="Q encoded"),
    pytest.param([f"From: =?utf-8?Q?q4=40tph?= =?utf-8?Q?cm.example?= <{EVIL}>"], "address-in-name", id="in two words"),
    pytest.param([f"From: q4=?utf-8?Q?=40?=tphcm.example <{EVIL}>"], "address-in-name", id="only the at sign"),
    pytest.param([f'From: "{EVIL}\\"{OFFICE}" <{OFFICE}>'], "address-in-name", id="two addresses and an escaped quote"),
    pytest.param([f'From: "a\\"{OFFICE}" <{OFFICE}>'], "address-in-name", id="an escaped quote beside it"),
    pytest.param([f'From: "{OFFICE} {OFFICE}" <{OFFICE}>'], "address-in-name", id="its own address twice"),
    pytest.param([f'From: "q4 @ tphcm.example" <{EVIL}>'], "address-in-name", id="an address with blanks"),
    pytest.param([f'From: "{OFFICE}q4" <{OFFICE}>'], "address-in-name", id="a letter behind its own address"),
    pytest.param([f'From: "a{OFFICE}" <{OFFICE}>'], "address-in-name", id="a letter before its own address"),
    pytest.param([f'From: "{OFFICE} .gian.example" <{OFFICE}>'], "address-in-name", id="its domain goes on"),
    pytest.param([f'From: "ke. {OFFICE}" <{OFFICE}>'], "address-in-name", id="its local part begins earlier"),
    pytest.param([f'From: "{OFFICE}）" <{OFFICE}>'], "address-in-name", id="a wide bracket beside its own"),
    pytest.param([f'From: "a[{OFFICE}]" <{OFFICE}>'], "address-in-name", id="a letter before its own in brackets"),
    pytest.param([f'From: "[{OFFICE}" <{OFFICE}>'], "address-in-name", id="a bracket that nothing closes"),
    pytest.param([f'From: "{OFFICE} @ gian" <{OFFICE}>'], "address-in-name", id="an at sign beside its own"),
    pytest.param([f"From: {OFFICE}＠ <{OFFICE}>"], "address-in-name", id="an at sign behind its own address"),
    pytest.param([f"From: {b64(b64(OFFICE))} <{EVIL}>"], "encoded-twice", id="encoded twice"),
    pytest.param([f"From: =?utf-7?Q?q4+AEA-tphcm.example?= <{EVIL}>"], "odd-charset", id="UTF-7"),
    pytest.param([f"From: =?utf-16?B?{base64.b64encode(OFFICE.encode('utf-16')).decode()}?= <{EVIL}>"], "odd-charset"),
    pytest.param([f"From: =?x-unknown?Q?a?= <{EVIL}>"], "odd-charset", id="an unknown charset"),
    pytest.param([f"From: =?utf-8?B?cT*R@dHBo?= <{EVIL}>"], "syntax", id="an at sign in base64"),
    pytest.param([f"From: =?utf-8?B?cTQ=QHRw?= <{EVIL}>"], "odd-encoding", id="padding in the middle"),
    pytest.param([f"From: =?utf-8?Q?q4=4?= <{EVIL}>"], "odd-encoding", id="half an octet"),
    pytest.param([f"From: =?utf-8?Q?q4 <{EVIL}>"], "odd-encoding", id="a word without an end"),
    pytest.param([f"From: =?utf-8?Q?q4=00?= <{EVIL}>"], "control", id="NUL encoded"),
    pytest.param([f"From: =?utf-8?Q?q4=0D=0AFrom=3A?= <{EVIL}>"], "control", id="a line end encoded"),
    pytest.param([f"From: q4＠tphcm.example <{EVIL}>"], "address-in-name", id="a full-width at sign"),
    pytest.param([f"From: q4﹫tphcm．example <{EVIL}>"], "address-in-name", id="small at sign, full-width dot"),
    pytest.param([f"From: {b64('q4＠tphcm.example')} <{EVIL}>"], "address-in-name", id="the same encoded"),
    pytest.param([f'From: "q4\u200b@tphcm.example" <{EVIL}>'], "address-in-name", id="a zero-width space in a name"),
    pytest.param([f'From: "q4@tph\u200bcm.example" <{EVIL}>'], "address-in-name", id="a zero-width space inside"),
    pytest.param([f'From: "Van\u2066phong" <{EVIL}>'], "bidi", id="an isolate in a name"),
    pytest.param([f'From: "Van\u2061phong" <{EVIL}>'], "control", id="an invisible operator in a name"),
    pytest.param([f"From: \u202eelpmaxe.mchpt@4q\u202c <{EVIL}>".replace("@", "＠", 1)], "bidi", id="right to left"),
    # what stands in the address itself
    pytest.param([f"From: {OFFICE} ({EVIL})"], "comment", id="a comment"),
    pytest.param([f"From: (<{OFFICE}>) {EVIL}"], "comment", id="a comment first"),
    pytest.param(["From: q4(hi)@tphcm.example"], "comment", id="a comment in the address"),
    pytest.param(["From: q4@tphcm.example(.gian.example)"], "comment", id="a comment behind the domain"),
    pytest.param(["From: <q4@tphcm(>, <ke@gian.example>)(.example>"], "comment", id="a bracket in a comment"),
    pytest.param([f"From: <@gian.example,@b.example:{OFFICE}>"], "route", id="a route"),
    pytest.param(['From: "q4"@tphcm.example'], "quoted-local", id="a quoted local part"),
    pytest.param([f'From: "<{OFFICE}>"@gian.example'], "quoted-local", id="an address as a quoted local part"),
    pytest.param([f'From: "{OFFICE}, "@gian.example'], "quoted-local", id="a list as a quoted local part"),
    pytest.param(["From: q4@[192.0.2.1]"], "domain-literal", id="a domain literal"),
    pytest.param(["From: =?utf-8?Q?q4=40tphcm.example?="], "syntax", id="nothing but an encoded word"),
    pytest.param(["From: <=?utf-8?Q?q4=40tphcm.example?=>"], "encoded-address", id="an encoded address"),
    pytest.param(["From: =?utf-8?Q?q4?=@tphcm.example"], "encoded-address", id="an encoded local part"),
    pytest.param(["From: q4＠tphcm.example"], "syntax", id="only a full-width at sign"),
    pytest.param(["From: q4@ｔphcm.example"], "look-alike", id="a full-width letter in the domain"),
    pytest.param(["From: q4@tphcm。example"], "look-alike", id="an ideographic dot"),
    pytest.param(["From: q4@tỉnh。example"], "look-alike", id="an ideographic dot in a Unicode domain"),
    pytest.param(["From: ｑ4@tphcm.example"], "look-alike", id="a full-width letter"),
    pytest.param(["From: \u212a@tphcm.example"], "look-alike", id="the Kelvin sign"),
    pytest.param(["From: q4\u200b@tphcm.example"], "control", id="a zero-width space"),
    pytest.param(["From: q4\u202e@tphcm.example"], "bidi", id="a direction mark"),
    pytest.param(["From: q4\u00a0@tphcm.example"], "look-alike", id="a no-break space"),
    pytest.param([f"From: {OFFICE}\x00.gian.example"], "control", id="NUL behind the domain"),
    pytest.param([f"From: {OFFICE}."], "syntax", id="a final dot"),
    pytest.param(["From: q4@tphcm.example@gian.example"], "syntax", id="two at signs"),
    pytest.param(["From: q4@tphcm.example\\@gian.example"], "syntax", id="an escaped at sign"),
    pytest.param(["From: q4 @tphcm.example"], "syntax", id="a blank before the at sign"),
    pytest.param(["From: q4@tphcm.\r\n example"], "syntax", id="folded in the address"),
    pytest.param([f"From: <{OFFICE}"], "syntax", id="a bracket missing"),
    pytest.param([f"From: {OFFICE}>"], "syntax", id="a bracket too many"),
    pytest.param(["From: q4"], "syntax", id="no domain"),
    pytest.param(["From:"], "empty", id="nothing"),
    pytest.param([b"From: V\xa8n ph\xdfng <" + OFFICE.encode() + b">"], "not-utf8", id="TCVN3 octets"),
    pytest.param([b"From: q4\xff@tphcm.example"], "not-utf8", id="such an octet in the address"),
    pytest.param([f"From: <{'q' * 257}@tphcm.example>"], "too-long", id="a long local part"),
    pytest.param([f'From: "{"a" * 1000}" <{OFFICE}>'], "too-long", id="a long line"),
    pytest.param([f"From: a\r\n \r\n <{OFFICE}>"], "syntax", id="folded into a line of blanks"),
    # the other fields
    pytest.param([f"From: {OFFICE}", f'Reply-To: "{OFFICE}" <{EVIL}>'], "address-in-name", id="Reply-To's name"),
    pytest.param([f"From: {OFFICE}", f"Sender: {OFFICE}, {EVIL}"], "several-mailboxes", id="a list in Sender"),
    pytest.param([f"From: {OFFICE}", f"Resent-From: {OFFICE} ({EVIL})"], "comment", id="a comment in Resent-From"),
    pytest.param([f"From: {OFFICE}", f" Sender: {EVIL}"], "folded-field", id="a Sender that is a continuation"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "dispute"), FORGED)
def test_what_readers_disagree_about_is_disputed(lines: list[str | bytes], dispute: str) -> None:
    assert dispute in read(*lines).disputes


@pytest.mark.parametrize(
    "after",
    [
        f"From {OFFICE}\r\n\r\nbody".encode(),
        f"garbage\r\nFrom: {OFFICE}\r\n\r\nbody".encode(),
        f"\xa0From: {OFFICE}\r\n\r\nbody".encode(),
        f"garbage\rFrom: {OFFICE}\r\n\r\nbody".encode(),
        b"garbage without an end",
    ],
)
def test_a_header_that_some_read_on(after: bytes) -> None:
    assert "header-end" in read(f"From: {EVIL}", after=after).disputes


@pytest.mark.parametrize(
    "after", [b"", b"\r\n", f"\r\nFrom: {OFFICE}\r\n".encode(), b"garbage\r\n\r\nFrom: a@b.example"]
)
def test_a_body_is_no_header(after: bytes) -> None:
    fields = read(f"From: {EVIL}", after=after)
    assert (fields.disputes, fields.mentions) == ((), (EVIL,))


def test_a_message_that_begins_with_a_continuation() -> None:
    fields = read_sender(f" From: {OFFICE}\r\nFrom: {EVIL}\r\n".encode(), b"\r\n")
    assert "odd-name" in fields.disputes
    assert OFFICE in fields.mentions


def test_an_mbox_line() -> None:
    assert "mbox-line" in read_sender(f"From {OFFICE} Mon\r\nFrom: {EVIL}\r\n".encode(), b"\r\n").disputes


def test_a_header_that_was_cut() -> None:
    assert read_sender(f"From: {OFFICE}\r\n".encode(), whole=False).disputes == ("header-too-large",)


def test_a_from_behind_all_that_readers_read() -> None:
    assert "deep" in read_sender(b"X: y\r\n" * 30_000 + f"From: {OFFICE}\r\n".encode(), b"\r\n").disputes


def test_a_signature_s_list_of_fields_is_no_field() -> None:
    lines = [
        "DKIM-Signature: v=1; a=rsa-sha256; h=Date:\r\n\tFrom:To:\r\n\tSender:Reply-To; d=tphcm.example; i=@a.example"
    ]
    assert read(*lines, f"From: {OFFICE}").disputes == ()


def test_a_received_line_is_no_from() -> None:
    assert read("Received: by a.example\r\n\tfrom b.example (q4@c.example)", f"From: {OFFICE}").disputes == ()


@pytest.mark.parametrize("name", ["From-Code", "Sender-ID", "X-From", "Fromage", "Reply-Token"])
def test_other_names_are_other_fields(name: str) -> None:
    assert read(f"{name}: {EVIL}", f"From: {OFFICE}").disputes == ()


def test_the_author_is_shown_though_disputed() -> None:
    fields = read(f'From: "{OFFICE}" <{EVIL}>')
    assert fields.author == (Named(OFFICE, EVIL),)
    assert fields.mentions == (EVIL, OFFICE)


def test_mentions_of_what_cannot_be_read() -> None:
    fields = read(f"From: <{OFFICE}> <{EVIL}> (x@y.example)")
    assert fields.mentions == (OFFICE, EVIL, "x@y.example")
    assert [one.address for one in fields.author] == [OFFICE, EVIL, "x@y.example"]


@pytest.mark.parametrize("value", [f'"{OFFICE}"@gian.example', f'"{OFFICE}"@[192.0.2.1]', f"<=?utf-8?Q?{OFFICE}?=>"])
def test_an_address_that_only_part_of_an_address_shows_is_no_author(value: str) -> None:
    fields = read(f"From: {value}")
    assert fields.author == ()
    assert OFFICE in fields.mentions


def test_what_cannot_be_read_is_decoded_for_what_it_mentions() -> None:
    assert OFFICE in read(f"From: {b64(OFFICE)} ({EVIL})").mentions
    assert OFFICE in read(f'From: "q4\u200b＠tphcm.example" <{EVIL}>').mentions
    assert OFFICE in read(f"X: y\r\n From: {b64(OFFICE)} <{EVIL}>").mentions


@pytest.mark.parametrize(
    "value",
    [
        "q4@(x)tphcm.example",
        "q4@(x(y)z)tphcm.example",
        "q4 @ tphcm .example",
        "q4@tphcm.\r\n (x) example",
        "=?utf-7?Q?q4+AEA-tphcm.example?=",
        f"=?utf-16le?B?{base64.b64encode(OFFICE.encode('utf-16le')).decode()}?=",
    ],
)
def test_what_some_readers_put_together_is_mentioned(value: str) -> None:
    fields = read(f"From: {value}")
    assert fields.disputes
    assert OFFICE in fields.mentions


def test_a_domain_in_unicode_is_its_ascii_form() -> None:
    ascii_form = "tỉnh.example".encode("idna").decode()
    fields = read("From: vp@tỉnh.example")
    assert (fields.disputes, fields.author[0].address) == ((), f"vp@{ascii_form}")


def test_a_local_part_in_unicode() -> None:
    fields = read("From: vănphòng@tinh.example")
    assert (fields.disputes, fields.author[0].address) == ((), "vănphòng@tinh.example")


@pytest.mark.parametrize("blank", ["", " ", "\t", "\r\n ", " \r\n\t "])
@pytest.mark.parametrize("name", ["Sender", "Reply-To", "Resent-From", "Resent-Sender", "Resent-Reply-To"])
def test_a_field_that_nobody_filled_in_names_nobody(name: str, blank: str) -> None:
    assert read(f"From: {OFFICE}", f"{name}:{blank}") == read(f"From: {OFFICE}")


def test_two_fields_of_which_one_is_blank_are_two_fields() -> None:
    assert "several-reply-to" in read(f"From: {OFFICE}", "Reply-To:", f"Reply-To: {EVIL}").disputes
