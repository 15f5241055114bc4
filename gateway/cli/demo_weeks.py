"""Two weeks of a district's mail, invented, so that the console of `congthu demo` can be judged at once.

Every name and address is made up; the evidence is what the rules write of such mail. The rows go through the journal's
own writer, so `congthu decisions verify` holds for them, too.
"""

from __future__ import annotations

import datetime
import hashlib
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from gateway.cli.demo_cases import CASES, Case
from gateway.cli.demo_lives import PEOPLE, write
from gateway.cli.demo_past import DOMAIN, UNITS
from gateway.config import Settings
from gateway.journal.actions import recording
from gateway.journal.decision import Decision, Note, new_reference
from gateway.lifecycle.days import wall
from gateway.model import Attachment

DAYS: Final = 14
_A_DAY: Final = 170  # messages on a working day
_FREE: Final = 0.12  # of that at the weekend
_STEP: Final = 500  # rows a transaction
_OUTSIDE: Final = (
    "vanthu@so-noivu.example",
    "baocao@sotaichinh.example",
    "thongbao@dichvucong.example",
    "tochuc@thanhdoan.example",
    "lienhe@congty-a.example",
    "ketoan@nhathau.example",
)
_FILES: Final = (
    ("Báo cáo tuần.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("Kế hoạch quý IV.pdf", "application/pdf"),
    ("Danh sách cán bộ.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("Giấy mời họp.pdf", "application/pdf"),
)


def fill(settings: Settings, now: float, days: int = DAYS) -> int:
    """Write a directory and `days` of decisions until `now`; how many rows. StartError and errors of the store."""
    gateway = settings.gateway
    rows = sorted(_Weeks(random.Random(4), now, days).decisions(), key=lambda row: row.time)  # noqa: S311 -- examples
    write(settings, now)
    with recording(settings.store.url, gateway.data_dir, gateway.node or gateway.hostname) as actions:
        actions.prepare()
        for start in range(0, len(rows), _STEP):
            actions.keep(*rows[start : start + _STEP])
        actions.record(*_reviews(rows))
    return len(rows)


def marked(data_dir: Path) -> bool:
    """Whether these weeks were written there; the next call says yes."""
    mark = data_dir / "demo-weeks"
    if mark.exists():
        return True
    mark.write_text("written by congthu demo\n", "utf-8")
    return False


def _reviews(rows: list[Decision]) -> Iterator[Note]:
    refused = [row for row in rows if row.action == "reject"]
    said = (
        ("false-alarm", "Tệp CAD của nhà thầu, đã hướng dẫn gửi lại bản PDF."),
        ("reviewed", "Đã gọi văn thư, chuyển mã bằng UniKey rồi gửi lại."),
        ("incident", "Văn bản mật soạn trên máy nối mạng; đã báo cáo lãnh đạo."),
        ("reviewed", ""),
    )
    for row, (verdict, text) in zip(refused[-20::4], said, strict=False):
        moment = min(row.time + 5400, time.time())
        yield Note("review", row.reference, text, by="quantri", time=moment, what=verdict, client="127.0.0.1")


@dataclass(slots=True)
class _Weeks:
    random: random.Random
    now: float
    days: int
    _session: int = field(default=0)

    def decisions(self) -> Iterator[Decision]:
        """Every message, in any order."""
        midnight = wall(self.now).replace(hour=0, minute=0, second=0, microsecond=0)
        for back in range(self.days):
            start = midnight - datetime.timedelta(days=back)
            share = _FREE if start.weekday() >= 5 else 1.0
            for _ in range(int(_A_DAY * share * self.random.uniform(0.8, 1.2))):
                moment = start.timestamp() + self._hour() * 3600
                if moment < self.now - 60:
                    yield self._one(moment)

    def _hour(self) -> float:
        """When offices write: two humps, little at night."""
        draw = self.random.random()
        if draw < 0.06:
            return self.random.uniform(0, 24)
        return self.random.gauss(9.3, 1.1) if draw < 0.58 else self.random.gauss(14.7, 1.2)

    def _one(self, moment: float) -> Decision:
        draw, point = self.random.random() * 100, 0.0
        for case in CASES:
            point += case.percent
            if draw < point:
                return self._of_case(moment, case)
        return self._plain(moment)

    def _plain(self, moment: float) -> Decision:
        inbound = self.random.random() < 0.6
        sender = self.random.choice(_OUTSIDE) if inbound else self._ours()
        people = [self._ours() for _ in range(self.random.choice((1, 1, 1, 2, 3)))]
        if not inbound and self.random.random() < 0.5:
            people = [self.random.choice(_OUTSIDE)]
        attached = list(self._attachments())
        size = 4_000 + sum(one.decoded_size for one in attached) * 137 // 100 + self.random.randrange(30_000)
        made = self._base(moment, "inbound" if inbound else "submission", sender, tuple(dict.fromkeys(people)))
        made.size, made.attachments, made.attachment_bytes = size, attached, sum(a.decoded_size for a in attached)
        made.reply = made.upstream_reply = "250 2.0.0 Ok: queued as " + self._hex(10).upper()
        made.upstream = "mailserver"
        return made

    def _of_case(self, moment: float, case: Case) -> Decision:
        sender = self.random.choice(case.senders or tuple(self._ours() for _ in range(4)))
        made = self._base(moment, case.direction, sender, (case.recipient or self._ours(),))
        finding = case.finding()
        made.action, made.findings = case.action, [finding]
        made.size = case.size + self.random.randrange(9_000)
        made.stage = case.stage
        if case.action == "accept":
            made.reply = made.upstream_reply = "250 2.0.0 Ok: queued as " + self._hex(10).upper()
            made.upstream = "mailserver"
        else:
            made.reply = f"{finding.reply.line} [{made.reference}]"
        made.attachments = [
            Attachment(name, kind, sniffed, size, self._hex(64), "1.2") for name, kind, sniffed, size in case.files
        ]
        made.attachment_bytes = sum(one.decoded_size for one in made.attachments)
        return made

    def _base(self, moment: float, direction: str, sender: str, people: tuple[str, ...]) -> Decision:
        self._session += 1
        inbound = direction == "inbound"
        client = f"203.0.113.{self.random.randrange(2, 250)}" if inbound else f"10.4.{self.random.randrange(1, 9)}.17"
        made = Decision(moment, new_reference(moment), f"{self._session:07x}-1", direction, direction)
        made.client_address, made.client_name = client, "mail.example" if inbound else ""
        made.helo, made.tls = ("mail.example" if inbound else "may-van-phong"), "TLSv1.3 TLS_AES_256_GCM_SHA384"
        made.user = "" if inbound else sender
        made.reverse_path, made.recipients = sender, people
        made.sha256, made.message_id = self._hex(64), f"<{self._hex(16)}@{sender.rpartition('@')[2]}>"
        made.checked, made.seconds = _CHECKED, round(self.random.uniform(0.04, 0.6), 3)
        return made

    def _ours(self) -> str:
        return f"{self.random.choice(PEOPLE)[0] if self.random.random() < 0.6 else self._unit()}.q4@{DOMAIN}"

    def _unit(self) -> str:
        return self.random.choice(UNITS)[0]

    def _attachments(self) -> Iterator[Attachment]:
        for _ in range(self.random.choice((0, 0, 1, 1, 2))):
            name, kind = self.random.choice(_FILES)
            yield Attachment(name, kind, kind, self.random.randrange(20_000, 2_500_000), self._hex(64), "1.2")

    def _hex(self, count: int) -> str:
        seed: Any = self.random.getrandbits(64).to_bytes(8, "big")
        return hashlib.sha256(seed).hexdigest()[:count]


_CHECKED: Final = (
    "own-domain",
    "own-address",
    "blocked-sender",
    "request-channel",
    "dangerous-type",
    "secret-marking",
    "attachment-cap",
    "vietnamese-charset",
    "request-content",
    "private-mailbox",
    "auto-forward",
    "own-server",
    "unscannable",
)
