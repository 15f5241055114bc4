"""What all reports have in common: their head and foot, the words on how figures were made."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.config import Settings
from gateway.lifecycle.days import wall
from gateway.regulations import Regulation
from gateway.reports.citing import bases
from gateway.reports.document import Block, Document, Foot, Head, Line
from gateway.reports.mailings import regulations_of
from gateway.reports.quarters import Period, dated, written
from gateway.reports.texts import clean

HINT: Final = "(Ký, ghi rõ họ tên, đóng dấu)"
ABOVE: Final = "Như trên"  # in Nơi nhận: those whom Kính gửi names


@dataclass(frozen=True, slots=True)
class Frame:
    """Whose report it is: the office's settings, the period, the unit that it is about ("" for all) and when."""

    settings: Settings
    period: Period
    now: float
    unit: str = ""
    unit_name: str = ""

    @property
    def regulations(self) -> list[Regulation]:
        """Those that the configuration names, in its order."""
        return regulations_of(self.settings)

    @property
    def office(self) -> str:
        """Who reports."""
        settings = self.settings
        return clean(settings.reports.office or settings.notices.office or settings.gateway.hostname)

    @property
    def today(self) -> datetime.date:
        """The day of the report."""
        return wall(self.now).date()

    @property
    def about(self) -> str:
        """Whom it is about, for a title: "" for everybody."""
        return f" của {clean(self.unit_name or self.unit)}" if self.unit else ""

    def document(
        self,
        name: str,
        about: str,
        blocks: Iterable[Block],
        *,
        kind: str = "BÁO CÁO",
        figures: Mapping[str, Any] | None = None,
        parts: Sequence[Document] = (),
    ) -> Document:
        """A whole document of the office."""
        return Document(
            name,
            self.period,
            wall(self.now),
            self._head(kind, about),
            tuple(blocks),
            self._foot(),
            self.unit,
            figures or {},
            tuple(parts),
        )

    def _head(self, kind: str, about: str) -> Head:
        own = self.settings.reports
        return Head(
            self.office.upper(),
            kind,
            about,
            clean(own.superior).upper(),
            f"Số:          /{clean(own.symbol)}",
            dated(clean(own.place), self.today),
            tuple(map(clean, own.to)),
        )

    def _foot(self) -> Foot:
        own = self.settings.reports
        readers = list(map(clean, own.recipients)) or ([] if own.to else [self.office])
        if own.to and ABOVE not in readers:
            readers.insert(0, ABOVE)
        return Foot(
            (*readers, f"Lưu: {clean(own.kept)}"),
            clean(own.authority).upper(),
            clean(own.position).upper() or "THỦ TRƯỞNG CƠ QUAN",
            clean(own.signer),
            "" if own.signer else HINT,
        )

    def bases(self) -> list[Line]:
        """ "Căn cứ …"."""
        return [Line(text, basis=True) for text in bases(self.regulations)]

    def until(self) -> list[Line]:
        """A word where the period is not over yet."""
        if self.now >= self.period.until:
            return []
        moment = wall(self.now)
        return [
            Line(
                f"Kỳ báo cáo chưa kết thúc: số liệu tính đến {moment:%H giờ %M} ngày {written(self.today)}.", note=True
            )
        ]


def named(code: str, name: str) -> str:
    """A unit for a cell; who is in no unit has a name, too."""
    return clean(name or code) or "(chưa thuộc đơn vị nào)"


COUNTING: Final = (
    "Số liệu thư lấy từ nhật ký quyết định của cổng thư (có chuỗi băm chống sửa, kiểm tra bằng lệnh congthu decisions "
    "verify). Mỗi dòng nhật ký là một lượt xử lý: một thư được xét, hoặc một lần từ chối trước khi nhận thư; thư bị từ "
    "chối rồi gửi lại được tính là lượt mới. Lượt đi qua cổng lần thứ hai của cùng một thư không tính lại. Lần từ chối "
    "lặp lại trong vòng một phút của người gửi đang bị chặn không ghi dòng riêng."
)
ATTRIBUTION: Final = (
    "Thư được tính cho đơn vị có hộp thư đã được chứng minh là người gửi, hoặc (với thư không từ bên ngoài) có địa chỉ "
    "người gửi trên phong bì; thư nhận được tính cho mỗi hộp thư nhận. Hộp thư đã xóa trong kỳ vẫn tính cho đơn vị cũ; "
    "tên đơn vị là tên ở cuối kỳ."
)
