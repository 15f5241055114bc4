"""Dovecot's events as its event exporter posts them (format json), made sightings. Pure.

`auth_request_finished` is every login of every protocol; `imap_command_finished` with SELECT or IDLE shows use of a
session that goes on. The second has no `master_user`: its session's login has. Measured with Dovecot 2.3.19.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Final

import orjson

from gateway.access import Sign, Source
from gateway.sources.sight import MAX_NAME, Sighting, client_name, text

_COMMANDS: Final = {"SELECT": Sign.SELECT, "IDLE": Sign.IDLE}
_YES: Final = ("yes", "y", "true", True)


def read(body: bytes, arrived: float) -> Sighting | None:
    """One posted event; None for one that shows no use (a failed login, another command). ValueError: no event."""
    event = orjson.loads(body)
    if not isinstance(event, dict) or not isinstance(fields := event.get("fields"), dict):
        raise ValueError("not an event")
    name = event.get("event")
    if name == "auth_request_finished":
        return _login(event, fields, arrived)
    if name == "imap_command_finished":
        return _command(event, fields, arrived)
    return None


def _login(event: Mapping[str, Any], fields: Mapping[str, Any], arrived: float) -> Sighting | None:
    if fields.get("success") not in _YES or not (user := text(fields.get("user"), MAX_NAME)):
        return None
    return Sighting(
        user,
        Source.DOVECOT_EVENTS,
        Sign.LOGIN,
        moment(event.get("start_time"), arrived),
        arrived,
        session=text(fields.get("session")),
        master=text(fields.get("master_user"), MAX_NAME),
        service=text(fields.get("service")).lower(),
        client=client_name(fields.get("client_id")),
        remote=text(fields.get("remote_ip")),
    )


def _command(event: Mapping[str, Any], fields: Mapping[str, Any], arrived: float) -> Sighting | None:
    sign = _COMMANDS.get(text(fields.get("cmd_name")).upper())
    if sign is None or not (user := text(fields.get("user"), MAX_NAME)):
        return None
    if sign is Sign.SELECT and fields.get("tagged_reply_state") != "OK":
        return None
    return Sighting(
        user,
        Source.DOVECOT_EVENTS,
        sign,
        moment(event.get("start_time"), arrived),
        arrived,
        session=text(fields.get("session")),
        service="imap",
        remote=text(fields.get("remote_ip")),
    )


def moment(value: object, arrived: float) -> float:
    """A time as `format_args = time-rfc3339` or `time-unix` write it, never after `arrived`; that one where it is none.

    A clock that goes ahead would make an access of the future; one that is behind only makes the interval longer.
    """
    if isinstance(value, str):
        try:
            made = datetime.datetime.fromisoformat(value)
            value = made.timestamp() if made.tzinfo else None
        except (ValueError, OverflowError):
            return arrived
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < arrived:
        return arrived
    return float(value)
