"""Times, dates, durations and zones: reading, printing, and the zone's rules. No machine clock, no zoneinfo."""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Final

from leadpolicy.engine.numbers import round_div
from leadpolicy.engine.values import DAY, NOTHING, Duration, Nothing

SECOND: Final = 1_000_000
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_LOCAL_EPOCH: Final = datetime(1970, 1, 1)

_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]00:00(?::00)?)?")
_NUMBER = r"([+-]?[0-9]+(?:\.[0-9]+)?)"
_ISO = re.compile(
    rf"P(?=[0-9T+-])(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?=[0-9+-])(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?"
)
_WORDED = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?)\s*([^\W\d_]+)")

_UNITS: Final = {
    "second": "S", "seconds": "S", "秒": "S", "秒钟": "S",
    "minute": "N", "minutes": "N", "分钟": "N",
    "hour": "H", "hours": "H", "小时": "H", "个小时": "H",
    "day": "D", "days": "D", "天": "D", "日": "D",
    "week": "W", "weeks": "W", "周": "W", "星期": "W",
    "month": "M", "months": "M", "个月": "M", "月": "M",
    "year": "Y", "years": "Y", "年": "Y",
}  # fmt: skip
_EXACT: Final = {"S": SECOND, "N": 60 * SECOND, "H": 3600 * SECOND, "D": DAY, "W": 7 * DAY}
_DAYS: Final = {"D": 1, "W": 7}


class ZoneDeclaration:
    """A time zone's rules: `transitions` are (second since 1970 UTC, offset in seconds from then on), ascending."""

    __slots__ = ("_instants", "_offsets", "name")

    def __init__(self, name: str, first_offset: int, transitions: tuple[tuple[int, int], ...]) -> None:
        self.name = name
        self._instants = tuple(instant for instant, _ in transitions)
        self._offsets = (first_offset, *(offset for _, offset in transitions))

    def offset(self, micros: int) -> int:
        """Seconds east of UTC at an instant."""
        return self._offsets[bisect_right(self._instants, micros // SECOND)]

    def steady(self, micros: int) -> tuple[int, int]:
        """Since when the offset at an instant has held, and that offset, both in microseconds."""
        at = bisect_right(self._instants, micros // SECOND)
        since = self._instants[at - 1] if at else -(10**11)
        return since * SECOND, self._offsets[at] * SECOND

    def from_local(self, local: int) -> int:
        """The instant of a local time (microseconds as if it were UTC).

        In a gap: forward by its length; of a doubled hour: the earlier (ruling 17).
        """
        second = local // SECOND
        # The changes that can matter lie within a day of the reading; offsets are smaller than that.
        at = bisect_right(self._instants, second - 86_400)
        previous = self._offsets[at]
        while at < len(self._instants):
            offset = self._offsets[at + 1]
            if second < self._instants[at] + max(previous, offset):
                break
            previous = offset
            at += 1
        return local - previous * SECOND


def day_micros(ordinal: int) -> int:
    """A day's 00:00 as microseconds since 1970, as if it were UTC."""
    return (ordinal - _EPOCH_DAY) * DAY


def from_datetime(moment: datetime, zone: ZoneDeclaration) -> int:
    """The instant of a datetime; a naive one is in the policy's zone."""
    clock = (moment.hour * 60 + moment.minute) * 60 + moment.second
    local = day_micros(moment.toordinal()) + clock * SECOND + moment.microsecond
    offset = moment.utcoffset()
    if offset is None:
        return zone.from_local(local)
    return local - ((offset.days * 86_400 + offset.seconds) * SECOND + offset.microseconds)


def parse_time(text: str, zone: ZoneDeclaration) -> int | None:
    """The instant that a text says, or None."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    try:
        local = day_micros(date(int(year), int(month), int(day)).toordinal())
    except ValueError:
        return None
    if hour is not None:
        clock = int(hour), int(minute), int(second or 0)
        if clock[0] > 23 or clock[1] > 59 or clock[2] > 59:
            return None
        local += ((clock[0] * 60 + clock[1]) * 60 + clock[2]) * SECOND + int((fraction or "").ljust(6, "0"))
    if offset is None:
        return zone.from_local(local)
    if offset == "Z":
        return local
    hours, minutes = int(offset[1:3]), int(offset[4:6])
    if hours > 23 or minutes > 59:
        return None
    east = (hours * 60 + minutes) * 60 * SECOND
    return local - east if offset[0] == "+" else local + east


def usual_moment(value: object, zone: ZoneDeclaration) -> timedelta:
    """How long after 1970 UTC a time lies, in one of its usual forms: a datetime, or a text like
    `2026-11-20T10:00:00` with or without six digits of a fraction and an offset.

    ValueError, KeyError or TypeError for all else, which may be a time too: `parse_time` and `from_datetime` know all
    forms, and say the same of these.
    """
    if type(value) is datetime:
        if value.tzinfo is not None:
            return value - EPOCH
        moment, offset = value, None
    elif type(value) is str:
        if value[4:17:3] not in _FORMS or value[11:13] > "23":
            raise ValueError
        end = 26 if value[19:20] == "." else 19
        rest = value[end:]
        moment = datetime.fromisoformat(value[:end])
        offset = _OFFSETS[rest] if rest else None
    else:
        raise ValueError
    # Another form than those above may have an offset here: then this subtraction is a TypeError.
    local = moment - _LOCAL_EPOCH
    return timedelta(microseconds=zone.from_local(in_micros(local))) if offset is None else local - offset


def usual_time(value: object, zone: ZoneDeclaration) -> int:
    """The same in microseconds."""
    return in_micros(usual_moment(value, zone))


def in_micros(span: timedelta) -> int:
    """A timedelta in microseconds."""
    return (span.days * 86_400 + span.seconds) * SECOND + span.microseconds


_FORMS: Final = frozenset({"--T::", "-- ::"})
"""Every third character of `2026-11-20T10:00:00` from the fifth on."""
_OFFSETS: Final = {
    f"{sign}{minutes // 60:02}:{minutes % 60:02}": timedelta(minutes=factor * minutes)
    for sign, factor in (("+", 1), ("-", -1))
    for minutes in range(0, 24 * 60, 15)
} | {"Z": timedelta(0)}


def parse_date(text: str) -> int | None:
    """The ordinal of the day that a text says, or None."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    try:
        return date.fromisoformat(found.group(1)).toordinal()
    except ValueError:
        return None


def from_timedelta(span: timedelta) -> Duration:
    """Its days, and the rest as exact time."""
    return Duration(0, span.days, span.seconds * SECOND + span.microseconds)


def parse_duration(text: str) -> Duration | None:
    """The duration that a text says (ISO 8601, or `6 months`), or None."""
    found = _ISO.fullmatch(text)
    if found is not None:
        return _add_up(list(zip("YMWDHNS", found.groups(), strict=True)))
    worded = _WORDED.fullmatch(text)
    if worded is None:
        return None
    unit = _UNITS.get(worded.group(2).lower())
    return _add_up([(unit, worded.group(1))]) if unit else None


def _add_up(parts: list[tuple[str, str | None]]) -> Duration | None:
    """Sum the parts; months and years must be whole, parts of days are exact time."""
    months = days = micros = 0
    for unit, text in parts:
        if text is None:
            continue
        if len(text) > 24:
            return None
        top, bottom = Decimal(text).as_integer_ratio()
        if unit in "YM":
            if bottom != 1:
                return None
            months += top * (12 if unit == "Y" else 1)
        elif unit in _DAYS and top * _DAYS[unit] % bottom == 0:
            days += top * _DAYS[unit] // bottom
        else:
            micros += round_div(top * _EXACT[unit], bottom)
    return Duration(months, days, micros)


def age(now: int, moment: int | Nothing | None) -> Duration | Nothing | None:
    """`now − moment` as exact time; nothing where `moment` is nothing or later than now."""
    if moment is None:
        return None
    if isinstance(moment, Nothing) or moment > now:
        return NOTHING
    return Duration(0, 0, now - moment)


def to_datetime(micros: int, zone: ZoneDeclaration) -> datetime:
    """An instant as an aware datetime in the zone. OverflowError outside the years 1 to 9999."""
    offset = zone.offset(micros)
    local = datetime(1970, 1, 1) + timedelta(microseconds=micros + offset * SECOND)
    return local.replace(tzinfo=timezone(timedelta(seconds=offset)))


def print_time(micros: int, zone: ZoneDeclaration) -> str:
    """`2026-11-20T10:00:00+08:00`."""
    moment = to_datetime(micros, zone)
    text = moment.strftime("%H:%M:%S")
    if moment.microsecond:
        text += f".{moment.microsecond:06d}".rstrip("0")
    return f"{moment.date().isoformat()}T{text}{moment.isoformat()[-6:] if _short(moment) else _long(moment)}"


def _short(moment: datetime) -> bool:
    offset = moment.utcoffset()
    return offset is not None and offset.seconds % 60 == 0


def _long(moment: datetime) -> str:
    """The offset with its seconds, as local mean times have them."""
    return moment.isoformat()[-9:]


def print_date(ordinal: int) -> str:
    """`2026-11-20`."""
    return date.fromordinal(ordinal).isoformat()


def print_duration(value: Duration) -> str:
    """ISO 8601: `P1Y2M`, `P10D`, `PT2H30M`, `PT0S`; a sign stands before the number."""
    text = "P" + _printed(value.months, (("Y", 12), ("M", 1)))
    text += f"{value.days}D" if value.days else ""
    exact = _printed(value.micros, (("H", 3600 * SECOND), ("M", 60 * SECOND)))
    size = abs(value.micros) % (60 * SECOND)
    if size:
        whole, rest = divmod(size, SECOND)
        fraction = f".{rest:06d}".rstrip("0") if rest else ""
        exact += f"{'-' if value.micros < 0 else ''}{whole}{fraction}S"
    if exact:
        text += "T" + exact
    return "PT0S" if text == "P" else text


def _printed(amount: int, units: tuple[tuple[str, int], ...]) -> str:
    """The whole units of an amount, largest first; what is left over is not printed."""
    text, left = "", abs(amount)
    for letter, size in units:
        count, left = divmod(left, size)
        if count:
            text += f"{'-' if amount < 0 else ''}{count}{letter}"
    return text
