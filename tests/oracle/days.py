"""The guild's calendar: which local date an instant has, and when a date begins and closes."""
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

HOUR_MS = 3_600_000


class Calendar:
    """Days are texts, YYYY-MM-DD; times are milliseconds since 1970 UTC."""

    def __init__(self, zone="America/Santiago", grace_s=300):
        self.zone = ZoneInfo(zone)
        self.grace_ms = grace_s * 1000
        self.start_ms = lru_cache(maxsize=None)(self._start_ms)

    def day_of(self, ms):
        moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=ms)
        return moment.astimezone(self.zone).date().isoformat()

    def _start_ms(self, day):
        """The first instant that has this date; searched, as not every day has a midnight."""
        noon = datetime.fromisoformat(day).replace(hour=12, tzinfo=timezone.utc)
        middle = int(noon.timestamp() * 1000)
        before, after = middle - 36 * HOUR_MS, middle + 36 * HOUR_MS
        while after - before > 1:
            at = (before + after) // 2
            if self.day_of(at) < day:
                before = at
            else:
                after = at
        return after

    def next_day(self, day):
        return (date.fromisoformat(day) + timedelta(days=1)).isoformat()

    def close_ms(self, day):
        return self.start_ms(self.next_day(day)) + self.grace_ms


def iso_of_number(days):
    """A day as the collector's store keeps it, counted from 1970-01-01."""
    return (date(1970, 1, 1) + timedelta(days=days)).isoformat()


def number_of_iso(day):
    return (date.fromisoformat(day) - date(1970, 1, 1)).days
