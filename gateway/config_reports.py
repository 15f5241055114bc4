"""Settings of reports: how an office writes them, and to whom they are mailed. Each is documented on its field."""

from __future__ import annotations

import datetime
from pathlib import Path

from pydantic import Field

from gateway.config_values import Count, DayTime, Flag, Section


class Reports(Section):
    """Reports as Vietnamese offices write them, and the dates on which they are mailed (docs/reports.md)."""

    superior: str = Field(default="", description="The office above, at the top of the page: Ủy ban nhân dân Quận 4.")
    office: str = Field(default="", description="The office that reports: Văn phòng. Default: notices.office.")
    place: str = Field(default="", description="Place before the date: Quận 4.")
    symbol: str = Field(default="BC-VP", description="After the slash of a number that the clerk gives.")
    to: tuple[str, ...] = Field(default=(), description="Kính gửi: whom the office's report is addressed to.")
    authority: str = Field(default="", description="Where the signer signs for another: TL. CHỦ TỊCH.")
    position: str = Field(default="", description="The signer's position: CHÁNH VĂN PHÒNG.")
    signer: str = Field(default="", description="The signer's name.")
    recipients: tuple[str, ...] = Field(
        default=(), description="Nơi nhận, a line each; Như trên (with `to`) and the archive's line are added."
    )
    kept: str = Field(
        default="VT", description="After Lưu: the clerk, then who drafted it and how many copies: VT, CNTT.02."
    )
    templates: Path | None = Field(
        default=None, description="Folder with report.html or report.css of your own (docs/reports.md)."
    )
    rank_read: Count = Field(
        default=30,
        ge=0,
        le=100,
        description="Ranking (Q4 15): weight of reading windows in which mail was read; 0: not.",
    )
    rank_used: Count = Field(default=25, ge=0, le=100, description="Ranking: weight of mailboxes that are in use.")
    rank_sending: Count = Field(default=20, ge=0, le=100, description="Ranking: weight of mailboxes that send mail.")
    rank_clean: Count = Field(default=25, ge=0, le=100, description="Ranking: weight of mail without a finding.")
    closing_day: Count = Field(
        default=0,
        ge=0,
        le=28,
        description="Quarters from this day of the last month to the day before it in the next; 0: the calendar's.",
    )
    mail_to: tuple[str, ...] = Field(
        default=(), description="Who is mailed the office's quarterly report on its date (Q4 14.1); none: nobody."
    )
    mail_units: Flag = Field(
        default=False, description="Mail each unit its prefilled form before its date (Q4 14.2), to its own mailbox."
    )
    units_ahead: Count = Field(default=5, ge=0, le=20, description="Days before the units' date on which they get it.")
    at: DayTime = Field(default=datetime.time(8), description="Time of the day at which reports are mailed.")
    keep: Count = Field(
        default=800, ge=100, le=4000, description="Days for which is kept when the gateway was there (AG 8.3)."
    )
