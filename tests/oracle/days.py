"""The guild's calendar: which local date an instant has, and when a date begins and closes."""
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE_MS = 60_000


class Calendar:
    """Days are texts, YYYY-MM-DD; times are milliseconds since 1970 UTC. `starts`: when days begin,
    as {first day: "HH:MM"}; before the first of them, as it says."""

    def __init__(self, zone="America/Santiago", grace_s=300, starts=None):
        self.zone = ZoneInfo(zone)
        self.grace_ms = grace_s * 1000
        self.starts = sorted((starts or {"0001-01-01": "00:00"}).items())
        self.start_ms = lru_cache(maxsize=None)(self._start_ms)

    def day_of(self, ms):
        date_then = self._clock(ms).date()
        for days in (1, 0):
            day = (date_then + timedelta(days=days)).isoformat()
            if ms >= self.start_ms(day):
                return day
        return (date_then - timedelta(days=1)).isoformat()

    def _clock(self, ms):
        """What a clock on the wall shows."""
        moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=ms)
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def _start_ms(self, day):
        """The first instant at which the clock shows the start of this date, or what is behind the
        gap where it never does; of two, the first, which is what Python takes."""
        held = [start for first, start in self.starts if first <= day] or [self.starts[0][1]]
        shown = datetime.fromisoformat(f"{day}T{held[-1]}")
        at = int(shown.replace(tzinfo=self.zone).timestamp()) * 1000
        while self._clock(at - MINUTE_MS) >= shown and self._clock(at) > shown:
            at -= MINUTE_MS
        return at

    def next_day(self, day):
        return (date.fromisoformat(day) + timedelta(days=1)).isoformat()

    def close_ms(self, day):
        return self.start_ms(self.next_day(day)) + self.grace_ms


def iso_of_number(days):
    """A day as the collector's store keeps it, counted from 1970-01-01."""
    return (date(1970, 1, 1) + timedelta(days=days)).isoformat()


def number_of_iso(day):
    return (date.fromisoformat(day) - date(1970, 1, 1)).days
