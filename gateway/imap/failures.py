"""Why a poll gave nothing: always one of `Failure`'s names, never the server's words."""

from __future__ import annotations

from gateway.access import Failure
from gateway.errors import CongThuError


class PollFailed(CongThuError):  # noqa: N818  (as in gateway/errors.py)
    """One poll of one mailbox failed. `kind` is for metrics and decisions, `detail` a word of ours for the log.

    `own`: it is the mailbox's own trouble for sure; a refused login without it may be the poller's account's.
    `entering`: the server said no while we logged in.
    """

    def __init__(self, kind: Failure, detail: str = "", *, own: bool = False, entering: bool = False) -> None:
        super().__init__(f"{kind.value}: {detail}" if detail else kind.value)
        self.kind = kind
        self.detail = detail
        self.own = own
        self.entering = entering
