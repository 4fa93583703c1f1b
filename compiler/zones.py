"""Time zones, compiled into the policy (ruling 17): rules come from the tzdata package, never from the machine."""

from __future__ import annotations

import json
from calendar import monthrange
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import metadata, resources
from zoneinfo import ZoneInfo

from leadpolicy.compiler.ir import Duration, Zone

FIRST_YEAR, LAST_YEAR = 1900, 2100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """All zone names that tzdata knows, sorted."""
    text = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8")
    return tuple(sorted(line.strip() for line in text.splitlines() if line.strip()))


@lru_cache(maxsize=32)
def compile_zone(name: str) -> Zone | None:
    """The zone's changes of offset from 1900 to 2100, or None where tzdata has no such zone."""
    if name not in zone_names():
        return None
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        info = ZoneInfo.from_file(file, key=name)
    first = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    first_offset = offset = _offset(info, first)
    changes: list[tuple[int, int]] = []
    before = first
    # Offsets change at most a few times a year: a fortnight's step misses none that lasts longer than that.
    step = timedelta(days=14)
    while before.year <= LAST_YEAR:
        after = before + step
        new = _offset(info, after)
        if new != offset:
            changes.append((_first_instant(info, before, after, offset), new))
            offset = new
        before = after
    return Zone(
        name=name,
        tzdata=metadata.version("tzdata"),
        first_offset=first_offset,
        transitions=tuple(changes),
    )


def _offset(info: ZoneInfo, at: datetime) -> int:
    offset = at.astimezone(info).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def _first_instant(info: ZoneInfo, low: datetime, high: datetime, old: int) -> int:
    """The first second at which the offset is no longer `old`."""
    a, b = int((low - _EPOCH).total_seconds()), int((high - _EPOCH).total_seconds())
    while b - a > 1:
        middle = (a + b) // 2
        if _offset(info, _EPOCH + timedelta(seconds=middle)) == old:
            a = middle
        else:
            b = middle
    return b


def to_micros(local: datetime, zone: Zone) -> int:
    """Microseconds since 1970 UTC of a time; a naive one is in the zone.

    In a gap the time moves forward by the gap's length; of a doubled hour it is the earlier (ruling 17).
    """
    if local.tzinfo is not None:
        return (local - _EPOCH) // timedelta(microseconds=1)
    naive = (local.replace(tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
    previous = zone.first_offset
    for instant, offset in zone.transitions:
        # Local times before `instant + max(old, new offset)` still belong to the old offset: in a gap that keeps
        # the old offset (forward by the gap), in a doubled hour it chooses the earlier.
        if naive < (instant + max(previous, offset)) * 1_000_000:
            return naive - previous * 1_000_000
        previous = offset
    return naive - previous * 1_000_000


def to_local(micros: int, zone: Zone) -> datetime:
    """The naive local time of an instant."""
    offset = zone.first_offset
    for instant, later in zone.transitions:
        if micros < instant * 1_000_000:
            break
        offset = later
    return (_EPOCH + timedelta(microseconds=micros + offset * 1_000_000)).replace(tzinfo=None)


def add_duration(micros: int, span: Duration, zone: Zone) -> int:
    """An instant and a duration: months first, then days of the same clock time, then exact time (ruling 15).

    OverflowError or ValueError where that is beyond what times can be.
    """
    if span.months or span.days:
        local = to_local(micros, zone)
        year, month = divmod(local.year * 12 + local.month - 1 + span.months, 12)
        last = monthrange(year, month + 1)[1]
        local = local.replace(year=year, month=month + 1, day=min(local.day, last)) + timedelta(days=span.days)
        micros = to_micros(local, zone)
    return micros + span.micros


def zone_rules(zone: Zone) -> str:
    """The rules alone, for the digest: the name of the tzdata release has no meaning."""
    return json.dumps([zone.first_offset, zone.transitions])
