"""Times and dates: between the policy's zone and microseconds since 1970 UTC.

Only the zone rules that are compiled into the policy are used (ruling 17), never those of this machine.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta

from leadpolicy.compiler.interpreter.durations import DAY, HOUR, MINUTE, SECOND
from leadpolicy.compiler.ir import Zone

_EPOCH = datetime(1970, 1, 1)
_EPOCH_DAY = date(1970, 1, 1)
_MICRO = timedelta(microseconds=1)

FIRST_INSTANT = (datetime.min - _EPOCH) // _MICRO
LAST_INSTANT = (datetime.max - _EPOCH) // _MICRO

_DATE = r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
_TIME = re.compile(
    _DATE + r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_WHOLE_DAY = re.compile(_DATE + r"(?:[T ]00:00(?::00)?)?")


def offset_at(zone: Zone, micros: int) -> int:
    """Seconds east of UTC at an instant."""
    index = bisect_right(zone.transitions, micros // SECOND, key=lambda t: t[0])
    return zone.transitions[index - 1][1] if index else zone.first_offset


def to_instant(local: int, zone: Zone) -> int:
    """The instant of a wall clock's time, given as microseconds as if it were UTC.

    A doubled hour is the earlier of the two; in a gap the time moves forward by the gap's length (ruling 17).
    """
    before = zone.first_offset
    starts = bisect_right(zone.transitions, local // SECOND - 2 * 86_400, key=lambda t: t[0])
    if starts:
        before = zone.transitions[starts - 1][1]
    for instant, after in zone.transitions[starts:]:
        change = instant * SECOND
        reading = local - before * SECOND
        if reading < change:
            return reading
        if local - after * SECOND < change:
            return reading  # in the gap: by the old offset, which the new one shows as later by the gap's length
        before = after
    return local - before * SECOND


def from_datetime(moment: datetime, zone: Zone) -> int:
    """The instant of a datetime; a naive one is in the policy's zone (ruling 18)."""
    if moment.utcoffset() is None:
        return to_instant((moment.replace(tzinfo=None) - _EPOCH) // _MICRO, zone)
    return (moment - _EPOCH.replace(tzinfo=UTC)) // _MICRO


def from_date(day: date, zone: Zone) -> int:
    """The instant of a day's 00:00 (ruling 18)."""
    return to_instant((day - _EPOCH_DAY).days * DAY, zone)


def read_time(text: str, zone: Zone) -> int | None:
    """`2026-11-20`, `2026-11-20 10:00`, `2026-11-20T10:00:00.5+08:00`; None where it is none of these."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    day_text, hour, minute, second, fraction, offset = found.groups()
    day = _day(day_text)
    if day is None:
        return None
    h, m, s = int(hour or 0), int(minute or 0), int(second or 0)
    if h > 23 or m > 59 or s > 59:
        return None
    local = (day - _EPOCH_DAY).days * DAY + h * HOUR + m * MINUTE + s * SECOND
    local += int((fraction or "").ljust(6, "0"))
    if offset is None:
        return to_instant(local, zone)
    if offset == "Z":
        return local
    east = int(offset[1:3]) * HOUR + int(offset[4:6]) * MINUTE
    if east >= DAY or int(offset[4:6]) > 59:
        return None
    return local - east if offset[0] == "+" else local + east


def read_date(text: str) -> date | None:
    """`2026-11-20`, also with a time part of 00:00; None where it is none of these."""
    found = _WHOLE_DAY.fullmatch(text)
    return _day(found[1]) if found is not None else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def show_time(micros: int, zone: Zone) -> str:
    """`2026-11-20T10:00:00+08:00` in the policy's zone."""
    offset = offset_at(zone, micros)
    days, rest = divmod(micros + offset * SECOND, DAY)
    seconds, fraction = divmod(rest, SECOND)
    decimals = f".{fraction:06}".rstrip("0") if fraction else ""
    return f"{_show_day(days)}T{_clock(seconds)}{decimals}{_show_offset(offset)}"


def _show_day(days: int) -> str:
    """`2026-11-20`. Not by `date`, which ends at the year 9999: an offset can carry a time a little beyond."""
    # Count from 0000-03-01, so that a leap day is the last of its year; 146,097 days are 400 years.
    cycles, day = divmod(days + 719_468, 146_097)
    year = (day - day // 1_460 + day // 36_524 - day // 146_096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    day_of_month = day - (153 * month + 2) // 5 + 1
    if month >= 10:
        return f"{cycles * 400 + year + 1:04}-{month - 9:02}-{day_of_month:02}"
    return f"{cycles * 400 + year:04}-{month + 3:02}-{day_of_month:02}"


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _show_offset(offset: int) -> str:
    """`+08:00`; seconds only where the offset has them (local mean time of long ago)."""
    sign = "-" if offset < 0 else "+"
    return sign + _clock(abs(offset)).removesuffix(":00")
