"""`congthu demo`: the gateway with embedded defaults, and what to try. The same daemon as `congthu run`."""

from __future__ import annotations

import io
import secrets
import smtplib
import sys
import time
import zipfile
from email.message import EmailMessage
from pathlib import Path

import click

from gateway import supervisor
from gateway.cli.run import load
from gateway.errors import StartError

_SENDER, _RECIPIENT = "vanthu@so.example", "q4@tphcm.gov.vn"
_STRANGER, _CHANNEL = "vanthu.so.example@gmail.com", "capthu.q4@tphcm.gov.vn"
_PORT = 2525
_ACCOUNT = "quantri"
_BIG = 16 * 2**20  # bytes: one MiB above the cap of Q4 4.2
_SUBJECTS = {
    "good": "Báo cáo quý IV",
    "big": "Hồ sơ đính kèm 16 MiB",
    "program": "Báo cáo trong tệp nén",
    "legacy": "Báo cáo gõ bằng phông .VnTime",
    "secret": "Kế hoạch công tác",
    "request": "Đề nghị cấp hộp thư điện tử",
}
_KINDS = tuple(_SUBJECTS)
# "legacy": as it stands where somebody types TCVN3 and the mail program believes that it is Latin-1.
_BODIES = {
    "legacy": "Céng hoµ x· héi chñ nghÜa ViÖt Nam\n§éc lËp - Tù do - H¹nh phóc\n\n"
    "KÝnh göi V¨n phßng, ®¬n vÞ göi b¸o c¸o.\n",
    "secret": "TỐI MẬT\n\nỦY BAN NHÂN DÂN QUẬN 4\nSố: 12/KH-UBND\n\nKẾ HOẠCH\nCông tác bảo vệ kỳ họp cuối năm.\n",
    "request": "Kính gửi Văn phòng,\n\nĐề nghị cấp mới hộp thư điện tử cho Nguyễn Văn Anh, chuyên viên.\n"
    "Lý do: mới tuyển dụng.\n",
}
_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
# As little of a Windows program as is one: the two headers, and nothing to run.
_PROGRAM = b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0\x4c\x01" + bytes(14) + b"\xe0\0\x02\x01\x0b\x01" + bytes(222)
_CONFIG = """\
# Written by `congthu demo`. A real configuration is documented in config.example.toml.
[gateway]
hostname = "congthu.demo.example"
data_dir = "{data}"
domains = ["tphcm.gov.vn"]
regulation = "tphcm-q4-03-2013"
shutdown_timeout = "5s"
log_format = "console"

[[listener]]
name = "inbound"
bind = "127.0.0.1:{port}"
direction = "inbound"
upstream = "embedded"

[[request_channel]]
address = "capthu.q4@tphcm.gov.vn"

[upstream.embedded]
maildir = "maildir"

[reports]
superior = "Ủy ban nhân dân Quận 4"
office = "Văn phòng"
place = "Quận 4"
to = ["Ủy ban nhân dân Quận 4"]
position = "Chánh Văn phòng"

[http]
bind = "127.0.0.1:{http_port}"

[console]
bind = "127.0.0.1:{console_port}"
public_bind = "127.0.0.1:{public_port}"
public_url = "http://127.0.0.1:{public_port}"
"""
_WELCOME = """
Cổng Thư is starting: SMTP on 127.0.0.1:{port}, metrics on http://127.0.0.1:{http_port}/metrics
The console: http://127.0.0.1:{console_port}/  sign in with {account}
Its data are in {data} (Ctrl-C stops it). In another terminal, try:

  {me} demo{at} --send good                       a good message arrives in {data}/maildir
  {me} demo{at} --send big                        one with 16 MiB attached is refused, with its clause
  {me} demo{at} --send program                    so is a program that calls itself a PDF, in a zip
  {me} demo{at} --send secret                     and a document that is stamped TỐI MẬT
  {me} demo{at} --send legacy                     text in TCVN3 comes from outside: it passes with a tag
  {me} demo{at} --send request                    somebody at gmail.com asks for a mailbox: refused, with its clause
  {me} decisions list --config {config}
  {me} compliance --config {config}
  {me} report quarterly --config {config} --out bao-cao.pdf
"""


@click.command("demo")
@click.option(
    "--data", default="demo-data", type=click.Path(path_type=Path), show_default=True, help="Folder for everything."
)
@click.option("--port", default=_PORT, show_default=True, help="SMTP port on 127.0.0.1.")
@click.option("--http-port", default=9125, show_default=True, help="HTTP port on 127.0.0.1.")
@click.option("--console-port", default=9180, show_default=True, help="The console's on 127.0.0.1; the next: public.")
@click.option("--send", type=click.Choice(_KINDS), help="Send a message to a demo that is running.")
def command(data: Path, port: int, http_port: int, console_port: int, send: str | None) -> None:
    """Try the gateway: it delivers to a Maildir and needs no configuration."""
    if send is not None:
        raise SystemExit(send_message(send, port))
    folder = data.resolve()
    config = folder / "config.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ports = {"port": port, "http_port": http_port, "console_port": console_port, "public_port": console_port + 1}
        config.write_text(_CONFIG.format(data=folder, **ports), "utf-8")
    except OSError as error:
        raise StartError(
            f"demo folder {folder} cannot be written: {error.strerror}; choose another with --data"
        ) from None
    shown = data / "config.toml"
    at = "" if port == _PORT else f" --port {port}"
    account = _prepared(config)
    click.echo(_WELCOME.format(**ports, account=account, data=data, config=shown, me=_me(), at=at))
    supervisor.serve(lambda: load(config))


def _prepared(config: Path) -> str:
    """Write the example weeks once, and give the demo's account a new password; what to sign in with."""
    from gateway.cli.demo_weeks import fill, marked
    from gateway.console.accounts import Accounts, Role
    from gateway.directory.store import DirectoryStore
    from gateway.journal.actions import recording
    from gateway.journal.decision import Note
    from gateway.logs import configure

    settings, _ = load(config)
    configure("warning", "console")
    if not marked(settings.gateway.data_dir):
        fill(settings, time.time())
    accounts = Accounts(DirectoryStore(settings.store.url, settings.gateway.data_dir).database)
    accounts.prepare()
    password = secrets.token_urlsafe(12)
    gateway = settings.gateway
    with recording(settings.store.url, gateway.data_dir, gateway.node or gateway.hostname) as actions:
        actions.record(Note("action", _ACCOUNT, "congthu demo", by="demo", what="user-password"))
    if accounts.find(_ACCOUNT) is None:
        accounts.add(_ACCOUNT, password, Role.ADMINISTRATOR, "Quản trị viên (demo)")
    else:
        accounts.set_password(_ACCOUNT, password)
    return f"{_ACCOUNT} / {password}"


def _me() -> str:
    """How this command is called from where the user stands."""
    script = Path(sys.prefix, "bin", "congthu")
    if not script.exists():
        return f"{sys.executable} -m gateway"
    here = Path.cwd()
    return str(script.relative_to(here) if script.is_relative_to(here) else script)


def send_message(kind: str, port: int) -> int:
    """Send a sample and print what the gateway says. Exit code 0 when it took the message."""
    message = sample(kind)
    sender, recipient = (_STRANGER, _CHANNEL) if kind == "request" else (_SENDER, _RECIPIENT)
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
            client.send_message(message, sender, [recipient])
    except smtplib.SMTPResponseException as error:
        click.echo(f"{error.smtp_code} {_text(error.smtp_error)}")
        return 1
    except smtplib.SMTPRecipientsRefused as error:
        click.echo("\n".join(f"{code} {_text(text)}" for code, text in error.recipients.values()))
        return 1
    except OSError as error:
        raise StartError(
            f"no gateway answers on 127.0.0.1:{port} ({error.strerror or error}): start `congthu demo` first"
        ) from None
    click.echo("250 accepted: look into the maildir")
    return 0


def sample(kind: str) -> EmailMessage:
    """One message of each kind: see `_WELCOME`."""
    message = EmailMessage()
    message["From"], message["To"] = (_STRANGER, _CHANNEL) if kind == "request" else (_SENDER, _RECIPIENT)
    message["Subject"] = _SUBJECTS[kind]
    message.set_content(_BODIES.get(kind, "Kính gửi Văn phòng, đơn vị gửi báo cáo đính kèm.\n"))
    if kind in _BODIES:
        return message
    if kind == "program":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("bao-cao.pdf", _PROGRAM)
        message.add_attachment(packed.getvalue(), maintype="application", subtype="zip", filename="bao-cao.zip")
        return message
    content = _PDF if kind == "good" else secrets.token_bytes(_BIG)
    message.add_attachment(content, maintype="application", subtype="pdf", filename="bao-cao.pdf")
    return message


def _text(raw: bytes | str) -> str:
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
