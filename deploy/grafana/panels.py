"""The panels of the dashboard: what is asked of Prometheus, and what it is called in Vietnamese and English.

`{nodes}` in a query is the choice of nodes; rates use Grafana's own interval. Metrics are explained in docs/metrics.md.
"""

from __future__ import annotations

from dataclasses import dataclass

Query = tuple[str, str]
"""An expression and its legend."""

_NODES = 'instance=~"$instance"'


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel. `unit`: Grafana's name of it. `bad_from`, `good_from`: where a single figure turns red or green."""

    vi: str
    en: str
    unit: str
    queries: tuple[Query, ...]
    kind: str = "timeseries"
    note: str = ""
    width: int = 8
    height: int = 7
    stacked: bool = False
    bad_from: float | None = None
    good_from: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A heading and what stands below it."""

    vi: str
    en: str
    panels: tuple[Panel, ...]


def _select(metric: str, where: str = "") -> str:
    return f"congthu_{metric}{{{_NODES}{', ' if where else ''}{where}}}"


def _rate(metric: str, by: str, where: str = "") -> Query:
    """Per second, added up over nodes, a line for each value of the labels `by`."""
    return f"sum by ({by}) (rate({_select(metric, where)}[$__rate_interval]))", " ".join(
        f"{{{{{label.strip()}}}}}" for label in by.split(",")
    )


def _more(metric: str, legend: str, by: str = "instance") -> Query:
    """How many more within a quarter of an hour."""
    return f"sum by ({by}) (increase({_select(metric)}[15m]))", legend


def _quantiles(metric: str, by: str = "", where: str = "") -> tuple[Query, ...]:
    """Half and 95 of 100 are faster than these."""
    labels = f"le, {by}" if by else "le"
    legend = f" {{{{{by}}}}}" if by else ""
    inner = f"sum by ({labels}) (rate({_select(metric + '_bucket', where)}[$__rate_interval]))"
    return tuple((f"histogram_quantile({q}, {inner})", f"p{q * 100:.0f}{legend}") for q in (0.5, 0.95))


def _now(metric: str, how: str = "sum", by: str = "instance", where: str = "") -> Query:
    """As it is now."""
    return f"{how} by ({by}) ({_select(metric, where)})", " ".join(f"{{{{{one.strip()}}}}}" for one in by.split(","))


def _figure(vi: str, en: str, unit: str, expr: str, **more: float) -> Panel:
    """One number on top."""
    return Panel(vi, en, unit, ((expr, ""),), kind="stat", width=4, height=4, **more)  # type: ignore[arg-type]


_BLOCKED = "max(" + _select("senders_standing", 'standing="blocked"') + ")"
_SECONDS_BY_STAGE = "Nhận, kiểm tra, ghi nhật ký, chuyển tiếp / receive, check, journal, upstream"

ROWS = (
    Row(
        "Tổng quan",
        "Overview",
        (
            _figure("Nút hoạt động", "Nodes up", "none", f"count({_select('build_info')})", good_from=1),
            _figure("Máy chủ thư", "Next hops up", "none", f"min({_select('upstream_up')})", good_from=1),
            _figure("Thư mỗi phút", "Messages a minute", "none", f"60 * sum(rate({_select('messages_total')}[5m]))"),
            _figure("Từ chối trong 1 giờ", "Refused in 1 h", "none", f"sum(increase({_select('refusals_total')}[1h]))"),
            _figure(
                "Người gửi bị chặn",
                "Senders blocked",
                "none",
                _BLOCKED,
                bad_from=1,
            ),
            _figure("Nhật ký chậm", "Journal lag", "s", f"max({_select('journal_lag_seconds')})", bad_from=10),
        ),
    ),
    Row(
        "Thư",
        "Mail",
        (
            Panel(
                "Thư theo kết quả", "Messages by verdict", "reqps", (_rate("messages_total", "verdict"),), stacked=True
            ),
            Panel("Thư theo cổng nghe", "Messages by listener", "reqps", (_rate("messages_total", "listener"),)),
            Panel("Dung lượng nhận", "Content received", "Bps", (_rate("message_bytes_total", "listener"),)),
            Panel(
                "Từ chối theo quy tắc", "Refusals by rule", "reqps", (_rate("refusals_total", "rule"),), stacked=True
            ),
            Panel(
                "Chỉ theo dõi, theo quy tắc",
                "Observed by rule",
                "reqps",
                (_rate("observed_total", "rule"),),
                note="Quy tắc ở chế độ observe: lẽ ra đã từ chối / what rules in mode observe would have refused",
                stacked=True,
            ),
            Panel(
                "Thời gian theo giai đoạn",
                "Time by stage",
                "s",
                _quantiles("stage_seconds", "stage"),
                note=_SECONDS_BY_STAGE,
            ),
        ),
    ),
    Row(
        "Máy gửi",
        "Clients",
        (
            Panel("Kết nối đang mở", "Open connections", "none", (_now("connections", by="instance, listener"),)),
            Panel("Kết nối mới", "New connections", "reqps", (_rate("connections_opened_total", "listener"),)),
            Panel(
                "Kết nối bị từ chối",
                "Connections turned away",
                "reqps",
                (_rate("connection_refusals_total", "reason"),),
            ),
            Panel(
                "Lỗi giao thức",
                "Protocol errors",
                "reqps",
                (_rate("protocol_errors_total", "kind"),),
                width=24,
                height=6,
            ),
        ),
    ),
    Row(
        "Máy chủ thư",
        "Next hops",
        (
            Panel("Trả lời", "Reachable", "none", (_now("upstream_up", "min", "instance, upstream"),), width=6),
            Panel("Kết nối", "Connections", "none", (_now("upstream_connections", by="upstream"),), width=6),
            Panel("Kết quả", "Results", "reqps", (_rate("upstream_results_total", "result"),), width=6, stacked=True),
            Panel("Thời gian", "Time to the reply", "s", _quantiles("upstream_seconds", "upstream"), width=6),
        ),
    ),
    Row(
        "Giới hạn và người gửi",
        "Limits and senders",
        (
            Panel(
                "Xin hạn mức", "Reservations", "reqps", (_rate("limits_reservations_total", "result"),), stacked=True
            ),
            Panel(
                "Chạm giới hạn",
                "Limits reached",
                "none",
                (_more("limits_exceeded_total", "{{scope}}", "scope"),),
                note="Trong 15 phút, theo loại tài khoản / in 15 minutes, by whose account",
            ),
            Panel(
                "Người gửi theo tình trạng",
                "Senders by standing",
                "none",
                (_now("senders_standing", "max", "standing"),),
                note="Xem: congthu senders list / see: congthu senders list",
            ),
            Panel("Kho bộ đếm: thời gian", "Counters' store: time", "s", _quantiles("limits_seconds")),
            Panel("Kho bộ đếm: trả lời", "Counters' store: answers", "none", (_now("limits_up", "min"),)),
            Panel(
                "Chưa trả, đã mất, chưa tính",
                "Unsettled, lost, not counted",
                "none",
                (
                    (_now("limits_unsettled")[0], "unsettled {{instance}}"),
                    _more("limits_lost_total", "lost {{instance}}"),
                    _more("conduct_dropped_total", "conduct {{instance}}"),
                ),
                note="Chỗ giữ chưa trả, không trả được; thư không tính vào hành vi, trong 15 phút / in 15 minutes",
            ),
        ),
    ),
    Row(
        "Nội dung thư",
        "Contents",
        (
            Panel(
                "Xem tệp: kết quả", "Looks into files", "reqps", (_rate("inspections_total", "result"),), stacked=True
            ),
            Panel("Xem tệp: thời gian", "Looks: time", "s", _quantiles("inspection_seconds")),
            Panel(
                "Xem tệp: tiến trình",
                "Looks: processes",
                "none",
                (
                    _now("inspection_children", by="state"),
                    ("sum(" + _select("inspection_waiting") + ")", "waiting"),
                    ("sum(increase(" + _select("inspection_deaths_total") + "[15m]))", "died in 15 min"),
                ),
            ),
            Panel("Quét mã độc: kết quả", "Scanner: results", "reqps", (_rate("scanner_results_total", "result"),)),
            Panel("Quét mã độc: thời gian", "Scanner: time", "s", _quantiles("scanner_seconds")),
            Panel("Quét mã độc: trả lời", "Scanner: answers", "none", (_now("scanner_up", "min"),)),
            Panel(
                "Lọc thư rác: kết quả", "Spam filter: results", "reqps", (_rate("spam_filter_results_total", "result"),)
            ),
            Panel("Lọc thư rác: thời gian", "Spam filter: time", "s", _quantiles("spam_filter_seconds")),
            Panel("Lọc thư rác: trả lời", "Spam filter: answers", "none", (_now("spam_filter_up", "min"),)),
        ),
    ),
    Row(
        "Xác thực và danh bạ",
        "Proof of senders, the directory",
        (
            Panel(
                "SPF, DKIM, DMARC, ARC",
                "Checks",
                "reqps",
                (_rate("authentication_total", "method, result"),),
                stacked=True,
            ),
            Panel("Thời gian xác thực", "Checks: time", "s", _quantiles("authentication_seconds")),
            Panel("Hộp thư trong danh bạ", "Mailboxes", "none", (_now("directory_mailboxes", "max"),), width=4),
            Panel("Tuổi danh bạ", "Directory's age", "s", (_now("directory_age_seconds", "max"),), width=4),
            Panel(
                "Yêu cầu bị mất (15 phút)",
                "Requests lost (15 min)",
                "none",
                (_more("request_drops_total", "{{instance}}"),),
                width=24,
                height=4,
            ),
            Panel(
                "Trả lời thư của đơn vị: ghi nhận, mất",
                "Units' answers: noted, lost",
                "reqps",
                (
                    (_rate("answers_noted_total", "instance")[0], "noted {{instance}}"),
                    (_rate("answers_drops_total", "instance")[0], "lost {{instance}}"),
                ),
            ),
            Panel(
                "Thư báo lý do từ chối",
                "Letters about refused mail",
                "reqps",
                (_rate("refusal_notices_total", "outcome"),),
            ),
            Panel("Bản sao lưu trữ", "Copies for the archive", "reqps", (_rate("copies_total", "outcome"),)),
            Panel("Báo cáo đến hạn", "Reports that were due", "reqps", (_rate("reports_total", "outcome"),)),
            Panel(
                "Lệnh về quy tắc đang hiệu lực", "Orders in force", "none", (_now("orders", "max", "what"),), width=6
            ),
            Panel(
                "Lệnh lâu nhất, lệnh hết hạn kế tiếp",
                "Oldest order, next to end",
                "s",
                (_now("orders_oldest_seconds", "max", "what"), _now("orders_next_end_seconds", "max")),
                width=6,
            ),
            Panel(
                "Lưu giữ: lần xử lý gần nhất",
                "Retention: since the last run",
                "s",
                (_now("retention_age_seconds", "max"),),
                width=6,
            ),
            Panel(
                "Lưu giữ: dòng đã xóa nội dung",
                "Retention: rows blanked, runs",
                "none",
                (
                    (f"sum by (instance) (increase({_select('retention_rows_total')}[1d]))", "{{instance}}"),
                    (
                        f"sum by (instance, outcome) (increase({_select('retention_looks_total')}[1d]))",
                        "{{instance}} {{outcome}}",
                    ),
                ),
                width=6,
            ),
        ),
    ),
    Row(
        "Hộp thư: sử dụng và vòng đời",
        "Mailboxes: use and lives",
        (
            Panel(
                "Lượt xem hộp thư theo kết quả",
                "Polls by result",
                "reqps",
                (_rate("polls_total", "result"),),
                stacked=True,
            ),
            Panel("Thời gian xem một hộp thư", "Time of a poll", "s", _quantiles("poll_seconds")),
            Panel(
                "Lần xem cũ nhất, trễ hẹn",
                "Oldest observation, overdue",
                "s",
                (
                    (_now("poller_oldest_seconds", "max", "instance")[0], "oldest {{instance}}"),
                    (_now("poller_late_seconds", "max", "instance")[0], "late {{instance}}"),
                ),
            ),
            Panel(
                "Hộp thư đang theo dõi, bị dừng",
                "Mailboxes polled, stopped",
                "none",
                (
                    (_now("poller_mailboxes", "max", "instance")[0], "mailboxes {{instance}}"),
                    (_now("poller_stopped", "max", "reason")[0], "stopped {{reason}}"),
                ),
            ),
            Panel("Hộp thư theo trạng thái", "Mailboxes by phase", "none", (_now("mailboxes", "max", "phase"),)),
            Panel(
                "Việc đã làm, bị lỗi (15 phút)",
                "Steps done, failed (15 min)",
                "none",
                (_more("lifecycle_steps_total", "{{act}} {{way}} {{result}}", "act, way, result"),),
            ),
            Panel(
                "Việc đang chờ",
                "Steps that wait",
                "none",
                (
                    _now("lifecycle_waiting", "max", "reason"),
                    (_now("deny_file_stale", "max")[0], "deny file {{instance}}"),
                ),
                note="Xem: congthu lifecycle plan / see: congthu lifecycle plan",
                width=12,
            ),
            Panel(
                "Lần xét gần nhất",
                "Last pass",
                "s",
                (
                    _now("lifecycle_pass_age_seconds", "max", "instance"),
                    (_now("lifecycle_clock_off_seconds", "max")[0], "clock off {{instance}}"),
                ),
                width=12,
            ),
            Panel(
                "Nguồn chính xác: kết quả",
                "Exact sources: results",
                "reqps",
                (_rate("sources_total", "source, result"),),
                width=12,
                stacked=True,
            ),
            Panel(
                "Nguồn chính xác: im lặng",
                "Exact sources: silent for",
                "s",
                (_now("sources_age_seconds", "max", "source"),),
                width=12,
            ),
        ),
    ),
    Row(
        "Nhật ký và tài nguyên",
        "Records and resources",
        (
            Panel(
                "Nhật ký: chờ lâu nhất", "Journal: oldest waiting", "s", (_now("journal_lag_seconds", "max"),), width=6
            ),
            Panel("Nhật ký: đang chờ", "Journal: waiting", "none", (_now("journal_queued"),), width=6),
            Panel(
                "Nhật ký: đã ghi, lỗi",
                "Journal: written, failed",
                "reqps",
                (
                    (_rate("journal_written_total", "instance")[0], "written {{instance}}"),
                    (_rate("journal_failed_total", "instance")[0], "failed {{instance}}"),
                ),
                width=6,
            ),
            Panel(
                "Mất dòng log (15 phút)",
                "Log lines lost (15 min)",
                "none",
                (_more("log_drops_total", "{{instance}}"),),
                width=6,
            ),
            Panel("Thư đang chuyển: bộ nhớ", "Spool: memory", "bytes", (_now("spool_memory_bytes"),)),
            Panel("Thư đang chuyển: đĩa", "Spool: disk", "bytes", (_now("spool_disk_bytes"),)),
            Panel("Thư đang chuyển: số lượng", "Spool: messages", "none", (_now("spool_open"),)),
        ),
    ),
    Row(
        "Tiến trình và cấu hình",
        "The daemon",
        (
            Panel("Tiến trình", "Workers", "none", (_now("workers", by="instance, state"),), width=6),
            Panel(
                "Chạy lại (15 phút)",
                "Restarts (15 min)",
                "none",
                (_more("worker_restarts_total", "{{instance}}"),),
                width=6,
            ),
            Panel("Bảng điều khiển", "Console", "none", (_now("beside_up", by="instance, process"),), width=6),
            Panel(
                "Bảng điều khiển chạy lại",
                "Console restarts",
                "none",
                (_more("beside_restarts_total", "{{instance}}", by="instance, process"),),
                width=6,
            ),
            Panel(
                "Nạp cấu hình",
                "Reloads (15 min)",
                "none",
                (_more("reloads_total", "{{instance}} {{result}}", "instance, result"),),
                width=6,
            ),
            Panel(
                "Tuổi cấu hình",
                "Configuration's age",
                "s",
                (("time() - " + _select("config_loaded_timestamp_seconds"), "{{instance}}"),),
                width=6,
            ),
            Panel(
                "Phiên bản",
                "Versions",
                "none",
                (_now("build_info", "count", "version, python"),),
                width=24,
                height=4,
            ),
        ),
    ),
)
